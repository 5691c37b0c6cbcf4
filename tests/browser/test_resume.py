"""The front page leads back to where a reader left off, from what this browser alone remembers."""

import json
from pathlib import Path

import pytest
from built_site import SITE

pytestmark = pytest.mark.site

CHAPTER = sorted((SITE / "chapters").glob("[0-9]*.html"))[-1:]
KEPT = "Object.entries(localStorage).filter(([key]) => key.startsWith('place '))"
ON_PAGE = Path(__file__).with_name("on_page.js").read_text(encoding="utf-8").strip()


@pytest.fixture
def chapter(page_at, server):
    """Return a chapter, as yet not scrolled, and its path."""
    path = f"chapters/{CHAPTER[0].name}"
    return page_at(f"{server}/{path}"), path


def scroll_to(page, number):
    """Bring a section's heading to the top; return its id and title once the place is kept."""
    page.evaluate(
        "(i) => document.querySelectorAll('article h2')[i].scrollIntoView({behavior: 'instant'})",
        number,
    )
    heading = page.locator("article h2").nth(number)
    section = heading.evaluate("(one) => one.parentElement.id")
    page.wait_for_function(
        f"(id) => {KEPT}.some(([, kept]) => JSON.parse(kept).section === id)", arg=section
    )
    return section, heading.evaluate("(one) => one.firstChild.textContent")


def test_a_reader_returns_to_the_section(chapter, server):
    page, path = chapter
    assert page.evaluate(KEPT) == []
    scroll_to(page, 1)
    section, title = scroll_to(page, 3)
    page.goto(f"{server}/index.html")
    line = page.locator(".resume")
    number = int(path.removeprefix("chapters/")[:2])
    assert line.inner_text() == f"Continue: chapter {number}, {title}"
    assert page.evaluate(f"({ON_PAGE}).shift()") <= 0.02
    line.locator("a").click()
    page.wait_for_url(f"{server}/{path}#{section}")
    assert page.locator(".resume").count() == 0


def test_nothing_is_offered_to_who_has_not_been_here(page_at, server):
    page = page_at(f"{server}/index.html")
    assert page.locator(".resume").is_hidden()
    assert page.evaluate(KEPT) == []


def test_above_the_first_section_the_chapter_itself_is_offered(chapter, server):
    page, path = chapter
    page.evaluate("scrollTo(0, 1)")
    page.wait_for_function(f"{KEPT}.length === 1")
    page.goto(f"{server}/index.html")
    assert page.locator(".resume a").get_attribute("href") == f"{path}#"
    name = page.locator(f"nav.bd-links a[href='{path}']").inner_text()
    assert (
        page.locator(".resume").inner_text() == f"Continue: chapter {name.replace('. ', ', ', 1)}"
    )


@pytest.mark.parametrize(
    "kept",
    [
        "{",
        "null",
        "7",
        json.dumps({"page": "https://example.org/", "section": "", "title": ""}),
        json.dumps({"page": "javascript:alert(1)", "section": "", "title": ""}),
        json.dumps({"page": "chapters/99_gone.html", "section": "", "title": ""}),
    ],
)
def test_what_leads_nowhere_is_forgotten(page_at, server, kept):
    page = page_at(f"{server}/index.html")
    page.evaluate("(kept) => localStorage.setItem('place /', kept)", kept)
    page.reload()
    assert page.locator(".resume").is_hidden()
    assert page.evaluate(KEPT) == []


def test_a_hostile_title_is_text(page_at, server):
    page = page_at(f"{server}/index.html")
    title = "<img src=x onerror=alert(1)>"
    kept = {"page": f"chapters/{CHAPTER[0].name}", "section": "x y", "title": title}
    page.evaluate("(kept) => localStorage.setItem('place /', kept)", json.dumps(kept))
    page.reload()
    assert page.locator(".resume").inner_text().endswith(title)
    assert page.locator("img[src=x]").count() == 0


def test_a_browser_that_keeps_nothing_is_left_alone(chapter, server):
    page, _ = chapter
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full'); }; }"
    )
    page.evaluate("scrollTo(0, 3000)")
    assert page.locator(".resume img").count() == 0
    assert page.evaluate(KEPT) == []
