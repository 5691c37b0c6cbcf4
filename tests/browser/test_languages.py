"""The pages in Chinese: the same as the English ones but for their words, and each a click away."""

import base64
import re

import pytest
from built_site import PAGES, SITE
from conftest import WIDE
from replay_reader import FRAMES, Reader
from test_pages import IN_PARTS, PHONE, ask, put

from benchmarks.axe import OF_COLOURS, violations
from utils._pack import with_texts

pytestmark = pytest.mark.site

CHINESE = SITE / "zh"
LINK = re.compile(r'(?:href|src)="([^"#?:]*)(?:\?[^"#]*)?(?:#([^"]+))?"')
CHAPTER = "chapters/03_learning_rate_decay.html"
SEEN = ["index.html", CHAPTER, "chapters/glossary.html"]
# Of that chapter's first explorer.
EXPLORER, KNOB, STOP = "draw_rate", "lr", "0.5"
SETTING = f"{EXPLORER}?{KNOB}={STOP}"
# Once a knob is where the address wants it: the language, the address, whether Chinese is said.
SHOWN = """async ([knob, stop]) => {
  const field = document.querySelector(`[name=${knob}]`);
  while (field.ariaValueText !== stop) await new Promise(requestAnimationFrame);
  const { lang } = document.documentElement;
  const sentence = document.querySelector("figure.explorer output").innerText;
  return [lang, location.hash, /[\u4e00-\u9fff]/.test(sentence)];
}"""
# The hits' addresses, when there are some, and how far the field's glass is from its text, px.
HITS = """async () => {
  const hits = () => [...document.querySelectorAll("#search-results li a")].map((one) => one.href);
  // They come one by one, and what is said of all of them last.
  while (!document.querySelector(".search-summary")?.textContent)
    await new Promise(requestAnimationFrame);
  const [glass, field] = ["i", "input"].map((part) =>
    document.querySelector(`main form ${part}`).getBoundingClientRect());
  return [hits(), field.left - glass.right];
}"""
MARKED = """async () => {
  const texts = (all) => [...document.querySelectorAll(all)].map((one) => one.textContent);
  while (!texts("span.highlighted").length) await new Promise(requestAnimationFrame);
  return [[...new Set(texts("span.highlighted"))], texts(".highlight-link")];
}"""
# Cells of tables in which Chinese stands on end, a character in each line.
ON_END = """() => {
  const lines = (box) => {
    while (box.firstElementChild) box = box.firstElementChild;
    const range = document.createRange();
    range.selectNodeContents(box);
    return new Set([...range.getClientRects()].map(({ top }) => top)).size;
  };
  return [...document.querySelectorAll("article :is(th, td)")]
    .filter((one) => /^\\s*[\u4e00-\u9fff]{2,}\\s*$/.test(one.textContent))
    .filter((one) => one.textContent.trim().length < 1.5 * lines(one))
    .map((one) => one.textContent);
}"""
# What would have to be scrolled to.
CUT = """() => [...document.querySelectorAll("article :is(pre, .pst-scrollable-table-container)")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"""
# No name of the code, and in no English sentence far away.
ENGLISH = re.compile(r"\b(the|of|is|are|and|to|with|after|from|it|on|by)\b")
# Sphinx writes these, in any language.
OWN = {"documentation_options.js", "translations.js", "language_data.js"}


def ids(name):
    return re.findall(r' id="([^"]+)"', (SITE / name).read_text("utf-8"))


def classes(name):
    text = (SITE / name).read_text("utf-8")
    return {one for found in re.findall(r' class="([^"]+)"', text) for one in found.split()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_the_english_addresses_and_marks(name):
    assert ids(f"zh/{name}") == ids(name)
    # So that the one style sheet has rules for both.
    assert classes(f"zh/{name}") == classes(name)
    assert '<html lang="zh-CN"' in (CHINESE / name).read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_all_links_lead_to_something(name):
    page = CHINESE / name
    text = page.read_text("utf-8")
    for path, anchor in set(LINK.findall(text)):
        if path.startswith("/"):
            continue  # 404.html knows where it stands
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        if anchor and target.suffix == ".html":
            assert f' id="{anchor}"' in target.read_text("utf-8"), (path, anchor)


@pytest.mark.parametrize("name", SEEN)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(page_at, server, name):
    wide = page_at(f"{server}/zh/{name}", viewport=WIDE)
    wide.wait_for_load_state("networkidle")
    for theme, rules in (("light", ()), ("dark", OF_COLOURS)):
        put(wide, theme)
        assert violations(wide, besides=IN_PARTS, only=rules) == []
    phone = page_at((CHINESE / name).as_uri(), **PHONE)
    phone.wait_for_load_state("load")
    assert ask(phone, "wide") == []
    assert ask(phone, "small") == []


def test_without_scripts_the_text_is_there(page_at, server):
    page = page_at(f"{server}/zh/{CHAPTER}", java_script_enabled=False)
    assert page.locator("article h1").inner_text().startswith("3. 学习率衰减")
    assert page.locator("figure.explorer").first.is_visible()


@pytest.mark.parametrize("hosted_or_not", ["server", "disk"])
def test_the_switch_keeps_the_place_and_what_a_knob_is_set_to(page_at, server, hosted_or_not):
    start = server if hosted_or_not == "server" else SITE.as_uri()
    page = page_at(f"{start}/{CHAPTER}#{SETTING}")
    label = page.locator("figure.explorer output").first
    page.wait_for_function(f"document.querySelector('[name={KNOB}]').ariaValueText === '{STOP}'")
    english = label.inner_text()
    for language in ("zh-CN", "en"):
        page.locator("a.language").click()
        page.wait_for_selector(f"html[lang={language}]")
        page.wait_for_function(
            f"document.querySelector('[name={KNOB}]').ariaValueText === '{STOP}'"
        )
        assert page.evaluate("location.hash") == f"#{SETTING}"
        assert bool(re.search("[\u4e00-\u9fff]", label.inner_text())) == (language == "zh-CN")
    assert label.inner_text() == english


def test_in_each_browser_the_switch_keeps_place_and_setting(reader, site):
    reader.open(f"{(site / 'index.html').as_uri()}#draw_valley?lr=0.08", height=100)
    for language in ("zh-CN", "en"):
        reader.follow("a.language")
        shown = reader.run(SHOWN, "lr", "0.08")
        assert shown == [language, "#draw_valley?lr=0.08", language == "zh-CN"]
    assert not reader.complaints


def test_in_each_browser_a_word_is_found_and_marked_whole(reader):
    reader.open(f"{(CHINESE / 'search.html').as_uri()}?q=学习率", height=100)
    found, gap = reader.run(HITS)
    assert gap > 0
    assert len(found) >= 2
    assert all("/zh/" in address for address in found)
    assert not reader.complaints
    reader.follow("#search-results a[href^='index.html']")
    assert reader.run(MARKED) == [["学习率"], ["隐藏搜索结果"]]


@pytest.mark.parametrize("name", [CHAPTER, "chapters/notation.html"])
def test_no_column_is_so_narrow_that_chinese_stands_on_end(page_at, name):
    assert page_at((CHINESE / name).as_uri(), **PHONE).evaluate(ON_END) == []


@pytest.mark.parametrize("folder", ["", "zh/"])
def test_nothing_is_cut_on_paper(page_at, folder):
    page = page_at((SITE / folder / CHAPTER).as_uri(), viewport={"width": 718, "height": 900})
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.emulate_media(media="print")
    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("name", PAGES)
def test_no_name_and_no_hint_is_left_in_english(name):
    text = (CHINESE / name).read_text("utf-8")
    said = set(re.findall(r' (?:title|aria-label|placeholder)="([A-Z][a-z]+[A-Za-z ]*)"', text))
    # The second is on paper only.
    assert said <= {"English", "Page"}


@pytest.mark.parametrize("word", ["学习率", "梯度下降", "权重", "轮"])
def test_chinese_words_are_found_and_lead_to_chinese_pages(page_at, server, word):
    page = page_at(f"{server}/zh/search.html?q={word}")
    page.wait_for_selector("#search-results li a")
    found = page.locator("#search-results li a").evaluate_all("(all) => all.map((one) => one.href)")
    assert len(found) >= 2
    assert all(address.startswith(f"{server}/zh/") for address in found)


def test_words_that_no_page_has_are_not_found(page_at, server):
    page = page_at(f"{server}/zh/search.html?q=红烧狮子头")
    page.wait_for_function("document.querySelector('.search-summary').textContent")
    assert page.locator("#search-results li").count() == 0


def test_each_explorer_speaks_chinese_at_every_position():
    explorers = {
        (path.name, match[1]): match[0]
        for path in CHINESE.rglob("*.html")
        for match in re.finditer(
            r'<figure class="explorer" id="(.*?)".*?</figure>', path.read_text("utf-8"), re.DOTALL
        )
    }
    assert len(explorers) > 1
    english = {name: in_english(markup) for name, markup in explorers.items()}
    assert {name: texts for name, texts in english.items() if texts} == {}


def in_english(explorer):
    """The texts that have a word of English, of those that its pictures and sentences take.

    And the first sentence, if it has no Chinese.
    """
    reader = Reader(explorer)
    texts = {reader.sentence}
    packed = base64.b64decode(FRAMES.search(explorer)[1])
    with_texts(packed, reader.stops, lambda text: texts.add(text) or text)
    found = {text for text in texts if ENGLISH.search(text)}
    return found if re.search("[\u4e00-\u9fff]", reader.sentence) else found | {reader.sentence}


def test_only_what_has_words_is_sent_twice():
    files = {path.name for path in (CHINESE / "_static").rglob("*") if path.is_file()}
    assert files - OWN == {"course.js", "replay.js"}
