"""The book keeps its rules, pages to look things up included, and every rule finds its breach."""

import ast
import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from docutils import nodes
from notebooks import ROOT, Book, build, code, markdown, shelf

from tools.lint import BOOK
from tools.lint.appendices import symbols
from website.read.mistakes import numbered

SITE = ROOT / "_build" / "html"
PAGES = ["pitfalls", "glossary", "notation", "references", "api"]
REAL = Book.read()
RULES = {rule.__name__: rule for rule in BOOK}


@pytest.mark.parametrize("rule", BOOK, ids=lambda rule: rule.__name__)
def test_the_book(rule):
    assert list(rule(REAL)) == []


def test_there_is_something_to_keep_the_rules():
    assert {f"chapters/{name}.md" for name in PAGES} < REAL.pages.keys()
    assert "utils/answers/chapter_N.py" in REAL.answers
    assert len(re.findall(r"^- \*\*", REAL.page("glossary"), re.MULTILINE)) >= 110


# --- the rules themselves -----------------------------------------------------------------------

SET_UP = code("import utils\nutils.set_up()", "set-up")
TEMPLATE = build(SET_UP, name="_template.ipynb")
STUB = code("raise NotImplementedError", "exercise")
MADE = build(
    markdown("# 3. Made"),
    markdown("### Two `words` & more\n\n#### Too deep"),
    markdown('## What notes get wrong\n\n**1. One.** It is so.\n\n**2. "Two" is** three.'),
)
TABLE = """# Pitfalls

## 3. Made

| what notes say | what is true | shown |
|---|---|---|
| a | b | [3.1](03_made.ipynb#mistake-1) |
"""
SECOND = "| c | d | [3.2](03_made.ipynb#mistake-2) |\n"
BIAS = '- **bias** (<span lang="zh">偏置</span>): A number. [Chapter 10](10_x.ipynb#bias)\n'
UNIT = BIAS.replace("bias", "unit").replace("偏置</span>", "神经元、单元</span>; also: node, cell")
CITING = build(markdown("## Sources\n\n- A (2001). [arXiv:1](https://arxiv.org/abs/1). It."))
CITED = "- A (2001). [arXiv:1](https://arxiv.org/abs/1). Chapter [3](03_made.ipynb#sources).\n"
NAMED = "- B (2002). [b.org](https://b.org). A name. Chapter [3](03_made.ipynb#two-words--more).\n"
BOTH = "Chapters [3](03_made.ipynb#sources) and [10](10_x.ipynb#sources)"
KNUTH = "- D. E. Knuth (1984): Literate programming.\n"
TWO = (
    build(markdown("$w$, $\\eta$ and $a$"), code("w, lr, curvature = 1, 2, 3")),
    build(markdown("$w$ and $\\eta$"), code("w = f(lr=1)"), name="14_made.ipynb"),
)
COMMON = (
    "| symbol | code | meaning | shape | unit |\n|---|---|---|---|---|\n| $w$ | `w` | a | b | |\n"
)
COMMON += "| $\\eta$ | `lr` | rate | () | |\n"
OWN = "\n## Chapter 3\n\n| symbol | code |\n|---|---|\n| $a$ | `curvature` | bend | () | |\n"


def front(*items):
    """A front page with a list of chapters."""
    return build(markdown("## The chapters\n\n" + "\n".join(items)), name="index.ipynb")


def listed(number):
    return f"{number}. [Title](chapters/{number:02d}_x.ipynb): so."


def chapter(number, *cells):
    return build(*cells, name=f"{number:02d}_x.ipynb")


def says(text):
    """A chapter with one figure, that says something."""
    return chapter(3, markdown("*Figure 3.1. See.*"), markdown(text))


def pitfalls(row):
    return shelf(MADE, pitfalls=TABLE + SECOND + row)


def pair(one, other, *tags):
    """Two chapters of one code cell each; the second has tags."""
    return shelf(chapter(3, code(one)), chapter(10, code(other, *tags)))


def glossary(*lines):
    return shelf(chapter(10), glossary="".join(lines))


def link(target):
    return shelf(MADE, other=f"See [there]({target}).", notation="")


def toc(*files):
    return "".join(f"  - file: chapters/{file}\n" for file in files)


LOSS = "def bowl(w):\n    return (w + 1) ** 2"
FLAT = "def bowl(w):\n    return w ** 2"
TWIN = 'def parabola(x: float) -> float:\n    """The loss."""\n    return (x + 1) ** 2'
LOOP = "def total(a):\n    s = 0\n    for x in a:\n        s += x\n    return s"
SAME_LOOP = "def summed(xs):\n    t = 0\n    for one in xs:\n        t += one\n    return t"
TABLED = "from utils.tables import table"

# rule: books that keep it
GOOD = {
    "writes_no_function_twice": [
        pair(LOSS, FLAT),
        pair(LOSS, LOSS, "exercise"),
        pair(LOSS, f"class Some:\n    {TWIN.replace(chr(10), chr(10) + '    ')}"),
        shelf(chapter(3, code(LOSS), code(TWIN))),
        shelf(chapter(3, code(LOSS)), build(code(LOSS), name="_template.ipynb")),
        pair("def f(x):\n    return g(x)", "def f2(x):\n    return h(x)"),
        pair("def f(x, y):\n    return x - y", "def f2(x, y):\n    return y - x"),
    ],
    "gives_each_function_its_own_name": [
        pair(LOSS, LOSS),
        pair(LOSS, FLAT, "exercise"),
        pair(LOSS.replace("bowl", "draw_bowl"), FLAT.replace("bowl", "draw_bowl")),
        pair(LOSS, f"def other(x):\n    {FLAT.replace(chr(10), chr(10) + '    ')}"),
        shelf(chapter(3, code(LOSS), code(FLAT))),
        pair(TABLED, TABLED),
    ],
    "has_set_up_cell": [shelf(TEMPLATE, build(markdown("Title"), SET_UP, code("x")))],
    "names_figures_that_exist": [
        shelf(
            says("As Figure 3.1 shows, 0.3 is best: see Figures 3.1 and 10.12."),
            chapter(10, markdown("*Figure 10.12. See.*")),
        ),
        shelf(says("figure 3, figures 4 and 5"), glossary="Figure 3.1"),
    ],
    "has_answers": [
        shelf(
            chapter(10, markdown("### Exercise 10.1 A"), STUB, markdown("### Exercise 10.2 B")),
            answers={"utils/answers/chapter_10.py": "def exercise_1(f):\n    _help()"},
        ),
        shelf(chapter(3, markdown("### Exercise 3.1 A"))),
    ],
    "is_in_contents": [
        shelf(front(listed(10)), chapter(10), contents=toc("10_x", "notation"), notation=""),
        shelf(front(listed(10)), chapter(10)),  # taken out
    ],
    "is_on_the_front_page": [shelf(front(listed(9), listed(10)), chapter(9), chapter(10))],
    "opens_with_title_and_paragraph": [shelf(notation="# Notation\n\nWhat a symbol means.")],
    "has_no_dead_links": [
        link(target)
        for target in [
            "03_made.ipynb",
            "03_made.ipynb#two-words--more",
            "03_made.ipynb#mistake-2",
            "https://keras.io/api/",
            "notation.md",
        ]
    ],
    "lists_mistakes": [pitfalls(""), pitfalls("| c | d | [Two](03_made.ipynb#two-words--more) |")],
    "labels_mistakes": [shelf(pitfalls="[10.12 `x`](10_x.ipynb#mistake-12) [Two](03_x.ipynb#two)")],
    "writes_glossary_entries": [glossary(BIAS), glossary(UNIT)],
    "names_each_term_once": [glossary(BIAS, UNIT)],
    "sorts_the_glossary": [
        glossary("## A\n\n", BIAS.replace("bias", "axis"), "## B\n\n", BIAS),
        glossary(BIAS.replace("bias", "batch-size"), BIAS.replace("bias", "Bias")),
    ],
    "explains_its_terms": [glossary(BIAS)],
    "lists_sources": [
        shelf(CITING, references=CITED),
        shelf(
            CITING,
            chapter(10, *CITING.data["cells"]),
            references=CITED.replace("Chapter [3](03_made.ipynb#sources)", BOTH),
        ),
        shelf(CITING, references=f"## Papers\n\n{CITED}\n## Behind the names\n\n{NAMED}"),
        shelf(
            CITING, references=f"{CITED}\n## Further reading\n\n- C: [c](https://arxiv.org/abs/1)."
        ),
    ],
    "lists_papers_below_sources": [shelf(CITING), shelf(says("See [it](https://keras.io)."))],
    "sorts_the_references": [
        shelf(
            references="## Papers\n\n" + KNUTH + KNUTH.replace("1984", "1986") + "## Code\n\n- A"
        ),
    ],
    "knows_its_symbols": [shelf(*TWO, notation=COMMON + OWN)],
    "uses_its_notation": [shelf(*TWO, notation=COMMON + OWN)],
}

# rule, a book that breaks it, what it says
BREACHES = [
    (
        "writes_no_function_twice",
        pair(LOSS, TWIN),
        "chapters/10_x.ipynb, cell 1: parabola(), but chapters/03_x.ipynb writes it in cell 1, as "
        "bowl()",
    ),
    ("writes_no_function_twice", pair(LOSS, LOSS), "chapters/10_x.ipynb, cell 1: bowl(), but"),
    ("writes_no_function_twice", pair(LOOP, SAME_LOOP), "chapters/10_x.ipynb, cell 1: summed()"),
    (
        "writes_no_function_twice",
        shelf(build(code(LOSS), name="index.ipynb"), chapter(3, code(TWIN))),
        "chapters/03_x.ipynb, cell 1: parabola(), but index.ipynb",
    ),
    (
        "gives_each_function_its_own_name",
        pair(LOSS, FLAT),
        "chapters/10_x.ipynb, cell 1: bowl() is something else in chapters/03_x.ipynb, cell 1",
    ),
    (
        "gives_each_function_its_own_name",
        pair(TABLED, "def table(rows):\n    return rows"),
        "chapters/10_x.ipynb, cell 1: table() is something else in chapters/03_x.ipynb, cell 1",
    ),
    (
        "gives_each_function_its_own_name",
        pair("def table(rows):\n    return rows", TABLED),
        "chapters/03_x.ipynb, cell 1: table() is something else in chapters/10_x.ipynb, cell 1",
    ),
    (
        "has_set_up_cell",
        shelf(TEMPLATE, build(code("import utils\nutils.set_up() ", "set-up"))),
        "chapters/03_made.ipynb, cell 1: not the set-up of chapters/_template.ipynb",
    ),
    (
        "has_set_up_cell",
        shelf(TEMPLATE, build(code("x"))),
        "chapters/03_made.ipynb: 0 cells are tagged set-up",
    ),
    (
        "has_set_up_cell",
        shelf(TEMPLATE, build(SET_UP, SET_UP)),
        "chapters/03_made.ipynb: 2 cells are tagged set-up",
    ),
    (
        "has_set_up_cell",
        shelf(TEMPLATE, build(code("x"), SET_UP)),
        "chapters/03_made.ipynb, cell 2: not the first code cell",
    ),
    *(
        (
            "names_figures_that_exist",
            shelf(says(text)),
            f"chapters/03_x.ipynb, cell 2: there is no Figure {label}",
        )
        for text, label in [
            ("See Figure 3.2.", "3.2"),
            ("See figure 3.11.", "3.11"),
            ("Figures 3.1 and 3.2", "3.2"),
            ("Figures 3.1, 3.1 or 13.1", "13.1"),
            ("> Figure\n> 3.new", "3.new"),
        ]
    ),
    (
        "names_figures_that_exist",
        shelf(chapter(3, code("x", mystnb={"image": {"alt": "As Figure 3.1."}}))),
        "chapters/03_x.ipynb, cell 1: there is no Figure 3.1",
    ),
    (
        "names_figures_that_exist",
        shelf(chapter(3, code("x  # as in Figure 3.1"))),
        "chapters/03_x.ipynb, cell 1: there is no Figure 3.1",
    ),
    (
        "names_figures_that_exist",
        shelf(says(""), pitfalls="Figure 3.2"),
        "chapters/pitfalls.md: there is no Figure 3.2",
    ),
    (
        "names_figures_that_exist",
        shelf(says(""), answers={"utils/answers/chapter_3.py": 'hint="See Figure "\n  "3.2."'}),
        "utils/answers/chapter_3.py: there is no Figure 3.2",
    ),
    (
        "has_answers",
        shelf(chapter(10, markdown("### Exercise 10.1 A"), STUB)),
        "chapters/10_x.ipynb: utils/answers/chapter_10.py lacks exercise_1()",
    ),
    (
        "has_answers",
        shelf(chapter(3), answers={"utils/answers/chapter_3.py": "def exercise_5(f):\n    pass"}),
        "chapters/03_x.ipynb: utils/answers/chapter_3.py has exercise_5(), but no exercise with",
    ),
    (
        "is_in_contents",
        shelf(front(), chapter(10), contents=toc("10_x_again") + "# - file: chapters/10_x"),
        "chapters/10_x.ipynb: _toc.yml does not list it; add `- file: chapters/10_x`",
    ),
    (
        "is_in_contents",
        shelf(front(), notation="# Notation"),
        "chapters/notation.md: _toc.yml does not list it",
    ),
    (
        "is_on_the_front_page",
        shelf(front(listed(9)), chapter(9), chapter(10)),
        "chapters/10_x.ipynb: the list of index.ipynb lacks it; add `10. [Title](chapters/10_x.ip",
    ),
    (
        "is_on_the_front_page",
        shelf(front(listed(10), listed(9)), chapter(9), chapter(10)),
        'index.ipynb: "The chapters" are not in order',
    ),
    *(
        ("opens_with_title_and_paragraph", shelf(notation=text), "chapters/notation.md: no title")
        for text in ("Notation\n\nWhat.", "# Notation\nWhat.", "# Notation\n\n| a |")
    ),
    *(
        ("has_no_dead_links", link(target), f"chapters/other.md: ({target}) leads nowhere")
        for target in [
            "03_made.ipynb#mistake-3",
            "03_made.ipynb#too-deep",
            "03_made.ipynb#Two-words--more",
            "04_made.ipynb",
            "notation",
        ]
    ),
    (
        "lists_mistakes",
        shelf(MADE, pitfalls=TABLE),
        "chapters/03_made.ipynb: mistake 2, '\"Two\" is', has no row in chapters/pitfalls.md",
    ),
    *(
        ("lists_mistakes", pitfalls(row), f"chapters/pitfalls.md: the row {row[2:-2]}…")
        for row in [
            "| c | d | [3.2](04_made.ipynb#mistake-2) |",
            "| c |  | [3.2](03_made.ipynb#mistake-2) |",
            "| c | d | 3.2 |",
            "| c | [3.2](03_made.ipynb#mistake-2) |",
        ]
    ),
    *(
        (
            "labels_mistakes",
            shelf(pitfalls=f"[{label}](03_made.ipynb#mistake-2)"),
            f"chapters/pitfalls.md: [{label}](03_made.ipynb#mistake-2); call it 3.2 and say what",
        )
        for label in ("3.1 two", "3.2", "3.21 two", "two")
    ),
    *(
        (
            "writes_glossary_entries",
            glossary(BIAS.replace(*change)),
            f"chapters/glossary.md: {fault}",
        )
        for change, fault in [
            (("A number.", "A number. Another."), "bias: not one sentence"),
            (("A number.", "A number"), "bias: not one sentence"),
            (("偏置", "pianzhi"), "bias: no Chinese name"),
            (("(10_x", "(03_x"), "bias: Chapter 10 is not 03_x.ipynb#bias"),
            (("(10_x", "(x"), "bias: Chapter 10 is not x.ipynb#bias"),
            ((' (<span lang="zh">偏置</span>)', ""), "no entry: - **bias**"),
            (("</span>)", "</span>; or: b)"), "no entry: - **bias**"),
        ]
    ),
    *(
        (
            "names_each_term_once",
            glossary(BIAS, UNIT.replace(*change)),
            f"chapters/glossary.md: {name} is unit and bias",
        )
        for change, name in [
            (("cell", "Bias"), "Bias"),
            (("神经元", "偏置"), "偏置"),
        ]
    ),
    *(
        (
            "sorts_the_glossary",
            glossary(BIAS, BIAS.replace("bias", term)),
            f"chapters/glossary.md: {term} stands below bias",
        )
        for term in ("axis", "Bias")
    ),
    ("sorts_the_glossary", glossary("## A\n\n", BIAS), "chapters/glossary.md: bias is below A"),
    (
        "sorts_the_glossary",
        glossary("## A\n\n## B\n\n", BIAS),
        "chapters/glossary.md: nothing is below A",
    ),
    (
        "sorts_the_glossary",
        glossary("## B\n\n", BIAS, "## B\n\n", BIAS.replace("bias", "border")),
        "chapters/glossary.md: letters twice or not in order",
    ),
    (
        "explains_its_terms",
        glossary(BIAS.replace("10", "1")),
        "chapters/10_x.ipynb: no entry of chapters/glossary.md leads to it",
    ),
    *(
        ("lists_sources", shelf(CITING, references=text), fault)
        for text, fault in [
            ("", "chapters/03_made.ipynb: its source https://arxiv.org/abs/1 is missing in"),
            (CITED * 2, "chapters/references.md: https://arxiv.org/abs/1 is there 2 times"),
            (
                CITED.replace("3", "13"),
                "chapters/references.md: https://arxiv.org/abs/1 is cited in",
            ),
            (
                CITED + "- [B](https://b.org).",
                "chapters/references.md: not one source that a chapter",
            ),
            (
                CITED.partition(" Chapter")[0],
                "chapters/references.md: https://arxiv.org/abs/1 is ci",
            ),
            (
                CITED + "## Data\n\n" + NAMED.partition(" Chapter")[0],
                "chapters/references.md: not one source and where it is used",
            ),
            (
                "## Behind the names\n\n" + CITED,
                "chapters/references.md: https://arxiv.org/abs/1 is cited in ['3']; move it",
            ),
        ]
    ),
    (
        "lists_papers_below_sources",
        shelf(says("See [it](https://doi.org/10.1/x).")),
        "chapters/03_x.ipynb: https://doi.org/10.1/x is not below Sources",
    ),
    (
        "sorts_the_references",
        shelf(references="## Papers\n\n" + KNUTH + KNUTH.replace("1984", "1983")),
        "chapters/references.md: Knuth 1983 stands below Knuth 1984",
    ),
    (
        "sorts_the_references",
        shelf(references="## Papers\n\n" + KNUTH + "- Anonymous"),
        "chapters/references.md: no author and year: - Anonymous…",
    ),
    (
        "sorts_the_references",
        shelf(references="## Behind the names\n\n" + KNUTH + KNUTH.replace("1984", "1983")),
        "chapters/references.md: Knuth 1983 stands below Knuth 1984",
    ),
    (
        "knows_its_symbols",
        shelf(*TWO, notation=COMMON + OWN.replace("Chapter 3", "Chapter 14")),
        "chapters/03_made.ipynb: a is not in chapters/notation.md",
    ),
    *(
        ("uses_its_notation", shelf(*TWO, notation=text), f"chapters/notation.md: {fault}")
        for text, fault in [
            (
                COMMON + OWN.replace("Chapter 3", "Chapter 14"),
                "$a$ `curvature`: chapter 14 does not",
            ),
            (COMMON + OWN.replace("curvature", "bow"), "$a$ `bow`: chapter 3 does not use it"),
            (COMMON + OWN[OWN.index("| $a$") :], "$a$ `curvature`: fewer than two chapters use"),
            (COMMON + "| $w$ | | again | | |\n", "$w$: the symbol has two rows in one table"),
            (COMMON + "| $w$ | | again |\n", "a row of 3 cells: $w$ |  | again; make it five"),
        ]
    ),
]


@pytest.mark.parametrize(
    ("rule", "book"), [(rule, book) for rule, books in GOOD.items() for book in books]
)
def test_a_rule_passes_what_keeps_it(rule, book):
    assert list(RULES[rule](book)) == []


@pytest.mark.parametrize(("rule", "book", "problem"), BREACHES)
def test_a_rule_finds_its_breach(rule, book, problem):
    (fault,) = RULES[rule](book)
    assert fault.startswith(problem)
    assert "; " in fault  # before it what, after it the way out


def test_every_rule_is_proved_both_ways():
    assert set(GOOD) == {rule for rule, _, _ in BREACHES} == set(RULES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"$w_1 x_1 + b = 0$", {"w", "x", "b"}),
        (r"$\eta_k = \eta_0 \cdot \gamma^{\,k/s}$", {r"\eta", "k", r"\gamma", "s"}),
        (r"$\bar x_B$ and $\hat{y}$", {r"\bar x", "B", r"\hat y"}),
        (r"$$\sum_{i=1}^{n} \sin x \text{ if } f'(z) \le \tfrac12$$", {"i", "n", "x", "f", "z"}),
        (r"$w^* = (X^\top X)^{-1}$, $\mathrm{MSE}$, $n_\text{in}$", {"w", "X", "n"}),
        (r"`$a$`, \$5 and $\begin{cases} c \end{cases}$", {"c"}),
    ],
)
def test_symbols_are_read(text, expected):
    assert symbols(text) == expected


# --- where links lead on the site ---------------------------------------------------------------


@pytest.mark.site
@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere_on_the_site(name):
    if not (SITE / "index.html").exists():
        pytest.fail(f"There is no site in {SITE}: run make book")
    dead = set()
    for href in re.findall(r'href="([^"]+)"', _article(SITE / "chapters" / f"{name}.html")):
        file, _, fragment = unquote(href).partition("#")
        if re.match(r"(https?|mailto):", href):
            continue
        target = (SITE / "chapters" / (file or f"{name}.html")).resolve()
        html = target.read_text(encoding="utf-8") if target.is_file() else ""
        if not html or (fragment and f'id="{fragment}"' not in html):
            dead.add(href)
    assert dead == set()


def _article(path: Path) -> str:
    """The part of a built page that the author wrote."""
    return re.search(r"<article.*?</article>", path.read_text(encoding="utf-8"), re.DOTALL)[0]


@pytest.mark.parametrize(
    ("title", "words", "expected"),
    [
        ("What notes get wrong", ["", "**2. Two.**"], [("2", "2. Two.")]),
        ("What notes get wrong", ["**Two.**"], []),
        ("What notes get wrong", ["2. Two."], []),
        ("Quiz", ["**2. Two.**"], []),
    ],
)
def test_a_mistake_is_known_by_its_bold_number(title, words, expected):
    paragraph = nodes.paragraph()
    for word in words:
        paragraph += nodes.strong("", word.strip("*")) if "*" in word else nodes.Text(word)
    heading = nodes.title("", title)
    doctree = nodes.section("", heading, nodes.paragraph("", "Each is run."), paragraph)
    assert [(number, found.astext()) for number, found in numbered(doctree)] == expected


# --- api.md -------------------------------------------------------------------------------------

MODULES = ["explore", "training", "workers", "optimizers", "nets", "plotting", "tables", "timing"]
MODULES += ["check", "data"]


def constants(module: str) -> set[str]:
    """The public names to which a module of utils assigns a value."""
    tree = ast.parse((ROOT / "utils" / f"{module}.py").read_text(encoding="utf-8"))
    targets = [target for node in tree.body if isinstance(node, ast.Assign)
               for target in node.targets]  # fmt: skip
    assigned = {node.id for target in targets for node in ast.walk(target)
                if isinstance(node, ast.Name)}  # fmt: skip
    return {name for name in assigned if not name.startswith("_")}


def public(module: str) -> set[str]:
    """The public functions and classes of a module of utils."""
    tree = ast.parse((ROOT / "utils" / f"{module}.py").read_text(encoding="utf-8"))
    defined = (node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
    return {name for name in defined if not name.startswith("_")}


@pytest.mark.parametrize("module", MODULES)
def test_every_constant_is_on_the_api_page(module):
    listed = re.findall(rf"^\.\. autodata:: utils\.{module}\.(\w+)", REAL.page("api"), re.MULTILINE)
    assert f".. automodule:: utils.{module}\n" in REAL.page("api")
    assert set(listed) == constants(module)


def test_the_api_page_has_every_module():
    private = {"__init__"} | {path.stem for path in (ROOT / "utils").glob("_*.py")}
    assert {path.stem for path in (ROOT / "utils").glob("*.py")} - private == set(MODULES)


@pytest.mark.site
@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_on_the_built_api_page(module):
    html = _article(SITE / "chapters" / "api.html")
    found = set(re.findall(rf'id="utils\.{module}\.(\w+)"', html))
    assert found >= public(module) | constants(module)
    assert not any(name.startswith("_") for name in found)


@pytest.mark.site
def test_docstrings_are_laid_out():
    html = _article(SITE / "chapters" / "api.html")
    text = re.sub(r'<dt class="field-.*?</dt>|<[^>]+>', "", html)
    assert not re.search(r"^\s*(Args|Returns|Raises|Source):", text, re.MULTILINE)
    assert "`" not in text
    assert "Alias for field" not in text
    assert html.count('class="doctest highlight-default') > 10
