"""Sphinx extension: the glossary can be entered by its Chinese names.

Each entry that has Chinese names gets an address, and below all entries a list leads from each name
to it. The names are in Unicode's order: Latin letters first, then Chinese by radical and stroke.
"""

from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from website import extension, words

GLOSSARY = "chapters/glossary"
CHINESE_TITLE, ADDRESS = "中文索引", "from-chinese"


class ChineseNames(SphinxTransform):
    # After the entries of missing chapters went (800); before contents are collected (880).
    default_priority = 850

    def apply(self, **_kwargs: Any) -> None:
        if self.env.docname == GLOSSARY and (names := list(add_addresses(self.document))):
            page = next(self.document.findall(nodes.section))
            page += look_up(sorted(names, key=lambda name: name[0].casefold()))


def add_addresses(document: nodes.document) -> Iterator[tuple[str, str, str]]:
    """Give each entry an id; yield (Chinese name, term, id) for each of its Chinese names."""
    for item in document.findall(nodes.list_item):
        term, chinese = next(item.findall(nodes.strong), None), chinese_in(item)
        if term is not None and chinese:
            if not item["ids"]:  # a translation's have come from the English page
                item["ids"] = [f"term-{nodes.make_id(term.astext())}"]
            address = item["ids"][0]
            yield from ((name, term.astext(), address) for name in chinese.split("、"))


def chinese_in(item: nodes.list_item) -> str:
    """What follows the first `<span lang="zh">` of an entry, as text; "" if there is none."""
    for raw in item.findall(nodes.raw):
        if raw.astext() == '<span lang="zh">':
            return raw.next_node(descend=False, siblings=True).astext()
    return ""


def look_up(names: list[tuple[str, str, str]]) -> nodes.section:
    """The section that leads from each Chinese name to its entry."""
    title = nodes.title("", "", _chinese(CHINESE_TITLE))
    if words.FROM_CHINESE != CHINESE_TITLE:  # a Chinese page says it once
        title.insert(0, nodes.Text(f"{words.FROM_CHINESE} "))
    listed = nodes.bullet_list("", bullet="-", classes=["look-up"])
    for name, term, address in names:
        link = nodes.reference("", "", _chinese(name), refid=address, internal=True)
        listed += nodes.list_item("", nodes.paragraph("", "", link, nodes.Text(f" {term}")))
    return nodes.section("", title, listed, ids=[ADDRESS], names=[ADDRESS])


def _chinese(text: str) -> nodes.inline:
    return nodes.inline("", text, classes=["language-zh"])  # which docutils writes as lang="zh"


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_transform(ChineseNames)
    return extension()
