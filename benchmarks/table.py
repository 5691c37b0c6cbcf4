"""The one table that all benchmarks print, row by row: verdict | budget | what | measured."""

import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass

# Widths that nearly all rows keep to: a row is printed before the next one is known.
_FORM = "{:<6}  {:<10}  {:<68}  {}"
HEAD = _FORM.format("", "budget", "what", "measured")


@dataclass(frozen=True)
class Row:
    """One line of the table; its verdict is "ok", "missed", "failed", or "" without a budget.

    Rows are made by the functions below, which compare and format.
    """

    what: str
    measured: str
    budget: str = ""
    verdict: str = ""


def at_most(what: str, value: float, limit: float, unit: str, *, note: str = "") -> Row:
    """A row for what should be small: at the limit is still ok; `note` follows in brackets.

    >>> at_most("one redraw, p95", 43.21, 60, "ms", note="p50 39 ms")
    Row(what='one redraw, p95', measured='43.2 ms (p50 39 ms)', budget='≤ 60 ms', verdict='ok')
    """
    measured = _noted(_with(value, unit), note)
    return Row(what, measured, f"≤ {_with(limit, unit)}", _verdict(value <= limit))


def at_least(what: str, value: float, limit: float, unit: str, *, note: str = "") -> Row:
    """A row for what should be large: at the limit is still ok; `note` follows in brackets.

    >>> at_least("score", 89, 90, "")
    Row(what='score', measured='89', budget='≥ 90', verdict='missed')
    """
    measured = _noted(_with(value, unit), note)
    return Row(what, measured, f"≥ {_with(limit, unit)}", _verdict(value >= limit))


def faster(what: str, seconds: float, against: float, limit: float | None = None) -> Row:
    """A row for the ratio `against / seconds`, with a budget if it has a lower limit.

    Args:
        seconds: what our way takes, > 0.
        against: what the other way takes in the same run.

    >>> faster("descend", 0.002, 5.0, 500)
    Row(what='descend', measured='2,500 × (5 s → 2 ms)', budget='≥ 500 ×', verdict='ok')
    """
    ratio = against / seconds
    measured = _noted(_with(ratio, "×"), f"{duration(against)} → {duration(seconds)}")
    if limit is None:
        return Row(what, measured)
    return Row(what, measured, f"≥ {_with(limit, '×')}", _verdict(ratio >= limit))


def exactly(what: str, found: Collection[str], wanted: Collection[str], *, note: str = "") -> Row:
    """A row for names that must be these and no others, in any order; more than two are counted.

    >>> exactly("ran again", ["b", "a"], {"a", "c"}, note="3 s").measured
    'a, b (3 s; not wanted: b; missing: c)'
    """
    extra, missing = set(found) - set(wanted), set(wanted) - set(found)
    notes = [note] if note else []
    notes += [f"not wanted: {', '.join(sorted(extra))}"] if extra else []
    notes += [f"missing: {', '.join(sorted(missing))}"] if missing else []
    measured = _noted(_names(found), "; ".join(notes))
    return Row(what, measured, _names(wanted), _verdict(not extra and not missing))


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


def failed(what: str, error: Exception) -> Row:
    """A row for what could not be measured, with the reason in a few words.

    >>> failed("page", RuntimeError("There is no site. Run make book."))
    Row(what='page', measured='There is no site. Run make book.', budget='', verdict='failed')
    """
    reason = textwrap.shorten(str(error), 120, placeholder=" …")
    return Row(what, reason or type(error).__name__, verdict="failed")


def line(row: Row) -> str:
    """A row as it is printed below HEAD; what is longer than its column moves the rest."""
    return _FORM.format(row.verdict, row.budget, row.what, row.measured)


def summary(rows: Sequence[Row]) -> str:
    """How many budgets are missed, and what was not measured at all."""
    verdicts = [row.verdict for row in rows]
    missed, held = verdicts.count("missed"), verdicts.count("ok")
    text = f"{missed} of {missed + held} budgets missed."
    wrong = [row.what for row in rows if row.verdict == "failed"]
    return f"{text} Not measured: {'; '.join(wrong)}." if wrong else text


def _verdict(kept: bool) -> str:
    return "ok" if kept else "missed"


def _with(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".rstrip()


def _noted(text: str, note: str) -> str:
    return f"{text} ({note})" if note else text


def _names(names: Collection[str]) -> str:
    if len(names) > 2:
        return f"{len(names)} of them"
    return ", ".join(sorted(names)) or "none"
