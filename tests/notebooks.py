"""The course's notebooks, as the rules read them, and notebooks made for tests."""

from tools.lint.notebooks import (
    INDEX,
    ROOT,
    TEMPLATE,
    Book,
    Notebook,
    exercises,
    read,
)
from website.contents import chapters

__all__ = [
    "INDEX",
    "ROOT",
    "TEMPLATE",
    "Book",
    "Notebook",
    "build",
    "chapters",
    "code",
    "exercises",
    "markdown",
    "read",
    "shelf",
]


def markdown(source):
    """Return the JSON of a Markdown cell, for notebooks made in tests."""
    return {"cell_type": "markdown", "id": "x", "metadata": {}, "source": source}


def code(source, *tags, **metadata):
    """Return the JSON of a code cell, for notebooks made in tests."""
    metadata |= {"tags": list(tags)} if tags else {}
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "x",
        "metadata": metadata,
        "outputs": [],
        "source": source,
    }


def build(*cells, name="03_made.ipynb", **changes):
    """Return a notebook made of cells; each gets an id of its own."""
    data = {
        "cells": [cell | {"id": f"cell-{n}"} for n, cell in enumerate(cells)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return Notebook(name, data | changes)


def shelf(*notebooks, contents="", answers=(), **pages):
    """Return a book of notebooks and of pages, which are named as in chapters/, without .md."""
    files = {n.name if n.name == "index.ipynb" else f"chapters/{n.name}": n for n in notebooks}
    pages = {f"chapters/{name}.md": text for name, text in pages.items()}
    return Book(files, pages, dict(answers), contents)
