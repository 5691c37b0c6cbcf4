"""Write student copies: the course's notebooks without the solutions of their exercises.

`make exercises` puts them below _build/exercises, in folders as they are here, so that their links
to one another hold. Stubs and checks stay, and so does the quiz. Only Python is needed.

What a solution is, is known by its place and not by its name: the folded block of an exercise,
which is a part, `### …`, of the section that has the stubs and checks.
"""

import ast
import copy
import json
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.tidy import tidied
from website.contents import chapters
from website.repository import configured

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "_build" / "exercises"
PAGES = "chapters/*.md"  # what the notebooks link to: the notation, the glossary, …

_HEADING = re.compile(r"^(#{1,6})[ \t]+(.*?)[ \t#]*$|^(?: {0,3})(?:```+|~~~+)", re.MULTILINE)
_DETAILS = re.compile(r"<(/?)details\b[^>]*>", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^>]*>(.*?)</summary\s*>", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"^ *(?:```|~~~)|<pre\b|<code\b", re.MULTILINE | re.IGNORECASE)
_SOLUTION = re.compile(r"\W*(solution|解答)", re.IGNORECASE)
_NUMBERED = re.compile(r"\S+ [\dN]+\.\d+\b")  # Exercise 3.1, Aufgabe 3.1
_SPAN = re.compile(r"(`+).*?\1", re.DOTALL)  # code, also in a block of its own
_LINK = re.compile(r'(\]\(\s*<?|(?:href|src)=")(?![a-z]+:|#|/)([^)\s>"#]+)')


@dataclass
class _Part:
    """What a heading begins: its level and title, the number of its cell, counted from 1.

    `blocks` are the outermost <details> of its Markdown: (number of the cell, begin, end).
    """

    level: int
    title: str
    number: int
    blocks: list[tuple[int, int, int]] = field(default_factory=list)
    code: list[int] = field(default_factory=list)


def without_solutions(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """A tidy copy of a notebook, given as its JSON, of whose exercises each has lost its solution.

    A cell that held nothing else goes with it; all other cells stay as they are.
    Raises: ValueError: a solution would stay, or it is not clear which block it is; the text says
        where, beginning with `name`.
    """
    try:
        student = tidied(copy.deepcopy(notebook))
        cells = student["cells"]
        for cell in cells:
            cell["source"] = "".join(cell["source"])
        for number, begin, end in reversed(list(solutions(cells))):
            source = cells[number - 1]["source"]
            before, after = source[:begin].rstrip(), source[end:].strip()
            cells[number - 1]["source"] = "\n\n".join(filter(None, (before, after)))
        _refuse_what_is_left(cells)
    except ValueError as error:
        raise ValueError(f"{name}, {error}") from None
    kept = [cell for cell in cells if cell["source"] or cell["cell_type"] != "markdown"]
    for cell in kept:
        cell["source"] = cell["source"].splitlines(keepends=True)
    return student | {"cells": kept}


def solutions(cells: list[dict[str, Any]]) -> Iterator[tuple[int, int, int]]:
    """(number of the cell, begin, end) of each exercise's solution; a cell's source is one text.

    Raises: ValueError: an exercise has not exactly one, or gives it away in another place.
    """
    for exercise in _exercises(cells):
        where = f"cell {exercise.number}: {exercise.title!r}"
        for number in exercise.code:
            _refuse_code(cells[number - 1], f"cell {number}")
        if exercise.code and not any("exercise" in _tags(cells[n - 1]) for n in exercise.code):
            raise ValueError(f"{where} has code, but no cell is tagged `exercise`. Tag its stub.")
        blocks = exercise.blocks
        if len(blocks) > 1:  # hints beside it, say
            blocks = [one for one in blocks if _SOLUTION.match(_summary(cells, one))]
        if len(blocks) != 1:
            raise ValueError(
                f"{where} has {len(exercise.blocks)} folded blocks, and {len(blocks)} of them is "
                "surely its solution. Write it as its only <details>, or as the only one whose "
                "<summary> begins with Solution."
            )
        number, begin, end = blocks[0]
        if exercise.code and not _CODE.search(cells[number - 1]["source"][begin:end]):
            raise ValueError(
                f"{where} asks for code, and its folded block in cell {number} has none, so that "
                "the solution must be elsewhere. Put it into the <details>, as a ```python block."
            )
        yield blocks[0]


def relink(text: str, folder: str, copied: set[str], elsewhere: str) -> str:
    """Markdown whose relative links to files that are not `copied` lead to the repository.

    Args: folder: where the text's file lies, relative to the root: "chapters", or "." .
        copied: paths of the copied files, relative to the root. elsewhere: address of the root.

    >>> relink("[data](../utils/data.py), [map](a.md#b)", "chapters", {"chapters/a.md"}, "https:")
    '[data](https:/utils/data.py), [map](a.md#b)'
    """

    def lead(match: re.Match[str]) -> str:
        target = (ROOT / folder / match[2]).resolve().relative_to(ROOT).as_posix()
        return match[0] if target in copied else f"{match[1]}{elsewhere}/{target}"

    return _LINK.sub(lead, text)


def write(target: Path = TARGET) -> list[Path]:
    """Write the student copies below `target`, in place of what was there; return the notebooks."""
    notebooks = [ROOT / "index.ipynb", *chapters()]
    pages = sorted(ROOT.glob(PAGES))
    copied = {path.relative_to(ROOT).as_posix() for path in notebooks + pages}
    course = configured(ROOT)
    elsewhere = f"{course.url}/blob/{course.branch}"
    texts = {path: _student_text(path, copied, elsewhere) for path in notebooks + pages}
    shutil.rmtree(target, ignore_errors=True)
    for path, text in texts.items():
        place = target / path.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return [target / path.relative_to(ROOT) for path in notebooks]


def _exercises(cells: list[dict[str, Any]]) -> Iterator[_Part]:
    """The parts of the sections that have stubs or checks, and folded parts with a number."""
    section: list[_Part] = []
    for part in [*_parts(cells), _Part(0, "", 0)]:
        if part.level <= 2:
            asks = any(_asks(cells[n - 1]) for one in section for n in one.code)
            for one in section:
                numbered = one.blocks and _NUMBERED.match(one.title)
                if numbered or (asks and (one.level > 2 or one.code or one.blocks)):
                    yield one
            section = []
        section.append(part)


def _parts(cells: list[dict[str, Any]]) -> list[_Part]:
    """All parts in order; what stands before the first heading is one, too."""
    parts = [_Part(1, "", 1)]
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] != "markdown":
            parts[-1].code.append(number)
            continue
        marks: list[tuple[int, Any]] = [(one[0], one) for one in _blocks(cell["source"], number)]
        marks += [(found.start(), found) for found in _headings(cell["source"])]
        for _, mark in sorted(marks, key=lambda mark: mark[0]):
            if isinstance(mark, re.Match):
                parts.append(_Part(len(mark[1]), mark[2], number))
            else:
                parts[-1].blocks.append((number, *mark))
    return parts


def _headings(text: str) -> Iterator[re.Match[str]]:
    fenced = False
    for found in _HEADING.finditer(text):
        if found[1] is None:
            fenced = not fenced
        elif not fenced:
            yield found


def _blocks(text: str, number: int) -> Iterator[tuple[int, int]]:
    """Begin and end of each outermost <details> of a Markdown cell."""
    depth = begin = 0
    for found in _DETAILS.finditer(_SPAN.sub(lambda code: " " * len(code[0]), text)):
        if not found[1] and not depth:
            begin = found.start()
        depth += -1 if found[1] else 1
        if depth < 0:
            break
        if not depth:
            yield begin, found.end()
    if depth:
        raise ValueError(
            f"cell {number}: <details> and </details> do not pair, so that a solution might stay. "
            "Close each in the cell that opens it."
        )


def _refuse_code(cell: dict[str, Any], where: str) -> None:
    """Let pass a check, and a stub all of whose functions do nothing but raise."""
    tags = _tags(cell)
    if not tags & {"exercise", "check"}:
        raise ValueError(
            f"{where} belongs to an exercise, and is neither tagged `exercise`, its stub, nor "
            "`check`. Give it its tag; move what is given above the exercises, a solution into "
            "the <details>."
        )
    if "exercise" in tags and (not _raises(cell["source"]) or _hides(cell["source"])):
        raise ValueError(
            f"{where}: the stub is filled in, if only in a comment, or does not fail. Let each of "
            "its functions do nothing but raise NotImplementedError, and write the solution into "
            "the <details>."
        )


def _raises(source: str) -> bool:
    """Whether all that code does, and all that its functions do, is raise NotImplementedError."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return False
    return bool(body) and all(map(_fails, body))


def _hides(source: str) -> bool:
    """Whether a comment of the code is code itself: a solution that was commented out."""
    for comment in re.findall(r"#(.*)", source):
        try:
            body = ast.parse(comment.strip()).body
        except SyntaxError:
            continue
        # A word is an expression, and "hint: think" looks like a type's annotation.
        if any(not isinstance(node, (ast.Expr, ast.AnnAssign)) for node in body):
            return True
    return False


def _fails(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef):
        rest = node.body[1:] if ast.get_docstring(node) else node.body
        return len(rest) == 1 and _fails(rest[0])
    if not isinstance(node, ast.Raise) or node.exc is None:
        return False
    return ast.unparse(node.exc).startswith("NotImplementedError")


def _refuse_what_is_left(cells: list[dict[str, Any]]) -> None:
    """Refuse a folded block that is still there and looks like a solution."""
    for number, cell in enumerate(cells, start=1):
        if cell["cell_type"] == "markdown":
            for begin, end in _blocks(cell["source"], number):
                block = (number, begin, end)
                if _SOLUTION.match(_summary(cells, block)):
                    raise ValueError(
                        f"cell {number}: a solution would stay, {_summary(cells, block)!r}. Move "
                        "it to its exercise, a `### …` of the section with the stubs and checks."
                    )


def _summary(cells: list[dict[str, Any]], block: tuple[int, int, int]) -> str:
    number, begin, end = block
    found = _SUMMARY.search(cells[number - 1]["source"], begin, end)
    return re.sub(r"<[^>]*>", "", found[1]).strip() if found else ""


def _tags(cell: dict[str, Any]) -> set[str]:
    return set(cell["metadata"].get("tags", ()))


def _asks(cell: dict[str, Any]) -> bool:
    return bool(_tags(cell) & {"exercise", "check"}) or "check_exercise(" in cell["source"]


def _student_text(path: Path, copied: set[str], elsewhere: str) -> str:
    text, folder = path.read_text(encoding="utf-8"), path.parent.relative_to(ROOT).as_posix()
    if path.suffix == ".md":
        return relink(text, folder, copied, elsewhere)
    notebook = without_solutions(_json(text, path.name), path.name)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = relink("".join(cell["source"]), folder, copied, elsewhere)
            cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _json(text: str, name: str) -> dict[str, Any]:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValueError(f"{name}, JSON that breaks: {error}. `make tidy` says more.") from None


def main() -> int:
    """Write the copies and say what they lack; return 1, after one line, if that is not sure."""
    try:
        written = write(TARGET)
    except ValueError as error:
        print(f"make exercises: {error} Nothing was written.", file=sys.stderr)
        return 1
    for path in written:
        print(path.relative_to(TARGET))
    print(
        f"{len(written)} notebooks without solutions, in {TARGET}. "
        "The checks stay, with what they expect."
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
