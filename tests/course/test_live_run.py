"""The copies that `make live` runs: they keep the notebook, and each kind of fault makes them fail.

Two tiny notebooks are run by nbval as the chapters are, in this environment: one that is right, and
one with every fault, of whose cells exactly the faulty ones must fail.
"""

import ast
import os
import subprocess
import sys
from xml.etree import ElementTree

import nbformat
import pytest
from live_run import EXPLORER, solved, write
from notebooks import INDEX, ROOT, build, chapters, code, exercises, markdown, read

RUN = (
    "import live_run, pathlib, sys; sys.exit(live_run.run(pathlib.Path(sys.argv[1]), sys.argv[2]))"
)
ANSWERS = """
import os, sys, time, types
from utils.check import check, check_exercise
from utils.explore import explore

sys.modules["utils.answers.chapter_9"] = types.SimpleNamespace(
    **{f"exercise_{n}": lambda half: check(half(3), 1.5, hint="Divide by two.") for n in range(9)}
)
TWO = 2
"""
STUB = 'def half(x):\n    raise NotImplementedError("9.{n}: halve x")'
SOLUTION = "def half(x):\n    return x / TWO"
CATCH = 'try:\n    {act}\nexcept ValueError as caught:\n    print("ValueError:", caught)'
DRAW = 'def draw(ax, *, a=1):\n    {act}\n    return f"a is {{a}}."\n\n\nexplore(draw, a=(0, 2))'


def exercise(n, *, stub=STUB, solution=SOLUTION):
    """The cells of Exercise 9.n, which asks for a function that halves."""
    return [
        markdown(f"### Exercise 9.{n} Halve\n\nWrite `half`."),
        code(stub.format(n=n), "exercise", "raises-exception", "remove-output"),
        code(f'check_exercise("9.{n}", half)', "check", "raises-exception", "remove-output"),
        markdown(f"<details>\n<summary>S</summary>\n\n```python\n{solution}\n```\n\n</details>"),
    ]


def outcome(notebook, folder):
    """Run a tiny notebook: pytest's status, its cells' sources, number of the cell → failure."""
    copy = solved(notebook)
    write({notebook.name: copy}, folder)
    report = folder / "report.xml"
    done = subprocess.run(
        [sys.executable, "-c", RUN, folder, f"--junitxml={report}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert report.exists(), done.stdout + done.stderr
    cases = list(ElementTree.parse(report).iter("testcase"))
    sources = [cell["source"] for cell in copy["cells"] if cell["cell_type"] == "code"]
    assert [case.get("name") for case in cases] == [f"Cell {n}" for n in range(len(sources))]
    failures = {n: failure.text for n, case in enumerate(cases) for failure in case.iter("failure")}
    return done.returncode, sources, failures


@pytest.mark.parametrize("path", [INDEX, *chapters()], ids=lambda path: path.stem)
def test_a_copy_keeps_all_cells_and_solves_all_exercises(path):
    notebook = read(path)
    copy = solved(notebook)
    nbformat.validate(copy)
    sources = ["".join(cell["source"]) for cell in copy["cells"]]
    rest = iter(sources)
    assert [cell.source for cell in notebook.cells if cell.source not in rest] == []
    # Each solution once behind its check cell, once at the end.
    alone = [cell["source"] for cell in copy["cells"] if cell["id"].startswith("alone-")]
    asked = [one for one in exercises(notebook) if one.code]
    for source, one in zip(alone, asked, strict=True):
        text = ast.parse(source).body[0].value.args[0].value
        assert one.solution
        assert text.startswith(one.solution.strip())
        assert one.checks
        assert all(check.source in text for check in one.checks)
        assert sources.count(one.solution.strip()) == 1


@pytest.mark.parametrize("path", [INDEX, *chapters()], ids=lambda path: path.stem)
def test_each_notebook_has_an_explorer_whose_widgets_are_demanded(path):
    assert any(EXPLORER.search(cell.source) for cell in read(path).code)


def test_a_notebook_that_is_right_passes(tmp_path):
    notebook = build(
        code(ANSWERS),
        code(CATCH.format(act="int('x')")),
        code(DRAW.format(act="ax.plot([a, 1])")),
        *exercise(1),
        *exercise(2, solution=f"TWO = 2\n{SOLUTION}"),
    )
    status, sources, failures = outcome(notebook, tmp_path)
    assert failures == {}
    assert status == 0
    assert len(sources) == 13


FAULTS = {  # source of a cell → what is said of it
    CATCH.format(act="1 + 1"): "must catch ValueError and show it, but shows ''",
    CATCH.format(act="int(None)"): "TypeError",
    "int('y')  # tagged": "must not fail, but raises ValueError: invalid literal",
    "print('noise', file=sys.stderr)": "nothing to stderr, but writes 'noise",
    # As a library written in C does; the pause lets the kernel read it.
    "os.write(2, b'deep noise'); time.sleep(3)": "nothing to stderr, but writes 'deep noise",
    "1 / 0": "ZeroDivisionError",
    "# NBVAL_SKIP\n2 / 0": "ZeroDivisionError",
    "# NBVAL_RAISES_EXCEPTION\n3 / 0": "must not fail, but raises ZeroDivisionError",
    DRAW.format(act="a / 0"): "ZeroDivisionError",
    "def explore(*_):\n    pass\n\n\nexplore(1)": "must show an explorer's widgets, but shows []",
}
STUB_PASSES = {"stub": "def half(x):\n    return x / 2"}
STUB_ANSWERS = {"stub": "def half(x):\n    return x"}
STUB_BREAKS = {"stub": "half = 4 / 0"}
WRONG = {"solution": "def half(x):\n    return x // TWO"}
BREAKS = {"solution": "half = unknown"}
HELPS = {"solution": f"def third(x):\n    return x / 3\n\n\n{SOLUTION}"}
LEANS = {"solution": "def half(x):\n    return 1.5 * third(x)"}  # on another exercise's solution
EXERCISES = {  # number of the exercise: its flaw, and what is said of its cells
    1: (STUB_PASSES, {"check": "'NotYet: 9.1 is still to be written: ', but raises nothing"}),
    2: (STUB_ANSWERS, {"check": "'NotYet: 9.2 is still to be written: ', but raises NotYet: Not"}),
    3: (STUB_BREAKS, {"stub": "must not fail, but raises ZeroDiv", "check": "but raises NotYet"}),
    4: (WRONG, {"alone": "your answer is 1.", "check": "your answer is 1."}),
    # The last check still meets the function of 9.4.
    5: (BREAKS, {"alone": "NameError", "solution": "NameError", "check": "your answer is 1."}),
    6: (HELPS, {}),
    7: (LEANS, {"alone": "NameError"}),
}


def test_each_fault_makes_its_cell_fail_and_no_other(tmp_path):
    notebook = build(
        code(ANSWERS),
        *(code(source, *["raises-exception"] * ("tagged" in source)) for source in FAULTS),
        *(cell for n, (flaw, _) in EXERCISES.items() for cell in exercise(n, **flaw)),
    )
    status, sources, failures = outcome(notebook, tmp_path)
    expected = dict(FAULTS)
    for n, (flaw, said) in EXERCISES.items():
        check = f'check_exercise("9.{n}", half)'
        (alone,) = [source for source in sources if source.startswith("exec(") and check in source]
        places = {**flaw, "check": check, "alone": alone}
        expected |= {places[part]: text for part, text in said.items()}
    assert status == 1
    assert sorted(sources[number] for number in failures) == sorted(expected)
    for number, text in failures.items():
        assert expected[sources[number]] in text
