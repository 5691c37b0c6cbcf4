"""Live explorers with real widgets and no front end; the same on ipywidgets 7.7.1 and 8.

Run in both environments:

    .venv/bin/python -m pytest tests/utils/test_live.py
    .venv-colab/bin/python -m pytest tests/utils/test_live.py
"""

import inspect
import os
import re
import sys
from html import escape, unescape
from importlib.util import find_spec
from pathlib import Path

import ipywidgets as widgets
import nbformat
import numpy as np
import pytest
from messages import says
from nbclient import NotebookClient
from replay_reader import canonical

from utils import explore as explorer
from utils._canvas import Canvas
from utils._controls import read_arguments
from utils._live import draggable, make_live

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = re.compile(r"<output[^>]*>(.*?)</output>", re.DOTALL)
PICTURE = re.compile(r"<svg.*?</svg>", re.DOTALL)
X = np.linspace(-1, 1, 9)


class Live:
    """An explorer made by the same steps as explore(), with its parts at hand."""

    def __init__(self, draw, *, presets=None, play=None, drag=None, panels=(1, 1), **controls):
        self.drawn = []
        self.canvas = Canvas(self.count(draw), panels, explorer.FIGSIZE)
        asked = read_arguments(draw, controls, presets or {}, play, drag)
        self.box = make_live(self.canvas, asked)
        found = list(_descendants(self.box))
        self.picture = found[-1]
        self.buttons = {one.description: one for one in found if isinstance(one, widgets.Button)}
        self.players = [one for one in found if isinstance(one, widgets.Play)]
        self.fields = {one.description: one for one in found if _is_field(one)}

    def count(self, draw):
        def counted(axes, **values):
            self.drawn.append(values)
            return draw(axes, **values)

        counted.__name__ = draw.__name__
        return counted

    @property
    def sentence(self):
        return unescape(SENTENCE.search(self.picture.value)[1])


def _descendants(widget):
    for child in getattr(widget, "children", ()):
        yield child
        yield from _descendants(child)


def _is_field(widget):
    others = (widgets.HTML, widgets.Button, widgets.Play, widgets.Box)
    return not isinstance(widget, others) and widget.has_trait("description")


def draw_all(axes, *, n=2, alpha=0.5, kind="up", bias=False):
    y = alpha * X**n + bias
    axes[0].plot(X, y if kind == "up" else -y, label="α <&>")
    axes[0].legend()
    axes[1].bar(range(n), range(n))
    return f"{n} & {alpha:g} < {kind} {bias}"


CONTROLS = {"n": (1, 4), "alpha": (0.0, 1.0, 0.25), "kind": ["up", "down"], "bias": False}


@pytest.fixture
def live():
    return Live(draw_all, panels=(1, 2), presets={"far": {"n": 4, "alpha": 1.0}}, **CONTROLS)


def test_widgets_are_those_of_interact(live):
    kinds = {name: type(field) for name, field in live.fields.items()}
    assert kinds == {
        "n": widgets.IntSlider,
        "alpha": widgets.FloatSlider,
        "kind": widgets.Dropdown,
        "bias": widgets.Checkbox,
    }
    for name, field in live.fields.items():
        twin = widgets.interactive.widget_from_abbrev(
            CONTROLS[name], inspect.signature(draw_all).parameters[name].default
        )
        for part in ("value", "min", "max", "step", "_options_full"):
            assert getattr(field, part, None) == getattr(twin, part, None), (name, part)


def test_first_display_is_the_default_drawn_once(live):
    assert live.drawn == [{"n": 2, "alpha": 0.5, "kind": "up", "bias": False}]
    assert live.sentence == "2 & 0.5 < up False"
    assert live.picture.value.count("<svg") == 2


MOVES = [("n", 4), ("n", 1), ("alpha", 0.75), ("alpha", 0.0), ("kind", "down"), ("bias", True)]


@pytest.mark.parametrize(("name", "value"), MOVES)
def test_moving_a_widget_redraws_once_and_equals_the_replay_frame(live, name, value):
    before = live.picture.value
    live.fields[name].value = value
    values = {"n": 2, "alpha": 0.5, "kind": "up", "bias": False, name: value}
    assert live.drawn[1:] == [values]
    assert live.picture.value != before
    frame = _frame_of_a_replay(values)
    assert canonical(frame.svg) == canonical("".join(PICTURE.findall(live.picture.value)))
    assert live.sentence == frame.sentence
    assert f">{escape(frame.sentence)}</output>" in live.picture.value


def _frame_of_a_replay(values):
    canvas = Canvas(draw_all, (1, 2), explorer.FIGSIZE)
    canvas.frame({})  # its layout is everyone's
    return canvas.frame(values)


def test_values_have_the_types_of_the_abbreviation(live):
    live.fields["alpha"].value = 1
    live.fields["n"].value = 3
    assert [type(live.drawn[-1][name]) for name in ("n", "alpha")] == [int, float]


def test_a_slider_between_its_stops_draws_the_nearest(live):
    live.fields["alpha"].value = 0.3
    assert live.drawn[-1]["alpha"] == 0.25


def test_preset_moves_its_knobs_with_one_draw(live):
    live.fields["kind"].value = "down"
    del live.drawn[:]
    live.buttons["far"].click()
    assert live.drawn == [{"n": 4, "alpha": 1.0, "kind": "down", "bias": False}]
    assert (live.fields["n"].value, live.fields["alpha"].value) == (4, 1.0)
    assert live.sentence == "4 & 1 < down False"


@pytest.mark.parametrize(("knob", "second"), [("alpha", 0.25), ("kind", "down")])
def test_player_moves_its_knob_with_one_draw_a_tick(knob, second):
    controls = {**CONTROLS, "alpha": (0.0, 1.0, 0.25)}
    live = Live(draw_all, panels=(1, 2), play=knob, **controls)
    (player,) = live.players
    assert (player.min, player.max) == (0, {"alpha": 4, "kind": 1}[knob])
    assert player.value == {"alpha": 2, "kind": 0}[knob]
    player.value = 1
    assert live.fields[knob].value == second
    assert [values[knob] for values in live.drawn[1:]] == [second]
    assert f" {second}" in live.sentence


def test_player_goes_on_from_where_the_reader_moved_the_knob():
    live = Live(draw_all, panels=(1, 2), play="alpha", **CONTROLS)
    live.fields["alpha"].value = 0.75
    assert live.players[0].value == 3
    live.players[0].value += 1
    assert [values["alpha"] for values in live.drawn] == [0.5, 0.75, 1.0]


@pytest.mark.parametrize(
    ("widget", "value", "sentence"),
    [
        (widgets.FloatLogSlider(value=0.1, min=-3, max=0, step=0.5), 10**-1.5, "0.03162"),
        (widgets.BoundedFloatText(value=0.5, min=0, max=1, step=0.25), 0.75, "0.75"),
        (widgets.SelectionSlider(options=[1, 10, 100], value=10), 100, "100"),
        (widgets.ToggleButtons(options=["a", "b"], value="b"), "a", "a"),
        (widgets.Dropdown(options=[("no", False), ("yes", True)]), True, "True"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, widgets.Widget) else "",
)
def test_ready_widget_is_used_as_it_is(widget, value, sentence):
    def draw_value(ax, *, it=None):
        return f"{it}"

    live = Live(draw_value, it=widget)
    assert live.fields == {"it": widget}
    assert live.fields["it"] is widget
    widget.value = value
    assert live.sentence == sentence


def test_a_list_of_rising_numbers_is_a_slider_over_its_stops():
    def draw_rate(ax, *, lr=0.1):
        return f"The rate is {lr}."

    live = Live(draw_rate, lr=[0.001, 0.003, 0.1, 1], play="lr")
    slider = live.fields["lr"]
    assert type(slider) is widgets.SelectionSlider
    assert (slider.value, [label for label, _ in slider._options_full][1]) == (0.1, "0.003")
    slider.value = 0.003
    assert live.sentence == "The rate is 0.003."
    assert live.players[0].value == 1


def draw_place(ax, *, lr=0.1, beta=0.5):
    ax.set(xlim=(0, 1 if beta < 1 else 2), ylim=(0, 1))
    return f"At {lr:g} and {beta:g}."


DRAGGED = {"lr": [0.01, 0.1, 0.5], "beta": (0.0, 1.0, 0.25), "drag": ("lr", "beta")}


def test_a_picture_is_dragged_where_anywidget_is():
    """Colab's environment has none: there the sliders do all."""
    live = Live(draw_place, **DRAGGED)
    if find_spec("anywidget") is None:
        assert type(live.picture) is widgets.HTML
    else:
        assert live.picture.stops == {"lr": 1, "beta": 2}
        assert live.picture.drag["x"]["knob"] == "lr"
        live.picture.picked = {"lr": 2, "beta": 0}  # as its front end sends
        assert live.sentence == "At 0.5 and 0."
        assert [values["lr"] for values in live.drawn] == [0.1, 0.5]
        assert live.fields["lr"].value == 0.5
        assert live.picture.stops == {"lr": 2, "beta": 0}
    live.fields["beta"].value = 0.75
    assert live.sentence.endswith("and 0.75.")


def test_without_anywidget_the_sliders_do_all(monkeypatch):
    monkeypatch.setitem(sys.modules, "anywidget", None)
    draggable.cache_clear()
    live = Live(draw_place, **DRAGGED)
    draggable.cache_clear()
    assert type(live.picture) is widgets.HTML
    live.fields["lr"].value = 0.5
    assert live.sentence == "At 0.5 and 0.5."


def test_axes_that_move_while_they_can_be_dragged_are_told_of():
    live = Live(draw_place, **DRAGGED)
    live.fields["beta"].value = 1.0
    assert 'role="alert"' in live.picture.value
    assert "xlim" in live.picture.value


def test_ready_widget_keeps_its_description():
    live = Live(draw_all, panels=(1, 2), n=widgets.IntSlider(2, 1, 4, description="degree"))
    assert set(live.fields) == {"degree"}


def draw_fragile(ax, *, a=0):
    if a == 1:
        raise ZeroDivisionError("1 < 2 & broken")
    return f"a is {a}."


def test_exception_at_the_first_display_is_raised():
    def draw_broken(ax, *, a=1):
        return draw_fragile(ax, a=a)

    with pytest.raises(ZeroDivisionError, match="1 < 2 & broken"):
        explorer.explore(draw_broken, a=(0, 2))


def test_missing_sentence_at_the_first_display_is_raised():
    def draw_mute(ax, *, a=0):
        ax.plot([a])

    with pytest.raises(TypeError) as caught:
        explorer.explore(draw_mute, a=(0, 2))
    says(caught.value, "draw_mute()", "one sentence", "None", way_out='return f"…"')


def test_what_is_printed_stands_below_its_sentence():
    def draw_telling(ax, *, a=0):
        print("<a> is", a)
        return f"a is {a}."

    live = Live(draw_telling, a=(0, 2))
    assert "<pre>&lt;a&gt; is 0\n</pre>" in live.picture.value
    live.fields["a"].value = 2
    assert "<pre>&lt;a&gt; is 2\n</pre>" in live.picture.value
    assert "is 0" not in live.picture.value


def test_what_is_printed_before_an_exception_is_shown_with_it():
    def draw_failing(ax, *, a=0):
        print("a is", a)
        return f"a is {1 / (a - 1)}."

    live = Live(draw_failing, a=(0, 2))
    live.fields["a"].value = 1
    assert "ZeroDivisionError" in live.picture.value
    assert "a is 1" in live.picture.value


def test_later_exception_is_shown_and_the_next_good_move_recovers():
    live = Live(draw_fragile, a=(0, 2))
    live.fields["a"].value = 1
    assert "<svg" not in live.picture.value
    assert live.picture.value.startswith('<pre role="alert"')
    shown = unescape(live.picture.value)
    assert "ZeroDivisionError: 1 < 2 & broken" in shown
    assert 'raise ZeroDivisionError("1 < 2 & broken")' in shown  # the line that failed
    assert "1 &lt; 2 &amp; broken" in live.picture.value
    live.fields["a"].value = 2
    assert live.sentence == "a is 2."
    assert "<pre" not in live.picture.value


def test_a_preset_can_be_pressed_after_an_exception():
    live = Live(draw_fragile, a=(0, 2), presets={"bad": {"a": 1}, "good": {"a": 2}})
    live.buttons["bad"].click()
    assert "ZeroDivisionError" in live.picture.value
    live.buttons["good"].click()
    assert live.sentence == "a is 2."


NOTEBOOK = [
    """
import ipywidgets as widgets
import numpy as np
from utils.explore import explore
from utils.plotting import use_style

use_style()

def draw_power(ax, *, n=2, lr=0.1):
    ax.plot(np.arange(9) ** n * lr)
    return f"Power {n}, rate {lr:g}."
""",
    """
slider = widgets.FloatLogSlider(value=0.1, min=-2, max=0, step=1)
explore(draw_power, n=(1, 3), lr=slider, presets={"cubic": dict(n=3)}, play="n")
""",
    "slider.value = 1.0",
]


@pytest.fixture(scope="module")
def notebook():
    """Return a notebook that was run live by this environment's kernel."""
    cells = [nbformat.v4.new_code_cell(source) for source in NOTEBOOK]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(ROOT)}})
    client.execute(env={key: value for key, value in os.environ.items() if key != "EXPLORE"})
    return notebook


def test_notebook_shows_one_widget_and_no_error(notebook):
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    rich = [output for output in outputs if output.output_type == "display_data"]
    assert not [output for output in outputs if output.output_type == "error"]
    assert [set(output.data) for output in rich] == [
        {"text/plain", "application/vnd.jupyter.widget-view+json"}
    ]


def test_notebook_holds_the_widgets_and_the_picture_after_the_last_move(notebook):
    states = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    models = [state["model_name"] for state in states.values()]
    for model in ("IntSliderModel", "FloatLogSliderModel", "ButtonModel", "PlayModel"):
        assert models.count(model) == 1, model
    pictures = [s["state"]["value"] for s in states.values() if s["model_name"] == "HTMLModel"]
    assert [SENTENCE.search(one)[1] for one in pictures] == ["Power 2, rate 1."]
