"""The whole site, built in a copy of the repository: from nothing, again, and after an edit."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_cache import get_cache

from benchmarks.table import Row, at_most, duration, exactly
from utils.timing import timed

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Build:
    """Seconds of one build, and the notebooks it executed, as paths relative to the book."""

    seconds: float
    executed: set[str]


def the_whole_site() -> Iterator[Row]:
    """Three builds of a copy, so that the folder of the repository stays as it is."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder).resolve() / "book"
        copy(book)
        yield from three_builds(book)


def copy(book: Path) -> None:
    """Copy what git tracks or would track, as it is now, to the folder `book`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():  # not one that is tracked, but deleted
            (book / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, book / name)


def three_builds(book: Path) -> Iterator[Row]:
    """Build what has never been built; again; and after its first chapter has been edited."""
    cold = build(book)
    note = f"{len(cold.executed)} notebooks executed"
    yield at_most("site, cold", cold.seconds, 360, "s", note=note)
    again = build(book)
    yield at_most("site, unchanged", again.seconds, 15, "s")
    yield exactly("executed if unchanged", again.executed, set())
    chapter = min(path for path in cold.executed if path.startswith("chapters/"))
    _edit(book / chapter)
    edited = build(book)
    note = duration(edited.seconds)
    yield exactly(f"executed after editing {chapter}", edited.executed, {chapter}, note=note)


def build(book: Path) -> Build:
    """Build the site as `make book` does; raise RuntimeError with the log if that fails."""
    command = [sys.executable, "-m", "tools.build"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    before = _records(book)
    seconds, done = timed(
        lambda: subprocess.run(command, cwd=book, encoding="utf-8", check=False, **pipes)
    )
    if done.returncode:
        raise RuntimeError(
            f"A build of the copied book failed with status {done.returncode}; try make book. "
            f"Its log:\n{done.stdout}"
        )
    return Build(seconds, {path for path, _ in _records(book) - before})


def _records(book: Path) -> set[tuple[str, Any]]:
    """(path, time) of each execution whose outputs the build's cache keeps.

    From the cache and not from the log, whose wording is nobody's promise.
    """
    folder = book / "_build" / ".jupyter_cache"
    if not folder.exists():
        return set()
    records = get_cache(folder).list_cache_records()
    return {(Path(one.uri).relative_to(book).as_posix(), one.created) for one in records}


def _edit(path: Path) -> None:
    """Add a comment to the last code cell."""
    notebook = nbformat.read(path, as_version=4)
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    last.source += "\n# edited"
    nbformat.write(notebook, path)


MEASURES = (the_whole_site,)
