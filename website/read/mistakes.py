"""Sphinx extension: each numbered mistake of a chapter has an address, `page.ipynb#mistake-3`.

Such a mistake is a paragraph below "What notes get wrong" that begins with `**3. …**`. It is no
heading, so MyST knows no address for it, and `pitfalls.md` could only lead to the whole section.
"""

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from website import extension

SECTION = "What notes get wrong"
_NUMBER = re.compile(r"(\d+)\. ")


def numbered(doctree: nodes.document) -> Iterator[tuple[str, nodes.paragraph]]:
    """Number and paragraph of each mistake in a chapter, in order."""
    for section in doctree.findall(nodes.section):
        if section[0].astext() != SECTION:
            continue
        for paragraph in section.findall(nodes.paragraph):
            number = _NUMBER.match(paragraph.astext())
            opening = next((part for part in paragraph if part.astext()), None)
            if number and isinstance(opening, nodes.strong):
                yield number[1], paragraph


def add_addresses(app: Sphinx, doctree: nodes.document) -> None:
    """Give the paragraphs ids, and MyST the links to them."""
    # MyST keeps (line, id, text) of each heading there, and looks links up in it.
    slugs = app.env.metadata[app.env.docname].setdefault("myst_slugs", {})
    for number, paragraph in numbered(doctree):
        name = f"mistake-{number}"
        paragraph["ids"].append(name)
        slugs[name] = (paragraph.line, name, paragraph.next_node(nodes.strong).astext())


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", add_addresses)
    return extension()
