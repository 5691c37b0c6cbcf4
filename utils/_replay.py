"""From drawn positions to one self-contained HTML fragment which `replay.js` plays.

A fragment holds the first picture as an inline SVG, native form controls, and, for every position
of the controls, only what differs from the first picture: attributes, texts and, where the number
of elements differs, the inside of the element around them. That is JSON, deflated, in base64.
"""

import base64
import itertools
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any
from xml.etree import ElementTree

MAX_POSITIONS = 2_000
MAX_BYTES = 120_000

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


@dataclass(frozen=True)
class Control:
    """One knob: the values it can take, in order, and how the page shows them.

    kind: "range" (slider), "select" (menu) or "check" (checkbox; values are False, True).
    values: what the draw function receives. labels: the same values as text.
    default: index of the first value shown.
    track: a slider's own numbers (first, step); they differ from `values` for a log slider.
    """

    name: str
    kind: str
    values: tuple[Any, ...]
    labels: tuple[str, ...]
    default: int
    track: tuple[float, float] = (0, 1)


@dataclass(frozen=True)
class Frame:
    """The picture of one position (tidied SVG) and the sentence that says what is seen."""

    svg: str
    sentence: str


class BudgetError(ValueError):
    """An explorer asks for more positions or more bytes than a page can afford."""


def positions(controls: Sequence[Control]) -> Iterator[tuple[int, ...]]:
    """All positions as tuples of indices, the last control moving fastest."""
    return itertools.product(*(range(len(control.values)) for control in controls))


def check_positions(name: str, controls: Sequence[Control]) -> None:
    """Raise BudgetError if the controls' grid has more than MAX_POSITIONS positions."""
    count = 1
    for control in controls:
        count *= len(control.values)
    if count > MAX_POSITIONS:
        raise BudgetError(
            f"explore({name}) asks for {count:,} positions, but a page holds at most "
            f"{MAX_POSITIONS:,}: {_grid(controls)}. Use larger steps or fewer controls."
        )


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


def fragment(
    name: str,
    controls: Sequence[Control],
    frames: Sequence[Frame],
    *,
    presets: dict[str, dict[str, int]],
    play: str | None,
) -> str:
    """The explorer as HTML: controls, first picture, sentence, and the packed other positions.

    `frames` come in the order of `positions(controls)`; `presets` name, for each button, the index
    of each control it moves. Raises BudgetError above MAX_BYTES.
    """
    first = 0
    for control in controls:
        first = first * len(control.values) + control.default
    packed = pack(frames, first)
    if len(packed) > MAX_BYTES:
        raise BudgetError(
            f"explore({name}) needs {len(packed):,} bytes deflated, but a page holds at most "
            f"{MAX_BYTES:,}: {_grid(controls)}. Use larger steps, fewer points on each "
            "curve or fewer markers."
        )
    data = base64.b64encode(packed).decode("ascii")
    knobs = "".join(_knob(name, control, play == control.name) for control in controls)
    ids = " ".join(f"{name}-{control.name}" for control in controls)
    return (
        f'<figure class="explorer" id="{name}">'
        f'<div class="knobs" role="group" aria-label="Knobs">{knobs}</div>'
        f"{_preset_buttons(controls, presets)}"
        f"{frames[first].svg}"
        f'<output for="{ids}" aria-live="off">{escape(frames[first].sentence)}</output>'
        '<button type="button" class="link">Copy link to this setting</button>'
        '<p class="announcement" role="status"></p>'
        f'<script type="text/plain" class="frames">{data}</script>'
        "</figure>"
    )


def pack(frames: Sequence[Frame], first: int) -> bytes:
    """Deflated JSON of what differs between the frames; see `replay.js` for how it is read.

    {"slots": [[node, kind, values], …], "at": [[value index by position], …]}: `node` counts the
    elements of the first frame in document order, -1 is the sentence; `kind` is an attribute's
    name, "" for the text, "<" for the inner markup; a value of null removes the attribute.
    """
    roots = [ElementTree.fromstring(_without_namespace(frame.svg)) for frame in frames]
    columns: list[tuple[int, str, list[str | None]]] = []
    _compare(roots, first, itertools.count(), columns)
    columns.append((-1, "", [frame.sentence for frame in frames]))
    slots, at = [], []
    for node, kind, column in columns:
        # The first frame's value gets index 0: it is what the page shows before any change.
        distinct = {column[first]: 0}
        at.append([distinct.setdefault(value, len(distinct)) for value in column])
        slots.append([node, kind, list(distinct)])
    text = json.dumps({"slots": slots, "at": at}, separators=(",", ":"), ensure_ascii=False)
    return zlib.compress(text.encode("utf-8"), 9)


def _grid(controls: Sequence[Control]) -> str:
    return " × ".join(f"{control.name} has {len(control.values)}" for control in controls)


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
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": view_box,
        "role": "img",
        "aria-label": label,
        # What the dropped style sheet asked of every element; both are inherited.
        "style": f"stroke-linejoin:round;stroke-linecap:butt;max-width:{widest:.4g}rem",
    }


def _without_namespace(svg: str) -> str:
    # The default namespace would come back as a prefix on every tag of the inner markup.
    return svg.replace(' xmlns="http://www.w3.org/2000/svg"', "", 1)


def _compare(
    nodes: list[ElementTree.Element],
    first: int,
    count: "itertools.count[int]",
    columns: list[tuple[int, str, list[str | None]]],
) -> None:
    """Append a column for each attribute, text or inside in which the frames' nodes differ."""
    index = next(count)
    for key in dict.fromkeys(key for node in nodes for key in node.attrib):
        values = [node.attrib.get(key) for node in nodes]
        if len(set(values)) > 1:
            columns.append((index, key, values))
    tags = {tuple(child.tag for child in node) for node in nodes}
    texts = [node.text or "" for node in nodes]
    mixed = len(set(texts)) > 1 and tags != {()}
    if len(tags) > 1 or mixed:
        columns.append((index, "<", [_inside(node) for node in nodes]))
        for _ in range(sum(1 for _ in nodes[first].iter()) - 1):
            next(count)
        return
    if len(set(texts)) > 1:
        columns.append((index, "", list(texts)))
    for children in zip(*nodes, strict=True):
        _compare(list(children), first, count, columns)


def _inside(node: ElementTree.Element) -> str:
    children = (ElementTree.tostring(child, encoding="unicode") for child in node)
    return escape(node.text or "", quote=False) + "".join(children)


def _knob(name: str, control: Control, play: bool) -> str:
    key, label = f"{name}-{control.name}", escape(control.labels[control.default])
    text = f'<label for="{key}">{escape(control.name)}</label>'
    field = f'id="{key}" name="{escape(control.name)}" autocomplete="off"'
    if control.kind == "check":
        checked = " checked" if control.values[control.default] else ""
        return f'<div class="knob">{text}<input type="checkbox" {field}{checked}></div>'
    button = ""
    if play:
        button = f'<button type="button" class="play" data-knob="{key}">Play</button>'
    if control.kind == "select":
        options = "".join(
            f"<option{' selected' if i == control.default else ''}>{escape(option)}</option>"
            for i, option in enumerate(control.labels)
        )
        return f'<div class="knob">{text}<select {field}>{options}</select>{button}</div>'
    # Decimals, as the browser counts: it would refuse a last stop that is a digit off its steps.
    start, step = (Decimal(f"{part:.10g}") for part in control.track)
    first, last, shown = (start + i * step for i in (0, len(control.labels) - 1, control.default))
    return (
        f'<div class="knob">{text}<input type="range" {field} min="{_plain(first)}" '
        f'max="{_plain(last)}" step="{_plain(step)}" value="{_plain(shown)}" '
        f'aria-valuetext="{label}" data-labels="{escape("|".join(control.labels))}">'
        f'<span class="value" aria-hidden="true">{label}</span>{button}</div>'
    )


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _preset_buttons(controls: Sequence[Control], presets: dict[str, dict[str, int]]) -> str:
    if not presets:
        return ""
    buttons = "".join(
        f'<button type="button" class="preset" data-state="{escape(json.dumps(state))}">'
        f"{escape(label)}</button>"
        for label, state in presets.items()
    )
    return f'<div class="presets" role="group" aria-label="Settings to try">{buttons}</div>'
