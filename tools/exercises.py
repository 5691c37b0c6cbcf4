"""Write student copies: the course's notebooks without the solutions of their exercises.

`make exercises` puts them below _build/exercises, in folders as they are here, so that their links
to one another hold. Stubs and checks stay, and so does the quiz. Only Python is needed.
"""

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

from website.contents import chapters
from website.repository import configured

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "_build" / "exercises"
PAGES = "chapters/*.md"  # what the notebooks link to: the notation, the glossary, …

_SOLUTION = re.compile(
    r"<details>\s*<summary>\s*Solution\b(?:(?!<details>).)*?</details>\s*", re.DOTALL
)
_LEFT = re.compile(r"<summary>\s*Solution\b", re.IGNORECASE)
_LINK = re.compile(r'(\]\(\s*<?|(?:href|src)=")(?![a-z]+:|#|/)([^)\s>"#]+)')


def without_solutions(notebook: dict[str, Any], name: str) -> dict[str, Any]:
    """A copy of a notebook, given as its JSON, without the <details> called Solution.

    A cell that held nothing else goes with it; all other cells stay as they are.
    Raises: ValueError: a solution is not a <details> block of its own; `name` leads there.
    """
    student = copy.deepcopy(notebook)
    for number, cell in enumerate(student["cells"], start=1):
        if cell["cell_type"] == "markdown":
            _remove(cell, f"{name}, cell {number}")
    student["cells"] = [
        cell for cell in student["cells"] if cell["source"] or cell["cell_type"] != "markdown"
    ]
    return student


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


def _remove(cell: dict[str, Any], place: str) -> None:
    source = "".join(cell["source"])
    student = _SOLUTION.sub("", source)
    if _LEFT.search(student):
        raise ValueError(
            f"{place}: a solution would stay in the student copy. Write it as "
            "<details>, <summary>Solution…</summary>, text, </details>, with no <details> inside."
        )
    if student != source:
        cell["source"] = student.rstrip().splitlines(keepends=True)


def _student_text(path: Path, copied: set[str], elsewhere: str) -> str:
    text, folder = path.read_text(encoding="utf-8"), path.parent.relative_to(ROOT).as_posix()
    if path.suffix == ".md":
        return relink(text, folder, copied, elsewhere)
    notebook = without_solutions(json.loads(text), path.name)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            source = relink("".join(cell["source"]), folder, copied, elsewhere)
            cell["source"] = source.splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    written = write()
    print(*(path.relative_to(ROOT) for path in written), sep="\n")
    print(f"{len(written)} notebooks without solutions. The checks stay, with what they expect.")
