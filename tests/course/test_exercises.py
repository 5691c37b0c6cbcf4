"""Every stub fails its check in the foreseen way, and every solution passes it.

A chapter runs once, in one namespace, as the reader runs it; each exercise then runs in a copy of
what the chapter had defined before it.
"""

import contextlib
import functools
import importlib
from dataclasses import dataclass, field

import matplotlib
import matplotlib.pyplot as plt
import pytest
from notebooks import build, chapters, code, exercises, markdown, read

from utils.check import NotYet

GENERATED = {"exercise", "check"}


@dataclass
class Run:
    """A chapter that ran: the names before each exercise and at the end, and what went wrong."""

    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)


def run(notebook):
    """Execute all code cells but stubs and checks; stop at the first that fails unexpectedly."""
    result, names = Run(), {"__name__": "__main__"}
    first_cells = {exercise.section.number: exercise.number for exercise in exercises(notebook)}
    for cell in notebook.cells:
        if cell.number in first_cells:
            result.before[first_cells[cell.number]] = dict(names)
        if cell.kind != "code" or cell.tags & GENERATED:
            continue
        error = execute(cell.source, names, f"{notebook.name}, cell {cell.number}")
        meant = "raises-exception" in cell.tags
        if meant and error is None:
            fault = "is tagged raises-exception and does not raise; take the tag off"
            result.faults.append(f"cell {cell.number}: {fault}")
        if error and not meant:
            way_out = "mend it, or tag it raises-exception if it must fail"
            result.faults.append(f"cell {cell.number} raises {error!r}; {way_out}")
            break
    result.after = names
    return result


def stub_faults(exercise, names):
    """Return why the stub does not fail its check as it should: NotYet or NotImplementedError."""
    names = dict(names)
    where = f"Exercise {exercise.number}"
    for stub in exercise.stubs:
        error = execute(stub.source, names, f"{where}, stub")
        if error and not isinstance(error, NotImplementedError):
            return [f"{where}: the stub raises {error!r}; let it raise NotImplementedError"]
    error = _check(exercise, names)
    if error is None:
        return [f"{where}: the stub passes its check; make the check stricter"]
    if not isinstance(error, NotYet | NotImplementedError):
        way_out = "define in the stub, as a function, all that the check uses"
        return [f"{where}: the stub's check raises {error!r}; {way_out}"]
    return []


def solution_faults(exercise, names):
    """Return why the solution does not pass the check; what it defines is added to `names`."""
    where = f"Exercise {exercise.number}"
    error = execute(exercise.solution, names, f"{where}, solution")
    if error:
        return [f"{where}: the solution raises {error!r}; mend it"]
    error = _check(exercise, names)
    return (
        [f"{where}: the solution does not pass: {error!r}; mend it or the check"] if error else []
    )


def execute(source, names, place):
    """Execute code in `names`; return the exception that it raised, or None."""
    try:
        exec(compile(source, f"<{place}>", "exec"), names)
    except Exception as error:
        return error
    return None


def _check(exercise, names):
    """Run the check cells; return what the first that fails raised, or None."""
    for check in exercise.checks:
        error = execute(check.source, names, f"Exercise {exercise.number}, check")
        if error:
            return error
    return None


@functools.cache
def executed(path):
    """Run a chapter once, as in a notebook without a screen: in its folder, explorers live."""
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(path.parent):
        patch.delenv("EXPLORE", raising=False)
        with matplotlib.rc_context({"backend": "agg"}):
            try:
                return run(read(path))
            finally:
                plt.close("all")


def names_before(path, exercise):
    """What the chapter had defined before an exercise, in a dict of its own."""
    result = executed(path)
    assert not result.faults, f"{path.name} does not run: {result.faults}"
    return dict(result.before[exercise.number])


CODED = [
    pytest.param(path, exercise, id=f"{path.stem}-{exercise.number}")
    for path in chapters()
    for exercise in exercises(read(path))
    if exercise.code
]


def test_there_are_exercises():
    assert CODED


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_the_answers_are_those_of_the_chapters_exercises(path):
    notebook = read(path)
    answers = importlib.import_module(f"utils.answers.chapter_{notebook.number}")
    written = {name for name in vars(answers) if name.startswith("exercise_")}
    asked = {exercise.number for exercise in exercises(notebook) if exercise.code}
    assert written == {f"exercise_{number.partition('.')[2]}" for number in asked}


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_chapter_runs_and_only_what_is_tagged_fails(path):
    assert executed(path).faults == []


@pytest.mark.parametrize(("path", "exercise"), CODED)
def test_stub_fails_its_check(path, exercise):
    assert stub_faults(exercise, names_before(path, exercise)) == []


@pytest.mark.parametrize(("path", "exercise"), CODED)
def test_solution_passes_its_check(path, exercise):
    assert solution_faults(exercise, names_before(path, exercise)) == []


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_all_solutions_together_pass(path):
    names = dict(executed(path).after)
    found = [exercise for exercise in exercises(read(path)) if exercise.code]
    assert [fault for exercise in found for fault in solution_faults(exercise, names)] == []


# --- the runner itself --------------------------------------------------------------------------

STUB = 'def half(x):\n    raise NotImplementedError("3.1: halve x")'
CHECK = 'check_function(half, [((3,), 1.5)], hint="Divide by two.")'
SOLUTION = "def half(x):\n    return x / TWO"


def chapter(*before, stub=STUB, check=CHECK, solution=SOLUTION):
    """A chapter with one exercise, whose solution needs a name from an earlier cell."""
    return build(
        code("from utils.check import check, check_function\nTWO = 2"),
        *before,
        markdown("### Exercise 3.1 Halve\n\nWrite `half`."),
        code(stub, "exercise", "raises-exception", "remove-output"),
        code(check, "check", "raises-exception", "remove-output"),
        markdown(f"<details>\n<summary>S</summary>\n\n```python\n{solution}\n```\n\n</details>"),
        code("TWO = 3"),
    )


def judge(notebook):
    """All that is wrong with the one exercise of a notebook."""
    result, (exercise,) = run(notebook), exercises(notebook)
    names = result.before[exercise.number]
    return result.faults + stub_faults(exercise, names) + solution_faults(exercise, dict(names))


def test_a_good_exercise_passes():
    assert judge(chapter()) == []
    assert judge(chapter(check='check(half(3), 1.5, hint="Divide by two.")')) == []
    assert judge(chapter(stub="def half(x):\n    return x  # NotImplementedError")) == []


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        (
            {"stub": "def half(x):\n    return x / 2"},
            "Exercise 3.1: the stub passes its check; make the check stricter",
        ),
        (
            {"check": "pass"},
            "Exercise 3.1: the stub passes its check; make the check stricter",
        ),
        (
            {"stub": "raise NotImplementedError"},
            "Exercise 3.1: the stub's check raises NameError(\"name 'half' is not defined\"); "
            "define in the stub, as a function, all that the check uses",
        ),
        (
            {"stub": "1 / 0"},
            "Exercise 3.1: the stub raises ZeroDivisionError('division by zero'); "
            "let it raise NotImplementedError",
        ),
        (
            {"solution": "def half(x):\n    return x // 2"},
            "Exercise 3.1: the solution does not pass: NotYet('Not yet: half(3) returned 1.\\n"
            "The value is not right.\\nHint: Divide by two.'); mend it or the check",
        ),
        (
            {"solution": "half = three"},
            "Exercise 3.1: the solution raises NameError(\"name 'three' is not defined\"); mend it",
        ),
    ],
    ids=["easy stub", "empty check", "no name", "broken stub", "wrong", "broken"],
)
def test_a_bad_exercise_is_reported(parts, fault):
    assert judge(chapter(**parts)) == [fault]


def test_an_exercise_sees_only_what_stands_before_it():
    result = run(chapter())
    assert (result.before["3.1"]["TWO"], result.after["TWO"]) == (2, 3)
    assert "half" not in result.before["3.1"]


def test_exercises_that_build_on_one_another_can_be_solved_in_order():
    notebook = chapter()
    (exercise,) = exercises(notebook)
    names = {**run(notebook).before["3.1"], "half": None}
    assert solution_faults(exercise, names) == []
    assert names["half"](5) == 2.5


def test_a_cell_that_fails_without_its_tag_is_reported_and_ends_the_run():
    result = run(chapter(code("x = 1"), code("1 / 0"), code("y = 1")))
    assert result.faults == [
        "cell 3 raises ZeroDivisionError('division by zero'); "
        "mend it, or tag it raises-exception if it must fail"
    ]
    assert "y" not in result.after


def test_a_failing_demonstration_goes_on_and_a_tag_too_many_is_reported():
    result = run(
        chapter(code("a = 1\n1 / 0", "raises-exception"), code("b = 1", "raises-exception"))
    )
    assert result.faults == [
        "cell 3: is tagged raises-exception and does not raise; take the tag off"
    ]
    assert {"a", "b"} <= set(result.after)
