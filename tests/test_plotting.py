"""The course's look: legible in light, in dark and without colour; the same in Python and CSS."""

import os
import re
from pathlib import Path

import matplotlib
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from nbclient import NotebookClient

from utils import plotting
from utils.plotting import GRID, INK, PALETTE, PAPER, plot_path, use_style

ROOT = Path(__file__).resolve().parent.parent
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
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    client.execute(env=dict(os.environ))
    data = [output.data for cell in notebook.cells for output in cell.outputs if "data" in output]
    assert [set(one) for one in data] == [{"text/plain", "image/svg+xml"}]


def test_style_does_not_start_a_shell(monkeypatch):
    def fail():
        raise AssertionError("a shell was sought")

    monkeypatch.setattr(plotting, "_send_svg", fail)
    use_style()  # IPython is imported here, but no kernel runs
