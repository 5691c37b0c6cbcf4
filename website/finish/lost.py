"""Sphinx extension: 404.html, which GitHub Pages shows for every address that leads nowhere.

It is seen at any depth, so nothing in it is relative: links begin at the site's root, and all that
it shows stands in it. No page links to it, and search engines are told not to list it.
"""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote, urlsplit

from sphinx.application import Sphinx

from website import extension
from website.page.theme import CHOOSE

PAGE = "404.html"
_TEMPLATE = Path(__file__).parent.parent / "templates" / "lost.html"
_COLOURS = re.compile(r'^(?::root|html\[data-theme="dark"\]) \{.*?^\}', re.DOTALL | re.MULTILINE)


def colours(css: str) -> str:
    """The variables of both themes in the explorers' style sheet.

    Raises: ValueError: it does not begin with them.
    """
    found = _COLOURS.findall(css)
    if len(found) != 2:
        raise ValueError(
            f"website/finish/lost.py finds {len(found)} sets of colours in utils/replay.css, not "
            'two: one below :root, one below html[data-theme="dark"]. Adapt _COLOURS to that.'
        )
    return "\n".join(found)


def page(app: Sphinx) -> str:
    """The whole page, for the site as it has just been built."""
    source, path = Path(app.srcdir), urlsplit(app.config.html_baseurl).path
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        base=escape(path),
        title=escape(app.config.html_title),
        icon=quote((source / "_static" / "favicon.svg").read_text(encoding="utf-8")),
        choose=CHOOSE,
        colours=colours((source / "utils" / "replay.css").read_text(encoding="utf-8")),
        chapters="\n".join(_chapters(app, path)),
    )


def _chapters(app: Sphinx, path: str) -> Iterator[str]:
    for document in app.env.toctree_includes.get(app.config.root_doc, []):
        address = path + app.builder.get_target_uri(document)
        title = app.env.titles[document].astext()
        yield f'<li><a href="{escape(address)}">{escape(title)}</a></li>'


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        Path(app.outdir, PAGE).write_text(page(app), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", _write)
    return extension()
