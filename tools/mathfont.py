"""Sphinx extension: the site's math font holds only the letters and signs that its formulas use.

The font below `_static/fonts` has what any course may need (72 KB); this cuts the site's copy down
to what occurs on some page (21 KB), with the larger forms of brackets and roots that belong to it.
"""

import logging
import re
import unicodedata
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.application import Sphinx

from tools import extension
from tools.mathml import FONT, shown
from tools.sheet import pages_of

_FORMULA = re.compile(r"<math\b.*?</math>", re.DOTALL)
# Blocks of upright letters, the first letter of each block's italics, and the one italic letter
# that Unicode had before: browsers write <mi>x</mi> with them.
_ITALICS = (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC))
_PLANCK = {"h": 0x210E}

# It reports each table of a font, which nobody asked for.
logging.getLogger("fontTools").setLevel(logging.WARNING)


def signs(html: str) -> set[int]:
    """Code points that the formulas of a page show, upright letters with their italics.

    >>> [chr(code) for code in sorted(signs("<p>no</p><math><mi>x</mi><mo>=</mo></math>"))]
    ['=', 'x', '𝑥']
    """
    text = "".join(map(shown, _FORMULA.findall(html)))
    # Neither spaces nor marks like "invisible times" need a picture.
    upright = {sign for sign in text if unicodedata.category(sign)[0] not in "ZC"}
    return {ord(sign) for sign in upright} | {
        _PLANCK.get(sign, start + ord(sign) - ord(first))
        for sign in upright
        for first, last, start in _ITALICS
        if first <= sign <= last
    }


def cut(path: Path, wanted: set[int]) -> None:
    """Leave in the font at `path` only the code points `wanted`, of those that it has."""
    options = subset.Options(flavor="woff2", layout_features=[], hinting=False, name_IDs=["*"])
    with TTFont(path, recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=wanted)
        subsetter.subset(font)
        font.flavor = "woff2"
        font.save(path)


def _write(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        site = Path(app.outdir)
        pages = (page.read_text(encoding="utf-8") for page in pages_of(site))
        cut(site / FONT, {code for html in pages for code in signs(html)})


def setup(app: Sphinx) -> dict[str, Any]:
    # After the handlers that copy assets (500).
    app.connect("build-finished", _write, priority=800)
    return extension()
