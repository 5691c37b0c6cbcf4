"""`descend` against the two loops that run step by step: the notes' own, and Keras' `fit`.

Both rivals do the same work in the same run, from the same start, and must end at the same weights.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.table import Row, duration, faster
from benchmarks.timing import first_and_later
from utils._tf import tf
from utils.timing import timed
from utils.training import descend, sweep

keras = tf.keras  # importing it by itself would start TensorFlow with all its messages

YOGURT_STEPS, YOGURT_LR = 15_000, 0.002
NET_EPOCHS, NET_LR, NET_BATCH = 300, 0.04, 32
GRID = {"lr": np.linspace(0.01, 0.21, 21), "beta_1": np.linspace(0.5, 0.98, 11)}


def yogurt() -> tuple[tf.Tensor, tf.Tensor]:
    """The notes' 32 days: two factors x, shape (32, 2); sales x₁ + x₂ ± 0.05, shape (32, 1)."""
    random = np.random.RandomState(23455)
    x = random.rand(32, 2)
    y = x.sum(axis=1, keepdims=True) + random.rand(32, 1) / 10 - 0.05
    return tf.constant(x, tf.float32), tf.constant(y, tf.float32)


def eager_loop(x: tf.Tensor, y: tf.Tensor, start: np.ndarray) -> np.ndarray:
    """The loop as the notes write it, without what they print; returns the last weights."""
    w = tf.Variable(start)
    for _ in range(YOGURT_STEPS):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - tf.matmul(x, w)))
        w.assign_sub(YOGURT_LR * tape.gradient(loss, w))
    return w.numpy()


def cosine() -> tuple[np.ndarray, np.ndarray]:
    """100 points of cos(x) + 1 on [0, 2π], in one random order; both of shape (100, 1)."""
    x = np.random.RandomState(1).permutation(np.linspace(0, 2 * np.pi, 100, dtype=np.float32))
    return x[:, None], np.cos(x[:, None]) + 1


def batches(values: np.ndarray) -> np.ndarray:
    """Consecutive batches of (n, 1), the last one filled with zeros: (n / NET_BATCH, NET_BATCH, 1).

    `fit` without shuffling takes the same ones in the same order, and a shorter one at the end.
    """
    missing = -len(values) % NET_BATCH
    return np.pad(values, [(0, missing), (0, 0)]).reshape(-1, NET_BATCH, 1)


def against_the_eager_loop() -> Iterator[Row]:
    """`descend` and the notes' loop, one regression."""
    x, y = yogurt()
    start = np.float32([[-0.8], [1.5]])

    def loss(w):
        return tf.reduce_mean(tf.square(y - tf.matmul(x, w)))

    compiling, ours, run = first_and_later(
        lambda: descend(loss, start, "sgd", lr=YOGURT_LR, steps=YOGURT_STEPS)
    )
    eager, w = timed(lambda: eager_loop(x, y, start))
    _check_same("the eager loop", [run.w[-1]], [w])
    yield faster(f"descend against the eager loop, {YOGURT_STEPS:,} steps", ours, eager, 500)
    yield Row("descend, its first call: trace, compile, run", duration(compiling))


def against_fit() -> Iterator[Row]:
    """`descend` and `model.fit`, one small network, the same batches."""
    x, y = cosine()
    model = _two_neurons()
    start = model.get_weights()
    fitting = _time_of_fit(model, x, y)
    share = batches(np.ones_like(x))
    data = {"x": batches(x), "y": batches(y), "share": share / share.sum(axis=1, keepdims=True)}
    steps = NET_EPOCHS * len(share)
    compiling, ours, run = first_and_later(
        lambda: descend(_batch_loss, start, "adam", lr=NET_LR, steps=steps, **data)
    )
    _check_same("model.fit", [leaf[-1] for leaf in run.w], model.get_weights())
    what = f"{NET_EPOCHS} epochs, 1-2-1 net, {steps:,} steps"
    yield faster(f"descend against model.fit, {what}", ours, fitting, 1000)
    yield Row("descend on this net, its first call", duration(compiling))


def _two_neurons() -> tf.keras.Model:
    keras.utils.set_random_seed(1)
    layers = keras.layers
    model = keras.Sequential([keras.Input((1,)), layers.Dense(2, "tanh"), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(NET_LR), loss="mse")
    return model


def _time_of_fit(model: tf.keras.Model, x: np.ndarray, y: np.ndarray) -> float:
    """Seconds of all epochs; what `fit` traces in a first epoch is neither counted nor kept."""
    options = {"batch_size": NET_BATCH, "shuffle": False, "verbose": 0}
    model.optimizer.build(model.trainable_variables)
    variables = [*model.variables, *model.optimizer.variables]
    before = [variable.numpy() for variable in variables]
    model.fit(x, y, epochs=1, **options)
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)
    return timed(lambda: model.fit(x, y, epochs=NET_EPOCHS, **options))[0]


def _batch_loss(w, *, x, y, share, step):
    """Mean squared error of the step's batch: `share` is 1 / its size, and 0 for what fills it."""
    k = step % x.shape[0]
    return tf.reduce_sum(share[k] * tf.square(_net(w, x[k]) - y[k]))


def _net(w, x):
    return tf.tanh(x @ w[0] + w[1]) @ w[2] + w[3]


def many_at_once() -> Iterator[Row]:
    """One `sweep` over a grid of trainings; without a rival."""
    x, y = cosine()
    start = _two_neurons().get_weights()

    def loss(w):
        return tf.reduce_mean(tf.square(_net(w, x) - y))

    compiling, ours, run = first_and_later(
        lambda: sweep(loss, start, "adam", over=GRID, steps=NET_EPOCHS), repeats=5
    )
    cells = run.loss[..., 0].size
    yield Row(
        f"sweep, {cells} Adam trainings of {NET_EPOCHS} steps at once",
        f"{duration(ours)} (first call {duration(compiling)})",
    )


def _check_same(rival: str, ours: Sequence[np.ndarray], theirs: Sequence[np.ndarray]) -> None:
    """Raise unless both trainings ended at the same weights: else the ratio would mean nothing."""
    for mine, other in zip(ours, theirs, strict=True):
        if not np.allclose(mine, other, rtol=1e-2, atol=1e-2):
            raise RuntimeError(
                f"benchmarks.training: descend ended at {mine.ravel()}, {rival} at "
                f"{other.ravel()}. Times of different trainings cannot be compared: mend _net, "
                "batches or the settings until they agree."
            )


MEASURES = (against_the_eager_loop, against_fit, many_at_once)
