"""One position of an explorer, drawn: the values of its knobs become a picture and a sentence."""

import contextlib
import io
import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import matplotlib
import numpy as np
from matplotlib._pylab_helpers import Gcf  # where pyplot keeps its figures, also with none open
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatterSciNotation, NullFormatter

from utils._svg import SETTINGS, as_svg

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Frame:
    """The picture of one position (tidied SVG) and the sentence that says what is seen.

    printed: what the draw function printed there, which an author may want to see.
    """

    svg: str
    sentence: str
    printed: str = ""


class _Figures(OrderedDict):
    """Figures of pyplot by number, and whether there was one: plt.show() may have closed it."""

    met = False

    def __setitem__(self, number: int, manager: Any) -> None:
        self.met = True
        super().__setitem__(number, manager)


class Canvas:
    """Draws positions of one explorer, all with the axes of the first one in the same place."""

    def __init__(
        self, draw: Callable[..., str], panels: tuple[int, int], figsize: tuple[float, float]
    ) -> None:
        self.draw, self.panels, self.figsize = draw, panels, figsize
        self.name = draw.__name__
        self.places: dict[int, list] = {}  # number of axes → their places

    def frame(self, values: dict[str, Any]) -> Frame:
        """Picture and sentence for these values of the draw function's parameters."""
        with matplotlib.rc_context(SETTINGS):
            canvas, axes = self._blank()
            sentence, printed = self._call(axes, values)
            self._check_sentence(sentence)
            self._check_axes(canvas.figure, axes)
            _label_logs_plainly(canvas.figure)
            self._place(canvas.figure)
            svg = as_svg(canvas, name=self.name, colours=_theme_colours(), label=sentence)
        return Frame(svg, sentence, printed)

    def _call(self, axes: Any, values: dict[str, Any]) -> tuple[Any, str]:
        """What the draw function returns, and what it prints."""
        with contextlib.redirect_stdout(io.StringIO()) as printed, self._without_pyplot():
            try:
                return self.draw(axes, **values), printed.getvalue()
            except Exception as error:
                if printed.getvalue():
                    error.add_note(f"Printed before: {printed.getvalue().rstrip()}")
                raise

    def _blank(self) -> tuple[FigureCanvasSVG, Any]:
        """Return a new figure's canvas, and its axes: one, or an array of them."""
        canvas = FigureCanvasSVG(Figure(figsize=self.figsize))
        axes = canvas.figure.subplots(*self.panels)
        for one in canvas.figure.axes:
            one.locator_params(nbins=6)  # few, legible: most of the drawing time is the ticks'
        return canvas, axes

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

    @contextlib.contextmanager
    def _without_pyplot(self) -> Iterator[None]:
        """Raise TypeError if pyplot is drawn with; its other figures are out of reach meanwhile.

        A figure of pyplot's would be no part of the picture, and stay open at every move.
        """
        before, Gcf.figs = Gcf.figs, _Figures()
        try:
            yield
            met = Gcf.figs.met
        finally:
            Gcf.destroy_all()
            Gcf.figs = before
        if met:
            raise TypeError(
                f"{self.name}() must draw on the axes that it is given, but it drew with pyplot, "
                "in a figure that nobody sees. Write ax.plot(…) for plt.plot(…), ax.set_title(…) "
                "for plt.title(…), no plt.figure() or plt.subplots() (explore() has panels=); "
                "give seaborn ax=ax."
            )

    def _check_axes(self, figure: Figure, axes: Any) -> None:
        if not all(one in figure.axes for one in np.ravel(axes)):
            raise TypeError(
                f"{self.name}() must leave the axes that it is given in their figure, but it "
                "removed them. Use ax.clear() to empty them, not ax.remove() or figure.clear()."
            )

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


def _theme_colours() -> dict[str, str]:
    """Colours of the current matplotlib style → the page's variables for them (replay.css)."""
    style = matplotlib.rcParams
    cycle = [entry["color"] for entry in style["axes.prop_cycle"]]
    named = {f"--plot-c{i}": colour for i, colour in enumerate(cycle)}
    named |= {"--plot-grid": style["grid.color"], "--plot-paper": style["figure.facecolor"]}
    named |= {"--plot-ink": style["text.color"]}
    return {to_hex(colour): variable for variable, colour in named.items()}
