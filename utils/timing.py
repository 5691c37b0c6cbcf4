"""How long something takes."""

from collections.abc import Callable
from time import perf_counter
from typing import Any


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that one call takes, and what it returns.

    Args:
        run: a function without arguments, which waits for its result.

    >>> timed(lambda: 6 * 7)[1]
    42
    """
    start = perf_counter()
    result = run()
    return perf_counter() - start, result


def milliseconds(run: Callable[[], Any], repeat: int = 20) -> float:
    """The time of the shortest of several runs, after one that does not count.

    The first run may compile something. Of the others, the shortest was disturbed least by
    whatever else the computer had to do.

    Args:
        run: a function without arguments. It must wait for its result: TensorFlow may return a
            tensor before its numbers are there, `.numpy()` waits for them.
        repeat: how many runs are timed, >= 1.
    Returns:
        Milliseconds.
    Raises:
        ValueError: `repeat` is below 1; whatever `run` raises.

    >>> milliseconds(lambda: sum(range(1000)), repeat=3) < 1000
    True
    """
    if repeat < 1:
        raise ValueError(f"milliseconds() needs repeat >= 1, got {repeat}. Leave it out for 20.")
    run()
    return 1000 * min(timed(run)[0] for _ in range(repeat))
