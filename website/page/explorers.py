"""Sphinx extension: the scripts and the style sheet of explorers, on the pages that need them.

jupyter-book adds every .js and .css file below `_static/` to every page; so these stay in
`utils/` and are copied from there.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from website import extension

SCRIPTS, STYLE = ("drag.js", "replay.js"), "replay.css"


def assets(body: str) -> list[str]:
    """The files that a page with this HTML needs.

    >>> assets('<p>text</p>'), assets('<svg class="figure" role="img">')
    ([], ['replay.css'])
    >>> assets('<figure class="explorer" id="x">')
    ['replay.css', 'drag.js', 'replay.js']
    """
    if 'class="explorer"' in body:
        return [STYLE, *SCRIPTS]
    return [STYLE] if '<svg class="figure' in body else []


def copy_assets(app: Sphinx) -> None:
    """Have Sphinx copy the files to the site's `_static/` and say so if one is missing."""
    utils = Path(app.srcdir, "utils")
    app.config.html_static_path += [str(utils / name) for name in (*SCRIPTS, STYLE)]


def add_assets(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Refer to the files from this page; Sphinx forgets them again after it."""
    for name in assets(context.get("body", "")):
        if name in SCRIPTS:
            app.add_js_file(name, defer="defer")
        else:
            app.add_css_file(name)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", copy_assets)
    app.connect("html-page-context", add_assets)
    return extension()
