"""A figure as the text of one SVG that is fit to stand inside a page.

`tidy` does that for the figures of a notebook's cells, too: these reach the site as matplotlib's
own SVG, so nothing here imports matplotlib.
"""

import io
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.backends.backend_svg import FigureCanvasSVG

# For matplotlib, while it draws: texts stay texts, and the same figure has the same bytes.
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "turn-the-knobs",
    "svg.image_inline": True,
}

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
# Attributes whose numbers are lengths in points: a hundredth of a point is below what an eye sees.
_LENGTHS = frozenset({"d", "x", "y", "width", "height", "cx", "cy", "r", "points", "transform"})
# A picture's greatest width on a page: so that 10-point text is 15 px high in all of them.
_REM_PER_POINT = 15 / 10 / 16
_LONG_NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_FONT = re.compile(r"font(?:-family)?:\s*(?:[^;']|'[^']*')*;?\s*")
_FONT_SIZE = re.compile(r"([\d.]+)px")
_REFERENCE = re.compile(r"#([\w.-]+)(?=\)|$)")


def as_svg(canvas: "FigureCanvasSVG", *, name: str, colours: dict[str, str], label: str) -> str:
    """The tidied SVG of a figure that is laid out already; SETTINGS must be in force.

    `name`, `colours` and `label` are those of `tidy`.
    """
    text = io.StringIO()
    # Not savefig(), which would draw everything twice to lay out what is laid out.
    canvas.print_svg(text, metadata={"Date": None})
    return tidy(text.getvalue(), name=name, colours=colours, label=label)


def tidy(svg: str, *, name: str, colours: dict[str, str], label: str) -> str:
    """Make matplotlib's SVG fit to stand inside a page.

    Drops what only a file needs (prolog, metadata, fixed size, the style sheet, which would restyle
    the page's other SVGs), shortens numbers, makes ids unique by the prefix `name`, and turns each
    colour of `colours` ("#rrggbb" → CSS variable) into that variable, with the colour as fallback.
    `label` is the text alternative.
    """
    root = ElementTree.fromstring(svg)
    for parent in root.iter():
        for child in list(parent):
            if child.tag in (f"{_SVG}metadata", f"{_SVG}title", f"{_SVG}style"):
                parent.remove(child)
    ids = _new_ids(root, name)
    for node in root.iter():
        node.tag = node.tag.removeprefix(_SVG)
        node.attrib = {
            key: value
            for old_key, old in node.attrib.items()
            for key, value in [_tidy_attribute(old_key, old, ids, colours)]
            if value is not None
        }
        if node.tag not in ("text", "tspan"):
            node.text = None
        node.tail = None
    _dress_root(root, label)
    return ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)


def _new_ids(root: ElementTree.Element, name: str) -> dict[str, str]:
    """Short ids, in order of first use, for the elements that are referred to at all."""
    used: dict[str, str] = {}
    for node in root.iter():
        for value in node.attrib.values():
            for reference in _REFERENCE.findall(value):
                if not _COLOUR.fullmatch(f"#{reference}"):
                    used.setdefault(reference, f"{name}-{len(used)}")
    return used


def _tidy_attribute(
    key: str, value: str, ids: dict[str, str], colours: dict[str, str]
) -> tuple[str, str | None]:
    if key == _XLINK_HREF:
        key = "href"
    if key == "id":
        return key, ids.get(value)
    if key in _LENGTHS:
        # A scale inside a transform needs more digits than a length.
        digits = 5 if key == "transform" else 2
        value = _LONG_NUMBER.sub(lambda match: f"{round(float(match[0]), digits):.10g}", value)
        value = re.sub(r"\s+", " ", value).strip()
        if value.startswith(("rotate(0 ", "rotate(-0 ")) and value.count("(") == 1:
            return key, None
    elif key == "style":
        value = _tidy_style(value, colours)
    if "#" in value and not value.startswith("data:"):
        value = _REFERENCE.sub(lambda match: "#" + ids.get(match[1], match[1]), value)
    return key, value


def _tidy_style(style: str, colours: dict[str, str]) -> str:
    # The page chooses the typeface; matplotlib's choice of size and weight stays.
    font = _FONT.match(style)
    if font and (size := _FONT_SIZE.search(font[0])):
        weight = ";font-weight:700" if re.search(r"\b(bold|700)\b", font[0]) else ""
        slant = ";font-style:italic" if "italic" in font[0] or "oblique" in font[0] else ""
        style = f"font-size:{size[1]}px{weight}{slant};" + style[font.end() :]
    else:
        style = re.sub(r"font-family:(?:[^;']|'[^']*')*;?", "", style)
    style = re.sub(r"\s*([:;])\s*", r"\1", style).strip("; ")
    return _COLOUR.sub(
        lambda match: f"var({colours[match[0]]},{match[0]})" if match[0] in colours else match[0],
        style,
    )


def _dress_root(root: ElementTree.Element, label: str) -> None:
    view_box = root.attrib["viewBox"]
    widest = float(view_box.split()[2]) * _REM_PER_POINT
    root.attrib = {
        # A browser's translator would put elements of its own into the texts. It may know HTML's
        # attribute, or only the class.
        "class": "notranslate",
        "translate": "no",
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": view_box,
        "role": "img",
        "aria-label": label,
        # What the dropped style sheet asked of every element; both are inherited.
        "style": f"stroke-linejoin:round;stroke-linecap:butt;max-width:{widest:.4g}rem",
    }
