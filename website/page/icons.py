"""The icons that a style sheet uses, as fonts that are part of it.

The theme has Font Awesome's fonts of 2,000 icons (274 KB); a page shows twenty.
"""

import base64
import io
import re
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from sphinx.errors import SphinxError

ICON_FAMILY = "Font Awesome 6"
# File of the theme (vendor/fontawesome/webfonts/), family, weight. An icon is taken from the first
# file that has it. (Its third file, of outlined icons, has the same characters: not in use here.)
FONTS = (
    ("fa-solid-900.ttf", f"{ICON_FAMILY} Free", 900),
    ("fa-brands-400.ttf", f"{ICON_FAMILY} Brands", 400),
)
_ICON = re.compile("[\ue000-\uf8ff]")  # Unicode's private use area


class IconError(SphinxError):
    """An icon or a font that is missing."""

    category = "Icons"


def icon_fonts(css: str, static: Path) -> str:
    """The @font-face rules, with the fonts inside, for the icons in the style sheet `css`.

    Raises: IconError: `static` lacks a font, or no font has an icon, or outlined icons are used.
    """
    if re.search(r"\.(far|fa-regular)\b", css) and "--fa-font-regular" in css:
        raise IconError(
            "a page shows an outlined icon: add fa-regular-400.ttf to website/page/icons.py."
        )
    wanted, rules = set(map(ord, _ICON.findall(css))), []
    for name, family, weight in FONTS:
        path = static / "vendor" / "fontawesome" / "webfonts" / name
        if not path.is_file():
            raise IconError(
                f"the theme no longer has {path}: adapt FONTS of website/page/icons.py."
            )
        with TTFont(path, recalcTimestamp=False) as font:
            found = wanted & set(font.getBestCmap())
            wanted -= found
            data = base64.b64encode(_subset(font, found)).decode("ascii")
        rules.append(
            f'@font-face{{font-family:"{family}";font-weight:{weight};'
            f'src:url("data:font/woff2;base64,{data}") format("woff2")}}'
        )
    if wanted:
        raise IconError(f"no font of website/page/icons.py has {sorted(map(hex, wanted))}.")
    return "".join(rules)


def _subset(font: TTFont, characters: set[int]) -> bytes:
    options = subset.Options(layout_features=[], notdef_outline=True)
    # FreeType fits an icon to the screen by what else the font has: "angle left" is ‹ as well, so a
    # Latin letter, with edges like those of the font's o. Without them it would be drawn otherwise.
    cmap = font.getBestCmap()
    glyphs = {cmap[character] for character in characters}
    same = {character for character, glyph in cmap.items() if glyph in glyphs}
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=same | set(range(0x20, 0x7F)))
    subsetter.subset(font)
    font.flavor = "woff2"
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()
