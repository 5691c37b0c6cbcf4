"""What the table of the benchmarks says; what they measure is not tested, least of all times."""

import pytest

from benchmarks import table
from benchmarks.table import Row, at_most, exactly, faster


@pytest.mark.parametrize(
    ("value", "verdict"), [(0, "ok"), (4.99, "ok"), (5, "ok"), (5.01, "missed"), (50, "missed")]
)
def test_what_should_be_small_is_ok_up_to_its_limit(value, verdict):
    assert at_most("slider", value, 5, "ms").verdict == verdict


@pytest.mark.parametrize(
    ("seconds", "ratio", "verdict"), [(0.01, "499 ×", "missed"), (0.00998, "500 ×", "ok")]
)
def test_the_ratio_is_the_rival_over_ours_and_ok_from_its_limit(seconds, ratio, verdict):
    row = faster("descend", seconds, 4.99, 500)
    assert row.measured.split(" (")[0] == ratio
    assert row.verdict == verdict


def test_a_slower_way_has_a_ratio_below_one():
    assert faster("slower", 4, 1).measured == "0.25 × (1 s → 4 s)"


def test_without_a_limit_there_is_no_verdict():
    assert (faster("a", 1, 2).budget, faster("a", 1, 2).verdict) == ("", "")


@pytest.mark.parametrize(
    ("found", "measured", "verdict"),
    [
        (["b", "a"], "a, b", "ok"),
        (["a"], "a (missing: b)", "missed"),
        (["a", "b", "c"], "3 of them (not wanted: c)", "missed"),
        ([], "none (missing: a, b)", "missed"),
    ],
)
def test_names_must_be_the_same_set_and_the_difference_is_named(found, measured, verdict):
    row = exactly("ran again", found, {"a", "b"})
    assert (row.measured, row.budget, row.verdict) == (measured, "a, b", verdict)


def test_the_table_aligns_its_columns_and_counts_what_is_missed():
    rows = [Row("x", "1 s"), at_most("a longer one", 70, 60, "ms"), at_most("y", 1, 5, "ms")]
    assert table.table(rows).split("\n") == [
        "what          measured  budget",
        "------------  --------  -------  ------",
        "x             1 s",
        "a longer one  70 ms     ≤ 60 ms  missed",
        "y             1 ms      ≤ 5 ms   ok",
        "",
        "1 of 2 budgets missed.",
    ]
