"""Answers to the exercises of chapter 8. Reading on shows what the checks compare with."""

import math
from collections.abc import Callable

import numpy as np

from utils.check import check, check_function


def exercise_1(three_numbers: Callable) -> None:
    """By hand"""
    check(
        three_numbers(),
        (0.2, 0.1, math.sqrt(0.03)),
        hint="He looks at fan_in only, Glorot at both fans; the limit of a uniform is not its std.",
        rtol=2e-3,
        mistakes=[
            ((0.2, 0.2, math.sqrt(0.03)), "Glorot's root has a 2 and both fans under it."),
            ((0.04, 0.01, math.sqrt(0.03)), "The first two are variances; take the roots."),
            ((0.04, 0.01, 0.03), "These are squares; take the roots."),
            ((0.2, 0.1, 0.1), "The limit of a uniform is wider than its std."),
            ((0.2, 0.1, 0.03), "The last is the square of the limit; take the root."),
            (
                (0.2, 0.1, 0.1 / math.sqrt(3)),
                "The limit is √3 times the std, not the std divided by √3.",
            ),
            ((0.2, math.sqrt(0.005), math.sqrt(0.015)), "Glorot's root has a 2 above both fans."),
            ((0.2, 0.1, math.sqrt(0.12)), "The limit is asked for Glorot's std, not for He's."),
            (
                (0.04, 0.01, math.sqrt(3e-4)),
                "The first two are variances; take the roots, and the limit from Glorot's root.",
            ),
        ],
    )


def exercise_2(he_uniform: Callable) -> None:
    """Your own `he_uniform`"""

    def uniform(limit, low=-1):
        return lambda n, m, seed: np.random.default_rng(seed).uniform(
            low * limit(n, m), limit(n, m), (n, m)
        )

    def he(n, m):
        return math.sqrt(6 / n)

    check_function(
        he_uniform,
        [((n, m, 1), uniform(he)(n, m, 1)) for n, m in [(3, 2), (100, 5)]],
        names=("fan_in", "fan_out", "seed"),
        hint="Which limit belongs to a uniform of He's std? And use default_rng(seed).uniform.",
        mistakes=[
            (uniform(lambda n, m: math.sqrt(2 / n)), "That limit is the std itself."),
            (
                uniform(lambda n, m: math.sqrt(6 / (n + m))),
                "That is Glorot's limit; He looks at fan_in only.",
            ),
            (
                uniform(he, low=0),
                "The weights must lie around 0: from minus the limit to the limit.",
            ),
            (uniform(lambda n, m: math.sqrt(6 / m)), "He looks at fan_in, not at fan_out."),
            (uniform(lambda n, m: math.sqrt(3 / n)), "That is LeCun's: one factor 2 less."),
        ],
    )


def exercise_3(leaky_gain: Callable) -> None:
    """The factor of a leaky ReLU"""
    check_function(
        leaky_gain,
        [((0.0,), math.sqrt(2)), ((0.2,), math.sqrt(2 / 1.04)), ((1.0,), 1.0)],
        hint="Add what the right half hands on of the mean square, and the left half.",
        mistakes=[
            (lambda a: 2 / (1 + a**2), "That is the square; take the root."),
            (lambda a: math.sqrt((1 + a**2) / 2), "So much comes out; the gain makes up for it."),
            (
                lambda a: (1 + a**2) / 2,
                "So much of the mean square comes out; what makes up for it?",
            ),
            (lambda a: math.sqrt(2 / (1 + a)), "In a square the slope counts squared."),
            (lambda a: math.sqrt(2) / (1 + a**2), "The root is over the whole fraction."),
            (lambda a: math.sqrt(2) / (1 + a), "Square the slope α, not the sum 1 + α."),
        ],
    )


def exercise_4(broken_symmetry: Callable) -> None:
    """Do they stay together?"""
    check(
        broken_symmetry(),
        "b",
        hint="The gradient of a hidden unit is multiplied by its outer weight.",
        mistakes=[
            ("a", "It would be zero if the outer weights were zero as well."),
            (
                "c",
                "Equal inputs, yes; but what comes back depends on the outer weight.",
            ),
            ("d", "Their gradient contains the hidden outputs, tanh(0) = 0."),
        ],
    )


def exercise_5(elu_scale: Callable) -> None:
    """An experiment: a scale for ELU"""
    check(
        elu_scale(),
        1.3,
        hint="Print the root mean square of the last layer for each of the seven scales.",
        mistakes=[
            (1.25, "Choose among the seven scales: thirty layers are not one."),
            (
                1.2,
                "There the root mean square falls to about 0.6; does another scale miss by less?",
            ),
            (1.4, "There the root mean square has more than doubled; does another miss by less?"),
            (0.13, "That is s / 10, what through() gets; the scale s is asked for."),
            (1.0, "With the gain of a linear layer the signal fades."),
            (1.6, "There the signal explodes."),
        ],
    )
