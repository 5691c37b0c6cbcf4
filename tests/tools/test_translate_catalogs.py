"""Catalogs: what becomes of them when the English text changes, and what `check` finds in them."""

import json
import shutil

import polib
import pytest
from messages import says
from notebooks import ROOT, build, code, markdown

from tools.translate import catalog, checks, pages
from tools.translate.__main__ import main

TERMS = {"learning rate": ["学习率"], "rate": ["学习率", "率"], "epoch": ["训练轮次", "轮"]}
OLD = {
    ("a", "The rate falls slowly from 0.2 on."): "text",
    ("a", "It stays."): "text",
    ("b", "Another sentence."): "text",
}


def entry(text, translation, kind="text", **more):
    return polib.POEntry(msgctxt="a", msgid=text, msgstr=translation, comment=kind, **more)


def of(messages):
    """A catalog in which each of these messages is translated."""
    known = catalog.merged(polib.POFile(), messages, "zh_CN")
    for one in known:
        one.msgstr = f"译：{one.msgid}"
    return known


def state(known):
    """text → (translation, whether it is fuzzy, the old text)."""
    return {one.msgid: (one.msgstr, "fuzzy" in one.flags, one.previous_msgid) for one in known}


# -- A change of the English text --------------------------------------------------------------


def test_nothing_changes_where_the_text_is_the_same():
    known = of(OLD)
    assert str(catalog.merged(known, OLD, "zh_CN")) == str(known)


def test_a_changed_text_makes_its_message_fuzzy_and_no_other():
    new = {("a", "The rate falls slowly from 0.3 on."): "text", **dict([*OLD.items()][1:])}
    merged = catalog.merged(of(OLD), new, "zh_CN")
    assert state(merged) == {
        "The rate falls slowly from 0.3 on.": (
            "译：The rate falls slowly from 0.2 on.",
            True,
            "The rate falls slowly from 0.2 on.",
        ),
        "It stays.": ("译：It stays.", False, None),
        "Another sentence.": ("译：Another sentence.", False, None),
    }
    assert merged.metadata["Language"] == "zh_CN"


def test_a_text_that_changed_twice_still_shows_what_was_translated():
    once = catalog.merged(of(OLD), {("b", "Another long sentence."): "text"}, "zh_CN")
    twice = catalog.merged(once, {("b", "Another very long sentence."): "text"}, "zh_CN")
    assert state(twice) == {
        "Another very long sentence.": ("译：Another sentence.", True, "Another sentence.")
    }


def test_a_new_text_is_open_and_a_removed_one_gone():
    merged = catalog.merged(of(OLD), {("a", "Entirely different words: 7."): "text"}, "zh_CN")
    assert state(merged) == {"Entirely different words: 7.": ("", False, None)}


def test_a_text_of_another_cell_is_not_an_old_one():
    new = OLD | {("z", "The rate falls slowly from 0.3 on."): "text"}
    del new["a", "The rate falls slowly from 0.2 on."]
    merged = catalog.merged(of(OLD), new, "zh_CN")
    assert state(merged)["The rate falls slowly from 0.3 on."] == ("", False, None)


def test_a_moved_text_keeps_its_translation():
    merged = catalog.merged(of(OLD), {("c", "It stays."): "text"}, "zh_CN")
    assert state(merged) == {"It stays.": ("译：It stays.", False, None)}


def test_english_stands_where_a_translation_is_open_or_fuzzy():
    known = of(OLD)
    known[0].flags, known[1].msgstr = ["fuzzy"], ""
    translate = catalog.translator(known)
    said = [translate(context, text, "") for context, text in OLD]
    assert said == [known[0].msgid, known[1].msgid, "译：Another sentence."]


# -- The commands ------------------------------------------------------------------------------


@pytest.fixture
def course(tmp_path):
    """A course of one notebook and a glossary."""
    (tmp_path / "chapters").mkdir()
    cells = [
        markdown("# 3. Rates\n\nThe learning rate."),
        code('ax.set(xlabel="epoch")\nax.plot(x)  # noqa: F821', "hide-input"),
    ]
    notebook = build(*cells, name="03_rates.ipynb")
    text = json.dumps(notebook.data, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    (tmp_path / "chapters" / "03_rates.ipynb").write_text(text, "utf-8")
    shutil.copy(ROOT / "chapters" / "glossary.md", tmp_path / "chapters" / "glossary.md")
    return tmp_path


def translated(course):
    path = course / "locale" / "zh_CN" / "03_rates.po"
    known = catalog.read(path)
    for one in known:
        one.msgstr = {"3. Rates": "3. 学习率", "epoch": "轮次"}.get(one.msgid, "学习率。")
    known.save(str(path))
    return path


def test_extract_begins_what_is_named_and_renews_what_is_there(course, capsys):
    assert main(["extract"], course) == 0
    assert not (course / "locale").exists()
    assert main(["extract", "03_rates"], course) == 0
    assert capsys.readouterr().out == "locale/zh_CN/03_rates.po: 3 messages, 3 open, 0 fuzzy\n"
    path = translated(course)
    before = path.read_bytes()
    assert main(["extract"], course) == 0
    assert path.read_bytes() == before
    with pytest.raises(SystemExit) as caught:
        main(["extract", "04_rates"], course)
    says(caught.value, "04_rates", way_out="03_rates")


def test_a_catalog_has_no_line_numbers_and_long_lines(course):
    main(["extract", "03_rates"], course)
    text = (course / "locale" / "zh_CN" / "03_rates.po").read_text("utf-8")
    assert '#. heading\nmsgctxt "cell-0"\nmsgid "3. Rates"\nmsgstr ""\n' in text
    assert "#:" not in text


def test_write_writes_the_course_with_its_folders(course, tmp_path):
    main(["extract", "03_rates"], course)
    translated(course)
    (course / "_build").mkdir()
    assert main(["--language", "zh", "write", str(tmp_path / "_build" / "zh")], course) == 0
    folder = tmp_path / "_build" / "zh"
    data = json.loads((folder / "chapters" / "03_rates.ipynb").read_text("utf-8"))
    title, plot = ("".join(cell["source"]) for cell in data["cells"])
    assert title == "# 3. 学习率\n\n学习率。"
    assert plot == 'ax.set(xlabel="轮次")\nax.plot(x)  # noqa: F821'
    # All else is there as it is, so that the notebooks run alone.
    same = "chapters/glossary.md"
    assert (folder / same).read_text("utf-8") == (course / same).read_text("utf-8")
    assert {path.name for path in folder.iterdir()} == {"chapters"}
    # In its own place, too, as the workflow does it.
    assert main(["write", str(course)], course) == 0
    same = "chapters/03_rates.ipynb"
    assert (folder / same).read_text("utf-8") == (course / same).read_text("utf-8")


def test_a_translated_notebook_fetches_its_branch_and_says_its_language():
    template = (ROOT / "chapters" / "_template.ipynb").read_text("utf-8")
    text = pages.at_home_in("zh_CN", template)
    lines = zip(template.splitlines(), text.splitlines(), strict=True)
    branch, call = [new for old, new in lines if old != new]
    assert r"\"--branch=zh\"" in branch
    assert r"utils.set_up(\"zh\")" in call


def test_check_prints_each_fault_with_its_place(course, capsys):
    main(["extract", "03_rates"], course)
    path = translated(course)
    assert main(["check"], course) == 1
    out = capsys.readouterr().out.splitlines()[1:]
    assert out == [
        'locale/zh_CN/03_rates.po, cell-1: "epoch" is a term of the glossary; say '
        "训练轮次、迭代周期、回合, or write the comment `not: epoch`: epoch"
    ]
    path.with_name("short.txt").write_text("epoch = 轮次\n", "utf-8")
    assert main(["check"], course) == 0
    assert capsys.readouterr().out == ""


def test_check_sees_a_catalog_of_yesterday(course, capsys):
    main(["extract", "03_rates"], course)
    translated(course).with_name("short.txt").write_text("epoch = 轮次\n", "utf-8")
    file = course / "chapters" / "03_rates.ipynb"
    file.write_text(file.read_text("utf-8").replace("learning rate.", "rate of learning."), "utf-8")
    capsys.readouterr()
    assert main(["check"], course) == 1
    new, old = capsys.readouterr().out.splitlines()
    says(new, "cell-0", "not in the catalog", way_out="extract")
    says(old, "cell-0", "no longer in the page", way_out="extract")


# -- Rules: each keeps what is right, and says what is wrong -------------------------------------

TEXTS = {
    checks.is_translated: [
        (entry("A rate.", "学习率。"), None),
        (entry("A rate.", ""), "not translated"),
        (entry("A rate.", "学习率。", flags=["fuzzy"]), "fuzzy"),
    ],
    checks.keeps_marks: [
        (entry("A $x$ of `w`, **so**.", "`w` 的 $x$，**如此**。"), None),
        (entry("A $x$.", "一个 x。"), "formula"),
        (entry("A $x$ or $x$.", "$x$。"), "formula"),
        (entry(r"A $\text{sum}$.", r"$\text{和}$。"), None),
        (entry(r"A $\eta$.", r"$\eta_0$。"), "formula"),
        (entry("Of `w`.", "`v` 的。"), "code"),
        (entry("See [this](a.md#b).", "见[这里](a.md)。"), "link"),
        (entry("See [this](a.md#b).", "见[这里](a.md#b)。"), None),
        (entry("**Predict.** A step.", "**预测。** 一步。"), None),
        (entry("**Predict.** A step.", "**预测。**一步。"), "emphasis"),
        (entry("**Predict.** A step.", "**预测**：一步。"), None),
        (entry("A *step*.", "一步。"), "emphasis"),
        (entry("A step.", "**一步**。"), "emphasis"),
        (entry('A <span lang="zh">x</span>.', "一个。"), "tag"),
    ],
    checks.keeps_numbers: [
        (entry("From 0.2 to 1,000.", "从 0.2 到 1000。"), None),
        (entry("From 0.2 to 1,000.", "从 0.2 到 100。"), "1000"),
        (entry("After 40 epochs", "40 轮之后", "shown"), None),
        (entry("After 40 epochs", "之后", "shown"), "40"),
        (entry("Figure 3.5.", "图 3.5。"), None),
        (entry("Figure 3.5.", "图 3.4。"), "3.4"),
        (entry("$x = 3$ and `4`", "`4` 和 $x = 3$"), None),
        (entry("After {k:.2f} of 3", "3 之中 {k:.2f}", "f-string"), None),
        (entry("Three of them.", "其中 3 个。"), "3"),
        (entry("Three of them.", "其中 3 个。", tcomment="not: 3"), None),
    ],
    checks.uses_the_terms: [
        (entry("Learning rates.", "学习率。"), None),
        (entry("A learning rate.", "一个速率。"), "learning rate"),
        (entry("A learning-rate plan.", "学习速度的计划。"), "learning rate"),
        (entry("A learning rate.", "一个速率。", tcomment="not: learning rate"), None),
        (entry("Forty epochs.", "四十轮。"), None),
        (entry("Forty epochs.", "四十次。"), "epoch"),
        (entry("Separate.", "分开。"), None),
        (entry("`rate` of it", "其 `rate`"), None),
        (entry("{rate} words", "{rate} 个词", "f-string"), None),
        (entry("The rate", "The rate"), None),
    ],
    checks.punctuates: [
        (entry("So, $x$.", "于是，$x$ 是（大约）0.2。"), None),
        (entry("So, so.", "于是,如此。"), "half-width"),
        (entry("So.", "于是."), "half-width"),
        (entry("**Predict.** A step.", "**预测。** 一步。"), None),
        (entry("So (so).", "于是(如此)。"), "half-width"),
        (entry("With Keras.", "用Keras。"), "without a space"),
        (entry("With $x$.", "用$x$。"), "without a space"),
        (entry("With `x`.", "用 `x`做。"), "without a space"),
        (entry("With **Keras**.", "用**Keras** 做。"), "without a space"),
        (entry("So, so.", "于是， 如此。"), "beside a full-width"),
        (entry("[So](a,b).", "[如此](a,b)。"), None),
        (entry("It is {x}.", "它是 {x}。", "f-string"), None),
        (entry("{a['b']}, so", "{a['b']}，如此", "f-string"), None),
    ],
    checks.keeps_fields: [
        (entry("{n:,} of {m}", "{m} 中的 {n:,}", "f-string"), None),
        (entry("{n:,} of {m}", "{m} 中的 {n}", "f-string"), "other fields"),
        (entry("{n} of it", "{n 个", "f-string"), "no f-string"),
    ],
}
CASES = [(rule, one, fault) for rule, cases in TEXTS.items() for one, fault in cases]


@pytest.mark.parametrize(("rule", "one", "fault"), CASES)
def test_a_rule_says_what_is_wrong(rule, one, fault):
    found = list(rule(one, TERMS))
    if fault is None:
        assert found == []
    else:
        assert len(found) == 1
        assert fault in found[0]


def test_each_rule_has_its_cases():
    assert set(TEXTS) == set(checks.RULES)


def test_the_glossary_is_the_termbase():
    terms = checks.glossary(ROOT, "zh_CN")
    assert terms["learning rate"][0] == "学习率"
    assert len(terms) > 100
    assert checks.glossary(ROOT, "fr") == {}


def test_the_catalogs_of_the_course_have_no_faults():
    assert list(checks.faults(ROOT, "zh_CN")) == []
