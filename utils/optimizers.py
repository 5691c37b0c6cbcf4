"""The optimizers as pure functions, each equal to Keras' at the same settings.

An optimizer is a row of `OPTIMIZERS`. `init(w)` gives the state before the first step;
`update(g, state, w, *, lr, …)` gives `(delta, new_state)`, and whoever calls it adds `delta` to w.
Both take one tensor and change nothing, so that a step can be printed, plotted and tested by
itself:

>>> w = tf.constant(5.0)
>>> state = OPTIMIZERS["momentum"].init(w)
>>> for _ in range(3):
...     delta, state = OPTIMIZERS["momentum"].update(2 * (w + 1), state, w, lr=0.1, beta=0.9)
...     w += delta
...     print(round(float(w), 3))
3.8
1.76
-0.628

In every `update`, g is the gradient at w, of w's shape and dtype; the settings are floats, or
tensors of w's dtype and shape (). Their ranges stand beside their defaults in `OPTIMIZERS`, and
are checked by `training.descend`, not here.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from utils._tf import tf

_Number: TypeAlias = "float | tf.Tensor"


class Setting(NamedTuple):
    """A number that an optimizer takes, finite and in its range: low <= number < high.

    Fields:
        default: its value where none is given.
        low: the smallest value, or -inf.
        high: the end of the range, which does not belong to it, or inf.
    """

    default: float
    low: float = -math.inf
    high: float = math.inf

    def allows(self, number: float) -> bool:
        """Say whether a number is in the range.

        >>> [Setting(0.9, 0, 1).allows(beta) for beta in (0, 0.99, 1)]
        [True, True, False]
        """
        return math.isfinite(number) and self.low <= number < self.high

    def range(self, name: str) -> str:
        """Return the range in words, for messages.

        >>> Setting(0.9, 0, 1).range("beta"), Setting(1e-7, 0).range("epsilon")
        ('0 <= beta < 1', 'a finite epsilon >= 0')
        """
        if math.isfinite(self.high):
            low = f"{self.low:g} <= " if math.isfinite(self.low) else "a finite "
            return f"{low}{name} < {self.high:g}"
        return f"a finite {name}" + (f" >= {self.low:g}" if math.isfinite(self.low) else "")


class Optimizer(NamedTuple):
    """One optimizer.

    Fields:
        init: `init(w) -> state`, state being a tensor or a (named) tuple of tensors.
        update: `update(g, state, w, *, lr, …) -> (delta, new_state)`.
        settings: name → `Setting` of every keyword of `update`, `lr` included.
    """

    init: Callable[[tf.Tensor], Any]
    update: Callable[..., tuple[tf.Tensor, Any]]
    settings: dict[str, Setting]

    @property
    def defaults(self) -> dict[str, float]:
        """Name → default of every setting.

        >>> OPTIMIZERS["momentum"].defaults
        {'lr': 0.01, 'beta': 0.9}
        """
        return {name: setting.default for name, setting in self.settings.items()}


class AdamState(NamedTuple):
    """What Adam remembers.

    Fields:
        m: moving average of the gradient, of w's shape.
        v: moving average of its square, of w's shape.
        t: number of steps taken, in w's dtype, of shape ().
    """

    m: tf.Tensor
    v: tf.Tensor
    t: tf.Tensor


def sgd_init(w: tf.Tensor) -> tuple[()]:
    """Return the empty state: plain gradient descent remembers nothing.

    >>> sgd_init(tf.constant(5.0))
    ()
    """
    return ()


def sgd_update(
    g: tf.Tensor, state: tuple[()], w: tf.Tensor, *, lr: _Number
) -> tuple[tf.Tensor, tuple[()]]:
    """Plain gradient descent.

    ::

        delta = -lr · g

    Args:
        lr: learning rate, >= 0.
    Returns:
        `(delta, state)`, the state as it was.
    Source:
        Robbins & Monro (1951), A stochastic approximation method.

    >>> delta, _ = sgd_update(tf.constant(12.0), (), tf.constant(5.0), lr=0.2)
    >>> round(float(delta), 4)
    -2.4
    """
    return -lr * g, state


def zeros_init(w: tf.Tensor) -> tf.Tensor:
    """Return zeros of w's shape and dtype: nothing has been gathered yet.

    >>> zeros_init(tf.constant([5.0, 3.0])).numpy().tolist()
    [0.0, 0.0]
    """
    return tf.zeros_like(w)


def momentum_update(
    g: tf.Tensor, v: tf.Tensor, w: tf.Tensor, *, lr: _Number, beta: _Number
) -> tuple[tf.Tensor, tf.Tensor]:
    """Heavy ball: the step v keeps the share beta of itself and takes in the new gradient.

    ::

        v ← beta · v - lr · g
        delta = v

    Args:
        v: the last step, zeros before the first.
        lr: learning rate, >= 0.
        beta: momentum, 0 <= beta < 1; a steady gradient ends in steps of lr / (1 - beta) · g.
    Returns:
        `(delta, v)`.
    Source:
        Polyak (1964), Some methods of speeding up the convergence of iteration methods.

    >>> g, v, w = tf.constant([1.0, -0.1, 5.0])
    >>> delta, v = momentum_update(g, v, w, lr=0.1, beta=0.9)
    >>> round(float(delta), 4), round(float(v), 4)
    (-0.19, -0.19)
    """
    v = beta * v - lr * g
    return v, v


def nesterov_update(
    g: tf.Tensor, v: tf.Tensor, w: tf.Tensor, *, lr: _Number, beta: _Number
) -> tuple[tf.Tensor, tf.Tensor]:
    """Nesterov's momentum, in the form which takes the gradient at w itself.

    ::

        v ← beta · v - lr · g
        delta = beta · v - lr · g    with the new v

    Args:
        v: the velocity, zeros before the first step.
        lr: learning rate, >= 0.
        beta: momentum, 0 <= beta < 1.
    Returns:
        `(delta, v)`.
    Source:
        Nesterov (1983); this form: Bengio, Boulanger-Lewandowski & Pascanu (2013),
        Advances in optimizing recurrent networks, arXiv:1212.0901.

    >>> g, v, w = tf.constant([1.0, -0.1, 5.0])
    >>> delta, v = nesterov_update(g, v, w, lr=0.1, beta=0.9)
    >>> round(float(delta), 4), round(float(v), 4)
    (-0.271, -0.19)
    """
    v = beta * v - lr * g
    return beta * v - lr * g, v


def adagrad_update(
    g: tf.Tensor,
    total: tf.Tensor,
    w: tf.Tensor,
    *,
    lr: _Number,
    initial_accumulator_value: _Number,
    epsilon: _Number,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Adagrad: a step is divided by the root of the sum of all squared gradients so far.

    ::

        total ← total + g²
        delta = -lr · g / √(initial_accumulator_value + total + epsilon)

    Args:
        total: sum of the squared gradients, zeros before the first step.
        lr: learning rate, >= 0.
        initial_accumulator_value: what the sum begins with, >= 0; the paper has 0, Keras 0.1.
        epsilon: inside the root, >= 0; with 0, and 0 to begin with, a gradient of 0 gives nan.
    Returns:
        `(delta, total)`.
    Source:
        Duchi, Hazan & Singer (2011), Adaptive subgradient methods, JMLR 12, 2121–2159.

    >>> knobs = dict(lr=0.1, initial_accumulator_value=0.0, epsilon=1e-7)
    >>> g, total, w = tf.constant([3.0, 16.0, 5.0])
    >>> delta, total = adagrad_update(g, total, w, **knobs)
    >>> round(float(delta), 4), round(float(total), 4)
    (-0.06, 25.0)
    """
    total = total + g**2
    return -lr * g / tf.sqrt(initial_accumulator_value + total + epsilon), total


def rmsprop_update(
    g: tf.Tensor,
    v: tf.Tensor,
    w: tf.Tensor,
    *,
    lr: _Number,
    rho: _Number,
    epsilon: _Number,
) -> tuple[tf.Tensor, tf.Tensor]:
    """RMSprop: a step is divided by the root of a moving average of the squared gradients.

    ::

        v ← rho · v + (1 - rho) · g²
        delta = -lr · g / √(v + epsilon)

    Args:
        v: moving average of the squared gradients, zeros before the first step.
        lr: learning rate, >= 0.
        rho: memory of the average, 0 <= rho < 1.
        epsilon: inside the root, >= 0; with 0, a gradient of 0 gives nan.
    Returns:
        `(delta, v)`.
    Source:
        Tieleman & Hinton (2012), Neural networks for machine learning, lecture 6e.

    >>> g, v, w = tf.constant([1.0, 0.0, 5.0])
    >>> delta, v = rmsprop_update(g, v, w, lr=0.1, rho=0.9, epsilon=1e-7)
    >>> round(float(delta), 4), round(float(v), 4)
    (-0.3162, 0.1)
    """
    v = rho * v + (1 - rho) * g**2
    return -lr * g / tf.sqrt(v + epsilon), v


def adam_init(w: tf.Tensor) -> AdamState:
    """Return an `AdamState` of zeros: nothing has been gathered, no step was taken.

    >>> [leaf.numpy().tolist() for leaf in adam_init(tf.constant([5.0, 3.0]))]
    [[0.0, 0.0], [0.0, 0.0], 0.0]
    """
    return AdamState(tf.zeros_like(w), tf.zeros_like(w), tf.zeros((), w.dtype))


def adam_update(
    g: tf.Tensor,
    state: AdamState,
    w: tf.Tensor,
    *,
    lr: _Number,
    beta_1: _Number,
    beta_2: _Number,
    epsilon: _Number,
) -> tuple[tf.Tensor, AdamState]:
    """Adam: moving averages of the gradient and of its square, both corrected for their start.

    ::

        t ← t + 1
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
    Returns:
        `(delta, AdamState)`.
    Source:
        Kingma & Ba (2015), Adam, section 2, arXiv:1412.6980.

    >>> knobs = dict(lr=0.1, beta_1=0.9, beta_2=0.999, epsilon=1e-7)
    >>> g, w = tf.constant([12.0, 5.0])
    >>> delta, state = adam_update(g, adam_init(w), w, **knobs)
    >>> round(float(delta), 4), [round(float(part), 4) for part in state]
    (-0.1, [1.2, 0.144, 1.0])
    """
    t = state.t + 1
    m = beta_1 * state.m + (1 - beta_1) * g
    v = beta_2 * state.v + (1 - beta_2) * g**2
    correction = (1 - beta_2**t) ** 0.5 / (1 - beta_1**t)
    return -lr * correction * m / (tf.sqrt(v) + epsilon), AdamState(m, v, t)


def adamw_update(
    g: tf.Tensor,
    state: AdamState,
    w: tf.Tensor,
    *,
    lr: _Number,
    beta_1: _Number,
    beta_2: _Number,
    epsilon: _Number,
    weight_decay: _Number,
) -> tuple[tf.Tensor, AdamState]:
    """AdamW: Adam, and a weight decay that is kept out of the gradient and so of its averages.

    ::

        delta = (delta of Adam) - lr · weight_decay · w

    Args:
        state: `AdamState`, zeros before the first step.
        lr: learning rate, >= 0.
        beta_1: memory of m, 0 <= beta_1 < 1.
        beta_2: memory of v, 0 <= beta_2 < 1.
        epsilon: as in `adam_update`, >= 0.
        weight_decay: >= 0; without a gradient a step keeps 1 - lr · weight_decay of w.
    Returns:
        `(delta, AdamState)`.
    Source:
        Loshchilov & Hutter (2019), Decoupled weight decay regularization, Algorithm 2, with
        the learning rate as its schedule multiplier, as in Keras; arXiv:1711.05101.

    >>> knobs = dict(lr=0.1, beta_1=0.9, beta_2=0.999, epsilon=1e-7, weight_decay=0.5)
    >>> g, w = tf.constant([12.0, 5.0])
    >>> delta, _ = adamw_update(g, adam_init(w), w, **knobs)
    >>> round(float(delta), 4)
    -0.35
    """
    delta, state = adam_update(g, state, w, lr=lr, beta_1=beta_1, beta_2=beta_2, epsilon=epsilon)
    return delta - lr * weight_decay * w, state


def lion_update(
    g: tf.Tensor,
    m: tf.Tensor,
    w: tf.Tensor,
    *,
    lr: _Number,
    beta_1: _Number,
    beta_2: _Number,
    weight_decay: _Number,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Lion: every step is lr long; an average of the gradients only says in which direction.

    ::

        delta = -lr · (sign(beta_1 · m + (1 - beta_1) · g) + weight_decay · w)    with the old m
        m ← beta_2 · m + (1 - beta_2) · g

    Args:
        m: moving average of the gradient, zeros before the first step.
        lr: learning rate, >= 0.
        beta_1: share of m in the direction, 0 <= beta_1 < 1; with 0 it is the sign of g.
        beta_2: memory of m, 0 <= beta_2 < 1.
        weight_decay: >= 0; without a direction a step keeps 1 - lr · weight_decay of w.
    Returns:
        `(delta, m)`.
    Source:
        Chen and others (2023), Symbolic discovery of optimization algorithms, Program 1,
        arXiv:2302.06675.

    >>> g, m, w = tf.constant([12.0, 0.0, 5.0])
    >>> delta, m = lion_update(g, m, w, lr=0.1, beta_1=0.9, beta_2=0.99, weight_decay=0.5)
    >>> round(float(delta), 4), round(float(m), 4)
    (-0.35, 0.12)
    """
    direction = tf.sign(beta_1 * m + (1 - beta_1) * g)
    return -lr * (direction + weight_decay * w), beta_2 * m + (1 - beta_2) * g


OPTIMIZERS = {
    "sgd": Optimizer(sgd_init, sgd_update, {"lr": Setting(0.01, 0)}),
    "momentum": Optimizer(
        zeros_init,
        momentum_update,
        {"lr": Setting(0.01, 0), "beta": Setting(0.9, 0, 1)},
    ),
    "nesterov": Optimizer(
        zeros_init,
        nesterov_update,
        {"lr": Setting(0.01, 0), "beta": Setting(0.9, 0, 1)},
    ),
    "adagrad": Optimizer(
        zeros_init,
        adagrad_update,
        {
            "lr": Setting(0.001, 0),
            "initial_accumulator_value": Setting(0.1, 0),
            "epsilon": Setting(1e-7, 0),
        },
    ),
    "rmsprop": Optimizer(
        zeros_init,
        rmsprop_update,
        {"lr": Setting(0.001, 0), "rho": Setting(0.9, 0, 1), "epsilon": Setting(1e-7, 0)},
    ),
    "adam": Optimizer(
        adam_init,
        adam_update,
        {
            "lr": Setting(0.001, 0),
            "beta_1": Setting(0.9, 0, 1),
            "beta_2": Setting(0.999, 0, 1),
            "epsilon": Setting(1e-7, 0),
        },
    ),
    "adamw": Optimizer(
        adam_init,
        adamw_update,
        {
            "lr": Setting(0.001, 0),
            "beta_1": Setting(0.9, 0, 1),
            "beta_2": Setting(0.999, 0, 1),
            "epsilon": Setting(1e-7, 0),
            "weight_decay": Setting(0.004, 0),
        },
    ),
    "lion": Optimizer(
        zeros_init,
        lion_update,
        {
            "lr": Setting(0.001, 0),
            "beta_1": Setting(0.9, 0, 1),
            "beta_2": Setting(0.99, 0, 1),
            "weight_decay": Setting(0.0, 0),
        },
    ),
}
