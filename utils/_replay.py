"""All positions of an explorer, drawn into one self-contained HTML fragment for `replay.js`.

A fragment holds the first pictures as inline SVG, native form controls, and, for every position of
the controls, only what differs between the pictures, as utils/_pack.py writes it, in base64.
"""

import base64
import itertools
import json
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from html import escape
from typing import Any

from utils._canvas import Canvas, Frame
from utils._controls import Control, Controls
from utils._drag import check_still
from utils._pack import pack

MAX_POSITIONS = 20_000
MAX_BYTES = 120_000

_SHOW_CODE = "Show the code for this setting"
_COPY_LINK = "Copy link to this setting"
_KNOBS = "Knobs of this figure"  # for the ear
_PRESETS = "Settings to try"


class BudgetError(ValueError):
    """An explorer asks for more positions or more bytes than a page can afford."""


def make_replay(canvas: Canvas, controls: Controls) -> str:
    """Draw every position once, and return the fragment.

    Raises:
        BudgetError: more positions than MAX_POSITIONS, before any is drawn, or above MAX_BYTES.
        RuntimeError: a position cannot be drawn, or prints; its values are named.
    """
    knobs = controls.knobs
    check_positions(canvas.name, knobs)
    _draw_position(canvas, knobs, [knob.default for knob in knobs])  # its layout is everyone's
    dragged = canvas.stops(controls.drag) if controls.drag else None
    frames = []
    for position in positions(knobs):
        frames.append(_draw_position(canvas, knobs, position))
        if controls.drag and dragged:
            check_still(dragged, canvas.stops(controls.drag), canvas.name)
    return fragment(canvas, controls, frames, dragged)


def positions(knobs: Sequence[Control]) -> Iterator[tuple[int, ...]]:
    """All positions as tuples of indices, the last knob moving fastest."""
    return itertools.product(*(range(len(knob.values)) for knob in knobs))


def check_positions(name: str, knobs: Sequence[Control]) -> None:
    """Raise BudgetError if the knobs' grid has more than MAX_POSITIONS positions."""
    count = math.prod(len(knob.values) for knob in knobs)
    if count > MAX_POSITIONS:
        raise BudgetError(
            f"explore({name}) asks for {count:,} positions, but a page holds at most "
            f"{MAX_POSITIONS:,}: {_grid(knobs)}. Use larger steps or fewer controls."
        )


def fragment(
    canvas: Canvas,
    controls: Controls,
    frames: Sequence[Frame],
    dragged: dict[str, Any] | None = None,
) -> str:
    """The explorer as HTML: knobs, first picture, sentence, and the packed other positions.

    `frames` come in the order of `positions`; `dragged` is where the stops lie in the picture.
    Raises BudgetError above MAX_BYTES.
    """
    name, first = canvas.name, 0
    for knob in controls.knobs:
        first = first * len(knob.values) + knob.default
    packed = pack(frames, first, [len(knob.values) for knob in controls.knobs])
    if len(packed) > MAX_BYTES:
        raise BudgetError(
            f"explore({name}) needs {len(packed):,} bytes deflated, but a page holds at most "
            f"{MAX_BYTES:,}: {_grid(controls.knobs)}. Use larger steps, fewer points on each "
            "curve or fewer markers."
        )
    data = base64.b64encode(packed).decode("ascii")
    knobs = "".join(_knob(name, knob, controls.play == knob.name) for knob in controls.knobs)
    count = len(controls.knobs)
    around = f";--knobs:{count};--knob-pairs:{-(-count // 2)}"
    around += f";--presets:{int(bool(controls.presets))}"
    drag = f' data-drag="{escape(json.dumps(dragged))}"' if dragged else ""
    ids = " ".join(f"{name}-{knob.name}" for knob in controls.knobs)
    return (
        f'<figure class="explorer" id="{name}">'
        f'<div class="knobs" role="group" aria-label="{_KNOBS}"{drag}>{knobs}</div>'
        f"{_preset_buttons(controls.presets)}"
        f"{canvas.markup(frames[first], around)}"
        f'<output for="{ids}" aria-live="off">{escape(frames[first].sentence)}</output>'
        f'<div class="more" data-code="{escape(json.dumps(_code(canvas, controls.knobs)))}">'
        f'<button type="button" class="code" aria-expanded="false">{_SHOW_CODE}</button>'
        f'<button type="button" class="link">{_COPY_LINK}</button></div>'
        '<p class="announcement" role="status"></p>'
        f'<script type="text/plain" class="frames">{data}</script>'
        "</figure>"
    )


def _draw_position(canvas: Canvas, knobs: Sequence[Control], position: Sequence[int]) -> Frame:
    values = {knob.name: knob.values[i] for knob, i in zip(knobs, position, strict=True)}
    where = ", ".join(f"{name}={value!r}" for name, value in values.items())
    try:
        frame = canvas.frame(values)
    except Exception as error:
        raise RuntimeError(
            f"explore({canvas.name}) cannot draw {where}: {type(error).__name__}: {error}"
        ) from error
    if frame.printed:
        raise RuntimeError(
            f"explore({canvas.name}) has no place on a page for what is printed at {where}: "
            f"{frame.printed.strip()[:200]!r}. Say it in the sentence, or remove the print."
        )
    return frame


def _code(canvas: Canvas, knobs: Sequence[Control]) -> dict[str, Any]:
    """What replay.js makes the code for a setting of: its lines, and Python's names for the stops.

    A knob is left out of `literals` where its labels are Python already. A stop that no literal
    stands for, such as a function, is None.
    """
    rows, columns = canvas.grid
    axes, shape = ("ax", "") if rows * columns == 1 else ("axes", f"{rows}, {columns}, ")
    size = ", ".join(f"{inches:g}" for inches in canvas.figsize)
    figure = f'fig, {axes} = plt.subplots({shape}figsize=({size}), layout="constrained")'
    literals = {knob.name: [_literal(value) for value in knob.values] for knob in knobs}
    return {
        "figure": figure,
        "call": f"{canvas.name}({axes}, ",
        "literals": {
            knob.name: literals[knob.name]
            for knob in knobs
            if literals[knob.name] != list(knob.labels)
        },
    }


def _literal(value: Any) -> str | None:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value) if value is None or isinstance(value, (bool, int, float)) else None


def _grid(knobs: Sequence[Control]) -> str:
    return " × ".join(f"{knob.name} has {len(knob.values)}" for knob in knobs)


def _knob(name: str, knob: Control, play: bool) -> str:
    key, label = f"{name}-{knob.name}", escape(knob.labels[knob.default])
    text = f'<label for="{key}" translate="no">{escape(knob.name)}</label>'
    field = f'id="{key}" name="{escape(knob.name)}" autocomplete="off"'
    if knob.kind == "check":
        checked = " checked" if knob.values[knob.default] else ""
        return f'<div class="knob">{text}<input type="checkbox" {field}{checked}></div>'
    button = ""
    if play:
        button = f'<button type="button" class="play" data-knob="{key}">Play</button>'
    if knob.kind == "select":
        options = "".join(
            f'<option value="{escape(option)}"{" selected" if i == knob.default else ""}>'
            f"{escape(option)}</option>"
            for i, option in enumerate(knob.labels)
        )
        return f'<div class="knob">{text}<select {field}>{options}</select>{button}</div>'
    # Decimals, as the browser counts: it would refuse a last stop that is a digit off its steps.
    start, step = (Decimal(f"{part:.10g}") for part in knob.track or (0, 1))
    first, last, shown = (start + i * step for i in (0, len(knob.labels) - 1, knob.default))
    return (
        f'<div class="knob">{text}<input type="range" {field} min="{_plain(first)}" '
        f'max="{_plain(last)}" step="{_plain(step)}" value="{_plain(shown)}" '
        f'aria-valuetext="{label}" data-labels="{escape("|".join(knob.labels))}">'
        f'<span class="value" aria-hidden="true">{label}</span>{button}</div>'
    )


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _preset_buttons(presets: dict[str, dict[str, int]]) -> str:
    if not presets:
        return ""
    buttons = "".join(
        f'<button type="button" class="preset" data-state="{escape(json.dumps(state))}">'
        f"{escape(label)}</button>"
        for label, state in presets.items()
    )
    return f'<div class="presets" role="group" aria-label="{_PRESETS}">{buttons}</div>'
