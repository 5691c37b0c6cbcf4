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
            (_for_steep_one, "Your learning rate is right for a2 = 1 only."),
            (_of_descent, "That is the best rate of gradient descent."),
            (_without_square, "Both values are squares in the end."),
            (_root_of_beta, "Your lr is right; what you return as beta is its root."),
            (_root_of_lr, "Your beta is right; what you return as lr is its root."),
            (_whole_condition, "Into beta goes the root of the condition number."),
        ],
    )


def _for_steep_one(a1, a2):
    root = np.sqrt(a2 / a1)
    return 4 / (1 + 1 / root) ** 2, ((root - 1) / (root + 1)) ** 2


def _of_descent(a1, a2):
    root = np.sqrt(a2 / a1)
    return 2 / (a1 + a2), ((root - 1) / (root + 1)) ** 2


def _without_square(a1, a2):
    root = np.sqrt(a2 / a1)
    return 2 / (np.sqrt(a1) + np.sqrt(a2)), (root - 1) / (root + 1)


def _root_of_beta(a1, a2):
    root = np.sqrt(a2 / a1)
    return 4 / (np.sqrt(a1) + np.sqrt(a2)) ** 2, (root - 1) / (root + 1)


def _root_of_lr(a1, a2):
    root = np.sqrt(a2 / a1)
    return 2 / (np.sqrt(a1) + np.sqrt(a2)), ((root - 1) / (root + 1)) ** 2


def _whole_condition(a1, a2):
    kappa = a2 / a1
    return 4 / (np.sqrt(a1) + np.sqrt(a2)) ** 2, ((kappa - 1) / (kappa + 1)) ** 2


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
            (_uncorrected, "That is RMSProp as it was, without a fair start."),
            (_kept_corrected, "The step is right. Which v does the next step need?"),
            (
                _subtracted,
                "The step is what is subtracted from w, as in the rules above: no minus.",
            ),
            (_epsilon_inside, "Where is your epsilon, inside the root or outside?"),
            (_without_epsilon, "Where is your epsilon?"),
            (_first_weight, "After t steps, what do the weights inside v add up to?"),
            (
                _corrected_rate,
                "That is Keras' form: its epsilon meets the uncorrected root. Add yours to the "
                "corrected one.",
            ),
        ],
    )


def _uncorrected(g, v, t, lr, beta_2, epsilon):
    v = beta_2 * v + (1 - beta_2) * g**2
    return lr * g / (np.sqrt(v) + epsilon), v


def _kept_corrected(g, v, t, lr, beta_2, epsilon):
    v = (beta_2 * v + (1 - beta_2) * g**2) / (1 - beta_2**t)
    return lr * g / (np.sqrt(v) + epsilon), v


def _subtracted(g, v, t, lr, beta_2, epsilon):
    v = beta_2 * v + (1 - beta_2) * g**2
    return -lr * g / (np.sqrt(v / (1 - beta_2**t)) + epsilon), v


def _epsilon_inside(g, v, t, lr, beta_2, epsilon):
    v = beta_2 * v + (1 - beta_2) * g**2
    return lr * g / np.sqrt(v / (1 - beta_2**t) + epsilon), v


def _without_epsilon(g, v, t, lr, beta_2, epsilon):
    v = beta_2 * v + (1 - beta_2) * g**2
    return lr * g / np.sqrt(v / (1 - beta_2**t)) if g else 0.0, v


def _first_weight(g, v, t, lr, beta_2, epsilon):
    v = beta_2 * v + (1 - beta_2) * g**2
    return lr * g / (np.sqrt(v / (1 - beta_2)) + epsilon), v


def _corrected_rate(g, v, t, lr, beta_2, epsilon):
    v = beta_2 * v + (1 - beta_2) * g**2
    return lr * np.sqrt(1 - beta_2**t) * g / (np.sqrt(v) + epsilon), v


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
            (0.95, "Is that the lowest median, or the lowest of the worst trainings?"),
            (0.0, "That has the highest median of the five."),
        ],
    )
