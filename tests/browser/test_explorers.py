"""Every explorer of every built page: its markup, its presets, its colours, and without scripts.

The explorers are found in the built site, so that a new one is tested without being named here.
That every knob moves, and that nothing is wider than a phone, test_three_browsers.py asks of them;
what replay.js promises besides, test_replay_js.py asks of explorers made for it.
"""

import re

import pytest
from built_site import SITE, explorers_by_page
from in_page import run

pytestmark = pytest.mark.site

EXPLORERS = explorers_by_page()


@pytest.fixture(params=sorted(EXPLORERS))
def path(request):
    """Return the path of one page that has explorers."""
    return request.param


@pytest.fixture
def names(path):
    """Return the ids of the page's explorers."""
    return EXPLORERS[path]


@pytest.fixture
def page(page_at, site, path):
    """Return the page, read from the disk."""
    return page_at((site / path).as_uri())


def test_the_site_has_explorers(site):
    assert EXPLORERS, f"no page in {site} has an explorer: run make book"


def test_ids_are_unique(path):
    ids = re.findall(r'\sid="([^"]*)"', (SITE / path).read_text("utf-8"))
    assert sorted(ids) == sorted(set(ids))


def test_markup(page, names):
    for name in names:
        parts = run(
            page,
            """(t, id) => ({
              tag: t.figure(id).tagName,
              pictures: [...t.figure(id).querySelectorAll("svg")].map((one) =>
                one.getAttribute("role") === "img" && one.getAttribute("aria-label") !== ""),
              outputs: t.figure(id).querySelectorAll("output").length,
              labels: t.knobs(id).map((f) => [...f.labels].map((label) => label.textContent)),
              names: t.knobs(id).map((f) => [f.name]),
            })""",
            name,
        )
        assert (parts["tag"], parts["outputs"]) == ("FIGURE", 1)
        assert all(parts["pictures"])
        assert parts["labels"] == parts["names"] != []


# From the first knob to the sentence's end, and the least and greatest size of 10-point letters.
SIGHT = """() => [...document.querySelectorAll("figure.explorer")].map((figure) => {
  const pictures = [...figure.querySelectorAll("svg[role=img]")];
  const top = figure.querySelector(".knobs").getBoundingClientRect().top;
  const letters = pictures.map((one) => (10 * one.getScreenCTM().a));
  return {
    name: figure.id,
    height: figure.querySelector("output").getBoundingClientRect().bottom - top,
    letters: [Math.min(...letters), Math.max(...letters)],
    pictures: pictures.length,
  };
})"""
BAR = 56  # pixels of the page's own at the top


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_knobs_pictures_and_sentence_are_in_sight_together(page_at, site, path, width, height):
    """On a phone four pictures are not: they scroll, with letters that can be read."""
    page = page_at((site / path).as_uri(), viewport={"width": width, "height": height})
    for seen in page.evaluate(SIGHT):
        low, high = seen["letters"]
        assert 10.9 < low <= high < 16.1, seen
        if seen["pictures"] < 4 or width > height:
            assert seen["height"] <= height - BAR, seen


def test_presets_jump(page, names):
    for name in names:
        assert run(page, "ready", name)
        for button in page.locator(f"[id='{name}'] .preset").all():
            button.focus()
            page.keyboard.press("Enter")
            now = run(page, "async (t, id) => (await t.drawn(), t.look(id))", name)
            assert now["sentence"] == now["alternative"]
            state = button.evaluate("(node) => JSON.parse(node.dataset.state)")
            knobs = [knob["name"] for knob in run(page, "describe", name)]
            assert {knob: now["at"][knobs.index(knob)] for knob in state} == state


def test_without_scripts_the_first_picture_stands_there(page_at, site, path, names):
    page = page_at((site / path).as_uri(), java_script_enabled=False)
    for name in names:
        figure = page.locator(f"[id='{name}']")
        picture = figure.locator("svg").first
        assert picture.bounding_box()["width"] > 200
        assert figure.locator("output").is_visible()
        assert figure.locator("output").text_content() == picture.get_attribute("aria-label")
        for control in figure.locator("input, select, button").all():
            assert not control.is_visible()
    # A solution that is folded away shows its formulas when it is opened, without scripts, too.
    formulas = page.locator("math:not(details:not([open]) *)")
    boxes = formulas.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect())")
    assert len(boxes) == formulas.count()
    assert [box for box in boxes if min(box["width"], box["height"]) <= 0] == []


def test_curves_and_letters_follow_the_theme(page, names):
    seen = {}
    for mode in ("light", "dark"):
        page.evaluate("(mode) => document.documentElement.dataset.theme = mode", mode)
        seen[mode] = {name: run(page, "colours", name) for name in names}
    for name in names:
        light, dark = seen["light"][name], seen["dark"][name]
        # What lies on a map has the map's colours, which are the same in both themes.
        assert light["curves"] or light["map"], f"{name} has no curve in a colour of the theme"
        assert [
            pair for pair in zip(light["curves"], dark["curves"], strict=True) if len(set(pair)) < 2
        ] == []
        assert light["text"] != dark["text"]
