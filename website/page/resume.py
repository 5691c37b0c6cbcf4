"""Sphinx extension: on the front page a line that leads back to where the reader left off.

_static/course.js notes the place, in this browser alone, while a chapter is scrolled. The line is
filled in by a script right behind it, before anything below is painted, so that nothing jumps.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from website import extension

# Whatever is stored is only text until it names a chapter of the page's own contents.
LINE = """
<p class="resume" hidden>Continue: </p>
<script>(() => {
  const key = `place ${new URL(document.documentElement.dataset.content_root, location).pathname}`;
  try {
    const kept = localStorage.getItem(key);
    if (kept === null) return;
    localStorage.removeItem(key);
    const { page, section, title } = JSON.parse(kept);
    const links = [...document.querySelectorAll("nav.bd-links a")];
    const chapter = links.find((one) => one.getAttribute("href") === page);
    const [, number, name] = chapter.textContent.match(/(\\d+)\\. (.*)/);
    const line = document.querySelector(".resume");
    const link = document.createElement("a");
    link.href = `${page}#${encodeURIComponent(section)}`;
    link.textContent = `chapter ${number}, ${title || name}`;
    line.append(link);
    line.hidden = false;
    localStorage.setItem(key, kept);
  } catch {
    // Denied, of another shape, or of a chapter that is gone: forgotten, and nothing is shown.
  }
})();</script>"""


def add_line(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Put the line below the front page's title."""
    if page != app.config.root_doc:
        return
    title, end, rest = context["body"].partition("</h1>")
    if not end:
        raise SphinxError(f"{app.env.doc2path(page, base=False)}: the front page has no title.")
    context["body"] = title + end + LINE + rest


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", add_line)
    return extension()
