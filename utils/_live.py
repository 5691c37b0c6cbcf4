"""The live explorer: ipywidgets whose every move calls the draw function in the kernel."""

import math
import traceback
from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets as widgets

from utils._canvas import Canvas
from utils._controls import Control, Controls

# White paper also where the notebook is dark: the picture's colours are those of the light theme.
_PAPER = "background:#fff;color:#1b2733;padding:8px;max-width:900px"


def make_live(canvas: Canvas, controls: Controls) -> widgets.VBox:
    """The explorer as one widget: knobs, preset buttons, and the picture with its sentence.

    Raises whatever the draw function raises at the defaults.
    """
    knobs = controls.knobs
    fields = {knob.name: _widget(knob, controls.given[knob.name]) for knob in knobs}
    picture = widgets.HTML()
    explorer = _Live(canvas, knobs, fields, picture)
    rows = [_row(fields[knob.name], knob, explorer, controls.play == knob.name) for knob in knobs]
    if controls.presets:
        rows.append(widgets.HBox([explorer.button(*item) for item in controls.presets.items()]))
    picture.value = explorer.markup()
    for field in fields.values():
        field.observe(explorer.moved, names="value")
    return widgets.VBox([*rows, picture])


def nearest(control: Control, value: Any) -> int:
    """Index of the stop nearest to what a live widget reports (a slider may be between stops)."""
    if control.track is None or control.kind != "range":
        return control.values.index(value)
    return min(range(len(control.values)), key=lambda i: abs(control.values[i] - value))


class _Live:
    def __init__(
        self,
        canvas: Canvas,
        knobs: Sequence[Control],
        fields: dict[str, Any],
        picture: widgets.HTML,
    ) -> None:
        self.canvas, self.knobs, self.fields, self.picture = canvas, knobs, fields, picture
        self.jumping = False

    def markup(self) -> str:
        values = {k.name: k.values[nearest(k, self.fields[k.name].value)] for k in self.knobs}
        frame = self.canvas.frame(values)
        printed = f"<pre>{escape(frame.printed)}</pre>" if frame.printed else ""
        return (
            f'<div style="{_PAPER}">{self.canvas.markup(frame)}<output aria-live="polite">'
            f"{escape(frame.sentence)}</output>{printed}</div>"
        )

    def moved(self, _change: Any = None) -> None:
        if self.jumping:
            return
        try:
            self.picture.value = self.markup()
        except Exception:
            # A raised exception would vanish in the kernel's log: the reader must see it here.
            self.picture.value = (
                f'<pre role="alert" style="{_PAPER};color:#b00020;overflow:auto">'
                f"{escape(traceback.format_exc())}</pre>"
            )

    def jump(self, state: dict[str, int]) -> None:
        """Move several knobs and draw once."""
        self.jumping = True
        try:
            for knob in self.knobs:
                if knob.name in state:
                    self.fields[knob.name].value = knob.values[state[knob.name]]
        finally:
            self.jumping = False
        self.moved()

    def button(self, label: str, state: dict[str, int]) -> widgets.Button:
        button = widgets.Button(description=label, layout=widgets.Layout(width="auto"))
        button.on_click(lambda _: self.jump(state))
        return button


def _row(field: Any, knob: Control, explorer: _Live, play: bool) -> Any:
    if not play:
        return field
    last = len(knob.values) - 1
    pace = round(min(max(5000 / last, 60), 500))
    player = widgets.Play(min=0, max=last, value=knob.default, interval=pace)

    def tick(change: Any) -> None:
        if change["new"] != nearest(knob, field.value):
            explorer.jump({knob.name: change["new"]})

    def follow(_change: Any) -> None:
        player.value = nearest(knob, field.value)  # so that it goes on from where the reader is

    player.observe(tick, names="value")
    field.observe(follow, names="value")
    return widgets.HBox([field, player])


def _widget(knob: Control, given: Any) -> Any:
    """The widget that `interact` would make of the abbreviation, or the one that was given."""
    if isinstance(given, widgets.Widget):
        given.description = given.description or knob.name
        return given
    start = {"value": knob.values[knob.default], "description": knob.name}
    if knob.kind == "check":
        return widgets.Checkbox(**start)
    if knob.track is None:
        options = list(zip(knob.labels, knob.values, strict=True))
        make = widgets.SelectionSlider if knob.kind == "range" else widgets.Dropdown
        return make(options=options, **start)
    first, step = knob.track
    limits = {"min": first, "max": knob.values[-1], "step": step}
    if isinstance(knob.values[0], int):
        return widgets.IntSlider(**limits, **start)
    digits = max(0, -math.floor(math.log10(step) + 1e-9), *map(_decimals, knob.labels))
    return widgets.FloatSlider(**limits, **start, readout_format=f".{digits}f")


def _decimals(label: str) -> int:
    return len(label.partition(".")[2]) if "e" not in label else 0
