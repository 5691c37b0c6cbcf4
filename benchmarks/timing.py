"""Clocks for benchmarks."""

import statistics
import time
from collections.abc import Callable
from typing import Any


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that one call takes, and what it returns."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def first_and_later(work: Callable[[], Any], repeats: int = 20) -> tuple[float, float, Any]:
    """Seconds of the first call, median seconds of `repeats` further ones, and the last result."""
    first, _ = timed(work)
    later = [timed(work) for _ in range(repeats)]
    return first, statistics.median(seconds for seconds, _ in later), later[-1][1]
