"""Which knobs a reader moves by dragging in a picture, and where their stops lie in it.

What `drag.js` needs is computed here, through the axes' own transform: so logarithmic axes and
heat maps are dragged like any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from utils._names import mind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from utils._controls import Control

_POINTS = 72  # to an inch
_SAME = 0.5  # points: below what a finger can tell
_FAR = 10_000  # points: a logarithmic axis puts zero a thousand decades away


@dataclass(frozen=True)
class Direction:
    """A knob that is dragged: `place(value)` is the coordinate at which a value stands."""

    knob: "Control"
    place: Callable[[Any], Any]


@dataclass(frozen=True)
class Drag:
    """x, y: what the horizontal and the vertical place move, or None. panel: its number."""

    x: Direction | None
    y: Direction | None
    panel: int = 0


def read_drag(drag: Any, knobs: "Sequence[Control]", panels: int) -> Drag:
    """The Drag that explore()'s argument `drag` asks for.

    Raises:
        TypeError, ValueError: it is no such tuple, or names no knob or panel that is there.
    """
    if not isinstance(drag, tuple) or len(drag) not in (2, 3) or drag[:2] == (None, None):
        raise TypeError(
            f"explore() got drag={drag!r}; it must be a tuple of the knobs that the horizontal and "
            'the vertical place move, such as ("lr", "beta"), ("lr", None) or ("lr", None, 1), '
            "where 1 is the panel."
        )
    panel = drag[2] if len(drag) == 3 else 0
    if isinstance(panel, bool) or not isinstance(panel, int) or not 0 <= panel < panels:
        raise ValueError(
            f"explore() got panel {panel!r} in drag={drag!r}; the panels have the numbers 0 to "
            f"{panels - 1}, row by row."
        )
    x, y = (_direction(part, knobs) for part in drag[:2])
    if x and y and x.knob is y.knob:
        raise ValueError(
            f"explore() got drag={drag!r}, twice the same knob. Leave one out with None."
        )
    return Drag(x, y, panel)


def _direction(part: Any, knobs: "Sequence[Control]") -> Direction | None:
    if part is None:
        return None
    name, place = part if isinstance(part, tuple) and len(part) == 2 else (part, _itself)
    by_name = {knob.name: knob for knob in knobs if knob.kind != "check"}
    if name not in by_name or not callable(place):
        raise ValueError(
            f"explore() got {part!r} to drag; it must be the name of a slider or menu "
            f"({', '.join(by_name) or 'here is none'}), or a pair of it and the function that "
            f"gives a value's coordinate.{mind(str(name), by_name)}"
        )
    return Direction(by_name[name], place)


def _itself(value: Any) -> Any:
    return value


def stops_in(axes: "Axes", drag: Drag, name: str) -> dict[str, Any]:
    """Where the stops lie in a drawn panel, as drag.js reads it.

    Returns:
        panel, its number; box, (left, top, width, height) of the axes; x and y, each None or the
        knob's name and its stops' places. All lengths are in points, down from the top left.
    Raises:
        ValueError: a stop has no place on the axis, such as 0 on a logarithmic one.
    """
    scale = _POINTS / axes.figure.dpi
    height = axes.figure.bbox.height * scale
    box = axes.get_window_extent()
    left, top = box.x0 * scale, height - box.y1 * scale
    return {
        "panel": drag.panel,
        "box": [_short(part) for part in (left, top, box.width * scale, box.height * scale)],
        "x": drag.x and {"knob": drag.x.knob.name, "places": _places(axes, drag.x, 0, name)},
        "y": drag.y and {"knob": drag.y.knob.name, "places": _places(axes, drag.y, 1, name)},
    }


def _places(axes: "Axes", direction: Direction, column: int, name: str) -> list[float]:
    """Where a knob's stops lie along x (column 0) or y (1)."""
    knob, scale = direction.knob, _POINTS / axes.figure.dpi
    convert = (axes.convert_xunits, axes.convert_yunits)[column]
    middle = [np.mean(axes.get_xlim()), np.mean(axes.get_ylim())]
    points = np.array([middle] * len(knob.values), dtype=float)
    points[:, column] = [convert(direction.place(value)) for value in knob.values]
    with np.errstate(divide="ignore", invalid="ignore"):
        places = axes.transData.transform(points)[:, column] * scale
    if column == 1:
        places = axes.figure.bbox.height * scale - places
    there = np.abs(places) < _FAR  # not so for nan, either
    if not there.all():
        lost = knob.labels[int(np.argmin(there))]
        raise ValueError(
            f"explore({name}) cannot drag {knob.name}: its stop {lost} has no place on the axis. "
            "Leave that stop out, or give a pair of the knob and a function value → coordinate."
        )
    return [_short(place) for place in places]


def _short(length: float) -> float:
    return round(float(length) * 4) / 4


def check_still(before: dict[str, Any], now: dict[str, Any], name: str) -> None:
    """Raise ValueError if the stops do not lie where they lay: then no place means one stop."""
    for axis in ("x", "y"):
        if before[axis] and not np.allclose(
            before[axis]["places"], now[axis]["places"], rtol=0, atol=_SAME
        ):
            raise ValueError(
                f"explore({name}) cannot drag {before[axis]['knob']} where the {axis} axis moves "
                f"with a knob. Set its limits: ax.set({axis}lim=(…, …))."
            )
