"""Clocks for benchmarks."""

import statistics
from collections.abc import Callable
from typing import Any

from utils.timing import timed


def first_and_later(work: Callable[[], Any], repeats: int = 20) -> tuple[float, float, Any]:
    """Seconds of the first call, median seconds of `repeats` further ones, and the last result."""
    first, _ = timed(work)
    later = [timed(work) for _ in range(repeats)]
    return first, statistics.median(seconds for seconds, _ in later), later[-1][1]
