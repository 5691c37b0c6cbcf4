"""Make the font by which matplotlib measures Chinese, Japanese and Korean text: 1 em a letter.

    python -m tools.make.wide_font

It has no shapes: in an SVG a reader's browser draws the letters. Without it matplotlib takes the
box of a missing letter for them, 0.6 em, and lays out labels and legends too narrow.
"""

from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

TARGET = Path(__file__).resolve().parents[2] / "utils" / "fonts" / "wide.ttf"
NAME = "TurnTheKnobsWide"
EM = 1000
# From the radicals to the full-width forms, without what UTF-16 keeps for itself.
RANGES = ((0x2E80, 0xD7FF), (0xE000, 0xFFEF))


def make(target: Path) -> None:
    """Write the font: one empty glyph, which all letters of RANGES share (cmap format 13)."""
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder([".notdef", "wide"])
    builder.setupCharacterMap({RANGES[0][0]: "wide"})
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, "wide": empty})
    builder.setupHorizontalMetrics({".notdef": (EM, 0), "wide": (EM, 0)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": NAME, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost(keepGlyphNames=False)
    many = CmapSubtable.newSubtable(13)
    many.platformID, many.platEncID, many.language = 3, 10, 0
    many.cmap = {code: "wide" for first, last in RANGES for code in range(first, last + 1)}
    builder.font["cmap"].tables = [many]
    # The same bytes whenever it is made.
    builder.font["head"].created = builder.font["head"].modified = 0
    builder.font.recalcTimestamp = False
    target.parent.mkdir(exist_ok=True)
    builder.save(target)


if __name__ == "__main__":
    make(TARGET)
