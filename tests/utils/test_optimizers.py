"""Each optimizer against Keras, and its first steps against numbers worked out by hand."""

import keras
import numpy as np
import pytest

from utils._tf import tf
from utils.optimizers import OPTIMIZERS

ORACLES = {
    "sgd": lambda lr: keras.optimizers.SGD(lr),
    "momentum": lambda lr, beta: keras.optimizers.SGD(lr, momentum=beta),
    "nesterov": lambda lr, beta: keras.optimizers.SGD(lr, momentum=beta, nesterov=True),
    "adagrad": keras.optimizers.Adagrad,
    "rmsprop": keras.optimizers.RMSprop,
    "adam": keras.optimizers.Adam,
}
# Exact in binary: Keras keeps the learning rate in float32, also for weights in float64.
SETTINGS = {
    "sgd": {"lr": 0.25},
    "momentum": {"lr": 0.25, "beta": 0.875},
    "nesterov": {"lr": 0.25, "beta": 0.875},
    "adagrad": {"lr": 0.25, "initial_accumulator_value": 0.0, "epsilon": 2**-10},
    "rmsprop": {"lr": 0.25, "rho": 0.5, "epsilon": 2**-10},
    "adam": {"lr": 0.25, "beta_1": 0.5, "beta_2": 0.875, "epsilon": 2**-10},
}
SCALES = 10.0 ** -np.arange(7)  # 1 to 1e-6: epsilon decides at the small end
GRADIENTS = np.random.default_rng(6).normal(0.3, 1.0, (200, 7)) * SCALES
DEFAULTS = {name: optimizer.defaults for name, optimizer in OPTIMIZERS.items()}


def own_path(name, settings, gradients):
    optimizer = OPTIMIZERS[name]
    settings = {key: tf.constant(value, gradients.dtype) for key, value in settings.items()}
    w = tf.zeros(gradients.shape[1:], gradients.dtype)
    state, path = optimizer.init(w), []
    for t, g in enumerate(gradients, start=1):
        t = tf.constant(t, gradients.dtype)
        delta, state = optimizer.update(tf.constant(g), state, t, **settings)
        w += delta
        path.append(w.numpy())
    return np.array(path)


def keras_path(name, settings, gradients):
    optimizer = ORACLES[name](settings["lr"], **{k: v for k, v in settings.items() if k != "lr"})
    w = tf.Variable(np.zeros_like(gradients[0]))
    path = []
    for g in gradients:
        optimizer.apply_gradients([(tf.constant(g), w)])
        path.append(w.numpy())
    return np.array(path)


def test_every_optimizer_has_an_oracle():
    assert set(ORACLES) == set(OPTIMIZERS) == set(SETTINGS)


@pytest.mark.parametrize(
    ("settings", "dtype", "tolerance"),
    [(DEFAULTS, "float32", 2e-5), (SETTINGS, "float32", 2e-5), (SETTINGS, "float64", 1e-12)],
    ids=["defaults", "float32", "float64"],
)
@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_two_hundred_steps_match_keras(name, settings, dtype, tolerance):
    gradients = GRADIENTS.astype(dtype)
    own = own_path(name, settings[name], gradients)
    assert own.dtype == dtype
    # The paths cross zero, so what counts is the error relative to the way that was gone.
    way = np.abs(np.diff(own, axis=0, prepend=0)).cumsum(axis=0)
    error = np.abs(own - keras_path(name, settings[name], gradients))
    assert (error / way).max() < tolerance


@pytest.mark.parametrize("name", ["adagrad", "rmsprop", "adam"])
def test_defaults_are_those_of_keras(name):
    config = ORACLES[name]().get_config()
    config["lr"] = config["learning_rate"]
    expected = {key: config[key] for key in OPTIMIZERS[name].defaults}
    assert OPTIMIZERS[name].defaults == pytest.approx(expected)


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
def test_default_lr_is_that_of_keras(name):
    expected = keras.optimizers.SGD().get_config()["learning_rate"]
    assert OPTIMIZERS[name].defaults["lr"] == pytest.approx(expected)


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
    steps = own_path(name, settings, np.ones((len(path), 1)))
    np.testing.assert_allclose(steps[:, 0], path, rtol=1e-7)


@pytest.mark.parametrize("name", sorted(OPTIMIZERS))
def test_update_changes_nothing(name):
    optimizer = OPTIMIZERS[name]
    g, state = tf.constant([1.0, -2.0]), optimizer.init(tf.constant([5.0, 3.0]))
    first, _ = optimizer.update(g, state, 1.0, **optimizer.defaults)
    again, _ = optimizer.update(g, state, 1.0, **optimizer.defaults)
    np.testing.assert_array_equal(first, again)
