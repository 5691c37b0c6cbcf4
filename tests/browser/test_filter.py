"""The filter of the long pages to look things up: by words, by chapter, without a server."""

import re

import pytest

pytestmark = pytest.mark.site

# Page → its entries.
ENTRIES = {"pitfalls": "article tbody tr", "glossary": "article section section li:has(strong)"}
LOOK = """(entries) => [...document.querySelectorAll(entries)].map((one) => ({
  text: one.textContent.toLowerCase(),
  chapters: [...one.querySelectorAll("a")].map((link) => parseInt(link.href.split("/").at(-1))),
  shown: one.checkVisibility(),
}))"""
# Types a word; returns how many entries have it, how many are shown, and what is said of it.
TYPE = """([entries]) => {
  const all = [...document.querySelectorAll(entries)];
  const form = document.querySelector("form.filter");
  form.elements.words.value = "THE";
  form.elements.words.dispatchEvent(new Event("input", { bubbles: true }));
  return [
    all.filter((one) => one.textContent.toLowerCase().includes("the")).length,
    all.filter((one) => one.checkVisibility()).length,
    form.querySelector("output").textContent,
  ];
}"""
WORDS, CHAPTER, COUNT = "form.filter input", "form.filter select", "form.filter output"


@pytest.fixture(params=sorted(ENTRIES))
def name(request):
    return request.param


@pytest.fixture
def page(page_at, server, name):
    return page_at(f"{server}/chapters/{name}.html")


def look(page, name):
    return page.evaluate(LOOK, ENTRIES[name])


def shown(page, name):
    """The texts of the entries that are shown; the count says how many they are."""
    entries = look(page, name)
    texts = [entry["text"] for entry in entries if entry["shown"]]
    said = page.locator(COUNT).inner_text()
    count = f"{len(texts)} of {len(entries)} " if len(texts) < len(entries) else f"{len(texts)} "
    assert said.startswith(count), said
    return texts


def test_only_entries_with_all_words_are_shown(page, name):
    texts = shown(page, name)
    assert len(texts) == len(look(page, name)) > 5
    first, *_, last = re.findall("[a-z]{4,}", texts[len(texts) // 2])
    page.fill(WORDS, f" {last}  {first.upper()}")
    fitting = [text for text in texts if first in text and last in text]
    assert 0 < len(fitting) < len(texts)
    assert shown(page, name) == fitting
    page.fill(WORDS, "")
    assert shown(page, name) == texts


def test_only_entries_of_the_chapter_are_shown(page, name):
    numbers = page.locator(f"{CHAPTER} option").evaluate_all("(all) => all.map((o) => o.value)")
    assert numbers[0] == ""
    assert len(numbers) > 1
    for number in numbers[1:]:
        page.select_option(CHAPTER, number)
        entries = look(page, name)
        fitting = [entry["text"] for entry in entries if int(number) in entry["chapters"]]
        assert shown(page, name) == fitting != []


@pytest.mark.parametrize(
    ("pattern", "typed"),
    [
        (r"\b[a-z]+is(?:e|ation)\b", lambda word: word.replace("is", "iz")),
        (r"\b[a-z]{3,} [a-z]{3,}\b", lambda words: words.replace(" ", "-")),
        (r"\b[a-z]+-[a-z]+\b", lambda words: words.replace("-", " ")),
    ],
    ids=["American", "with a hyphen", "without"],
)
def test_other_spellings_find_the_books_words(page, name, pattern, typed):
    written = re.search(pattern, " | ".join(shown(page, name)))[0]
    page.fill(WORDS, written)
    found = shown(page, name)
    assert any(written in text for text in found)
    page.fill(WORDS, typed(written))
    assert shown(page, name) == found


def test_parts_in_which_nothing_is_left_go_with_their_headings(page, name):
    page.fill(WORDS, "qqq")
    assert shown(page, name) == []
    assert page.locator(COUNT).inner_text().endswith("or another chapter")
    assert page.locator("article h2:visible").count() == 0
    page.get_by_role("button", name="Show all").click()
    assert page.locator("article h2:visible").count() == page.locator("article h2").count() > 1
    assert page.evaluate("document.activeElement.name") == "words"


def test_it_is_used_by_keyboard_and_by_its_labels(page, name):
    url = page.url
    page.get_by_label("Words").press_sequentially("the")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.get_by_label("Chapter").evaluate("(one) => one === document.activeElement")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert len(shown(page, name)) == len(look(page, name))
    assert page.url == url
    assert page.get_by_role("status").inner_text() == page.locator(COUNT).inner_text()
    assert page.get_by_role("button", name="Show all").is_disabled()


@pytest.mark.parametrize("again", [False, True], ids=["first", "again"])
def test_a_link_to_what_is_hidden_shows_all(page, again):
    # Not the last one, which leads to a part that is too short to come to the window's top.
    link = page.locator(".bd-sidebar-secondary nav a").nth(4)
    if again:  # the address stays as it is
        link.click()
    page.fill(WORDS, "qqq")
    link.click()
    target = link.get_attribute("href")
    assert page.url.endswith(target)
    assert page.locator(target).locator("h2").first.is_visible()
    assert page.locator(target).evaluate("(one) => one.getBoundingClientRect().top") < 200
    assert page.input_value(WORDS) == ""


def test_who_comes_back_finds_what_the_fields_say(page, name):
    page.fill(WORDS, "the")
    page.locator(ENTRIES[name] + ":visible a").first.click()
    page.wait_for_url(re.compile(r"/\d+_\w+\.html"))
    page.go_back()
    page.wait_for_function(f"document.querySelector('{COUNT}')?.value")
    words = page.input_value(WORDS)
    assert all(words in text for text in shown(page, name))


def test_it_works_in_each_browser_and_from_a_folder(reader, site, name):
    reader.open((site / "chapters" / f"{name}.html").as_uri())
    fitting, found, said = reader.run(TYPE, ENTRIES[name])
    assert 0 < fitting == found
    assert said.startswith(f"{found} of ")
    assert reader.complaints == []


def test_without_scripts_all_is_shown_and_no_filter(page_at, server, name):
    page = page_at(f"{server}/chapters/{name}.html", java_script_enabled=False)
    assert page.locator("form.filter").is_hidden()
    entries = page.locator(ENTRIES[name])
    assert entries.count() > 5
    assert entries.first.is_visible()
    assert entries.last.is_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_it_fits_and_can_be_hit(page_at, server, name, width):
    size = {"width": width, "height": 800}
    page = page_at(f"{server}/chapters/{name}.html", viewport=size)
    before = page.locator("article h2").first.bounding_box()
    page.fill(WORDS, "the")
    assert page.locator("article h2").first.bounding_box()["y"] == before["y"]
    for one in page.locator("form.filter :is(input, select, button)").all():
        box = one.bounding_box()
        assert box["height"] >= 44
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_letters_on_the_way_to_a_chinese_word_hide_nothing(page, name):
    page.evaluate(
        """(field) => {
          window.field = document.querySelector(field);
          window.field.value = "qqq";
          const letters = { isComposing: true, bubbles: true };
          window.field.dispatchEvent(new InputEvent("input", letters));
        }""",
        WORDS,
    )
    assert len(shown(page, name)) == len(look(page, name))
    page.evaluate("field.dispatchEvent(new CompositionEvent('compositionend', {bubbles: true}))")
    assert shown(page, name) == []


def test_a_chinese_name_leads_to_its_entry(page_at, server):
    page = page_at(f"{server}/chapters/glossary.html")
    listed = page.locator(".look-up a")
    assert listed.count() > 5
    link = listed.last
    chinese, target = link.inner_text(), link.get_attribute("href")
    assert link.locator("[lang=zh]").inner_text() == chinese
    link.click()
    assert page.url.endswith(target)
    assert page.locator(target).locator("[lang=zh]").inner_text().split("、").count(chinese) == 1
    page.fill(WORDS, chinese)
    assert page.locator(target).is_visible()
    assert page.locator(".look-up").is_hidden()
