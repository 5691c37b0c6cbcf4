"""The course's look, and the pictures that several chapters share.

Draw functions here take arrays and draw on the axes they are given.
"""

import logging
import sys
import unicodedata
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from contourpy import contour_generator
from cycler import cycler
from matplotlib import _mathtext, font_manager
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.ticker import FixedFormatter, FixedLocator

# Each at least 4.5:1 against white; replay.css holds the lighter twins for the dark theme.
PALETTE = ("#1b62b5", "#c4481a", "#0b7a5c", "#7b3fb5", "#8a6100", "#56606b")
# Has no shapes, only widths: matplotlib measures Chinese by it (tools/make/wide_font.py).
_WIDE = "TurnTheKnobsWide"
# Of these a machine's own comes before it, by language: what is drawn as pixels needs shapes.
_FAMILIES: dict[str, tuple[str, ...]] = {
    "en": (),
    "zh": ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "SimHei"),
}
font_manager.fontManager.addfont(Path(__file__).with_name("fonts") / "wide.ttf")

INK, GRID, PAPER = "#1b2733", "#d9dee3", "#ffffff"

# Colour never stands alone: curves differ by their dashes as well.
_DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)), (0, (9, 3)))


def use_style(language: str = "en") -> None:
    """Give later figures the course's look, in a notebook as SVG, whatever matplotlibrc says.

    Args:
        language: of their texts, "en" or "zh".
    Raises:
        ValueError: another one.
    """
    if language not in _FAMILIES:
        raise ValueError(
            f"set_up() needs a language that the course has, got {language!r}. "
            f"Choose from {', '.join(_FAMILIES)}."
        )
    here = set(font_manager.fontManager.get_font_names())
    families = [one for one in _FAMILIES[language] if one in here]
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(
        {
            "axes.axisbelow": True,
            "axes.edgecolor": INK,
            "axes.facecolor": PAPER,
            "axes.grid": True,
            "axes.labelcolor": INK,
            "axes.prop_cycle": cycler(color=PALETTE) + cycler(linestyle=_DASHES),
            "axes.spines.right": False,
            "axes.spines.top": False,
            "figure.constrained_layout.use": True,
            "figure.facecolor": PAPER,
            "figure.figsize": (5.8, 3.3),
            "font.family": ["sans-serif", *families, _WIDE],
            "font.size": 10,
            "grid.color": GRID,
            "grid.linewidth": 0.6,
            "hatch.color": PAPER,
            "legend.frameon": False,
            "lines.linewidth": 1.8,
            "svg.fonttype": "none",
            "svg.hashsalt": "turn-the-knobs",
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
        }
    )
    # matplotlib 3.8 keeps contours as curves and says so: its pictures are larger, not wrong.
    warnings.filterwarnings("ignore", "Rasterization of .* will be ignored", UserWarning)
    # Texts of an SVG are drawn by the reader's browser, which has more letters than matplotlib.
    for said in (r"Glyph \d+ .* missing from", "Matplotlib currently does not support .* natively"):
        warnings.filterwarnings("ignore", said, UserWarning)
    # So a font that this machine lacks, "SimHei" in many a recipe, is none of its business either.
    logging.getLogger("matplotlib.font_manager").addFilter(_is_no_missing_font)
    _keep_letters_of_formulas()
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        _send_svg()


def plot_path(
    ax: Axes,
    x: np.ndarray,
    y: np.ndarray,
    *,
    color: str = "C1",
    linestyle: str = "-",
    marks: int = 12,
) -> None:
    """Draw the steps of a descent as one line, with markers on the first `marks` points only.

    Args:
        x, y: the points in order, shape (steps + 1,). Values that are not finite are left out.
        color, linestyle: as `ax.plot` has them; two paths in one picture differ in both.
        marks: a page stores every marker as an element of its own, so there are few.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    fine = np.isfinite(x) & np.isfinite(y)
    ax.plot(x[fine], y[fine], linestyle, color=color, linewidth=1)
    ax.plot(x[fine][:marks], y[fine][:marks], "o", color=color, markersize=4)
    ax.plot(x[fine][:1], y[fine][:1], "s", color=color, markersize=7)


def plot_wide(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    """Draw what other curves are compared with: a wide, pale line that shows below them.

    Args:
        x, y: the points in order, shape (points,).
    """
    ax.plot(x, y, "-", color="C5", linewidth=5, alpha=0.4)


def level_lines(
    x: np.ndarray, y: np.ndarray, height: np.ndarray, levels: Iterable[float]
) -> np.ndarray:
    """The lines of equal height of a landscape as one curve with gaps, for `ax.plot`.

    One curve is one element of a page, where `ax.contour` makes one of each level. An explorer
    works the lines out once, outside its draw function.

    Args:
        x, y: coordinates of the grid, shape (rows, columns), from np.meshgrid or np.mgrid.
        height: what is drawn, of that shape.
        levels: the heights of the lines. One that is reached nowhere has none.
    Returns:
        x and y of the curve, shape (2, points). Behind each line, and at the start, both are nan.
    Raises:
        ValueError: not one two-dimensional shape.

    >>> x, y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
    >>> level_lines(x, y, x, [0.5]).tolist()
    [[nan, 0.5, 0.5, nan], [nan, 1.0, 0.0, nan]]
    """
    x, y, height = np.asarray(x), np.asarray(y), np.asarray(height)
    _check_grid("level_lines", "x, y and height", x, y, height)
    gap = np.full((1, 2), np.nan)
    landscape, pieces = contour_generator(x, y, height), [gap]
    for level in levels:
        for line in landscape.lines(level):
            pieces += [np.asarray(line), gap]
    return np.concatenate(pieces).T


def plot_map(
    ax: Axes,
    strength: np.ndarray,
    columns: Sequence[float | str],
    rows: Sequence[float | str],
    *,
    every: int = 1,
) -> None:
    """Draw a table of numbers as a map of cells: the denser the colour, the larger the number.

    The colour is C0 above the paper, so that both themes and what is drawn on it stay legible.

    Args:
        strength: shape (rows, columns), from 0 (bare paper) to 1; what is beyond is clipped. The
            first row is at the bottom. Where it is nan, the cell is grey.
        columns, rows: what the ticks say; the cell of column i and row k is around (i, k).
        every: a tick at every cell (1), every second (2), …
    Raises:
        ValueError: the shape of `strength` is another than that of the names.

    >>> from matplotlib.figure import Figure
    >>> plot_map(Figure().subplots(), [[0.0, 1.0]], [0.1, 0.2], ["depth 2"])
    """
    strength = np.asarray(strength, float)
    if strength.shape != (len(rows), len(columns)):
        raise ValueError(
            f"plot_map() needs strength of shape (rows, columns) = ({len(rows)}, {len(columns)}), "
            f"got {strength.shape}. Hand over as many names as there are cells; is it strength.T?"
        )
    colors = np.full((*strength.shape, 4), to_rgba("C0"))
    colors[..., 3] = 0.65 * np.clip(strength, 0, 1)
    colors[np.isnan(strength)] = to_rgba("0.5", 0.5)
    ax.imshow(colors, aspect="auto", interpolation="none", origin="lower")
    for axis, names in ((ax.xaxis, columns), (ax.yaxis, rows)):
        shown = [name if isinstance(name, str) else f"{name:g}" for name in names[::every]]
        axis.set_major_locator(FixedLocator(range(0, len(names), every)))
        axis.set_major_formatter(FixedFormatter(shown))
    ax.grid(visible=False)


def plot_regions(ax: Axes, xx: np.ndarray, yy: np.ndarray, score: np.ndarray) -> None:
    """Colour the two regions of a decision over a grid, and draw the boundary between them.

    Below 0.5 the fill is light and of colour C0, from 0.5 on it is denser and of colour C1, so
    that the two differ without colour as well. Both let the page's theme shine through.

    Args:
        xx, yy: coordinates of the grid, shape (rows, columns), from np.mgrid or np.meshgrid.
        score: what is decided on at each point, of that shape. Points where it is not finite
            stay uncoloured.
    Raises:
        ValueError: not one two-dimensional shape.

    >>> from matplotlib.figure import Figure
    >>> xx, yy = np.mgrid[-1:1:5j, -1:1:5j]
    >>> plot_regions(Figure().subplots(), xx, yy, xx + yy)
    """
    xx, yy, score = np.asarray(xx), np.asarray(yy), np.ma.masked_invalid(score)
    _check_grid("plot_regions", "xx, yy and score", xx, yy, score)
    # A fill holds its upper level: just below 0.5 the value 0.5 itself falls to the region above.
    levels = [-np.inf, np.nextafter(0.5, 0), np.inf]
    fills = [to_rgba("C0", 0.12), to_rgba("C1", 0.3)]
    ax.contourf(xx, yy, score, levels, colors=fills).set_rasterized(True)
    # Drawn even where it is nowhere: in a replay, all positions then have the same elements.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No contour levels were found", UserWarning)
        ax.contour(xx, yy, score, [0.5], colors=INK, linewidths=1.2)


def _check_grid(caller: str, names: str, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> None:
    if x.ndim == 2 and x.shape == y.shape == z.shape:
        return
    first, *_, last = names.replace(",", "").split()
    raise ValueError(
        f"{caller}() needs {names} of one two-dimensional shape, got {x.shape}, {y.shape} and "
        f"{z.shape}. Use {last}.reshape({first}.shape)."
    )


def _is_no_missing_font(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("findfont: ")


def _keep_letters_of_formulas() -> None:
    """Let a letter that matplotlib's fonts lack stay this letter also beside $mathematics$.

    matplotlib puts ¤ there, and logs it; no setting names another font. This leans on a private
    method, which tests/utils/test_plotting.py looks at.
    """
    original = _mathtext.TruetypeFonts._get_info
    if hasattr(original, "keeps_letters"):
        return

    def get_info(self: Any, font: str, font_class: str, sym: str, size: float, dpi: float) -> Any:
        info = original(self, font, font_class, sym, size, dpi)
        if info.num != ord("¤") or len(sym) > 1 or sym == "¤":
            return info
        # A Chinese, Japanese or Korean letter is as wide as it is high, others are narrower.
        width = 1 if unicodedata.east_asian_width(sym) in "WF" else 0.6
        info = original(self, font, font_class, "W", size, dpi)
        metrics = info.metrics._replace(advance=width * size * dpi / 72)
        return info._replace(num=type(info.num)(ord(sym)), metrics=metrics)

    get_info.keeps_letters = True  # type: ignore[attr-defined]
    _mathtext.TruetypeFonts._get_info = get_info  # type: ignore[method-assign, assignment]
    logger = logging.getLogger("matplotlib.mathtext")
    logger.addFilter(lambda record: "does not have a glyph" not in str(record.msg))


def _send_svg() -> None:
    """Let the notebook's kernel send figures as SVG, whether or not pyplot is imported already."""
    from matplotlib_inline.backend_inline import set_matplotlib_formats  # only kernels have it

    set_matplotlib_formats("svg")
