"""Answers to the exercises of chapter 6. Reading on shows what the checks compare with."""

from collections.abc import Callable

import numpy as np

from utils.check import check, check_function


def exercise_1(momentum_border: Callable) -> None:
    """The border of momentum, by hand"""
    check(
        momentum_border(),
        0.475,
        hint="Which product decides about stability, and what does beta do to its border?",
        mistakes=[
            (0.25, "That is the border of plain gradient descent."),
            (4.75, "That is the border of the averaged form."),
            (3.8, "That is the border for curvature 1."),
            (0.95, "The curvature is 8, not 4: the loss need not be written with a ½."),
            (
                0.2375,
                "Is the 2 of 2 (1 + beta) there, and is the curvature 8, not 16?",
            ),
            (30.4, "A steeper valley needs a smaller learning rate, not a larger one."),
            (3.8 / 8 / 2.8, "That is the border of Nesterov's momentum."),
        ],
    )


def exercise_2(best_for: Callable) -> None:
    """The best settings for any bowl"""
    check_function(
        best_for,
        [
            ((1.0, 1.0), (1.0, 0.0)),
            ((0.04, 1.0), (4 / 1.44, 4 / 9)),
            ((1.0, 100.0), (4 / 121, 81 / 121)),
        ],
        names=("a1", "a2"),
        hint="Let both directions sit on their curves, with the curvatures a1 and a2.",
        mistakes=[
            (lambda a1, a2: _best(a1 / a2, 1.0), "Your learning rate is right for a2 = 1 only."),
            (
                lambda a1, a2: (2 / (a1 + a2), _best(a1, a2)[1]),
                "That is the best rate of gradient descent.",
            ),
            (
                lambda a1, a2: (2 / (a1 + a2), _best(a1**2, a2**2)[1]),
                "Those are gradient descent's: its best rate, and the factor squared.",
            ),
            (
                lambda a1, a2: (_best(a1, a2)[0], _roots(a1**2, a2**2)[1]),
                "Into beta goes the root of the condition number, and a square is left to take.",
            ),
            (_roots, "Both values are squares in the end."),
            (
                lambda a1, a2: (_best(a1, a2)[0], _roots(a1, a2)[1]),
                "Your lr is right; what you return as beta is its root.",
            ),
            (
                lambda a1, a2: (_roots(a1, a2)[0], _best(a1, a2)[1]),
                "Your beta is right; what you return as lr is its root.",
            ),
            (
                lambda a1, a2: (_best(a1, a2)[0], _best(a1**2, a2**2)[1]),
                "Into beta goes the root of the condition number.",
            ),
            (lambda a1, a2: _best(a1, a2)[::-1], "lr comes first, then beta."),
        ],
    )


def _roots(a1, a2):
    """Return the square roots of the best learning rate and of the best beta."""
    flat, steep = np.sqrt(a1), np.sqrt(a2)
    return 2 / (flat + steep), (steep - flat) / (steep + flat)


def _best(a1, a2):
    return tuple(np.square(_roots(a1, a2)))


def exercise_3(fair: Callable) -> None:
    """RMSProp with a fair start"""
    check_function(
        fair,
        [
            ((4.0, 0.0, 1, 0.1, 0.9, 1e-7), (0.1, 1.6)),
            ((1.0, 1.6, 2, 0.1, 0.9, 1e-7), (0.1 / np.sqrt(1.54 / 0.19), 1.54)),
            ((0.5, 0.0, 1, 0.1, 0.9, 0.5), (0.05, 0.025)),
            ((0.0, 0.0, 1, 0.1, 0.9, 1e-7), (0.0, 0.0)),
        ],
        names=("g", "v", "t", "lr", "beta_2", "epsilon"),
        hint="Adam does it; take from it what concerns v, and mind what is kept for later.",
        mistakes=[
            (
                _with_step(lambda g, v, t, lr, beta_2, epsilon: lr * g / (np.sqrt(v) + epsilon)),
                "That is RMSProp as it was, without a fair start.",
            ),
            (_v_first, "The step comes first, then v."),
            (_kept_corrected, "The step is right. Which v does the next step need?"),
            (
                _with_step(
                    lambda g, v, t, lr, beta_2, epsilon: (
                        -lr * g / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
                    )
                ),
                "The step is what is subtracted from w, as in the rules above: no minus.",
            ),
            (
                _with_step(
                    lambda g, v, t, lr, beta_2, epsilon: (
                        lr * g / np.sqrt(v / (1 - beta_2**t) + epsilon)
                    )
                ),
                "Where is your epsilon, inside the root or outside?",
            ),
            (
                _with_step(
                    lambda g, v, t, lr, beta_2, epsilon: (
                        lr * g / np.sqrt(v / (1 - beta_2**t)) if g else 0.0
                    )
                ),
                "Where is your epsilon?",
            ),
            (
                _with_step(
                    lambda g, v, t, lr, beta_2, epsilon: (
                        lr * g / (np.sqrt(v / (1 - beta_2)) + epsilon)
                    )
                ),
                "After t steps, what do the weights inside v add up to?",
            ),
            (
                _with_step(
                    lambda g, v, t, lr, beta_2, epsilon: (
                        lr * np.sqrt(1 - beta_2**t) * g / (np.sqrt(v) + epsilon)
                    )
                ),
                "That is Keras' form: its epsilon meets the uncorrected root. Add yours to the "
                "corrected one.",
            ),
        ],
    )


def _with_step(step):
    """Return a fair() whose v is right, and whose step is what `step` makes of it."""

    def fair(g, v, t, lr, beta_2, epsilon):
        v = beta_2 * v + (1 - beta_2) * g**2
        return step(g, v, t, lr, beta_2, epsilon), v

    return fair


def _v_first(g, v, t, lr, beta_2, epsilon):
    v = beta_2 * v + (1 - beta_2) * g**2
    return v, lr * g / (np.sqrt(v / (1 - beta_2**t)) + epsilon)


def _kept_corrected(g, v, t, lr, beta_2, epsilon):
    v = (beta_2 * v + (1 - beta_2) * g**2) / (1 - beta_2**t)
    return lr * g / (np.sqrt(v) + epsilon), v


def exercise_4(reason: Callable) -> None:
    """Why does it wobble?"""
    check(
        reason(),
        "c",
        hint="What is g / sqrt(v) when all recent gradients are equally small?",
        mistakes=[
            ("a", "1 is below 2, and the border does not hold for RMSProp."),
            ("b", "The gradients here are far larger than any usual epsilon."),
            ("d", "That is Adagrad, and it would make the steps shorter."),
        ],
    )


def exercise_5(best_beta: Callable) -> None:
    """An experiment: the best β for iris"""
    check(
        best_beta(),
        0.99,
        hint="Train with train_iris, average over the last four steps, and take the median.",
        mistakes=[
            (0.95, "Is that the lowest median, the lowest mean, or the lowest worst training?"),
            (0.0, "That has the highest median of the five."),
        ],
    )
