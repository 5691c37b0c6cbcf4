"""Where the stops of dragged knobs lie in a picture: against what the picture itself shows."""

import json
import re
from html import unescape

import numpy as np
import pytest
from messages import says

from utils import explore as explorer
from utils._canvas import Canvas
from utils._controls import read_arguments
from utils.explore import explore


def draw_marker(ax, *, lr=0.1, beta=0.5):
    ax.plot([lr], [beta], "o")
    ax.set(xlim=(0, 1), ylim=(-1, 1))
    return f"{lr:g}, {beta:g}."


def draw_decades(ax, *, lr=0.1, beta=0.5):
    draw_marker(ax, lr=lr, beta=beta)
    ax.set(xscale="log", xlim=(1e-3, 1))
    return "One, two."


def draw_names(axes, *, lr=0.1, beta="b"):
    draw_marker(axes[0])
    axes[1].plot([lr], [["a", "b", "c"].index(beta)], "o")
    axes[1].set(xlim=(0, 1), ylim=(-1, 3))
    return "Up."


NUMBERS = {"lr": [0.01, 0.1, 0.5, 0.9], "beta": (-0.5, 0.5, 0.25)}
CASES = [
    (draw_marker, NUMBERS, ("lr", "beta"), {}),
    (draw_marker, NUMBERS, (None, "beta"), {}),
    (draw_decades, NUMBERS, ("lr", None), {}),
    (
        draw_names,
        {"lr": NUMBERS["lr"], "beta": ["a", "b", "c"]},
        ("lr", ("beta", ["a", "b", "c"].index), 1),
        {"panels": (1, 2)},
    ),
]
MARKER = re.compile(r'<use href="#[^"]+" x="([^"]+)" y="([^"]+)" style="[^"]*plot-c0')


def replay(monkeypatch, draw, **arguments):
    shown = []
    monkeypatch.setenv("EXPLORE", "replay")
    monkeypatch.setattr(explorer, "display", lambda html: shown.append(html.data))
    explore(draw, **arguments)
    return json.loads(unescape(re.search(r' data-drag="([^"]+)"', shown[0])[1]))


@pytest.mark.parametrize(("draw", "controls", "drag", "options"), CASES)
def test_each_stop_lies_where_its_marker_is_drawn(monkeypatch, draw, controls, drag, options):
    read = replay(monkeypatch, draw, drag=drag, **controls, **options)
    canvas = Canvas(draw, options.get("panels", (1, 1)), explorer.FIGSIZE)
    canvas.frame({})
    assert read["panel"] == (drag[2] if len(drag) == 3 else 0)
    names = [part[0] if isinstance(part, tuple) else part for part in drag[:2]]
    for axis, name in enumerate(names):
        direction = read["xy"[axis]]
        if name is None:
            assert direction is None
            continue
        assert direction["knob"] == name
        knobs = read_arguments(draw, {name: controls[name]}, {}).knobs
        for value, place in zip(knobs[0].values, direction["places"], strict=True):
            picture = canvas.frame({name: value}).pictures[read["panel"]]
            (marker,) = MARKER.findall(picture)
            assert float(marker[axis]) == pytest.approx(place, abs=0.26)


def test_the_box_is_that_of_the_axes(monkeypatch):
    def draw_corners(ax, *, lr=0):
        ax.plot([0, 1], [0, 1], "o")
        ax.set(xlim=(0, 1), ylim=(0, 1))
        return "Corners."

    left, top, width, height = replay(monkeypatch, draw_corners, lr=(0, 1), drag=("lr", None))[
        "box"
    ]
    canvas = Canvas(draw_corners, (1, 1), explorer.FIGSIZE)
    low, high = MARKER.findall(canvas.frame({}).svg)
    assert np.float64(low) == pytest.approx([left, top + height], abs=0.26)
    assert np.float64(high) == pytest.approx([left + width, top], abs=0.26)


WRONG = [
    ("lr", ("tuple", "'lr'"), '("lr", None)'),
    (("lr",), ("tuple",), '("lr", None)'),
    ((None, None), ("tuple",), '("lr", None)'),
    (("rate", None), ("'rate'", "lr, beta"), "function"),
    (("lr", "lr"), ("twice",), "None"),
    (("lr", None, 1), ("panel 1",), "0 to 0"),
    (("lr", None, True), ("panel True",), "0 to 0"),
    ((("lr", 3), None), ("('lr', 3)",), "function"),
]


@pytest.mark.parametrize(("drag", "words", "way_out"), WRONG, ids=str)
def test_what_cannot_be_dragged_is_said(monkeypatch, drag, words, way_out):
    with pytest.raises((TypeError, ValueError)) as caught:
        replay(monkeypatch, draw_marker, drag=drag, **NUMBERS)
    says(caught.value, "explore()", *words, way_out=way_out)


def test_a_stop_without_a_place_is_refused(monkeypatch):
    with pytest.raises(ValueError, match="no place") as caught:
        replay(monkeypatch, draw_decades, lr=(0, 1, 0.1), drag=("lr", None))
    says(caught.value, "draw_decades", "lr", "stop 0", way_out="Leave that stop out")


def test_axes_that_move_with_a_knob_cannot_be_dragged(monkeypatch):
    def draw_moving(ax, *, lr=1):
        ax.plot([0, lr])
        return "Up."

    with pytest.raises(ValueError, match="moves") as caught:
        replay(monkeypatch, draw_moving, lr=(0, 3), drag=(None, "lr"))
    says(caught.value, "draw_moving", "the y axis", way_out="ylim")
    assert replay(monkeypatch, draw_moving, lr=(0, 1), drag=("lr", None))["x"]["knob"] == "lr"
