"""The files that have texts, each as a function of its translations."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.tidy import as_file
from tools.translate import markdown, places, python
from tools.translate.scripts import rewrite_html, rewrite_js, rewrite_lines

Translate = Callable[[str, str, str], str]  # (context, text, kind) → text

# Catalogs that hold the texts of several files; every page of the book has one of its own.
SHARED = {
    "utils": ("utils/*.py", "utils/answers/*.py", "utils/*.js"),
    "site": (
        "_config.yml",
        "_toc.yml",
        "website/words.py",
        "website/templates/**/*.html",
        "website/templates/*.js",
        "_static/*.js",
    ),
}


def catalogs(root: Path) -> dict[str, list[Path]]:
    """The name of each catalog, and the files whose texts it holds."""
    pages = [*root.glob("index.ipynb"), *sorted((root / "chapters").glob("[0-9a-z]*.*"))]
    pages += root.glob("README.md")
    own = {page.stem.lower(): [page] for page in pages if page.suffix in (".ipynb", ".md")}
    return own | {
        name: sorted(path for pattern in patterns for path in root.glob(pattern))
        for name, patterns in SHARED.items()
    }


def rewrite(path: Path, translate: Translate) -> str:
    """The text of a file with `translate(context, text, kind)` in the place of each of its texts.

    The context is a cell's id; in a page the address of a section, elsewhere the file's name.

    Raises: ValueError: a translation would change more than texts.
    """
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        return _notebook(text, translate)
    if path.suffix == ".md":
        return _page(text, translate)
    if path.suffix == ".yml" or path.name == "words.py":
        return rewrite_lines(text, lambda old, kind: translate(path.name, old, kind))
    if path.suffix == ".py":
        public = path.parent.name == "utils" and not path.stem.startswith("_")
        return python.rewrite_module(path.stem, text, translate, documents=public)
    write = rewrite_js if path.suffix == ".js" else rewrite_html
    return write(text, lambda old, kind: translate(path.name, old, kind))


def marks(text: str) -> dict[str, Any]:
    """Where the messages are in the code of a notebook, for `website/run/marked.py`.

    Returns: "messages", a list of (context, text, kind), and "cells": id, source and marks of each
    cell of code. A mark is line and column of a literal, number of its message, and text → number
    of what is looked up within the fields of an f-string.
    """
    cells = _cells(json.loads(text))
    names = places.Notebook.of(_code(cells))
    numbers: dict[tuple[str, ...], int] = {}
    found = []

    def number(*message: str) -> int:
        return numbers.setdefault(message, len(numbers))

    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            rows = [
                (line, column, number(*message), {key: number(*one) for key, one in keys.items()})
                for line, column, message, keys in _marks(cell["id"], source, names)
            ]
            found.append((cell["id"], source, rows))
    return {"messages": list(numbers), "cells": found}


def _marks(cell, source, names):
    return python.marks(cell, source, names) if python.is_python(source) else ()


def _cells(data):
    """The cells that have texts."""
    return [cell for cell in data["cells"] if "set-up" not in cell["metadata"].get("tags", [])]


def at_home_in(language: str, text: str) -> str:
    """A notebook's file whose set-up cell fetches the course's branch for a language, and says so.

    >>> at_home_in("zh_CN", "--branch=main")
    '--branch=zh'
    """
    short = language.partition("_")[0]
    text = text.replace('"utils.set_up()"', f'"utils.set_up(\\"{short}\\")"')
    return re.sub(r'--branch=[^"\\]+', f"--branch={short}", text)


def _notebook(text, translate):
    data = json.loads(text)
    cells = _cells(data)
    names = places.Notebook.of(_code(cells))
    for cell in cells:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            source = python.rewrite(cell["id"], source, names, translate)
        else:
            source = _markdown(cell["id"], source, names, translate)
        cell["source"] = source.splitlines(keepends=True)
        image = cell["metadata"].get("mystnb", {}).get("image", {})
        if "alt" in image:
            image["alt"] = translate(cell["id"], image["alt"], "alternative text")
    names.keep_apart(translate)
    return as_file(data)


def _code(cells):
    """Pairs of a cell's id and a piece of its code: a cell of code, or a block in Markdown."""
    for cell in cells:
        source = "".join(cell["source"])
        pieces = [source] if cell["cell_type"] == "code" else markdown.code(source)
        yield from ((cell["id"], piece) for piece in pieces if python.is_python(piece))


def _page(text, translate):
    """A page of Markdown: the context is the address of its section of level 2."""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    names = places.Notebook()
    return "".join(_markdown(_section(part), part, names, translate) for part in parts)


def _section(part):
    title = re.match(r"## (.*)", part)
    return re.sub(r"[^\w-]", "", title[1].lower().replace(" ", "-")) if title else "title"


def _markdown(context, source, names, translate):
    written = markdown.rewrite(
        source,
        lambda text, kind: translate(context, text, kind),
        lambda block: (
            python.rewrite(context, block, names, translate) if python.is_python(block) else block
        ),
    )
    if written != source and markdown.blocks(written) != markdown.blocks(source):
        raise ValueError(
            f"tools.translate: cell {context!r} would have other blocks, such as a list where a "
            'title is. A text must not begin as a list or a title does ("3. ", "- ", "# ").'
        )
    return written
