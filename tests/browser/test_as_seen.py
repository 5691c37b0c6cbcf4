"""What is cut for speed (style sheet, icons, math font) changes nothing that is seen, anywhere.

The oracle looks: each page beside the same page with the theme's own sheets, all icons and all of
Latin Modern Math, pixel by pixel.
"""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from built_site import PAGES
from conftest import absent
from PIL import Image, ImageChops

from tools.browser import MATH_FONT
from website.page.sheet import SHEET, SHEETS
from website.read.mathml import FONT, to_mathml

pytestmark = pytest.mark.site

TALL = 5000  # px of a page in one picture
UNFOLD = """([what]) => {
  document.querySelectorAll("details:not(.dropdown)").forEach((one) => (one.open = true));
  if (what === "menu") document.querySelectorAll(".dropdown").forEach((one) => (one.open = true));
}"""
HEIGHT = "() => document.documentElement.scrollHeight"
SCROLL = "([top]) => scrollTo({ top, behavior: 'instant' })"
# width, dark, and what is done to the page: its boxes stand open, as on paper, its menus open.
VIEWS = {
    "wide": (1280, False, "as it is"),
    "wide, dark, unfolded": (1280, True, "unfold"),
    "phone, unfolded": (390, False, "unfold"),
    "phone, dark": (390, True, "as it is"),
    "print": (800, False, "print"),
    "menu": (1280, False, "menu"),
}
# These two hold all of a page's text and all rules for either width.
ALL = ("wide, dark, unfolded", "phone, unfolded")
# What the other views add (rules for paper, for folded boxes, for the menus) no page has alone.
SAMPLE_PAGES = ("index.html", "chapters/01_tensorflow_basics.html")
# One style sheet is cut for all browsers, but each has its own way with fonts: so Firefox and
# WebKit, slow at this, look at the table of all symbols; formulas.js asks every page in all three.
SYMBOLS = "chapters/notation.html"
SEEN_IN = {
    "chromium": {page: VIEWS if page in SAMPLE_PAGES else ALL for page in PAGES},
    "firefox": {SYMBOLS: ALL},
    "webkit": {SYMBOLS: ALL},
}


@pytest.fixture(scope="module")
def uncut(site, tmp_path_factory):
    """Return a copy of the site with the sheets that the one was made of, and the whole font."""
    if not MATH_FONT.is_file():
        absent("No Latin Modern Math: install it with: python -m tools.browser")
    copy = tmp_path_factory.mktemp("uncut") / "html"
    shutil.copytree(site, copy)
    static = copy / "_static"
    sheets = [path.relative_to(static) for known in SHEETS for path in static.glob(known)]
    imports = "".join(f'@import "{path.as_posix()}";\n' for path in sheets)
    (static / SHEET).write_text(imports, encoding="utf-8")
    shutil.copyfile(MATH_FONT, copy / FONT)
    return copy


def pictures(reader, address, view):
    """The page from top to end, picture by picture."""
    width, dark, what = VIEWS[view]
    reader.open(address, width=width, height=TALL, dark=dark)
    if what == "print":
        reader.print()
    if what != "as it is":
        reader.run(UNFOLD, what)
    reader.settle()
    for top in range(0, TALL if what == "menu" else reader.run(HEIGHT), TALL):
        reader.run(SCROLL, top)
        reader.settle()
        yield reader.picture()


@pytest.mark.parametrize(
    ("reader", "name"),
    [(engine, name) for engine, pages in SEEN_IN.items() for name in pages],
    indirect=["reader"],
    scope="module",
)
def test_a_page_looks_like_the_uncut_one(reader, site, uncut, name):
    for view in SEEN_IN[reader.engine][name]:
        # On a busy machine a picture may be taken between two frames; a cut stays a cut.
        for _ in range(3):
            if not (differ := compare(reader, site / name, uncut / name, view)):
                break
        assert differ == [], f"{view}: other pixels in these boxes, from top to end of the page"


def compare(reader, page, other, view):
    """Where two pages differ: (number of the picture, left, top, right, bottom), px.

    A level of 255 is no difference: Chromium rounds what is translucent now up and now down.
    """
    seen = [list(pictures(reader, one.as_uri(), view)) for one in (page, other)]
    found = []
    for number, pair in enumerate(zip(*seen, strict=True)):
        if pair[0] == pair[1]:
            continue  # the same file: no need to look into it
        images = [Image.open(BytesIO(data)).convert("RGB") for data in pair]
        levels = ImageChops.difference(*images).point(lambda level: level > 1 and 255)
        if box := levels.getbbox():
            found.append((number, *box))
    return found


# What was wrong once: spaces at the alignment point and inside brackets, roots, accents.
SAMPLE = (
    r"\begin{aligned} \text{bytes in training} \approx {}& 4\,P + 8\,P \\ & + 4 \left(\beta\right)"
    r"\\"
    r"-a + b &= \left(1 - \frac{a}{b}\right)^2 \\"
    r"\hat{v} &= \sqrt{\frac{2}{n_\text{in}}}\, f\left(\frac{x}{\sigma}\right)"
    r" + \sum_{k=0}^{n} \beta^k \end{aligned}"
)
PICTURES = Path(__file__).parent / "pictures"


def write_sample(folder):
    """Return a page of `folder` with these formulas, which has the site's style sheet."""
    sheet = '<link rel="stylesheet" href="_static/site.css">'
    formula = f'<div class="math">{to_mathml(SAMPLE, display=True)}</div>'
    head = f'<head><meta charset="utf-8">{sheet}</head>'
    page = folder / "formula.html"
    page.write_text(f"<!doctype html><html>{head}<body>{formula}", encoding="utf-8")
    return page


def test_the_oracle_sees_a_font_without_roots(reader, site, uncut, tmp_path):
    """Roots were invisible for a whole edition: no text asks for them, so a cut font had none.

    Here they are blank. Were they missing, Firefox would take those of an installed font.
    """
    from fontTools.ttLib import TTFont

    whole, rootless = (
        shutil.copytree(site / "_static", tmp_path / name / "_static").parent
        for name in ("whole", "rootless")
    )
    with TTFont(site / FONT) as font:
        outlines = font["CFF "].cff.topDictIndex[0].CharStrings
        for glyph in font.getGlyphOrder():
            if glyph.startswith("radical"):
                outlines[glyph] = outlines["space"]
        font.save(rootless / FONT)
    oracle = write_sample(uncut)
    assert compare(reader, write_sample(whole), oracle, "phone, unfolded") == []
    assert compare(reader, write_sample(rootless), oracle, "phone, unfolded") != []


def test_aligned_formulas_look_as_in_the_picture_that_was_looked_at(reader, site, tmp_path):
    """Stored pictures: read them, as a person does, before you replace one."""
    page = write_sample(shutil.copytree(site / "_static", tmp_path / "_static").parent)
    reader.open(page.as_uri(), width=480, height=260)
    found, wanted = tmp_path / "found.png", PICTURES / f"{reader.engine}.png"
    found.write_bytes(reader.picture())
    with Image.open(found) as one, Image.open(wanted) as other:
        # Other versions of a browser shade an edge otherwise; a shift of a pixel shows even so.
        pair = [image.convert("L").crop((0, 0, 480, 260)).reduce(2) for image in (one, other)]
    worst = ImageChops.difference(*pair).getextrema()[1]
    assert worst < 60, f"look at {found} beside {wanted}"
