"""The pages to look things up keep step with the chapters, in both directions.

So a chapter that gets a new mistake, symbol or source has a fault until the page has it too.
"""

import ast
import re
from itertools import pairwise
from urllib.parse import unquote

from tools.lint.notebooks import section, sections, without_code
from tools.lint.text import count_sentences, mistakes

_LINK = re.compile(r"\[((?:[^\[\]]|\\.)*)\]\(([^()\s]+)\)")
_PITFALLS, _GLOSSARY = "chapters/pitfalls.md", "chapters/glossary.md"
_REFERENCES, _NOTATION = "chapters/references.md", "chapters/notation.md"


# --- where links lead ---------------------------------------------------------------------------


def has_no_dead_links(book):
    """Each link of a page leads to a file in its folder, or to a heading or mistake there."""
    alive = {file.removeprefix("chapters/"): set() for file in book.pages}
    alive |= {notebook.name: _addresses(notebook) for notebook in book.chapters.values()}
    for file, text in book.pages.items():
        for _, target in _LINK.findall(text):
            name, _, fragment = unquote(target).partition("#")
            lives = name in alive and (not fragment or fragment in alive[name])
            if not lives and not re.match(r"https?://", target):
                yield f"{file}: ({target}) leads nowhere; link to a heading or mistake"


def _addresses(notebook):
    """What may follow the # in a link to a chapter; website/read/mistakes.py makes the last."""
    headings = {_slug(part.title) for part in sections(notebook) if part.level <= 3}
    return headings | {f"mistake-{number}" for number in mistakes(notebook)}


def _slug(title):
    """GitHub's address of a heading, which is also MyST's."""
    plain = re.sub(r"[*`]", "", _LINK.sub(r"\1", title)).lower().replace(" ", "-")
    return re.sub(r"[^\w-]", "", plain)


# --- pitfalls.md --------------------------------------------------------------------------------


def lists_mistakes(book):
    """Each numbered mistake of a chapter has its row in pitfalls.md: what, what is true, where."""
    parts = _by_heading(book.page("pitfalls"))
    for file, notebook in book.chapters.items():
        found = [part for title, part in parts.items() if title.startswith(f"{notebook.number}. ")]
        table = _rows(found[0]) if found else []
        links = [_LINK.fullmatch(row[-1]) for row in table]
        shown = {link[2].partition("#mistake-")[2] for link in links if link}
        for number, words in mistakes(notebook).items():
            if number not in shown:
                way_out = f"add it below `## {notebook.number}. …`"
                yield f"{file}: mistake {number}, {words!r}, has no row in {_PITFALLS}; {way_out}"
        for row, link in zip(table, links, strict=True):
            if not (len(row) == 3 and all(row) and link and link[2].startswith(notebook.name)):
                way_out = f"write three cells, the last one a link to {notebook.name}"
                yield f"{_PITFALLS}: the row {' | '.join(row)[:60]}…; {way_out}"


def labels_mistakes(book):
    """A link to a mistake has chapter, number and a few words: "3.2 swapped axes".

    A reader who goes from link to link, by ear for instance, learns nothing from a number.
    """
    for label, target in _LINK.findall(book.page("pitfalls")):
        found = re.match(r"0*(\d+)_.*#mistake-(\d+)", target)
        if found and not re.match(rf"{found[1]}\.{found[2]} \S", label):
            name = f"{found[1]}.{found[2]}"
            yield f"{_PITFALLS}: [{label}]({target}); call it {name} and say what, in few words"


# --- glossary.md --------------------------------------------------------------------------------

_ENTRY = re.compile(
    r'- \*\*(?P<term>.+?)\*\* \(<span lang="zh">(?P<chinese>[^<]+)</span>'
    r"(?:; also: (?P<also>[^()]+))?\): "
    r"(?P<sentence>.+) \[Chapter (?P<number>\d+)\]\((?P<target>\S+)\)"
)


def writes_glossary_entries(book):
    """Each entry: the term, Chinese names, one sentence, and the chapter that explains it.

    `- **unit** (<span lang="zh">神经元、单元</span>; also: neuron, node): So. [Chapter 2](…)`,
    where "also" is left out if there is no other name.
    """
    for line, entry in _entries(book):
        if not entry:
            yield f"{_GLOSSARY}: no entry: {line[:60]}…; write it as the others"
            continue
        where = f"{_GLOSSARY}: {entry['term']}"
        if count_sentences(entry["sentence"]) != 1 or not entry["sentence"].endswith("."):
            yield f"{where}: not one sentence; make it one, with a full stop"
        if not re.search(r"[\u4e00-\u9fff]", entry["chinese"]):
            yield f"{where}: no Chinese name; add it"
        if int(re.match(r"\d*", entry["target"])[0] or 0) != int(entry["number"]):
            yield f"{where}: Chapter {entry['number']} is not {entry['target']}; mend one"


def names_each_term_once(book):
    """No name, be it the term, Chinese or after "also", leads to two entries."""
    known = {}
    for term, names in ((entry["term"], _names_of(entry)) for _, entry in _entries(book) if entry):
        for name in names:
            if name.casefold() in known:
                other = known[name.casefold()]
                yield f"{_GLOSSARY}: {name} is {term} and {other}; keep it at one of them"
            known[name.casefold()] = term


def _names_of(entry):
    also = entry["also"].split(", ") if entry["also"] else []
    return [entry["term"], *entry["chinese"].split("、"), *also]


def sorts_the_glossary(book):
    """The terms are in the alphabet's order, each below its letter, and no letter is empty."""
    terms = [entry["term"] for _, entry in _entries(book) if entry]
    for before, after in pairwise(terms):
        if _sort_key(before) >= _sort_key(after):
            yield f"{_GLOSSARY}: {after} stands below {before}; move it up, to its place"
    letters = re.findall(r"^## (.*)$", book.page("glossary"), re.MULTILINE)
    if letters != sorted(set(letters)):
        yield f"{_GLOSSARY}: letters twice or not in order; sort the headings"
    for letter, part in list(_by_heading(book.page("glossary")).items())[1:]:
        below = re.findall(r"^- \*\*(.+?)\*\*", part, re.MULTILINE)
        for term in below:
            if term[0].upper() != letter:
                yield f"{_GLOSSARY}: {term} is below {letter}; move it"
        if not below:
            yield f"{_GLOSSARY}: nothing is below {letter}; remove the heading"


def explains_its_terms(book):
    """The glossary has terms of each chapter."""
    explained = {entry["number"] for _, entry in _entries(book) if entry}
    for file, notebook in book.chapters.items():
        if notebook.number not in explained:
            yield f"{file}: no entry of {_GLOSSARY} leads to it; add the terms that it introduces"


def _entries(book):
    lines = [line for line in book.page("glossary").splitlines() if line.startswith("- ")]
    return [(line, _ENTRY.fullmatch(line)) for line in lines]


def _sort_key(term):
    """Case, hyphens and markup do not count in the alphabet."""
    return re.sub(r"[^\w ]", "", term.replace("-", " ")).casefold()


# --- references.md ------------------------------------------------------------------------------

_PAPER = re.compile(r"https?://(?:doi\.org|arxiv\.org)/")
_CITED = re.compile(r"Chapters? (?:\[\d+\]\([^)]*\)(?:, | and )?)+\.$")
_AUTHOR = re.compile(r"- (?:[A-Z]\.[ -]?)+(?P<surname>[^,(]+).*? \((?P<year>\d{4})\): ")


_NOT_CITED = ("Data", "Behind the names")
_FREE = "Further reading"


def lists_sources(book):
    """references.md has what the chapters cite, each source once, with the chapters that do.

    Below _NOT_CITED is what no chapter cites, with the section that uses or names it; what is below
    _FREE is for the reader afterwards, and no source.
    """
    parts = _by_heading(book.page("references"))
    apart = [line for title in _NOT_CITED for line in parts.get(title, "").splitlines()]
    kept = [text for title, text in parts.items() if title != _FREE]
    cited, entries = {}, _references("\n".join(kept))
    listed = [source for _, sources, _ in entries for source in sources]
    for file, notebook in book.chapters.items():
        for _, target in _LINK.findall(_sources(notebook)):
            cited.setdefault(target, set()).add(notebook.number)
            if target not in listed:
                yield f"{file}: its source {target} is missing in {_REFERENCES}; add it"
    for target in sorted(source for source in set(listed) if listed.count(source) > 1):
        yield f"{_REFERENCES}: {target} is there {listed.count(target)} times; keep one"
    for line, sources, said in entries:
        where = set().union(*(cited.get(source, set()) for source in sources))
        if line in apart:
            if len(sources) != 1 or not _CITED.search(line):
                way_out = "write one link, and at its end `Chapter [3](…#section).`"
                yield f"{_REFERENCES}: not one source and where it is used: {line}; {way_out}"
            elif where:
                yield f"{_REFERENCES}: {sources[0]} is cited in {sorted(where)}; move it to Papers"
        elif len(sources) != 1 or not where:
            yield f"{_REFERENCES}: not one source that a chapter cites: {line}; mend the link"
        elif where != said or not _CITED.search(line):
            yield f"{_REFERENCES}: {sources[0]} is cited in {sorted(where)}; say so at its end"


def lists_papers_below_sources(book):
    """A link to a paper elsewhere in a chapter is among its "Sources" too."""
    for file, notebook in book.chapters.items():
        listed = {target for _, target in _LINK.findall(_sources(notebook))}
        text = "\n\n".join(cell.source for cell in notebook.markdown)
        for _, target in _LINK.findall(text):
            if _PAPER.match(target) and target not in listed:
                yield f"{file}: {target} is not below Sources; list it there"


def sorts_the_references(book):
    """Papers by the first author's surname, then by year, and so below "Behind the names"."""
    parts = _by_heading(book.page("references"))
    for title in ("Papers", "Behind the names"):
        yield from _out_of_order(_references(parts.get(title, "")))


def _out_of_order(papers):
    authors = [(_AUTHOR.match(line), line) for line, _, _ in papers]
    for author, line in authors:
        if not author:
            yield f"{_REFERENCES}: no author and year: {line[:60]}…; write `A. Name (2001): `"
    keys = [author.group("surname", "year") for author, _ in authors if author]
    for before, after in pairwise(keys):
        if before > after:
            found = f"{' '.join(after)} stands below {' '.join(before)}"
            yield f"{_REFERENCES}: {found}; move it up, to its place"


def _sources(notebook):
    part = section(notebook, "Sources")
    return part.text if part else ""


def _references(text):
    """(line, its links to sources, the chapters that it names) of each entry."""
    found = []
    for line in text.splitlines():
        if line.startswith("- "):
            sources = [target for _, target in _LINK.findall(line) if target.startswith("http")]
            named = set(re.findall(r"\[(\d+)\]\(0*\1_\w+\.ipynb#sources\)", line))
            found.append((line, sources, named))
    return found


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


def knows_its_symbols(book):
    """Each symbol of a chapter is in the common table of notation.md or in the chapter's own."""
    tables = _tables(book)
    common = symbols(" ".join(row[0] for row in tables[""]))
    for file, notebook in book.chapters.items():
        own = symbols(" ".join(row[0] for row in tables.get(notebook.number, [])))
        for symbol in sorted(_mathematics(notebook) - common - own):
            way_out = f"add its row below `## Chapter {notebook.number}`"
            yield f"{file}: {symbol} is not in {_NOTATION}; {way_out}"


def uses_its_notation(book):
    """Rows have five cells, differ in a table, and are used: common ones by two chapters."""
    by_number = {notebook.number: notebook for notebook in book.chapters.values()}
    used = {n: (_mathematics(notebook), _names(notebook)) for n, notebook in by_number.items()}
    for number, table in _tables(book).items():
        for i, row in enumerate(table):
            if len(row) != 5:
                yield f"{_NOTATION}: a row of {len(row)} cells: {' | '.join(row)}; make it five"
                continue
            start = f"{_NOTATION}: {row[0]} {row[1]}".rstrip()
            if row[0] and row[0] in [other[0] for other in table[:i]]:
                yield f"{start}: the symbol has two rows in one table; keep one"
            letters, spelt = symbols(row[0]), set(re.findall(r"`(?:np\.)?(\w+)`", row[1]))
            where = [n for n, (math, _) in used.items() if letters <= math and number in ("", n)]
            in_code = set().union(*(used[n][1] for n in where))
            if len(where) < (1 if number else 2) or not spelt <= in_code:
                who = f"chapter {number} does not use" if number else "fewer than two chapters use"
                yield f"{start}: {who} it, or the code's name; remove or move the row"


def symbols(text):
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


def _mathematics(notebook):
    """All symbols of a chapter."""
    return symbols("\n\n".join(cell.source for cell in notebook.markdown))


def _names(notebook):
    """All names in a chapter's code, those of attributes and keywords too."""
    nodes = [node for cell in notebook.code for node in ast.walk(cell.tree)]
    fields = ("id", "arg", "attr", "name")
    return {getattr(node, field, None) for node in nodes for field in fields} - {None}


def _tables(book):
    """ "" → rows of the common table; a chapter's number → rows of its own."""
    parts = _by_heading(book.page("notation"))
    return {title.removeprefix("Chapter "): _rows(part) for title, part in parts.items()}


# --- pages --------------------------------------------------------------------------------------


def _rows(text):
    """The cells of all rows of a page's tables, without heads and rules."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    rules = [i for i, line in enumerate(lines) if set(line) <= set("|-: ")]
    apart = {i for rule in rules for i in (rule - 1, rule)}
    kept = [line for i, line in enumerate(lines) if i not in apart]
    return [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in kept]


def _by_heading(text):
    """Title of each section of level 2 → its text; under "" what comes before the first."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}
