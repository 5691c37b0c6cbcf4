"""One position of an explorer, drawn: the values of its knobs become pictures and a sentence."""

import contextlib
import io
import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO

import matplotlib
import numpy as np
from matplotlib._pylab_helpers import Gcf  # where pyplot keeps its figures, also with none open
from matplotlib.artist import Artist
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogFormatterSciNotation, NullFormatter
from matplotlib.transforms import Bbox

from utils._drag import Drag, stops_in
from utils._still import State
from utils._svg import SETTINGS, Still, as_svg

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_KEPT = 64  # looks of one panel's axes that are remembered
_REM_PER_POINT = 11 / 10 / 16  # at least: so that 10-point text is 11 px high
_WIDEST = 3.9  # inches of a panel: then 10-point text is 11 px high on a phone 360 px wide


@dataclass(frozen=True)
class Frame:
    """The pictures of one position (tidied SVG, one a panel) and the sentence that tells them.

    printed: what the draw function printed there, which an author may want to see.
    """

    pictures: tuple[str, ...]
    sentence: str
    printed: str = ""

    @property
    def svg(self) -> str:
        return "".join(self.pictures)


class _Figures(OrderedDict):
    """Figures of pyplot by number, and whether there was one: plt.show() may have closed it."""

    met = False

    def __setitem__(self, number: int, manager: Any) -> None:
        self.met = True
        super().__setitem__(number, manager)


class Canvas:
    """Draws positions of one explorer, all with the axes of the first one in the same place.

    Each panel is a figure of its own, made once. `redrawn` counts the positions at which some axes
    had to be drawn, and not only what they hold.
    """

    def __init__(
        self, draw: Callable[..., str], panels: tuple[int, int], figsize: tuple[float, float]
    ) -> None:
        self.draw, self.grid, self.figsize = draw, panels, figsize
        self.name = draw.__name__
        self.redrawn = 0
        self.panels: list[_Panel] = []
        self._style: dict[Any, Any] = {}
        self._colours: dict[str, str] = {}

    def frame(self, values: dict[str, Any]) -> Frame:
        """Pictures and sentence for these values of the draw function's parameters."""
        with _settings():
            self._blank()
            sentence, printed = self._call(values)
            self._check_sentence(sentence)
            self._check_axes()
            for panel in self.panels:
                _label_logs_plainly(panel.figure)
            self._place()
            drawn = [
                panel.svg(f"{self.name}-{i}", self._colours, panel.label(i) if i else sentence)
                for i, panel in enumerate(self.panels)
            ]
            self.redrawn += any(panel.redrawn for panel in self.panels)
        return Frame(tuple(drawn), sentence, printed)

    def _call(self, values: dict[str, Any]) -> tuple[Any, str]:
        """What the draw function returns, and what it prints."""
        with contextlib.redirect_stdout(io.StringIO()) as printed, self._without_pyplot():
            try:
                return self.draw(self._axes, **values), printed.getvalue()
            except Exception as error:
                if printed.getvalue():
                    error.add_note(f"Printed before: {printed.getvalue().rstrip()}")
                raise

    def stops(self, drag: Drag) -> dict[str, Any]:
        """Where the stops of the dragged knobs lie in the last picture, as drag.js reads it."""
        return stops_in(self.panels[drag.panel].axes, drag, self.name)

    def markup(self, frame: Frame, around: str = "") -> str:
        """HTML of a frame's pictures: side by side where there is room.

        replay.css makes them as large as there is room in sight; for that it reads the properties
        set here, and those that tell what is `around`.
        """
        width, height = self.panels[0].figure.get_size_inches()
        narrowest = width * 72 * _REM_PER_POINT
        count = len(self.panels)
        style = (
            f"grid-template-columns:repeat(auto-fit,minmax(min(100%,{narrowest:.4g}rem),1fr));"
            f"--panels:{count};--pairs:{-(-count // 2)};--shape:{width / height:.4g};"
            f"--narrow:{narrowest:.4g}rem{around}"
        )
        return (
            f'<div class="panels" style="display:grid;justify-items:center;{style}">'
            f"{frame.svg}</div>"
        )

    def _blank(self) -> None:
        """Have blank panels: new ones at first, and whenever the style has changed."""
        if self._style == (style := _style()):
            for panel in self.panels:
                panel.state.restore()
            return
        self._style, self._colours = style, _theme_colours()
        rows, columns = self.grid
        size = min(self.figsize[0] / columns, _WIDEST), self.figsize[1] / rows
        self.panels = [_Panel(size) for _ in range(rows * columns)]
        axes = np.array([panel.figure.axes[0] for panel in self.panels], dtype=object)
        self._axes = np.squeeze(axes.reshape(self.grid))[()]

    def _place(self) -> None:
        """Lay out the first pictures; the others take their places, so that nothing jumps."""
        if not any(panel.places for panel in self.panels):
            for panel in self.panels:
                panel.lay_out()
            self._align()
        for panel in self.panels:
            panel.place()

    def _align(self) -> None:
        """Give panels of one pair of axes the same margins: at the sides, and in each row."""
        count, columns = len(self.panels), self.grid[1]
        alone = [i for i in range(count) if len(self.panels[i].figure.axes) == 1]
        boxes = {i: self.panels[i].places[1][0] for i in alone}
        for i in alone:
            row = [boxes[k] for k in alone if k // columns == i // columns]
            self.panels[i].places[1] = [
                Bbox.from_extents(
                    max(box.x0 for box in boxes.values()),
                    max(box.y0 for box in row),
                    min(box.x1 for box in boxes.values()),
                    min(box.y1 for box in row),
                )
            ]

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

    def _check_axes(self) -> None:
        if not all(panel.axes in panel.figure.axes for panel in self.panels):
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


class _Renderer(RendererSVG):
    """Measures a text once for all pictures; matplotlib's own does so again for each of them."""

    def __init__(self, extents: dict[Hashable, Any], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._extents = extents

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:
        key = s, prop.copy(), ismath  # a copy, since an artist may change its own
        if key not in self._extents:
            self._extents[key] = super().get_text_width_height_descent(s, prop, ismath)
        return self._extents[key]


class _Canvas(FigureCanvasSVG):
    """Writes what it holds as SVG. It lives as long as one style, and so do the extents."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.extents: dict[Hashable, Any] = {}

    def write(self, out: TextIO) -> None:
        """As print_svg() does, but with what was measured for other pictures.

        savefig() would draw everything twice, to lay out what is laid out.
        """
        figure, size = self.figure, self.figure.get_size_inches()
        dpi, figure.dpi = figure.dpi, 72
        lines = _Renderer(self.extents, *size * 72, out, image_dpi=dpi, metadata={"Date": None})
        renderer: Any = MixedModeRenderer(figure, *size, dpi, lines)  # type: ignore[call-arg]
        figure.draw(renderer)
        renderer.finalize()


class _Panel:
    """One figure with one pair of axes, to which a draw function may add others."""

    def __init__(self, size: tuple[float, float]) -> None:
        # Where a colour bar goes depends on the kind of layout: so it is there from the beginning.
        self.figure = Figure(figsize=size, layout="constrained")
        self.canvas = _Canvas(self.figure)
        self.axes = self.figure.subplots()
        self.axes.locator_params(nbins=6)  # few, legible: most of the drawing time is the ticks'
        self.places: dict[int, list[Bbox]] = {}  # number of axes → their places
        self.state = State(self.figure)
        self.looks: dict[Hashable, Still] = {}  # how the axes differ from blank ones → their look
        self.redrawn = False

    def lay_out(self) -> None:
        self.figure.set_layout_engine("constrained")
        self.figure.draw_without_rendering()
        axes = self.figure.axes
        self.places[len(axes)] = [one.get_position(original=True) for one in axes]

    def place(self) -> None:
        """Take the places of the first picture that had as many axes."""
        if len(self.figure.axes) not in self.places:  # a colour bar that comes and goes
            self.lay_out()
        self.figure.set_layout_engine("none")
        for axes, place in zip(self.figure.axes, self.places[len(self.figure.axes)], strict=True):
            axes.set_position(place)

    def label(self, number: int) -> str:
        """A few words for who cannot see it; the sentence, which is read once, says the rest."""
        title, x, y = self.axes.get_title(), self.axes.get_xlabel(), self.axes.get_ylabel()
        if not title and x and y:
            return f"This panel shows {y} over {x}"
        return title or x or y or f"This is panel {number + 1}"

    def svg(self, name: str, colours: dict[str, str], label: str) -> str:
        """The picture; what stands still in it is drawn only if it looks as it never did before."""
        for axes in self.figure.axes:
            _ = axes.viewLim  # limits that follow from the data are computed when asked for
        self.axes.apply_aspect()
        self.axes.transData.frozen()  # or what is kept of older limits would make a difference
        look = self.state.changes()
        known = self.looks.pop(look, None)
        still: list[Artist] = [self.figure.patch, self.axes.patch, *self.axes.spines.values()]
        still += [self.axes.xaxis, self.axes.yaxis]
        svg, found = as_svg(
            self.canvas.write, name=name, colours=colours, label=label, still=still, known=known
        )
        self.redrawn = found is not known or found is None
        if look is not None and found is not None:
            self.looks[look] = found  # the newest last
            if len(self.looks) > _KEPT:
                del self.looks[next(iter(self.looks))]
        return svg


def _style() -> dict[Any, Any]:
    """matplotlib's rcParams, but for the backend: it never shows, and may be found out meanwhile.

    Of items, since each other way to copy them looks 300 values up, and that at every position.
    """
    style = dict(dict.items(matplotlib.rcParams))
    style.pop("backend", None)
    return style


@contextlib.contextmanager
def _settings() -> Iterator[None]:
    """Do as rc_context(SETTINGS) does, without its slow copy."""
    before = _style()
    try:
        matplotlib.rcParams.update(SETTINGS)
        yield
    finally:
        dict.update(matplotlib.rcParams, before)


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
