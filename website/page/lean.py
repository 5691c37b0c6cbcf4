"""Sphinx extension: a page asks only for what it uses, and shows before any script has run.

Each step takes a finished page and leaves out, or puts into another form, one thing that the themes
(pydata-sphinx-theme 0.17, sphinx-book-theme 1.3) send to every reader. It names what it expects to
find; where that is missing the theme has changed, and the build fails. Pages pass through here in
Sphinx's own place for it, the bridge to the templates, so no installed file is touched.
"""

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.jinja2glue import BuiltinTemplateLoader

from website import extension
from website.page import access
from website.page.sheet import SHEET, check_sheets
from website.page.steps import ANY, ONCE, SOME, Step, ThemeChangedError, replace

_SEARCH_PAGE = 'id="search-results"'
_SHEET_LINK = re.compile(r'[ \t]*<link\b[^>]*\brel="stylesheet"[^>]*>\n?')
_HREF = re.compile(r'\bhref="([^"]*?)_static/([^"?]*)')
_SCRIPT = re.compile(r"<script\b([^>]*)>")
_MENU = re.compile(
    r'<div class="(dropdown dropdown-[\w-]+)">\s*<button class="btn dropdown-toggle" type="button" '
    r'data-bs-toggle="dropdown" aria-expanded="false" aria-label="([^"]*)">(.*?)</button>\s*'
    r'<ul class="dropdown-menu">(.*?)</ul>\s*</div>',
    re.DOTALL,
)
_TOGGLE = re.compile(r'\s*data-bs-toggle="([^"]*)"')
_HINT = re.compile(r'\s*data-bs-(?:placement|title)="[^"]*"')


def drop_icon_script(html: str) -> str:
    """Without the script of all 2,000 icons (543 KB); website/page/sheet.py sends those that occur.

    The icons are letters of a font then, which no screen reader should read out.
    """
    script = r'<script defer src="[^"]*/fontawesome\.js[^"]*"></script>\n?'
    html = replace(html, script, "", times=ONCE)
    return replace(html, r'<(i|span) class="([^"]*\bfa-[^"]*)"', _hide_icon, times=SOME)


def drop_bootstrap(html: str) -> str:
    """Without Bootstrap's script (24 KB), which opened three menus and replaced tooltips.

    Menus are <details>, which work before any script and without; course.js closes them. What was
    a tooltip's text is the browser's own.
    """
    html = replace(html, r'<link rel="preload"[^>]*/bootstrap\.js[^>]*>\n?', "", times=ONCE)
    html = replace(
        html, r'<script defer src="[^"]*/bootstrap\.js[^>]*></script>\n?', "", times=ONCE
    )
    html = replace(html, _MENU, _as_details, times=ANY)
    others = set(_TOGGLE.findall(html)) - {"tooltip"}
    if others:
        raise ThemeChangedError(
            f"a page needs Bootstrap's script for data-bs-toggle={sorted(others)}: give it another "
            "form in website/page/lean.py, or keep the script."
        )
    return _HINT.sub("", _TOGGLE.sub("", html))


def drop_search_scripts(html: str) -> str:
    """Without the index and the program that search it (27 KB), except on the page that searches.

    The theme sends them for a search while one types, which is switched off.
    """
    if _SEARCH_PAGE in html:
        return html
    scripts = r'[ \t]*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js"></script>\n?'
    return replace(html, scripts, "", times=range(3, 4))


def drop_repetitions(html: str) -> str:
    """With one <meta name="viewport"> instead of three, and none for a search service of others."""
    html = replace(html, r'<meta name="docsearch:[^>]*>\s*', "", times=range(2, 3))
    viewport = r'<meta name="viewport"[^>]*>\s*'
    first = re.search(viewport, html)
    html = replace(html, viewport, "", times=range(2, 4))
    return html[: first.start()] + first[0] + html[first.start() :]


def one_style_sheet(html: str) -> str:
    """With one style sheet, made by `sheet` of the nine that delay the first paint."""
    links = _SHEET_LINK.findall(html)
    places = [_HREF.search(link) for link in links]
    if not links or None in places:
        raise ThemeChangedError(f"a page's style sheets are not all below _static/: {links}")
    check_sheets([place[2] for place in places])
    link = f'    <link rel="stylesheet" href="{places[0][1]}_static/{SHEET}">\n'
    first = _SHEET_LINK.search(html).start()
    return html[:first] + link + _SHEET_LINK.sub("", html[first:])


def defer_scripts(html: str) -> str:
    """With every script after the text, in the same order.

    What stands in the page itself and speaks of DOCUMENTATION_OPTIONS must follow the script that
    defines it, so becomes a module: those are deferred as well. Others choose the theme, first.
    """
    html = replace(
        html,
        r"<script>(?=DOCUMENTATION_OPTIONS\b)",
        '<script type="module">',
        times=range(1, 4),
    )
    return _SCRIPT.sub(_deferred, html)


def size_images(html: str) -> str:
    """With sizes for the logos in the menus, which are fetched when a menu opens.

    Their name stands beside them, so they have no other text.
    """
    return replace(
        html,
        r'<img alt="\w+ logo" src=',
        '<img alt="" width="20" height="20" loading="lazy" src=',
        times=ANY,
    )


STEPS: tuple[Step, ...] = (
    drop_icon_script,
    drop_bootstrap,
    drop_search_scripts,
    drop_repetitions,
    one_style_sheet,
    defer_scripts,
    size_images,
)


class LeanPages(BuiltinTemplateLoader):
    """Sphinx's own templates, followed by the steps here and in website/page/access.py."""

    def render(self, template: str, context: dict[str, Any]) -> str:  # type: ignore[override]
        """HTML of a page: `pagename` of the context names it in errors."""
        html = super().render(template, context)
        if not html.lstrip().lower().startswith("<!doctype html>"):
            return html
        try:
            for step in (*STEPS, *access.STEPS):
                html = step(html)
        except ThemeChangedError as error:
            raise ThemeChangedError(f"{context['pagename']}: {error}") from None
        return html


def _hide_icon(match: re.Match[str]) -> str:
    return f'<{match[1]} aria-hidden="true" class="{match[2]}"'


def _as_details(match: re.Match[str]) -> str:
    classes, label, icon, items = match.groups()
    return (
        f'<details class="{classes}" name="header-menu">'
        f'<summary class="btn dropdown-toggle" aria-label="{label}" title="{label}">'
        f"{icon}</summary>"
        f'<ul class="dropdown-menu show">{items}</ul></details>'
    )


def _deferred(match: re.Match[str]) -> str:
    attributes = match[1]
    if " src=" not in attributes or " defer" in attributes or " async" in attributes:
        return match[0]
    return f"<script defer{attributes}>"


def setup(app: Sphinx) -> dict[str, Any]:
    app.config.template_bridge = "website.page.lean.LeanPages"
    return extension()
