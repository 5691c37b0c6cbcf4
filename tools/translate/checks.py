"""What is wrong in a catalog: each rule takes a message and yields sentences, with the way out.

A translator who differs on purpose says so in a comment of the message (`# not: unit, step`):
"unit" is then no term there, or a number may differ ("# not: 30").
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import polib

from tools.translate import catalog, markdown, pages, python

# Kinds of messages that are no Markdown.
IN_CODE = {"alternative text", "comment", "docstring", "f-string", "looked up", "script", "shown"}
IN_CODE |= {"name or text in code", "template", "text in code"}

_HAN = r"\u3400-\u9fff"
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.])\d+(?:[.,]\d+)*")
_HALF = re.compile(rf"[{_HAN}][,;:?!()]|[,;:?!()][{_HAN}]|[{_HAN}]\.(?!\w)")
_CLOSE = re.compile(rf"[{_HAN}][A-Za-z0-9$`]|[A-Za-z0-9$`%][{_HAN}]")
# But for the number of a title, and for a line that stands for a curve at a text's beginning.
_APART = re.compile(r"(?<!\d\.) [，。；：？！、（）“”《》…—]|[，。；：？！、（）“”《》] |(?<=.)— ")
_TEXT_OF_FORMULA = re.compile(r"\\(text|mathrm)\{[^{}]*\}")
_ENTRY = re.compile(r'- \*\*(?P<term>.+?)\*\* \(<span lang="zh">(?P<names>[^<]+)</span>')
_EXTRACT = "run python -m tools.translate extract"
_EXCEPTED = re.compile(r"^not: (.*)$", re.MULTILINE)


def faults(root: Path, language: str) -> Iterator[str]:
    """All faults of the catalogs that there are; each begins with the catalog."""
    terms = glossary(root, language)
    rules = RULES if language.startswith("zh") else [one for one in RULES if one is not punctuates]
    for name, files in pages.catalogs(root).items():
        path = catalog.path_of(root, language, name)
        if not path.exists():
            continue
        where = path.relative_to(root).as_posix()
        known = catalog.read(path)
        yield from (f"{where}: {fault}" for fault in is_of_today(known, files))
        for entry in known:
            for rule in rules:
                for fault in rule(entry, terms):
                    yield f"{where}, {entry.msgctxt}: {fault}: {_short(entry.msgid)}"
        try:
            for file in files:
                written = pages.rewrite(file, catalog.translator(known))
            stored = catalog.readme(root, language)
            if name == "readme" and stored.read_text("utf-8") != written:
                yield f"{stored.name}: is not what {where} says; {_EXTRACT}"
        except ValueError as error:
            yield f"{where}: {error}"


def glossary(root: Path, language: str) -> dict[str, list[str]]:
    """Term → names that a translation may have for it: the Chinese ones of chapters/glossary.md.

    `locale/LANGUAGE/short.txt` adds what a term may be called for short, and terms that the
    glossary does not explain: `epoch = 轮`. For other languages it has them all.
    """
    page = (root / "chapters" / "glossary.md").read_text("utf-8")
    entries = _ENTRY.finditer(page) if language.startswith("zh") else ()
    names = {one["term"]: one["names"].split("、") for one in entries}
    more = root / "locale" / language / "short.txt"
    for line in more.read_text("utf-8").splitlines() if more.exists() else ():
        if line.strip() and not line.startswith("#"):
            term, _, others = line.partition(" = ")
            names[term] = [*names.get(term, []), *others.split("、")]
    return names


def is_of_today(known: polib.POFile, files: list[Path]) -> Iterator[str]:
    """The messages are those of the English text."""
    now = catalog.extract(files)
    there = {(one.msgctxt, one.msgid) for one in known}
    way_out = f"{_EXTRACT}, and translate what is fuzzy"
    for context, text in [*(now.keys() - there)][:3]:
        yield f"{context}: not in the catalog: {_short(text)}; {way_out}"
    for context, text in [*(there - now.keys())][:3]:
        yield f"{context}: no longer in the page: {_short(text)}; {way_out}"


# -- Rules for a message -----------------------------------------------------------------------


def is_translated(entry: polib.POEntry, terms: dict) -> Iterator[str]:
    """Translated, and looked at again after the English text has changed."""
    if not entry.msgstr:
        yield "not translated; write it, or repeat the English text to keep it"
    elif "fuzzy" in entry.flags:
        yield "fuzzy; compare it with the new text, and take the mark away"


def keeps_marks(entry: polib.POEntry, terms: dict) -> Iterator[str]:
    """As many formulas, links, emphases and tags, and the same code and addresses.

    Emphasis beside full-width punctuation is none for CommonMark, so that it is missing here.
    """
    if entry.comment in IN_CODE or not entry.msgstr:
        return
    old, new = _marks(entry.msgid), _marks(entry.msgstr)
    for kind, marks in old.items():
        if marks != new[kind]:
            less, more = list((marks - new[kind]).elements()), list((new[kind] - marks).elements())
            yield f"{kind}: {less or 'none'} became {more or 'none'}; {_WAYS_OUT[kind]}"


def keeps_numbers(entry: polib.POEntry, terms: dict) -> Iterator[str]:
    """The same numbers, in any order."""
    if not entry.msgstr:
        return
    old, new = (_numbers(text, entry) for text in (entry.msgid, entry.msgstr))
    excepted = _excepted(entry)
    less, more = [
        [one for one in numbers.elements() if one not in excepted]
        for numbers in (old - new, new - old)
    ]
    if less or more:
        yield f"numbers {less or 'none'} became {more or 'none'}; write them as they are"


def uses_the_terms(entry: polib.POEntry, terms: dict[str, list[str]]) -> Iterator[str]:
    """What the glossary has a name for is called by it."""
    if not entry.msgstr or entry.msgstr == entry.msgid:
        return
    text = _plain(entry.msgid, entry).lower().replace("-", " ")
    excepted, said = _excepted(entry), entry.msgstr.lower()
    for term in sorted(terms, key=len, reverse=True):
        found = re.compile(rf"\b{re.escape(term.lower().replace('-', ' '))}(s|es)?\b")
        if not found.search(text):
            continue
        text = found.sub(" ", text)
        names = list(terms[term])
        names += [term] if re.search(r"[A-Z0-9]", term) else []  # Adam, ReLU, float32
        if term.lower() not in excepted and not any(one.lower() in said for one in names):
            way_out = f"say {'、'.join(names)}, or write the comment `not: {term.lower()}`"
            yield f'"{term}" is a term of the glossary; {way_out}'


def punctuates(entry: polib.POEntry, terms: dict) -> Iterator[str]:
    """Full-width marks in Chinese, and a space between Chinese and Latin, digits and formulas."""
    said = _unlinked(entry.msgstr)
    if entry.comment == "f-string":
        said = re.sub(r"\{[^{}]*\}", "\N{OBJECT REPLACEMENT CHARACTER}", said)
    # A space that lets CommonMark see an emphasis is right beside any mark.
    plain, tight = said.replace("*", ""), re.sub(r" ?\*+ ?", "", said)
    for found, text, what, way_out in (
        (_HALF, plain, "a half-width mark beside Chinese", "write ，；：？！（）。"),
        (_CLOSE, plain, "Chinese and Latin without a space", "put one between them"),
        (_APART, tight, "a space beside a full-width mark", "take it away"),
    ):
        if here := found.search(text):
            part = text[max(0, here.start() - 6) : here.end() + 6]
            yield f"{what}: …{part}…; {way_out}"


def keeps_fields(entry: polib.POEntry, terms: dict) -> Iterator[str]:
    """An f-string has the same fields; a text for `format` as many braces."""
    if entry.comment != "f-string" or not entry.msgstr:
        return
    try:
        if python.fields(entry.msgid) != python.fields(entry.msgstr):
            yield f"other fields than {python.fields(entry.msgid)}; copy them as they are"
    except ValueError as error:
        yield str(error)


RULES: tuple[Callable[[polib.POEntry, dict[str, list[str]]], Iterator[str]], ...] = (
    is_translated,
    keeps_marks,
    keeps_numbers,
    uses_the_terms,
    punctuates,
    keeps_fields,
)

_WAYS_OUT = {
    "formula": "copy it; words in \\text{} are free",
    "code": "copy it",
    "link": "keep its address",
    "emphasis": "CommonMark sees none where a mark such as 。 is inside its end and a letter "
    "follows: put the mark outside, or a space behind",
    "tag": "copy it",
}


# -- Texts -------------------------------------------------------------------------------------


def _marks(text: str) -> dict[str, Counter]:
    found: dict[str, Counter] = {kind: Counter() for kind in _WAYS_OUT}
    for token in markdown.inline(text):
        if token.type.startswith("math"):
            found["formula"][_TEXT_OF_FORMULA.sub(r"\\text{}", token.content.strip())] += 1
        elif token.type == "code_inline":
            found["code"][token.content] += 1
        elif token.type == "link_open":
            found["link"][token.attrs["href"]] += 1
        elif token.type in ("em_open", "strong_open"):
            found["emphasis"][token.tag] += 1
        elif token.type == "html_inline":
            found["tag"][token.content] += 1
    return found


def _plain(text: str, entry: polib.POEntry) -> str:
    if entry.comment == "f-string":
        return re.sub(r"\{(?:[^{}]|\{[^{}]*\})*\}", " ", text)
    return text if entry.comment in IN_CODE else markdown.words(text)


def _numbers(text: str, entry: polib.POEntry) -> Counter:
    return Counter(one.replace(",", "") for one in _NUMBER.findall(_plain(text, entry)))


def _unlinked(text: str) -> str:
    """Without addresses, formulas and code within: what is beside a formula stays beside it."""
    text = re.sub(r"`[^`]+`", "`x`", re.sub(r"\$\$?[^$]+\$\$?", "$x$", text))
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)


def _excepted(entry: polib.POEntry) -> set[str]:
    return {one for line in _EXCEPTED.findall(entry.tcomment) for one in line.split(", ")}


def _short(text: str) -> str:
    return text if len(text) < 50 else f"{text[:50]}…"
