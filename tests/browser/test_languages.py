"""The pages in Chinese: the same as the English ones but for their words, and each a click away."""

import re

import pytest
from built_site import PAGES, SITE
from conftest import WIDE
from test_pages import IN_PARTS, PHONE, ask, put

from benchmarks.axe import violations

pytestmark = pytest.mark.site

CHINESE = SITE / "zh"
LINK = re.compile(r'(?:href|src)="([^"#?:]*)(?:\?[^"#]*)?(?:#([^"]+))?"')
CHAPTER = "chapters/03_learning_rate_decay.html"
SEEN = ["index.html", CHAPTER, "chapters/glossary.html"]
# Of that chapter's first explorer.
EXPLORER, KNOB, STOP = "draw_rate", "lr", "0.5"
SETTING = f"{EXPLORER}?{KNOB}={STOP}"
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
    for theme in ("light", "dark"):
        put(wide, theme)
        assert violations(wide, besides=IN_PARTS) == []
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


def test_only_what_has_words_is_sent_twice():
    files = {path.name for path in (CHINESE / "_static").rglob("*") if path.is_file()}
    assert files - OWN == {"course.js", "replay.js"}
