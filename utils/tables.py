"""Results as people write them: a number in few characters, a table instead of a printed dict."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from IPython.display import Markdown

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# A hyphen before a number, and behind none; or that of 1e-05.
_HYPHEN = re.compile(r"(?<!\w)-(?=\.?\d|inf)|(?<=\de)-(?=\d)")


def table(
    head: Iterable[Any],
    *rows: Iterable[Any],
    numbers: bool = False,
    write: Callable[[Any], str] = str,
) -> Markdown:
    """A table that Jupyter, Colab and the site draw; it is a cell's last value.

    Args:
        head: the columns' names.
        rows: as many entries each.
        numbers: True sets the columns right, and writes a minus as such.
        write: how an entry becomes text.

    >>> print(table(["epoch", "w"], [0, 5.0], [1, -2.6], numbers=True).data)
    | epoch | w |
    | ---: | ---: |
    | 0 | 5.0 |
    | 1 | −2.6 |
    """
    body = [[write(entry) for entry in row] for row in rows]
    if numbers:
        body = [[minus(entry) for entry in row] for row in body]
    names = [write(name) for name in head]
    lines = [names, ["---:" if numbers else "---"] * len(names), *body]
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


def short(number: float, digits: int = 4, *, least: float = 1e-3) -> str:
    """A number in few characters, rounded to `digits` digits (1 to 4).

    Below `least` and from 10,000 on it is written with a power of ten, and two digits.

    >>> [short(x) for x in (0.0887, 8818.6, -1.6e-13, 0.0)]
    ['0.0887', '8,819', '−1.6·10⁻¹³', '0']
    """
    number = float(f"{number:.{digits}g}")
    if number == 0 or least <= abs(number) < 1e4:
        return minus(f"{number:,.4g}")
    figures, power = f"{number:.1e}".split("e")
    return minus(f"{figures}·10{raised(int(power))}")


def minus(text: str) -> str:
    """A text with the minus sign before its numbers, where Python writes a hyphen.

    Hyphens between words and between numbers, as in 784-100-10, stay.

    >>> minus("a well-kept -0.5, 1e-05, 784-100-10")
    'a well-kept −0.5, 1e−05, 784-100-10'
    """
    return _HYPHEN.sub("−", text)


def raised(power: int) -> str:
    """A power as it stands at the upper right of a number.

    >>> f"10{raised(-12)}"
    '10⁻¹²'
    """
    return str(power).translate(_RAISED)
