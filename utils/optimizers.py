"""The six optimizers of the course as pure functions, each equal to Keras' at the same settings.

An optimizer is a pair. `init(w)` gives the state before the first step; `update(g, state, t, *,
lr, …)` gives `(delta, new_state)`, and whoever calls it adds `delta` to w. Both take one tensor
and change nothing, so that a step can be printed, plotted and tested by itself:

>>> w = tf.constant(5.0)
>>> state = OPTIMIZERS["momentum"].init(w)
>>> for t in (1, 2, 3):
...     delta, state = OPTIMIZERS["momentum"].update(2 * (w + 1), state, t, lr=0.1, beta=0.9)
...     w += delta
...     print(round(float(w), 3))
3.8
1.76
-0.628

In every `update`, g is the gradient at w, of w's shape and dtype; t is the number of the step, 1,
2, …, as a float (only `adam_update` reads it); the settings are floats, or tensors of w's dtype
and shape (). The ranges in the docstrings are checked by `training.descend`, not here.
"""

from collections.abc import Callable
from typing import NamedTuple

from utils._tf import tf


class Optimizer(NamedTuple):
    """One optimizer.

    Fields:
        init: `init(w) -> state`, state being a tensor or a (named) tuple of tensors.
        update: `update(g, state, t, *, lr, …) -> (delta, new_state)`.
        defaults: name → value of every keyword of `update`, `lr` included, as Keras has them.
    """

    init: Callable
    update: Callable
    defaults: dict[str, float]


class AdamState(NamedTuple):
    """Moving averages of the gradient, `m`, and of its square, `v`; both of w's shape."""

    m: tf.Tensor
    v: tf.Tensor


def sgd_init(w):
    """Return the empty state: plain gradient descent remembers nothing.

    >>> sgd_init(tf.constant(5.0))
    ()
    """
    return ()


def sgd_update(g, state, t, *, lr):
    """Plain gradient descent.

    delta = -lr · g

    Args:
        lr: learning rate, >= 0.
    Returns: `(delta, state)`, the state as it was.
    Source: Robbins & Monro (1951), A stochastic approximation method.

    >>> delta, _ = sgd_update(tf.constant(12.0), (), 1, lr=0.2)
    >>> round(float(delta), 4)
    -2.4
    """
    return -lr * g, state


def zeros_init(w):
    """Return zeros of w's shape and dtype: nothing has been gathered yet.

    >>> zeros_init(tf.constant([5.0, 3.0])).numpy().tolist()
    [0.0, 0.0]
    """
    return tf.zeros_like(w)


def momentum_update(g, v, t, *, lr, beta):
    """Heavy ball: the step v keeps the share beta of itself and takes in the new gradient.

    v ← beta · v - lr · g
    delta = v

    Args:
        v: the last step, zeros before the first.
        lr: learning rate, >= 0.
        beta: momentum, 0 <= beta < 1; a steady gradient ends in steps of lr / (1 - beta) · g.
    Returns: `(delta, v)`.
    Source: Polyak (1964), Some methods of speeding up the convergence of iteration methods.

    >>> delta, v = momentum_update(tf.constant(1.0), tf.constant(-0.1), 2, lr=0.1, beta=0.9)
    >>> round(float(delta), 4), round(float(v), 4)
    (-0.19, -0.19)
    """
    v = beta * v - lr * g
    return v, v


def nesterov_update(g, v, t, *, lr, beta):
    """Nesterov's momentum, in the form which takes the gradient at w itself.

    v ← beta · v - lr · g
    delta = beta · v - lr · g    with the new v

    Args:
        v: the velocity, zeros before the first step.
        lr: learning rate, >= 0.
        beta: momentum, 0 <= beta < 1.
    Returns: `(delta, v)`.
    Source: Nesterov (1983); this form: Bengio, Boulanger-Lewandowski & Pascanu (2013),
        Advances in optimizing recurrent networks, arXiv:1212.0901.

    >>> delta, v = nesterov_update(tf.constant(1.0), tf.constant(-0.1), 2, lr=0.1, beta=0.9)
    >>> round(float(delta), 4), round(float(v), 4)
    (-0.271, -0.19)
    """
    v = beta * v - lr * g
    return beta * v - lr * g, v


def adagrad_update(g, total, t, *, lr, initial_accumulator_value, epsilon):
    """Adagrad: a step is divided by the root of the sum of all squared gradients so far.

    total ← total + g²
    delta = -lr · g / √(initial_accumulator_value + total + epsilon)

    Args:
        total: sum of the squared gradients, zeros before the first step.
        lr: learning rate, >= 0.
        initial_accumulator_value: what the sum begins with, >= 0; the paper has 0, Keras 0.1.
        epsilon: inside the root, >= 0; with 0, and 0 to begin with, a gradient of 0 gives nan.
    Returns: `(delta, total)`.
    Source: Duchi, Hazan & Singer (2011), Adaptive subgradient methods, JMLR 12, 2121–2159.

    >>> knobs = dict(lr=0.1, initial_accumulator_value=0.0, epsilon=1e-7)
    >>> delta, total = adagrad_update(tf.constant(3.0), tf.constant(16.0), 2, **knobs)
    >>> round(float(delta), 4), round(float(total), 4)
    (-0.06, 25.0)
    """
    total = total + g**2
    return -lr * g / tf.sqrt(initial_accumulator_value + total + epsilon), total


def rmsprop_update(g, v, t, *, lr, rho, epsilon):
    """RMSprop: a step is divided by the root of a moving average of the squared gradients.

    v ← rho · v + (1 - rho) · g²
    delta = -lr · g / √(v + epsilon)

    Args:
        v: moving average of the squared gradients, zeros before the first step.
        lr: learning rate, >= 0.
        rho: memory of the average, 0 <= rho < 1.
        epsilon: inside the root, >= 0; with 0, a gradient of 0 gives nan.
    Returns: `(delta, v)`.
    Source: Tieleman & Hinton (2012), Neural networks for machine learning, lecture 6e.

    >>> delta, v = rmsprop_update(tf.constant(1.0), tf.constant(0.0), 1, lr=0.1, rho=0.9,
    ...                           epsilon=1e-7)
    >>> round(float(delta), 4), round(float(v), 4)
    (-0.3162, 0.1)
    """
    v = rho * v + (1 - rho) * g**2
    return -lr * g / tf.sqrt(v + epsilon), v


def adam_init(w):
    """Return an `AdamState` of zeros of w's shape and dtype.

    >>> float(adam_init(tf.constant(5.0)).v)
    0.0
    """
    return AdamState(tf.zeros_like(w), tf.zeros_like(w))


def adam_update(g, state, t, *, lr, beta_1, beta_2, epsilon):
    """Adam: moving averages of the gradient and of its square, both corrected for their start.

    m ← beta_1 · m + (1 - beta_1) · g
    v ← beta_2 · v + (1 - beta_2) · g²
    delta = -lr · √(1 - beta_2^t) / (1 - beta_1^t) · m / (√v + epsilon)

    Args:
        state: `AdamState`, zeros before the first step.
        lr: learning rate, >= 0.
        beta_1: memory of m, 0 <= beta_1 < 1.
        beta_2: memory of v, 0 <= beta_2 < 1.
        epsilon: outside the root of the uncorrected v, >= 0 ("epsilon hat" in the paper, as in
            Keras, and not the epsilon of Algorithm 1); with 0, a gradient of 0 gives nan.
    Returns: `(delta, AdamState)`.
    Source: Kingma & Ba (2015), Adam, section 2, arXiv:1412.6980.

    >>> knobs = dict(lr=0.1, beta_1=0.9, beta_2=0.999, epsilon=1e-7)
    >>> delta, state = adam_update(tf.constant(12.0), adam_init(tf.constant(5.0)), 1.0, **knobs)
    >>> round(float(delta), 4), round(float(state.m), 4), round(float(state.v), 4)
    (-0.1, 1.2, 0.144)
    """
    m = beta_1 * state.m + (1 - beta_1) * g
    v = beta_2 * state.v + (1 - beta_2) * g**2
    correction = (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
    return -lr * correction * m / (tf.sqrt(v) + epsilon), AdamState(m, v)


OPTIMIZERS = {
    "sgd": Optimizer(sgd_init, sgd_update, {"lr": 0.01}),
    "momentum": Optimizer(zeros_init, momentum_update, {"lr": 0.01, "beta": 0.9}),
    "nesterov": Optimizer(zeros_init, nesterov_update, {"lr": 0.01, "beta": 0.9}),
    "adagrad": Optimizer(
        zeros_init,
        adagrad_update,
        {"lr": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-7},
    ),
    "rmsprop": Optimizer(zeros_init, rmsprop_update, {"lr": 0.001, "rho": 0.9, "epsilon": 1e-7}),
    "adam": Optimizer(
        adam_init,
        adam_update,
        {"lr": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-7},
    ),
}
