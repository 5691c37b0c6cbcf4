"""Reads the course as plain data: notebooks with their cells, sections and exercises; the book."""

import ast
import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "chapters" / "_template.ipynb"
INDEX = ROOT / "index.ipynb"

_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_HEADING = re.compile(r"^(#{1,6}) +(.*?)\s*$")
_DETAILS = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
_EXERCISE = re.compile(r"Exercise (\S+) *(.*)")


def chapters(root=ROOT):
    """Return the paths of all chapters, in order."""
    return sorted((root / "chapters").glob("[0-9]*.ipynb"))


def read(path):
    """Return the notebook in a file.

    Raises: ValueError: the file holds no JSON.
    """
    text = path.read_text(encoding="utf-8")
    try:
        data = json.loads(text.removeprefix("\ufeff"))  # which some editors put first
        return Notebook(path.name, data, path.parent, text)
    except json.JSONDecodeError as error:
        raise ValueError(f"{path.name}: not a notebook, for its JSON breaks: {error}") from error


@dataclass(frozen=True)
class Cell:
    """One cell, or the part of a Markdown cell that belongs to one section.

    `number` counts all cells of the notebook from 1; `metadata` is as stored.
    """

    number: int
    kind: str
    source: str
    metadata: dict

    @property
    def tags(self):
        return frozenset(self.metadata.get("tags", ()))

    @property
    def alt(self):
        """The text alternative of the cell's figure, "" if there is none."""
        return self.metadata.get("mystnb", {}).get("image", {}).get("alt", "")

    @cached_property
    def tree(self):
        """The code as `ast` reads it, with IPython's magics turned into calls."""
        source = TransformerManager().transform_cell(self.source)
        return ast.parse(source, filename=f"cell {self.number}")

    @property
    def lines(self):
        """The lines that are not blank."""
        return [line for line in self.source.splitlines() if line.strip()]


@dataclass(frozen=True)
class Notebook:
    """A notebook as stored: `data` is its JSON, `folder` where its relative links start.

    `text` is its file's, "" if it comes from none.
    """

    name: str
    data: dict
    folder: Path = ROOT / "chapters"
    text: str = ""

    @property
    def number(self):
        """The chapter's number as text: "3" of 03_learning_rate_decay, "0" of the index, "N"."""
        digits = re.match(r"\d+", self.name)
        return str(int(digits[0])) if digits else {"index.ipynb": "0"}.get(self.name, "N")

    @cached_property
    def cells(self):
        return [
            Cell(number, cell["cell_type"], "".join(cell["source"]), cell["metadata"])
            for number, cell in enumerate(self.data["cells"], start=1)
        ]

    @property
    def code(self):
        return [cell for cell in self.cells if cell.kind == "code"]

    @property
    def own_code(self):
        """The code cells without the set-up cell, which is the same everywhere."""
        return [cell for cell in self.code if "set-up" not in cell.tags]

    @property
    def markdown(self):
        return [cell for cell in self.cells if cell.kind == "markdown"]


@dataclass(frozen=True)
class Book:
    """All that an author writes, by the names of files: "chapters/NN_name.ipynb" → notebook.

    `pages` are the texts of chapters/*.md, `answers` those of utils/answers/chapter_*.py,
    `contents` is the text of _toc.yml.
    """

    notebooks: dict
    pages: dict
    answers: dict
    contents: str

    @classmethod
    def read(cls, root=ROOT):
        """Return the book in a folder."""
        template = root / TEMPLATE.relative_to(ROOT)
        notebooks = [root / INDEX.name, template, *chapters(root)]
        texts = [
            {_name(path, root): path.read_text(encoding="utf-8") for path in sorted(found)}
            for found in (root.glob("chapters/*.md"), root.glob("utils/answers/chapter_*.py"))
        ]
        contents = (root / "_toc.yml").read_text(encoding="utf-8")
        return cls({_name(path, root): read(path) for path in notebooks}, *texts, contents)

    @property
    def chapters(self):
        """The notebooks without the front page and the template."""
        return {file: found for file, found in self.notebooks.items() if found.name[0].isdigit()}

    def page(self, name):
        """The text of chapters/`name`.md, "" if there is none."""
        return self.pages.get(f"chapters/{name}.md", "")

    def lists(self, file):
        """Whether _toc.yml has this file, with or without its extension."""
        stem = re.escape(file.rpartition(".")[0])
        line = rf"^\s*- file: {stem}(\.\w+)?\s*$"
        return re.search(line, self.contents, re.MULTILINE) is not None


@dataclass(frozen=True)
class Section:
    """A heading and what follows it until the next heading of any level.

    `parts` are cells; the first is what follows the heading in its own cell.
    """

    level: int
    title: str
    number: int
    parts: list

    @property
    def text(self):
        return "\n\n".join(part.source for part in self.parts if part.kind == "markdown")


@dataclass(frozen=True)
class Exercise:
    """An exercise: number and title of its heading, the cells that belong to it, its solution.

    `solution` is the code of its <details>, "" where there is none.
    """

    number: str
    section: Section

    @property
    def task(self):
        return _DETAILS.sub("", self.section.text).strip()

    @property
    def details(self):
        return "\n".join(content for _, content in details(self.section.text))

    @property
    def solution(self):
        return "\n".join(re.findall(r"^```python\n(.*?)^```", self.details, re.M | re.S))

    @property
    def code(self):
        return [part for part in self.section.parts if part.kind == "code"]

    @property
    def stubs(self):
        return [cell for cell in self.code if "exercise" in cell.tags]

    @property
    def checks(self):
        return [cell for cell in self.code if "check" in cell.tags]


def sections(notebook):
    """Return all sections in order; what stands before the first heading belongs to none."""
    found = []
    for cell in notebook.cells:
        if cell.kind != "markdown":
            if found:
                found[-1].parts.append(cell)
            continue
        for heading, text in _split(cell.source):
            if heading:
                found.append(Section(len(heading[1]), heading[2], cell.number, []))
            if found:
                found[-1].parts.append(replace(cell, source=text))
    return found


def section(notebook, title):
    """Return the level-2 section of this title with all its subsections, None if there is none."""
    found = None
    for part in sections(notebook):
        if found and part.level <= 2:
            break
        if found:
            found.parts.extend(part.parts)
        elif part.level == 2 and part.title == title:
            found = replace(part, parts=list(part.parts))
    return found


def exercises(notebook):
    """Return the exercises in order: the sections of level 3 called "Exercise …"."""
    found = []
    for part in sections(notebook):
        match = _EXERCISE.fullmatch(part.title)
        if match and part.level == 3:
            found.append(Exercise(match[1], part))
    return found


def details(text):
    """Return (summary, content) of each <details>."""
    return [(summary.strip(), content) for summary, content in _DETAILS.findall(text)]


def without_code(text):
    """Return Markdown with each fenced block emptied and each code span shrunk to one backtick."""
    lines = ["" if fenced else line for line, fenced in _lines(text)]
    return re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "`", "\n".join(lines))


def _name(path, root):
    return path.relative_to(root).as_posix()


def _split(text):
    """Return (match of the heading, or None; what follows it) for each piece of Markdown."""
    pieces = [(None, [])]
    for line, fenced in _lines(text):
        heading = None if fenced else _HEADING.match(line)
        if heading:
            pieces.append((heading, []))
        else:
            pieces[-1][1].append(line)
    return [(heading, "\n".join(lines)) for heading, lines in pieces]


def _lines(text):
    """Yield each line and whether it belongs to a fenced block."""
    fence = None
    for line in text.splitlines():
        mark = _FENCE.match(line)
        if fence is None and mark:
            fence = mark[1]
            yield line, True
        elif fence and mark and line.strip().startswith(fence) and not line.strip(" `~"):
            fence = None
            yield line, True
        else:
            yield line, fence is not None
