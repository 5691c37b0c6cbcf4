"""Sphinx extension: a filter by words and by chapter for the long pages to look things up.

It stands below the page's first paragraph and needs no server: website/templates/filter.js hides
what does not fit. Without scripts there is no filter, and everything is shown.
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from website import extension, words
from website.contents import CHAPTER

# Page → the selector of its entries, and what is said of all of them, and of some.
PAGES = {
    "chapters/pitfalls": ("article tbody tr", words.ALL_MISTAKES, words.SOME_MISTAKES),
    "chapters/glossary": ("article li[id^=term-]", words.ALL_TERMS, words.SOME_TERMS),
}


def add_filter(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Put the filter behind the first paragraph of the page."""
    if page not in PAGES:
        return
    entries, all_shown, some_shown = PAGES[page]
    opening, end, rest = context["body"].partition("</p>")
    if not end:
        raise SphinxError(f"{app.env.doc2path(page, base=False)}: no paragraph before the filter.")
    listed = chapters_in(rest, {name: one.astext() for name, one in app.env.titles.items()})
    said = {"all": all_shown, "some": some_shown, "none": words.TRY_OTHERS}
    form = app.builder.templates.render(
        "filter.html", {**context, "entries": entries, "said": said, "listed": listed}
    )
    context["body"] = opening + end + form + rest


def chapters_in(body: str, titles: dict[str, str]) -> list[tuple[int, str]]:
    """Number and title of each chapter to which the HTML of a page beside them leads, in order.

    >>> titles = {"chapters/10_ten": "10. Ten", "chapters/09_nine": "9. Nine", "index": "Front"}
    >>> chapters_in('<a href="10_ten.html#x"> <a href="09_nine.html">', titles)
    [(9, '9. Nine'), (10, '10. Ten')]
    """
    leads = {f"chapters/{name}" for name in re.findall(r'href="(\w+)\.html', body)}
    found = ((CHAPTER.fullmatch(page), title) for page, title in titles.items() if page in leads)
    return sorted((int(match[1]), title) for match, title in found if match)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", add_filter)
    return extension()
