"""Print the faults of notebooks and pages (none named: of the whole book), a sentence for each.

With --number, number the captions of figures in order instead, and rename them wherever they are
named. With --strip, take out of notebooks what Jupyter adds when it saves: outputs and metadata.
"""

import argparse
import sys
from pathlib import Path

from tools.lint import faults
from tools.lint.figures import as_file, number_figures
from tools.lint.notebooks import ROOT, Book
from tools.lint.stored import stripped


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Return the exit status: 1 if there is a fault, else 0.

    Raises: SystemExit: a file is no part of the book, or cannot be read or numbered.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.lint", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="chapters/03….ipynb")
    parser.add_argument("--number", action="store_true", help="number the figures")
    parser.add_argument("--strip", action="store_true", help="clear outputs and metadata")
    options = parser.parse_args(arguments)
    try:
        book = Book.read(root)
        files = [_in_book(book, root, file) for file in options.files]
        if options.strip:
            return _strip(book, root, files)
        if options.number:
            return _number(book, root, files)
    except ValueError as error:
        parser.error(str(error))
    found = [fault for fault in faults(book) if _concerns(fault, files)]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def _strip(book: Book, root: Path, files: list[str]) -> int:
    for file, notebook in book.notebooks.items():
        data = stripped(notebook.data)
        if file in (files or book.notebooks) and data != notebook.data:
            (root / file).write_text(as_file(data), encoding="utf-8")
            print(f"{file}: stripped")
    return 0


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
