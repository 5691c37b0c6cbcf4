"""Each optimizer against Keras, and its first steps against numbers worked out by hand."""

import inspect
import re

import numpy as np
import pytest
from oracles import ORACLES

from utils._tf import tf
from utils.optimizers import OPTIMIZERS, Setting

NAMES = sorted(OPTIMIZERS)
SETTINGS = [(name, key) for name in NAMES for key in OPTIMIZERS[name].settings]
SCALES = 10.0 ** -np.arange(7)  # 1 to 1e-6: epsilon decides at the small end
GRADIENTS = np.random.default_rng(6).normal(0.3, 1.0, (200, 7)) * SCALES
START = SCALES / 16  # not 0, so that weights can decay; small, so that w resolves short steps


def own_path(name, settings, gradients, start):
    """Return w after each step; shape (steps, …)."""
    optimizer = OPTIMIZERS[name]
    settings = {key: tf.constant(value, gradients.dtype) for key, value in settings.items()}
    w = tf.constant(start, gradients.dtype)
    state, path = optimizer.init(w), []
    for g in gradients:
        delta, state = optimizer.update(tf.constant(g), state, w, **settings)
        w += delta
        path.append(w.numpy())
    return np.array(path)


def keras_path(name, settings, gradients, start):
    optimizer = ORACLES[name].keras(**settings)
    w = tf.Variable(start, dtype=gradients.dtype)
    path = []
    for g in gradients:
        optimizer.apply_gradients([(tf.constant(g), w)])
        path.append(w.numpy())
    return np.array(path)


def test_every_optimizer_has_an_oracle():
    assert set(ORACLES) == set(OPTIMIZERS)


@pytest.mark.parametrize("name", NAMES)
def test_oracles_move_every_setting(name):
    defaults, exact = OPTIMIZERS[name].defaults, ORACLES[name].exact
    assert set(exact) == set(defaults)
    assert all(exact[key] != defaults[key] for key in exact)


@pytest.mark.parametrize(
    ("settings", "dtype", "tolerance"),
    [("defaults", "float32", 2e-5), ("exact", "float32", 2e-5), ("exact", "float64", 1e-12)],
)
@pytest.mark.parametrize("name", NAMES)
def test_two_hundred_steps_match_keras(name, settings, dtype, tolerance):
    settings = OPTIMIZERS[name].defaults if settings == "defaults" else ORACLES[name].exact
    case = name, settings, GRADIENTS.astype(dtype), START
    own = own_path(*case)
    assert own.dtype == dtype
    # The paths cross zero, so what counts is the error relative to the way that was gone.
    way = np.abs(np.diff(own, axis=0, prepend=START[None])).cumsum(axis=0)
    error = np.abs(own - keras_path(*case))
    assert (error / way).max() < tolerance


@pytest.mark.parametrize(("name", "key"), SETTINGS)
def test_defaults_are_those_of_keras(name, key):
    assert OPTIMIZERS[name].defaults[key] == pytest.approx(ORACLES[name].default(key))


@pytest.mark.parametrize(
    ("name", "settings", "path"),
    [
        # v = 0.1, 0.19, 0.271; w is their sum, or, with Nesterov, 0.9 of the next v ahead
        ("momentum", {"lr": 0.1, "beta": 0.9}, [-0.1, -0.29, -0.561]),
        ("nesterov", {"lr": 0.1, "beta": 0.9}, [-0.19, -0.461, -0.8049]),
        # 0.1 / √1, √2, √3
        (
            "adagrad",
            {"lr": 0.1, "initial_accumulator_value": 0.0, "epsilon": 0.0},
            [-0.1, -0.17071068, -0.22844571],
        ),
        # 0.1 / √(0.75 + 0.25), the epsilon being inside the root
        ("rmsprop", {"lr": 0.1, "rho": 0.25, "epsilon": 0.25}, [-0.1]),
        # 0.1 · √0.75 / 0.5 · 0.5 / (√0.75 + 0.25), the epsilon being outside of the uncorrected one
        (
            "adam",
            {"lr": 0.1, "beta_1": 0.5, "beta_2": 0.25, "epsilon": 0.25},
            [-0.1 * 0.75**0.5 / (0.75**0.5 + 0.25)],
        ),
    ],
)
def test_first_steps_with_gradient_one(name, settings, path):
    steps = own_path(name, settings, np.ones((len(path), 1)), start=[0.0])
    np.testing.assert_allclose(steps[:, 0], path, rtol=1e-7)


@pytest.mark.parametrize("name", NAMES)
def test_update_changes_nothing(name):
    optimizer = OPTIMIZERS[name]
    w = tf.constant([5.0, 3.0])
    g, state = tf.constant([1.0, -2.0]), optimizer.init(w)
    first, _ = optimizer.update(g, state, w, **optimizer.defaults)
    again, _ = optimizer.update(g, state, w, **optimizer.defaults)
    np.testing.assert_array_equal(first, again)
    assert w.numpy().tolist() == [5.0, 3.0]


# -- what is written of them ---------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_update_has_the_name_and_the_settings_of_its_row(name):
    optimizer = OPTIMIZERS[name]
    assert optimizer.update.__name__ == f"{name}_update"  # which the page of the helpers says
    parameters = inspect.signature(optimizer.update).parameters.values()
    assert [p.name for p in parameters if p.kind is p.KEYWORD_ONLY] == list(optimizer.settings)


@pytest.mark.parametrize(("name", "key"), SETTINGS)
def test_the_docstring_gives_the_range_of_its_row(name, key):
    setting = OPTIMIZERS[name].settings[key]
    below = f"{setting.low:g} <= {key} < {setting.high:g}"
    written = below if np.isfinite(setting.high) else f">= {setting.low:g}"
    docstring = inspect.getdoc(OPTIMIZERS[name].update)
    item = re.search(rf"^    {key}: (.*\n(?:     +.*\n)*)", docstring, re.MULTILINE)
    assert item, f"{name}_update says nothing about {key}"
    assert re.search(rf"{re.escape(written)}(?!\w|\.\d)", item[1])


@pytest.mark.parametrize(
    ("setting", "words", "inside", "outside"),
    [
        (Setting(0.9, 0, 1), "0 <= x < 1", [0, 0.5, 0.999], [-1e-9, 1, 1.5, np.nan, np.inf]),
        (Setting(1e-7, 0), "a finite x >= 0", [0, 1e30], [-1e-9, np.inf, np.nan]),
        (Setting(-1, high=0.5), "a finite x < 0.5", [-1e30, 0.4], [0.5, -np.inf, np.nan]),
        (Setting(2.0), "a finite x", [-1e30, 1e30], [np.inf, -np.inf, np.nan]),
    ],
)
def test_a_range_is_closed_below_and_open_above(setting, words, inside, outside):
    assert setting.range("x") == words
    assert [x for x in inside + outside if setting.allows(x)] == inside
