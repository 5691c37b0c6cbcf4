"""The one table that all benchmarks print: what | measured | budget | ok or missed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

_HEAD = ("what", "measured", "budget", "")


@dataclass(frozen=True)
class Row:
    """One line of the table; `ok` is None where there is no budget, or nothing to hold against it.

    Rows are made by the functions below, which compare and format.
    """

    what: str
    measured: str
    budget: str = ""
    ok: bool | None = None

    @property
    def verdict(self) -> str:
        """ "ok", "missed", or "" without a budget."""
        return {True: "ok", False: "missed", None: ""}[self.ok]


def at_most(what: str, value: float, limit: float, unit: str, *, note: str = "") -> Row:
    """A row for what should be small: at the limit is still ok; `note` follows in brackets.

    >>> at_most("one redraw, p95", 43.21, 60, "ms", note="p50 39 ms")
    Row(what='one redraw, p95', measured='43.2 ms (p50 39 ms)', budget='≤ 60 ms', ok=True)
    """
    measured = _noted(_with(value, unit), note)
    return Row(what, measured, f"≤ {_with(limit, unit)}", bool(value <= limit))


def at_least(what: str, value: float, limit: float, unit: str, *, note: str = "") -> Row:
    """A row for what should be large: at the limit is still ok; `note` follows in brackets.

    >>> at_least("score", 89, 90, "")
    Row(what='score', measured='89', budget='≥ 90', ok=False)
    """
    measured = _noted(_with(value, unit), note)
    return Row(what, measured, f"≥ {_with(limit, unit)}", bool(value >= limit))


def faster(what: str, seconds: float, against: float, limit: float | None = None) -> Row:
    """A row for the ratio `against / seconds`, with a budget if it has a lower limit.

    Args:
        seconds: what our way takes, > 0.
        against: what the other way takes in the same run.

    >>> faster("descend", 0.002, 5.0, 500)
    Row(what='descend', measured='2,500 × (5 s → 2 ms)', budget='≥ 500 ×', ok=True)
    """
    ratio = against / seconds
    measured = _noted(_with(ratio, "×"), f"{duration(against)} → {duration(seconds)}")
    if limit is None:
        return Row(what, measured)
    return Row(what, measured, f"≥ {_with(limit, '×')}", bool(ratio >= limit))


def exactly(what: str, found: Collection[str], wanted: Collection[str], *, note: str = "") -> Row:
    """A row for names that must be these and no others, in any order; more than two are counted.

    >>> exactly("ran again", ["b", "a"], {"a", "c"}, note="3 s")
    Row(what='ran again', measured='a, b (3 s; not wanted: b; missing: c)', budget='a, c', ok=False)
    """
    extra, missing = set(found) - set(wanted), set(wanted) - set(found)
    notes = [note] if note else []
    notes += [f"not wanted: {', '.join(sorted(extra))}"] if extra else []
    notes += [f"missing: {', '.join(sorted(missing))}"] if missing else []
    measured = _noted(_names(found), "; ".join(notes))
    return Row(what, measured, _names(wanted), not extra and not missing)


def number(value: float) -> str:
    """Three digits that count, or all digits before the point.

    >>> [number(value) for value in (0.01234, 5, 12.34, 999.6, 1234567.8)]
    ['0.0123', '5', '12.3', '1,000', '1,234,568']
    """
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def duration(seconds: float) -> str:
    """A time in the unit that suits it.

    >>> [duration(value) for value in (75, 1.5, 0.0123, 0.00047)]
    ['75 s', '1.5 s', '12.3 ms', '0.47 ms']
    """
    return f"{number(seconds)} s" if seconds >= 1 else f"{number(seconds * 1000)} ms"


def table(rows: Sequence[Row]) -> str:
    """The rows below a head, in columns as wide as they need, and how many budgets are missed."""
    lines = [_HEAD, *((row.what, row.measured, row.budget, row.verdict) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, tuple("-" * width for width in widths))
    text = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    held = [row.ok for row in rows if row.ok is not None]
    return "\n".join([*text, "", f"{held.count(False)} of {len(held)} budgets missed."])


def _with(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".rstrip()


def _noted(text: str, note: str) -> str:
    return f"{text} ({note})" if note else text


def _names(names: Collection[str]) -> str:
    if len(names) > 2:
        return f"{len(names)} of them"
    return ", ".join(sorted(names)) or "none"
