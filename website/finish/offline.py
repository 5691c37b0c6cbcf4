"""Sphinx extension: no page of the finished site may load anything from another host."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from website import extension
from website.read.places import place

_ELSEWHERE = re.compile(r"\s*(?:https?:)?[/\\]{2}", re.IGNORECASE)
_CSS_LOAD = re.compile(
    r"""@import(?:\s|/\*.*?\*/)*(?:url\(\s*)?["']?([^"')\s;]+)|url\(\s*["']?([^"')\s]+)""",
    re.IGNORECASE,
)
# What a script loads cannot be known. These are how plotly, bokeh, Vega and modules name theirs.
_SCRIPT_LOAD = re.compile(
    r"""(?:\b(?:import|from)\s*|\b(?:import|fetch)\(\s*)["'`]((?:https?:)?//[^"'`\s]+)"""
    r"""|["'`]((?:https?:)?//[^"'`\s]+?(?:\.m?js|\.css|\.min|/npm/[^"'`\s]+)(?:[?#][^"'`\s]*)?)["'`]""",
    re.IGNORECASE,
)
# `href` of these relations is fetched when the page opens; others (canonical, edit) are only links.
_FETCHED = {
    "dns-prefetch", "icon", "apple-touch-icon", "manifest", "modulepreload", "preconnect",
    "prefetch", "preload", "stylesheet",
}  # fmt: skip
_SVG_HREF = {"image", "use", "feimage", "script"}


class ExternalLoadError(SphinxError):
    """A page that asks another host for something."""

    category = "External load"


def loads_of_html(text: str) -> list[str]:
    """The addresses on other hosts from which a page with this HTML would load.

    >>> loads_of_html('<a href="https://a.org"></a><script src="//b.org/c.js"></script>')
    ['//b.org/c.js']
    """
    parser = _Loads()
    parser.feed(text)
    parser.close()
    return parser.found


def loads_of_css(text: str) -> list[str]:
    """The addresses on other hosts from which a style sheet would load.

    >>> loads_of_css('@import "http://a.org/b.css"; p { background: url(local.png) }')
    ['http://a.org/b.css']
    """
    addresses = (first or second for first, second in _CSS_LOAD.findall(text))
    return [address for address in addresses if _ELSEWHERE.match(address)]


def loads_of_script(text: str) -> list[str]:
    """The addresses on other hosts from which a script seems to load.

    >>> loads_of_script('import "https://a.org/b"; open("https://a.org")')
    ['https://a.org/b']
    """
    return [first or second for first, second in _SCRIPT_LOAD.findall(text)]


def check(site: Path) -> None:
    """Raise ExternalLoadError, naming the files below `site` that load from another host."""
    found = []
    for path in sorted(site.rglob("*")):
        if path.suffix in (".html", ".css", ".svg"):
            text = path.read_text(encoding="utf-8")
            loads = loads_of_css(text) if path.suffix == ".css" else loads_of_html(text)
            found += [f"{path.relative_to(site).as_posix()} loads {load}" for load in loads]
    if found:
        raise ExternalLoadError(
            "pages must load nothing from other hosts, but "
            + "; ".join(found)
            + ". Put a copy below _static/, or remove what asks for it."
        )


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.tag = tag
        self.found += [load for load in _addresses(tag, values) if _ELSEWHERE.match(load)]
        self.found += loads_of_css(values.get("style", ""))
        self.found += loads_of_html(values.get("srcdoc", ""))

    def handle_endtag(self, tag: str) -> None:
        self.tag = ""

    def handle_data(self, data: str) -> None:
        if self.tag == "style":
            self.found += loads_of_css(data)
        elif self.tag == "script":
            self.found += loads_of_script(data)


def _addresses(tag: str, values: dict[str, str]) -> Iterator[str]:
    yield values.get("src", "")
    yield values.get("poster", "")
    for candidates in (values.get("srcset", ""), values.get("imagesrcset", "")):
        yield from map(str.strip, candidates.split(","))
    if tag == "object":
        yield values.get("data", "")
    if tag == "link" and _FETCHED & set(values.get("rel", "").lower().split()):
        yield values.get("href", "")
    if tag in _SVG_HREF:
        yield values.get("href", "") or values.get("xlink:href", "")


def check_document(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Raise ExternalLoadError, naming the cell whose text or output loads from another host."""
    for node in doctree.findall(lambda node: isinstance(node, (nodes.raw, nodes.image))):
        raw = isinstance(node, nodes.raw)
        loads = loads_of_html(node.astext()) if raw else [node["uri"]]
        for load in loads:
            if raw or _ELSEWHERE.match(load):
                raise ExternalLoadError(
                    f"{place(app.env, docname, node)}: pages must load nothing from other hosts, "
                    f"but this loads {load}. Put a copy below _static/, or remove what asks for it."
                )


def _check_site(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        check(Path(app.outdir))


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-resolved", check_document)
    # After the handlers that copy assets (500).
    app.connect("build-finished", _check_site, priority=900)
    return extension()
