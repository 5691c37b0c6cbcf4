"""Sphinx extension: a page of a translation has the addresses and the marks of the English one.

Both have the same blocks in the same order (tools/translate sees to it), so what English words made
in the English page, ids of headings and classes of boxes, is copied from there, place by place.
`original` of _config.yml says where the English course is; it has been built already.
"""

import pickle
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.transforms import SphinxTransform

from website import extension
from website.read.lookup import ADDRESS
from website.read.places import place

COPIED = ("ids", "names", "classes")
# What holds blocks. Within all others, such as the outputs of a cell, nothing is looked for.
_HOLDS = (
    nodes.document, nodes.section, nodes.block_quote, nodes.bullet_list, nodes.enumerated_list,
    nodes.list_item, nodes.table, nodes.tgroup, nodes.thead, nodes.tbody, nodes.row, nodes.entry,
)  # fmt: skip


class OriginalError(SphinxError):
    """A page that is not built as the English one is."""

    category = "Translation"


class CopyMarks(SphinxTransform):
    # After what serves missing chapters went (800), before the entries of the glossary are looked
    # up (850) and addresses are resolved (879).
    default_priority = 840

    def apply(self, **_kwargs: Any) -> None:
        if not self.config.original:
            return
        built = Path(self.env.srcdir, self.config.original, "_build", ".doctrees")
        path = built / f"{self.env.docname}.doctree"
        self.env.note_dependency(str(path))
        with path.open("rb") as stored:
            original = pickle.load(stored)
        for english, here in pairs(original, self.document):
            if type(english) is not type(here):
                raise OriginalError(
                    f"{place(self.env, self.env.docname, here)}: a {_kind(here)} where the English "
                    f"page has a {_kind(english)}. Let the translation have the same blocks."
                )
            for name in COPIED:
                here[name] = list(english[name])
        slugs = _environment(built / "environment.pickle").metadata[self.env.docname]
        self.document.myst_slugs = slugs.get("myst_slugs", {})
        self.env.metadata[self.env.docname]["myst_slugs"] = self.document.myst_slugs


def pairs(english: nodes.Element, here: nodes.Element) -> Iterator[tuple[nodes.Node, nodes.Node]]:
    """Each block of the English page, and what stands in its place here; what holds others first.

    Where one has more blocks than the other, the rest is paired with an empty text.
    """
    if not isinstance(english, nodes.document):
        yield english, here
    if not isinstance(english, _HOLDS) or type(english) is not type(here):
        return
    ours, theirs = _blocks(here), _blocks(english)
    missing = nodes.Text("")
    missing.parent = here
    for i in range(max(len(ours), len(theirs))):
        yield from pairs(
            theirs[i] if i < len(theirs) else missing, ours[i] if i < len(ours) else missing
        )


def _blocks(node: nodes.Element) -> list[nodes.Element]:
    """The blocks in a node, without those that are made later or have no place of their own."""
    return [
        one
        for one in node
        if not isinstance(one, nodes.Text | nodes.comment | addnodes.toctree | nodes.Invisible)
        and not isinstance(one, nodes.Inline)
        and ADDRESS not in one["ids"]
    ]


def _kind(node: nodes.Node) -> str:
    return node.tagname.strip("#") if node.parent is None or str(node) else "lack of one"


@cache
def _environment(path: Path) -> BuildEnvironment:
    with path.open("rb") as stored:
        return pickle.load(stored)


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_transform(CopyMarks)
    return extension()
