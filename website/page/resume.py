"""Sphinx extension: on the front page a line that leads back to where the reader left off.

_static/course.js notes the place, in this browser alone, while a chapter is scrolled. The line is
filled in by a script right behind it (website/templates/resume.js), before anything below is
painted, so that nothing jumps.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from website import extension, words


def add_line(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Put the line below the front page's title."""
    if page != app.config.root_doc:
        return
    title, end, rest = context["body"].partition("</h1>")
    if not end:
        raise SphinxError(f"{app.env.doc2path(page, base=False)}: the front page has no title.")
    line = app.builder.templates.render("resume.html", {**context, "said": words.LEFT_OFF})
    context["body"] = title + end + line + rest


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", add_line)
    return extension()
