"""The pages to look things up keep step with the chapters, in both directions.

Each rule is a function that returns a sentence for each fault; the tests hold the real pages to
it, and then show on made ones that a fault is found. So a chapter that gets a new mistake, symbol
or source fails here until the appendix has it.
"""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import notebook_rules
import pytest
from docutils import nodes
from notebooks import ROOT, build, chapters, code, markdown, read, section, sections, without_code

from website.read.docstrings import to_rst
from website.read.mistakes import numbered

FOLDER = ROOT / "chapters"
SITE = ROOT / "_build" / "html"
LINK = re.compile(r"\[((?:[^\[\]]|\\.)*)\]\(([^()\s]+)\)")


def page(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def rows(text: str) -> list[list[str]]:
    """The cells of all rows of a page's tables, without heads and rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rules = [i for i, line in enumerate(lines) if set(line) <= set("|-: ")]
    apart = {i for rule in rules for i in (rule - 1, rule)}
    kept = [line for i, line in enumerate(lines) if i not in apart]
    return [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in kept]


def by_heading(text: str) -> dict[str, str]:
    """Title of each section of level 2 → its text; under "" what comes before the first."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


# --- where links lead ---------------------------------------------------------------------------


def slug(title: str) -> str:
    """GitHub's address of a heading, which is also MyST's."""
    plain = re.sub(r"[*`]", "", LINK.sub(r"\1", title)).lower().replace(" ", "-")
    return re.sub(r"[^\w-]", "", plain)


def mistakes(notebook) -> dict[str, str]:
    """Number → opening words of each mistake below "What notes get wrong"."""
    part = section(notebook, "What notes get wrong")
    found = re.findall(r"^\*\*(\d+)\. (.*?)\*\*", part.text if part else "", re.MULTILINE)
    return dict(found)


def addresses(notebook) -> set[str]:
    """What may follow the # in a link to a chapter; website/read/mistakes.py makes the last."""
    headings = {slug(part.title) for part in sections(notebook) if part.level <= 3}
    return headings | {f"mistake-{number}" for number in mistakes(notebook)}


def dead_links(text: str, notebooks: dict) -> list[str]:
    """Links of a page that lead to no file in its folder, or to no heading or mistake there."""
    dead = []
    for _, target in LINK.findall(text):
        name, _, fragment = unquote(target).partition("#")
        if re.match(r"https?://", target):
            continue
        if name in notebooks:
            fine = not fragment or fragment in addresses(notebooks[name])
        else:
            fine = not fragment and (FOLDER / name).is_file()
        if not fine:
            dead.append(f"({target}) leads nowhere")
    return dead


NOTEBOOKS = {path.name: read(path) for path in chapters()}
PAGES = ["pitfalls", "glossary", "notation", "references", "api"]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name):
    assert dead_links(page(name), NOTEBOOKS) == []


MADE = build(
    markdown("# 3. Made"),
    markdown("### Two `words` & more\n\n#### Too deep"),
    markdown('## What notes get wrong\n\n**1. One.** It is so.\n\n**2. "Two" is** three.'),
    name="03_made.ipynb",
)


@pytest.mark.parametrize(
    ("target", "alive"),
    [
        ("03_made.ipynb", True),
        ("03_made.ipynb#two-words--more", True),
        ("03_made.ipynb#mistake-2", True),
        ("https://keras.io/api/", True),
        ("notation.md", True),
        ("03_made.ipynb#mistake-3", False),
        ("03_made.ipynb#too-deep", False),
        ("03_made.ipynb#Two-words--more", False),
        ("04_made.ipynb", False),
        ("notation", False),
    ],
)
def test_a_dead_link_is_found(target, alive):
    faults = dead_links(f"See [there]({target}).", {"03_made.ipynb": MADE})
    assert faults == ([] if alive else [f"({target}) leads nowhere"])


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_in_the_contents_and_begins_with_its_title(name):
    assert f"- file: chapters/{name}\n" in (ROOT / "_toc.yml").read_text(encoding="utf-8")
    title, blank, first, *_ = page(name).splitlines()
    assert title.startswith("# ")
    assert (blank, first[:1].isalpha()) == ("", True)  # a paragraph that describes the page


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


# --- pitfalls.md --------------------------------------------------------------------------------


def pitfall_faults(text: str, notebooks: dict) -> list[str]:
    """What the tables of mistakes lack, chapter by chapter."""
    faults, parts = [], by_heading(text)
    for name, notebook in notebooks.items():
        found = [part for title, part in parts.items() if title.startswith(f"{notebook.number}. ")]
        table = rows(found[0]) if found else []
        shown = [LINK.fullmatch(row[-1]) for row in table]
        numbered = {match[2].partition("#mistake-")[2] for match in shown if match}
        faults += [
            f"{name}: mistake {number}, {words!r}, has no row"
            for number, words in mistakes(notebook).items()
            if number not in numbered
        ]
        faults += [
            f"{name}: {row}"
            for row, match in zip(table, shown, strict=True)
            if not (len(row) == 3 and all(row) and match and match[2].startswith(f"{name}#"))
        ]
    return faults


def label_faults(text: str) -> list[str]:
    """Links to a mistake whose label is not chapter and number: 3.2 for mistake 2 of chapter 3."""
    return [
        f"[{label}]({target})"
        for label, target in LINK.findall(text)
        if "#mistake-" in target
        and label != f"{int(target[:2])}.{target.partition('#mistake-')[2]}"
    ]


def test_every_mistake_has_its_row():
    assert pitfall_faults(page("pitfalls"), NOTEBOOKS) == []
    assert label_faults(page("pitfalls")) == []


def test_every_chapter_has_numbered_mistakes():
    counts = {name: list(mistakes(notebook)) for name, notebook in NOTEBOOKS.items()}
    for name, numbers in counts.items():
        assert numbers == [str(n + 1) for n in range(len(numbers))], name
        assert len(numbers) >= 5, name


TABLE = """# Pitfalls

## 3. Made

| what notes say | what is true | shown |
|---|---|---|
| a | b | [3.1](03_made.ipynb#mistake-1) |
"""


def test_a_forgotten_mistake_is_found():
    (fault,) = pitfall_faults(TABLE, {"03_made.ipynb": MADE})
    assert fault == "03_made.ipynb: mistake 2, '\"Two\" is', has no row"
    row = "| c | d | [3.2](03_made.ipynb#mistake-2) |\n"
    assert pitfall_faults(TABLE + row, {"03_made.ipynb": MADE}) == []


@pytest.mark.parametrize(
    "row",
    [
        "| c | d | [3.2](04_made.ipynb#mistake-2) |",
        "| c |  | [3.2](03_made.ipynb#mistake-2) |",
        "| c | d | 3.2 |",
        "| c | [3.2](03_made.ipynb#mistake-2) |",
    ],
)
def test_a_row_without_its_parts_is_found(row):
    faults = pitfall_faults(TABLE + row + "\n", {"03_made.ipynb": MADE})
    assert any("[" in fault.removeprefix("03_made.ipynb: ")[:1] for fault in faults)


def test_a_wrong_label_is_found():
    assert label_faults("[3.1](03_made.ipynb#mistake-2)") == ["[3.1](03_made.ipynb#mistake-2)"]


# --- glossary.md --------------------------------------------------------------------------------

ENTRY = re.compile(
    r'- \*\*(?P<term>.+?)\*\* \(<span lang="zh">(?P<chinese>[^<]+)</span>\): '
    r"(?P<sentence>.+) \[(?P<label>Chapter \d)\]\((?P<target>\S+)\)"
)


def glossary_faults(text: str) -> list[str]:
    """Entries that are not as an entry must be, or not in their place."""
    lines = [line for line in text.splitlines() if line.startswith("- ")]
    entries = [(line, ENTRY.fullmatch(line)) for line in lines]
    faults = [f"no entry: {line}" for line, match in entries if not match]
    matches = [match for _, match in entries if match]
    for match in matches:
        faults += [f"{match['term']}: {fault}" for fault in _entry_faults(match)]
    keys = [sort_key(match["term"]) for match in matches]
    faults += [f"{b!r} comes after {a!r}" for a, b in pairwise(keys) if a >= b]
    return faults


def _entry_faults(match: re.Match) -> Iterator[str]:
    if notebook_rules.count_sentences(match["sentence"]) != 1:
        yield "not one sentence"
    if not match["sentence"].endswith("."):
        yield "the sentence has no end"
    if not re.search(r"[\u4e00-\u9fff]", match["chinese"]):
        yield "no Chinese name"
    if int(match["target"][:2]) != int(match["label"].split()[1]):
        yield f"{match['label']} is not {match['target']}"


def sort_key(term: str) -> str:
    """Case, hyphens and markup do not count in the alphabet."""
    return re.sub(r"[^\w ]", "", term.replace("-", " ")).casefold()


def letters_faults(text: str) -> list[str]:
    """Terms that do not stand below their letter, and letters without a term."""
    faults = []
    for letter, part in list(by_heading(text).items())[1:]:
        terms = re.findall(r"^- \*\*(.+?)\*\*", part, re.MULTILINE)
        faults += [f"{term} is below {letter}" for term in terms if term[0].upper() != letter]
        faults += [] if terms else [f"nothing is below {letter}"]
    return faults


def test_the_glossary_is_in_order():
    assert glossary_faults(page("glossary")) == []
    assert letters_faults(page("glossary")) == []
    assert len(ENTRY.findall(page("glossary"))) >= 110


GOOD = '- **bias** (<span lang="zh">偏置</span>): A number. [Chapter 2](02_made.ipynb#bias)'


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (GOOD.replace("A number.", "A number. Another."), "bias: not one sentence"),
        (GOOD.replace("A number.", "A number"), "bias: not one sentence"),
        (GOOD.replace("偏置", "pianzhi"), "bias: no Chinese name"),
        (GOOD.replace("02_made", "03_made"), "bias: Chapter 2 is not 03_made.ipynb#bias"),
        (GOOD.replace(' (<span lang="zh">偏置</span>)', ""), "no entry: "),
        (GOOD.replace("**bias**", "**activation**"), "'activation' comes after 'axis'"),
        (GOOD.replace("**bias**", "**Axis**"), "'axis' comes after 'axis'"),
    ],
)
def test_a_flawed_entry_is_found(line, fault):
    text = GOOD.replace("**bias**", "**axis**") + "\n" + line
    assert any(found.startswith(fault) for found in glossary_faults(text))
    assert glossary_faults(text.replace(line, GOOD)) == []


# --- references.md ------------------------------------------------------------------------------

PAPER = re.compile(r"https?://(?:doi\.org|arxiv\.org)/")
CITED = re.compile(r"Chapters? (?:\[\d\]\([^)]*\)(?:, | and )?)+\.$")


def cited_in_chapters(notebooks: dict) -> dict[str, set[str]]:
    """Link → numbers of the chapters below whose "Sources" it stands."""
    found: dict[str, set[str]] = {}
    for notebook in notebooks.values():
        part = section(notebook, "Sources")
        for _, target in LINK.findall(part.text if part else ""):
            found.setdefault(target, set()).add(notebook.number)
    return found


def stray_papers(notebooks: dict) -> list[str]:
    """Links to papers that stand elsewhere in a chapter and not below its "Sources"."""
    stray = []
    for name, notebook in notebooks.items():
        listed = {t for t, numbers in cited_in_chapters({name: notebook}).items()}
        text = "\n\n".join(cell.source for cell in notebook.markdown)
        stray += [
            f"{name}: {target}"
            for _, target in LINK.findall(text)
            if PAPER.match(target) and target not in listed
        ]
    return stray


def references(text: str) -> list[tuple[str, list[str], set[str]]]:
    """(line, its links to sources, the chapters that it names) of each entry."""
    found = []
    for line in text.splitlines():
        if line.startswith("- "):
            links = [target for _, target in LINK.findall(line)]
            sources = [target for target in links if target.startswith("http")]
            named = re.findall(r"\[(\d)\]\((0\1_\w+\.ipynb)#sources\)", line)
            found.append((line, sources, {number for number, _ in named}))
    return found


def reference_faults(text: str, notebooks: dict) -> list[str]:
    """Where the list of references and the chapters' sources differ."""
    cited, entries, faults = cited_in_chapters(notebooks), references(text), []
    listed = [source for _, sources, _ in entries for source in sources]
    faults += [f"{target} is missing" for target in cited if target not in listed]
    faults += [f"{target} is there twice" for target in set(listed) if listed.count(target) > 1]
    for line, sources, named in entries:
        where = set().union(*(cited.get(source, set()) for source in sources))
        if len(sources) != 1 or not where:
            faults.append(f"not one source that a chapter cites: {line}")
        elif where != named or not CITED.search(line):
            faults.append(f"cited in {sorted(where)}, says {sorted(named)}: {line}")
    return faults


def test_the_references_are_what_the_chapters_cite():
    assert reference_faults(page("references"), NOTEBOOKS) == []
    assert stray_papers(NOTEBOOKS) == []


_AUTHOR = re.compile(r"- (?:[A-Z]\.[ -]?)+(?P<surname>[^,(]+).*? \((?P<year>\d{4})\): ")


def test_the_references_are_in_order():
    papers = references(by_heading(page("references"))["Papers"])
    keys = [_AUTHOR.match(line).group("surname", "year") for line, _, _ in papers]
    assert keys == sorted(keys)


CITING = build(markdown("## Sources\n\n- A (2001). [arXiv:1](https://arxiv.org/abs/1). It."),
               name="03_made.ipynb")  # fmt: skip
REFERENCE = "- A (2001). [arXiv:1](https://arxiv.org/abs/1). Chapter [3](03_made.ipynb#sources)."


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "https://arxiv.org/abs/1 is missing"),
        (REFERENCE + "\n" + REFERENCE, "https://arxiv.org/abs/1 is there twice"),
        (REFERENCE.replace("3", "4"), "cited in ['3'], says ['4']"),
        (REFERENCE + "\n" + REFERENCE.replace("abs/1", "abs/2"), "not one source"),
        (REFERENCE.replace("Chapter [3](03_made.ipynb#sources).", ""), "cited in ['3'], says []"),
    ],
)
def test_a_wrong_reference_is_found(text, fault):
    assert reference_faults(REFERENCE, {"03_made.ipynb": CITING}) == []
    faults = reference_faults(text, {"03_made.ipynb": CITING})
    assert any(found.startswith(fault) for found in faults), faults


def test_a_paper_outside_the_sources_is_found():
    link = "See [it](https://doi.org/10.1/x)."
    assert stray_papers({"x": build(markdown(link))}) == ["x: https://doi.org/10.1/x"]


# --- notation.md --------------------------------------------------------------------------------

_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\\)\$(.+?)(?<!\\)\$", re.DOTALL)
# What LaTeX sets upright, and the names of environments: words, not symbols.
_WORDS = re.compile(r"\\(?:text|mathrm|operatorname|begin|end)\{[^{}]*\}|\\(?:text|mathrm)\s+\w")
_TRANSPOSED = re.compile(r"\^\{?(?:\\top|\*|T)\b\}?")
_ACCENTS = {"hat", "bar", "tilde", "vec"}
_GREEK = re.compile(
    "alpha|beta|gamma|delta|(var)?epsilon|zeta|eta|(var)?theta|iota|kappa|lambda|mu|nu|xi|pi|rho|"
    "sigma|tau|upsilon|(var)?phi|chi|psi|omega|ell|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|"
    "Phi|Psi|Omega"
)
_TOKEN = re.compile(r"\\([A-Za-z]+)|([A-Za-z])")


def symbols(text: str) -> set[str]:
    """The letters, Latin and Greek, of all formulas in Markdown, each with its accent.

    A subscript counts as letters of its own, so that `x_B` is x and B; primes, stars and digits
    do not count, nor do words, functions such as `\\sin`, and operators.
    """
    found = set()
    for display, inline in _FORMULA.findall(without_code(text)):
        formula = _TRANSPOSED.sub(" ", _WORDS.sub(" ", display or inline))
        accent = ""
        for macro, letter in _TOKEN.findall(formula):
            if macro in _ACCENTS:
                accent = f"\\{macro} "
            elif letter or _GREEK.fullmatch(macro):
                found.add(accent + (letter or f"\\{macro}"))
                accent = ""
    return found


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


def mathematics(notebook) -> set[str]:
    """All symbols of a chapter."""
    return symbols("\n\n".join(cell.source for cell in notebook.markdown))


def names(notebook) -> set[str]:
    """All names in a chapter's code, those of attributes and keywords too."""
    found = set()
    for cell in notebook.code:
        for node in ast.walk(cell.tree):
            for field in ("id", "arg", "attr", "name"):
                value = getattr(node, field, None)
                found |= {value} if isinstance(value, str) else set()
    return found


def tables(text: str) -> dict[str, list[list[str]]]:
    """ "" → rows of the common table; a chapter's number → rows of its own."""
    parts = {title: rows(part) for title, part in by_heading(text).items()}
    return {title.removeprefix("Chapter "): table for title, table in parts.items()}


def missing_symbols(text: str, notebooks: dict) -> list[str]:
    """Symbols of chapters that are neither in the common table nor in the chapter's own."""
    found = tables(text)
    common = symbols(" ".join(row[0] for row in found[""]))
    faults = []
    for name, notebook in notebooks.items():
        own = symbols(" ".join(row[0] for row in found.get(notebook.number, [])))
        strangers = mathematics(notebook) - common - own
        faults += [f"{name}: {symbol} is not in the notation" for symbol in sorted(strangers)]
    return faults


def idle_rows(text: str, notebooks: dict) -> list[str]:
    """Rows whose symbols or code names no chapter has; common rows that only one chapter has."""
    faults = []
    by_number = {notebook.number: notebook for notebook in notebooks.values()}
    used = {n: (mathematics(notebook), names(notebook)) for n, notebook in by_number.items()}
    for number, table in tables(text).items():
        for row in table:
            letters, spelt = symbols(row[0]), set(re.findall(r"`(?:np\.)?(\w+)`", row[1]))
            where = [n for n, (math, _) in used.items() if letters <= math and number in ("", n)]
            in_code = set().union(*(used[n][1] for n in where))
            if len(where) < (1 if number else 2) or not spelt <= in_code:
                who = f"chapter {number} does not use" if number else "fewer than two chapters use"
                faults.append(f"{who} {row[0]} {row[1]}")
    return faults


def doubles(text: str) -> list[str]:
    """Symbols that have two rows in one table."""
    faults = []
    for number, table in tables(text).items():
        cells = [row[0] for row in table if row[0]]
        faults += [f"{number or 'common'}: {cell}" for cell in cells if cells.count(cell) > 1]
    return faults


def test_every_symbol_is_in_the_notation():
    assert missing_symbols(page("notation"), NOTEBOOKS) == []


def test_every_row_of_the_notation_is_used():
    assert idle_rows(page("notation"), NOTEBOOKS) == []
    assert doubles(page("notation")) == []
    assert all(len(row) == 5 for table in tables(page("notation")).values() for row in table)


TWO = {
    "03_made.ipynb": build(markdown("$w$, $\\eta$ and $a$"), code("w, lr, curvature = 1, 2, 3")),
    "04_made.ipynb": build(markdown("$w$ and $\\eta$"), code("w = f(lr=1)"), name="04_made.ipynb"),
}
COMMON = "| symbol | code | meaning |\n|---|---|---|\n| $w$ | `w` | weights |\n"
COMMON += "| $\\eta$ | `lr` | rate |\n"
OWN = "\n## Chapter 3\n\n| symbol | code | meaning |\n|---|---|---|\n| $a$ | `curvature` | bend |\n"


def test_a_missing_symbol_and_an_idle_row_are_found():
    assert missing_symbols(COMMON + OWN, TWO) == idle_rows(COMMON + OWN, TWO) == []
    assert missing_symbols(COMMON, TWO) == ["03_made.ipynb: a is not in the notation"]
    moved = OWN.replace("Chapter 3", "Chapter 4")
    assert missing_symbols(COMMON + moved, TWO) == ["03_made.ipynb: a is not in the notation"]
    assert idle_rows(COMMON + moved, TWO) == ["chapter 4 does not use $a$ `curvature`"]
    wrong = OWN.replace("curvature", "bend")
    assert idle_rows(COMMON + wrong, TWO) == ["chapter 3 does not use $a$ `bend`"]
    common = COMMON + "| $a$ | `curvature` | bend |\n"
    assert idle_rows(common, TWO) == ["fewer than two chapters use $a$ `curvature`"]
    assert doubles(COMMON + "| $w$ | | again |\n") == ["common: $w$", "common: $w$"]


# --- api.md -------------------------------------------------------------------------------------

MODULES = ["explore", "training", "optimizers", "plotting", "tables", "check", "data"]


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
    listed = re.findall(rf"^\.\. autodata:: utils\.{module}\.(\w+)", page("api"), re.MULTILINE)
    assert f".. automodule:: utils.{module}\n" in page("api")
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


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("Of `w`,\n`loss`.", "Of ``w``, ``loss``."),
        ("|a - b| * c_", r"\|a - b\| \* c\_"),
        ("`f(\na)`", "``f( a)``"),
        ("https://doi.org/10.1/a.", "`doi:10.1/a <https://doi.org/10.1/a>`__."),
        ("v ← 2 · v\ndelta = v", ".. code-block:: text\n\n   v ← 2 · v\n   delta = v"),
        ("A rate lr = 1 of `w`.", "A rate lr = 1 of ``w``."),
        ("- `a`: 1,\n  2.\n- b_", "- ``a``: 1,\n  2.\n- b\\_"),
        ("    a = 1\n\n    b = 2", ".. code-block:: python\n\n   a = 1\n\n   b = 2"),
        (">>> f(a_b)\n`*`", ">>> f(a_b)\n`*`"),
        ("Returns: `w`.", ":Returns: ``w``."),
        (
            "Args:\n    lr: a rate,\n        >= 0.\n    x, **y: two.",
            ":Arguments:\n\n    - ``lr``: a rate, >= 0.\n    - ``x, **y``: two.",
        ),
        (
            "Returns: `(x, y)`\n    x: one.\n    y: two.\nSource: Me,\n    2001.",
            ":Returns: ``(x, y)``\n\n    - ``x``: one.\n    - ``y``: two.\n\n:Source: Me, 2001.",
        ),
        (
            "Raises: ValueError: too\n    large: yes.",
            ":Raises:\n\n    - ``ValueError``: too large: yes.",
        ),
    ],
)
def test_a_docstring_becomes_restructured_text(docstring, expected):
    assert "\n".join(to_rst(docstring.splitlines())).strip() == expected
