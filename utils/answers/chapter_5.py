"""Answers to the exercises of chapter 5. Reading on shows what the checks compare with."""

from collections.abc import Callable

import numpy as np

from utils.check import check, check_function


def exercise_1(share_with_too_many: Callable) -> None:
    """The baker's share, by hand"""
    check(
        share_with_too_many(),
        0.6,
        hint="Balance: cost · share too many = profit · share too few.",
        mistakes=[
            (0.4, "That is the share of days with too few."),
            (5 / 7, "The profit is 5 - 2, what is earned on a loaf, not its price."),
            (60, "A share lies between 0 and 1."),
        ],
    )


def exercise_2(pinball: Callable) -> None:
    """The quantile loss"""
    check_function(
        pinball,
        [
            ((_row(1, 2), _row(0, 4), 0.9), 0.55),
            ((_row(3), _row(3), 0.3), 0.0),
            ((_row(5, 5), _row(1, 1), 0.25), 1.0),
        ],
        names=("y", "forecast", "q"),
        hint="Which cost C and which profit P give P / (P + C) = q and C + P = 1?",
        mistakes=[
            (0.95, "Profit is q and cost is 1 - q; yours are the other way round."),
            (1.1, "Take the mean of the days, not the sum."),
            (-0.55, "A loss is not negative: in each branch, which of the two is larger?"),
            *(
                (wrong, "In one branch the difference has the wrong sign: which is larger there?")
                for wrong in (0.35, -0.35)
            ),
            (-0.95, "A loss is not negative: which branch belongs to which question?"),
        ],
    )


def _row(*numbers):
    """As in the chapter: float32, which NumPy and TensorFlow both take."""
    return np.array(numbers, "float32")


def exercise_3(cross_entropy: Callable) -> None:
    """Cross-entropy that survives"""
    check_function(
        cross_entropy,
        [
            ((_row(4, 6.5, 1.2), 0), 2.5834921),
            ((_row(0, 0, 0, 0), 2), np.log(4)),
            ((_row(0, 1000), 0), 1000.0),
            ((_row(-1000, -1000), 1), np.log(2)),
        ],
        names=("z", "label"),
        hint="Subtract the largest logit first, and take the logarithm on paper.",
        mistakes=[
            (np.inf, "Something has become 0 or infinite before its logarithm was taken."),
            (-2.5834921, "A surprise is not negative: mind the sign."),
        ],
    )


def exercise_4(diagnosis: Callable) -> None:
    """Why does nothing move?"""
    check(
        diagnosis(),
        "b",
        hint="For each of the four, ask how low the loss can get when 98 % are right.",
        mistakes=[
            ("a", "Then the accuracy would be creeping as well; it is at 98 %."),
            ("c", "Then the training loss would be small; this one is large."),
            ("d", "Clipping starts at a loss of 16 for one example."),
        ],
    )


def exercise_5(enough_points: Callable) -> None:
    """An experiment: more data"""
    check(
        enough_points(),
        640,
        hint="sweep over the ten draws, stacked; take w at the last step; np.median of data_loss.",
        mistakes=[
            (80, "That is what the training loss, or the lowest loss on the way, would say."),
            (320, "Close. Take the median of the ten, at the last step, and compare it with ln 2."),
            (1280, "That is enough. Is it the smallest of the five?"),
        ],
    )
