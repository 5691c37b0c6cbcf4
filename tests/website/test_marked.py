"""Marked texts are plain ones to all who use them, and know how they were made."""

import ast
import copy
import json
import pickle
from pathlib import PurePath
from types import SimpleNamespace

import numpy as np
import pytest
from notebooks import ROOT, build, code

from tools.translate import pages
from website.run import execution, kernels, marked
from website.run.marked import Marked, Marker

NOTEBOOKS = [ROOT / "index.ipynb", *sorted((ROOT / "chapters").glob("0*.ipynb"))]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run cells of code, which are called cell-0, …, with marks; return their names' values."""
    for name, function in marked._CALLED.items():
        monkeypatch.setattr(f"builtins.{marked._PREFIX}{name}", function, raising=False)

    def run(*sources):
        marks, record = tmp_path / "marks.json", tmp_path / "record"
        found = pages.marks(json.dumps(build(*map(code, sources)).data))
        marks.write_text(json.dumps(found), "utf-8")
        recorder = marked._Recorder(json.loads(marks.read_text("utf-8"))["cells"], record)
        scope = {}
        for source in sources:
            recorder.before(SimpleNamespace(raw_cell=source))
            tree = ast.fix_missing_locations(recorder.visit(ast.parse(source)))
            exec(compile(tree, "<cell>", "exec"), scope)
            recorder.after(None)
        return scope, execution.read_record(marks, record)

    return run


def made(run, *sources):
    """text → composition, with messages for their numbers, in the last cell."""
    _, record = run(*sources)
    messages = [text for _, text, _ in record["messages"]]

    def named(one):
        if not isinstance(one, list):
            return one
        if one[0] in ("is", "inside", "fields"):
            return [one[0], messages[one[1]], *map(named, one[2:])]
        return [named(part) if isinstance(part, list | dict) else part for part in one]

    return {text: named(one) for text, one in record["cells"][f"cell-{len(sources) - 1}"].items()}


# -- The texts ---------------------------------------------------------------------------------


def test_a_marked_text_is_the_plain_one_to_all_who_use_it():
    text = marked._is("slow rate", 0)
    assert text == "slow rate"
    assert {"slow rate": 1}[text] == {text: 1}["slow rate"] == 1
    assert repr(text) == "'slow rate'"
    assert json.dumps({text: [text]}) == '{"slow rate": ["slow rate"]}'
    assert f"{text:>11}|{text!r}" == "  slow rate|'slow rate'"
    assert marked._joined(None, (text, ord("s"), "")).made_of == ["joined", [["is", 0]]]
    assert np.array([text, "w"]).dtype == np.dtype("<U9")
    assert sorted([text, "a"]) == ["a", "slow rate"]
    assert text[:4] == "slow"
    with pytest.raises(TypeError):
        text + 1


def test_other_processes_get_the_plain_text():
    found = pickle.loads(pickle.dumps([marked._is("rate", 0)]))
    assert type(found[0]) is str
    assert found == ["rate"]


def test_a_copy_keeps_its_mark():
    text = marked._is("rate", 3)
    for one in (copy.copy(text), copy.deepcopy({"a": [text]})["a"][0]):
        assert isinstance(one, Marked)
        assert one.made_of == ["is", 3]


def test_who_asks_for_a_plain_text_gets_one():
    """Otherwise pathlib, which lets Python keep each part of a path once, refuses it."""
    text = marked._is("rate", 3)
    assert type(str(text)) is str
    assert PurePath("a") / text == PurePath("a/rate")


def test_what_is_made_of_marked_texts_knows_them():
    slow, fast = marked._is("slow", 0), marked._is("fast", 1)
    assert (slow + " and " + fast).made_of == [
        "joined",
        [["joined", [["is", 0], " and "]], ["is", 1]],
    ]
    assert ("not " + slow).made_of == ["joined", ["not ", ["is", 0]]]
    both = marked._same(", ").join([slow, "x", fast])
    assert both == "slow, x, fast"
    assert both.made_of == ["joined", [["is", 0], ", ", "x", ", ", ["is", 1]]]
    assert slow.join(["a", "b"]).made_of == ["joined", ["a", ["is", 0], "b"]]
    told = marked._is("{} by {rate:.2f}", 2).format(fast, rate=np.float32(0.5))
    assert told == "fast by 0.50"
    assert told.made_of == ["format", ["is", 2], [["is", 1]], {"rate": 0.5}]


def test_what_is_made_without_any_is_a_plain_text():
    for text in (
        marked._same(", ").join(["a", "b"]),
        marked._same("{} b").format("a"),
        marked._joined(None, "a ", ("b", -1, "")),
    ):
        assert type(text) is str


# -- The code ----------------------------------------------------------------------------------

CELL = '''def tell(x, far):
    """Not shown."""
    if x < 0:
        raise ValueError("No rate.")
    way = "it stays on one side" if x > 1 else "it leaps"
    return f"{way}, and {f'{x:.2f} away' if far else 'near by'} {x!r:>4}."


names = {"smooth rate": 1, "rough": 2}
table(["learning rate", f"{x:.1f}"], *names)'''


class Unmarked(ast.NodeTransformer):
    """Puts back what a mark has replaced."""

    def visit_Call(self, node):
        self.generic_visit(node)
        name = getattr(node.func, "id", "")
        if not name.startswith(marked._PREFIX):
            return node
        if not name.endswith("joined"):
            return node.args[0]
        parts = [
            ast.FormattedValue(part.elts[0], part.elts[1].value, self.form(part.elts[2]))
            if isinstance(part, ast.Tuple)
            else part
            for part in node.args[1:]
        ]
        return ast.JoinedStr(parts)

    def form(self, node):
        return None if isinstance(node, ast.Constant) else node


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_marked_code_is_the_same_but_for_its_marks(path):
    found = pages.marks(path.read_text("utf-8"))
    count = 0
    for _, source, marks in found["cells"]:
        tree = Marker(marks).visit(ast.parse(source))
        changed = ast.dump(tree)
        count += changed.count(f"'{marked._PREFIX}is'")
        assert ast.dump(Unmarked().visit(tree)) == ast.dump(ast.parse(source))
        assert (changed != ast.dump(ast.parse(source))) or not marks
    assert count > 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_each_message_that_code_shows_has_a_mark(path):
    shown = []
    pages.rewrite(path, lambda context, text, kind: shown.append((context, text, kind)) or text)
    found = pages.marks(path.read_text("utf-8"))
    of_code = {"shown", "f-string", "text in code", "name or text in code", "looked up"}
    cells = {cell for cell, *_ in found["cells"]}
    wanted = {one for one in shown if one[2] in of_code and one[0] in cells}
    assert {(*one,) for one in found["messages"]} == wanted


def test_texts_know_their_messages(run):
    found = made(run, CELL.rsplit("\n", 2)[0], "said = tell(2.0, True), tell(0.5, False)")
    message = "{way}, and {f'{x:.2f} away' if far else 'near by'} {x!r:>4}."
    assert found["it stays on one side"] == ["is", "it stays on one side"]
    assert found["it stays on one side, and 2.00 away  2.0."] == [
        "fields",
        message,
        [
            ["is", "it stays on one side"],
            ["joined", ["2.00", ["inside", message, 1, found_place(message, " away")]]],
            " 2.0",
        ],
    ]
    assert found["it leaps, and near by  0.5."][2][1] == [
        "inside",
        message,
        1,
        found_place(message, "near by"),
    ]


def found_place(message, text):
    """The number of a text within the second field of a message."""
    field = ast.parse(f'f"{message}"', mode="eval").body.values[2].value
    return [one.value for one in marked.texts_in(field)].index(text)


def test_what_is_looked_up_in_a_field_is_one_message_everywhere(run):
    keys = 'ends = {"with a norm": 1}\nx = ends["with a norm"]'
    found = made(run, keys, "y = f\"It ends with {'with a norm' if x else 'none'}.\"")
    assert found["with a norm"] == ["is", "with a norm"]


def test_programs_do_the_same_with_marks(run):
    source = """kinds = {"smooth": 1, "rough": 2}
def pick(kind="smooth"):
    match kind:
        case "smooth":
            return f"It is {kind}: {kinds[kind]:>3d}."
    return "rough" if kind == "rough" else "none of them"
found = [pick(), pick("rough"), pick("x")]
joined = " and ".join(f"{n} steps" for n in (1, 2))
told = "{} then {last}".format("up", last=3)"""
    scope, _ = run(source)
    plain = {}
    exec(source, plain)
    for name in ("kinds", "found", "joined", "told"):
        assert scope[name] == plain[name]
    assert scope["found"][0] == "It is smooth:   1."
    assert isinstance(scope["found"][0], Marked)


def test_a_text_is_recorded_by_the_cell_that_makes_or_shows_it(run):
    first = 'def tell(n):\n    return f"After {n} steps."\nhead = ["learning rate"]'
    assert list(made(run, first, "x = tell(3)")) == ["After 3 steps."]
    assert list(made(run, first, "x = str(head[0])")) == ["learning rate"]
    _, record = run(first, "x = 1")
    assert list(record["cells"]) == ["cell-0"]


def test_a_cell_is_found_where_others_have_no_texts(run):
    """As the set-up cell, and those that the kernel is not given."""
    recorder_sees = 'label = f"rate {1}"'
    _, record = run("x = 1", recorder_sees, recorder_sees)
    assert list(record["cells"]) == ["cell-1", "cell-2"]


# -- The kernel --------------------------------------------------------------------------------

SHOWN = 'x = 3\nprint("A word.")\nf"After {x} steps."'
FAILS = 'raise NotImplementedError("Exercise 3.1: return a number")'


def test_a_kernel_marks_texts_and_shows_the_same(tmp_path, monkeypatch):
    for name, value in kernels.kernel_variables(ROOT).items():
        monkeypatch.setenv(name, value)
    cells = code(SHOWN), code(FAILS, "raises-exception")
    path, marks = tmp_path / "made.ipynb", tmp_path / "marks.json"
    path.write_text(json.dumps(build(*cells).data), "utf-8")
    marks.write_text(json.dumps(pages.marks(path.read_text("utf-8"))), "utf-8")
    config = SimpleNamespace(execution_timeout=60, execution_allow_errors=False)
    plain, found = (execution._execute(path, config, one) for one in (None, marks))
    assert found.nb.cells == plain.nb.cells
    assert "steps" in str(found.nb.cells)
    record = found.nb.metadata["texts"]
    assert set(record["cells"]) == {"cell-0", "cell-1"}
    assert set(record["cells"]["cell-0"]) == {"A word.", "After 3 steps."}
    assert "texts" not in plain.nb.metadata
    assert (found.data["texts"], plain.data["texts"]) == (True, False)
