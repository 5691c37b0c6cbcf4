"""Every built page: light, still, clean, and open to all, within the budgets of `make bench`.

What takes the real tools and minutes (Lighthouse, all of axe-core on all elements) is `make audit`.
"""

import re
from pathlib import Path

import pytest
from built_site import PAGES, SITE
from conftest import WIDE, open_guarded

from benchmarks.axe import OF_COLOURS, violations

pytestmark = pytest.mark.site

ON_PAGE = Path(__file__).with_name("on_page.js").read_text(encoding="utf-8").strip()
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
KB = 500
# A picture, a formula, a listing has thousands of elements; what axe could say of them it says of
# their box, or `contrasts` does, which knows their colours.
IN_PARTS = "svg[role=img], math, .highlight pre"


@pytest.fixture(scope="module", params=PAGES)
def name(request):
    """Return the path of one page."""
    return request.param


@pytest.fixture(scope="module")
def first_visit(browser, hosted, name):
    """Return the page, wide, its guard, the kilobytes that came with gzip, and what jumped."""
    hosted.sent.clear()
    page, guard = open_guarded(browser, hosted.address + name, {"viewport": WIDE})
    page.wait_for_load_state("networkidle")
    yield page, guard, sum(hosted.sent) / 1000, ask(page, "shift")
    page.context.close()


@pytest.fixture(scope="module")
def first_visit_by_phone(browser, hosted, name):
    """Return the page, on a phone, and what jumped."""
    page, _ = open_guarded(browser, hosted.address + name, PHONE)
    page.wait_for_load_state("load")
    yield page, ask(page, "shift")
    page.context.close()


@pytest.fixture
def wide(first_visit):
    """Return the page on a wide screen; what a test does to it ends with the test."""
    yield first_visit[0]
    restore(first_visit[0])


@pytest.fixture
def phone(first_visit_by_phone):
    """Return the page on a phone; what a test does to it ends with the test."""
    yield first_visit_by_phone[0]
    restore(first_visit_by_phone[0])


def restore(page):
    """Undo what the tests below do to a page, also where one of them has failed half-way."""
    page.emulate_media(reduced_motion="no-preference")
    page.evaluate(
        """() => {
          document.documentElement.dataset.theme = "light";
          document.documentElement.style.fontSize = "";
          document.querySelectorAll("details.dropdown").forEach((one) => (one.open = false));
          document.querySelectorAll("dialog[open]").forEach((one) => one.close());
        }"""
    )


def ask(page, question):
    """What on_page.js answers."""
    return page.evaluate(f"(window.onPage ??= {ON_PAGE}).{question}()")


def put(page, theme):
    """Give the page a theme, at once."""
    page.emulate_media(reduced_motion="reduce")  # or colours would still be on their way
    page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)


def test_a_first_visit_is_light(first_visit):
    assert first_visit[2] <= KB


def test_nothing_is_asked_elsewhere_and_nothing_complained_of(first_visit):
    assert first_visit[1].complaints == []


def test_nothing_jumps(first_visit, first_visit_by_phone):
    assert max(first_visit[-1], first_visit_by_phone[-1]) <= 0.02


@pytest.mark.parametrize(("theme", "rules"), [("light", ()), ("dark", OF_COLOURS)])
def test_axe_finds_nothing(wide, theme, rules):
    put(wide, theme)
    assert violations(wide, besides=IN_PARTS, only=rules) == []


def test_axe_finds_nothing_on_a_phone(phone):
    assert violations(phone, besides=IN_PARTS) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_curves_stand_out(wide, theme):
    put(wide, theme)
    found = ask(wide, "contrasts")
    assert len(found) >= 3
    assert [one for one in found if one["ratio"] < (3 if one["large"] else 4.5)] == []
    assert min(ask(wide, "curves")) >= 3


def test_targets_are_as_large_as_a_finger(phone):
    assert ask(phone, "small") == []


def test_a_phone_does_not_scroll_sideways(phone):
    assert ask(phone, "wide") == []


def test_text_of_twice_the_size_does_not_scroll_sideways(wide):
    wide.evaluate("document.documentElement.style.fontSize = '200%'")
    assert ask(wide, "wide") == []


def test_large_text_on_a_phone_does_not_scroll_sideways(phone):
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    assert ask(phone, "wide") == []


@pytest.mark.parametrize(
    "handle", ["summary", ".primary-toggle", ".secondary-toggle", ".search-button"]
)
def test_what_opens_on_a_phone_is_as_large_as_a_finger(phone, name, handle):
    """Menus open below their button, drawers and the search over the page."""
    for button in phone.locator(f".bd-header-article {handle}").all():
        button.click()
        if name == "search.html" and handle == ".search-button":
            assert phone.evaluate("document.activeElement.matches('main input')")
            continue  # it has a field of its own
        opened = phone.locator(".dropdown[open], dialog[open]")
        assert opened.count() == 1
        assert ask(phone, "small") == []
        phone.keyboard.press("Escape")
        assert opened.count() == 0


def test_no_markdown_is_left_as_it_was_typed(name):
    """A table that a cell returns is a table; a link is a link."""
    not_prose = r"<(script|pre|code)\b.*?</\1>|<strong>[\w, ]*\*\*\w+</strong>|<[^>]*>"  # **knobs
    text = re.sub(not_prose, " ", (SITE / name).read_text("utf-8"), flags=re.S)
    assert re.findall(r".{0,40}(?:\|\s*:?-{3,}|\]\([\w./#-]+\)|\*\*\w).{0,40}", text) == []
