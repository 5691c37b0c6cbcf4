"""A figure as the text of one SVG that is fit to stand inside a page.

`tidy` does that for the figures of a notebook's cells, too: these reach the site as matplotlib's
own SVG, so nothing here imports matplotlib.
"""

import functools
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.artist import Artist

# For matplotlib, while it draws: texts stay texts, and the same figure has the same bytes.
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "turn-the-knobs",
    "svg.image_inline": True,
}

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
_DROPPED = frozenset({"metadata", "title", "style"})
GRID = 4  # to a point: where an explorer's lengths lie
# Attributes whose numbers are lengths in points: a hundredth of a point is below what an eye sees.
_LENGTHS = frozenset({"d", "x", "y", "width", "height", "cx", "cy", "r", "points", "transform"})
# A picture's greatest width on a page: so that 10-point text is 15 px high in all of them.
_REM_PER_POINT = 15 / 10 / 16
_LONG_NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_FONT = re.compile(r"font(?:-family)?:\s*(?:[^;']|'[^']*')*;?\s*")
_FONT_SIZE = re.compile(r"([\d.]+)px")
# All ways to begin are plain letters outside of groups: re skips to those several times as fast.
_REFERENCE = re.compile(r'#(?:(?<=url\(#)|(?<= href="#))([^")]+)')
_TEXT_OR_NAME = re.compile(r'>[^<]+| id="([^"]*)"| href="#([^")]+)|url\(#([^")]+)')
_HOLE = re.compile(r'<still id="(\d+)" />')


@dataclass(frozen=True)
class Still:
    """Tidied markup of artists that look the same in many pictures, and what it refers to."""

    parts: tuple[str, ...]
    defs: dict[str, str]


def as_svg(
    write: Callable[[TextIO], None],
    *,
    name: str,
    colours: dict[str, str],
    label: str,
    still: "Sequence[Artist]" = (),
    known: Still | None = None,
) -> tuple[str, Still | None]:
    """The tidied SVG of what `write` writes: a figure that is laid out already, in SETTINGS.

    `name`, `colours` and `label` are those of `tidy`. What `still` looks like is returned, if it
    can be told; comes it back as `known`, these artists are not drawn, and the picture is the same.
    """
    marks = [_Mark(artist, number, known is None) for number, artist in enumerate(still)]
    text = io.StringIO()
    write(text)
    root = ElementTree.fromstring(text.getvalue())
    defs = _take_definitions(root, colours)
    _clean(root, colours, grid=True)
    if known is None:
        seen = Still(_take_still(root, len(marks)), defs)
    elif any(defs.get(key, markup) != markup for key, markup in known.defs.items()):
        # matplotlib counts some names: here the same one means something else.
        return as_svg(write, name=name, colours=colours, label=label, still=still)
    else:
        seen, defs = known, known.defs | defs
    _dress_root(root, label)
    markup = _HOLE.sub(lambda match: seen.parts[int(match[1])], _text(root))
    used = dict.fromkeys(_REFERENCE.findall(markup))
    start = markup.index(">") + 1
    inside = "".join(defs[one] for one in used if one in defs)
    svg = _rename(f"{markup[:start]}<defs>{inside}</defs>{markup[start:]}", used, name)
    return svg, None if any(mark.lost for mark in marks) else seen


class _Mark:
    """Has an artist drawn inside an element of its own, or only leave that element's place."""

    def __init__(self, artist: "Artist", number: int, drawn: bool) -> None:
        self.artist, self.number, self.drawn = artist, number, drawn
        self.lost = False
        artist.draw = self.draw  # type: ignore[method-assign]

    def draw(self, renderer: Any) -> None:
        writer = getattr(renderer, "writer", None)
        if writer is None:  # it becomes pixels, with others
            self.lost = True
            return type(self.artist).draw(self.artist, renderer)
        writer.start("still", id=str(self.number))
        if self.drawn:
            type(self.artist).draw(self.artist, renderer)
        writer.end("still")


def tidy(svg: str, *, name: str, colours: dict[str, str], label: str) -> str:
    """Make matplotlib's SVG fit to stand inside a page.

    Drops what only a file needs (prolog, metadata, fixed size, the style sheet, which would restyle
    the page's other SVGs), shortens numbers, makes ids unique by the prefix `name`, and turns each
    colour of `colours` ("#rrggbb" → CSS variable) into that variable, with the colour as fallback.
    `label` is the text alternative.
    """
    root = ElementTree.fromstring(svg)
    _clean(root, colours)
    _dress_root(root, label)
    markup = _text(root)
    return _rename(markup, dict.fromkeys(_REFERENCE.findall(markup)), name)


def _clean(root: ElementTree.Element, colours: dict[str, str], *, grid: bool = False) -> None:
    known = tuple(colours.items())
    for node in root.iter():
        node.tag = node.tag.removeprefix(_SVG)
        if node.tag == "g":  # nothing refers to a group
            node.attrib.pop("id", None)
        for child in list(node):
            if child.tag.removeprefix(_SVG) in _DROPPED:
                node.remove(child)
        node.attrib = {
            key: value
            for old_key, old in node.attrib.items()
            for key, value in [_tidy_attribute(old_key, old, known, grid)]
            if value is not None
        }
        if node.tag not in ("text", "tspan"):
            node.text = None
        node.tail = None


def _take_definitions(root: ElementTree.Element, colours: dict[str, str]) -> dict[str, str]:
    """Take what is defined out of the tree, tidied: id → markup. The ids depend on what it is."""
    found: dict[str, str] = {}
    for node in list(root.iter()):
        for defs in node.findall(f"{_SVG}defs"):
            _clean(defs, colours)
            found |= {one.attrib["id"]: _text(one) for one in defs if "id" in one.attrib}
            node.remove(defs)
    return found


def _take_still(root: ElementTree.Element, count: int) -> tuple[str, ...]:
    parts = [""] * count
    for node in root.iter("still"):
        parts[int(node.attrib["id"])] = "".join(map(_text, node))
        node[:] = []
    return tuple(parts)


def _rename(markup: str, used: dict[str, None], name: str) -> str:
    """Short ids, in order of first use, for the elements that are referred to at all."""
    ids = {old: f"{name}-{number}" for number, old in enumerate(used)}

    def new(match: re.Match) -> str:
        defined, linked, applied = match.groups()
        if linked:
            return f' href="#{ids[linked]}'
        if applied:
            return f"url(#{ids[applied]}"
        if defined is None:
            return match[0]
        return f' id="{ids[defined]}"' if defined in ids else ""

    return _TEXT_OR_NAME.sub(new, markup)


def _text(node: ElementTree.Element) -> str:
    return ElementTree.tostring(node, encoding="unicode")


@functools.lru_cache(2048)  # most of them come back in the next picture
def _tidy_attribute(
    key: str, value: str, colours: tuple[tuple[str, str], ...], grid: bool
) -> tuple[str, str | None]:
    if key == _XLINK_HREF:
        key = "href"
    if key in _LENGTHS:
        # A scale inside a transform needs more digits than a length.
        if grid and key != "transform":
            value = _LONG_NUMBER.sub(
                lambda match: f"{round(float(match[0]) * GRID) / GRID:.10g}", value
            )
        else:
            digits = 5 if key == "transform" else 2
            value = _LONG_NUMBER.sub(lambda match: f"{round(float(match[0]), digits):.10g}", value)
        value = re.sub(r"\s+", " ", value).strip()
        if value.startswith(("rotate(0 ", "rotate(-0 ")) and value.count("(") == 1:
            return key, None
    elif key == "style":
        value = _tidy_style(value, dict(colours))
    elif key == "fill":  # the ground of a hatch
        value = _themed(value, dict(colours))
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
    return _themed(re.sub(r"\s*([:;])\s*", r"\1", style).strip("; "), colours)


def _themed(text: str, colours: dict[str, str]) -> str:
    return _COLOUR.sub(
        lambda match: f"var({colours[match[0]]},{match[0]})" if match[0] in colours else match[0],
        text,
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
        "style": f"stroke-linejoin:round;stroke-linecap:butt;max-width:{widest:.4g}rem;width:100%",
    }
