"""Join a draw function to controls: live ipywidgets, or a replay for pages without a kernel.

A draw function takes axes and keyword values, draws on these axes only, and returns one sentence
that says what is seen:

    def draw_leaky_relu(ax, *, alpha=0.1):
        ax.plot(x, tf.nn.leaky_relu(x, alpha))
        ax.set(xlabel="x", ylabel="f(x)", xlim=(-3, 3), ylim=(-1.5, 3))
        return f"Left of zero the slope is {alpha:g}."

    explore(draw_leaky_relu, alpha=(0.0, 1.0, 0.05))

With a kernel the controls are widgets, and each move calls the draw function. While the site is
built (environment variable EXPLORE=replay) every position is drawn once, and the page plays them.
"""

import inspect
import io
import math
import os
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib
from IPython.display import HTML, display
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatterSciNotation, NullFormatter

from utils._controls import index_of, read_control
from utils._replay import Control, Frame, check_positions, fragment, positions, tidy

FIGSIZE = (5.8, 3.3)  # inches: the width at which 10-point text is legible on a phone

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SVG_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "turn-the-knobs", "svg.image_inline": True}


def explore(
    draw: Callable[..., str],
    *,
    presets: dict[str, dict[str, Any]] | None = None,
    play: str | None = None,
    panels: tuple[int, int] = (1, 1),
    figsize: tuple[float, float] = FIGSIZE,
    **controls: Any,
) -> None:
    """Show a draw function with knobs: widgets with a kernel, a replay on the website.

    Args:
        draw: `draw(axes, **values)` → one sentence. `axes` is one Axes, or an array of them
            with `panels`. Parameters without a control keep their default.
        presets: button label → values of some knobs; pressing the button jumps there.
        play: name of the knob that a play button moves from its first to its last stop.
        panels: rows and columns of axes. On a phone, rows are easier to read than columns.
        figsize: width and height of the figure, inches.
        **controls: for each knob what `ipywidgets.interact` takes: (min, max), (min, max, step),
            a list, a dict, a bool, a number, or a ready widget such as FloatLogSlider. A knob
            starts at the default of the draw function's signature.
    Raises:
        TypeError, ValueError: a knob the draw function does not have, an empty control, a default
            or a preset between the stops, a draw function that returns no sentence.
        BudgetError: (site build) more than 2,000 positions or 120 KB deflated.
        RuntimeError: (site build) the draw function failed at a position, whose values are named.
    """
    knobs = _read_controls(draw, controls)
    settings = _read_presets(knobs, presets or {})
    _check_play(knobs, play)
    canvas = _Canvas(draw, panels, figsize)
    if replaying():
        display(HTML(_replay(canvas, knobs, settings, play)))
        return
    from utils._live import show_live  # the site build must not import widgets

    show_live(canvas, knobs, controls, settings, play)


def replaying() -> bool:
    """True while the site is built: no kernel will be there when the page is read."""
    return os.environ.get("EXPLORE") == "replay"


class _Canvas:
    """Draws positions of one explorer, all with the axes of the first one in the same place."""

    def __init__(self, draw: Callable[..., str], panels: tuple[int, int], figsize: tuple) -> None:
        self.draw, self.panels, self.figsize = draw, panels, figsize
        self.name = draw.__name__
        self.places: dict[int, list] = {}  # number of axes → their places

    def frame(self, values: dict[str, Any]) -> Frame:
        """Picture and sentence for these values of the draw function's parameters."""
        with matplotlib.rc_context(_SVG_SETTINGS):
            figure = Figure(figsize=self.figsize)
            canvas = FigureCanvasSVG(figure)
            axes = figure.subplots(*self.panels)
            for one in figure.axes:
                one.locator_params(nbins=6)  # few, legible: most of the drawing time is the ticks'
            sentence = self.draw(axes, **values)
            self._check_sentence(sentence)
            _label_logs_plainly(figure)
            self._place(figure)
            text = io.StringIO()
            # Not savefig(), which would draw everything twice to lay out what is laid out.
            canvas.print_svg(text, metadata={"Date": None})
            svg = tidy(text.getvalue(), name=self.name, colours=theme_colours(), label=sentence)
        return Frame(svg, sentence)

    def _place(self, figure: Figure) -> None:
        """Lay out the first picture; the others take its places, so that nothing jumps.

        Pictures with more axes (a colour bar that comes and goes) have places of their own.
        """
        count = len(figure.axes)
        if count not in self.places:
            figure.set_layout_engine("constrained")
            figure.draw_without_rendering()
            self.places[count] = [axes.get_position() for axes in figure.axes]
        figure.set_layout_engine("none")
        for axes, place in zip(figure.axes, self.places[count], strict=True):
            axes.set_position(place)

    def _check_sentence(self, sentence: Any) -> None:
        if isinstance(sentence, str) and sentence.strip() and "\n" not in sentence:
            return
        raise TypeError(
            f"{self.name}() must return one sentence that says what is seen, but it returned "
            f'{sentence!r}. End it with: return f"…".'
        )


def _label_logs_plainly(figure: Figure) -> None:
    """Write powers of ten as text, 10⁻³, on logarithmic axes that have matplotlib's own labels.

    matplotlib sets them as mathematics, and parses that anew for each picture: half of the time.
    """
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if type(axis.get_major_formatter()) is LogFormatterSciNotation:
                axis.set_major_formatter(FuncFormatter(_power))
                axis.set_minor_formatter(NullFormatter())


def _power(value: float, _position: int | None = None) -> str:
    """Text of a power of ten, or of any other positive number that was made a tick."""
    exponent = math.log10(value)
    if not math.isclose(exponent, round(exponent), abs_tol=1e-9):
        return f"{value:g}"
    return "10" + str(round(exponent)).translate(_SUPERSCRIPTS)


def _silence_widgets() -> None:
    """Let widgets that a notebook makes itself (FloatLogSlider) exist without a front end.

    One open comm would put the widget's state and two scripts from elsewhere on the page. The
    package `comm` offers this function to be replaced.
    """
    import comm  # Colab's older kernel does without this package

    comm.create_comm = comm.DummyComm


def theme_colours() -> dict[str, str]:
    """Colours of the current matplotlib style → the page's variables for them (replay.css)."""
    style = matplotlib.rcParams
    cycle = [entry["color"] for entry in style["axes.prop_cycle"]]
    named = {f"--plot-c{i}": colour for i, colour in enumerate(cycle)}
    named |= {"--plot-grid": style["grid.color"], "--plot-paper": style["figure.facecolor"]}
    named |= {"--plot-ink": style["text.color"]}
    return {to_hex(colour): variable for variable, colour in named.items()}


def _replay(
    canvas: _Canvas,
    knobs: Sequence[Control],
    presets: dict[str, dict[str, int]],
    play: str | None,
) -> str:
    check_positions(canvas.name, knobs)
    _draw_position(canvas, knobs, [knob.default for knob in knobs])  # its layout is everyone's
    frames = [_draw_position(canvas, knobs, position) for position in positions(knobs)]
    return fragment(canvas.name, knobs, frames, presets=presets, play=play)


def _draw_position(canvas: _Canvas, knobs: Sequence[Control], position: Sequence[int]) -> Frame:
    values = {knob.name: knob.values[i] for knob, i in zip(knobs, position, strict=True)}
    try:
        return canvas.frame(values)
    except Exception as error:
        where = ", ".join(f"{name}={value!r}" for name, value in values.items())
        raise RuntimeError(
            f"explore({canvas.name}) cannot draw {where}: {type(error).__name__}: {error}"
        ) from error


def _read_controls(draw: Callable[..., str], controls: dict[str, Any]) -> list[Control]:
    name = _name(draw)
    parameters = _parameters(draw)
    unknown = [knob for knob in controls if knob not in parameters]
    if unknown:
        raise TypeError(
            f"explore() got a control for {unknown[0]!r}, which {name}() does not have; "
            f"it has {', '.join(parameters) or 'none besides the axes'}."
        )
    if not controls:
        raise TypeError(
            f"explore() needs a control for at least one parameter of {name}(), "
            f"such as {next(iter(parameters), 'alpha')}=(0.0, 1.0, 0.1)."
        )
    for parameter in parameters.values():
        if parameter.default is parameter.empty and parameter.name not in controls:
            raise TypeError(
                f"explore() got no control for {parameter.name!r}, which {name}() needs. "
                "Give it one, or a default in the signature."
            )
    defaults = {key: None if p.default is p.empty else p.default for key, p in parameters.items()}
    return [read_control(knob, controls[knob], defaults[knob]) for knob in controls]


def _name(draw: Any) -> str:
    """The function's name, which becomes the explorer's id and part of its address."""
    name = getattr(draw, "__name__", "")
    if not callable(draw) or not name.isidentifier():
        raise TypeError(
            f"explore() needs a draw function with a name first, got {draw!r}. "
            "Define it with: def draw_…(ax, *, …):."
        )
    return name


def _parameters(draw: Callable[..., str]) -> dict[str, inspect.Parameter]:
    """What a knob can set: the named parameters after the axes."""
    collected = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    after_axes = list(inspect.signature(draw).parameters.values())[1:]
    return {one.name: one for one in after_axes if one.kind not in collected}


def _read_presets(
    knobs: Sequence[Control], presets: dict[str, dict[str, Any]]
) -> dict[str, dict[str, int]]:
    by_name = {knob.name: knob for knob in knobs}
    for label, values in presets.items():
        for name in values:
            if name not in by_name:
                raise ValueError(
                    f"explore() got preset {label!r} for {name!r}, which is no knob here; "
                    f"the knobs are {', '.join(by_name)}."
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


if replaying():
    _silence_widgets()
