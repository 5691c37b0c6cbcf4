"""A name written as text is the name that Python reads in code; of look-alikes, one is told."""

import numpy as np
import pytest
from messages import says

from utils._controls import read_arguments
from utils._names import mind, plain
from utils.training import descend, sweep

MICRO, MU = "\u00b5", "\u03bc"  # two characters, one look; in code Python reads both as the second


def bowl(w, μ=1.0):
    return μ * (w + 1) ** 2


def draw(ax, *, μ=0.5, lr=0.1):
    return "Nothing to see."


def test_python_reads_a_name_so():
    for name in (MICRO, "ｌｒ", "ℓ"):
        scope = {}
        exec(f"{name} = 1", scope)
        assert plain(name) in scope


@pytest.mark.parametrize("name", ["SGD", "Sgd", " sgd ", "ｓｇｄ"])
def test_an_optimizer_in_another_form(name):
    run = descend(bowl, 5.0, name, lr=0.2, steps=3)
    np.testing.assert_array_equal(run.w, descend(bowl, 5.0, "sgd", lr=0.2, steps=3).w)


def test_a_setting_to_sweep_over_in_another_form():
    runs = [sweep(bowl, 5.0, "sgd", over={n: [1.0, 2.0]}, lr=0.1, steps=3) for n in (MICRO, MU)]
    np.testing.assert_array_equal(runs[0].w, runs[1].w)


def test_knobs_presets_and_play_in_another_form():
    preset = {"far": {MICRO: 1.0, "ｌｒ": 0.2}}
    asked = read_arguments(draw, {MICRO: (0.0, 1.0), "lr": [0.1, 0.2]}, preset, MICRO)
    assert [knob.name for knob in asked.knobs] == [MU, "lr"]
    assert asked.presets == {"far": {MU: 10, "lr": 1}}
    assert asked.play == MU


@pytest.mark.parametrize(
    ("call", "facts"),
    [
        (lambda: descend(bowl, 5.0, "m\u043ementum", lr=0.1, steps=1), ["descend()", "momentum"]),
        (
            lambda: sweep(bowl, 5.0, "momentum", over={"b\u0435ta": [0.5]}, lr=0.1, steps=1),
            ["sweep()", "beta"],
        ),
        (lambda: read_arguments(draw, {"l\u0433": [0.1]}, {}, None), ["explore()", "lr"]),
        (
            lambda: read_arguments(draw, {"lr": [0.1]}, {"far": {"l\u0433": 0.1}}, None),
            ["explore()", "lr"],
        ),
    ],
    ids=["optimizer", "setting", "knob", "preset"],
)
def test_a_letter_of_another_alphabet_is_named(call, facts):
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    says(caught.value, *facts, way_out="CYRILLIC SMALL LETTER")


@pytest.mark.parametrize(
    ("name", "known", "odd"),
    [("μ", ["lr", "u"], "GREEK SMALL LETTER MU"), ("mo", ["m\u043e"], "CYRILLIC SMALL LETTER O")],
)
def test_the_odd_letter_may_be_in_either_name(name, known, odd):
    assert odd in mind(name, known)


@pytest.mark.parametrize(("name", "known"), [("gamma", ["beta"]), ("α", ["β"]), ("lr", ["lrs"])])
def test_other_names_are_no_look_alikes(name, known):
    assert mind(name, known) == ""
