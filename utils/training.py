"""The whole training loop as one compiled program: `descend` trains once, `sweep` a whole grid.

Moving a knob compiles nothing: see `utils/_programs.py`. What the arguments may be is checked in
`utils/_arguments.py`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils._arguments import (
    check_over,
    complete,
    padded,
    read_grid,
    read_optimizer,
    read_rates,
    read_settings,
    read_starts,
    read_steps,
)
from utils._programs import Task, function_of, outputs, traces
from utils._tf import tf
from utils.optimizers import Optimizer

__all__ = ["Descent", "Sweep", "arrival", "descend", "parabola", "slope", "sweep", "traces"]


@dataclass(frozen=True, eq=False)
class Descent:
    """One training, step by step; arrays are NumPy's, of the dtype of the start.

    Fields:
        w: the parameters, in the structure of the start; axis 0 counts steps, 0 … steps.
        loss: shape (steps + 1,); `loss[k]` is the loss at `w[k]`, before step k.
        lr: shape (steps,); the learning rate of each step.
        diverged_at: first k at which `loss[k]` or a part of `w[k]` is not finite, or None.
    """

    w: Any
    loss: np.ndarray
    lr: np.ndarray
    diverged_at: int | None


@dataclass(frozen=True, eq=False)
class Sweep:
    """A grid of trainings: the arrays of `Descent` behind one axis for each entry of `over`.

    Fields:
        w: in the structure of the start; shape (n1, n2, …, steps + 1, …).
        loss: shape (n1, n2, …, steps + 1).
        lr: shape (n1, n2, …, steps).
        diverged_at: integers of shape (n1, n2, …), -1 where a training stayed finite.
    """

    w: Any
    loss: np.ndarray
    lr: np.ndarray
    diverged_at: np.ndarray


def descend(
    loss: Callable[..., Any],
    start: Any,
    optimizer: str | Optimizer,
    *,
    lr: float | Callable[[int], Any],
    steps: int,
    **knobs: Any,
) -> Descent:
    """Train by gradient descent and return every step of it.

    w[k + 1] = w[k] + delta, where delta is what `optimizer` makes of the gradient of loss(w[k])

    Args:
        loss: `loss(w, **settings)` → a scalar. It is compiled by XLA, with AutoGraph off: use
            TensorFlow functions, and `tf.where` instead of `if`. If it has a parameter `step` it
            gets k there, an int32 scalar: for mini-batches, or seeds of
            `tf.random.stateless_normal`. At k = steps it is called to record the last loss.
        start: a float, tensor, array, or a (nested) list, tuple or dict of them, all finite. A
            list or tuple of nothing but Python numbers is one tensor, as in `tf.constant`. Arrays
            and tensors keep their dtype, float32 or float64; Python numbers become float32, or
            the dtype of the arrays beside them.
        optimizer: a name in `OPTIMIZERS`, or an `Optimizer`.
        lr: a number > 0, or a schedule: a function of the step k = 0, 1, … that gives finite
            numbers >= 0, such as Keras' `ExponentialDecay`.
        steps: number of steps, >= 0.
        **knobs: settings of the optimizer (see its `settings`), and of the loss. Numbers and float
            arrays become tensors of the start's dtype, other arrays keep theirs. None, str, bool
            and functions stay as they are, and compile a program for each value.
    Returns:
        `Descent`: a training that diverges is a result, see `diverged_at`.
    Raises:
        ValueError, TypeError: an argument is outside its range or of the wrong kind; whatever
            the loss or the schedule raises.

    What the loss reads from outside counts as it is at the call, also what has changed in place
    (`x -= 25`, `net.width = 3`). But each change compiles a new program, so hand over as a setting
    what changes often. A `tf.Variable` is read at each call. The loss itself must change nothing
    and draw no random numbers but those that `step` decides. All of it runs on the CPU.

    >>> run = descend(lambda w: (w + 1) ** 2, 5.0, "sgd", lr=0.2, steps=3)
    >>> print(run.w.round(3), run.loss.round(2), run.diverged_at)
    [5.    2.6   1.16  0.296] [36.   12.96  4.67  1.68] None
    """
    result = _train("descend", loss, start, optimizer, lr, steps, knobs, {})
    first = int(result.diverged_at)
    return Descent(result.w, result.loss, result.lr, None if first < 0 else first)


def sweep(
    loss: Callable[..., Any],
    start: Any,
    optimizer: str | Optimizer,
    *,
    over: dict[str, Iterable[Any]],
    lr: float | Callable[[int], Any] | None = None,
    steps: int,
    **knobs: Any,
) -> Sweep:
    """Train once for every combination of the values in `over`, all at the same time.

    Args:
        over: name → sequence of values. Names: "lr" (numbers and schedules), "start" (starts of
            the same structure and shapes), settings of the optimizer, settings of the loss that
            are numbers or arrays of one shape.
        start, lr: as in `descend`; None if `over` has them.
        loss, optimizer, steps, **knobs: as in `descend`.
    Returns:
        `Sweep`; each cell holds what `descend` gives for its values, up to rounding.
    Raises:
        ValueError, TypeError: as `descend`; a name is given twice, or an entry has no values.

    >>> race = sweep(lambda w: (w + 1) ** 2, 5.0, "sgd", over={"lr": [0.2, 0.9, 1.0]}, steps=40)
    >>> print(race.w.shape, race.w[:, -1].round(2))
    (3, 41) [-1. -1.  5.]
    """
    check_over("sweep", over)
    return _train("sweep", loss, start, optimizer, lr, steps, knobs, over)


def parabola(w: Any) -> Any:
    """The loss of the notes, which has one parameter and its minimum at w = -1.

    loss(w) = (w + 1)²

    Args:
        w: a number, array or tensor.
    Returns:
        The loss at each entry of w.

    >>> parabola(5.0)
    36.0
    """
    return (w + 1.0) ** 2


def slope(f: Callable[[Any], Any], x: Any) -> np.ndarray:
    """The derivative of an elementwise function at each entry of x, from TensorFlow's tape.

    Args:
        f: tensor → tensor of the same shape, of TensorFlow functions; each entry of the result
            depends on the same entry of x alone. (Of another function this is the gradient of
            the sum of all results.)
        x: numbers of any shape; integers and Python numbers become float32.
    Returns:
        f'(x), of the shape of x and of its dtype, float32 or float64.
    Raises:
        ValueError: f(x) does not depend on x by way of TensorFlow.

    >>> slope(tf.square, [1.0, 3.0]).tolist()
    [2.0, 6.0]
    """
    x = tf.convert_to_tensor(x)
    x = x if x.dtype.is_floating else tf.cast(x, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        values = f(x)
    found = tape.gradient(values, x)
    if found is None:
        raise ValueError(
            f"slope() needs an f whose result depends on x through TensorFlow functions, got {f!r} "
            "without any gradient. Compute f with tf functions, not with NumPy."
        )
    return found.numpy()


def arrival(distance: np.ndarray, near: float = 1e-3) -> np.ndarray:
    """The step from which on a distance stays small: when a training has arrived for good.

    Args:
        distance: distances from the goal, >= 0, step by step along the last axis: shape
            (…, steps + 1). What is not a number is far away.
        near: the largest distance that counts as small, of the same unit.
    Returns:
        The step from which on all distances are near, integers of shape (…); steps + 1 where
        the last one is not.

    >>> arrival([[8, 4, 0.5, 2, 0.5, 0.1], [8, 4, 2, 1, 0.5, 2]], near=0.5).tolist()
    [4, 6]
    """
    from_the_end = (np.asarray(distance) <= near)[..., ::-1]
    stays = np.logical_and.accumulate(from_the_end, axis=-1).sum(axis=-1)
    return from_the_end.shape[-1] - stays


def _train(caller, loss, start, optimizer, lr, steps, knobs, over, *, whole=0):
    """Check the arguments, train every cell of the grid `over` and return a `Sweep`.

    Where these cells are part of a larger grid, `whole` is its number of cells: then they get the
    very numbers that they have in it.
    """
    with tf.device("CPU:0"):
        function = function_of(caller, loss)
        optimizer = read_optimizer(caller, optimizer)
        steps = read_steps(caller, steps)
        given = {"lr": lr, "start": start} | knobs
        taken = [name for name in given if name in knobs or given[name] is not None]
        grid = read_grid(caller, over, taken)
        choices = {name: [value] for name, value in given.items()} | grid.axes
        paths, w = read_starts(caller, choices.pop("start"), grid)
        dtype = w[0].dtype
        rates = grid.cells("lr", [read_rates(caller, x, steps, dtype) for x in choices.pop("lr")])
        choices = complete(caller, loss, optimizer, choices)
        tensors, static = read_settings(caller, optimizer, choices, grid, dtype)
        task = Task(caller, loss, optimizer, paths, static, tuple(grid.axes), grid.count, whole)
        inputs = {"w": w, "lr": padded(rates), "steps": tf.constant(steps), "values": tensors}
        losses, trajectory = outputs(function, task, inputs)
    return _result(losses, trajectory, rates, paths, grid)


def _result(losses, trajectory, rates, paths, grid):
    """Cut off the steps behind the last and give each axis of the grid an axis of its own."""
    steps = rates.shape[-1]

    def unfolded(array):
        array = array[: steps + 1]
        if grid.count is None:
            return array
        array = np.moveaxis(array, 1, 0)
        return array.reshape(*grid.shape, *array.shape[1:])

    loss, w = unfolded(losses), [unfolded(leaf) for leaf in trajectory]
    bad = ~np.isfinite(loss)
    for leaf in w:
        bad |= ~np.isfinite(leaf).all(axis=tuple(range(bad.ndim, leaf.ndim)))
    lr = np.broadcast_to(rates, (grid.count or 1, steps))
    return Sweep(
        w=tf.nest.pack_sequence_as(paths, w),
        loss=loss,
        lr=lr.reshape(*grid.shape, steps),
        diverged_at=np.where(bad.any(axis=-1), bad.argmax(axis=-1), -1),
    )
