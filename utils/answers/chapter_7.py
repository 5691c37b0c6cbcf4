"""Answers to the exercises of chapter 7. Reading on shows what the checks compare with."""

from collections.abc import Callable

import numpy as np

from utils.check import check, check_function


def exercise_1(four_numbers: Callable) -> None:
    """Four numbers, by hand"""
    n = np.array([-3, -1, 1, 3])
    check(
        four_numbers(),
        2 * n / np.sqrt(5) + 1,
        hint="In this order: mean, variance, standard deviation, then gamma and beta.",
        mistakes=[
            (n / np.sqrt(5), "These are normalised; gamma and beta are still missing."),
            (2 * n / np.sqrt(5), "Beta is still missing."),
            (n / np.sqrt(5) + 1, "Is gamma there, and is the sum of squares divided by B?"),
            (2 * n / np.sqrt(20 / 3) + 1, "BN divides by B = 4, not by B - 1."),
            (2 * n / 5 + 1, "Divide by the standard deviation, not by the variance."),
            (2 * (n + 4) / np.sqrt(5) + 1, "The mean is not subtracted yet."),
            (2 * (n / np.sqrt(5) + 1), "Gamma scales first; then beta shifts."),
        ],
        rtol=1e-3,  # four digits, from paper
    )


def exercise_2(normalise: Callable) -> None:
    """BN at inference"""
    one_picture, ones = np.array([[3.0, -1.0]], "float32"), np.ones(2, "float32")
    check_function(
        normalise,
        [
            ((one_picture, 0 * ones, 0.999 * ones, 1.0, 0.0), one_picture),
            ((one_picture, ones, 3.999 * ones, np.array([1, 2], "float32"), 0.5), [[1.5, -1.5]]),
        ],
        names=("z", "moving_mean", "moving_variance", "gamma", "beta"),
        hint="The formula of training, with other statistics. Where did epsilon go?",
        mistakes=[
            (np.zeros((1, 2)), "That is the mean of the batch; use the moving one."),
            (
                np.full((1, 2), 0.5),
                "That is the mean of the batch; use the moving one.",
            ),
            (_mean_kept, "The moving mean is not subtracted yet."),
            (_by_row, "That is layer normalisation, by one example's units; BN goes unit by unit."),
            (_beta_first, "Gamma scales first; then beta shifts."),
            (_by_variance, "Divide by a standard deviation, not by a variance."),
            (_no_gamma, "Gamma is still missing."),
            (_no_beta, "Beta is still missing."),
            (_only_normalised, "These are normalised; gamma and beta are still missing."),
            (_epsilon_outside, "Epsilon is added to the variance, inside the root."),
        ],
    )


def _normalised(z, mean, variance, gamma=1.0, beta=0.0):
    return gamma * (z - mean) / np.sqrt(variance + 1e-3) + beta


def _mean_kept(z, moving_mean, moving_variance, gamma, beta):
    return _normalised(z, 0, moving_variance, gamma, beta)


def _by_row(z, moving_mean, moving_variance, gamma, beta):
    return _normalised(z, z.mean(axis=1, keepdims=True), z.var(axis=1, keepdims=True), gamma, beta)


def _by_variance(z, moving_mean, moving_variance, gamma, beta):
    return gamma * (z - moving_mean) / (moving_variance + 1e-3) + beta


def _only_normalised(z, moving_mean, moving_variance, gamma, beta):
    return _normalised(z, moving_mean, moving_variance)


def _no_gamma(z, moving_mean, moving_variance, gamma, beta):
    return _normalised(z, moving_mean, moving_variance, beta=beta)


def _no_beta(z, moving_mean, moving_variance, gamma, beta):
    return _normalised(z, moving_mean, moving_variance, gamma)


def _beta_first(z, moving_mean, moving_variance, gamma, beta):
    return gamma * _normalised(z, moving_mean, moving_variance, beta=beta)


def _epsilon_outside(z, moving_mean, moving_variance, gamma, beta):
    return gamma * (z - moving_mean) / (np.sqrt(moving_variance) + 1e-3) + beta


def exercise_3(dropout_1: Callable) -> None:
    """The other dropout"""
    h3, keep3 = np.array([1, 2, 4], "float32"), np.array([True, False, True])
    check_function(
        dropout_1,
        [
            ((h3, 0.2, keep3, True), [1.0, 0.0, 4.0]),
            ((h3, 0.2, keep3, False), [0.8, 1.6, 3.2]),
        ],
        names=("h", "rate", "keep", "training"),
        hint="Which of the two modes draws, and which one scales?",
        mistakes=[
            ([0.0, 2.0, 0.0], "Where keep is True, the output stays."),
            (_divides, "At inference multiply by the probability of being kept; do not divide."),
            ([1.25, 0.0, 5.0], "That is Keras' way, which scales in training."),
            (_drops_always, "At inference nothing is dropped; every output is scaled."),
            ([0.8, 0.0, 3.2], "In training the older way does not scale."),
            ([0.2, 0.4, 0.8], "A share of 1 - rate survives, not of rate."),
            (_never_scales, "Right in training; at inference something is still missing."),
            (h3, "In training the outputs whose keep is False become 0."),
        ],
    )


def _drops_always(h, rate, keep, training):
    return keep * h * (1 if training else 1 - rate)


def _divides(h, rate, keep, training):
    return keep * h if training else h / (1 - rate)


def _never_scales(h, rate, keep, training):
    return keep * h if training else h


def exercise_4(reason: Callable) -> None:
    """Why a guess?"""
    check(
        reason(),
        "b",
        hint="What does a BN layer use in inference, and how does that come about?",
        mistakes=[
            ("a", "Overfitting would leave more than a guess, and would not go away."),
            ("c", "A large batch knows the variance better than a small one does."),
            ("d", "In inference BN does not look at the batch at all."),
        ],
    )


def exercise_5(best_momentum: Callable) -> None:
    """An experiment: the momentum for a short training"""
    check(
        best_momentum(),
        0.95,
        hint="Average |moving mean - 10| over features drawn with different seeds.",
        mistakes=[
            (0.99, "How much of the start is left after 100 calls?"),
            (0.98, "How much of the start is left after 100 calls?"),
            (0.5, "It remembers two batches only, and trembles with them."),
            (0.8, "It remembers five batches or so, and trembles with them."),
            (0.9, "It is warm after 100 calls. Does it have to tremble so much?"),
        ],
    )
