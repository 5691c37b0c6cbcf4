"""Which languages a site has, where their pages are, and how Chinese is searched for."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import sphinx.locale

from website.languages import ENGLISH, Language, languages
from website.page.language import THEIRS, ask_us_last, offered
from website.page.search import SearchPairs
from website.page.sheet import pages_of
from website.read.mathml import characters, to_mathml


def test_each_folder_of_catalogs_is_a_language(tmp_path):
    assert languages(tmp_path) == [ENGLISH]
    for name in ("zh_CN", "fr"):
        (tmp_path / "locale" / name).mkdir(parents=True)
    assert [(one.tag, one.folder) for one in languages(tmp_path)] == [
        ("en", ""),
        ("fr", "fr/"),
        ("zh-CN", "zh/"),
    ]


def test_a_page_leads_to_itself_in_each_language(tmp_path):
    assert offered(tmp_path, ENGLISH, "index.html", "https://a.org/") == []
    (tmp_path / "locale" / "zh_CN").mkdir(parents=True)
    english, chinese = offered(tmp_path, Language("zh_CN"), "chapters/x.html", "https://a.org/")
    assert english["link"] == "../../chapters/x.html"
    assert chinese["full"] == "https://a.org/zh/chapters/x.html"
    assert (english["short"], chinese["short"]) == ("EN", "中文")


def test_what_a_catalog_lacks_is_said_in_our_words(monkeypatch):
    monkeypatch.setattr("sphinx.locale.translators", {})
    monkeypatch.setattr("website.page.language.translators", sphinx.locale.translators)
    sphinx.locale.init([Path(sphinx.__file__).parent / "locale"], "zh_CN")
    monkeypatch.setitem(THEIRS, "Link to this heading", "此标题的链接")
    monkeypatch.setitem(THEIRS, "Search", "不是我")
    say = sphinx.locale.get_translation("sphinx")
    assert str(say("Link to this heading")) == "Link to this heading"
    ask_us_last(None)
    assert str(say("Link to this heading")) == "此标题的链接"
    assert str(say("Search")) == "搜索"


def test_pages_of_another_language_are_another_site(tmp_path):
    for name in ("index.html", "chapters/a.html", "zh/index.html", "zh/chapters/a.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "searchindex.js").touch()
    (tmp_path / "zh/searchindex.js").touch()
    assert [path.relative_to(tmp_path).as_posix() for path in pages_of(tmp_path)] == [
        "chapters/a.html",
        "index.html",
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="runs a page's script in Node")
def test_the_index_has_every_word_that_a_query_becomes():
    """The page's own script splits what is looked for; the index must have been split alike."""
    search = SearchPairs({})
    indexed = set(search.split("用 Adam 训练：学习率、梯度下降，float_32 的第 3 轮（权重）。"))
    queries = ["学习率", "梯度下降", "权重", "轮", "Adam 学习率", "float_32", "学习率，权重"]
    script = f"{search.js_splitter_code}\nconsole.log(JSON.stringify({queries}.map(splitQuery)))"
    said = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    for query, words in zip(queries, json.loads(said.stdout), strict=True):
        assert words, query
        assert set(words) <= indexed, query
    assert "降低" not in indexed


def test_chinese_in_a_formula_needs_no_letter_of_the_math_font():
    assert characters(to_mathml(r"\text{和} + 1", display=False)) == {ord("+"), ord("1")}
