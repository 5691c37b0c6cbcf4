"""A chapter can be taken out by deleting its line in _toc.yml, and put back.

That a link to a file that is not there at all stays a fault, test_extensions.py says among flaws.

First on a book of five short pages; then the real book is built without every second chapter, from
the outputs that `make book` kept, so that no notebook runs again.
"""

import re
import shutil
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest
from notebooks import INDEX, ROOT, chapters, read
from tiny_book import TinyBook

from website import contents
from website.finish.stale import stale
from website.read.lookup import ADDRESS
from website.words import NOT_IN_THIS_EDITION as REMARK

# --- the list of chapters -----------------------------------------------------------------------


def test_the_chapters_are_those_of_the_contents_in_their_order(tmp_path):
    (tmp_path / "_toc.yml").write_text(
        "root: index\nchapters:\n  - file: chapters/10_ten\n  - file: chapters/09_nine.ipynb \n"
        "# - file: chapters/08_out\n  - file: chapters/glossary\n",
        encoding="utf-8",
    )
    names = ["10_ten.ipynb", "09_nine.ipynb"]
    assert contents.chapters(tmp_path) == [tmp_path / "chapters" / name for name in names]


def test_make_runs_these_chapters():
    command = ["make", "--silent", "--eval", "said: ; @echo $(NOTEBOOKS)", "said"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [ROOT / name for name in said.split()] == [INDEX, *chapters()]


# --- a book of five pages -----------------------------------------------------------------------

PAGES = {
    "index.md": (
        "# Front\n\nWhy?\n\n9. [Nine](chapters/09_nine.md)\n10. [*T*en](chapters/10_ten.md)\n"
    ),
    "chapters/09_nine.md": "# 9. Nine\n\nWhat?\n\n- See [ten](10_ten.md#deep) (or\n  not).\n",
    "chapters/10_ten.md": "# 10. Ten\n\nHow?\n\n## Deep\n\nSo, and see [nine](09_nine.md).\n",
    "chapters/glossary.md": (
        "# Glossary\n\nWords of [ten](10_ten.md).\n\n"
        "## A\n\n- **apt**: [9](09_nine.md)\n"
        "- **arc**: both: [9](09_nine.md), [10](10_ten.md#deep)\n"
        "- **axe**: [10](10_ten.md)\n- **aye**: https://example.org\n"
        '- **ash** (<span lang="zh">灰、烬</span>; also: dust): [9](09_nine.md)\n'
        '- **asp** (<span lang="zh">蛇</span>): [10](10_ten.md)\n\n'
        "## B\n\n- **bay**: [10](10_ten.md)\n  - **bee**: [10](10_ten.md)\n\n"
        "## C\n\n|a|b|\n|-|-|\n|cab|[10](10_ten.md)|\n|cat|[10](10_ten.md)|\n\n"
        "## D\n\n|a|b|\n|-|-|\n|day|[9](09_nine.md)|\n|dew|[10](10_ten.md)|\n\n"
        "## Chapter 9\n\n|a|\n|-|\n|fig|\n\n"
        "## Chapter 10\n\n|a|\n|-|\n|gem|\n"
    ),
}
WHOLE = ["chapters/09_nine", "chapters/10_ten", "chapters/glossary"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """HTML of all pages: of the whole book, without chapter 10, and with it again."""
    book = TinyBook(tmp_path_factory.mktemp("missing") / "book")
    for name, text in PAGES.items():
        book.write(name, text)
    steps = []
    for documents in (WHOLE, [WHOLE[0], WHOLE[2]], WHOLE):
        book.write_toc(*documents)
        printed, succeeded = book.build()
        assert succeeded, printed
        site = book.root / "_build" / "html"
        steps.append(
            {
                path.relative_to(site).as_posix(): path.read_text("utf-8")
                for path in site.rglob("*.html")
            }
        )
    return steps


def article(html):
    """The text of a page's article, in one line, without the permalinks behind headings."""
    found = re.search(r"<article.*?</article>", html, re.DOTALL)[0]
    text = re.sub(r'<a class="headerlink".*?</a>|<[^>]+>', "", found, flags=re.DOTALL)
    return " ".join(unescape(text).split())


@pytest.mark.site
def test_a_link_says_what_is_missing(pages):
    _, without, _ = pages
    assert "Nine Ten (not in this edition)" in article(without["index.html"])
    assert "<em>T</em>en (not in this edition)" in without["index.html"]
    assert "See ten (not in this edition) (or not)." in article(without["chapters/09_nine.html"])
    assert "10_ten" not in "".join(without.values())


@pytest.mark.site
def test_what_serves_only_the_missing_chapter_is_left_out(pages):
    whole, without, _ = (site["chapters/glossary.html"] for site in pages)
    words = r"\b(apt|arc|axe|aye|bay|bee|cab|cat|day|dew|fig|gem)\b"
    assert len(re.findall(words, article(whole))) == 12
    assert re.findall(words, article(without)) == ["apt", "arc", "aye", "day", "fig"]
    assert "both: 9, 10 (not in this edition)" in article(without)
    titles = [re.sub("<[^>]+>", "", title) for title in re.findall(r"<h2>(.*?)<a class", without)]
    assert titles == ["A", "D", "Chapter 9", "From Chinese 中文索引"]
    assert without.count("<table") == 2
    # In the page's own contents beside it, too.
    assert dead_links(without, "chapters/glossary.html", pages[1]) == []


@pytest.mark.site
def test_chinese_names_and_the_filter_follow_the_chapters(pages):
    whole, without, _ = (site["chapters/glossary.html"] for site in pages)
    for html, names, numbers in ((whole, "灰烬蛇", ["9", "10"]), (without, "灰烬", ["9"])):
        rows = re.findall(r'href="#term-(\w+)"><span lang="zh">(.)</span></a> \1\b', html)
        assert sorted(name for _, name in rows) == sorted(names)
        assert re.findall(r'<option value="(\d+)">\1\. ', html) == numbers
        assert html.count('<form class="filter') == 1
    assert '<form class="filter' not in pages[0]["chapters/09_nine.html"]


@pytest.mark.site
def test_its_page_goes_and_all_pages_come_back_with_it(pages):
    whole, without, again = pages
    assert set(whole) - set(without) == {"chapters/10_ten.html"}
    assert again == whole


def dead_links(html, name, site):
    """Links of a page, given the HTML of all pages, that lead to no page or no place there."""
    dead = []
    for href in map(unescape, re.findall(r'href="([^"]+)"', html)):
        if re.match(r"[a-z]+:", href) or "_static" in href or "_sources" in href:
            continue
        path, _, place = href.partition("#")
        target = (Path("/") / name).parent / path if path else Path("/") / name
        found = site.get(str(target.resolve())[1:])
        if found is None or (place and f'id="{place}"' not in found):
            dead.append(f"{name}: {href}")
    return dead


def test_old_pages_and_sources_are_found_and_no_others(tmp_path):
    kept = [
        "a.html",
        "search.html",
        "c/b.html",
        "_sources/a.md",
        "_sources/c/b.ipynb",
        "_static/x.html",
    ]
    old = ["c/d.html", "_sources/c/d.ipynb", "_sources/old.md"]
    for name in kept + old:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = {path.relative_to(tmp_path).as_posix() for path in stale(tmp_path, {"a", "c/b"})}
    assert found == set(old)


# --- the real book ------------------------------------------------------------------------------

MISSING = chapters()[1::2]
PARTS = ("website", "tools", "utils", "chapters", "_static")
FILES = ("_config.yml", "_toc.yml", "index.ipynb", "requirements.txt")
LINK = re.compile(r"\[((?:[^\[\]]|\\.)*)\]\((?:chapters/)?(\w+\.ipynb)(?:#[^)]*)?\)")


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """The site without MISSING: the HTML of its pages, and what its build printed."""
    cache = ROOT / "_build" / ".jupyter_cache"
    if not (ROOT / "_build" / "html" / "index.html").exists():
        pytest.fail(f"There is no site in {ROOT / '_build'}: run make book")
    book = tmp_path_factory.mktemp("edition") / "book"
    for part in PARTS:
        shutil.copytree(ROOT / part, book / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copyfile(ROOT / name, book / name)
    shutil.copytree(cache, book / "_build" / ".jupyter_cache")
    text = (book / "_toc.yml").read_text("utf-8")
    for path in MISSING:
        text = re.sub(rf"^.*\b{path.stem}\b.*\n", "", text, flags=re.MULTILINE)
    (book / "_toc.yml").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "tools.build"]
    done = subprocess.run(command, cwd=book, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    site = book / "_build" / "html"
    html = {
        path.relative_to(site).as_posix(): path.read_text("utf-8") for path in site.rglob("*.html")
    }
    return html, done.stdout + done.stderr


@pytest.mark.site
def test_the_book_is_built_without_running_a_notebook(edition):
    _, printed = edition
    assert "Executed notebook in" not in printed
    assert "executing" not in printed


@pytest.mark.site
def test_nothing_leads_to_a_missing_chapter_or_nowhere(edition):
    html, _ = edition
    names = [path.stem for path in MISSING]
    assert [name for name in names for page in html.values() if f"{name}.html" in page] == []
    # The links of 404.html begin at the address where the site is published.
    names = html.keys() - {"404.html"}
    assert [dead for name in names for dead in dead_links(html[name], name, html)] == []


@pytest.mark.site
def test_every_notebook_says_what_is_missing(edition):
    html, _ = edition
    names = {path.name for path in MISSING}
    for path in (INDEX, *(path for path in chapters() if path not in MISSING)):
        source = "\n\n".join(cell.source for cell in read(path).markdown)
        words = [label for label, name in LINK.findall(source) if name in names]
        text = article(html[path.relative_to(ROOT).with_suffix(".html").as_posix()])
        assert text.count(REMARK) == len(words), path.name
        assert [label for label in words if f"{label}{REMARK}" not in text] == []


LOOKED_UP = ["pitfalls", "glossary", "references", "notation"]


def shown(html, page):
    """The HTML of the article of a page to look things up, as far as its author wrote it."""
    found = re.search(r"<article.*?</article>", html[f"chapters/{page}.html"], re.DOTALL)[0]
    return found.partition(f'<section id="{ADDRESS}"')[0]


def rows(page):
    """Heading, and for each link whether it is to a missing chapter, of each entry and row."""
    lines = (ROOT / "chapters" / f"{page}.md").read_text("utf-8").splitlines()
    names, heading = {path.name for path in MISSING}, ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        heading = line if line.startswith("#") else heading
        if line.startswith(("- ", "| ")) and not below.startswith("|-"):
            yield heading, [name in names for _, name in LINK.findall(line)]


@pytest.mark.site
@pytest.mark.parametrize("page", LOOKED_UP)
def test_a_page_to_look_things_up_keeps_what_serves_a_chapter(edition, page):
    html, _ = edition
    own = {f"## Chapter {int(path.stem.partition('_')[0])}" for path in MISSING}
    kept = [
        links for heading, links in rows(page) if heading not in own and not (links and all(links))
    ]
    found = shown(html, page)
    assert found.count("<tr") - found.count("<thead") + found.count("<li") == len(kept)
    assert found.count(REMARK) == sum(map(sum, kept))


@pytest.mark.site
@pytest.mark.parametrize("page", LOOKED_UP)
def test_no_heading_is_left_with_nothing_below(edition, page):
    html, _ = edition
    _, *sections = shown(html, page).split("<h2>")
    assert sections
    assert [one[:60] for one in sections if "<td" not in one and "<li" not in one] == []
