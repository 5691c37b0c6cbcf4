"""The printed book: links and ids of the joined document, and one print of the real site."""

import multiprocessing
import re
import unicodedata
from concurrent.futures import ProcessPoolExecutor

import pytest
from bs4 import BeautifulSoup
from notebooks import chapters
from pypdf import PdfReader

from tools import pdf
from tools.browser import find

CHAPTER = f"chapters/{chapters()[0].stem}"
PAGE = """<html><body><article class="bd-article"><section id="one"><h1>One</h1>
<p id="p"><a href="#one">here</a> <a href="two.html#deep">there</a> <a href="../index.html">home</a>
<a href="https://example.org/x#y">away</a> <a class="headerlink" href="#one">#</a></p>
<figure class="explorer" id="draw_x"><div class="knobs"><input id="draw_x-a"></div>
<svg><clipPath id="draw_x-0"></clipPath><path clip-path="url(#draw_x-0)"></path></svg>
<output>It falls.</output><script class="frames">eJx</script></figure>
<details><summary>Solution</summary>42</details></section></article></body></html>"""


@pytest.fixture
def article(tmp_path, monkeypatch):
    """The article of PAGE, as a built chapter."""
    (tmp_path / "chapters").mkdir()
    (tmp_path / "chapters" / "one.html").write_text(PAGE, encoding="utf-8")
    monkeypatch.setattr(pdf, "SITE", tmp_path)
    return pdf.article("chapters/one")


def test_links_lead_to_places_in_the_joined_document(article):
    assert [link["href"] for link in article.select("a")] == [
        "#chapters-one--one",
        "#chapters-two--deep",
        "#index",
        "https://example.org/x#y",
    ]


def test_ids_carry_their_page_and_what_names_them_follows(article):
    ids = [node["id"] for node in article.find_all(id=True)]
    assert ids == [f"chapters-one--{name}" for name in ("one", "p", "draw_x", "draw_x-0")]
    assert article.select_one("path")["clip-path"] == "url(#chapters-one--draw_x-0)"


def test_paper_gets_the_picture_and_its_sentence_without_knobs_and_scripts(article):
    assert article.select("script, .knobs, .headerlink") == []
    assert article.select_one("svg")
    assert article.select_one("output").text == "It falls."


def test_what_is_folded_away_is_open(article):
    assert article.select("details:not([open])") == []


def test_a_page_without_an_article_is_refused(tmp_path, monkeypatch):
    (tmp_path / "x.html").write_text("<html></html>", encoding="utf-8")
    monkeypatch.setattr(pdf, "SITE", tmp_path)
    with pytest.raises(ValueError, match=r"x\.html has no article\.bd-article"):
        pdf.article("x")


def write(*arguments):
    """Print in a process of its own: playwright, of which other tests keep one, allows no other."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pool.submit(pdf.write, *arguments).result()


def sections(document):
    """The titles of a page's sections, as paper shows them."""
    page = BeautifulSoup((pdf.SITE / f"{document}.html").read_text("utf-8"), "html.parser")
    for permalink in page.select(".headerlink"):
        permalink.decompose()
    return [" ".join(title.text.split()) for title in page.select("article h2")]


@pytest.mark.site
def test_the_contents_tell_the_pages_of_a_printed_chapter(tmp_path):
    target = tmp_path / "book.pdf"
    write(target, ["index", CHAPTER], find())
    texts = [" ".join(page.extract_text().split()) for page in PdfReader(target).pages]
    contents = texts[1]
    titles = [title for page in ("index", CHAPTER) for title in sections(page)]
    assert len(titles) > 5
    for title in titles:
        number = int(re.search(rf"{re.escape(title)} (\d+)", contents)[1])
        assert title in texts[number - 1]
        assert str(number) == texts[number - 1].split()[-1]


@pytest.mark.site
def test_a_printed_explorer_shows_its_first_sentence(tmp_path):
    page = pdf.SITE / f"{CHAPTER}.html"
    sentence = BeautifulSoup(page.read_text("utf-8"), "html.parser").select_one("output").text
    target = tmp_path / "book.pdf"
    write(target, [CHAPTER], find())
    text = " ".join(" ".join(page.extract_text().split()) for page in PdfReader(target).pages)
    assert sentence in unicodedata.normalize("NFKC", text)  # of "off" the font makes two signs
