"""Finding one's way: by keyboard, by search, and from chapter to chapter."""

import re

import pytest
import yaml
from built_site import ROOT, SITE, explorers_by_page

pytestmark = pytest.mark.site

CONTENTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
ORDER = [
    f"{name}.html"
    for name in (
        CONTENTS["root"],
        *(chapter["file"] for part in CONTENTS["parts"] for chapter in part["chapters"]),
    )
]
# What can be reached on a page, in its order; parts of a folded <details> cannot.
REACHABLE = """
figure.explorer :is(input, select, button), article summary, article .headerlink, .prev-next-area a
"""
# Each element that gets the focus: its place among REACHABLE (-1: none of them), how it looks
# different, and whether it comes after the one before.
WALK = """([reachable, start]) => {
  const look = (one) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    return [outlineStyle === "none" ? "0px" : outlineWidth, boxShadow].join(" ");
  };
  if (start) {
    const all = [...document.querySelectorAll("a, button, input, select, summary, [tabindex]")];
    window.walk = {
      rest: new Map(all.map((one) => [one, look(one)])),
      wanted: [...document.querySelectorAll(reachable)].filter((one) => one.checkVisibility()),
      last: null,
    };
    return window.walk.wanted.length;
  }
  const { rest, wanted, last } = window.walk;
  const here = document.activeElement;
  if (here === document.body || here === last) return null;
  window.walk.last = here;
  let seen = 1;
  for (let one = here; one; one = one.parentElement) seen *= getComputedStyle(one).opacity;
  const box = here.getBoundingClientRect();
  return {
    what: here.outerHTML.slice(0, 100),
    place: wanted.indexOf(here),
    shown: seen === 1 && box.width > 0 && box.height > 0 && look(here) !== rest.get(here),
    after: !last || Boolean(last.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING),
  };
}"""


@pytest.mark.parametrize("path", sorted(explorers_by_page()))
def test_the_keyboard_reaches_everything_in_order_and_one_sees_where(page_at, server, path):
    page = page_at(f"{server}/{path}", reduced_motion="reduce")
    page.wait_for_load_state("networkidle")
    wanted = page.evaluate(WALK, [REACHABLE, True])
    steps = []
    while len(steps) < 2000:
        page.keyboard.press("Tab")
        if (step := page.evaluate(WALK, [REACHABLE, False])) is None:
            break
        steps.append(step)
    assert "skip" in steps[0]["what"].lower() or "#main-content" in steps[0]["what"]
    assert [step["what"] for step in steps if not step["shown"]] == []
    assert [step["what"] for step in steps if not step["after"]] == []
    assert [step["place"] for step in steps if step["place"] >= 0] == list(range(wanted))


def test_the_skip_link_leads_to_the_text(page_at, server):
    page = page_at(f"{server}/{ORDER[1]}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#main-content")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")


# For each box of code that one sees: whether it scrolls, and whether the keyboard can reach it.
CODE = """(folded) => [...document.querySelectorAll("main pre")]
  .filter((box) => Boolean(box.closest("details:not([open])")) === folded)
  .map((box) => [box.scrollWidth > box.clientWidth, box.getAttribute("tabindex")])"""


def test_code_that_scrolls_is_reached_by_keyboard_once_it_is_unfolded(page_at, server):
    page = page_at(f"{server}/{ORDER[1]}", viewport={"width": 390, "height": 844})
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)  # the theme would set its own 300 ms after a change
    shown = page.evaluate(CODE, False)
    assert {tuple(one) for one in shown} == {(True, "0"), (False, None)}
    # What is folded was not measured: each would have been laid out for it.
    assert {index for _, index in page.evaluate(CODE, True)} == {None}
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    page.wait_for_function("document.querySelectorAll('main details pre[tabindex]').length")
    assert {tuple(one) for one in page.evaluate(CODE, False)} == {(True, "0"), (False, None)}


def text_of(path):
    """The words of a page's article, without its code, scripts and pictures."""
    html = (SITE / path).read_text("utf-8").partition("<article")[2].partition("</article>")[0]
    html = re.sub(r"<(script|svg|style)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html))


def headings_of(path):
    """The words of a page's headings, in lower case."""
    html = (SITE / path).read_text("utf-8")
    headings = re.findall(r"<h[1-3]>(.*?)</h[1-3]>", html, re.DOTALL)
    return [re.sub("<[^>]*>", "", heading).lower() for heading in headings]


def known(terms, has):
    """Term → the pages for which `has(term, page)`; without terms of chapters that are not here."""
    found = {term: {path for path in ORDER if has(term, path)} for term in terms}
    assert any(found.values()), f"no page has one of {terms}: choose others for this test"
    return {term: pages for term, pages in found.items() if pages}


def test_search_finds_each_page_that_has_the_term(page_at, server):
    terms = ["cross-entropy", "logit", "momentum", "He", "L2", "learning rate", "SELU", "sigmoid"]
    pages = known(terms, lambda term, path: re.search(rf"\b{term}\b", text_of(path), re.I))
    found = {term: set(search(page_at, server, term)) for term in pages}
    assert {term: pages[term] - found[term] for term in pages} == {term: set() for term in pages}


def test_search_puts_headings_first(page_at, server):
    terms = ["dead units", "cross-entropy", "learning-rate decay", "pitfalls"]
    pages = known(terms, lambda term, path: any(term in one for one in headings_of(path)))
    first = {term: search(page_at, server, term)[0] for term in pages}
    assert {term: path for term, path in first.items() if path not in pages[term]} == {}


def search(page_at, server, term):
    """The pages that the search page lists for a term, best first."""
    page = page_at(f"{server}/search.html")
    page.locator("main input[name=q]").fill(term)
    page.keyboard.press("Enter")
    page.wait_for_function(
        "document.querySelector('.search-summary')?.textContent.includes('found')"
    )
    links = page.locator("#search-results li > a").evaluate_all("(all) => all.map((a) => a.href)")
    return [re.sub(r"[?#].*", "", link).removeprefix(f"{server}/") for link in links]


@pytest.mark.parametrize("place", range(len(ORDER)))
def test_previous_and_next_name_the_chapter_they_lead_to(page_at, server, place):
    page = page_at(f"{server}/{ORDER[place]}")
    neighbours = {".left-prev": place - 1, ".right-next": place + 1}
    for direction, other in neighbours.items():
        link = page.locator(f".prev-next-area {direction}")
        if not 0 <= other < len(ORDER):
            assert link.count() == 0
            continue
        title = re.search(r"<h1>([^<]*)<a class=", (SITE / ORDER[other]).read_text("utf-8"))[1]
        assert link.locator(".prev-next-title").inner_text() == title
        assert link.evaluate("(one) => one.href") == f"{server}/{ORDER[other]}"
