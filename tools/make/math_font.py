"""Make the site's math font: the part of Latin Modern Math that a course needs, as WOFF2.

    apt-get download fonts-lmodern && dpkg-deb -x fonts-lmodern_*.deb lmodern
    pip install "fonttools[woff]"
    python tools/make/math_font.py lmodern

Debian's package unpacks into `lmodern`. The font and its licence go to `_static/fonts/`.
"""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

TARGET = Path(__file__).resolve().parents[2] / "_static" / "fonts"
FONT = Path("usr/share/texmf/fonts/opentype/public/lm-math/latinmodern-math.otf")
LICENCE = Path("usr/share/texmf/doc/fonts/lm-math/GUST-FONT-LICENSE.txt")
NAME = "latin-modern-math-subset"

# Its licence asks for another name (family, full, PostScript) for what is not the whole font.
NAMES = {1: "LM Math Subset", 4: "LM Math Subset", 6: "LMMathSubset-Regular"}

# Upright text, and everything that browsers make of <mi>x</mi> and math-core of \mathbf{x},
# \boldsymbol{x}, \mathcal{X} and \mathbb{X}. Inclusive ranges.
RANGES = (
    (0x20, 0x7E),  # ASCII
    (0x0391, 0x03A9),  # Greek capitals
    (0x03B1, 0x03C9),  # Greek letters
    (0x1D400, 0x1D433),  # bold
    (0x1D434, 0x1D467),  # italic
    (0x1D468, 0x1D49B),  # bold italic
    (0x1D49C, 0x1D4B5),  # script capitals
    (0x1D538, 0x1D550),  # double-struck capitals
    (0x1D6A4, 0x1D6A5),  # dotless i, j
    (0x1D6E2, 0x1D71B),  # italic Greek
    (0x1D71C, 0x1D755),  # bold italic Greek
    (0x1D7CE, 0x1D7D7),  # bold digits
)
# First, what those blocks leave out because Unicode had it before: italic h, script B, double C.
LETTERS = "ℎℬℰℱℋℐℒℳℛℂℍℕℙℚℝℤϑϕϵϱϰϖℓ∂∇ℏℜℑℵ"
OPERATORS = "−±∓×÷⋅·∗∘•⊙⊗⊕∑∏∐∫∬∮√∛∞∝∼≈≃≅≡≠≤≥≪≫≺≻∈∉∋∅⊂⊃⊆⊇∪∩∖∀∃∄¬∧∨⊢⊥∥∣∤∠△□◦⋆≔≜⊤"
ARROWS = "←→↑↓↔↕⇐⇒⇑⇓⇔↦⟵⟶⟷⟸⟹⟺⟼↗↘↙↖⇌"
FENCES = "⟨⟩⌈⌉⌊⌋‖|⎡⎢⎣⎤⎥⎦⎛⎜⎝⎞⎟⎠⎧⎨⎩⎪⎫⎬⎭⏞⏟⎴⎵"
ACCENTS = "ˆˇ˜¯˘˙¨´`^_‾→\u0302\u030c\u0303\u0304\u0305\u0306\u0307\u0308\u20d7\u0332"
PUNCTUATION = "…⋯⋮⋱′″‴‵–—‘’“”°§\u00a0\u2002\u2003\u2009"


def characters() -> Iterator[int]:
    """The code points that the subset holds, where the font has them."""
    for first, last in RANGES:
        yield from range(first, last + 1)
    yield from map(ord, LETTERS + OPERATORS + ARROWS + FENCES + ACCENTS + PUNCTUATION)


def make(font: Path, target: Path) -> None:
    """Write the subset of `font` to `target`: same glyphs, MATH table with its larger variants."""
    options = subset.Options()
    options.flavor = "woff2"
    # Larger brackets and roots come with the MATH table. The letters' forms for exponents ("ssty")
    # would be as many bytes again; Chromium uses none, and course.css asks Firefox for none.
    options.layout_features = []
    # A tenth of the bytes. Without them Chromium makes lines of formulas higher by a pixel.
    options.hinting = True
    options.name_IDs = [0, 1, 2, 4, 5, 6, 13, 14]  # names, version, copyright and licence
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters())
    options.desubroutinize = True  # WOFF2 finds the repetitions itself, and better
    # Without `False` the file would hold the time at which it was made.
    with TTFont(font, recalcTimestamp=False) as whole:
        subsetter.subset(whole)
        for name_id in (1, 4, 6):
            whole["name"].setName(NAMES[name_id], name_id, 3, 1, 0x409)
        whole.flavor = "woff2"
        whole.save(target)


def main(source: Path) -> None:
    """Make font and licence from the unpacked package at `source`."""
    if not (source / FONT).is_file():
        sys.exit(
            f"tools.make.math_font needs {source / FONT}, which is missing. See the file's head."
        )
    TARGET.mkdir(parents=True, exist_ok=True)
    make(source / FONT, TARGET / f"{NAME}.woff2")
    shutil.copyfile(source / LICENCE, TARGET / f"{NAME}-LICENSE.txt")
    size = (TARGET / f"{NAME}.woff2").stat().st_size
    sys.stdout.write(f"{NAME}.woff2: {size:,} bytes\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
