"""A stopwatch whose clock is ours."""

import pytest
from messages import says

from utils import timing
from utils.timing import milliseconds


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still, and a function that lets it go on by so many seconds."""
    now = [0.0]
    monkeypatch.setattr(timing, "perf_counter", lambda: now[0])
    return lambda seconds: now.append(now.pop() + seconds)


def test_the_shortest_run_counts_and_the_first_does_not(clock):
    durations = iter([0.001, 0.5, 0.25, 1.0])
    assert milliseconds(lambda: clock(next(durations)), repeat=3) == 250
    assert list(durations) == []


@pytest.mark.parametrize("repeat", [0, -1])
def test_no_run_at_all(repeat):
    with pytest.raises(ValueError, match="repeat") as caught:
        milliseconds(int, repeat=repeat)
    says(caught.value, "milliseconds()", "repeat >= 1", str(repeat), way_out="leave it out")


def test_an_error_of_what_is_timed_comes_through():
    with pytest.raises(ZeroDivisionError):
        milliseconds(lambda: 1 / 0)
