"""Markdown, unit by unit: what of it is a message, and the same text with other messages.

A unit is a heading, a paragraph, an item, a table's cell, the summary of folded text, or a formula
of its own line that has words in it. Other formulas, code and addresses on their own are none.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

# As the site reads them: CommonMark, tables, formulas between dollars.
PARSER = MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, double_inline=True)

_SUMMARY = re.compile(r"(?<=<summary>).*?(?=</summary>)")
_WORD = re.compile(r"[^\W\d_]{2}")
_SAID_IN_FORMULA = re.compile(r"\\text\{[^{}]*[^\W\d_]{2}[^{}]*\}")


@dataclass(frozen=True)
class _Line:
    """Where a unit's line is: the number of the line, and the columns."""

    number: int
    start: int
    end: int


def rewrite(
    source: str,
    translate: Callable[[str, str], str],
    write_code: Callable[[str], str] = str,
) -> str:
    """The source with `translate(text, kind)` in the place of each unit.

    A unit of several lines is one line in `text`, and stays as it is where its translation is the
    same. `write_code` is what becomes of a block of Python.

    Raises: ValueError: a unit was not found where the parser says that it is.
    """
    lines = source.split("\n")
    written: dict[int, str | None] = dict(enumerate(lines))
    shifts: dict[int, int] = {}  # number of a line → by how much its end has moved

    def put(place: _Line, text: str | None) -> None:
        line, moved = written[place.number] or "", shifts.get(place.number, 0)
        whole = text is None
        new = "" if text is None else text
        line = line[: place.start + moved] + new + line[place.end + moved :]
        shifts[place.number] = moved + len(new) - (place.end - place.start)
        written[place.number] = None if whole else line

    for unit in _units(PARSER.parse(source), lines):
        if isinstance(unit, _Fence):
            block = "\n".join(lines[unit.first : unit.last])
            if (code := write_code(block)) != block:
                written[unit.first] = code
                written |= dict.fromkeys(range(unit.first + 1, unit.last))
            continue
        text, kind, places = unit
        if (kind == "formula" or is_message(text)) and (new := translate(text, kind)) != text:
            new = new.replace("|", "\\|") if kind == "cell" else new
            for place, part in zip(places, [new, *[None] * (len(places) - 1)], strict=True):
                put(place, part)
    return "\n".join(line for line in written.values() if line is not None)


def is_message(text: str) -> bool:
    """Whether a text has words: not only formulas, code, addresses and numbers.

    >>> [is_message(text) for text in ("Let $x$ be 1.", "$x = 1$", "`fit`", "0.99", "$x$: `w`")]
    [True, False, False, False, False]
    """
    return bool(_WORD.search(words(text)))


def words(text: str) -> str:
    """What a text says, without formulas, code, addresses and marks.

    >>> words("**Read** `x` and [this](page.md), $y$.")
    'Read  and this, .'
    """
    inline = PARSER.parseInline(text)[0].children or []
    return "".join(
        token.content
        if token.type == "text"
        else " "
        if token.type in ("softbreak", "hardbreak")
        else ""
        for token in inline
    )


def inline(text: str) -> list[Token]:
    """The tokens of a unit."""
    return PARSER.parseInline(text)[0].children or []


def blocks(source: str) -> list[str]:
    """The kinds of all blocks of a text, in order: what a translation must not change."""
    return [token.type + token.tag for token in PARSER.parse(source)]


@dataclass(frozen=True)
class _Fence:
    """Lines of Python within a text: the number of the first, and of the one after the last."""

    first: int
    last: int


def _units(
    tokens: list[Token], lines: list[str]
) -> Iterator[_Fence | tuple[str, str, list[_Line]]]:
    kinds: list[str] = []
    column = (-1, 0)  # line and column behind the last cell of a table
    for token in tokens:
        if token.nesting:
            kinds = [*kinds, token.type.removesuffix("_open")] if token.nesting > 0 else kinds[:-1]
        if token.map is None:
            continue
        first, last = token.map
        if token.type == "fence" and token.info.strip() == "python":
            yield _Fence(first + 1, last - 1)
        elif token.type == "math_block" and _SAID_IN_FORMULA.search(token.content):
            start = lines[first].index("$$")
            places = [_Line(first, start, len(lines[first]))]
            places += [_Line(number, 0, len(lines[number])) for number in range(first + 1, last)]
            yield f"$${' '.join(token.content.split())}$$", "formula", places
        elif token.type == "html_block":
            yield from _summaries(lines, first, last)
        elif token.type == "inline" and kinds[-1] in ("td", "th"):
            after = column[1] if column[0] == first else 0
            place = _find(lines, first, token.content.replace("|", "\\|"), after)
            column = (first, place.end)
            yield token.content, "cell", [place]
        elif token.type == "inline":
            parts = token.content.split("\n")
            places = [_find(lines, first + i, part) for i, part in enumerate(parts)]
            # Behind the first line all goes with its beginning: "> " or spaces.
            places = [places[0], *(replace(one, start=0) for one in places[1:])]
            kind = "heading" if kinds[-1] == "heading" else "item" if "list_item" in kinds else ""
            pictures = [one.content for one in token.children or () if one.type == "image"]
            if len(parts) == len(pictures) == 1 and not words(token.content).strip():
                yield pictures[0], "alternative text", [_find(lines, first, pictures[0])]
            yield " ".join(part.strip() for part in parts), kind or "text", places


def _summaries(lines, first, last):
    for number in range(first, min(last, len(lines))):
        for found in _SUMMARY.finditer(lines[number]):
            yield found[0], "summary", [_Line(number, *found.span())]


def _find(lines, number, text, after=0):
    start = lines[number].find(text, after) if number < len(lines) else -1
    if start < 0:
        raise ValueError(f"tools.translate: {text!r} is not in line {number + 1} of its cell.")
    return _Line(number, start, start + len(text))


def code(source: str) -> list[str]:
    """The blocks of Python in a text."""
    lines = source.split("\n")
    return [
        "\n".join(lines[unit.first : unit.last])
        for unit in _units(PARSER.parse(source), lines)
        if isinstance(unit, _Fence)
    ]
