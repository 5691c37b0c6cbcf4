"""Where the book must name a chapter or page so that a reader comes to it: contents, front page."""

import re

from tools.lint.notebooks import section

_ITEM = re.compile(r"^(\d+)\. \[[^\]]+\]\((chapters/[^)\s]+)\)", re.MULTILINE)


def is_in_contents(book):
    """Each chapter is in _toc.yml and in the front page's list, each page in _toc.yml.

    A chapter that only the list has was taken out: its line in _toc.yml was deleted.
    """
    items = {file for _, file in _items(book)}
    for file in sorted(book.chapters.keys() - items | book.pages.keys()):
        if not book.lists(file):
            yield f"{file}: _toc.yml does not list it; add `- file: {file.rpartition('.')[0]}`"


def is_on_the_front_page(book):
    """The list "The chapters" of index.ipynb has every chapter, by its number, in order."""
    items = _items(book)
    for file, notebook in book.chapters.items():
        item = (notebook.number, file)
        if item not in items:
            way_out = f'add `{item[0]}. [Title]({file}): …` to "The chapters"'
            yield f"{file}: the list of index.ipynb lacks it; {way_out}"
    if items != sorted(items, key=lambda item: int(item[0])):
        yield 'index.ipynb: "The chapters" are not in order; sort the list by its numbers'


def opens_with_title_and_paragraph(book):
    """The first lines of a page: its title, and a paragraph that describes it."""
    for file, text in book.pages.items():
        if not re.match(r"# .+\n\n[^\W\d_]", text):
            yield f"{file}: no title and description; begin with `# Title` and a paragraph"


def _items(book):
    found = section(book.notebooks["index.ipynb"], "The chapters")
    return _ITEM.findall(found.text) if found else []
