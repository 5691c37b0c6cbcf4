"""The live explorer: ipywidgets whose every move calls the draw function in the kernel."""

import functools
import math
import traceback
from html import escape
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import traitlets

from utils._canvas import Canvas
from utils._controls import Control, Controls
from utils._drag import check_still

# White paper also where the notebook is dark: the picture's colours are those of the light theme.
_PAPER = "background:#fff;color:#1b2733;padding:8px;max-width:900px"


def make_live(canvas: Canvas, controls: Controls) -> widgets.VBox:
    """The explorer as one widget: knobs, preset buttons, and the picture with its sentence.

    Raises whatever the draw function raises at the defaults.
    """
    knobs = controls.knobs
    fields = {knob.name: _widget(knob, controls.given[knob.name]) for knob in knobs}
    explorer = _Live(canvas, controls, fields)
    rows = [_row(fields[knob.name], knob, explorer, controls.play == knob.name) for knob in knobs]
    if controls.presets:
        rows.append(widgets.HBox([explorer.button(*item) for item in controls.presets.items()]))
    picture = explorer.first_picture()
    for field in fields.values():
        field.observe(explorer.moved, names="value")
    return widgets.VBox([*rows, picture])


def nearest(control: Control, value: Any) -> int:
    """Index of the stop nearest to what a live widget reports (a slider may be between stops)."""
    if control.track is None:
        return control.values.index(value)
    return min(range(len(control.values)), key=lambda i: abs(control.values[i] - value))


@functools.cache
def draggable() -> Any:
    """The class of pictures that can be dragged, or None without the package anywidget."""
    try:
        import anywidget
    except ImportError:  # Colab may be without it; the sliders do all
        return None
    here = Path(__file__).parent

    class Draggable(anywidget.AnyWidget):
        """value: as that of an HTML widget. drag: as drag.js reads it.

        stops, picked: knob's name → index of its stop; those of the picture, and what a reader
        dragged to.
        """

        _esm = "".join((here / name).read_text("utf-8") for name in ("drag.js", "drag_live.js"))
        value = traitlets.Unicode().tag(sync=True)
        drag = traitlets.Dict().tag(sync=True)
        stops = traitlets.Dict().tag(sync=True)
        picked = traitlets.Dict().tag(sync=True)

    return Draggable


class _Live:
    picture: widgets.DOMWidget

    def __init__(self, canvas: Canvas, controls: Controls, fields: dict[str, Any]) -> None:
        self.canvas, self.knobs, self.fields = canvas, controls.knobs, fields
        self.drag = controls.drag
        self.jumping = False

    def first_picture(self) -> widgets.DOMWidget:
        """The picture, which can be dragged where it is asked for and the package anywidget is."""
        value = self.markup()
        self.dragged = self.canvas.stops(self.drag) if self.drag else None
        make = draggable() if self.drag else None
        if make is None:
            self.picture = widgets.HTML(value)
        else:
            self.picture = make(value=value, drag=self.dragged, stops=self.stops())
            self.picture.observe(lambda change: self.jump(change["new"]), names="picked")
        return self.picture

    def stops(self) -> dict[str, int]:
        return {knob.name: nearest(knob, self.fields[knob.name].value) for knob in self.knobs}

    def markup(self) -> str:
        stops = self.stops()
        frame = self.canvas.frame({knob.name: knob.values[stops[knob.name]] for knob in self.knobs})
        printed = f"<pre>{escape(frame.printed)}</pre>" if frame.printed else ""
        return (
            f'<div style="{_PAPER}">{self.canvas.markup(frame)}<output aria-live="polite">'
            f"{escape(frame.sentence)}</output>{printed}</div>"
        )

    def moved(self, _change: Any = None) -> None:
        if self.jumping:
            return
        try:
            value = self.markup()
            if self.drag and self.dragged:
                check_still(self.dragged, self.canvas.stops(self.drag), self.canvas.name)
            with self.picture.hold_sync():
                self.picture.value = value
                if self.picture.has_trait("stops"):
                    self.picture.stops = self.stops()
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
