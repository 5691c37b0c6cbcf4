"""The whole site, built in a copy of the repository: from nothing, again, and after three edits."""

import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nbformat

from benchmarks.table import Row, at_most, duration, exactly
from benchmarks.timing import timed
from website.run.execution import reach

ROOT = Path(__file__).resolve().parent.parent
# One module that few notebooks reach, and one that all with a figure do.
MODULES = ("utils/data.py", "utils/plotting.py")
_EXECUTED = re.compile(r"^(.+\.ipynb): Executed notebook in", re.MULTILINE)


@dataclass(frozen=True)
class Build:
    """Seconds of one build, and the notebooks it executed, as paths relative to the book."""

    seconds: float
    executed: set[str]


def rows() -> list[Row]:
    """Five builds: a row for each, and one more for what the unchanged one executed."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder).resolve() / "book"
        copy(book)
        cold, again = build(book), build(book)
        note = f"{len(cold.executed)} notebooks executed"
        return [
            at_most("site, cold", cold.seconds, 300, "s", note=note),
            at_most("site, unchanged", again.seconds, 15, "s"),
            exactly("executed if unchanged", again.executed, set()),
            _after_editing_a_chapter(book, cold.executed),
            *(_after_editing(module, book, cold.executed) for module in MODULES),
        ]


def copy(book: Path) -> None:
    """Copy what git tracks or would track, as it is now, to the folder `book`."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():  # not one that is tracked, but deleted
            (book / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, book / name)


def build(book: Path) -> Build:
    """Build the site as `make book` does; raise RuntimeError with the log if that fails."""
    program = Path(sys.executable).with_name("jupyter-book")
    command = [program, "build", ".", "-n", "-W", "--keep-going"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    seconds, done = timed(
        lambda: subprocess.run(command, cwd=book, encoding="utf-8", check=False, **pipes)
    )
    if done.returncode:
        raise RuntimeError(
            f"benchmarks.build: a build of the copied book failed with status {done.returncode}. "
            f"Mend what its log says, and try it with make book:\n{done.stdout}"
        )
    paths = {Path(path).relative_to(book) for path in _EXECUTED.findall(done.stdout)}
    return Build(seconds, {path.as_posix() for path in paths})


def _after_editing_a_chapter(book: Path, notebooks: set[str]) -> Row:
    """Add a comment to the code of the first chapter: it alone must run again."""
    chapter = min(path for path in notebooks if path.startswith("chapters/"))
    notebook = _read(book / chapter)
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    last.source += "\n# edited"
    nbformat.write(notebook, book / chapter)
    return _rebuilt(chapter, book, {chapter})


def _after_editing(module: str, book: Path, notebooks: set[str]) -> Row:
    """Add a comment to a module of `utils`: the notebooks that reach it must run again."""
    path = book / module
    reaching = {one for one in notebooks if path in reach(_read(book / one), book)}
    path.write_text(path.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    return _rebuilt(module, book, reaching)


def _rebuilt(edited: str, book: Path, wanted: set[str]) -> Row:
    again = build(book)
    executed, reaching = ({Path(path).stem for path in paths} for paths in (again.executed, wanted))
    what = f"executed after editing {edited}"
    return exactly(what, executed, reaching, note=duration(again.seconds))


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)
