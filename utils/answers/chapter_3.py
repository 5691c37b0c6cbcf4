"""Answers to the exercises of chapter 3. Reading on shows what the checks compare with."""

import functools
import math
from collections.abc import Callable

from utils.check import NotYet, check, check_function


def exercise_1(border: Callable) -> None:
    """The border, by hand"""
    check(
        border(),
        1 / 3,
        hint="By what does a step multiply the distance w - 2? When does that no longer shrink it?",
        mistakes=[
            (1.0, "That is the border of (w + 1)²; this valley is sharper."),
            (1 / 6, "There one step lands on the minimum. The border lies farther out."),
            (2 / 3, "The curvature is the second derivative, not the number in front."),
        ],
    )


def exercise_2(decayed: Callable) -> None:
    """Decay with stairs"""
    check_function(
        decayed,
        [
            ((0.2, 0.5, 10, 0, False), 0.2),
            ((0.2, 0.9, 10, 5, False), 0.2 * 0.9**0.5),
            ((0.2, 0.5, 10, 19, True), 0.1),
            ((0.2, 0.5, 10, 20, True), 0.05),
            ((0.3, 0.9, 4, 7, True), 0.27),
        ],
        names=("base", "decay", "step", "k", "staircase"),
        hint="How often has the decay been applied by step k? On stairs only whole times count.",
        mistakes=[
            (
                lambda base, decay, step, k, staircase=False: (
                    math.floor(base * decay ** (k / step)) if staircase else math.nan
                ),
                "Round the exponent, not the rate.",
            ),
            (lambda base, decay, step, k, staircase=False: base * decay**k, "Where is step?"),
            (
                lambda base, decay, step, k, staircase=False: base * decay**k / step,
                "The exponent is k / step: it needs brackets.",
            ),
            (
                lambda base, decay, step, k, staircase=False: base * decay ** (k / step),
                "That is smooth; with stairs the rate must not change within step steps.",
            ),
            (
                lambda base, decay, step, k, staircase=False: base * decay ** (k // step),
                "That is on stairs; without them the rate falls at every step.",
            ),
            (
                lambda base, decay, step, k, staircase=False: base * decay ** math.ceil(k / step),
                "Rounded the wrong way: the drop comes too early.",
            ),
            (
                lambda base, decay, step, k, staircase=False: base * (1 - decay) ** (k / step),
                "decay is the share that is kept of the rate, not the share that it loses.",
            ),
        ],
    )


def exercise_3(epochs_needed: Callable) -> None:
    """How many epochs?"""
    negative = (
        "Beyond lr = 0.5 the factor 1 - 2 lr is negative and has no logarithm. "
        "What about it says how fast the distance shrinks?"
    )

    @functools.wraps(epochs_needed)
    def needed_or_why_not(*arguments, **named):
        try:
            return epochs_needed(*arguments, **named)
        except ValueError as error:  # of `math.log`, or of rounding what `np.log` says
            if named.get("lr", *arguments[:1]) < 0.5:
                raise
            raise NotYet(
                f"Not yet: epochs_needed ended in a ValueError: {error}.", f"Hint: {negative}"
            ) from error

    check_function(
        needed_or_why_not,
        [
            ((0.05, 1e-3), 83),
            ((0.2, 1e-3), 18),
            ((0.9, 1e-3), 39),
            ((0.001, 1e-3), 4346),
            ((0.2, 0.5), 5),
        ],
        names=("lr", "goal"),
        hint="How far is it after k epochs? Set that equal to the goal and solve for k.",
        mistakes=[
            (
                lambda lr, goal: math.floor(_epochs(lr, goal)),
                "After that many epochs it is still above the goal.",
            ),
            (_epochs, "Nearly: epochs are whole numbers. To which side must it be rounded?"),
            (
                lambda lr, goal: math.ceil(_epochs(lr, goal, start=1)),
                "From which distance does the path start?",
            ),
            (
                lambda lr, goal: math.ceil(_epochs(lr, goal, start=5)),
                "The path starts at w = 5. How far is that from the minimum?",
            ),
            (math.nan, negative),
        ],
    )


def exercise_4(reason: Callable) -> None:
    """Why does it stall?"""
    check(
        reason(),
        "b",
        hint="Train so with descend, and look at w, the slope 2 (w + 1) and lr side by side.",
        mistakes=[
            ("a", "The slope at -0.277 is 2 · 0.723: it still pulls."),
            ("c", "Numbers near -0.277 are 3·10⁻⁸ apart: far finer than the 0.723 still to go."),
            ("d", "Jumping needs a factor below 0; the first one is 0.8."),
        ],
    )


def exercise_5(fastest_decay: Callable) -> None:
    """An experiment: how slow must decay be?"""
    check(
        fastest_decay(),
        0.95,
        hint="Train with exponential(0.2, decay, 1) and look at |w + 1| at the end.",
        mistakes=[
            *((n / 100, "It ends farther than 0.001 from the minimum.") for n in range(1, 95)),
            *((n / 100, "It arrives. Does a faster one, too?") for n in range(96, 101)),
        ],
    )


def _epochs(lr, goal, start=6):
    """Return how many epochs it takes on (w + 1)² from the distance `start`, with a fraction."""
    return math.log(goal / start) / math.log(abs(1 - 2 * lr))
