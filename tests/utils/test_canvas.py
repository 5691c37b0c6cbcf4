"""A kept figure gives, byte for byte, what a new one gives: whatever is drawn, in any order."""

import itertools

import matplotlib
import numpy as np
import pytest
from matplotlib import ticker
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, FancyArrowPatch

from utils._canvas import Canvas
from utils.plotting import plot_path, plot_regions, use_style

X = np.linspace(-3, 3, 31)
Y, Z = np.mgrid[-1:1:9j, -1:1:9j]


@pytest.fixture(autouse=True)
def style():
    """Give each test the course's style, and its successor what was there before."""
    with matplotlib.rc_context():
        use_style()
        yield


def lines(ax, k):
    ax.plot(X, k * X, "o--", label=f"k = {k}")
    ax.plot(X, X**k, color="C4")


def limits(ax, k):
    if k != 1:
        ax.set(xlim=(-k, k), ylim=(-1, k + 1))


def scatter(ax, k):
    ax.scatter(X, X * k, s=5 + k * np.arange(31), c=X, marker="^")


def image(ax, k):
    ax.imshow(Z + k * Y, cmap="viridis", extent=(-1, 1, -1, 1))


def aspect(ax, k):
    ax.plot(X, k * X)
    ax.set_aspect(["auto", "equal", 2][k % 3])


def datalim(ax, k):
    ax.plot(X, k * X)
    ax.set_aspect("equal", adjustable="datalim")


def contours(ax, k):
    ax.contourf(Z, Y, Z * k + Y**2, levels=4)
    ax.contour(Z, Y, Z + k * Y, colors="k", linewidths=0.5)


def regions(ax, k):
    plot_regions(ax, Z, Y, (Z + k * Y) / 4 + 0.4)


def fills(ax, k):
    ax.fill_between(X, X, k, alpha=0.3, hatch="//" if k % 2 else None)
    ax.axvspan(0, k, color="C3", alpha=0.2)


def bars(ax, k):
    ax.bar(range(3), [1, k, 3])
    ax.hist(X * k, bins=5)


def categories(ax, k):
    ax.bar(["a", "b", "c"][: k % 3 + 1], k)


def texts(ax, k):
    ax.annotate("here", (0, k), (1, 2), arrowprops={"arrowstyle": "->"})
    ax.text(0.5, 0.5, f'a <b> id="x" url(#y) {k}', transform=ax.transAxes, rotation=10 * k)
    ax.set_title(f"title {k}" if k % 2 else "")


def sizes(ax, k):
    weight = "bold" if k == 2 else "normal"
    # Hung up by the top of a slanted box, which depends on how wide the text is.
    look = {"size": 8 + k, "weight": weight, "rotation": 30, "va": "top"}
    ax.text(0.5, 0.5, "same", transform=ax.transAxes, **look)


def labels(ax, k):
    ax.set_xlabel("x" * k)
    ax.set_ylabel("always")


def legends(ax, k):
    for i in range(k):
        ax.plot(X, X + i, label=f"{i}")
    if k != 2:
        ax.legend(title="curves" if k == 1 else None)


def rules(ax, k):
    ax.axhline(k, color="C2", zorder=0)
    ax.axvline(0.5, linestyle=":", zorder=5)


def twins(ax, k):
    ax.plot(X, X)
    if k != 1:
        other = ax.twinx()
        other.plot(X, k * X**2, "C3")
        other.set_ylabel("squared")


def upper_twins(ax, k):
    other = ax.twiny()
    other.plot(X * k, X)
    ax.set_title("shifted by the upper axis")


def colour_bars(ax, k):
    mapped = ax.pcolormesh(Z, Y, Y + k * Z)
    if k != 2:
        ax.figure.colorbar(mapped, label="how much")


def logarithms(ax, k):
    ax.plot(np.abs(X) + 1, np.exp(X * k))
    if k % 2:
        ax.set_yscale("log")
    if k == 2:
        ax.set_xscale("symlog", linthresh=0.1)


def insets(ax, k):
    ax.plot(X, X)
    if k != 1:
        ax.inset_axes([0.6, 0.1, 0.3, 0.3]).plot(X, k * X)


def ticks(ax, k):
    ax.plot(X, X)
    if k == 1:
        ax.set_xticks([-1, 0, 2])
    if k == 2:
        ax.set_xticks([-1, 2], ["left", "right"], rotation=30)
    if k == 3:
        ax.tick_params(axis="y", labelcolor="C1", length=9, labelright=True)
    if k == 4:
        ax.yaxis.get_major_ticks()[1].label1.set_color("red")


def formats(ax, k):
    ax.plot(X, X * 1e6)
    if k == 2:
        ax.yaxis.set_major_formatter(ticker.PercentFormatter(1e6))
    if k == 3:
        ax.xaxis.set_major_locator(ticker.MultipleLocator(0.7))
        ax.xaxis.set_major_formatter(lambda value, _: f"{value:.1f}s")
    if k == 4:
        ax.xaxis.set_major_formatter(lambda value, _: f"{k} {value:.1f}s")


def grids(ax, k):
    ax.plot(X, X)
    if k == 2:
        ax.grid(False)
    if k == 3:
        ax.grid(True, which="both", axis="x", color="C3")
    if k == 4:
        ax.minorticks_on()


def hidden(ax, k):
    ax.plot(X, k * X)
    if k == 2:
        ax.axis("off")
    if k == 3:
        ax.spines["left"].set_visible(False)
        ax.spines["bottom"].set_position(("data", 0))
    if k == 4:
        ax.set_visible(False)


def turned(ax, k):
    ax.plot(X, X**2)
    if k % 2:
        ax.invert_yaxis()
    if k == 2:
        ax.xaxis.tick_top()
    if k == 3:
        ax.set_facecolor("#eeeeee")


def beneath(ax, k):
    ax.plot(X, X, zorder=0.1, marker="|")
    ax.set_axisbelow(k % 2 == 0)


def clipped(ax, k):
    picture = ax.imshow(Y * k)
    picture.set_clip_path(Circle((4, 4), k, transform=ax.transData))
    (line,) = ax.plot([0, 8], [0, 8])
    line.set_clip_path(Circle((4, 4), 2, transform=ax.transData))


def closures(ax, k):
    """Two functions of the same code write the ticks; now one of them changes, now the other."""

    def times(factor):
        return lambda x, _: f"{factor * x:g}"

    ax.plot([0, 8], [0, 8])
    ax.xaxis.set_major_formatter(times(k // 2))
    ax.yaxis.set_major_formatter(times(k % 2))


def pixels(ax, k):
    ax.plot(X, k * X)
    ax.set_rasterized(k == 2)


def collections(ax, k):
    ax.add_collection(LineCollection([np.c_[X, X * i] for i in range(k)], colors="C2"))
    ax.add_patch(FancyArrowPatch((0, 0), (k, 1), mutation_scale=10))
    ax.errorbar([0, 1], [k, 2], yerr=0.5, capsize=3)
    ax.stem([1, 2], [k, 1])
    ax.stairs([1, k, 2], fill=True)
    ax.quiver([0], [0], [k], [1])


def of_the_figure(ax, k):
    ax.plot(X, X, label="line")
    if k != 1:
        ax.figure.suptitle(f"above {k}")
        ax.figure.legend()
        ax.figure.set_facecolor("#eeeeff")


def pathways(ax, k):
    plot_path(ax, k * X[::5], X[::5] ** 2)


def many_points(ax, k):
    x = np.linspace(0, 9, 700)
    ax.plot(x, np.sin(k * x))
    ax.margins(0.1 * k)


def colours(ax, k):
    for _ in range(k):
        ax.plot(X, X)
        ax.bar([k], [1])


KINDS = [
    lines, limits, scatter, image, aspect, datalim, contours, regions, fills, bars,
    categories, texts, sizes, labels, legends, rules, twins, upper_twins, colour_bars, logarithms,
    insets, ticks, formats, grids, hidden, turned, beneath, clipped, closures, pixels, collections,
    of_the_figure, pathways, many_points, colours,
]  # fmt: skip


def made(kind):
    """A draw function of two panels: one of this kind, and one whose axes never change."""

    def draw_made(axes, *, k=1):
        kind(axes[0], k)
        axes[1].plot(X, np.sin(k * X))
        axes[1].set(xlabel="x", xlim=(-3, 3), ylim=(-1, 1))
        return f"k is {k}."

    return draw_made


def canvas_of(draw):
    canvas = Canvas(draw, (1, 2), (7, 3))
    for k in (1, 2, 3):  # the first gives all others its places, or those with as many axes
        canvas.frame({"k": k})
    return canvas


def drawn_anew(draw, k):
    """The frame as figures give it that have not drawn it before."""
    canvas = canvas_of(draw)
    for panel in canvas.panels:
        panel.looks.clear()
        panel.canvas.extents.clear()
    before = canvas.redrawn
    frame = canvas.frame({"k": k})
    assert canvas.redrawn == before + 1
    return frame


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_kept_figure_draws_what_a_new_one_draws(kind):
    draw = made(kind)
    expected = {k: drawn_anew(draw, k) for k in range(1, 5)}
    assert len({frame.pictures[0] for frame in expected.values()}) > 1  # or it would prove little
    canvas = canvas_of(draw)
    for k in itertools.chain(*itertools.product(expected, repeat=2)):
        assert canvas.frame({"k": k}) == expected[k], k


def test_only_what_differs_is_drawn():
    canvas = canvas_of(made(lines))
    canvas.frame({"k": 2})
    before = canvas.redrawn
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(matplotlib.axis.Axis, "draw", lambda *_: pytest.fail("an axis was drawn"))
        canvas.frame({"k": 2})
    assert canvas.redrawn == before


def late_limits(ax, k):
    ax.plot(X, k * X)
    ax.set(xlim=(-3, 3), ylim=(-1, 1))


def late_bars(ax, k):
    ax.bar(range(3), [1, k, 3])
    ax.set(xlim=(-1, 3), ylim=(0, 5))


def late_rules(ax, k):
    ax.axhline(k)
    ax.axvspan(0, k)
    ax.set(xlim=(0, 5), ylim=(0, 5))


def names(ax, k):
    ax.bar(["cat", "dog", "owl"], [1, k, 3])
    ax.set(ylim=(0, 5))


@pytest.mark.parametrize(
    "kind", [late_limits, late_bars, late_rules, names, rules, fills, texts, clipped]
)
def test_axes_that_always_look_the_same_are_drawn_once(kind):
    def draw_made(axes, *, k=1):
        axes[0].set(xlim=(0, 9), ylim=(0, 9))
        kind(axes[0], k)
        axes[1].plot(X, k * X)
        axes[1].set(xlim=(-3, 3), ylim=(-1, 1))
        return f"k is {k}."

    canvas = canvas_of(draw_made)
    before = canvas.redrawn
    for k in range(1, 40):
        canvas.frame({"k": k})
    assert canvas.redrawn == before


def test_a_draw_function_leaves_no_settings_behind():
    def draw_made(axes, *, k=1):
        matplotlib.rcParams.update({"lines.linewidth": 9, "svg.fonttype": "path"})
        axes[0].plot(X, X)
        return f"k is {1 / k}."

    before = dict.copy(matplotlib.rcParams)
    canvas = canvas_of(draw_made)
    with pytest.raises(ZeroDivisionError):
        canvas.frame({"k": 0})
    assert dict.copy(matplotlib.rcParams) == before
