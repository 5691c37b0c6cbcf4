"""Curves of one picture differ by more than their colour: dashes, markers, or width."""

import re
from collections import defaultdict
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from built_site import PAGES, SITE

pytestmark = pytest.mark.site

PICTURE = re.compile(r'<svg\b[^>]*\brole="img".*?</svg>', re.DOTALL)
COLOUR = re.compile(r"var\(--plot-(c\d)")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def style_of(element):
    """What its `style` says, by name."""
    parts = (part.partition(":") for part in (element.get("style") or "").split(";"))
    return {name.strip(): value.strip() for name, _, value in parts}


def box(path):
    """Where a path is: least and greatest x, least and greatest y."""
    numbers = [float(number) for number in NUMBER.findall(path.get("d"))]
    return min(numbers[::2]), max(numbers[::2]), min(numbers[1::2]), max(numbers[1::2])


def apart(curves):
    """Whether lists of boxes stand side by side or one above the other, as columns or rows do."""
    for least, greatest in ((0, 1), (2, 3)):
        spans = sorted((min(b[least] for b in c), max(b[greatest] for b in c)) for c in curves)
        if all(before[1] <= after[0] + 0.5 for before, after in pairwise(spans)):
            return True
    return False


def alike(svg):
    """Sets of colours whose curves within one pair of axes differ by nothing else.

    They may also differ by their place: columns, rows, strokes above zero and below it. A picture
    holds a group for the figure, this one a group for each pair of axes, and these one for each
    curve with its markers.
    """
    root = ElementTree.fromstring(re.sub(r'\sxmlns(:\w+)?="[^"]*"|\bxlink:', "", svg))
    found = []
    for axes in root.findall("g/g"):
        looks = defaultdict(lambda: defaultdict(list))
        for curve in axes.findall("g"):
            for path in curve.iter("path"):
                style = style_of(path)
                colour = COLOUR.match(style.get("stroke", ""))
                # What is cut off at the axes are data; ticks and frames are not. One may be empty.
                data = style.get("fill") == "none" and path.get("clip-path") and path.get("d")
                if colour and data:
                    marker = next((one.get("href") for one in curve.iter("use")), None)
                    look = style.get("stroke-dasharray"), style.get("stroke-width"), marker
                    looks[look][colour[1]].append(box(path))
        found += [set(look) for look in looks.values() if not apart(look.values())]
    return found


def drawn(*styles, y=0):
    """A picture of curves with these styles, one on the other, or y px below each other."""
    line = '<g><path clip-path="url(#a)" d="M 0 {} L 9 {}" style="fill:none;{}"/></g>'
    curves = (line.format(i * y, i * y + 3, style) for i, style in enumerate(styles))
    return f'<svg xmlns="http://www.w3.org/2000/svg"><g><g>{"".join(curves)}</g></g></svg>'


def test_what_counts_as_alike():
    blue, orange = "stroke:var(--plot-c0,#1b62b5)", "stroke:var(--plot-c1,#c4481a)"
    assert alike(drawn(blue, orange)) == [{"c0", "c1"}]
    assert alike(drawn(blue, blue)) == []
    assert alike(drawn(blue, f"{orange};stroke-dasharray:5,2")) == []
    assert alike(drawn(blue, f"{orange};stroke-width:4")) == []
    assert alike(drawn(blue, orange, y=9)) == []


@pytest.mark.parametrize("name", PAGES)
def test_curves_differ_by_more_than_colour(name):
    pictures = PICTURE.findall((SITE / name).read_text("utf-8"))
    by_colour = [
        (re.search(r'aria-label="([^"]*)"', svg)[1], colours)
        for svg in pictures
        if (colours := alike(svg))
    ]
    assert by_colour == []


def test_pictures_are_found():
    text = "".join((SITE / name).read_text("utf-8") for name in PAGES)
    assert len(PICTURE.findall(text)) > 60
