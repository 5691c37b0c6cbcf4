"""explore(): what it refuses, and that a replay shows what Python draws, at every position."""

import contextlib
import functools
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import ipywidgets as widgets
import matplotlib
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from messages import says
from nbclient import NotebookClient
from replay_reader import Reader, canonical, grid

from utils import explore as explorer
from utils._canvas import Canvas, _power
from utils._controls import read_control
from utils._replay import BudgetError
from utils.explore import FIGSIZE, explore
from utils.plotting import plot_path, use_style

ROOT = Path(__file__).resolve().parents[2]
X = np.linspace(-3, 3, 31)


@pytest.fixture(autouse=True)
def style():
    """Give each test the course's style, and its successor what was there before."""
    with matplotlib.rc_context():
        use_style()
        yield


@pytest.fixture
def replay(monkeypatch):
    """Return a function that calls explore() as the site build does and gives the fragment."""
    monkeypatch.setenv("EXPLORE", "replay")
    shown = []
    monkeypatch.setattr(explorer, "display", lambda html: shown.append(html.data))

    def call(draw, **arguments):
        shown.clear()
        explore(draw, **arguments)
        (fragment,) = shown
        return fragment

    return call


def draw_line(ax, *, slope=0.5, bend=False):
    ax.plot(X, slope * X + bend * X**2)
    ax.set(xlim=(-3, 3), ylim=(-3, 3))
    return f"The slope is {slope:g}, {'bent' if bend else 'straight'}."


def draw_two_panels(axes, *, alpha=0.5, n=3):
    axes[0].plot(X, np.maximum(X, alpha * X), label=f"α = {alpha:g}")
    axes[0].legend()
    plot_path(axes[1], X[:n], alpha * X[:n] ** 2)
    axes[1].set(ylabel="loss", ylim=(0, 4))
    return f"Left of zero the slope is {alpha:g}; {n} steps."


def draw_leaving_markers(ax, *, lr=0.3):
    steps = 5 * (1 - 2 * lr) ** np.arange(9)
    ax.plot(steps, "o--")
    ax.set(xlim=(0, 8), ylim=(-6, 6))
    return f"With lr = {lr:g} it ends at {steps[-1]:.3g}."


def draw_mixed_texts(ax, *, k=1):
    ax.set_title(rf"mean of $x_{{{k}}}^{k}$ and {k} < 4 & more" + " too" * (k % 2))
    ax.text(0.2, 0.2, "two\nlines" if k == 2 else "one line", rotation=15 * k)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    return f'<b>{k}</b> & "{k}" is < 4 — naïve, 学习率 {k}'


def draw_legend_that_grows(ax, *, curves=1):
    for i in range(curves):
        ax.plot(X, np.sin(X + i), label=f"curve {i} <&>")
    if curves:
        ax.legend(loc="upper left")
    return f"{curves} curves."


def draw_logarithm(ax, *, power=1, base=10):
    ax.loglog(np.logspace(0, 3, 7), np.logspace(0, 3, 7) ** power, base=base)
    return f"Power {power}, base {base}."


def draw_raster(ax, *, angle=0.0, kind="image"):
    y, x = np.mgrid[-1:1:9j, -1:1:9j]
    z = x * np.cos(angle) + y**2 * np.sin(angle)
    if kind == "image":
        ax.imshow(z, cmap="viridis")
    else:
        ax.contourf(x, y, z, levels=5).set_rasterized(True)
    return f"{kind} at {angle:g}."


def draw_guest(ax, *, where=0):
    ax.plot(X, X)
    if where == 1:
        ax.axvspan(-1, 1, hatch="//", alpha=0.2)
    if where == 2:
        ax.annotate("here", (0, 0), (1, -2), arrowprops={"arrowstyle": "->"})
        ax.fill_between(X, X, 0)
    return f"Guest {where}."


def draw_colour_bar_that_comes(ax, *, bar=False, scale=1):
    image = ax.imshow(scale * np.arange(12).reshape(3, 4))
    if bar:
        ax.figure.colorbar(image)
    return f"Bar {bar}, scale {scale}."


EXPLORERS = [
    (draw_line, {"slope": [-0.5, 0.0, 0.5], "bend": [False, True]}, {}),
    (draw_two_panels, {"alpha": [0.0, 0.5, 1.0], "n": [1, 3, 15]}, {"panels": (1, 2)}),
    (draw_leaving_markers, {"lr": [0.1, 0.3, 0.5, 0.9, 1.0, 1.2]}, {}),
    (draw_mixed_texts, {"k": [0, 1, 2, 3]}, {"figsize": (5, 3)}),
    (draw_legend_that_grows, {"curves": [0, 1, 2, 5]}, {}),
    (draw_logarithm, {"power": [1, 2, -1], "base": [2, 10]}, {}),
    (draw_raster, {"angle": [0.0, 1.0], "kind": ["image", "contour"]}, {}),
    (draw_guest, {"where": [0, 1, 2]}, {}),
    (draw_colour_bar_that_comes, {"bar": [False, True], "scale": [1, 7]}, {}),
]


@pytest.mark.parametrize(
    ("draw", "stops", "options"), EXPLORERS, ids=lambda p: getattr(p, "__name__", "")
)
def test_replay_shows_what_is_drawn_at_every_position(replay, draw, stops, options):
    reader = Reader(replay(draw, **stops, **options))
    canvas = Canvas(draw, options.get("panels", (1, 1)), options.get("figsize", FIGSIZE))
    canvas.frame({})  # explore() lays out at the default, too
    drawn = [canvas.frame(values) for values in grid(**stops)]
    forwards = list(range(len(drawn)))
    for i in [*forwards, *random.Random(0).sample(forwards, len(forwards)), 0]:
        reader.move(i)
        assert reader.svg == canonical(drawn[i].svg), grid(**stops)[i]
        assert reader.sentence == drawn[i].sentence
    assert len({frame.svg for frame in drawn}) == len(drawn)  # or the loop would prove little


def test_markers_outside_the_axes_change_the_number_of_elements():
    """The premise of one explorer above."""
    canvas = Canvas(draw_leaving_markers, (1, 1), FIGSIZE)
    assert len({canvas.frame({"lr": lr}).svg.count("<use") for lr in (0.3, 1.2)}) == 2


@pytest.mark.parametrize("default", [0.0, 0.5])
def test_fragment_shows_the_default_position(replay, default):
    def draw_line_from(ax, *, slope=default, bend=True):
        return draw_line(ax, slope=slope, bend=bend)

    fragment = replay(draw_line_from, slope=(-1.0, 1.0, 0.5), bend=True)
    reader = Reader(fragment)
    canvas = Canvas(draw_line_from, (1, 1), FIGSIZE)
    assert reader.svg == canonical(canvas.frame({"slope": default, "bend": True}).svg)
    assert reader.sentence == f"The slope is {default:g}, bent."
    assert f'value="{default:g}"' in fragment
    assert re.search(r'<input type="checkbox"[^>]* checked>', fragment)


def test_presets_hold_the_indices_of_their_stops(replay):
    presets = {"steep": {"slope": 1.0, "bend": True}, "flat": {"slope": 0.1 + 0.2 - 0.3}}
    fragment = replay(draw_line, slope=(-1.0, 1.0, 0.5), bend=False, presets=presets)
    assert re.findall(r'data-state="([^"]*)">(\w+)<', fragment) == [
        ("{&quot;slope&quot;: 4, &quot;bend&quot;: 1}", "steep"),
        ("{&quot;slope&quot;: 2}", "flat"),
    ]


def test_every_parameter_has_one_named_control(replay):
    fragment = replay(draw_two_panels, alpha=[0.0, 0.5], n=(3, 5), panels=(1, 2), play="n")
    assert re.findall(r' name="([^"]+)"', fragment) == ["alpha", "n"]
    assert re.findall(r'<label for="([^"]+)"', fragment) == [
        "draw_two_panels-alpha",
        "draw_two_panels-n",
    ]
    assert fragment.count('data-knob="draw_two_panels-n">Play<') == 1
    assert fragment.startswith('<figure class="explorer" id="draw_two_panels">')


def test_the_first_picture_is_laid_out_at_the_default_whatever_the_order(replay):
    """Other positions have more lines of text, yet the axes stay where the default has them."""

    def draw_label(ax, *, lines=2):
        ax.set_ylabel("\n".join(["line"] * lines))
        return f"{lines} lines."

    reader = Reader(replay(draw_label, lines=[5, 2, 1]))
    papers = set()
    for i in range(3):
        reader.move(i)
        papers.add(reader.root.find("svg/g/g/g/path").attrib["d"])  # figure, axes, their paper
    canvas = Canvas(draw_label, (1, 1), FIGSIZE)
    assert len(papers) == 1
    assert f'd="{papers.pop()}"' in canvas.frame({"lines": 2}).svg


MAKE_FRAGMENT = """
import numpy as np
from utils import explore as explorer
import test_explore as t
explorer.display = lambda html: print(html.data)
explorer.explore(t.draw_two_panels, alpha=[0.0, 0.5], n=(1, 3), panels=(1, 2), play="n",
                 presets={"one": {"n": 1}})
explorer.explore(t.draw_raster, angle=(0.0, 1.0, 0.5), kind=["image", "contour"])
"""


def test_two_builds_give_the_same_bytes():
    def build(seed):
        here = Path(__file__).parent
        path = os.pathsep.join(map(str, [ROOT, here.parent, here]))
        env = {**os.environ, "EXPLORE": "replay", "PYTHONHASHSEED": seed, "PYTHONPATH": path}
        command = [sys.executable, "-c", MAKE_FRAGMENT]
        return subprocess.run(command, env=env, capture_output=True, check=True).stdout

    first = build("1")
    assert first.count(b"<figure") == 2
    assert first == build("2")


NO_WIDGET = """
import sys
from utils import explore as explorer
shown = []
explorer.display = lambda html: shown.append(html)
def draw_x(ax, *, a=1, b="u", c=True): return f"{a} {b} {c}"
explorer.explore(draw_x, a=(0, 1), b=["u", "v"], c=True, play="a", presets={"p": {"a": 0}})
assert len(shown) == 1
print("ipywidgets" in sys.modules)
"""


def test_replay_does_not_even_import_widgets():
    env = {**os.environ, "EXPLORE": "replay", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", NO_WIDGET]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


LOG_SLIDER_CELL = """
from utils.explore import explore
from ipywidgets import FloatLogSlider, Widget

def draw_rate(ax, *, lr=0.1):
    ax.axhline(lr)
    return f"lr = {lr:g}."

explore(draw_rate, lr=FloatLogSlider(value=0.1, min=-2, max=0, step=1))
"""


class Listener(NotebookClient):
    """Runs a notebook and keeps the types of all messages that its kernel sends to front ends."""

    def process_message(self, message, *arguments):
        self.heard = [*getattr(self, "heard", []), message["msg_type"]]
        return super().process_message(message, *arguments)


@pytest.mark.parametrize("mode", ["replay", ""])
def test_no_comm_is_opened_for_a_replay_even_with_a_ready_widget(mode):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(LOG_SLIDER_CELL)])
    client = Listener(notebook, resources={"metadata": {"path": str(ROOT)}}, timeout=600)
    client.execute(env={**os.environ, "EXPLORE": mode})
    (output,) = [o for o in notebook.cells[0].outputs if o.output_type != "stream"]
    replayed = mode == "replay"
    assert ("comm_open" in client.heard) is not replayed
    assert ("widgets" in notebook.metadata) is not replayed
    assert ("text/html" in output.data) is replayed
    assert ("application/vnd.jupyter.widget-view+json" in output.data) is not replayed
    if replayed:
        assert Reader(output.data["text/html"]).sentence == "lr = 0.1."


def draw_failing_corner(ax, *, a=0, b=0.0):
    if a == 2 and b == 0.5:
        raise ZeroDivisionError("a corner")
    return f"{a} {b}"


def test_a_failing_position_is_named(replay):
    with pytest.raises(RuntimeError) as caught:
        replay(draw_failing_corner, a=(0, 2), b=(0.0, 0.5, 0.25))
    facts = "explore(draw_failing_corner)", "a=2, b=0.5", "ZeroDivisionError", "a corner"
    says(caught.value, *facts)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize("returned", [None, "", "  ", "two\nlines", 3, b"bytes"])
def test_a_draw_function_needs_a_sentence(replay, returned):
    def draw_mute(ax, *, a=0):
        return returned

    with pytest.raises(RuntimeError) as caught:
        replay(draw_mute, a=(0, 1))
    assert isinstance(caught.value.__cause__, TypeError)
    own = str(caught.value.__cause__)
    says(own, "draw_mute()", "one sentence", repr(returned), way_out='return f"…"')
    says(caught.value, "explore(draw_mute)", "a=0", own)


def draw_needing(ax, need, *, a=0):
    return f"{need} {a}"


def draw_on_both(fig, ax, *, a=0):
    return f"{a}"


def draw_bare(ax):
    return "Nothing to turn."


def draw_collecting(ax, *rest, a=0, **style):
    return f"{a}"


LAMBDA = lambda ax, a=0: "x"  # noqa: E731 (the name is what the test is about)
PARTIAL = functools.partial(draw_line, bend=True)


@pytest.mark.parametrize("mode", ["replay", ""])
@pytest.mark.parametrize(
    ("draw", "arguments", "error", "facts", "way_out"),
    [
        ("relu", {}, TypeError, ["draw function", "'relu'"], "def draw_…(ax, *, …):"),
        (LAMBDA, {"a": (0, 1)}, TypeError, ["name", repr(LAMBDA)], "def draw_…(ax, *, …):"),
        (PARTIAL, {"slope": (0, 1)}, TypeError, ["name", repr(PARTIAL)], "def draw_…(ax, *, …):"),
        (
            draw_line,
            {"sloppe": (0, 1), "bend": True},
            TypeError,
            ["draw_line()", "'sloppe'"],
            "slope, bend",
        ),
        (draw_bare, {"a": (0, 1)}, TypeError, ["draw_bare()", "'a'"], "none"),
        (draw_line, {}, TypeError, ["control", "draw_line()"], "slope=(0.0, 1.0, 0.1)"),
        (
            draw_needing,
            {"a": (0, 1)},
            TypeError,
            ["control", "draw_needing()", "'need'"],
            "default in the signature",
        ),
        (draw_on_both, {"a": (0, 1)}, TypeError, ["draw_on_both()", "'ax'"], "(ax, *, …)"),
        (draw_line, {"slope": []}, ValueError, ["empty", "slope=[]"], "one value"),
        (
            draw_line,
            {"slope": (0.0, 1.0, 0.3)},
            ValueError,
            ["4 stops", "slope=0.5"],
            "(0, 0.3, 0.6, 0.9)",
        ),
        (
            draw_line,
            {"slope": (0.0, 1.0, 0.1), "presets": {"steep": {"slope": 2.0}}},
            ValueError,
            ["preset 'steep'", "11 stops", "slope=2.0"],
            "(0, 0.1, …, 1)",
        ),
        (
            draw_line,
            {"slope": (0.0, 1.0, 0.1), "presets": {"bent": {"bend": True}}},
            ValueError,
            ["preset 'bent'", "'bend'"],
            "slope",
        ),
        (
            draw_line,
            {"slope": (0.0, 1.0, 0.1), "bend": True, "play": "epoch"},
            ValueError,
            ["play='epoch'"],
            "(slope)",
        ),
        (draw_line, {"bend": True, "play": "bend"}, ValueError, ["play='bend'"], "none"),
        (
            draw_line,
            {"slope": [0.5], "play": "slope"},
            ValueError,
            ["play='slope'"],
            "two stops",
        ),
    ],
)
def test_bad_arguments(monkeypatch, mode, draw, arguments, error, facts, way_out):
    monkeypatch.setenv("EXPLORE", mode)
    with pytest.raises(error) as caught:
        explore(draw, **arguments)
    says(caught.value, "explore()", *facts, way_out=way_out)


def draw_by_pyplot(ax, *, a=0):
    plt.plot([a, 1])
    return "A line."


def draw_figure_of_its_own(ax, *, a=0):
    _, own = plt.subplots()
    own.plot([a, 1])
    return "A line."


def draw_figure_that_it_closes(ax, *, a=0):
    plt.figure()
    plt.plot([a, 1])
    plt.close()  # as plt.show() does in a notebook
    return "A line."


def draw_on_current_axes(ax, *, a=0):
    plt.gca().plot([a, 1])  # as seaborn does without ax=
    return "A line."


def draw_title_by_pyplot(ax, *, a=0):
    ax.plot([a, 1])
    plt.title("line")
    return "A line."


def draw_adopting_the_figure(ax, *, a=0):
    plt.figure(ax.figure)
    plt.plot([a, 1])
    return "A line."


BY_PYPLOT = [
    draw_by_pyplot,
    draw_figure_of_its_own,
    draw_figure_that_it_closes,
    draw_on_current_axes,
    draw_title_by_pyplot,
    draw_adopting_the_figure,
]


@pytest.mark.parametrize("draw", BY_PYPLOT, ids=lambda draw: draw.__name__)
@pytest.mark.parametrize("others", [0, 1])
def test_drawing_with_pyplot_is_refused_and_leaves_no_figure(draw, others):
    with pyplot_figures(others) as before:
        with pytest.raises(TypeError) as caught:
            Canvas(draw, (1, 1), FIGSIZE).frame({"a": 1})
        assert [plt.figure(number).axes for number in plt.get_fignums()] == before
    says(caught.value, f"{draw.__name__}()", "axes", "pyplot", way_out="ax.plot(…)")
    says(caught.value, "pyplot", way_out="seaborn ax=ax")


@contextlib.contextmanager
def pyplot_figures(count):
    """Yield the axes, none, of each of so many open figures."""
    plt.close("all")
    for _ in range(count):
        plt.figure()
    yield [[]] * count
    plt.close("all")


def test_what_pyplot_does_without_a_figure_is_harmless():
    def draw(ax, *, a=0):
        plt.close(ax.figure)
        ax.plot([a, 1])
        plt.show()
        plt.close("all")
        return "A line."

    def draw_plainly(ax, *, a=0):
        ax.plot([a, 1])
        return "A line."

    draw_plainly.__name__ = draw.__name__
    with pyplot_figures(1):
        svg = Canvas(draw, (1, 1), FIGSIZE).frame({}).svg
        assert plt.get_fignums() == [1]
    assert svg == Canvas(draw_plainly, (1, 1), FIGSIZE).frame({}).svg


def test_an_error_of_the_draw_function_is_its_own_also_where_pyplot_was_used():
    def draw(ax):
        plt.plot([1 / 0])

    with pyplot_figures(0), pytest.raises(ZeroDivisionError):
        Canvas(draw, (1, 1), FIGSIZE).frame({})


@pytest.mark.parametrize("leave", [lambda ax: ax.remove(), lambda ax: ax.figure.clear()])
def test_axes_that_were_removed_are_missed(leave):
    def draw(ax):
        leave(ax)
        return "Nothing."

    with pytest.raises(TypeError) as caught:
        Canvas(draw, (1, 1), FIGSIZE).frame({})
    says(caught.value, "draw()", "axes", "removed", way_out="ax.clear()")


def test_axes_that_the_draw_function_adds_are_drawn():
    def draw(ax):
        ax.figure.add_subplot(2, 2, 2).set_title("guest")
        return "A guest."

    assert ">guest<" in Canvas(draw, (1, 1), FIGSIZE).frame({}).svg


def draw_and_print(ax, *, a=0):
    print("a is", a)
    return "Said."


def test_what_is_printed_belongs_to_its_position():
    canvas = Canvas(draw_and_print, (1, 1), FIGSIZE)
    assert [canvas.frame({"a": a}).printed for a in (1, 2)] == ["a is 1\n", "a is 2\n"]


def test_a_page_refuses_what_is_printed(replay, capsys):
    with pytest.raises(RuntimeError) as caught:
        replay(draw_and_print, a=(0, 3))
    says(caught.value, "explore(draw_and_print)", "a=0", "a is 0", way_out="sentence")
    assert capsys.readouterr().out == ""


def draw_without_axes(alpha=0.5):
    return "No axes."


def draw_without_anything():
    return "Nothing."


def draw_with_keywords(*, ax, alpha=0.5):
    return "No axes."


@pytest.mark.parametrize("draw", [draw_without_axes, draw_without_anything, draw_with_keywords])
def test_the_first_parameter_takes_the_axes(draw):
    with pytest.raises(TypeError) as caught:
        explore(draw, alpha=(0.0, 1.0))
    says(caught.value, "explore()", "first parameter", draw.__name__, way_out="(ax, *, …)")


def test_too_many_positions_are_refused_before_anything_is_drawn(replay):
    def draw_never(ax, *, a=0, b=0.0, c=False):
        raise AssertionError("drawn")

    with pytest.raises(BudgetError) as caught:
        replay(draw_never, a=(0, 999), b=(0.0, 1.0, 0.1), c=False)
    says(
        caught.value,
        *("explore(draw_never)", "22,000", "20,000", "a has 1000", "b has 11", "c has 2"),
        way_out="larger steps",
    )


def test_too_many_bytes_are_refused(replay):
    def draw_noise(ax, *, seed=0):
        ax.imshow(np.random.default_rng(seed).random((160, 160)), interpolation="none")
        return f"Seed {seed}."

    with pytest.raises(BudgetError) as caught:
        replay(draw_noise, seed=(0, 3))
    says(caught.value, "explore(draw_noise)", "120,000", "seed has 4", way_out="fewer points")
    assert re.search(r"\b(?!120,000)\d{3},\d{3} bytes", str(caught.value))  # what it needs


def test_collected_arguments_are_no_knobs(replay):
    assert "<output" in replay(draw_collecting, a=(0, 1))
    with pytest.raises(TypeError) as caught:
        replay(draw_collecting, style=(0, 1))
    says(caught.value, "draw_collecting()", "'style'", way_out="a.")


def test_colours_of_the_style_follow_the_page(replay):
    fragment = replay(draw_line, slope=[0.5, 1.0])
    for variable in ("--plot-c0,#1b62b5", "--plot-ink,#1b2733", "--plot-grid,#d9dee3"):
        assert f"var({variable})" in fragment


def test_ready_widget_and_abbreviation_give_the_same_control():
    slider = widgets.FloatSlider(0.5, min=0, max=1, step=0.25)
    assert read_control("a", slider, None) == read_control("a", (0.0, 1.0, 0.25), 0.5)


@pytest.mark.parametrize(
    ("value", "text"), [(1e-3, "10⁻³"), (1, "10⁰"), (1e12, "10¹²"), (2.0, "2"), (0.05, "0.05")]
)
def test_powers_of_ten_are_plain_text(value, text):
    assert _power(value) == text


def test_logarithmic_axes_have_no_mathematics_to_parse():
    def draw(ax, *, k=1):
        ax.semilogy([1e-4, 1e4])
        return f"From a small number to a large one, {k}."

    svg = Canvas(draw, (1, 1), (4, 3)).frame({}).svg
    assert "10⁻²" in svg
    assert "<tspan" not in svg
