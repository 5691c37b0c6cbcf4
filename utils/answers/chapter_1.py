"""Answers to the exercises of chapter 1. Reading on shows what the checks compare with."""

import functools
from collections.abc import Callable

import numpy as np

from utils._tf import tf
from utils.answers import slope
from utils.check import NotYet, check, check_function


def exercise_1(points_in_grid: Callable) -> None:
    """Count the points"""
    check(
        points_in_grid(),
        216,
        hint="Count each axis by itself, then multiply. What does the j change?",
        mistakes=[
            (225, "Along the first axis the stop, 3, is left out."),
            (192, "A number with a j counts the values, and both ends are among them."),
            (200, "Along the first axis the stop is left out; a number with a j is the count."),
            (33, "Each value of the one axis meets each of the other: multiply."),
            (432, "Those are the numbers in both tables; a point has two of them."),
        ],
    )


def exercise_2(between: Callable) -> None:
    """Keep it between"""
    check_function(
        between,
        [
            ((tf.constant([-2.0, 0.5, 3.0]), -1.0, 1.0), np.array([-1.0, 0.5, 1.0])),
            ((tf.constant([[0.0], [9.0]]), 2.0, 5.0), np.array([[2.0], [5.0]])),
        ],
        names=("x", "low", "high"),
        hint="Choose twice: what the first choice repaired must survive the second.",
        mistakes=[
            (
                lambda x, low, high: tf.maximum(x, low),
                "The upper bound is not there. Does your second choice go on from the first one's "
                "result, or from x?",
            ),
            (
                lambda x, low, high: tf.minimum(x, high),
                "The lower bound is not there. Does your second choice go on from the first one's "
                "result, or from x?",
            ),
        ],
    )


def exercise_3(bend: Callable) -> None:
    """The slope of the slope"""

    @functools.wraps(bend)
    def bend_or_why_not(*arguments, **named):
        try:
            found = bend(*arguments, **named)
        except (TypeError, ValueError) as error:
            if "ensor" not in str(error):
                raise
            raise NotYet(
                f"Not yet: bend(f, x) ended in a {type(error).__name__}: {error}",
                "Hint: A tape watches tensors: is x one, and do both tapes watch it?",
            ) from error
        if found is None:
            raise NotYet(
                "Not yet: bend(f, x) returned None.",
                "Is `return` there? Then a tape found no way from x to the end: both must watch "
                "x, and the outer tape can only write down what happens while it runs.",
            )
        return found

    check_function(
        bend_or_why_not,
        [((tf.square, 3.0), 2.0), ((tf.exp, 1.0), np.e), ((tf.sin, 0.5), -np.sin(0.5))],
        names=("f", "x"),
        hint="The outer tape can only write down what happens while it runs.",
        mistakes=[(slope, "That is the first derivative: take the slope of it once more.")],
    )


def exercise_4(safe_log: Callable) -> None:
    """A logarithm that survives zero"""

    @functools.wraps(safe_log)
    def and_its_slope(x):
        value = safe_log(x)
        if value is None:
            return None
        tensors = any(map(tf.is_tensor, tf.nest.flatten(value)))
        gradient = slope(safe_log, x) if tensors else None
        if gradient is None:
            raise NotYet(
                "Not yet: the tape finds no way from x to the result of safe_log(x).",
                "Use TensorFlow's functions from x to the end.",
            )
        return [value, gradient]

    def logarithm(inside, chosen=True):
        def function(x):
            found = tf.math.log(inside(x))
            return tf.where(x > 0, found, 0.0) if chosen else found

        return lambda x: [function(x), slope(function, x)]

    little = [10.0**power for power in range(-12, -2)]
    clipped = [lambda x, least=least: tf.maximum(x, least) for least in little]
    filled = [lambda x, least=least: tf.where(x > 0, x, least) for least in little]
    shifted = [lambda x, least=least: x + least for least in little]
    small = (
        "Values, then slopes. Look at the last ones, at 1e-9: above 0 it is the logarithm of x "
        "itself."
    )

    check_function(
        and_its_slope,
        [
            (
                (tf.constant([0.0, 1.0, 2.0, 0.5, -1.0, 1e-9]),),
                [np.log([1.0, 1, 2, 0.5, 1, 1e-9]), np.array([0, 1, 0.5, 2, 0, 1e9])],
            )
        ],
        hint="Values, then slopes. What does the logarithm itself get where it is not taken?",
        mistakes=[
            (
                logarithm(lambda x: x),
                "Values, then slopes. The branch not taken still computes the logarithm of 0.",
            ),
            (
                logarithm(lambda x: tf.maximum(x, 1.0)),
                "Values, then slopes. That changes what the logarithm gets at 0.5, too.",
            ),
            *(
                (
                    logarithm(inside, chosen=False),
                    "Values, then slopes. Where x is 0 or less the value must be 0.",
                )
                for inside in clipped + filled
            ),
            *((logarithm(inside), small) for inside in clipped + shifted),
        ],
    )


def exercise_5(reason: Callable) -> None:
    """Why does it not learn?"""
    check(
        reason(),
        "b",
        hint="Move w a little: by how much does the loss change?",
        mistakes=[
            ("a", "Both are variables, and these are watched without being asked."),
            ("c", "Then they would be nan or infinite, not None."),
            ("d", "A tape that is used up raises an error."),
        ],
    )


def exercise_6(steps_needed: Callable) -> None:
    """An experiment: how many steps?"""
    check(
        steps_needed(),
        [50, 0],
        hint="share_right(name, step) counts for you; try the steps in the order given.",
        mistakes=[
            ([20, 0], "Nearly: measure what the share is after 20 steps."),
            ([100, 0], "There is an earlier one in the list."),
            ([50, 400], "Measure the coordinates after 400 steps."),
        ],
    )
