"""Pages that somebody else touches: a browser's translator, extensions, a script that comes twice.

The translators of Chromium and Firefox do not run here. A stand-in does what they do to a page:
each text gets an element around it.
"""

import pytest
from in_page import run
from made import EVERYTHING, SMALL, draw_everything, draw_small, page_of

pytestmark = pytest.mark.site

NAMES = ["draw_everything", "draw_small"]
# What Google's translator makes of a text: <font><font>text</font></font>.
TRANSLATE = """(everything) => {
  const found = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  while (found.nextNode()) texts.push(found.currentNode);
  for (const text of texts) {
    const kept = text.parentElement.closest("[translate=no], .notranslate, script, style");
    if (!text.data.trim() || (kept && !everything) || kept?.matches("script, style")) continue;
    const [outer, inner] = [document.createElement("font"), document.createElement("font")];
    text.replaceWith(outer);
    outer.append(inner);
    inner.append(`«${text.data}»`);
  }
}"""
EXTENSION = """() => {
  const make = (name) => document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const figure of document.querySelectorAll("figure.explorer")) {
    const picture = figure.querySelector("svg[role=img]");
    figure.prepend(make("svg")); // a button with an icon over each picture
    for (const name of ["title", "style", "desc"]) picture.prepend(make(name));
    picture.querySelector("g").prepend(document.createElement("span"));
    for (const node of picture.querySelectorAll("*")) node.setAttribute("data-seen", "1");
  }
}"""
TOUCHES = {"translator": f"({TRANSLATE})(false)", "wild": f"({TRANSLATE})(true)",
           "extension": f"({EXTENSION})()"}  # fmt: skip
# What an extension adds of its own is no part of the picture.
OURS = """async (t, id, to) => {
  const { sentence, at } = await t.move(id, to);
  const pictures = [...t.figure(id).querySelectorAll("svg[role=img]")].map((svg) => {
    const own = svg.cloneNode(true);
    own.querySelectorAll("title, style, desc, span").forEach((one) => one.remove());
    own.querySelectorAll("font").forEach((one) => one.replaceWith(one.textContent));
    own.normalize();
    return [own, ...own.querySelectorAll("*")].map((node) => {
      node.removeAttribute("data-seen");
      // An attribute that was away and came back stands last.
      const attributes = [...node.attributes].map(({ name, value }) => `${name}="${value}"`);
      const text = node.childElementCount ? "" : node.textContent;
      return `<${node.tagName} ${attributes.sort().join(" ")}>${text}`;
    });
  });
  return [sentence, at, ...pictures.flat()].map((one) => `${one}`.replace(/[«»]/g, ""));
}"""


@pytest.fixture(scope="module")
def html():
    """Return the page as it was sent."""
    return page_of((draw_everything, EVERYTHING), (draw_small, SMALL))


@pytest.fixture
def open_page(page_at, html, tmp_path):
    """Return a function that opens the page, with something in it that runs first, or twice."""

    def opened(before="", after=""):
        path = tmp_path / "index.html"
        path.write_text(
            html.replace("<script>", f"<script>{before}</script><script>", 1) + after,
            encoding="utf-8",
        )
        page = page_at(path.as_uri())
        assert [name for name in NAMES if not run(page, "ready", name)] == []
        return page

    return opened


def stops(page, name):
    """All positions in which one knob is elsewhere, and then the first again."""
    start = run(page, "look", name)["at"]
    for number, knob in enumerate(run(page, "describe", name)):
        for i in range(len(knob["labels"])):
            yield [*start[:number], i, *start[number + 1 :]]
    yield start


def seen(page, name, positions):
    return [run(page, OURS, name, position) for position in positions]


@pytest.mark.parametrize("touch", TOUCHES.values(), ids=TOUCHES)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_page_that_was_touched_shows_every_position(open_page, touch, when):
    clean = open_page()
    if when == "before":  # the explorers' script starts when the page has been read
        page = open_page(
            before=f"document.addEventListener('DOMContentLoaded', () => {{ {touch} }})"
        )
    else:
        page = open_page()
        page.evaluate(touch)
    for name in NAMES:
        positions = list(stops(clean, name))
        assert seen(page, name, positions) == seen(clean, name, positions)


def test_texts_of_buttons_can_be_pressed_after_a_translation(open_page):
    page = open_page()
    page.evaluate(TOUCHES["translator"])
    page.locator(".preset font font").first.click()
    assert run(page, "look", "draw_everything")["at"][0] == 4
    page.locator(".play font font").click()
    assert page.locator(".play").text_content() == "Pause"
    page.locator("#draw_small .link font font").click()
    page.wait_for_function("document.querySelector('#draw_small [role=status]').textContent")


def test_a_translation_leaves_pictures_and_names_of_knobs(open_page):
    page = open_page()
    page.evaluate(TOUCHES["translator"])
    assert page.locator("svg font, .knob label font").count() == 0
    assert page.locator("output font").count() > 0


def test_options_that_were_translated_keep_their_names_in_links(open_page):
    page = open_page(
        before=f"document.addEventListener('DOMContentLoaded', () => {{ {TOUCHES['wild']} }})"
    )
    run(page, "move", "draw_everything", [1, 1, 1, 1])
    page.wait_for_function("location.hash.includes('draw_everything')")
    assert "%C2%AB" not in page.url  # the stand-in's quotation mark


def test_a_script_that_comes_twice_plays_once(open_page, html):
    script = html.partition("<script>")[2].partition("</script>")[0]
    page = open_page(after=f"<script>{script}</script>")
    page.locator(".play").click()
    assert page.locator(".play").text_content() == "Pause"
