"""Answers to the exercises of chapter 4. Reading on shows what the checks compare with."""

from collections.abc import Callable

import numpy as np

from utils._tf import tf
from utils.answers import slope
from utils.check import NotYet, check, check_function


def exercise_1(layers_needed: Callable) -> None:
    """How deep until a millionth?"""
    check(
        layers_needed(),
        10,
        hint="Take logarithms of both sides, solve for n, and go to the next whole number.",
        mistakes=[
            (6 / np.log10(4), "That is where the two are equal; layers are whole numbers."),
            (9, "Compute 4 to the power of your answer: is it more than a million?"),
            (11, "Below a millionth, yes. Is it the smallest such number?"),
            (20, "That would do for a factor of one half; the sigmoid's bound is smaller."),
            (6, "That would do for a factor of one tenth; the sigmoid's bound is larger."),
        ],
    )


def exercise_2(swish_slope: Callable) -> None:
    """The slope of swish"""

    def gate(z):
        return 1 / (1 + np.exp(-np.asarray(z, float)))

    def forgot_product_rule(z):
        return gate(z) * (1 - gate(z))

    def forgot_the_gate(z):
        return z * gate(z) * (1 - gate(z))

    def swish(z):
        return z * gate(z)

    points = np.array([-3, -1.2785, 0, 2], "float32")
    check_function(
        swish_slope,
        [((points,), slope(tf.nn.silu, points))],
        hint="z · s(z) is a product of two factors that both change with z: two terms.",
        mistakes=[
            (forgot_product_rule, "That is the sigmoid's slope; swish has z in front of it."),
            (forgot_the_gate, "One term of the product rule is missing."),
            (gate, "One term of the product rule is missing."),
            (swish, "That is swish itself; its slope is asked for."),
            (
                lambda z: gate(z) + z * (1 - gate(z)),
                "The gate's slope is s(1 - s): a factor is missing.",
            ),
            (
                lambda z: gate(z) + z * gate(z),
                "The gate's slope is s(1 - s): a factor is missing.",
            ),
            (
                lambda z: gate(z) * (2 - gate(z)),
                "Where the gate changes, the factor z stays: your second term has lost it.",
            ),
            (
                lambda z: gate(z) * (z + 1 - gate(z)),
                "Where z changes, the gate stays; z goes with the slope of the gate.",
            ),
            (
                lambda z: gate(z) - z * gate(z) * (1 - gate(z)),
                "The product rule adds its two terms.",
            ),
        ],
        atol=1e-5,
    )


def exercise_3(valley: Callable) -> None:
    """A valley by hand"""
    # Not seven, which a learner would take for the seven numbers.
    points = np.array([0.0, 1.0, 2.5, 3.0, 4.0, 6.0, -4.0, 20.0, -20.0])
    far = np.array([-1e6, 1e6])
    check_function(
        _network(valley()),
        [((points,), np.abs(points - 3)), ((far,), np.abs(far - 3))],
        hint="Draw both halves of the valley. Each is a ReLU with its kink, -b / w, at the tip.",
        mistakes=[
            (points - 3, "That is the straight line x - 3; flip what lies left of 3."),
            (3 - points, "That is the straight line 3 - x; flip what lies right of 3."),
            *(
                (np.abs(points - 3) + c, "The tip lies at height 0: look at c.")
                for c in (-3, -2, -1, -0.5, 0.5, 1, 2, 3)
            ),
            (np.maximum(points - 3, 0), "The right half is there; a unit for the left half."),
            (np.maximum(3 - points, 0), "The left half is there; a unit for the right half."),
            (-np.abs(points - 3), "That is a mountain: look at the signs of u."),
            (np.abs(points + 3), "That valley has its tip at -3: look at the signs of b."),
        ],
    )


def _network(parts):
    """The learner's network as a function of x, whatever shapes its two numbers each have."""
    if isinstance(parts, dict) and {"w", "b", "u", "c"} <= set(parts):
        parts = [parts[name] for name in "wbuc"]
    try:
        parts = list(parts)
        if len(parts) == 7:
            parts = [parts[0:2], parts[2:4], parts[4:6], parts[6]]
        w, b, u, c = (np.ravel(np.asarray(part, float)) for part in parts)
        fits = (w.size, b.size, u.size, c.size) == (2, 2, 2, 1)
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise NotYet(
            "Not yet: your answer is not of the form w, b, u, c.",
            "Write `return w, b, u, c`, where w, b and u are lists of two numbers.",
        )

    def your_network(x):
        return np.maximum(np.outer(x, w) + b, 0) @ u + c

    return your_network


def exercise_4(what_moves: Callable) -> None:
    """Why does it not recover?"""
    check(
        what_moves(),
        "b",
        hint="Write down the gradients of w, b, u and c when both outputs are 0.",
        mistakes=[
            ("a", "The gradient of u contains the unit's output. How large is that?"),
            ("c", "The units' gradient is exactly 0; no learning rate changes a zero."),
            ("d", "Does each of the seven act through a unit that is off?"),
        ],
    )


def exercise_5(enough_units: Callable) -> None:
    """An experiment: how many ReLUs are enough?"""
    check(
        enough_units(),
        8,
        hint="share_fitted(neurons) trains 200 networks; compare it with 0.8.",
        mistakes=[
            (2, "Compare share_fitted(2) with 0.8."),
            (4, "Compare share_fitted(4) with 0.8."),
            (16, "That is enough. Is it the smallest of the four?"),
        ],
    )
