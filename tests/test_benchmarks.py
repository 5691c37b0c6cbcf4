"""What the table of the benchmarks says, and that each part runs, on small sizes.

The times that they measure are not tested. The parts page, build and audit, which need a site, are
called in tests/tools/test_commands.py.
"""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from benchmarks import __main__ as program
from benchmarks import audit, live, training, workers
from benchmarks.page import Knob
from benchmarks.table import Row, at_most, exactly, failed, faster, line, summary


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


def test_a_row_says_all_and_the_end_what_is_missed_or_failed():
    rows = [Row("x", "1 s"), at_most("longer", 70, 60, "ms"), failed("y", OSError("No room."))]
    assert [line(row).split() for row in rows] == [
        ["x", "1", "s"],
        ["missed", "≤", "60", "ms", "longer", "70", "ms"],
        ["failed", "y", "No", "room."],
    ]
    columns = {line(row).index(row.measured) for row in rows}
    assert len(columns) == 1
    assert summary(rows) == "1 of 1 budgets missed. Not measured: y."
    assert summary(rows[:2]) == "1 of 1 budgets missed."


@pytest.mark.parametrize(
    ("error", "reason"), [(ValueError("  a\nb "), "a b"), (KeyError(), "KeyError")]
)
def test_what_failed_is_said_in_one_line(error, reason):
    assert failed("x", error).measured == reason
    assert len(failed("x", ValueError("word " * 1000)).measured) <= 120


def test_a_failing_measure_is_a_row_and_the_others_go_on(monkeypatch, capsys):
    def good():
        yield Row("good", "1 s")

    def half_good():
        yield Row("half", "2 s")
        raise OSError("no more")

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["benchmarks", *arguments])
        return program.main(), capsys.readouterr()

    parts = {"one": (half_good, good), "two": None, "three": (good,)}
    monkeypatch.setattr(program, "PARTS", dict.fromkeys(parts, "something"))
    for name, measures in parts.items():
        module = SimpleNamespace(MEASURES=measures) if measures else SimpleNamespace()
        monkeypatch.setitem(sys.modules, f"benchmarks.{name}", module)
    status, printed = run()
    assert status == 1
    told = [row.split() for row in printed.out.splitlines()[3:-2]]
    assert [row[:3] for row in told] == [
        ["half", "2", "s"],
        ["failed", "one:", "half"],
        ["good", "1", "s"],
        ["failed", "two", "'types.SimpleNamespace'"],
        ["good", "1", "s"],
    ]
    assert "OSError: no more" in printed.err
    assert run("three")[0] == 0


@pytest.mark.parametrize(
    ("labels", "answer"),
    [
        (("0.001", "0.01", "0.1"), True),
        (("1000", "5000"), False),
        (("3", "2", "1"), False),
        (("sgd", "adam", "lion"), False),
    ],
)
def test_three_rising_numbers_are_an_order(labels, answer):
    assert Knob("lr", "select", labels).is_order == answer


def test_lighthouse_s_findings_become_rows():
    scores = {"performance": 91, "accessibility": 100, "best-practices": 96, "seo": 100}
    found = {"address": "http://127.0.0.1:80/chapters/x.html", "form": "mobile", "scores": scores}
    rows = list(audit.scores(found | {"cls": 0.01, "lcp": 1500, "tbt": 20, "failed": ["errors"]}))
    assert [(row.what, row.measured, row.verdict) for row in rows] == [
        ("chapters/x.html, mobile: performance", "91 (LCP 1.5 s, TBT 20 ms)", "missed"),
        ("chapters/x.html, mobile: the other three", "96 (best-practices, errors)", "missed"),
        ("chapters/x.html, mobile: CLS", "0.01", "ok"),
    ]


def test_the_trainings_are_compared(monkeypatch):
    """Each training against its rival: unequal weights at the end would raise."""
    monkeypatch.setattr(training, "YOGURT_STEPS", 50)
    monkeypatch.setattr(training, "NET_EPOCHS", 3)
    rows = [row for measure in training.MEASURES for row in measure()]
    assert [row.what.partition(",")[0] for row in rows] == [
        "descend against the eager loop",
        "descend",
        "descend against model.fit",
        "descend on this net",
        "sweep",
    ]


def test_the_workers_are_compared(monkeypatch):
    """With a single one: two are compared in tests/utils/test_workers.py."""
    for name, value in {"NETS": 3, "STEPS": 2, "IMAGES": 8, "WORKERS": (1,)}.items():
        monkeypatch.setattr(workers, name, value)
    monkeypatch.setattr(workers, "BLOCKS", 2)
    rows = [row for measure in workers.MEASURES for row in measure()]
    assert [row.what.partition(":")[0] for row in rows] == [
        "sweep, 3 nets 784-10, 2 steps",
        "1 worker against sweep, warm",
        "1 worker against sweep, from nothing",
        "1 worker",
        "1 worker",
    ]


def test_a_live_slider_is_moved_and_a_position_drawn(monkeypatch):
    monkeypatch.setattr(live, "MOVES", [0.1, 0.2])
    rows = [row for measure in live.MEASURES for row in measure()]
    assert [row.budget for row in rows] == ["≤ 20 ms", "", "", "≤ 8 ms"]


ONE_EXPLORER = """from utils.explore import explore
def draw_level(ax, *, height=0.5, wide=False):
    ax.plot([0, 1 + wide], [height, height])
    ax.set(xlim=(0, 2), ylim=(0, 1))
    return f"The level is {height:g}."
explore(draw_level, height=(0.0, 1.0, 0.1), wide=False, drag=(None, "height"))"""


def test_the_part_explorers_measures_one_that_can_be_dragged(tmp_path):
    """In a process of its own: it takes the shell of this one."""
    path = tmp_path / "small.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(ONE_EXPLORER, id="only")]), path)
    code = (
        "import sys; from pathlib import Path; from benchmarks.explorers import costs_of; "
        "[cost] = costs_of(Path(sys.argv[1])); print(cost.where, len(cost.seconds), cost.size > 0)"
    )
    root = Path(__file__).parent.parent
    run = subprocess.run(
        [sys.executable, "-c", code, path], cwd=root, capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "small: draw_level 22 True"
