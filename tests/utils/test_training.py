"""`descend` against the plain loop with Keras, `sweep` against `descend`, and what is compiled."""

import functools
import gc
import math
import os
import subprocess
import sys
import traceback
import warnings
import weakref
from collections import namedtuple
from pathlib import Path

import keras
import numpy as np
import pytest
from messages import says
from oracles import ORACLES

from utils import _programs
from utils._tf import tf
from utils.optimizers import OPTIMIZERS, Optimizer, Setting
from utils.training import _train, arrival, descend, parabola, slope, sweep, traces

ROOT = Path(__file__).resolve().parents[2]
X = np.random.default_rng(1).normal(size=(16, 3)).astype(np.float32)
Y = X @ np.float32([[1.0], [-2.0], [0.5]]) + np.float32(0.3)
START = {
    "layers": [tf.fill((3, 2), 0.1), (tf.constant([[0.5], [-0.5]]),)],
    "bias": tf.constant(0.2),
}


def bowl(w):
    return (w + 1) ** 2


def net(w):
    first, (second,) = w["layers"]
    return tf.reduce_mean((tf.tanh(X @ first) @ second + w["bias"] - Y) ** 2)


def ridge(w, x, *, y=(1.0, 2.0), lam=0.1, power="two", step):
    error = tf.linalg.matvec(x, w) - y
    error = {"two": tf.square, "one": tf.abs}[power](error)
    return tf.reduce_sum(error) + lam * tf.reduce_sum(w**2) + 0.01 * tf.cast(step, w.dtype)


RIDGE = {"x": np.float32([[1.0, 0.5], [0.2, 1.0]])}


def plain_loop(loss, start, optimizer, steps):
    """The loop as chapters write it: one step after another, leaves as a list of Variables."""
    variables = tf.nest.map_structure(tf.Variable, start)
    flat, path, losses = tf.nest.flatten(variables), [], []
    for k in range(steps + 1):
        with tf.GradientTape() as tape:
            value = loss(variables)
        path.append([v.numpy() for v in flat])
        losses.append(value.numpy())
        if k < steps:
            optimizer.apply_gradients(zip(tape.gradient(value, flat), flat, strict=True))
    return [np.array(leaf) for leaf in zip(*path, strict=True)], np.array(losses)


@pytest.fixture
def no_programs(monkeypatch):
    monkeypatch.setattr(_programs, "_programs", {})


def new_traces(call):
    before = traces()
    call()
    return traces() - before


# -- descend -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_descend_matches_the_plain_loop_with_keras(name):
    run = descend(net, START, name, lr=0.01, steps=60)
    path, losses = plain_loop(net, START, ORACLES[name].keras(lr=0.01), 60)
    np.testing.assert_allclose(run.loss, losses, rtol=2e-5)
    for own, oracle in zip(tf.nest.flatten(run.w), path, strict=True):
        assert own.shape == oracle.shape
        np.testing.assert_allclose(own, oracle, rtol=2e-5, atol=1e-6)


@pytest.mark.parametrize("lr", [0.001, 0.2, 0.5, 0.9, 1.0])
def test_descend_on_a_parabola_is_the_closed_form(lr):
    run = descend(bowl, 5.0, "sgd", lr=lr, steps=40)
    error = 6 * (1 - 2 * lr) ** np.arange(41)
    np.testing.assert_allclose(run.w, error - 1, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(run.loss, error**2, rtol=1e-4, atol=1e-11)
    np.testing.assert_array_equal(run.lr, np.full(40, lr, np.float32))
    assert run.diverged_at is None


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_descend_keeps_float64(name):
    start = np.array(5.0)
    run = descend(bowl, start, name, lr=0.25, steps=50)
    path, _ = plain_loop(bowl, start, ORACLES[name].keras(lr=0.25), 50)
    assert {run.w.dtype, run.loss.dtype, run.lr.dtype} == {np.dtype(np.float64)}
    # Keras rounds beta_2 to float32 first, which moves 1 - beta_2 by 1e-5 of itself.
    np.testing.assert_allclose(run.w, path[0], atol=1e-4)


def test_descend_in_float64_has_its_precision():
    run = descend(bowl, np.array(5.0), "sgd", lr=0.2, steps=40)
    np.testing.assert_allclose(run.w, 6 * 0.6 ** np.arange(41) - 1, atol=1e-14)


@pytest.mark.parametrize(
    "make",
    [
        lambda s: s.ExponentialDecay(0.2, 10, 0.5, staircase=True),
        lambda s: s.PiecewiseConstantDecay([10, 20], [0.2, 0.1, 0.05]),
        lambda s: s.CosineDecay(0.0, 30, warmup_target=0.2, warmup_steps=5),
    ],
    ids=["staircase", "piecewise", "warm-up"],
)
def test_descend_follows_a_keras_schedule(make):
    schedule = make(keras.optimizers.schedules)
    run = descend(bowl, 5.0, "sgd", lr=schedule, steps=40)
    np.testing.assert_allclose(run.lr, [float(schedule(k)) for k in range(40)], atol=1e-7)
    path, losses = plain_loop(bowl, tf.constant(5.0), keras.optimizers.SGD(schedule), 40)
    np.testing.assert_allclose(run.w, path[0], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(run.loss, losses, rtol=1e-4, atol=1e-9)


def test_descend_follows_any_function_of_the_step():
    run = descend(bowl, 5.0, "sgd", lr=lambda k: 0.3 if k < 2 else tf.constant(0.0), steps=4)
    np.testing.assert_allclose(run.lr, [0.3, 0.3, 0, 0], rtol=1e-6)
    np.testing.assert_allclose(run.w, [5, 1.4, -0.04, -0.04, -0.04], rtol=1e-5)


def test_a_keras_schedule_may_be_constant():
    class Constant(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return 0.25

    np.testing.assert_array_equal(descend(bowl, 5.0, "sgd", lr=Constant(), steps=3).lr, [0.25] * 3)


def test_divergence_is_a_result_without_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = descend(bowl, 5.0, "sgd", lr=1e10, steps=5)
    # The errors are 6 · (-2e10)^k: from k = 2 the square, from k = 4 the error itself overflows.
    assert np.isfinite(run.loss).tolist() == [True, True, False, False, False, False]
    assert np.isfinite(run.w).tolist() == [True, True, True, True, False, False]
    assert run.diverged_at == 2


def test_divergence_is_seen_in_any_leaf():
    # The loss reaches zero, and only "b" has left the numbers.
    def loss(w):
        return w["a"] ** 2 + tf.exp(-w["b"])

    run = descend(loss, {"a": 0.0, "b": -80.0}, "sgd", lr=1e20, steps=3)
    assert run.loss[1] == 0
    assert run.diverged_at == int(np.argmax(~np.isfinite(run.w["b"]))) == 1


def test_no_steps_give_the_start():
    run = descend(bowl, 5.0, "adam", lr=0.1, steps=0)
    assert run.w.tolist() == [5.0]
    assert run.loss.tolist() == [36.0]
    assert run.lr.shape == (0,)
    assert run.diverged_at is None


@pytest.mark.parametrize("steps", [1, 63, 64, 65, 128, 129])
def test_every_step_is_kept_at_the_edges_of_the_capacity(steps):
    run = descend(bowl, 5.0, "sgd", lr=0.01, steps=steps)
    np.testing.assert_allclose(run.w, 6 * 0.98 ** np.arange(steps + 1) - 1, rtol=1e-4, atol=1e-5)
    assert len(run.lr) == steps


Pair = namedtuple("Pair", "a b")


@pytest.mark.parametrize(
    ("start", "shapes"),
    [
        (5.0, ()),
        ([5.0, 3], (2,)),
        ([[1.0, 2.0], [3.0, 4.0]], (2, 2)),
        (tf.ones((2, 1)), (2, 1)),
        (tf.Variable([1.0, 2.0]), (2,)),
        ([np.ones(2, np.float32), 0.5], [(2,), ()]),
        (Pair(1.0, [2.0, 3.0]), Pair((), (2,))),
        ({"w": ([1.0], {"b": 2.0}, [[3.0, 4.0]])}, {"w": ((1,), {"b": ()}, (1, 2))}),
    ],
)
def test_w_has_the_structure_of_the_start(start, shapes):
    def loss(w):
        given = tf.nest.map_structure(lambda leaf: tuple(leaf.shape), w)
        assert given == shapes
        assert type(given) is type(shapes)
        return sum(tf.reduce_sum(leaf**2) for leaf in tf.nest.flatten(w))

    run = descend(loss, start, "sgd", lr=0.1, steps=2)
    assert type(run.w) is type(shapes) or isinstance(run.w, np.ndarray)
    assert tf.nest.map_structure(lambda leaf: leaf.shape[1:], run.w) == shapes
    assert all(len(leaf) == 3 for leaf in tf.nest.flatten(run.w))


def test_numbers_take_the_dtype_of_the_arrays_beside_them():
    def loss(w):
        return tf.reduce_sum(w["a"] ** 2) + w["b"] ** 2

    run = descend(loss, {"a": np.ones(2), "b": 1.0}, "sgd", lr=0.1, steps=1)
    assert run.w["b"].dtype == np.float64


def test_the_loss_is_told_the_step():
    batches = np.float32([[1.0, 3.0], [5.0, 7.0], [-2.0, 0.0]])

    def loss(w, step):
        return tf.reduce_mean((w - tf.gather(batches, step % 3)) ** 2)

    run = descend(loss, 0.0, "sgd", lr=0.25, steps=7)
    w, losses = 0.0, []
    for k in range(8):
        losses.append(np.mean((w - batches[k % 3]) ** 2))
        assert run.w[k] == pytest.approx(w)
        w -= 0.25 * np.mean(2 * (w - batches[k % 3]))
    np.testing.assert_allclose(run.loss, losses, rtol=1e-5)


def test_settings_reach_the_loss_as_documented():
    def loss(w, **settings):
        kinds = {n: getattr(v, "dtype", v) for n, v in settings.items()}
        assert {kinds.pop(name) for name in "abcdf"} == {tf.float64}
        assert kinds == {
            **{"e": tf.int64, "g": tf.bool, "h": tf.int64},
            **{"i": "relu", "j": None, "k": False, "l": np.sum},
        }
        return w**2

    settings = {"a": 1, "b": 1.5, "c": np.int64(3), "d": np.ones(2), "e": [1, 2], "f": [0.5]}
    settings |= {"g": np.array([True]), "h": tf.constant([1], tf.int64)}
    settings |= {"i": "relu", "j": None, "k": False, "l": np.sum}
    descend(loss, np.array(1.0), "sgd", lr=0.1, steps=1, **settings)


def test_settings_and_defaults_change_the_result():
    def after_one_step(**settings):
        return descend(ridge, [1.0, 1.0], "sgd", lr=0.5, steps=1, **RIDGE, **settings).w[1]

    x, w = RIDGE["x"], np.ones(2)
    gradient = 2 * x.T @ (x @ w - [1, 2])
    np.testing.assert_allclose(after_one_step(), w - 0.5 * (gradient + 0.2 * w), rtol=1e-6)
    np.testing.assert_allclose(after_one_step(lam=3), w - 0.5 * (gradient + 6 * w), rtol=1e-6)
    gradient = x.T @ np.sign(x @ w - [0, 9])
    np.testing.assert_allclose(
        after_one_step(y=[0.0, 9.0], power="one", lam=0), w - 0.5 * gradient, rtol=1e-6
    )


def test_an_optimizer_of_ones_own():
    def init(w):
        return (tf.constant(0.0), tf.zeros_like(w))

    def update(g, state, w, *, lr, decay):
        count, _ = state
        return -lr * g / (1 + decay * count), (count + 1, g)

    own = Optimizer(init, update, {"lr": Setting(0.1), "decay": Setting(1)})
    expected = 6 * np.cumprod([1, 1 - 0.2, 1 - 0.2 / 3, 1 - 0.2 / 5]) - 1
    run = descend(bowl, 5.0, own, lr=0.1, steps=3, decay=2)
    np.testing.assert_allclose(run.w, expected, rtol=1e-6)
    grid = sweep(bowl, 5.0, own, over={"decay": [1, 2]}, lr=0.1, steps=3)
    np.testing.assert_allclose(grid.w[1], expected, rtol=1e-6)


# -- sweep -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_every_cell_of_a_sweep_is_its_descend(name):
    def loss(w, *, pull, step):
        noise = tf.random.stateless_normal((3, 1), [step, 7])
        return tf.reduce_mean((X @ (w["w"] + 0.01 * noise) + w["b"] - Y) ** 2) + pull * w["b"] ** 2

    start = {"w": np.zeros((3, 1), np.float32), "b": 0.0}
    exact, defaults = ORACLES[name].exact, OPTIMIZERS[name].defaults
    over = {key: [defaults[key], exact[key]] for key in exact} | {"pull": [0, 0.5]}
    over["lr"] = [0.01, lambda k: 0.1 * 0.9**k]
    grid = sweep(loss, start, name, over=over, steps=30)
    shape = tuple(map(len, over.values()))
    assert grid.w["w"].shape == (*shape, 31, 3, 1)
    for cell in np.ndindex(shape):
        values = {key: over[key][i] for key, i in zip(over, cell, strict=True)}
        run = descend(loss, start, name, steps=30, **values)
        np.testing.assert_allclose(grid.loss[cell], run.loss, rtol=1e-5)
        np.testing.assert_allclose(grid.lr[cell], run.lr, rtol=1e-6)
        for leaf in ("w", "b"):
            np.testing.assert_allclose(grid.w[leaf][cell], run.w[leaf], rtol=1e-5, atol=1e-6)


def test_sweep_over_starts_and_arrays():
    starts = [{"a": [1.0, 2.0], "b": 0.0}, {"a": [3.0, 4.0], "b": 1.0}]
    data = np.float32([[1, 0], [0, 1], [2, 2]])

    def loss(w, target):
        return tf.reduce_sum((w["a"] - target) ** 2) + w["b"] ** 2

    grid = sweep(loss, None, "sgd", over={"target": data, "start": starts}, lr=0.25, steps=4)
    assert grid.w["b"].shape == (3, 2, 5)
    for i, j in np.ndindex(3, 2):
        run = descend(loss, starts[j], "sgd", lr=0.25, steps=4, target=data[i])
        np.testing.assert_allclose(grid.w["a"][i, j], run.w["a"], rtol=1e-6)
        np.testing.assert_allclose(grid.w["b"][i, j], run.w["b"], rtol=1e-6)


def test_sweep_says_where_each_training_diverged():
    grid = sweep(bowl, 5.0, "sgd", over={"lr": [0.2, 1e10, 1e30]}, steps=5)
    assert grid.diverged_at.tolist() == [-1, 2, 1]
    assert [descend(bowl, 5.0, "sgd", lr=lr, steps=5).diverged_at for lr in (0.2, 1e10, 1e30)] == [
        None,
        2,
        1,
    ]


def classifier(w):
    logits = tf.nn.relu(X @ w[0]) @ w[1]
    return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(np.arange(16) % 3, logits))


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
@pytest.mark.parametrize("count", [5, 13, 24])
def test_a_cell_s_numbers_do_not_depend_on_the_cells_beside_it(optimizer, count):
    """XLA rounds a softmax over 3 classes one way in a batch of 8, and another one in 24."""
    rng = np.random.default_rng(0)
    start = [rng.normal(size=shape).astype("f") for shape in [(3, 16), (16, 3)]]
    rates = np.geomspace(0.003, 0.1, count)
    whole = sweep(classifier, start, optimizer, over={"lr": rates}, steps=20)
    for a, b in [(0, 1), (count - 3, count), (1, count)]:
        arguments = (classifier, start, optimizer, None, 20, {}, {"lr": rates[a:b]})
        part = _train("sweep", *arguments, whole=count)
        np.testing.assert_array_equal(part.loss, whole.loss[a:b])
        for leaf, of_whole in zip(part.w, whole.w, strict=True):
            np.testing.assert_array_equal(leaf, of_whole[a:b])


def test_a_grid_trained_in_parts_is_traced_once():
    def loss(w, *, x, y):
        return tf.reduce_mean(tf.square(x @ w - y))

    x = np.eye(12, dtype="f")
    knobs = {"x": x, "y": x[:, :1], "steps": 5}
    start = np.zeros((12, 1), "f")
    before = traces()
    runs = [
        sweep(loss, start, "adam", over={"lr": np.linspace(0.1, 0.2, count)}, **knobs)
        for count in (9, 16, 30)
    ]
    assert traces() - before == 1
    assert [run.w.shape for run in runs] == [(count, 6, 12, 1) for count in (9, 16, 30)]
    assert [run.lr.shape for run in runs] == [(count, 5) for count in (9, 16, 30)]


def test_sweep_of_one_cell_without_steps():
    grid = sweep(bowl, 5.0, "sgd", over={"lr": [0.1]}, steps=0)
    assert grid.w.tolist() == [[5.0]]
    assert grid.lr.shape == (1, 0)


# -- what is compiled --------------------------------------------------------------------------


@pytest.mark.usefixtures("no_programs")
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_moving_a_knob_compiles_nothing(name):
    def train(start=(1.0, 1.0), lr=0.1, steps=10, **knobs):
        descend(ridge, start, name, lr=lr, steps=steps, **RIDGE | knobs)

    assert new_traces(train) == 1
    exponential = keras.optimizers.schedules.ExponentialDecay
    moves = [{key: value} for key, value in ORACLES[name].exact.items()]
    moves += [{"lr": 0.2}, {"lr": 1}, {"lr": exponential(0.1, 5, 0.9)}, {"lr": lambda k: 0.1}]
    moves += [{"start": [2.0, 3.0]}, {"steps": 0}, {"steps": 64}, {"lam": 2}, {"lam": 0.5}]
    moves += [{"x": np.eye(2)}, {"y": [3.0, 4.0]}, {"y": tf.constant([3.0, 4.0])}]
    for move in moves:
        assert new_traces(lambda move=move: train(**move)) == 0, move
    assert new_traces(lambda: train(steps=65)) == 1
    assert new_traces(lambda: train(power="one")) == 1
    assert new_traces(lambda: train(power="two")) == 0


@pytest.mark.usefixtures("no_programs")
def test_moving_a_sweep_compiles_nothing():
    def train(lr=(0.1, 0.2), lam=(0.1, 1, 2), **knobs):
        over = {"lr": lr, "lam": lam}
        sweep(ridge, [1.0, 1.0], "momentum", over=over, **{"steps": 10} | RIDGE | knobs)

    assert new_traces(train) == 1
    moves = [{"lr": [0.3, lambda k: 0.1]}, {"lam": [0, 3, 4]}, {"steps": 64}, {"beta": 0.5}]
    for move in moves:
        assert new_traces(lambda move=move: train(**move)) == 0, move


# XLA writes a file for each compilation: it too must compile once, whatever the values are.
XLA_SCRIPT = """
import pathlib, sys
import numpy as np
from utils._tf import tf
from utils.training import descend, sweep

def loss(w, *, lam=0.1, x=(1.0, 2.0), step):
    return tf.reduce_mean((w * x + 1) ** 2) * lam + tf.cast(step, tf.float32)

def compiled():
    names = {path.name for path in pathlib.Path(sys.argv[1]).glob("*inference_run*")}
    return len([name for name in names if name.endswith("before_optimizations.txt")])

for i in range(4):
    rates = 0.1 * (i + 1) if i % 2 else tf.keras.optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    descend(loss, [1.0, i], "adam", lr=rates, steps=9 * i, beta_1=0.1 * i, lam=i, epsilon=i)
    over = {"lr": [rates, 1], "lam": [i, 2]}
    sweep(loss, [1.0, i], "adam", over=over, steps=9 * i, beta_2=0.1 * i)
print(compiled())

# Here vectorized_map would warn that it maps the generator by a loop.
def noisy(w, seed, step):
    return w * tf.random.stateless_normal((), [step, tf.cast(seed, tf.int32)])

sweep(noisy, 1.0, "sgd", over={"seed": [1, 2]}, lr=0.1, steps=3)
"""


def run_python(*arguments, **environment):
    inherited = {key: v for key, v in os.environ.items() if not key.startswith("TF_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=inherited | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_xla_compiles_once_and_stderr_stays_silent(tmp_path):
    # Run with -c, AutoGraph could not read the source, and would say so.
    result = run_python("-c", XLA_SCRIPT, str(tmp_path), XLA_FLAGS=f"--xla_dump_to={tmp_path}")
    assert result.stderr == ""
    assert result.stdout == "2\n"


scale = 1.0


def scaled(w):
    return scale * helper(w) ** 2


def helper(w):
    return w - offset


offset = tf.constant(0.0)


def test_a_rebound_global_counts(monkeypatch):
    def train():
        return descend(scaled, 1.0, "sgd", lr=0.25, steps=1).w[1]

    assert new_traces(lambda: train()) == 1
    monkeypatch.setitem(globals(), "scale", 2.0)
    assert train() == 0.0
    monkeypatch.setitem(globals(), "offset", tf.constant(0.5))  # read by a function it calls
    assert train() == 0.5
    monkeypatch.setitem(globals(), "helper", lambda w: w + 1)
    assert train() == -1.0
    monkeypatch.setitem(globals(), "scale", float("2"))  # another object, the same number
    assert new_traces(train) == 0


def test_a_rebound_closure_and_a_late_name_count():
    data = np.float32([1.0, 3.0])

    def loss(w):
        return tf.reduce_mean((w - data) ** 2)

    assert descend(loss, 0.0, "sgd", lr=0.5, steps=1).w[1] == 2.0
    data = np.float32([5.0, 7.0])
    assert descend(loss, 0.0, "sgd", lr=0.5, steps=1).w[1] == 6.0


def test_a_loss_made_anew_by_the_same_line_is_found_again():
    one, two, kept = tf.constant(1.0), tf.constant(2.0), []

    def draw(lr, factor=one, power=2):
        def loss(w, *, f, power=power):
            return factor * f(w) ** power

        f = lambda w: w + 0.0  # noqa: E731
        kept.append((loss, f))  # so that no other object gets their address
        return descend(loss, 1.0, "sgd", lr=lr, steps=1, f=f)

    assert new_traces(lambda: draw(0.1)) == 1
    assert new_traces(lambda: draw(0.25)) == 0
    assert new_traces(lambda: draw(0.25, power=3)) == 0
    assert draw(0.25).w[1] == 0.5
    assert draw(0.25, power=3).w[1] == 0.25
    assert draw(0.25, two).w[1] == 0.0


def test_defaults_of_a_function_setting_count():
    def train(slope):
        f = lambda w, slope=slope: slope * w  # noqa: E731
        return descend(lambda w, f: f(w), 1.0, "sgd", lr=0.5, steps=1, f=f).w[1]

    assert [train(1.0), train(2.0)] == [0.5, 0.0]


@pytest.mark.parametrize("name", ["relu", "elu"])
def test_functions_of_a_library_are_told_apart(name):
    f = getattr(tf.nn, name)  # these two share their code, a wrapper
    run = descend(lambda w, f: f(w), -1.0, "sgd", lr=1.0, steps=1, f=f)
    assert run.loss[0] == pytest.approx(float(f(-1.0)))


class Model:
    def __init__(self, slope):
        self.slope = slope

    def loss(self, w):
        return self.slope * w

    def __call__(self, w):
        return -self.slope * w


def test_methods_and_objects_are_losses():
    one, two = Model(1.0), Model(2.0)
    assert descend(one.loss, 1.0, "sgd", lr=0.5, steps=1).w[1] == 0.5
    assert descend(two.loss, 1.0, "sgd", lr=0.5, steps=1).w[1] == 0.0
    assert descend(two, 1.0, "sgd", lr=0.5, steps=1).w[1] == 2.0
    for loss in (two.loss, two):
        assert new_traces(lambda loss=loss: descend(loss, 3.0, "sgd", lr=0.1, steps=1)) == 0


def test_partials_are_losses():
    loss = functools.partial(ridge, **RIDGE, lam=0.0)
    run = descend(loss, [1.0, 1.0], "sgd", lr=0.5, steps=1)
    same = descend(ridge, [1.0, 1.0], "sgd", lr=0.5, steps=1, lam=0.0, **RIDGE)
    np.testing.assert_array_equal(run.w, same.w)


def test_a_variable_is_read_at_each_call():
    goal = tf.Variable(1.0)

    def loss(w):
        return (w - goal) ** 2

    assert descend(loss, 5.0, "sgd", lr=0.5, steps=1).w[1] == 1.0
    goal.assign(3.0)
    assert descend(loss, 5.0, "sgd", lr=0.5, steps=1).w[1] == 3.0
    assert sweep(loss, 5.0, "sgd", over={"lr": [0.25, 0.5]}, steps=1).w[:, 1].tolist() == [4, 3]


def test_a_dropped_loss_frees_its_program():
    space = {}
    exec("def loss(w):\n    return data * w**2", space)
    space["data"] = np.ones(3, np.float32).sum()
    data = space["data"] = tf.constant(1.0)
    descend(space["loss"], 1.0, "sgd", lr=0.1, steps=1)
    sweep(space["loss"], 1.0, "sgd", over={"lr": [0.1]}, steps=1)
    loss, data = weakref.ref(space["loss"]), weakref.ref(space["data"])
    space.clear()
    gc.collect()
    assert loss() is None
    assert data() is None  # which the program had captured


# -- errors ------------------------------------------------------------------------------------


def required(w, target):
    return (w - target) ** 2


def own_lr(w, lr=1.0):
    return w


def own_beta(w, beta=1.0):
    return w * beta


def table(w):
    return w * tf.ones((32, 1))


def one_of_two(w):
    return w["a"] ** 2


GAIN = OPTIMIZERS["sgd"]._replace(settings={"lr": Setting(0.1), "gain": Setting(2.0)})
F32 = np.float32([1.0])

# What differs from descend(bowl, 5.0, "sgd", lr=0.1, steps=3) → what the error must say.
BAD_DESCENDS = [
    ({"loss": 5.0}, ["loss", "function", "5.0"], "def loss(w)"),
    ({"loss": tf.function(bowl)}, ["loss", "tf.function"], "@tf.function"),
    ({"loss": table}, ["loss", "one number", "(32, 1)"], "tf.reduce_mean("),
    ({"loss": lambda w: None}, ["loss", "one number", "None"], "tf.reduce_mean("),
    ({"loss": lambda w: tf.constant(1.0)}, ["loss", "start", "gradient"], "TensorFlow"),
    (
        {"loss": one_of_two, "start": {"a": 1.0, "b": [2.0]}},
        ["loss", "start['b']", "gradient"],
        "TensorFlow",
    ),
    ({"optimizer": "sgdm"}, ["optimizer", "'sgdm'"], ", ".join(OPTIMIZERS)),
    ({"optimizer": None}, ["optimizer", "None"], ", ".join(OPTIMIZERS)),
    ({"lr": 0}, ["finite", "lr > 0", "schedule", "lr=0"], "lr=0.01"),
    ({"lr": -0.1}, ["finite", "lr > 0", "schedule", "lr=-0.1"], "lr=0.01"),
    ({"lr": float("inf")}, ["finite", "lr > 0", "schedule", "lr=inf"], "lr=0.01"),
    ({"lr": float("nan")}, ["finite", "lr > 0", "schedule", "lr=nan"], "lr=0.01"),
    ({"lr": 1e39}, ["finite", "lr > 0", "schedule", "lr=1e+39"], "lr=0.01"),
    ({"lr": "0.1"}, ["finite", "lr > 0", "schedule", "lr='0.1'"], "lr=0.01"),
    ({"lr": [0.1]}, ["finite", "lr > 0", "schedule", "lr=[0.1]"], "lr=0.01"),
    ({"lr": lambda k: 1.0 - k}, ["schedule", ">= 0", "step 2", "-1.0"], "print(lr(2))"),
    ({"lr": lambda k: None}, ["schedule", ">= 0", "step 0", "None"], "print(lr(0))"),
    (
        {"lr": lambda k: [0.1, float("nan")]},
        ["schedule", "one finite number", "step 0", "[0.1, nan]"],
        "print(lr(0))",
    ),
    ({"steps": -1}, ["steps >= 0", "steps=-1"], "steps=0"),
    ({"steps": 2.5}, ["whole number", "steps=2.5"], "steps=100"),
    ({"start": 5}, ["floats", "start=5"], "5.0"),
    ({"start": np.arange(2)}, ["floats", "start=array([0, 1])"], "5.0"),
    ({"start": {"a": 1.0, "b": [[2]]}}, ["floats", "start['b']=[[2]]"], "5.0"),
    ({"start": "five"}, ["float32", "float64", "start", "'five'"], "floats"),
    (
        {"start": ([1.0, 2.0], [3.0])},
        ["float32", "float64", "start", "([1.0, 2.0], [3.0])"],
        "one length",
    ),
    (
        {"start": [F32, np.ones(2, np.float16)]},
        ["float32", "float64", "start[1]", "array([1., 1.], dtype=float16)"],
        "floats",
    ),
    ({"start": [F32, F32.astype(float)]}, ["dtype", "float32", "float64"], "astype()"),
    ({"start": {"w": [1.0, float("inf")]}}, ["finite", "start['w']=[1.0, inf]"], "inf"),
    ({"start": 1e39}, ["finite", "start=1e+39"], "float32"),
    ({"start": []}, ["number", "start", "[]"], "5.0"),
    ({"optimizer": "momentum", "beta": 1}, ["0 <= beta < 1", "beta=1"], "beta=0.9"),
    ({"optimizer": "adam", "beta_2": "0.9"}, ["0 <= beta_2 < 1", "beta_2='0.9'"], "beta_2=0.999"),
    (
        {"optimizer": "adam", "epsilon": -1e-7},
        ["finite", "epsilon >= 0", "epsilon=-1e-07"],
        "epsilon=1e-07",
    ),
    ({"optimizer": GAIN, "gain": float("inf")}, ["finite", "gain=inf"], "gain=2.0"),
    ({"beta": 0.9}, ["settings", "beta"], "none"),
    ({"loss": required, "tarqet": 1.0}, ["settings", "tarqet"], "target"),
    ({"loss": required}, ["loss", "target"], "descend(…, target=…)"),
    ({"loss": own_lr}, ["names", "descend()", "lr"], "rename"),
    ({"loss": own_beta, "optimizer": "momentum"}, ["names", "optimizer", "beta"], "rename"),
    ({"loss": required, "target": {"a": 1}}, ["loss", "target={'a': 1}"], "arrays"),
]

# What differs from sweep(bowl, 5.0, "sgd", over={"lr": [0.1]}, steps=3) → what the error must say.
BAD_SWEEPS = [
    ({"over": {}}, ["over", "dict", "over={}"], 'over={"lr": [0.1, 0.2]}'),
    ({"over": {"lr": 0.1}}, ["sequence", "over['lr']=0.1"], "[0.1]"),
    ({"over": {"lr": []}}, ["one value", "over['lr']=[]"], "leave out"),
    ({"lr": 0.1}, ["one place", "over", "lr"], "leave out"),
    ({"over": {"start": [1.0]}, "lr": 0.1}, ["one place", "over", "start"], "None"),
    ({"over": {"f": [1.0]}, "lr": 0.1, "f": None}, ["one place", "over", "f"], "leave out"),
    ({"over": {"lr": [0.1, 0.0]}}, ["lr > 0", "schedule", "lr=0.0"], "lr=0.01"),
    ({"over": {"target": [1.0]}, "loss": required}, ["lr > 0", "lr=None"], "lr=0.01"),
    (
        {"over": {"beta": [0.5, 1.0]}, "optimizer": "momentum", "lr": 0.1},
        ["0 <= beta < 1", "beta=1.0"],
        "beta=0.9",
    ),
    (
        {"over": {"start": [1.0, [1.0, 2.0]]}, "start": None, "lr": 0.1},
        ["shape", "[()]", "over['start'][1]", "[(2,)]"],
        "each shape",
    ),
    (
        {"over": {"target": [1.0, [1.0, 2.0]]}, "loss": required, "lr": 0.1},
        ["shape", "target", "[(), (2,)]"],
        "each shape",
    ),
    (
        {"over": {"target": ["a"]}, "loss": required, "lr": 0.1},
        ["loss", "target='a'"],
        "numbers",
    ),
    ({"over": {"steps": [1, 2]}, "lr": 0.1}, ["settings", "steps"], "none"),
]
BAD = [(descend, {"lr": 0.1}, *row) for row in BAD_DESCENDS]
BAD += [(sweep, {"over": {"lr": [0.1]}}, *row) for row in BAD_SWEEPS]


@pytest.mark.parametrize(
    ("function", "usual", "changes", "facts", "way_out"),
    BAD,
    ids=[f"{function.__name__}: {facts[-1]}" for function, *_, facts, _ in BAD],
)
def test_bad_arguments_are_told_how_to_mend_them(function, usual, changes, facts, way_out):
    arguments = {"loss": bowl, "start": 5.0, "optimizer": "sgd", "steps": 3} | usual | changes
    with pytest.raises((ValueError, TypeError)) as caught:
        function(**arguments)
    says(caught.value, f"{function.__name__}()", *facts, way_out=way_out)


@pytest.mark.parametrize(
    ("name", "key", "setting"),
    [(name, *item) for name in OPTIMIZERS for item in OPTIMIZERS[name].settings.items()],
)
def test_settings_are_held_to_their_range(name, key, setting):
    if key == "lr":
        return
    descend(bowl, 5.0, name, lr=0.1, steps=1, **{key: setting.low})
    for value in (np.nextafter(np.float32(setting.low), np.float32(-1)), setting.high):
        with pytest.raises(ValueError, match=key) as caught:
            descend(bowl, 5.0, name, lr=0.1, steps=1, **{key: value})
        default = f"{key}={setting.default}"
        says(caught.value, "descend()", f"{key}={value!r}", way_out=default)


def test_the_kind_of_error_is_pythons():
    with pytest.raises(TypeError):
        descend(bowl, 5, "sgd", lr=0.1, steps=3)
    with pytest.raises(ValueError, match="lr=-1"):
        descend(bowl, 5.0, "sgd", lr=-1, steps=3)


def test_what_the_loss_or_the_schedule_raises_comes_through():
    def loss(w):
        raise KeyError("my own mistake")

    def schedule(k):
        raise ZeroDivisionError("my other mistake")

    with pytest.raises(KeyError, match="my own mistake"):
        descend(loss, 5.0, "sgd", lr=0.1, steps=3)
    with pytest.raises(ZeroDivisionError, match="my other mistake"):
        descend(bowl, 5.0, "sgd", lr=schedule, steps=3)


def test_a_loss_that_was_mended_works_after_its_error():
    shape = [3]

    def loss(w):
        return w * tf.ones(shape)

    with pytest.raises(ValueError, match="one number"):
        descend(loss, 5.0, "sgd", lr=0.1, steps=3)
    shape = []
    assert descend(loss, 5.0, "sgd", lr=0.5, steps=1).w.tolist() == [5.0, 4.5]


# -- how TensorFlow is imported ----------------------------------------------------------------


def test_missing_tensorflow_is_one_clear_line():
    result = run_python("-c", "import sys; sys.modules['tensorflow'] = None; import utils._tf")
    *_, line = result.stderr.splitlines()
    says(line, "ImportError", "TensorFlow", way_out="pip install -r requirements.txt")
    assert "During handling" not in result.stderr


@pytest.mark.parametrize(
    ("end", "shown"), [("", ""), ("raise OSError('broken')", "libfoo is too old")]
)
def test_messages_of_the_import_appear_only_if_it_fails(tmp_path, end, shown):
    fake = f"import os\nos.write(2, b'libfoo is too old\\n')\n{end}\n"
    fake += "def function(run, **_): return run\n"
    fake += "from contextlib import nullcontext as device\n"
    (tmp_path / "tensorflow.py").write_text(fake)
    result = run_python("-c", "import utils._tf", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert ("OSError: broken" in result.stderr) == bool(end)
    assert result.stderr.startswith(shown)
    assert bool(result.stderr) == bool(end)


# -- Python in a loss --------------------------------------------------------------------------


def positive_part(w):
    if w > 0:
        return w
    return 0.0 * w


def asserted(w):
    assert w > 0
    return w


def halved(w):
    while w > 1:
        w = w / 2
    return w


VARIABLE = tf.Variable(1.0)
PYTHON = [
    positive_part,
    asserted,
    halved,
    lambda w: max(0.0, w),
    lambda w: w > 0 and w,
    lambda w: w * (not w),
    lambda w: w * float(w),
    lambda w: w * int(w),
    lambda w: sum(w for _ in range(w)),
    lambda w: sum(w),
    lambda w: [1.0, 2.0][w] * w,
    lambda w: {w: w}[w],
    lambda w: w * len(f"{w:.2f}"),
    lambda w: math.sqrt(w),
    lambda w: np.exp(w),
    lambda w: np.maximum(w, 0),
    lambda w: np.where(w > 0, w, 0.0),
    lambda w: w * np.array(2.0)[w],
    lambda w: w.numpy(),
    lambda w: w * VARIABLE.numpy(),
    lambda w: np.random.normal(w),
    lambda w: w.sum(),
    lambda w: tf.constant(w),
    lambda w: tf.numpy_function(np.exp, [w], tf.float32),
]


@pytest.mark.parametrize("loss", PYTHON)
@pytest.mark.parametrize("caller", [descend, sweep])
def test_python_in_a_loss_is_told_in_front_what_to_write(caller, loss):
    more = {"over": {"lr": [0.1]}} if caller is sweep else {"lr": 0.1}
    with pytest.raises(TypeError) as caught:
        caller(loss, 5.0, "sgd", steps=3, **more)
    line, empty, *original = str(caught.value).splitlines()
    ways = "tf.where for if, and, max; tf.exp for np.exp, math.exp"
    says(line, f"{caller.__name__}()", "loss", way_out=ways)
    assert empty == ""
    assert original
    function = traceback.extract_tb(caught.value.__traceback__)
    assert loss.__name__ in [frame.name for frame in function] or "numpy_function" in str(original)


def test_the_line_of_the_loss_is_shown():
    with pytest.raises(TypeError) as caught:
        descend(positive_part, 5.0, "sgd", lr=0.1, steps=3)
    number = positive_part.__code__.co_firstlineno + 1
    says(caught.value, "descend()", "if w > 0:", f"line {number}", way_out="tf.where")


def test_whole_numbers_are_told_to_be_floats():
    with pytest.raises(TypeError) as caught:
        descend(lambda w, xs: tf.reduce_sum(w * xs), 5.0, "sgd", lr=0.1, steps=3, xs=[1, 2, 3])
    says(caught.value, "descend()", "one dtype", "w * xs", way_out="whole numbers (xs: 1.0, not 1)")


def test_a_power_is_told():
    with pytest.raises(TypeError) as caught:
        descend(lambda w: w ^ 2, 5.0, "sgd", lr=0.1, steps=3)
    says(caught.value, "descend()", "w ^ 2", way_out="w**2")


@pytest.mark.parametrize("caller", [descend, sweep])
def test_a_variable_made_in_the_loss_is_told(caller):
    more = {"over": {"lr": [0.1]}} if caller is sweep else {"lr": 0.1}
    with pytest.raises(TypeError) as caught:
        caller(lambda w: w * tf.Variable(1.0), 5.0, "sgd", steps=3, **more)
    says(caught.value, f"{caller.__name__}()", "makes no variables", way_out="outside")


@pytest.mark.parametrize(
    ("loss", "facts", "way_out"),
    [
        (lambda w: None, ("returns one number", "None"), "tf.reduce_mean"),
        (lambda w: tf.round(w), ("start", "without a gradient"), "have a slope"),
        (lambda w: 1 / 0, ("division by zero",), ""),
    ],
)
def test_an_error_within_a_sweep_is_as_in_descend(loss, facts, way_out):
    with pytest.raises((ValueError, ZeroDivisionError)) as alone:
        descend(loss, 5.0, "sgd", lr=0.1, steps=3)
    with pytest.raises(type(alone.value)) as caught:
        sweep(loss, 5.0, "sgd", over={"lr": [0.1, 0.2]}, steps=3)
    assert str(caught.value).replace("sweep()", "descend()") == str(alone.value)
    says(caught.value, *facts, way_out=way_out)


def test_what_xla_does_not_know_is_told():
    def loss(w):
        tf.print(w)
        return w

    with pytest.raises(TypeError) as caught:
        descend(loss, 5.0, "sgd", lr=0.1, steps=3)
    says(caught.value, "descend()", "loss", way_out="print what descend() returns")


def test_what_a_loss_prints_is_explained(capsys):
    def loss(w):
        print("at", w)
        return w**2

    descend(loss, 5.0, "sgd", lr=0.1, steps=3)
    line, printed = capsys.readouterr().out.splitlines()
    says(line, "descend()", "compiles", "once", way_out="Print the w and loss")
    assert printed.startswith("at ")


# -- where it runs -----------------------------------------------------------------------------

DEVICES_SCRIPT = """
import tensorflow as tf

(cpu,) = tf.config.list_physical_devices("CPU")
half = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [half, half])

from utils import _programs
from utils.training import descend, sweep

devices, outputs = set(), _programs._outputs

def spy(*arguments):
    result = outputs(*arguments)
    devices.update(tensor.device[-5:] for tensor in tf.nest.flatten(result))
    return result

_programs._outputs = spy
with tf.device("CPU:1"):
    one, variable = tf.constant(1.0), tf.Variable(1.0)
    descend(lambda w, one: (w - one) ** 2, one, "sgd", lr=0.1, steps=2, one=one)
    sweep(lambda w: (w - one) ** 2, one, "adam", over={"lr": [0.1, 0.2]}, steps=2)
    print(one.device[-5:], *devices)
    try:
        descend(lambda w: (w - variable) ** 2, 5.0, "sgd", lr=0.1, steps=2)
    except TypeError as error:
        print(str(error).splitlines()[0])
"""


def test_programs_run_on_the_cpu_whatever_device_is_the_default():
    """A stand-in for a GPU whose XLA is missing: a second logical CPU that is the default."""
    result = run_python("-c", DEVICES_SCRIPT, TF_CPP_MIN_LOG_LEVEL="3")
    assert result.returncode == 0, result.stderr
    devices, error = result.stdout.splitlines()
    assert devices == "CPU:1 CPU:0"  # the default, and where the results are
    says(error, "descend()", "variables", "CPU", way_out='tf.device("CPU:0")')


# --- what chapters share beside the loop --------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "derivative"),
    [(tf.sin, np.cos), (tf.exp, np.exp), (tf.abs, np.sign), (lambda x: x**3, lambda x: 3 * x**2)],
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_slopes_are_the_derivative_in_shape_and_dtype(f, derivative, dtype):
    x = np.linspace(-2, 2, 12).reshape(3, 4).astype(dtype)
    found = slope(f, x)
    assert found.shape == x.shape
    assert found.dtype == x.dtype
    np.testing.assert_allclose(found, derivative(x), rtol=1e-5, atol=1e-6)


def test_slopes_at_whole_numbers_are_float32():
    assert slope(tf.square, 3) == 6
    assert slope(tf.square, [1, 2]).dtype == np.float32


def test_a_function_that_leaves_tensorflow_has_no_slope():
    with pytest.raises(ValueError, match="slope") as caught:
        slope(lambda x: tf.constant(np.square(x)), [1.0])
    says(caught.value, "slope()", "without any gradient", way_out="tf functions")


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        ([3.0, 2.0, 1.0], 2),
        ([3.0, 1.0, 2.0], 3),  # near, and gone again
        ([1.0, 0.5, 0.0], 0),
        ([2.0, np.nan, 0.0], 2),
        ([0.0, np.nan], 2),
        ([np.inf, 1.0, 1.0], 1),
    ],
)
def test_arrival_is_the_step_from_which_on_it_stays_near(distance, expected):
    assert arrival(np.array(distance), near=1.0) == expected
    pair = arrival(np.array([distance, [0.0] * len(distance)]), near=1.0)
    assert pair.tolist() == [expected, 0]


def test_a_descent_arrives_where_its_closed_form_does():
    run = descend(parabola, 5.0, "sgd", lr=0.2, steps=40)
    expected = np.ceil(np.log(0.001 / 6) / np.log(0.6))
    assert arrival(np.abs(run.w + 1)) == expected
