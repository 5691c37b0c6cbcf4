"""Answers to the exercises of chapter 2. Reading on shows what the checks compare with."""

from collections.abc import Callable
from itertools import pairwise

from utils.check import check, check_function


def exercise_1(five_eight_three: Callable) -> None:
    """By hand"""
    check(
        five_eight_three(),
        (75, 64),
        hint="Layer by layer: inputs times units, and a bias for each unit.",
        mistakes=[
            ((64, 75), "The parameters come first, then the multiply-adds."),
            ((64, 64), "The parameters include the biases, one for each unit."),
            ((75, 75), "A bias is added, not multiplied: it is no multiply-add."),
            ((80, 64), "The inputs have no biases: they compute nothing."),
            ((75, 128), "A multiplication and its addition together are one multiply-add."),
            ((75, 139), "Those are FLOPs; a multiply-add is a multiplication with its addition."),
        ],
    )


def exercise_2(with_norm: Callable) -> None:
    """With batch normalisation"""
    check_function(
        with_norm,
        [
            (((3, 4, 2),), (34, 8)),
            (((784, *[100] * 20, 10),), (275_410, 4_000)),
            (((4, 3),), (15, 0)),
        ],
        hint="Four numbers for each hidden unit: two are learnt, two are not.",
        mistakes=[
            (lambda sizes: _norm(sizes, sum(sizes[1:])), "The output layer is not a hidden layer."),
            (lambda sizes: _norm(sizes, sum(sizes[:-1])), "The inputs are not a hidden layer."),
            (
                lambda sizes: _norm(sizes, sum(sizes[1:-1]))[::-1],
                "First what is learnt, then what is not.",
            ),
            (
                lambda sizes: (sum(_norm(sizes, sum(sizes[1:-1]))), 2 * sum(sizes[1:-1])),
                "The first number is what is learnt, not all that is kept.",
            ),
            (
                lambda sizes: (_norm(sizes, 0)[0], 2 * sum(sizes[1:-1])),
                "The scale and the shift are learnt too.",
            ),
            (
                lambda sizes: (_norm(sizes, 0)[0], 4 * sum(sizes[1:-1])),
                "The scale and the shift are learnt too.",
            ),
        ],
    )


def _norm(sizes, normed):
    """Numbers learnt and not learnt, if `normed` units are normalised."""
    dense = sum(a * b + b for a, b in pairwise(sizes))
    return dense + 2 * normed, 2 * normed


def exercise_3(widest: Callable) -> None:
    """The widest network for the money"""
    check_function(
        widest,
        [
            ((79_510, 1), 100),
            ((271_410, 20), 100),
            ((271_409, 20), 99),
            ((10**6, 5), 410),
        ],
        names=("budget", "layers"),
        hint="Raise the width while the next larger one still fits.",
        mistakes=[
            (_too_wide, "That one is too expensive already; keep the last that fits."),
            (lambda budget, layers: _too_wide(budget, layers) - 2, "One wider still fits."),
        ],
    )


def _too_wide(budget, layers):
    """The smallest width that costs more than the budget."""
    width = 1
    while 785 * width + (layers - 1) * width * (width + 1) + 10 * width + 10 <= budget:
        width += 1
    return width


def exercise_4(memory_reason: Callable) -> None:
    """Why did the memory run out?"""
    check(
        memory_reason(),
        "c",
        hint="Look for the part of the formula that holds the batch.",
        mistakes=[
            ("a", "model.summary() knows the parameters without knowing the batch."),
            ("b", "The slots belong to the parameters, not to the examples."),
            ("d", "The matrix product adds over the examples as it goes."),
        ],
    )


def exercise_5(tipping_width: Callable) -> None:
    """An experiment: where is the bulk?"""
    check(
        tipping_width(),
        40,
        hint="parameters(…) lists the layers: compare the first with all others.",
        mistakes=[
            (39, "Very near. Compare the two sums at this width and at both its neighbours."),
            (41, "Very near. Are the biases counted, and the output layer among the others?"),
        ],
    )
