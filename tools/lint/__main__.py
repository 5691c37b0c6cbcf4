"""Print the faults of notebooks and pages (none named: of the whole book), a sentence for each.

With --number, number the captions of figures in order instead, and rename them wherever they are
named.
"""

import argparse
import sys
from pathlib import Path

from tools.lint import faults
from tools.lint.figures import number_figures
from tools.lint.notebooks import ROOT, Book


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Return the exit status: 1 if there is a fault, else 0.

    Raises: SystemExit: a file is no part of the book, or cannot be read or numbered.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.lint", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="chapters/03….ipynb")
    parser.add_argument("--number", action="store_true", help="number the figures")
    options = parser.parse_args(arguments)
    try:
        book = Book.read(root)
        files = [_in_book(book, root, file) for file in options.files]
        if options.number:
            return _number(book, root, files)
    except ValueError as error:
        parser.error(str(error))
    found = [fault for fault in faults(book) if _concerns(fault, files)]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def _number(book: Book, root: Path, files: list[str]) -> int:
    for file, text in number_figures(book, files).items():
        (root / file).write_text(text, encoding="utf-8")
        print(f"{file}: figures renumbered")
    return 0


def _in_book(book: Book, root: Path, file: str) -> str:
    path = Path(file).resolve()
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else file
    if name not in book.notebooks | book.pages:
        raise ValueError(
            f"{file} is no part of the book. Name index.ipynb, chapters/_template.ipynb, "
            "chapters/NN_name.ipynb or a page, chapters/notation.md."
        )
    return name


def _concerns(fault: str, files: list[str]) -> bool:
    return not files or fault.startswith(tuple(f"{file}{end}" for file in files for end in ":,"))


if __name__ == "__main__":
    sys.exit(main())
