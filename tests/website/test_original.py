"""A translation's pages have the English addresses and marks, and nothing runs for them."""

import re

import polib
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

RUNS = "with open('one.runs', 'a') as runs: runs.write('|')"
BOX = "> **Predict.** More or less?"
TEXTS = {  # of the only chapter
    "1. One": "1. 一",
    "Does it find the way?": "它找得到路吗？",
    "Reading and doing: an hour.": "阅读加动手：一小时。",
    "The first step": "第一步",
    "**Predict.** More or less?": "**预测。** 多还是少？",
    "What notes get wrong": "笔记里常见的错误",
    "**1. A trap.** See [the step](#the-first-step).": (
        "**1. 陷阱。** 见[第一步](#the-first-step)。"
    ),
}
CHAPTER = """# 1. One

Does it find the way?

Reading and doing: an hour.

## The first step

> **Predict.** More or less?

## What notes get wrong

**1. A trap.** See [the step](#the-first-step)."""
FRONT = "# Front\n\nTo [the trap](chapters/1_one.ipynb#mistake-1)."


def translate(book, name, texts):
    """Write the catalog of a page; all messages are of its only cell of Markdown."""
    catalog = polib.POFile(wrapwidth=0)
    for text, translation in texts.items():
        catalog.append(polib.POEntry(msgctxt="cell-0", msgid=text, msgstr=translation))
    book.write(f"locale/zh_CN/{name}.po", str(catalog))


@pytest.fixture
def bilingual(tiny):
    tiny.write_notebook("index.ipynb", new_markdown_cell(FRONT))
    tiny.write_notebook(
        "chapters/1_one.ipynb", new_markdown_cell(CHAPTER), new_code_cell(RUNS + "\n40 + 2")
    )
    tiny.write_toc("chapters/1_one")
    translate(tiny, "1_one", TEXTS)
    return tiny


# The English build ends when the Chinese one has, or fails after ten minutes.
WAITS = """
import time

def _wait(app, _error):
    if not app.config.original:
        end = time.monotonic() + 600
        done = Path(app.outdir, "../languages/zh_CN/_build/html/objects.inv")
        while not done.exists():
            assert time.monotonic() < end, "no translation is built meanwhile"
            time.sleep(0.1)

def _setup_and_wait(app, setup=setup):
    app.connect("build-finished", _wait)
    return setup(app)

setup = _setup_and_wait
"""


def ids(html):
    return re.findall(r' id="([^"]+)"', html)


@pytest.mark.site
def test_a_translation_is_built_below_and_keeps_addresses_marks_and_outputs(bilingual):
    printed, succeeded = bilingual.build()
    assert succeeded, printed
    english, chinese = (
        bilingual.page("chapters/1_one.html"),
        bilingual.page("zh/chapters/1_one.html"),
    )
    assert '<html lang="zh-CN"' in chinese
    assert "第一步" in chinese
    assert "The first step" not in chinese
    assert ids(chinese) == ids(english)
    assert "mistake-1" in ids(chinese)
    for name in ("predict", "question", "time"):
        assert len(re.findall(rf'class="{name}[ "]', chinese)) == 1
    assert 'href="#the-first-step"' in chinese
    assert 'href="chapters/1_one.html#mistake-1"' in bilingual.page("zh/index.html")
    assert re.search(r"<pre>.*42", chinese)
    assert '"outputs": []' in bilingual.page("zh/_sources/chapters/1_one.ipynb")
    # Each leads to the other, and both ask for the same files.
    assert re.search(r'<a [^>]*hreflang="zh-CN"[^>]*href="\.\./zh/chapters/1_one\.html"', english)
    assert re.search(r'<a [^>]*hreflang="en"[^>]*href="\.\./\.\./chapters/1_one\.html"', chinese)
    assert 'href="../../_static/site.css"' in chinese
    assert not (bilingual.root / "_build/html/zh/_static/site.css").exists()
    for source in re.findall(r'<script [^>]*src="([^"?]+)', chinese):
        assert (bilingual.root / "_build/html/zh/chapters" / source).resolve().is_file(), source

    # A new translation changes its page alone, and runs nothing.
    translate(bilingual, "1_one", TEXTS | {"The first step": "迈出第一步"})
    for _ in range(2):  # the second time there is nothing to do
        printed, succeeded = bilingual.build()
        assert succeeded, printed
    assert "迈出第一步" in bilingual.page("zh/chapters/1_one.html")
    assert bilingual.runs() == (1,)


@pytest.mark.site
def test_a_translation_is_built_meanwhile_and_published_only_with_the_english_pages(bilingual):
    stale = bilingual.root / "website/finish/stale.py"
    bilingual.write("website/finish/stale.py", stale.read_text(encoding="utf-8") + WAITS)
    printed, succeeded = bilingual.build()
    assert succeeded, printed
    assert "第一步" in bilingual.page("zh/chapters/1_one.html")
    # What it printed comes after all that the English build did.
    assert printed.count("Running Sphinx") == 2
    english, _, chinese = printed.partition("Finished generating HTML")
    assert english.count("Running Sphinx") == chinese.count("Finished generating HTML") == 1

    # A link to nowhere fails the English build at its end.
    bilingual.write_notebook("index.ipynb", new_markdown_cell(f"{FRONT}\n\n[No](#no-such-place)"))
    printed, succeeded = bilingual.build()
    assert not succeeded
    assert printed.rstrip().splitlines()[-1].startswith("make book: jupyter-book failed (status 1)")
    assert "no-such-place" in printed
    assert printed.count("Running Sphinx") == 1
    assert not (bilingual.root / "_build/html/zh").exists()


@pytest.mark.site
def test_nothing_is_translated_of_a_notebook_that_fails(bilingual):
    cells = new_markdown_cell(CHAPTER), new_code_cell("1 / 0")
    bilingual.write_notebook("chapters/1_one.ipynb", *cells)
    printed, succeeded = bilingual.build()
    assert not succeeded
    assert "ZeroDivisionError" in printed
    assert "make book: jupyter-book failed" in printed
    assert not (bilingual.root / "_build/languages").exists()


@pytest.mark.site
def test_a_translation_that_would_change_blocks_is_refused(bilingual):
    translate(bilingual, "1_one", TEXTS | {"Does it find the way?": "- 它找得到路吗？"})
    printed, succeeded = bilingual.build()
    assert not succeeded
    assert "make book: tools.translate: cell 'cell-0' would have other blocks" in printed


@pytest.mark.site
def test_a_text_that_loses_its_translation_is_refused(bilingual):
    cells = new_markdown_cell(CHAPTER), new_code_cell('words = "a slow rate"\nwords.upper()')
    bilingual.write_notebook("chapters/1_one.ipynb", *cells)
    printed, succeeded = bilingual.build()
    assert not succeeded
    assert "1_one.ipynb, cell 'cell-1' shows 'A SLOW RATE'" in " ".join(printed.split())
    assert "Let the code not change a text" in " ".join(printed.split())
