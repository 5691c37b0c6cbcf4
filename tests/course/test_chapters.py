"""Every notebook keeps the rules, and every rule finds its breach in a notebook made for it."""

import json
from dataclasses import replace

import pytest
from notebooks import Book, build, code, markdown, read

from tools.lint import CHAPTER, NOTEBOOK, READABLE
from tools.lint.exercises import CHECK_TAGS, STUB_TAGS
from tools.tidy import as_file
from website.run.own_kernel import METADATA

REAL = Book.read()
RULES = {rule.__name__: rule for rule in READABLE + NOTEBOOK + CHAPTER}


@pytest.mark.parametrize("file", REAL.notebooks)
@pytest.mark.parametrize("rule", READABLE + NOTEBOOK, ids=lambda rule: rule.__name__)
def test_notebook(rule, file):
    assert list(rule(REAL.notebooks[file])) == []


@pytest.mark.parametrize("file", REAL.chapters)
@pytest.mark.parametrize("rule", CHAPTER, ids=lambda rule: rule.__name__)
def test_chapter(rule, file):
    assert list(rule(REAL.chapters[file])) == []


def test_there_is_something_to_keep_the_rules():
    assert {"index.ipynb", "chapters/_template.ipynb"} < REAL.notebooks.keys()
    assert len(REAL.chapters) == len(REAL.notebooks) - 2 > 0


# --- the rules themselves -----------------------------------------------------------------------

STUB = code("def f():\n    raise NotImplementedError('3.1')", *sorted(STUB_TAGS))
CHECK = code("check_exercise('3.1', f)", *sorted(CHECK_TAGS))
SET_UP = code("import utils", "set-up")
SOLUTION = (
    "<details>\n<summary>Solution</summary>\n\n```python\n# a comment\nx = 1\n```\n\n</details>"
)
TASK = "### Exercise 3.{} Easy\n\nWrite one line that gives one."
WORDS = "These are eight words, and that is enough. "
TIME = "*Reading and doing: about 2 hours. In 30 minutes: the summary.*"
PREDICT, CHECKED = "> **Predict.** What?", "> **Check.** That."
FIGURE = {"mystnb": {"image": {"alt": "A line."}}}


def choices(*explanations):
    return "\n".join(
        f"<details>\n<summary>Choice {number}</summary>\n\n{text}\n\n</details>"
        for number, text in enumerate(explanations)
    )


def quiz(*bodies, numbers="12345"):
    asked = zip(numbers, bodies or [choices("Right: so.", "No: so.")] * 5, strict=True)
    questions = [f"**Question {number}.** So?\n\n{body}" for number, body in asked]
    return build(markdown("\n\n".join(["## Quiz", *questions])))


def exercise(*cells):
    return build(markdown(f"## Exercises\n\n{TASK.format(1)}"), *cells)


def text(*sources):
    return build(*map(markdown, sources))


def programs(*sources):
    return build(*map(code, sources))


def altered(notebook, **changes):
    """The notebook with other JSON at its first cell."""
    first, *others = notebook.data["cells"]
    return build(first | changes, *others)


def wrong(*numbers):
    mistakes = [f"**{number}. So.** No." for number in numbers]
    return text("\n\n".join(["## What notes get wrong", *mistakes]))


ONE = text("Text.")
FOUR = [TASK.format(number) for number in (1, 2, 3, 4)]

# rule: notebooks that keep it
GOOD = {
    "is_valid": [ONE, programs("x")],
    "is_python": [programs("x = 1", "%time x"), text("def")],
    "has_no_outputs": [programs("x")],
    "is_written_as_jupyter_does": [ONE, replace(ONE, text=as_file(ONE.data))],
    "has_plain_metadata": [ONE, build(code("x", "hide-input", **FIGURE))],
    "opens_with_title_and_question": [
        text(f"# 3. Title\n\n**Why?** So.\n\n{TIME}"),
        text(f"# 3. T\n\nWhy?\n\n{TIME}\n\n```\n# no heading\n```", "## Part"),
    ],
    "promises_three_abilities": [
        text("# T", "**After this chapter you can**\n\n- a;\n- b;\n- c."),
        text("# T", "After this chapter you can\n\n1. a\n2. b\n3. c"),
    ],
    "has_enough_prose": [
        build(markdown(WORDS), code("x")),
        build(markdown(WORDS * 5), code("x")),
    ],
    "predicts_and_checks": [
        text(*[PREDICT, CHECKED] * 3),
        text("\n\n".join([PREDICT, CHECKED] * 4)),
    ],
    "shows_what_notes_get_wrong": [wrong(1, 2, 3, 4, 5), wrong(*range(1, 12))],
    "summarises_in_three_sentences": [
        text("## Summary\n\nOne, e.g. 1.5. Two $a. b.$ is *it*. Is it three?\n\n## Sources\n\nNo."),
        text('## Summary\n\nHe said [so](https://a.b/c.d). "Two." `x. y. z` ends it!'),
    ],
    "cites_sources": [
        text("## Sources\n\n- A (2017). [arXiv:1](https://arxiv.org/abs/1608.03983). The cosine."),
        text(
            "## Sources\n\n- A (1951),\n  long. [doi](https://doi.org/10.1214/a)\n"
            "- Keras: [docs](https://keras.io)"
        ),
    ],
    "is_plain_markdown": [
        text("> **Note.** $\\mathbb{R}$ `x`, ${x}$, `{a}`, `{{x}}`\n\n$$\nx\n$$"),
        text("```python\n% x\n(a)=\n```\n\n100 % of it"),
        text("<details>\n<summary>a</summary>\n\nb (c) = d\n\n</details>", "100 % of it"),
    ],
    "links_to_files_that_exist": [
        text("[a](../README.md#x) [b](https://x.y/z) [c](#here) ![d](../LICENSE) `[e](f)`"),
    ],
    "has_short_cells": [
        programs("x\n\n" * 5, "x", "x\n" * 20),
        build(code("x\n" * 30, "algorithm"), code("x"), code("x"), code("x\n" * 50, "set-up")),
    ],
    "has_few_code_cells_in_a_row": [
        build(code("x"), code("y"), markdown("z"), code("x"), code("y"))
    ],
    "ends_with_a_value": [programs("print(1)\nx", "", "%time x", "for x in y:\n    print(x)")],
    "has_no_trailing_semicolon": [programs("x = ';'\ny", "a = 1; b = 2", "# this;", "'''\n;\n'''")],
    "shows_its_seeds": [
        programs("np.random.default_rng(seed=3).normal()", "numpy.random.RandomState(1).rand()"),
    ],
    "asserts_its_claims": [programs("assert x\n" * 3, "def f():\n    assert x", "assert y")],
    "describes_figures": [
        build(code("fig, ax = plt.subplots()", **FIGURE), code("explore(draw)"), code("x")),
        programs("def draw(ax):\n    ax.plot(x)", "plt.rcParams['x'] = 1\nplt.close()"),
    ],
    "captions_figures": [
        build(
            code("plt.plot(x)"),
            markdown("*Figure 3.1. See\nthis.*"),
            code("explore(draw)"),
            code("assert x"),
            markdown("So.\n\n*Figure 3.2. With `a` = *b* it falls.*\n\nMore."),
        ),
        build(code("plt.plot(x)"), markdown("*Figure 0.1. See.*"), name="index.ipynb"),
    ],
    "predicts_before_explorers": [
        build(
            markdown(PREDICT), code("x"), code("explore(a)"), markdown(PREDICT), code("explore(b)")
        ),
    ],
    "uses_the_books_words": [text("We predict. It is called `stood`."), text("Broadcasting")],
    "catches_its_errors": [build(STUB, CHECK, code("try:\n    x\nexcept E:\n    y"))],
    "announces_checks": [
        build(markdown('Its check ends with an error: where "Run all" stops'), SET_UP, CHECK),
        build(markdown("Run this."), SET_UP),
    ],
    "folds_cells_of_asserts": [
        build(code("assert x", "hide-input"), code("x = 1\nassert x"), code("# a remark"))
    ],
    "hides_answers": [
        exercise(STUB, CHECK),
        exercise(STUB, code("check_exercise('3.1', f, g)", *sorted(CHECK_TAGS))),
    ],
    "opens_details_well": [
        text(SOLUTION),
        text(SOLUTION.replace("Solution", "<code>x</code>, 5 * 3")),
        text("Write `<details>`."),
        ONE,
    ],
    "numbers_exercises": [
        build(*map(markdown, FOUR[:3]), STUB, markdown(FOUR[3])),
        build(markdown("\n\n".join(FOUR)), STUB),
    ],
    "solves_exercises": [
        exercise(STUB, CHECK, markdown(SOLUTION)),
        exercise(STUB, markdown("A word on the check."), CHECK, markdown(SOLUTION)),
        exercise(markdown(SOLUTION.replace("```python", "```"))),
    ],
    "asks_five_questions": [
        quiz(),
        quiz(*[choices("Right.", "No.", "No, right is another.")] * 5),
    ],
}

# rule, a notebook that breaks it, what it says
BREACHES = [
    ("is_valid", build(nbformat_minor=4), "nbformat is 4.4"),
    ("is_valid", build(cells=[markdown("a"), markdown("b")]), "2 cells have the id x"),
    ("is_valid", altered(ONE, source=3), "cell 1: 3 is not valid"),
    (
        "is_valid",
        build(cells=[{"cell_type": "markdown", "metadata": {}, "source": ""}]),
        "cell 1: 'id' is a required property",
    ),
    ("is_python", programs("x", "y\nx = ="), "cell 2, line 2: invalid syntax"),
    (
        "has_no_outputs",
        altered(programs("x"), execution_count=1),
        "cell 1: it holds outputs or an execution_count",
    ),
    (
        "has_no_outputs",
        altered(programs("x"), outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}]),
        "cell 1: it holds outputs or an execution_count",
    ),
    (
        "has_plain_metadata",
        build(metadata=METADATA | {"language_info": {"name": "python", "version": "3.11.2"}}),
        "the metadata are not {'kernelspec'",
    ),
    *(
        ("is_written_as_jupyter_does", replace(ONE, text=text), "another order, indentation")
        for text in (
            as_file(ONE.data).rstrip(),
            as_file(ONE.data).replace("\n ", "\n  "),
            json.dumps(ONE.data),
            "\ufeff" + as_file(ONE.data),
        )
    ),
    ("has_plain_metadata", build(metadata={}), "the metadata are not {"),
    ("has_plain_metadata", build(code("x", collapsed=True)), "cell 1: metadata ['collapsed']"),
    (
        "opens_with_title_and_question",
        text("Text", f"# 3. Title\n\nWhy?\n\n{TIME}"),
        "1 H1 headings; begin cell 1 with `# 3. Title`",
    ),
    (
        "opens_with_title_and_question",
        text(f"# 3. Title\n\nWhy?\n\n{TIME}", "# Another"),
        "2 H1 headings",
    ),
    (
        "opens_with_title_and_question",
        text(f"# Title\n\nWhy?\n\n{TIME}"),
        "cell 1: the title has no number",
    ),
    (
        "opens_with_title_and_question",
        text(f"# 3. Title\n\nSo.\n\nWhy?\n\n{TIME}"),
        "cell 1: no question in the first paragraph",
    ),
    (
        "opens_with_title_and_question",
        text("# 3. Title\n\nWhy?\n\nAbout 35 minutes."),
        "cell 1: no time",
    ),
    (
        "promises_three_abilities",
        text("# T", "After this chapter you can\n\n- a\n- b"),
        "cell 2: 2 abilities",
    ),
    ("promises_three_abilities", text("# T", "- a\n- b\n- c"), "cell 2: no abilities"),
    (
        "has_enough_prose",
        build(markdown("`some code` $a + b$ <b>five words</b> [of](prose.html) here"), code("x")),
        "4 words for 1 lines of code",
    ),
    ("has_enough_prose", build(markdown(WORDS * 6), code("x")), "48 words for 1 lines of code"),
    ("has_enough_prose", ONE, "1 words for 0 lines of code"),
    ("predicts_and_checks", text(PREDICT, CHECKED, PREDICT, CHECKED), "2 predictions"),
    (
        "predicts_and_checks",
        text(PREDICT, PREDICT, CHECKED, PREDICT, CHECKED),
        "cell 1: a Predict without its Check",
    ),
    (
        "predicts_and_checks",
        text(*[PREDICT, CHECKED] * 3, PREDICT),
        "cell 7: a Predict without its Check",
    ),
    (
        "predicts_and_checks",
        text(*[PREDICT, CHECKED] * 3, CHECKED),
        "cell 7: a Check without a Predict",
    ),
    (
        "shows_what_notes_get_wrong",
        text("### What notes get wrong", "```\n## What notes get wrong\n```"),
        "no section `## What notes get wrong`",
    ),
    ("shows_what_notes_get_wrong", wrong(1, 2, 3, 4), "4 mistakes that notes make"),
    ("shows_what_notes_get_wrong", wrong(1, 2, 3, 5, 4), "the mistakes are 1, 2, 3, 5, 4"),
    ("summarises_in_three_sentences", ONE, "no section `## Summary`"),
    (
        "summarises_in_three_sentences",
        text("a", "## Summary\n\nOne is 1.5. Two, i.e. the last."),
        "cell 2: 2 sentences",
    ),
    (
        "summarises_in_three_sentences",
        text("## Summary\n\nOne. Two? Three! Four."),
        "cell 1: 4 sentences",
    ),
    ("uses_the_books_words", text("Fine.", "Who can foretell it?"), "cell 2: 'foretell'"),
    (
        "catches_its_errors",
        build(CHECK, code("1 / 0", "raises-exception")),
        "cell 2: tagged raises-exception",
    ),
    *(
        ("announces_checks", build(*above, SET_UP, CHECK), "cell 2: nothing above announces")
        for above in ([markdown("Run this.")], [code("# check ends with an error, Run all")])
    ),
    ("folds_cells_of_asserts", programs("x", "assert x\nassert y"), "cell 2: nothing but asserts"),
    *(
        (
            "hides_answers",
            exercise(STUB, code(source, *sorted(CHECK_TAGS))),
            "cell 3: not only a call",
        )
        for source in (
            "check(f(), 1, hint='')",
            "check_exercise('3.2', f)",
            "check_exercise('3.1', f())",
            "check_exercise('3.1')",
            "x = 1\ncheck_exercise('3.1', f)",
        )
    ),
    ("cites_sources", text("## Sources\n\nA book."), "no list under `## Sources`"),
    ("cites_sources", text("## Sources\n\n- [docs](https://keras.io)"), "no DOI or arXiv link"),
    (
        "cites_sources",
        text("## Sources\n\n- [d](https://doi.org/10.1/a)\n- A paper (1999) [x](https://x.org)"),
        "cell 1: no DOI or arXiv link in `- A paper (1999) [x](https://x.org)…`",
    ),
    (
        "cites_sources",
        text("## Sources\n\n- [d](https://doi.org/10.1/a)\n- Keras"),
        "cell 1: no link in `- Keras…`",
    ),
    *(
        ("is_plain_markdown", text("Fine.", breach), f"cell 2: {name} of MyST")
        for name, breach in [
            ("a directive", "```{note}\nx\n```"),
            ("a directive", "~~~~{figure} x\n~~~~"),
            ("a colon fence", ":::{note}\nx\n:::"),
            ("a role", "See {ref}`x`."),
            ("a role", "See {py:func}`x`."),
            ("a target", "(here)=\n## Part"),
            ("a substitution", "{{ version }}"),
            ("a comment", "% a comment"),
            ("a numbered formula", "$$\nx\n$$ (eq-1)"),
        ]
    ),
    *(
        ("links_to_files_that_exist", text(f"See {link}."), f"cell 1: no file {path}")
        for link, path in [
            ("[a](99_none.ipynb)", "99_none.ipynb"),
            ("[a](99_none.ipynb#part)", "99_none.ipynb"),
            ("![a](none.png)", "none.png"),
            ('<img src="none.png">', "none.png"),
            ("[a](/etc)", "/etc"),
        ]
    ),
    (
        "links_to_files_that_exist",
        text("![a](attachment:a.png)"),
        "cell 1: a.png is attached to the cell",
    ),
    ("has_short_cells", programs("x\n" * 21, "x", "x"), "cell 1: 21 lines, more than 20"),
    (
        "has_short_cells",
        build(code("x\n" * 31, "algorithm"), code("x"), code("x")),
        "cell 1: 31 lines, more than 30",
    ),
    (
        "has_short_cells",
        build(code("x\n", "set-up"), code("x\n" * 6), code("x\n" * 6)),
        "the median code cell has 6 lines",
    ),
    ("has_short_cells", ONE, "no code cell"),
    (
        "has_few_code_cells_in_a_row",
        programs("x", "x", "x", "x"),
        "cell 3: the third code cell in a row",
    ),
    ("ends_with_a_value", programs("x", "x\nprint(x)"), "cell 2: ends with print"),
    *(
        ("has_no_trailing_semicolon", programs("x", source), "cell 2, line 2: ends with `;`")
        for source in ("x\nax.legend();", "x\nplot(x);  # hush", "x\ny;\nz")
    ),
    ("shows_its_seeds", programs("np.random.seed(1)"), "cell 1: np.random.seed"),
    (
        "shows_its_seeds",
        programs("def f():\n    return numpy.random.rand(3)"),
        "cell 1: np.random.rand",
    ),
    *(
        ("shows_its_seeds", programs(source), "cell 1: a generator without a seed")
        for source in ("np.random.default_rng().normal()", "np.random.RandomState()")
    ),
    (
        "asserts_its_claims",
        build(code("assert x\n" * 4), code("assert y", "set-up"), code("assert z", "check")),
        "4 asserts",
    ),
    *(
        (
            "describes_figures",
            programs(*sources),
            f"cell {len(sources)}: a figure without mystnb.image.alt",
        )
        for sources in [
            ("fig, ax = plt.subplots()",),
            ("plt.plot(x)",),
            ("for i in x:\n    plt.plot(i)",),
            ("def show():\n    fig, ax = plt.subplots()", "show()"),
        ]
    ),
    (
        "describes_figures",
        build(code("plt.figure()\nplt.figure()", **FIGURE)),
        "cell 1: more than one figure",
    ),
    ("describes_figures", programs("explore(a)\nexplore(b)"), "cell 1: more than one figure"),
    ("describes_figures", build(code("explore(a)", **FIGURE)), "cell 1: an explorer with an alt"),
    *(
        (
            "captions_figures",
            build(code("explore(draw)"), markdown(below)),
            "cell 1: no caption below; write `*Figure 3.1. …*`",
        )
        for below in ("Text.", "Figure 3.1. See.", "*Figure 3.1.*", "So *Figure 3.1. See.*")
    ),
    (
        "captions_figures",
        programs("plt.plot(x)"),
        "cell 1: no caption below; write `*Figure 3.1. …*`",
    ),
    (
        "captions_figures",
        build(code("plt.plot(x)"), markdown("*Figure 3.1. A.*"), code("plt.plot(x)"), code("x")),
        "cell 3: no caption below; write `*Figure 3.2. …*`",
    ),
    (
        "captions_figures",
        build(code("plt.plot(x)"), markdown("*Figure 3.2. See.*")),
        "cell 2: Figure 3.2; the number in order is 3.1",
    ),
    (
        "captions_figures",
        build(code("plt.plot(x)"), markdown("*Figure 3.1. See.*"), markdown("*Figure 3.2. No.*")),
        "cell 3: a caption, Figure 3.2, without a figure above",
    ),
    (
        "predicts_before_explorers",
        build(code("explore(a)"), markdown(PREDICT)),
        "cell 1: an explorer without a Predict",
    ),
    (
        "predicts_before_explorers",
        build(markdown(PREDICT), code("explore(a)"), markdown(CHECKED), code("explore(b)")),
        "cell 4: an explorer without a Predict",
    ),
    (
        "opens_details_well",
        text(SOLUTION.replace("</summary>\n\n", "</summary>\n")),
        "cell 1: no blank line after </summary>",
    ),
    *(
        (
            "opens_details_well",
            text(SOLUTION.replace("Solution", summary)),
            f"cell 1: {raw} in <summary>",
        )
        for summary, raw in [("About $x$", "$"), ("The `x`", "`"), ("**No**", "**")]
    ),
    *(
        (
            "opens_details_well",
            text(SOLUTION.replace(tag, "")),
            "cell 1: <details> and <summary> do not pair",
        )
        for tag in ("<details>", "</details>", "<summary>")
    ),
    ("numbers_exercises", build(*map(markdown, FOUR[:3]), STUB), "3 exercises"),
    (
        "numbers_exercises",
        build(*map(markdown, [*FOUR[:3], TASK.format(5)]), STUB),
        "cell 4: Exercise 3.5; the number in order is 3.4",
    ),
    (
        "numbers_exercises",
        build(*map(markdown, [*FOUR[:3], f"### Exercise 3.4 Empty\n\n{SOLUTION}"]), STUB),
        "cell 4: Exercise 3.4 has no task",
    ),
    ("numbers_exercises", text(*FOUR), "no exercise has code"),
    ("solves_exercises", exercise(STUB, CHECK), "cell 1: Exercise 3.1 has no solution"),
    (
        "solves_exercises",
        exercise(STUB, CHECK, markdown(SOLUTION.replace("```python", "```"))),
        "cell 1: Exercise 3.1 has no ```python block in its solution",
    ),
    *(
        (
            "solves_exercises",
            exercise(*cells, markdown(SOLUTION)),
            f"cell 1: Exercise 3.1: {problem}",
        )
        for cells, problem in [
            ([STUB], "1 stubs, 0 checks; tag one"),
            ([CHECK], "0 stubs, 1 checks; tag one"),
            ([STUB, STUB, CHECK], "2 stubs, 1 checks; tag one"),
            ([code("x")], "0 stubs, 0 checks; tag one"),
            ([CHECK, STUB], "the check precedes the stub; swap them"),
            (
                [code("NotImplementedError", "exercise", "raises-exception"), CHECK],
                "cell 2 lacks a tag; give it exercise, raises-exception, remove-output",
            ),
            (
                [STUB, code("check(1, 1)", "check", "remove-output")],
                "cell 3 lacks a tag; give it check, raises-exception, remove-output",
            ),
            (
                [code("pass", *STUB_TAGS), CHECK],
                "cell 2: the stub does not fail",
            ),
        ]
    ),
    ("solves_exercises", build(STUB), "cell 1: tagged exercise or check, in no exercise"),
    ("asks_five_questions", ONE, "no section `## Quiz`"),
    (
        "asks_five_questions",
        quiz(*[choices("Right.", "No.")] * 4, numbers="1245"),
        "cell 1: questions 1, 2, 4, 5",
    ),
    *(
        (
            "asks_five_questions",
            quiz(body, *[choices("Right.", "No.")] * 4),
            f"cell 1: question 1 {problem}",
        )
        for body, problem in [
            ("", "has 0 choices; give each a <details>"),
            (choices("Right."), "has 1 choices; give each a <details>"),
            (choices("Right.", "Right."), "has 2 explanations that begin with Right; make it one"),
            (choices("No.", "No."), "has 0 explanations that begin with Right; make it one"),
            (
                choices("Right.", ""),
                "has a choice without text or explanation: `Choice 1`; write it",
            ),
        ]
    ),
]


@pytest.mark.parametrize(
    ("rule", "notebook"),
    [(rule, notebook) for rule, notebooks in GOOD.items() for notebook in notebooks],
)
def test_a_rule_passes_what_keeps_it(rule, notebook):
    assert list(RULES[rule](notebook)) == []


@pytest.mark.parametrize(("rule", "notebook", "problem"), BREACHES)
def test_a_rule_finds_its_breach(rule, notebook, problem):
    (fault,) = RULES[rule](notebook)
    assert fault.startswith(problem)
    assert "; " in fault  # before it what, after it the way out


def test_every_rule_is_proved_both_ways():
    assert set(GOOD) == {rule for rule, _, _ in BREACHES} == set(RULES)


def test_a_notebook_is_read_as_it_is_stored(tmp_path):
    path = tmp_path / "07_x.ipynb"
    cells = [markdown(["# 7. T\n", "\n", "x"]), code(["x\n", "y"], "a")]
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), encoding="utf-8")
    notebook = read(path)
    assert [cell.source for cell in notebook.cells] == ["# 7. T\n\nx", "x\ny"]
    assert (notebook.number, notebook.cells[1].tags) == ("7", {"a"})
