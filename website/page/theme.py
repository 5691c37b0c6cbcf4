"""Sphinx extension: a page asks only for what it uses, and shows before any script has run.

The themes (pydata-sphinx-theme 0.17, sphinx-book-theme 1.3) are changed where Sphinx lets a site
change them: by templates of ours, which are found before theirs, and by what templates are given.
"""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from website import extension, words
from website.page.language import above
from website.page.sheet import check_sheets

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def add_templates(app: Sphinx) -> None:
    """Have Sphinx look in our folders first, which are named as the theme's."""
    app.config.templates_path[:0] = [str(TEMPLATES), str(TEMPLATES / "components")]


def deferred(script: Any, *, is_translation: bool = False) -> Any:
    """A script of Sphinx that runs after the text is there, in the order of all.

    What the page itself holds speaks of what the files before it define; a module is deferred, too.
    """
    how = {"defer": "defer"} if script.filename else {"type": "module"}
    name = above(str(script.filename)) if script.filename and is_translation else script.filename
    # Sphinx lets it wait until all scripts are there; a deferred one has no longer to, and would
    # speak before translations.js (500) is.
    speaks = str(script.filename).endswith("/sphinx_highlight.js")
    priority = 600 if speaks else script.priority
    return type(script)(name, priority=priority, **(script.attributes | how))


def fill(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Give the templates their scripts, and make sure that the one style sheet has all sheets."""
    # Else no colour is defined until a script has chosen, and without scripts none at all.
    context["default_mode"] = "light"
    context["theme_search_bar_text"] = words.SEARCH_FIELD
    sheets = sorted(context["css_files"], key=lambda sheet: sheet.priority)
    check_sheets([str(sheet.filename).removeprefix("_static/") for sheet in sheets])
    context["script_files"] = [
        deferred(script, is_translation=bool(app.config.original))
        for script in context["script_files"]
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    add_templates(app)
    # The theme's own, which its template would load at the page's end together with Bootstrap's.
    app.add_js_file("scripts/pydata-sphinx-theme.js", priority=900)
    # When all others have said what a page loads (500).
    app.connect("html-page-context", fill, priority=900)
    return extension()
