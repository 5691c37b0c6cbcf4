"""Sphinx extension: the docstrings of `utils`, in the course's form, as autodoc understands them.

They are written to be read in a notebook's help: Markdown's single backticks, one-line formulas,
and sections that may begin on the line of their name (`Returns: a tensor`), which
sphinx.ext.napoleon would take for prose. Autodoc hands each docstring over before it is parsed.
"""

import re
import textwrap
from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from sphinx.application import Sphinx

from website import extension

_NAMES = {"Args": "Arguments"}  # of sections, as the page calls them
_SECTION = re.compile(r"(Args|Fields|Returns|Raises|Source):(?: (.*))?")
# `name: …`, `x, y: …` or `**knobs: …`; a name may hold dots, stars and spaces, but no sentence.
_ITEM = re.compile(r"((?:\*\*)?[A-Za-z_]\w*(?:, (?:\*\*)?[A-Za-z_]\w*)*): (.*)")
_FORMULA = re.compile(r"[^`.]* [=←] [^`.]*(?:\. [^`.]*)*")
_CODE = re.compile(r"`([^`]+)`")
_SPECIAL = re.compile(r"([\\*|_])")
# Addresses of papers, which are too long for a phone, and what to call them instead.
_PAPER = re.compile(r"https://(arxiv\.org/abs|doi\.org)/(\S*\w)")
_LABELS = {"arxiv.org/abs": "arXiv", "doi.org": "doi"}


def to_rst(lines: list[str]) -> list[str]:
    """A docstring's lines as reStructuredText: paragraphs, lists, formulas, examples, fields.

    >>> to_rst(["The `lr`.", "", "Returns: a*b.", "", ">>> 1 + 1", "2"])
    ['The ``lr``.', '', ':Returns: a\\\\*b.', '', '>>> 1 + 1', '2', '']
    """
    result: list[str] = []
    for block in _blocks(lines):
        if block[0].startswith(">>>"):
            result += [*block, ""]
        elif block[0].startswith("- "):
            result += [*(_inline(line) for line in block), ""]
        elif all(line.startswith("    ") or not line for line in block):
            result += _verbatim(textwrap.dedent("\n".join(block)).splitlines(), "python")
        elif _SECTION.fullmatch(block[0]):
            result += _fields(block)
        elif all(_FORMULA.fullmatch(line) for line in block):
            result += _verbatim(block, "text")
        else:
            result += [_inline(" ".join(block)), ""]
    return result


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """The parts between blank lines; blank lines within indented code do not part it."""
    block: list[str] = []
    for number, line in enumerate(lines):
        following = next((later for later in lines[number + 1 :] if later.strip()), "")
        inside = block and block[0].startswith("    ") and following.startswith("    ")
        if line.strip() or inside:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _verbatim(lines: list[str], language: str) -> list[str]:
    return [f".. code-block:: {language}", "", *(f"   {line}".rstrip() for line in lines), ""]


def _fields(block: list[str]) -> list[str]:
    """The sections of a block, each as a field whose items are a list."""
    result: list[str] = []
    while block:
        name, first = _SECTION.fullmatch(block[0]).groups()
        rest = list(takewhile(lambda line: not _SECTION.fullmatch(line), block[1:]))
        block = block[1 + len(rest) :]
        rest = textwrap.dedent("\n".join(rest)).splitlines()
        if name == "Raises" and first:  # `Raises: ValueError: why`, continued on further lines
            first, rest = None, [first, *(f"    {line}" for line in rest)]
        result += _field(name, first, rest)
    return [*result, ""]


def _field(name: str, first: str | None, rest: list[str]) -> list[str]:
    items = [_ITEM.fullmatch(line) for line in rest]
    name = _NAMES.get(name, name)
    if not any(items):
        return [f":{name}: {_inline(' '.join(filter(None, [first, *map(str.strip, rest)])))}"]
    result = [f":{name}:" + (f" {_inline(first)}" if first else ""), ""]
    for line, item in zip(rest, items, strict=True):
        # An item is one line here: so what follows it is joined to it.
        if item:
            result.append(f"    - ``{item[1]}``: {_inline(item[2])}")
        else:
            result[-1] += f" {_inline(line.strip())}"
    return [*result, ""]


def _inline(text: str) -> str:
    """Code in double backticks, and everything else so that it means itself."""
    parts = _CODE.split(text)
    parts[::2] = [_PAPER.sub(_link, _SPECIAL.sub(r"\\\1", part)) for part in parts[::2]]
    parts[1::2] = [f"``{part}``" for part in parts[1::2]]
    return "".join(parts)


def _link(address: re.Match[str]) -> str:
    return f"`{_LABELS[address[1]]}:{address[2]} <{address[0]}>`__"


def convert(
    _app: Sphinx, kind: str, _name: str, _thing: Any, _options: Any, lines: list[str]
) -> None:
    """Replace a docstring in place; a constant has none, only its type's."""
    lines[:] = [] if kind == "data" else to_rst(lines)


def skip_member(
    _app: Sphinx, parent: str, _name: str, _thing: Any, _skip: bool, _options: Any
) -> bool | None:
    """Leave the members of classes out: what a field means stands in the class's docstring."""
    return None if parent == "module" else True


def setup(app: Sphinx) -> dict[str, Any]:
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-skip-member", skip_member)
    app.connect("autodoc-process-docstring", convert)
    return extension()
