"""Which chapters this edition has, as _toc.yml says; so their list is written in one place.

A chapter is taken out by deleting its line there. `python -m website.contents` prints the list, one
path a line; only Python is needed.
"""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTENTS = "_toc.yml"

# A chapter's document is known by its number, of any length; it is also the chapter's number.
CHAPTER = re.compile(r"chapters/(\d+)_\w+")
_LINE = re.compile(rf"^ *- file: ({CHAPTER.pattern})(?:\.ipynb)? *$", re.MULTILINE)


def chapters(root: Path = ROOT) -> list[Path]:
    """The notebooks of the chapters that the course in `root` has, in the order of its contents."""
    text = (root / CONTENTS).read_text(encoding="utf-8")
    return [root / f"{match[1]}.ipynb" for match in _LINE.finditer(text)]


if __name__ == "__main__":
    print(*(path.relative_to(ROOT).as_posix() for path in chapters()), sep="\n")
