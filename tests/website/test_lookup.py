"""The glossary's way in from Chinese; on a built page it is in test_missing.py."""

import pytest
from docutils import nodes

from website.read import lookup


def entry(term, *parts):
    """An entry as MyST reads `- **term** (…)`: inline HTML is raw, one node for each tag."""
    inside = (
        nodes.raw("", part, format="html") if part.startswith("<") else nodes.Text(part)
        for part in parts
    )
    return nodes.list_item("", nodes.paragraph("", "", nodes.strong("", term), *inside))


UNIT = ("unit", " (", '<span lang="zh">', "神经元、单元", "</span>", "; also: neuron): So.")


def test_each_chinese_name_leads_to_its_entry():
    document = nodes.section("", nodes.bullet_list("", entry(*UNIT), entry("one-hot", "So.")))
    names = list(lookup.add_addresses(document))
    assert names == [("神经元", "unit", "term-unit"), ("单元", "unit", "term-unit")]
    assert [item["ids"] for item in document.findall(nodes.list_item)] == [["term-unit"], []]
    links = list(lookup.look_up(names).findall(nodes.reference))
    assert [(link.astext(), link["refid"]) for link in links] == [
        ("神经元", "term-unit"),
        ("单元", "term-unit"),
    ]
    assert [link.parent.astext() for link in links] == ["神经元 unit", "单元 unit"]


def test_a_chinese_page_names_the_list_once(monkeypatch):
    monkeypatch.setattr(lookup.words, "FROM_CHINESE", "中文索引")
    assert lookup.look_up([]).next_node(nodes.title).astext() == "中文索引"


@pytest.mark.parametrize(
    "parts",
    [
        ("bias", ": So."),
        ("bias", " (", "<b>", "偏置", "</b>", "): So."),
        ("bias", '<span lang="fr">', "biais", "</span>"),
    ],
)
def test_an_entry_without_chinese_has_none(parts):
    assert lookup.chinese_in(entry(*parts)) == ""
