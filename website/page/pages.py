"""Sphinx extension: title, description and social card for each page."""

from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from website import extension, words
from website.page import sharing
from website.page.language import site_of

LONGEST = 160  # characters of a description that search engines show
# docutils puts it into the head of each document; website/templates/layout.html has it once.
_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1" />\n'


def shorten(text: str, longest: int = LONGEST) -> str:
    """As many whole sentences of `text` as fit; if not even one does, its first words.

    >>> shorten("How fast? It depends. On much.", 22)
    'How fast? It depends.'
    >>> shorten("A sentence without an end in sight", 20)
    'A sentence without…'
    """
    text = " ".join(text.split())
    if len(text) <= longest:
        return text
    ends = [
        i + 1
        for i in range(longest)
        if text[i] in "。？！" or (text[i] in ".?!" and text[i + 1] == " ")
    ]
    if ends:
        return text[: ends[-1]]
    return text[:longest].rpartition(" ")[0].rstrip(",;:") + "…"


def describe(doctree: nodes.document) -> str:
    """The first paragraph of a chapter, which is its question, shortened; "" if there is none."""
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.section):
            return shorten(paragraph.astext())
    return ""


def add_head(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the description into the page's head; the front page is titled by itself alone."""
    if page == "search":
        description = words.SEARCH_THE_COURSE
    elif doctree is None:
        return
    else:
        description = describe(doctree)
    if not description:
        source = app.env.doc2path(page, base=False)
        raise SphinxError(f"{source}: no paragraph follows the title to describe the page.")
    front = page == app.config.root_doc
    shared = sharing.tags(
        base=site_of(app.config),
        page=context["pageurl"],
        kind="website" if front else "article",
        title=words.SEARCH if doctree is None else app.env.titles[page].astext(),
        description=description,
        course=app.config.html_title,
    )
    context["metatags"] = (
        f"{context.get('metatags', '').replace(_VIEWPORT, '')}\n"
        f'<meta name="description" content="{escape(description)}">\n{shared}'
    )
    if front:
        # The book's title would follow the front page's own, and is also what the logo shows.
        context["theme_logo"] = {**context["theme_logo"], "text": context["docstitle"]}
        context["docstitle"] = ""


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", add_head)
    return extension()
