"""Numbers as people write them."""

import pytest

from utils.tables import minus, raised, short, table


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-0.5", "−0.5"),
        ("w is -.5, at x = -2", "w is −.5, at x = −2"),
        ("(-1, -2)", "(−1, −2)"),
        ("3e-05", "3e−05"),
        ("-inf", "−inf"),
        ("784-100-10", "784-100-10"),
        ("a well-known half-wave - or not", "a well-known half-wave - or not"),
        ("- - dashed", "- - dashed"),
    ],
)
def test_a_minus_is_no_hyphen(text, expected):
    assert minus(text) == expected


@pytest.mark.parametrize(("power", "expected"), [(0, "⁰"), (12, "¹²"), (-307, "⁻³⁰⁷")])
def test_powers_are_raised(power, expected):
    assert raised(power) == expected


def test_a_table_of_numbers_has_minus_signs_and_names_as_they_are():
    assert table(["x-y"], [-1.5], numbers=True).data.splitlines()[::2] == ["| x-y |", "| −1.5 |"]
    assert table(["x"], [-1.5]).data.splitlines()[2] == "| -1.5 |"


@pytest.mark.parametrize(
    ("number", "expected"), [(-2.0, "−2"), (2e-10, "2.0·10⁻¹⁰"), (-31400.0, "−3.1·10⁴")]
)
def test_short_numbers(number, expected):
    assert short(number) == expected
