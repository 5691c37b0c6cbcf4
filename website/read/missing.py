"""Sphinx extension: a chapter that _toc.yml does not list is missed, but breaks nothing.

A link to it becomes its words and a remark. In the pages to look things up, what serves only such a
chapter is left out: list items and table rows all of whose links lead there, sections titled
by a chapter's number, "Chapter 3" in any language, and then every table, list and section in which
nothing is left. A chapter is missing if its file lies with the others; a link to a file that is not
there stays a fault.
"""

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from website import extension, words
from website.contents import CHAPTER

_TITLE = re.compile(r"[^\d.]+(\d+)[^\d.]*")
# What remains of a section or a table that holds nothing any more.
_FRAME = (nodes.title, nodes.colspec, nodes.thead)


class MissingChapters(SphinxTransform):
    # After the toctree was inserted (100); before titles and contents are collected (880).
    default_priority = 800

    def apply(self, **_kwargs: Any) -> None:
        if self.env.docname != self.config.root_doc and not _number(self.env.docname):
            for useless in list(self._useless()):
                _remove(useless)
        for link in list(_links(self.document)):
            if self._misses(link):
                link.replace_self([*link[0].children, nodes.Text(words.NOT_IN_THIS_EDITION)])

    def _useless(self) -> Iterator[nodes.Element]:
        """What serves missing chapters alone."""
        there = {_number(docname) for docname in self.env.found_docs}
        for section in self.document.findall(nodes.section):
            number = _TITLE.fullmatch(section[0].astext())
            if number and int(number[1]) not in there:
                yield section
        for kind in (nodes.list_item, nodes.row):
            for row in self.document.findall(kind):
                links = list(_links(row))
                if links and all(map(self._misses, links)):
                    yield row

    def _misses(self, link: addnodes.pending_xref) -> bool:
        return bool(_number(link["reftarget"])) and link["reftarget"] not in self.env.found_docs


def _number(docname: str) -> int | None:
    """The number of a chapter; none if the document is no chapter."""
    match = CHAPTER.fullmatch(docname)
    return int(match[1]) if match else None


def _links(node: nodes.Element) -> Iterator[addnodes.pending_xref]:
    """Links to documents; MyST makes one of each relative link to a file that is there."""
    return (link for link in node.findall(addnodes.pending_xref) if link["refdomain"] == "doc")


def _remove(node: nodes.Element) -> None:
    """Take a node out, and whatever is only a frame without it."""
    parent = node.parent
    if node not in parent.children:
        return  # gone already, with what was around it
    parent.remove(node)
    if all(isinstance(left, _FRAME) for left in parent):
        _remove(parent)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_transform(MissingChapters)
    return extension()
