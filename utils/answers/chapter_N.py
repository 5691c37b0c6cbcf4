"""The answers to `chapters/_template.ipynb`, and the model for a new chapter's."""

from collections.abc import Callable

from utils.check import check


def exercise_1(answer: Callable) -> None:
    """A number"""
    check(answer(), 0.3, hint="What leads there, without giving it away.")
