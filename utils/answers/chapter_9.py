"""Answers to the exercises of chapter 9. Reading on shows what the checks compare with."""

from collections.abc import Callable

from utils.check import check, check_function


def exercise_1(four_workers: Callable) -> None:
    """By hand"""
    check(
        four_workers(),
        27,
        hint="Only the work is divided among the workers.",
        mistakes=[
            (18, "You divided the fixed cost as well."),
            (15, "That is the work alone; the fixed cost comes first."),
            (60 / 27, "That is the speed-up; seconds are asked for."),
            (63, "The fixed cost is paid once: the four get ready at the same time."),
        ],
    )


def exercise_2(seconds: Callable) -> None:
    """The price of a block"""
    check_function(
        seconds,
        [((2, 4, 20, 10, 1), 22), ((4, 4, 60, 12, 2), 29), ((1, 3, 9, 0, 0.5), 10.5)],
        names=("workers", "blocks", "work", "fixed", "each"),
        hint="How many blocks does one worker get, one after the other?",
        mistakes=[
            (lambda n, b, w, f, e: f + w / n + b * e, "Each worker only has its share of blocks."),
            (lambda n, b, w, f, e: f + w / n, "And what do the blocks take?"),
            (lambda n, b, w, f, e: (f + w + b * e) / n, "The fixed cost is not divided."),
        ],
    )
