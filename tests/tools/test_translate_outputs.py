"""Outputs of another language: of those of the English run, and of how their texts were made."""

import json
import re
from html import unescape

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from replay_reader import Reader, grid

from tools.translate import outputs, python
from utils._canvas import Canvas
from utils._controls import read_arguments
from utils._replay import make_replay

CHINESE = {
    "learning rate": "学习率",
    "slow": "慢",
    "fast": "快",
    "epoch": "轮次",
    "After {n} steps it is {way}.": "它{way}，走了 {n} 步。",
    "It is {'up' if x else 'down'} <now>.": "现在{'升' if x else '降'} <了>。",
    "All {} epochs": "全部 {} 轮",
    "Exercise 3.1: return a number": "练习 3.1：请返回一个数",
    "{what} is still to be written: {task}": "{what} 还没有写：{task}",
    "two\nlines": "两\n行",
    "Show the code for this setting": "显示这个设置的代码",
    "This panel shows {y} over {x}": "此图：{y}随{x}的变化",
    "This is panel {number + 1}": "第 {number + 1} 幅图",
}


def in_chinese(context, text, kind):
    return CHINESE.get(text, text)


def record(messages, **cells):
    """The record of a notebook, with messages for their numbers."""
    numbers = {text: n for n, text in enumerate(messages)}

    def numbered(one):
        if isinstance(one, dict):
            return {name: numbered(part) for name, part in one.items()}
        if not isinstance(one, list):
            return one
        if one[0] in ("is", "inside", "fields"):
            return [one[0], numbers[one[1]], *map(numbered, one[2:])]
        return list(map(numbered, one))

    kinds = ["f-string" if "{" in text and "{}" not in text else "shown" for text in messages]
    return {
        "messages": [["a", text, kind] for text, kind in zip(messages, kinds, strict=True)],
        "cells": {
            cell: {text: numbered(one) for text, one in made.items()}
            for cell, made in cells.items()
        },
    }


def is_(*texts):
    return {text: ["is", text] for text in texts}


def shown(data, known, **others):
    """What a cell shows of an output, after other cells have made texts."""
    if not isinstance(data, dict):
        data = {"text/plain": data}
    cell = new_code_cell("x", id="a", outputs=[new_output("display_data", data)])
    before = [new_code_cell("x", id=name) for name in others]
    executed = new_notebook(cells=[*before, cell])
    whole = record(list(CHINESE), **others, a=known)
    result, _ = outputs.translated(executed, whole, in_chinese)
    assert executed.cells[-1].outputs[0].data == data  # the English ones stay
    (output,) = result.cells[-1].outputs
    return output.data if len(data) > 1 else next(iter(output.data.values()))


def lost(data, known, source="x"):
    cell = new_code_cell(source, id="a", outputs=[new_output("display_data", data)])
    executed = new_notebook(cells=[cell])
    _, found = outputs.translated(executed, record(list(CHINESE), a=known), in_chinese)
    return [text for _, text in found]


# -- Texts -------------------------------------------------------------------------------------

SENTENCE = "After {n} steps it is {way}."
MADE = {"After 3 steps it is slow.": ["fields", SENTENCE, ["3", ["is", "slow"]]]}


def test_a_text_is_made_anew_of_its_messages():
    assert shown("'After 3 steps it is slow.'", MADE) == "'它慢，走了 3 步。'"
    joined = {"slow, 1": ["joined", [["is", "slow"], ", 1"]]}
    assert shown("'slow, 1'", joined) == "'慢, 1'"
    words = "It is {'up' if x else 'down'} <now>."
    number = marked_number(words, "down")
    inside = {"It is down <now>.": ["fields", words, [["inside", words, 0, number]]]}
    assert shown("'It is down <now>.'", inside) == "'现在降 <了>。'"
    formatted = {"All 40 epochs": ["format", ["is", "All {} epochs"], [40], {}]}
    assert shown("'All 40 epochs'", formatted) == "'全部 40 轮'"


def test_minus_signs_are_written_after_a_text_was_made():
    own = "After {n} steps it is {way}."
    made = {"After -3 steps it is a − 1.": ["fields", own, ["-3", "a − 1"]]}
    assert shown("'After −3 steps it is a − 1.'", made) == "'它a − 1，走了 −3 步。'"


@pytest.mark.parametrize(("n", "written"), [("-3", "−3"), ("3", "3")])
def test_a_part_of_a_text_may_have_got_its_minus_signs_alone(n, written):
    part, whole = (
        f"After {n} steps it is slow.",
        f"After 2 steps it is After {written} steps it is slow..",
    )
    own = "After {n} steps it is {way}."
    made = {part: ["fields", own, [n, ["is", "slow"]]]}
    made[whole] = ["fields", own, ["2", part.replace(n, written)]]
    assert shown(repr(whole), made) == f"'它它慢，走了 {written} 步。，走了 2 步。'"
    # What no record has is named, also inside a text.
    made[whole] = ["fields", own, ["2", "SLOW AGAIN"]]
    assert lost({"text/plain": repr(whole)}, made) == ["SLOW AGAIN"]


def marked_number(message, text):
    _, inside = python.parts(message, message)
    return inside[0].index(text)


def test_a_list_of_texts_is_renewed_text_by_text():
    assert shown("['slow', 'fast', 'slowly', 3]", is_("slow", "fast")) == (
        "['慢', '快', 'slowly', 3]"
    )


def test_the_record_of_the_cell_goes_first_and_then_those_before():
    other = {"slow": ["is", "fast"]}
    assert shown("'slow'", is_("slow"), b=other) == "'慢'"
    assert shown("'slow'", {}, b=other) == "'快'"


def test_what_only_a_later_cell_has_made_stays():
    cells = [
        new_code_cell("x", id="a", outputs=[new_output("display_data", {"text/plain": "'slow'"})]),
        new_code_cell("x", id="b"),
    ]
    executed = new_notebook(cells=cells)
    found, _ = outputs.translated(executed, record(list(CHINESE), b=is_("slow")), in_chinese)
    assert found.cells[0].outputs[0].data["text/plain"] == "'slow'"


def test_a_table_is_renewed_cell_by_cell():
    table = "| learning rate | slow |\n| ---: | ---: |\n| slow −0.5 | slow - 1 |"
    known = is_("learning rate", "slow") | {"slow -0.5": ["joined", [["is", "slow"], " -0.5"]]}
    data = {"text/markdown": table, "text/plain": "<Markdown 'slow'>"}
    assert shown(data, known) == {
        "text/markdown": "| 学习率 | 慢 |\n| ---: | ---: |\n| 慢 −0.5 | slow - 1 |",
        "text/plain": "<Markdown 'slow'>",
    }
    both = f"slow\n\n{table}"
    known[both] = ["joined", [["is", "slow"], "\n\n", table]]
    assert shown({"text/markdown": both}, known).startswith("慢\n\n| 学习率 | 慢 |")


def test_a_picture_has_its_texts_line_by_line():
    svg = (
        '<svg><style>slow</style><text x="1">slow</text><text>slow &amp; fast</text>'
        "<text>two</text><text>lines</text><text>It is down &lt;now&gt;.</text></svg>"
    )
    words = "It is {'up' if x else 'down'} <now>."
    known = is_("slow", "two\nlines") | {"It is down <now>.": ["fields", words, ["降"]]}
    assert shown({"image/svg+xml": svg}, known) == (
        '<svg><style>slow</style><text x="1">慢</text><text>slow &amp; fast</text>'
        "<text>两</text><text>行</text><text>现在降 &lt;了&gt;。</text></svg>"
    )


def test_what_is_printed_is_renewed_line_by_line():
    whole = "After 2 steps it is A SLOW RATE."
    text = f"slow\nA SLOW RATE\n{whole}\n"
    cell = new_code_cell("x", id="a", outputs=[new_output("stream", text=text)])
    executed = new_notebook(cells=[cell])
    made = is_("slow") | {whole: ["fields", "After {n} steps it is {way}.", ["2", "A SLOW RATE"]]}
    found, lost = outputs.translated(executed, record(list(CHINESE), a=made), in_chinese)
    assert found.cells[0].outputs[0].text == "慢\nA SLOW RATE\n它A SLOW RATE，走了 2 步。\n"
    assert lost == []  # what is printed may be anything


def test_a_stub_says_in_the_other_language_what_is_to_be_written():
    said = "3.1 is still to be written: return a number"
    error = new_output("error", ename="NotYet", evalue=said, traceback=[said])
    executed = new_notebook(cells=[new_code_cell("x", id="a", outputs=[error])])
    known = is_("Exercise 3.1: return a number")
    found, _ = outputs.translated(executed, record(list(CHINESE), a=known), in_chinese)
    (output,) = found.cells[0].outputs
    assert output.evalue == "3.1 还没有写：请返回一个数"
    assert output.traceback == ["3.1 还没有写：请返回一个数"]


def test_an_untranslated_message_is_english_and_what_it_holds_is_not():
    known = {"It has slow.": ["fields", "It has {way}.", [["is", "slow"]]]}
    cell = new_code_cell(
        "x", id="a", outputs=[new_output("display_data", {"text/plain": "'It has slow.'"})]
    )
    whole = record([*CHINESE, "It has {way}."], a=known)
    found, _ = outputs.translated(new_notebook(cells=[cell]), whole, in_chinese)
    assert found.cells[0].outputs[0].data["text/plain"] == "'It has 慢.'"


# -- What is lost ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"text/plain": "'SLOW RATE'"},
        {"text/markdown": "| a | SLOW RATE |"},
        {"image/svg+xml": "<svg><text>SLOW RATE</text></svg>"},
        {"text/html": "<p>SLOW RATE</p>"},
    ],
)
def test_a_text_that_lost_its_translation_is_found(data):
    assert lost(data, is_("slow")) == ["SLOW RATE"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("slow", "x"),
        ("relu 3", 'fit(activation="relu")'),
        ("momentum", "momentum = 0.9"),
        ("w = 0.5", "x"),
        ("nan, True", "x"),
    ],
)
def test_names_and_numbers_and_what_is_known_are_not_lost(text, source):
    assert lost({"text/plain": repr(text)}, is_("slow"), source) == []


def test_a_word_of_a_message_is_no_name():
    source = 'print("slow and steady")'
    whole = record(["slow and steady"])
    cell = new_code_cell(
        source, id="a", outputs=[new_output("display_data", {"text/plain": "'steady'"})]
    )
    _, found = outputs.translated(new_notebook(cells=[cell]), whole, in_chinese)
    assert found == [("a", "steady")]
    # Nor one of the texts between the fields of an f-string.
    assert lost({"text/plain": "'steps'"}, {}, 'print(f"After {n} steps")') == ["steps"]


# -- Explorers ---------------------------------------------------------------------------------

WAYS = {"slow": 1, "fast": 2}


def draw_both(axes, *, way="slow", n=1, far=True):
    """Two panels: the second's axes are named, and depend on a knob."""
    first, second = axes
    first.plot([0, n], [0, WAYS[way]], label=way)
    first.legend()
    second.set(xlabel="epoch", ylabel="learning rate" if far else "fast", xlim=(0, 1), ylim=(0, 1))
    return f"After {n} steps it is {way}."


def explorer(draw):
    asked = read_arguments(
        draw, {"way": ["slow", "fast"], "n": (1, 40), "far": True}, {"fast": {"way": "fast"}}, "n"
    )
    return make_replay(Canvas(draw, (1, 2), (6, 3)), asked)


@pytest.fixture(scope="module")
def both():
    """An explorer's fragment, and what it is in Chinese."""
    known = is_("slow", "fast", "epoch", "learning rate")
    for n in range(1, 41):
        for way in WAYS:
            text = f"After {n} steps it is {way}."
            known[text] = ["fields", SENTENCE, [str(n), ["is", way]]]
    english = explorer(draw_both)
    return english, shown({"text/html": english}, known)


def test_an_explorer_is_the_same_one_with_other_texts(both):
    english, chinese = map(Reader, both)
    assert english.stops == chinese.stops == [2, 40, 2]
    for position, values in enumerate(grid(way=WAYS, n=range(1, 41), far=[False, True])):
        for reader in (english, chinese):
            reader.move(position)
        assert chinese.sentence == f"它{CHINESE[values['way']]}，走了 {values['n']} 步。"
        assert renewed(english.svg) == chinese.svg


def renewed(svg):
    """The English picture with the texts of this explorer in Chinese."""
    for text in ("slow", "fast", "epoch", "learning rate"):
        svg = svg.replace(f">{text}<", f">{CHINESE[text]}<")
    for y in ("learning rate", "fast"):
        svg = svg.replace(f'"This panel shows {y} over epoch"', f'"此图：{CHINESE[y]}随轮次的变化"')
    for n in range(1, 41):
        for way in WAYS:
            new = f"它{CHINESE[way]}，走了 {n} 步。"
            svg = svg.replace(f'"After {n} steps it is {way}."', f'"{new}"')
    return svg


def test_controls_show_texts_and_keep_names_and_addresses(both):
    _, chinese = both
    assert '<label for="draw_both-way" translate="no">way</label>' in chinese
    assert '<option value="slow" selected>慢</option><option value="fast">快</option>' in chinese
    assert ">快</button>" in chinese  # the preset
    assert "显示这个设置的代码</button>" in chinese
    code = json.loads(unescape(re.search('data-code="([^"]*)"', chinese)[1]))
    assert code["call"] == "draw_both(axes, "
    assert code["literals"]["way"] == ['"慢"', '"快"']  # as its menu calls them in the notebook


def test_what_has_no_translation_keeps_its_bytes(both):
    english, _ = both
    output = new_output("display_data", {"text/html": english})
    executed = new_notebook(cells=[new_code_cell("x", id="a", outputs=[output])])
    known = record(list(CHINESE), a=is_("slow", "fast"))
    found, _ = outputs.translated(executed, known, lambda context, text, kind: text)
    assert found == executed
