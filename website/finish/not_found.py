"""Sphinx extension: 404.html, which GitHub Pages shows for every address that leads nowhere.

It is seen at any depth, so nothing in it is relative: links begin at the site's root, and all that
it shows stands in it. No page links to it, and search engines are told not to list it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from sphinx.application import Sphinx

from website import extension, words
from website.languages import languages
from website.page.language import this_language

PAGE = "404.html"
_COLOURS = re.compile(r'^(?::root|html\[data-theme="dark"\]) \{.*?^\}', re.DOTALL | re.MULTILINE)


def colours(css: str) -> str:
    """The variables of both themes in the explorers' style sheet.

    Raises: ValueError: it does not begin with them.
    """
    found = _COLOURS.findall(css)
    if len(found) != 2:
        raise ValueError(
            f"website/finish/not_found.py finds {len(found)} sets of colours in utils/replay.css, "
            'not two: one below :root, one below html[data-theme="dark"]. Adapt _COLOURS to that.'
        )
    return "\n".join(found)


def page(app: Sphinx) -> str:
    """The whole page, for the site as it has just been built."""
    source, path = Path(app.srcdir), urlsplit(app.config.html_baseurl).path
    context = {
        "base": path,
        "title": app.config.html_title,
        "not_here": words.NOT_HERE,
        "icon": quote((source / "_static" / "favicon.svg").read_text(encoding="utf-8")),
        "colours": colours((source / "utils" / "replay.css").read_text(encoding="utf-8")),
        "chapters": _chapters(app, path),
        "language_tag": this_language(app.config).tag,
        # A host knows one page for all addresses: it sends those of another language on to its own.
        "others": [one.folder.strip("/") for one in languages(source) if one.folder],
    }
    return app.builder.templates.render("not_found.html", context)


def _chapters(app: Sphinx, path: str) -> Iterator[tuple[str, str]]:
    """Address and title of each chapter."""
    for document in app.env.toctree_includes.get(app.config.root_doc, []):
        yield path + app.builder.get_target_uri(document), app.env.titles[document].astext()


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        Path(app.outdir, PAGE).write_text(page(app), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", _write)
    return extension()
