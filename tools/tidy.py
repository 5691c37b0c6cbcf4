"""Store the course's notebooks as it keeps them: `make tidy`, whatever program saved them.

JupyterLab, VS Code, PyCharm, Colab and jupytext add their own: outputs, a kernel's name, a cell's
looks, another nbformat, order or indentation. What an author wrote stays: cells, with their tags
and alternative texts. Only Python is needed.
"""

import itertools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from website.run.own_kernel import METADATA

ROOT = Path(__file__).resolve().parent.parent
KEPT = ("mystnb", "tags")  # of a cell's metadata

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def as_file(data: dict[str, Any]) -> str:
    """A notebook's file, as Jupyter writes it."""
    return json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def tidied(data: dict[str, Any]) -> dict[str, Any]:
    """A notebook's JSON as the course stores it; the same for what is stored so already.

    Raises: ValueError: this is no notebook, or one of an nbformat before 4.

    >>> cell = {"cell_type": "code", "metadata": {"collapsed": True}, "source": "a\\nb"}
    >>> tidied({"nbformat": 4, "cells": [cell]})["cells"][0]["source"]
    ['a\\n', 'b']
    """
    cells = data.get("cells") if isinstance(data, dict) and data.get("nbformat") == 4 else None
    if not isinstance(cells, list) or not all(map(_is_cell, cells)):
        raise ValueError(
            "not a notebook of nbformat 4. Open it in Jupyter, and save it from there."
        )
    while cells and cells[-1]["cell_type"] == "code" and not _text(cells[-1]).strip():
        cells = cells[:-1]  # opened by running the last cell
    stored = [_cell(cell, own) for cell, own in zip(cells, _ids(cells), strict=True)]
    return {"cells": stored, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}


def tidy(path: Path) -> bool:
    """Store the notebook in a file as the course does; return whether anything was to be done.

    Raises: ValueError: the file holds no notebook; it stays as it is.
    """
    before = path.read_bytes()
    try:
        data = json.loads(before.decode("utf-8-sig"))
    except ValueError as error:
        raise ValueError(
            f"its JSON breaks: {error}. If git could not merge it, take one side whole with "
            "`git checkout --ours` or `--theirs`, and make the other's changes again."
        ) from error
    after = as_file(tidied(data)).encode()
    if after != before:
        path.write_bytes(after)
    return after != before


def main(root: Path = ROOT) -> int:
    """Tidy all notebooks of the course in `root`; return 1 if one could not be read, else 0."""
    status = 0
    for path in _notebooks(root):
        name = path.relative_to(root).as_posix()
        try:
            if tidy(path):
                print(f"{name}: tidied")
        except ValueError as error:
            print(f"{name}: {error}", file=sys.stderr)
            status = 1
    return status


def _notebooks(root: Path) -> Iterator[Path]:
    yield root / "index.ipynb"
    yield from sorted(root.glob("chapters/[0-9_]*.ipynb"))


def _is_cell(cell: Any) -> bool:
    return (
        isinstance(cell, dict)
        and isinstance(cell.get("cell_type"), str)
        and isinstance(cell.get("source"), (str, list))
        and all(isinstance(cell.get(part, {}), dict) for part in ("metadata", "attachments"))
    )


def _cell(cell: dict[str, Any], own: str) -> dict[str, Any]:
    source, metadata = _text(cell), cell.get("metadata", {})
    stored = {
        "cell_type": cell["cell_type"],
        "id": own,
        "metadata": {key: metadata[key] for key in KEPT if metadata.get(key)},
        "source": source.splitlines(keepends=True),
    }
    if cell["cell_type"] == "code":
        return stored | {"execution_count": None, "outputs": []}
    attached = cell.get("attachments", {}).items()
    shown = {name: file for name, file in attached if f"attachment:{name}" in source}
    return stored | ({"attachments": shown} if shown else {})


def _text(cell: dict[str, Any]) -> str:
    """A cell's source, which may be a text or a list of lines, with any ends of lines."""
    return "".join(cell["source"]).replace("\r\n", "\n").replace("\r", "\n")


def _ids(cells: list[dict[str, Any]]) -> Iterator[str]:
    """An id for each cell: its own, where that is one and the first; Colab keeps it as metadata."""
    wanted = [cell.get("id") or cell.get("metadata", {}).get("id") for cell in cells]
    taken: set[str] = set()
    for number, own in enumerate(wanted, start=1):
        if not isinstance(own, str) or not _ID.fullmatch(own) or own in taken:
            fresh = (f"cell-{k}" for k in itertools.count(number))
            own = next(name for name in fresh if name not in taken and name not in wanted)
        taken.add(own)
        yield own


if __name__ == "__main__":
    sys.exit(main())
