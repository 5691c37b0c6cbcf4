"""What `tools.translate` takes out of a page, and that nothing else is changed."""

import ast
import json

import pytest
from messages import says
from notebooks import ROOT, build, code

from tools.translate import catalog, markdown, pages, places, python

CATALOGS = pages.catalogs(ROOT)
NOTEBOOKS = [name for name, files in CATALOGS.items() if files[0].suffix == ".ipynb"]


def same(context, text, kind):
    return text


def in_marks(context, text, kind):
    return f"$$⟦{text[2:-2]}⟧$$" if kind == "formula" else f"⟦{text}⟧"


def without_marks(text):
    return text.replace("⟦", "").replace("⟧", "")


def messages(*cells, comments=True):
    """text → kind of the messages of cells of code, which are called a, b, c."""
    found = {}

    def note(context, text, kind):
        found.setdefault(f"{context}: {text}", kind)
        return text

    named = list(zip("abcdef", cells, strict=False))
    book = places.Notebook.of(named)
    for cell, source in named:
        assert python.rewrite(cell, source, book, note) == source
    return found


def written(translations, *cells):
    """The cells with these translations, by text."""
    named = list(zip("abcdef", cells, strict=False))
    book = places.Notebook.of(named)

    def translate(context, text, kind):
        return translations.get(text, text)

    book.keep_apart(translate)
    return [python.rewrite(cell, source, book, translate) for cell, source in named]


# -- The real course ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", CATALOGS)
def test_texts_translated_by_themselves_give_the_same_file(name):
    assert CATALOGS[name]
    for file in CATALOGS[name]:
        assert pages.rewrite(file, same) == file.read_text("utf-8"), file


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_text_of_a_notebook_is_replaced_and_nothing_else(name):
    """With every text in marks, and the marks taken away again, the notebook is what it was."""
    (file,) = CATALOGS[name]
    marked = pages.rewrite(file, in_marks)
    for _, text in catalog.extract([file]):
        line = in_marks("", text, "formula" if text.startswith("$$") else "")
        line = json.dumps(line.split("\n")[0], ensure_ascii=False)[1:-1]
        assert line in marked or "{" in text or "|" in text, text
    before, after = (json.loads(text)["cells"] for text in (file.read_text("utf-8"), marked))
    for one, other in zip(before, after, strict=True):
        source, new = ("".join(cell["source"]) for cell in (one, other))
        if one["cell_type"] == "code":
            assert ast.dump(ast.parse(without_marks(new))) == ast.dump(ast.parse(source))
        else:
            new = without_marks(new)  # where a formula of several lines is one
            assert "".join(new.split()) == "".join(source.split())
        assert without_marks(str(other["metadata"])) == str(one["metadata"])


@pytest.mark.parametrize("name", ["api", "glossary", "notation", "pitfalls", "references", "site"])
def test_each_text_of_a_page_is_replaced_and_nothing_else(name):
    for file in CATALOGS[name]:
        marked = pages.rewrite(file, in_marks)
        text = file.read_text("utf-8")
        assert without_marks(marked).split() == text.split()
        assert ("⟦" in marked) == bool(catalog.extract([file]))


def test_the_set_up_cell_stays_as_it_is():
    (file,) = CATALOGS["03_learning_rate_decay"]
    contexts = {context for context, _ in catalog.extract([file])}
    assert "set-up" not in contexts
    assert {"title", "set-up-note", "imports-not"} & contexts == {"title", "set-up-note"}


# -- Markdown ----------------------------------------------------------------------------------

PAGE = """# 3. Decay

A line that
goes on, with $x$.

$$x = 1$$

$$\\begin{cases} 1 & \\text{if kept,} \\\\
0 & \\text{else.} \\end{cases}$$

> **Predict.** Which one?

- one `item`
- `code`

| head | $x$ |
| --- | --- |
| a \\| b | 0.9 |

![A slope](slope.svg)

<details>
<summary>All of it</summary>

```python
a = 1  # why not
```

</details>
"""


def test_markdown_is_taken_unit_by_unit():
    found = []
    assert markdown.rewrite(PAGE, lambda text, kind: found.append((text, kind)) or text) == PAGE
    assert found == [
        ("3. Decay", "heading"),
        ("A line that goes on, with $x$.", "text"),
        (
            r"$$\begin{cases} 1 & \text{if kept,} \\ 0 & \text{else.} \end{cases}$$",
            "formula",
        ),
        ("**Predict.** Which one?", "text"),
        ("one `item`", "item"),
        ("head", "cell"),
        ("A slope", "alternative text"),
        ("All of it", "summary"),
    ]


def test_markdown_is_written_unit_by_unit():
    new = markdown.rewrite(
        PAGE, lambda text, kind: "$$甲$$" if kind == "formula" else "甲 | 乙", str.upper
    )
    begin, end = "# 甲 | 乙\n\n甲 | 乙\n\n$$x = 1$$\n\n$$甲$$", "> 甲 | 乙\n\n- 甲 | 乙\n- `code`"
    assert new.startswith(f"{begin}\n\n{end}")
    assert "![甲 | 乙](slope.svg)" in new
    assert "| 甲 \\| 乙 | $x$ |\n| --- | --- |\n| a \\| b | 0.9 |" in new
    assert "<summary>甲 | 乙</summary>\n\n```python\nA = 1  # WHY NOT\n```" in new


@pytest.mark.parametrize("text", ["3. 学习率", "- 学习率", "# 学习率", "> 学习率", "1) 学习率"])
def test_a_text_that_markdown_reads_as_something_else_is_refused(text, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# Page\n\nA rate.\n", "utf-8")
    translate = {"A rate.": text}.get
    with pytest.raises(ValueError, match="blocks") as caught:
        pages.rewrite(page, lambda context, old, kind: translate(old, old))
    says(caught.value, "'title'", "blocks", way_out="must not begin as a list")


def test_a_title_keeps_its_number(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# 3. Rate\n", "utf-8")
    assert pages.rewrite(page, lambda *_: "3. 学习率") == "# 3. 学习率\n"


# -- Python ------------------------------------------------------------------------------------


def test_what_a_reader_sees_is_a_message():
    source = '''def f(x):
    """Say it."""
    if x:
        raise ValueError("No rate.")  # nor a step
    return f"After {x:.2g} epochs."


# noqa: E501
ax.plot(x, "--", label="decay", color="C0")  # noqa: E501
ax.set(xlabel="epoch", ylabel=f"loss of {x}")
table(["learning rate", "`lr`", "lr"], ("smooth", 1.0))
"loss"'''
    assert messages(source) == {
        "a: Say it.": "docstring",
        "a: No rate.": "shown",
        "a: nor a step": "comment",
        "a: After {x:.2g} epochs.": "f-string",
        "a: decay": "shown",
        "a: epoch": "shown",
        "a: loss of {x}": "f-string",
        "a: learning rate": "shown",
        "a: smooth": "shown",
        "a: loss": "shown",
    }
    assert messages('x = [f"{low} to {high}"]') == {"a: {low} to {high}": "f-string"}
    # What an `if` chooses within a field, and what only looks like a text that is asked for.
    chosen = """off = f"{x:.3f} {'less' if x else 'more'}"
x = f"{most} {'some' if x else 'all'}", nets["leaky relu"]"""
    assert list(messages(chosen)) == [
        "a: {x:.3f} {'less' if x else 'more'}",
        "a: {most} {'some' if x else 'all'}",
    ]
    ticks = 'ax.set_xticks([0, 1], ["rain", "dry"])'
    assert list(messages(ticks)) == ["a: rain", "a: dry"]
    row = 'def of(name, x): ...\nof("1 × 100, kinks spread out", 3)\nof("bend", 4)'
    assert list(messages(row)) == ["a: 1 × 100, kinks spread out"]
    assert list(messages('return_ = minus(f"{x}, not {y}")')) == ["a: {x}, not {y}"]
    assert list(messages('x = f"{what}; {seen}."')) == ["a: {what}; {seen}."]
    assert list(messages('x = "yes" if sure else "no"')) == ["a: yes", "a: no"]
    assert list(messages('x = said.get(turns, f"{turns} times")')) == ["a: {turns} times"]
    both = """def draw(ax, *, form="sum"):
    return form == "average"
knobs = {"form": ["sum", "average"]}
descend(**knobs)
explore(draw, **knobs)"""
    assert list(messages(both)) == ["a: sum", "a: average"]
    handed_on = """steps.append(f"{n} steps")
both = " and ".join("no axis" if n is None else f"{n}" for n in shape)"""
    assert messages(handed_on) == {
        "a: {n} steps": "f-string",
        "a:  and ": "text in code",
        "a: no axis": "name or text in code",
    }


@pytest.mark.parametrize(
    "source",
    [
        'x = np.zeros(3, dtype="float32")',
        'run = descend(f, 5.0, "momentum")',
        'fit(monitor="loss")\nnames = ["loss"]',
        'style = {"linestyle": "dashed"}\nax.plot(x, **style)',
        'ax.plot(x, **({"linestyle": "dashed"} | more))',
        'style = {}\nstyle["marker edge"] = 1\nax.plot(x, **style)',
        'def draw(ax, *, schedule=1): ...\nsettings = {"schedule": 2}',
        'nets = {"tanh": 1, "leaky relu": 2}',
        'assert name == "constant"',
        'print("TypeError:", caught)',
        'check_exercise("3.1", border)',
        'x = spread["constant rate"]',
        '%matplotlib inline\nx = "C0"',
        'mixed = f"w is {w}, it"\nassert mixed == "w is 2, it"',
        'runs[f"rate {lr}"] = 1\nx = ["rate 3"]',
        'x = [f"{low} × {high}"]',
        'x = f"w is {w}, loss is {loss}"\nassert x == "w is 2, loss is 3"',
        'x = [f"{low}{high}"]',
    ],
)
def test_a_setting_is_no_message(source):
    assert messages(source) == {}


NAMES = """shapes = {"constant": 1, "cosine": 2}
knobs = {"schedule": ["constant", "cosine"]}"""
USED = """def draw(ax, *, schedule="constant"):
    return f"It is {schedule}, not {shapes['constant']}."


assert off["cosine"] < off["constant"]
explore(draw, **knobs, presets={"notes": {"schedule": "cosine"}})"""


def test_a_text_that_is_looked_up_is_translated_everywhere():
    assert messages(NAMES, USED) == {
        "a: constant": "looked up",
        "a: cosine": "looked up",
        "b: It is {schedule}, not {shapes['constant']}.": "f-string",
        "b: notes": "name or text in code",
    }
    new = written({"constant": "不变", "cosine": "余弦"}, NAMES, USED)
    assert new[0] == NAMES.replace("constant", "不变").replace("cosine", "余弦")
    assert new[1] == USED.replace("constant", "不变").replace("cosine", "余弦")


def test_a_menu_of_a_knob_has_texts():
    draw = """def draw(ax, *, batch=4):
    if batch == "all":
        pass"""
    menu = """knobs = {"batch": [1, "all"]}
explore(draw, **knobs)"""
    assert messages(draw, menu) == {"b: all": "looked up"}
    assert written({"all": "全部"}, draw, menu) == [
        draw.replace('"all"', '"全部"'),
        menu.replace("all", "全部"),
    ]


def test_a_text_may_be_looked_up_within_an_f_string():
    source = """ends = {"with BN": 1}"""
    said = """f"It ends at {ends['with BN']}." """.strip()
    assert messages(source, said)["a: with BN"] == "looked up"
    new = written({"with BN": "有 BN"}, source, said)
    assert new == [source.replace("with", "有"), said.replace("with", "有")]


def test_a_text_that_is_looked_up_and_set_is_translated_nowhere():
    setting = 'schedule(kind="cosine")'
    assert "a: cosine" not in messages(NAMES, USED, setting)
    assert "a: constant" in messages(NAMES, USED, setting)


def test_a_text_that_is_looked_up_keeps_its_keys_apart():
    """Two keys with one translation would be one key."""
    with pytest.raises(ValueError, match="cosine") as caught:
        written({"constant": "不变", "cosine": "不变"}, NAMES, USED)
    says(caught.value, "'不变'", "'constant'", "'cosine'", way_out="different")


def test_two_keys_of_a_notebook_stay_two(tmp_path):
    cells = [code('kinds = {"smooth": 1, "rough": 2}'), code('kinds["smooth"] < kinds["rough"]')]
    file = tmp_path / "made.ipynb"
    file.write_text(json.dumps(build(*cells).data), "utf-8")
    with pytest.raises(ValueError, match="smooth") as caught:
        pages.rewrite(file, lambda context, text, kind: "光滑")
    says(caught.value, "'光滑'", "'smooth'", "'rough'", way_out="different")


def test_fields_of_an_f_string_may_change_their_order():
    source = 'f"{n:,} of {total!r} epochs"'
    new = written({"{n:,} of {total!r} epochs": "{total!r} 轮中的 {n:,} 轮"}, source)
    assert new == ['f"{total!r} 轮中的 {n:,} 轮"']


def test_fields_stay_as_they_are_written():
    source = 'f"{n < 1e-3} of {0.99**3:.4f} epochs"'
    text = "{n < 1e-3} of {0.99**3:.4f} epochs"
    assert messages(source) == {f"a: {text}": "f-string"}
    new = written({text: "{0.99**3:.4f} 轮的 {n < 1e-3}"}, source)
    assert new == ['f"{0.99**3:.4f} 轮的 {n < 1e-3}"']


def test_words_in_fields_are_translated_with_them():
    source = "f\"It is {'up' if x > a['low'] else 'down'} now.\""
    text = "It is {'up' if x > a['low'] else 'down'} now."
    new = "现在{'升' if x > a['low'] else '降'}了。"
    assert written({text: new}, source) == [f'f"{new}"']


@pytest.mark.parametrize(
    "new", ["{m} 轮", "{n:.2f} 轮", "轮", "{n:,} {n:,}", "{n:,", "{{n:,}} 轮", "{a['up']}"]
)
def test_an_f_string_with_other_fields_is_refused(new):
    with pytest.raises(ValueError, match=r"tools\.translate") as caught:
        written({"{n:,} epochs": new}, 'f"{n:,} epochs"')
    says(caught.value, repr(new))


def test_quotes_and_braces_survive():
    source = "x = ['a {{word}} here', f'{{w}} is {w} here']\nf\"a 'b' {x} word\""
    new = written(
        {
            "a {{word}} here": "a \"b\" 'c' {{word}}\n",
            "{{w}} is {w} here": "{{w}}：“{w}”",
            "a 'b' {x} word": "a \"b\" 'c' {x}",
        },
        source,
    )
    scope = {"w": 2, "x": 3}
    tree = ast.parse(new[0])
    first = eval(ast.unparse(tree.body[0].value), scope)
    assert first == ["a \"b\" 'c' {{word}}\n", "{w}：“2”"]
    assert eval(ast.unparse(tree.body[1].value), scope) == "a \"b\" 'c' 3"


def test_a_text_of_several_pieces_keeps_its_lines():
    source = """return_ = (
    f"After {epochs:,} epochs w is still far from home, "
    "and it hardly moves any more."
)"""
    text = "After {epochs:,} epochs w is still far from home, and it hardly moves any more."
    new = written(
        {text: "{epochs:,} 轮之后，参数 w 离家仍然很远很远，而且几乎不再挪动一步了，真是可惜。"},
        source,
    )
    assert new[0].count("\n") == source.count("\n")
    assert "".join(ast.unparse(ast.parse(new[0])).split()) == (
        "return_=f'{epochs:,}轮之后，参数w离家仍然很远很远，而且几乎不再挪动一步了，真是可惜。'"
    )


def test_a_docstring_keeps_its_indentation():
    source = '''def f():
    """One.

    Two
      three.
    """'''
    assert messages(source) == {"a: One.\n\nTwo\n  three.": "docstring"}
    (new,) = written({"One.\n\nTwo\n  three.": "一。\n\n二\n  三。"}, source)
    assert new == source.replace("One", "一").replace("Two", "二").replace("three", "三").replace(
        ".", "。"
    )


def test_code_stays_the_same_program():
    """The syntax tree is compared whatever the rules above say."""
    with pytest.raises(ValueError, match="another program"):
        written({"a word": "一\n词"}, "x = 1  # a word")


# -- Helpers -----------------------------------------------------------------------------------


def test_a_module_of_helpers_shows_its_errors_and_public_docstrings(tmp_path):
    source = '''"""Descend."""

CLASS = "a b c d"
STYLE = "<p>one two three four</p>"


def descend(steps):
    """Take steps."""
    if steps < 0:
        raise ValueError(f"descend() needs steps >= 0, got {steps}. " "Write 100.")
    return check(steps, "By what does a step multiply?")


def _private():
    """Not for readers, or only for a few of them."""
'''
    folder = tmp_path / "utils"
    folder.mkdir()
    found = {}
    for name in ("training.py", "_arguments.py"):
        (folder / name).write_text(source, "utf-8")
        found[name] = [text for _, text in catalog.extract([folder / name])]
    errors = [
        "descend() needs steps >= 0, got {steps}. Write 100.",
        "By what does a step multiply?",
    ]
    assert sorted(found["_arguments.py"]) == sorted(errors)
    assert sorted(found["training.py"]) == sorted([*errors, "Descend.", "Take steps."])
