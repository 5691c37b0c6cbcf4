"""The course's look: legible in light, in dark and without colour; the same in Python and CSS."""

import io
import json
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgb, to_rgba
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.mathtext import MathTextParser
from messages import says
from nbclient import NotebookClient

from utils import plotting
from utils.plotting import (
    GRID,
    INK,
    PALETTE,
    PAPER,
    level_lines,
    plot_map,
    plot_path,
    plot_regions,
    use_style,
)

ROOT = Path(__file__).resolve().parents[2]
CSS = (ROOT / "utils" / "replay.css").read_text(encoding="utf-8")
CURVES = [f"--plot-c{i}" for i in range(len(PALETTE))]
LETTERS, SHAPES = 4.5, 3.0  # WCAG 2.2, criteria 1.4.3 and 1.4.11


@pytest.fixture(autouse=True)
def style():
    """Give each test the course's style, and its successor what was there before."""
    with matplotlib.rc_context():
        use_style()
        yield


def theme(selector):
    """The colours that a rule of replay.css sets."""
    rule = re.search(rf"^{re.escape(selector)} {{(.*?)}}", CSS, re.DOTALL | re.MULTILINE)[1]
    return dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", rule))


LIGHT, DARK = theme(":root"), theme('html[data-theme="dark"]')


def luminance(colour):
    """Relative luminance, WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one, other):
    """Contrast ratio of two colours, from 1 to 21."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_contrast_of_known_pairs():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("colour", [*PALETTE, INK])
def test_light_colours_are_legible_as_letters(colour):
    assert contrast(colour, PAPER) >= LETTERS


@pytest.mark.parametrize("variable", CURVES)
def test_dark_curves_stand_out(variable):
    assert contrast(DARK[variable], DARK["--plot-paper"]) >= SHAPES


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_letters_and_knobs_are_legible(colours):
    assert contrast(colours["--plot-ink"], colours["--plot-paper"]) >= LETTERS
    assert contrast(colours["--knob-text"], colours["--knob"]) >= LETTERS
    assert contrast(colours["--knob"], colours["--plot-paper"]) >= SHAPES


def test_light_theme_is_the_style():
    assert [LIGHT[variable] for variable in CURVES] == list(PALETTE)
    assert (LIGHT["--plot-ink"], LIGHT["--plot-grid"], LIGHT["--plot-paper"]) == (INK, GRID, PAPER)


def test_dark_theme_replaces_every_colour():
    assert DARK.keys() == LIGHT.keys()
    assert not [name for name in LIGHT if DARK[name] == LIGHT[name]]


def test_curves_differ_in_colour_and_in_dashes():
    cycle = list(matplotlib.rcParams["axes.prop_cycle"])
    assert [entry["color"] for entry in cycle] == list(PALETTE)
    dashes = [entry["linestyle"] for entry in cycle]
    assert len(set(dashes)) == len(dashes) == len(set(PALETTE))


def test_style_is_reproducible_and_keeps_text_as_text():
    assert matplotlib.rcParams["svg.hashsalt"] == "turn-the-knobs"
    assert matplotlib.rcParams["svg.fonttype"] == "none"


def path_of(x, y, **options):
    ax = Figure().subplots()
    plot_path(ax, x, y, **options)
    return ax.lines


def test_path_is_one_line_with_few_markers():
    x = np.arange(40)
    line, marks, start = path_of(x, x**2)
    np.testing.assert_array_equal(line.get_xydata(), np.c_[x, x**2])
    np.testing.assert_array_equal(marks.get_xydata(), np.c_[x, x**2][:12])
    np.testing.assert_array_equal(start.get_xydata(), [[0, 0]])
    assert (line.get_marker(), marks.get_linestyle(), start.get_linestyle()) == ("None",) * 3
    assert line.get_linestyle() == "-"


@pytest.mark.parametrize(("steps", "marks", "drawn"), [(5, 12, 5), (40, 3, 3), (40, 0, 0)])
def test_number_of_markers_is_bounded(steps, marks, drawn):
    assert len(path_of(np.arange(steps), np.arange(steps), marks=marks)[1].get_xydata()) == drawn


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_path_leaves_out_what_is_not_finite(bad):
    lines = path_of([bad, 0, 1, 2, 3], [9, 0, bad, 2, 3])
    np.testing.assert_array_equal(lines[0].get_xydata(), [[0, 0], [2, 2], [3, 3]])
    np.testing.assert_array_equal(lines[1].get_xydata(), [[0, 0], [2, 2], [3, 3]])
    np.testing.assert_array_equal(lines[2].get_xydata(), [[0, 0]])


def test_path_that_is_nowhere_finite_draws_nothing():
    assert [len(line.get_xydata()) for line in path_of([np.nan], [1.0])] == [0, 0, 0]


def test_path_has_one_colour():
    lines = path_of([0, 1], [0, 1], color="C2")
    assert {to_hex(line.get_color()) for line in lines} == {PALETTE[2]}


XX, YY = np.mgrid[-1:1:41j, -1:1:41j]
LIGHT_FILL, DENSE_FILL = to_rgba(PALETTE[0], 0.12), to_rgba(PALETTE[1], 0.3)
NOTHING = (1, 1, 1, 0)


def regions_of(score):
    """Axes that fill a figure of 200 × 200 pixels, with the regions of a score."""
    figure = Figure(figsize=(2, 2), dpi=100, facecolor="none", layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_axis_off()
    plot_regions(ax, XX, YY, score)
    return ax


def fill_at(ax, x, y):
    """The colour that was painted at a place in the plane [-1, 1]², as numbers from 0 to 1."""
    canvas = FigureCanvasAgg(ax.figure)
    canvas.draw()
    row, column = round((1 - y) * 100), round((1 + x) * 100)
    return tuple(np.asarray(canvas.buffer_rgba())[row, column] / 255)


@pytest.mark.parametrize(
    ("x", "y", "fill"), [(-0.8, 0.6, LIGHT_FILL), (0.8, 0.6, DENSE_FILL), (0.5, 0.2, DENSE_FILL)]
)
def test_regions_lie_where_the_score_says(x, y, fill):
    score = 0.5 + (XX - 0.3) * 1e3  # any scale: what counts is the side of 0.5
    assert fill_at(regions_of(score), x, y) == pytest.approx(fill, abs=0.02)


def test_boundary_is_a_line_in_ink():
    ax = regions_of(0.5 + XX - 0.3)
    line = ax.collections[-1].get_paths()[0].vertices
    np.testing.assert_allclose(line[:, 0], 0.3, atol=1e-9)
    assert {line[:, 1].min(), line[:, 1].max()} == {-1, 1}
    assert to_hex(ax.collections[-1].get_edgecolor()[0]) == INK


@pytest.mark.parametrize(
    ("value", "fill"),
    [
        (0.0, LIGHT_FILL),
        (0.4999, LIGHT_FILL),
        (0.5, DENSE_FILL),
        (7, DENSE_FILL),
        (np.nan, NOTHING),
    ],
)
@pytest.mark.filterwarnings("error::UserWarning", "ignore:Rasterization")
def test_one_score_everywhere_is_one_region_without_a_line(value, fill):
    ax = regions_of(np.full(XX.shape, value, "float32"))
    assert fill_at(ax, 0.1, 0.1) == pytest.approx(fill, abs=0.02)
    assert len(ax.collections[-1].get_paths()[0].vertices) == 0


def test_pictures_with_and_without_a_boundary_have_the_same_elements():
    counts = []
    for score in (XX, np.zeros(XX.shape), np.full(XX.shape, np.nan)):
        text = io.StringIO()
        regions_of(score).figure.savefig(text, format="svg")
        counts.append(text.getvalue().count("<g "))
    assert len(set(counts)) == 1


def test_what_is_not_finite_stays_uncoloured():
    ax = regions_of(np.where(XX > 0, np.nan, YY))
    assert fill_at(ax, 0.5, 0.9) == pytest.approx(NOTHING, abs=0.02)
    assert fill_at(ax, -0.5, 0.9) == pytest.approx(DENSE_FILL, abs=0.02)


def test_fills_are_one_image_on_the_page():
    text = io.StringIO()
    regions_of(XX + YY).figure.savefig(text, format="svg")
    assert text.getvalue().count("<image") == 1
    assert text.getvalue().count("<path") < 10


def test_scores_still_in_a_row_are_refused():
    with pytest.raises(ValueError, match="shape") as caught:
        regions_of((XX + YY).ravel())
    facts = "plot_regions()", "xx", "yy", "score", "(41, 41)", "(1681,)"
    says(caught.value, *facts, way_out="score.reshape(xx.shape)")


STYLE = "from utils.plotting import use_style\nuse_style()"
PYPLOT = "import matplotlib.pyplot as plt"
PLOT = "plt.plot([0, 1]);"


@pytest.mark.parametrize(
    "cells",
    [[STYLE, f"{PYPLOT}\n{PLOT}"], [PYPLOT, STYLE, PLOT], [f"{PYPLOT}\n{STYLE}\n{PLOT}"]],
    ids=["style first", "pyplot first", "one cell"],
)
def test_notebook_figures_are_svg(cells):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT)}})
    client.execute(env=dict(os.environ))
    data = [output.data for cell in notebook.cells for output in cell.outputs if "data" in output]
    assert [set(one) for one in data] == [{"text/plain", "image/svg+xml"}]


def test_style_does_not_start_a_shell(monkeypatch):
    def fail():
        raise AssertionError("a shell was sought")

    monkeypatch.setattr(plotting, "_send_svg", fail)
    use_style()  # IPython is imported here, but no kernel runs


# In a process of its own: pytest would catch the warnings, and the log.
SCRIPTS = """
import io, json, re
import matplotlib
import matplotlib.pyplot as plt
from utils._canvas import Canvas
from utils.plotting import use_style

use_style()
matplotlib.rcParams["font.sans-serif"] = ["SimHei"]  # as recipes say, where it is not installed
texts = ["学习率", "学習率カナ", "학습률", "حجم", "גודל", "सीखना", "😀👩‍🔬", "x\u0304"]
texts += ["学习率 $\\eta$"]

def draw(ax):
    for i, text in enumerate(texts):
        ax.plot([0, i], label=text)
        ax.text(0, i, text, family="monospace", weight="bold")
    ax.set(xlabel=texts[0], ylabel=texts[-1], title=texts[3])
    ax.set_xticks([0, 1], texts[4:6])
    ax.annotate(texts[6], (0, 0), fontname="No Such Font")
    ax.legend()
    return texts[0]

drawn = [Canvas(draw, (1, 1), (6, 5)).frame({}).svg]
figure, ax = plt.subplots()
draw(ax)
file = io.StringIO()
figure.savefig(file, format="svg")
drawn.append(file.getvalue())
print(json.dumps({"texts": texts, "drawn": drawn}))
"""


def test_letters_of_all_scripts_are_drawn_in_silence():
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", SCRIPTS]
    done = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr == ""
    found = json.loads(done.stdout)
    for svg in found["drawn"]:
        assert [text for text in found["texts"][:-1] if f">{text}<" not in svg] == []
        assert "¤" not in svg
        # In an element each, or, by matplotlib 3.8, all in one.
        assert re.search(r">学(</tspan>\s*<tspan[^>]*>)?习(</tspan>\s*<tspan[^>]*>)?率<", svg)


def test_a_chinese_letter_in_a_formula_is_as_wide_as_it_is_high():
    """The private method of matplotlib on which use_style() leans is still there."""
    use_style()
    with matplotlib.rc_context({"svg.fonttype": "none"}):
        parse = MathTextParser("path").parse
        widths = [parse("$" + "率" * n + "$", 72, FontProperties(size=10)).width for n in (1, 3)]
        assert widths[1] - widths[0] == pytest.approx(20, abs=0.5)
        assert chr(parse("¤ $x$", 72).glyphs[0][2]) == "¤"


def test_chinese_text_is_measured_an_em_a_letter_and_english_as_ever():
    def drawn(text):
        figure = Figure()
        here = figure.text(0, 0, text, size=72)
        FigureCanvasAgg(figure).draw()
        svg = io.StringIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
        return here.get_window_extent().width, svg.getvalue()

    with warnings.catch_warnings(action="error"):
        assert drawn("学习率，")[0] == pytest.approx(4 * 72, abs=1)  # points
    style = re.compile('style="[^"]*"')  # it names the fonts, and the page drops them
    width, svg = drawn("learning rate −0.5 √η")
    with matplotlib.rc_context({"font.family": ["sans-serif"]}):
        plain_width, plain = drawn("learning rate −0.5 √η")
    assert (width, style.sub("", svg)) == (plain_width, style.sub("", plain))


def test_pictures_have_the_machine_s_own_chinese_letters_first(monkeypatch):
    monkeypatch.setattr(
        plotting.font_manager.fontManager, "get_font_names", lambda: ["SimHei", "Ariel"]
    )
    use_style("zh")
    assert matplotlib.rcParams["font.family"] == ["sans-serif", "SimHei", "TurnTheKnobsWide"]
    use_style()
    assert matplotlib.rcParams["font.family"] == ["sans-serif", "TurnTheKnobsWide"]
    with pytest.raises(ValueError, match="language") as caught:
        use_style("fr")
    says(caught.value, "set_up()", "a language", "'fr'", way_out="en, zh")


# --- level lines --------------------------------------------------------------------------------


def test_level_lines_lie_on_their_level():
    x, y = np.meshgrid(np.linspace(-2, 2, 81), np.linspace(-2, 2, 81))
    lines = level_lines(x, y, x**2 + y**2, [1.0])
    radius = np.hypot(*lines[:, 1:-1])
    np.testing.assert_allclose(radius, 1, atol=1e-3)
    assert np.isnan(lines[:, [0, -1]]).all()


def test_lines_of_several_levels_have_a_gap_between_them():
    x, y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
    lines = level_lines(x, y, x, [0.5, 1.5])
    assert np.isnan(lines[0]).tolist() == [True, False, False, True, False, False, True]
    assert lines[0][[1, 4]].tolist() == [0.5, 1.5]


def test_a_level_that_is_nowhere_is_a_gap_alone():
    x, y = np.meshgrid([0.0, 1.0], [0.0, 1.0])
    assert np.isnan(level_lines(x, y, x, [7.0])).all()


def test_level_lines_of_different_shapes():
    x, y = np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0])
    with pytest.raises(ValueError, match="level_lines") as caught:
        level_lines(x, y, x.ravel(), [0.5])
    says(caught.value, "level_lines()", "(2, 3)", "(6,)", way_out="height.reshape(x.shape)")


# --- maps ---------------------------------------------------------------------------------------


def test_a_map_is_denser_where_the_number_is_larger_and_grey_where_there_is_none():
    ax = Figure().subplots()
    plot_map(ax, [[0, 0.5, 1], [2, -1, np.nan]], [1, 2, 3], ["a", "b"])
    (image,) = ax.images
    rgba = np.asarray(image.get_array())
    assert rgba[0, 0, 3] == rgba[1, 1, 3] == 0
    assert 0 < rgba[0, 1, 3] < rgba[0, 2, 3] == rgba[1, 0, 3] < 1
    assert to_hex(rgba[0, 1]) == PALETTE[0]
    assert len(set(rgba[1, 2, :3])) == 1
    assert image.origin == "lower"


def test_ticks_of_a_map_name_their_cells():
    ax = Figure().subplots()
    plot_map(ax, np.zeros((2, 5)), [0.5, 1.0, 1.5, 2.0, 2.5], ["a", "b"], every=2)
    assert ax.get_xticks().tolist() == [0, 2, 4]
    assert [text.get_text() for text in ax.get_xticklabels()] == ["0.5", "1.5", "2.5"]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["a"]


def test_a_map_with_too_few_names():
    with pytest.raises(ValueError, match="plot_map") as caught:
        plot_map(Figure().subplots(), np.zeros((2, 3)), [1, 2], [1, 2, 3])
    says(caught.value, "plot_map()", "(3, 2)", "(2, 3)", way_out="strength.T")
