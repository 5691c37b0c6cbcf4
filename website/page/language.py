"""Sphinx extension: a page in each language, which know each other, and share what is the same.

The switch at a page's head leads to the same page in another language (`_static/course.js` keeps
the place in it); search engines are told so, too. A translation asks for the English site's files
below _static/, but for those that have words. What Sphinx and the theme say in no other language,
`website/words.py` does.
"""

import functools
from collections.abc import Callable
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel import Locale
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.locale import translators
from sphinx.util.osutil import relative_uri

from website import extension, words
from website.languages import OWN, Language, languages

THEIRS = {
    "Link to this heading": words.TO_THIS_HEADING,
    "Link to this definition": words.TO_THIS_DEFINITION,
    "Source repositories": words.REPOSITORIES,
    "Suggest edit": words.SUGGEST_EDIT,
    "Launch interactive content": words.LAUNCH,
    "Launch on": words.LAUNCH_ON,
    "Color mode": words.COLOUR_MODE,
    "System Settings": words.SYSTEM_SETTINGS,
}


class Ours(NullTranslations):
    """Asked for what the catalogs of Sphinx and the theme lack."""

    def gettext(self, message: str) -> str:
        return THEIRS.get(message, message)


def this_language(config: Config) -> Language:
    """The language of the pages that are built with this configuration."""
    return Language(config.language)


def offered(root: Path, here: Language, page: str, base: str) -> list[dict[str, str]]:
    """The languages in which there is a page, English first, for the page's template.

    Args:
        root: the English course. page: the page's address in its site, such as "search.html".
        base: the address of the whole site, with a slash at the end.
    Returns: of each language `tag`, `name` in its own words, `short` for a button, `full`
        address, and `link`, the address as seen from this page; nothing if there is no other.
    """
    known = languages(root)
    return [
        {
            "tag": one.tag,
            "name": (name := Locale.parse(one.code).language_name),
            "short": name if len(name) < 4 else one.code[:2].upper(),
            "full": f"{base}{one.folder}{page}",
            "link": relative_uri(f"{here.folder}{page}", f"{one.folder}{page}"),
        }
        for one in known
        if len(known) > 1
    ]


def shared(pathto: Callable[..., str]) -> Callable[..., str]:
    """`pathto` of a translation: what it has not in its own _static/ is above its folder."""

    @functools.wraps(pathto)
    def path(name: str, *given: Any, **named: Any) -> str:
        return pathto(above(name) if given or named else name, *given, **named)

    return path


def above(name: str) -> str:
    """Where a translation has a file of its site.

    >>> above("_static/site.css"), above("_static/course.js"), above("searchindex.js")
    ('../_static/site.css', '_static/course.js', 'searchindex.js')
    """
    own = not name.startswith("_static/") or name.removeprefix("_static/") in OWN
    return name if own else f"../{name}"


def add_languages(
    app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
) -> None:
    """Tell the templates of the languages, and let them ask for shared files."""
    here = this_language(app.config)
    root = Path(app.srcdir, app.config.original or ".").resolve()
    address = app.builder.get_target_uri(page)
    context["languages"] = offered(root, here, address, site_of(app.config))
    context["language_tag"] = here.tag
    if app.config.original:
        context["pathto"] = shared(context["pathto"])
        icon = Path(context["favicon_url"]).name
        context["favicon_url"] = context["pathto"](f"_static/{icon}", 1)


def ask_us_last(_app: Sphinx) -> None:
    for (namespace, _), translator in translators.items():
        if namespace == "general":  # of pages, not of what a build prints
            translator.add_fallback(Ours())


def site_of(config: Config) -> str:
    """The address of the whole site, in whose folders other languages are."""
    return config.html_baseurl.removesuffix(this_language(config).folder)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", ask_us_last)
    # After Sphinx made addresses of the site's pictures (500).
    app.connect("html-page-context", add_languages, priority=800)
    return extension()
