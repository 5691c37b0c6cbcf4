"""Curves of one picture differ by more than their colour: dashes, markers, or width."""

import re
from collections import defaultdict
from xml.etree import ElementTree

import pytest
from built_site import PAGES, SITE

pytestmark = pytest.mark.site

PICTURE = re.compile(r'<svg\b[^>]*\brole="img".*?</svg>', re.DOTALL)
COLOUR = re.compile(r"var\(--plot-(c\d)")
# Pictures that tell curves apart by place or shape; their beginnings, as screen readers say them.
BY_PLACE = (
    "A network drawn as three columns",  # dots: columns of inputs, of hidden units, of outputs
    "3-4-2: 2 layers",  # the same
    "Final losses of 20 networks",  # a row for each shape of network, named at the axis
    "P / (P + C)",  # strokes above zero and below it
    "Contours of a stretched bowl. Gradient descent",  # one straight path and one that swings
)


def style_of(element):
    """What its `style` says, by name."""
    parts = (part.partition(":") for part in (element.get("style") or "").split(";"))
    return {name.strip(): value.strip() for name, _, value in parts}


def alike(svg):
    """Sets of colours whose curves within one pair of axes differ by nothing else.

    A picture holds a group for the figure, this one a group for each pair of axes, and these one
    for each curve with its markers.
    """
    root = ElementTree.fromstring(re.sub(r'\sxmlns(:\w+)?="[^"]*"|\bxlink:', "", svg))
    found = []
    for axes in root.findall("g/g"):
        colours = defaultdict(set)
        for curve in axes.findall("g"):
            for path in curve.iter("path"):
                style = style_of(path)
                colour = COLOUR.match(style.get("stroke", ""))
                # What is cut off at the axes are data; ticks and frames are not.
                if colour and style.get("fill") == "none" and path.get("clip-path"):
                    marker = next((one.get("d") for one in curve.iterfind(".//defs/path")), None)
                    look = style.get("stroke-dasharray"), style.get("stroke-width"), marker
                    colours[look].add(colour[1])
        found += [colour for colour in colours.values() if len(colour) > 1]
    return found


def drawn(*styles):
    """A picture of two curves with these styles."""
    curves = (
        f'<g><path clip-path="url(#a)" d="M 0 0 L 1 {i}" style="fill:none;{style}"/></g>'
        for i, style in enumerate(styles)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg"><g><g>{"".join(curves)}</g></g></svg>'


def test_what_counts_as_alike():
    blue, orange = "stroke:var(--plot-c0,#1b62b5)", "stroke:var(--plot-c1,#c4481a)"
    assert alike(drawn(blue, orange)) == [{"c0", "c1"}]
    assert alike(drawn(blue, blue)) == []
    assert alike(drawn(blue, f"{orange};stroke-dasharray:5,2")) == []
    assert alike(drawn(blue, f"{orange};stroke-width:4")) == []


@pytest.mark.parametrize("name", PAGES)
def test_curves_differ_by_more_than_colour(name):
    pictures = PICTURE.findall((SITE / name).read_text("utf-8"))
    by_colour = [
        (label, colours)
        for svg in pictures
        if not (label := re.search(r'aria-label="([^"]*)"', svg)[1]).startswith(BY_PLACE)
        if (colours := alike(svg))
    ]
    assert by_colour == []


def test_pictures_are_found():
    text = "".join((SITE / name).read_text("utf-8") for name in PAGES)
    assert len(PICTURE.findall(text)) > 60
    assert all(f'aria-label="{start}' in text for start in BY_PLACE)
