"""Sphinx extension: the figures of a notebook's cells stand in the page, and have alternatives.

Sphinx would refer to a figure as `<img>`, where it cannot follow the page's light or dark theme; so
an SVG goes into the page itself, its colours as the variables of `utils/replay.css`. A figure
without alternative text is a warning (the course builds with warnings as errors).
"""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from utils._svg import tidy
from website import extension
from website.read.places import place

_LOGGER = logging.getLogger(__name__)
_VARIABLE = re.compile(r"(--plot-[\w-]+):\s*(#[0-9a-f]{6})")


def theme_colours(css: str) -> dict[str, str]:
    """Colours of the light theme → the variables that replace them, read from the style sheet.

    `css` holds the light theme in its first rule; so the first value of a variable counts.

    >>> theme_colours(":root { --plot-c0: #1b62b5; } .dark { --plot-c0: #6fb1ff; }")
    {'#1b62b5': '--plot-c0'}
    """
    first: dict[str, str] = {}
    for variable, colour in _VARIABLE.findall(css):
        first.setdefault(variable, colour)
    return {colour: variable for variable, colour in first.items()}


def inline_svg(svg: str, *, name: str, colours: dict[str, str], label: str) -> str:
    """A figure's SVG file as an element of the page, of class "figure", which replay.css lays out.

    Raises: ElementTree.ParseError: `svg` is not well-formed.
    """
    return tidy(svg, name=name, colours=colours, label=label).replace(
        'class="notranslate"', 'class="figure notranslate"', 1
    )


class InlineFigures(SphinxPostTransform):
    """Replace the SVG images of code cells by raw HTML; warn of images without alternative."""

    # After myst-nb chose among an output's forms (4), before Sphinx looks for files to copy (10).
    default_priority = 5
    formats = ("html",)

    def run(self, **_kwargs: Any) -> None:
        colours = theme_colours(_style_sheet(Path(self.env.srcdir)))
        for number, image in enumerate(_cell_images(self.document), start=1):
            if not image.get("alt", "").strip():
                self._warn(image)
            elif image["uri"].endswith(".svg"):
                name = f"{self.env.docname.replace('/', '-')}-{number}"
                self._inline(image, name, colours)

    def _warn(self, image: nodes.image) -> None:
        # Not as the logger's `location`: Sphinx takes a text there for the name of a document.
        _LOGGER.warning(
            "%s: a figure has no alternative text. Say what it shows in the cell's metadata: "
            '"mystnb": {"image": {"alt": "…"}}.',
            place(self.env, self.env.docname, image),
            type="figures",
            subtype="alt",
        )

    def _inline(self, image: nodes.image, name: str, colours: dict[str, str]) -> None:
        # The collector of images made the address relative to the sources' folder.
        svg = Path(self.env.srcdir, image["uri"]).read_text(encoding="utf-8")
        try:
            html = inline_svg(svg, name=name, colours=colours, label=image["alt"])
        except ElementTree.ParseError as error:
            where = place(self.env, self.env.docname, image)
            raise SphinxError(f"{where}: the cell's SVG is not well-formed: {error}") from error
        image.replace_self(nodes.raw("", html, format="html"))


def _style_sheet(root: Path) -> str:
    return (root / "utils" / "replay.css").read_text(encoding="utf-8")


def _cell_images(document: nodes.document) -> list[nodes.image]:
    return [
        image
        for output in document.findall(nodes.container)
        if output.get("nb_element") == "cell_code_output"
        for image in output.findall(nodes.image)
    ]


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(InlineFigures)
    return extension()
