"""What `explore` is called with, read: each knob as `ipywidgets.interact` reads it, but no widget.

A widget made while the site is built would put its state and two scripts from elsewhere on the
page; so abbreviations become plain `Control`s, and only a live explorer makes widgets of them.
"""

import functools
import inspect
import itertools
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from numbers import Integral, Real
from typing import Any

from utils._drag import Drag, read_drag
from utils._names import mind, plain

# Digits of NumPy's short types that are not dust, and how far dust may reach.
_PRECISION = {"float32": (6, 3e-7), "float16": (3, 2e-3), "bfloat16": (2, 2e-2)}
_NONE_GIVEN = inspect.Parameter.empty  # for None may be a default
_AXES = ("ax", "axes", "axs", "fig", "figure")  # what a first draw function also asks for
MAX_STOPS = 100_000  # of one slider: far beyond any screen's pixels, yet listed in a moment


@dataclass(frozen=True)
class Control:
    """One knob: the values it can take, in order, and how the page shows them.

    kind: "range" (slider), "select" (menu) or "check" (checkbox; values are False, True).
    values: what the draw function receives. labels: the same values as text.
    default: index of the first value shown.
    track: a slider's own numbers (first, step); they differ from `values` for a log slider.
        None: a stop is chosen by its index.
    """

    name: str
    kind: str
    values: tuple[Any, ...]
    labels: tuple[str, ...]
    default: int
    track: tuple[float, float] | None = None


@dataclass(frozen=True)
class Controls:
    """All that moves one explorer, read and checked.

    knobs: in the order in which explore() got them.
    presets: button label → knob's name → index of the stop where it jumps to.
    play: name of the knob with a play button, or None.
    given: knob's name → what explore() got for it; a ready widget among these is used as it is.
    drag: which of them a place in the picture moves, or None.
    """

    knobs: Sequence[Control]
    presets: dict[str, dict[str, int]] = field(default_factory=dict)
    play: str | None = None
    given: dict[str, Any] = field(default_factory=dict)
    drag: Drag | None = None


def read_arguments(
    draw: Callable[..., str],
    given: dict[str, Any],
    presets: dict[str, dict[str, Any]],
    play: str | None = None,
    drag: Any = None,
    panels: int = 1,
) -> Controls:
    """The Controls that explore()'s arguments ask for; each is described there.

    `panels` is their number.

    Raises:
        TypeError, ValueError: as explore() says, before anything is drawn.
    """
    given = {plain(name): control for name, control in given.items()}
    play = None if play is None else plain(str(play))
    knobs = _read_knobs(draw, given)
    indices = _read_presets(knobs, presets)
    _check_play(knobs, play)
    dragged = None if drag is None else read_drag(drag, knobs, panels)
    return Controls(knobs, indices, play, given, dragged)


def read_control(name: str, abbreviation: Any, default: Any = _NONE_GIVEN) -> Control:
    """The Control that an `interact` abbreviation or a ready widget stands for.

    Args:
        name: the parameter's name, for messages.
        abbreviation: (min, max), (min, max, step), a list or other iterable of values or of
            (label, value) pairs, a dict label → value, a bool, a number, or an ipywidget. A list
            of three or more rising numbers is a slider over these; `interact` makes a menu.
        default: value of the parameter in the draw function's signature, if it has one.
    Raises:
        TypeError, ValueError: the abbreviation is empty, malformed or cannot be enumerated,
            or the default is not one of its stops.
    """
    if _is_widget(abbreviation):
        return _from_widget(name, abbreviation)
    abbreviation, default = _plain(abbreviation), _plain(default)
    if isinstance(abbreviation, Iterable) and not isinstance(abbreviation, (str, tuple)):
        return _choice(name, abbreviation, default)
    default = None if default is _NONE_GIVEN else default
    if isinstance(abbreviation, bool):
        return _checkbox(name, abbreviation)
    if isinstance(abbreviation, (int, float)):
        return _slider(name, *_around(abbreviation), default=abbreviation)
    if isinstance(abbreviation, str):
        raise TypeError(
            f"explore() got the text {abbreviation!r} for {name!r}; a text field has no stops "
            "that a page could hold. Give a list of the texts to choose from."
        )
    if isinstance(abbreviation, tuple):
        return _from_tuple(name, abbreviation, default)
    raise TypeError(
        f"explore() cannot make a control for {name!r} out of {abbreviation!r}. Give "
        "(min, max, step), a list, a dict, a bool or an ipywidget."
    )


def bind_fixed(draw: Callable[..., str], given: dict[str, Any]) -> tuple[Callable, dict[str, Any]]:
    """The draw function with each `ipywidgets.fixed(value)` among `given` filled in; the others.

    It keeps its name.
    """
    widgets = sys.modules.get("ipywidgets")
    fixed = {
        name: one.value
        for name, one in given.items()
        if widgets is not None and isinstance(one, widgets.fixed)
    }
    if not fixed:
        return draw, given
    bound: Any = functools.partial(draw, **fixed)
    bound.__name__ = draw.__name__
    return bound, {name: one for name, one in given.items() if name not in fixed}


def index_of(control: Control, value: Any, *, what: str) -> int:
    """Index of the stop that equals `value`; `what` names the value's origin in the error."""
    value = _plain(value)
    for same in (_equal, _close):  # 1000000 is close to 1000001, too
        for index, stop in enumerate(control.values):
            if same(stop, value):
                return index
    raise ValueError(
        f"explore() got {what} {control.name}={value!r}, which is not one of the control's "
        f"{len(control.values)} stops ({_few(control.labels)}). Choose one of them, or other steps."
    )


def _read_knobs(draw: Callable[..., str], controls: dict[str, Any]) -> list[Control]:
    name = _name(draw)
    parameters = _parameters(draw, controls)
    unknown = [knob for knob in controls if knob not in parameters]
    if unknown:
        raise TypeError(
            f"explore() got a control for {unknown[0]!r}, which {name}() does not have; "
            f"it has {', '.join(parameters) or 'none besides the axes'}."
            f"{mind(unknown[0], parameters)}"
        )
    if not controls:
        raise TypeError(
            f"explore() needs a control for at least one parameter of {name}(), "
            f"such as {next(iter(parameters), 'alpha')}=(0.0, 1.0, 0.1)."
        )
    for parameter in parameters.values():
        if parameter.default is parameter.empty and parameter.name not in controls:
            way_out = "Give it one, or a default in the signature."
            if parameter.name in _AXES:
                way_out = f"Begin it with: def {name}(ax, *, …):; the figure is ax.figure."
            raise TypeError(
                f"explore() got no control for {parameter.name!r}, which {name}() needs. {way_out}"
            )
    return [read_control(knob, controls[knob], parameters[knob].default) for knob in controls]


def _name(draw: Any) -> str:
    """The function's name, which becomes the explorer's id and part of its address."""
    name = getattr(draw, "__name__", "")
    if not callable(draw) or not name.isidentifier():
        raise TypeError(
            f"explore() needs a draw function with a name first, got {draw!r}. "
            "Define it with: def draw_…(ax, *, …):."
        )
    return name


def _parameters(draw: Callable[..., str], given: dict[str, Any]) -> dict[str, inspect.Parameter]:
    """What a knob can set: the named parameters after the axes."""
    collected = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    all_of_them = list(inspect.signature(draw).parameters.values())
    by_place = [
        one for one in all_of_them[:1] if one.kind not in (one.KEYWORD_ONLY, one.VAR_KEYWORD)
    ]
    if not by_place or by_place[0].name in given:
        raise TypeError(
            f"explore() needs a draw function whose first parameter takes the axes, got "
            f"{_name(draw)}{inspect.signature(draw)}. Begin it with: "
            f"def {_name(draw)}(ax, *, …):."
        )
    return {one.name: one for one in all_of_them[1:] if one.kind not in collected}


def _read_presets(
    knobs: Sequence[Control], presets: dict[str, dict[str, Any]]
) -> dict[str, dict[str, int]]:
    by_name = {knob.name: knob for knob in knobs}
    presets = {
        label: {plain(str(name)): value for name, value in values.items()}
        for label, values in presets.items()
    }
    for label, values in presets.items():
        for name in values:
            if name not in by_name:
                raise ValueError(
                    f"explore() got preset {label!r} for {name!r}, which is no knob here; "
                    f"the knobs are {', '.join(by_name)}.{mind(name, by_name)}"
                )
    return {
        label: {
            name: index_of(by_name[name], value, what=f"preset {label!r} with")
            for name, value in values.items()
        }
        for label, values in presets.items()
    }


def _check_play(knobs: Sequence[Control], play: str | None) -> None:
    stops = {knob.name: len(knob.values) for knob in knobs if knob.kind != "check"}
    if play is not None and stops.get(play, 0) < 2:
        raise ValueError(
            f"explore() got play={play!r}; it must name a slider or menu with at least two stops"
            f" ({', '.join(stops) or 'here is none'})."
        )


def _equal(stop: Any, value: Any) -> bool:
    are_texts = isinstance(stop, str) and isinstance(value, str)  # one may be np.str_
    is_alike = type(stop) is type(value) or are_texts or _are_numbers(stop, value)
    return is_alike and stop == value


def _close(stop: Any, value: Any) -> bool:
    return _are_numbers(stop, value) and math.isclose(stop, value, rel_tol=1e-6, abs_tol=1e-12)


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, Real) for value in values)


def _few(labels: tuple[str, ...]) -> str:
    return ", ".join(labels) if len(labels) <= 6 else f"{labels[0]}, {labels[1]}, …, {labels[-1]}"


def _from_tuple(name: str, abbreviation: tuple, default: Any) -> Control:
    abbreviation = tuple(map(_plain, abbreviation))
    if len(abbreviation) not in (2, 3) or not all(_is_number(part) for part in abbreviation):
        raise ValueError(
            f"explore() got {name}={abbreviation!r}; a tuple is (min, max) or (min, max, step), "
            "all numbers. For a choice among values give a list."
        )
    low, high, *step = abbreviation
    if all(isinstance(part, int) for part in abbreviation):
        return _slider(name, low, high, *(step or [1]), default=default)
    return _slider(name, low, high, *(step or [_step(low, high, default)]), default=default)


def _around(value: Any) -> tuple[float, float, float]:
    """The range that `interact` gives a lone number: from -value to 3·value, or 0 to 1."""
    if value == 0:
        return type(value)(0), type(value)(1), 1 if isinstance(value, int) else 0.1
    low, high = min(-value, 3 * value), max(-value, 3 * value)
    return low, high, 1 if isinstance(value, int) else _step(low, high, value)


def _step(low: float, high: float, default: Any) -> float:
    """The step of `interact`, 0.1, or the first of 0.05, 0.02, 0.01, … that has the default.

    With 0.1 the slider of a small number, such as a learning rate, would have no stop but its
    first. Where no round step has the default, a fortieth of the range has that of `_around`.
    """
    start = low if default is None else default
    if not (_is_number(start) and math.inf > high >= start >= low > -math.inf) or low == high:
        return 0.1  # a message will say what is wrong
    for step in (0.1, *(part * 10.0**-power for power in range(1, 16) for part in (0.5, 0.2, 0.1))):
        stops, at = (high - low) / step, (start - low) / step
        fewest, most = (1, MAX_STOPS) if step == 0.1 else (10, 500)
        if fewest <= stops <= most and abs(at - round(at)) < 1e-6:
            return float(f"{step:.10g}")
    return float(f"{(high - low) / 40:.10g}")


def _slider(name: str, low: float, high: float, step: float, *, default: Any) -> Control:
    if not all(math.isfinite(part) for part in (low, high, step)) or step <= 0 or low > high:
        raise ValueError(
            f"explore() got {name}=({low!r}, {high!r}, {step!r}), a slider without stops; it needs "
            "finite numbers with min <= max and step > 0."
        )
    if (high - low) / step > MAX_STOPS:
        raise ValueError(
            f"explore() got {name}=({low!r}, {high!r}, {step!r}), a slider of more than "
            f"{MAX_STOPS:,} stops. Use a larger step."
        )
    count = math.floor((high - low) / step + 1e-9) + 1
    whole = all(isinstance(part, int) for part in (low, high, step))
    stops = [low + i * step if whole else _stop(low, i, step) for i in range(count)]
    if default is None:
        span = high - low
        half = span // 2 if isinstance(span, int) else span / 2
        default = stops[int(half / step + 1e-9)]
    control = _range(name, stops, (low, step))
    return _starting_at(control, default)


def _stop(low: float, i: int, step: float) -> float:
    """A slider's stop without what adding binary fractions does to a decimal: 0.1 + 0.2."""
    stop = low + i * step
    return 0.0 if abs(stop) < 1e-9 * step else float(f"{stop:.10g}")


def _range(name: str, stops: list, track: tuple[float, float]) -> Control:
    labels = tuple(f"{stop:.10g}" for stop in stops)
    return Control(name, "range", tuple(stops), labels, 0, track)


def _starting_at(control: Control, default: Any) -> Control:
    index = index_of(control, default, what="the default of")
    return replace(control, default=index)


def _checkbox(name: str, value: bool) -> Control:
    return Control(name, "check", (False, True), ("false", "true"), int(value))


def _choice(name: str, options: Iterable, default: Any, kind: str | None = None) -> Control:
    """A menu of the options, or a slider over them, as `kind` or else the options ask for."""
    pairs = _pairs(options)
    if not pairs:
        raise ValueError(
            f"explore() got an empty control: {name}={options!r}. Give at least one value."
        )
    labels = tuple(label for label, _ in pairs)
    if len(set(labels)) < len(labels):
        raise ValueError(
            f"explore() got two options with the same label for {name!r}: {_few(labels)}. "
            "Give (label, value) pairs with different labels."
        )
    values = tuple(value for _, value in pairs)
    kind = kind or ("range" if _are_rising(labels, values) else "select")
    control = Control(name, kind, values, labels, 0)
    if default is _NONE_GIVEN or (
        default is None and not any(value is None for value in control.values)
    ):
        return control
    return _starting_at(control, default)


def _are_rising(labels: Sequence[str], values: Sequence[Any]) -> bool:
    """Whether these are three or more rising numbers, shown as numbers: an order, not a menu."""
    if len(values) < 3 or not all(map(_is_number, values)):
        return False
    try:
        shown = [float(label) for label in labels]
    except ValueError:
        return False
    rising = all(low < high for low, high in itertools.pairwise((-math.inf, *values, math.inf)))
    return rising and all(map(_close, values, shown))


def _pairs(options: Iterable) -> list[tuple[str, Any]]:
    options = getattr(options, "__members__", options)  # those of an Enum have names
    if isinstance(options, Mapping):
        return [(_label(label), _plain(value)) for label, value in options.items()]
    items = list(options)
    if items and all(isinstance(item, (tuple, list)) and len(item) == 2 for item in items):
        return [(_label(label), _plain(value)) for label, value in items]
    return [(_label(item), _plain(item)) for item in items]


def _label(value: Any) -> str:
    """What a menu shows for a value: as `interact`, but of a long fraction ten digits."""
    value = _plain(value)
    text = str(value)
    return f"{value:.10g}" if isinstance(value, float) and len(text) > 12 else text


def _plain(value: Any) -> Any:
    """A number of NumPy, TensorFlow, fractions or decimal as Python's; all else as it is.

    Dust is wiped off, what adding binary fractions leaves: 0.30000000000000004, np.float32(0.1).

    >>> _plain(0.1 + 0.2), _plain(Decimal("0.25")), _plain(1 / 3)
    (0.3, 0.25, 0.3333333333333333)
    """
    if getattr(value, "shape", None) == () and hasattr(value, "numpy"):
        value = value.numpy()
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        digits, dust = _PRECISION.get(str(value.dtype), (10, 1e-14))
        value = value.item()
    else:
        digits, dust = 10, 1e-14
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if not isinstance(value, (Real, Decimal)):
        return value
    value = float(value)
    short = float(f"{value:.{digits}g}")
    return short if math.isclose(short, value, rel_tol=dust) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_widget(value: Any) -> bool:
    # No widget can exist before ipywidgets is imported, so there is no need to import it here.
    widgets = sys.modules.get("ipywidgets")
    return widgets is not None and isinstance(value, widgets.Widget)


def _from_widget(name: str, widget: Any) -> Control:
    value = getattr(widget, "value", None)
    if isinstance(getattr(widget, "index", None), int):  # one of several options is chosen
        options = [(_label(v) if text == str(v) else text, v) for text, v in widget._options_full]
        slider = isinstance(widget, sys.modules["ipywidgets"].SelectionSlider)
        return _choice(name, options, value, "range" if slider else "select")
    if isinstance(value, bool):
        return _checkbox(name, value)
    if isinstance(value, Real) and hasattr(widget, "base"):
        return _log_slider(name, widget)
    # A number field may have no step, and a range slider has two values.
    if isinstance(value, Real) and getattr(widget, "step", None) and hasattr(widget, "max"):
        return _slider(name, widget.min, widget.max, widget.step, default=value)
    raise TypeError(
        f"explore() cannot enumerate the {type(widget).__name__} given for {name!r}. Use a slider "
        "with a step, a menu with a chosen option, or a checkbox."
    )


def _log_slider(name: str, widget: Any) -> Control:
    low, step = widget.min, widget.step
    count = math.floor((widget.max - low) / step + 1e-9) + 1
    # Four digits are what a reader can say aloud; the value is exactly the number shown.
    stops = [float(f"{widget.base ** (low + i * step):.4g}") for i in range(count)]
    control = _range(name, stops, (low, step))
    steps = (math.log(widget.value, widget.base) - low) / step
    near = min(max(round(steps), 0), count - 1)
    if abs(steps - near) > 0.05:  # more than writing the value with four digits explains
        index_of(control, widget.value, what="the default of")  # raises, naming the stops
    return replace(control, default=near)
