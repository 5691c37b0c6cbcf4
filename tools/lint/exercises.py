"""Exercises and quiz: numbered, asked, answered, and the answers out of the reader's sight."""

import ast
import re

from tools.lint.notebooks import details, exercises, section
from tools.lint.text import words

STUB_TAGS = frozenset({"exercise", "raises-exception", "remove-output"})
CHECK_TAGS = frozenset({"check", "raises-exception", "remove-output"})


def numbers_exercises(notebook):
    """At least four, `### Exercise N.1 …` and so on, each with a task; at least one with code."""
    found = exercises(notebook)
    if len(found) < 4:
        yield f"{len(found)} exercises; write at least four"
    for order, exercise in enumerate(found, start=1):
        number, where = f"{notebook.number}.{order}", f"cell {exercise.section.number}: Exercise"
        if exercise.number != number:
            yield f"{where} {exercise.number}; the number in order is {number}"
        if len(words(exercise.task)) < 5:
            yield f"{where} {exercise.number} has no task; say what to do"
    if not any(exercise.code for exercise in found):
        yield "no exercise has code; give at least one a stub and a check"


def solves_exercises(notebook):
    """Each has a solution in <details>; one with code has a stub, a check and a ```python block."""
    for exercise in exercises(notebook):
        where = f"cell {exercise.section.number}: Exercise {exercise.number}"
        if not exercise.details.strip():
            yield f"{where} has no solution; write it in <details>"
        elif exercise.code and not exercise.solution:
            yield f"{where} has no ```python block in its solution; write one"
        if exercise.code:
            yield from (f"{where}: {fault}" for fault in _stub_faults(exercise))
    own = {cell.number for exercise in exercises(notebook) for cell in exercise.code}
    for cell in notebook.code:
        if cell.tags & {"exercise", "check"} and cell.number not in own:
            where = f"cell {cell.number}: tagged exercise or check"
            yield f"{where}, in no exercise; put it below its heading"


def hides_answers(notebook):
    """A check cell is `check_exercise("N.k", names)`: what is right is written elsewhere."""
    for exercise in exercises(notebook):
        call = rf"check_exercise\('{re.escape(exercise.number)}'(, \w+)+\)"
        for cell in exercise.checks:
            if not re.fullmatch(call, ast.unparse(cell.tree)):
                way_out = f'write check_exercise("{exercise.number}", …) with names only'
                yield f"cell {cell.number}: not only a call; {way_out}"


def announces_checks(notebook):
    """The text above the set-up says that a check ends with an error, where "Run all" may stop."""
    asks, above = any("check" in cell.tags for cell in notebook.code), ""
    for cell in notebook.cells:
        said = re.search(r"\bcheck ends with an error\b.*Run all", above, re.DOTALL)
        if asks and "set-up" in cell.tags and not said:
            where = f"cell {cell.number}: nothing above announces that checks fail"
            yield f"{where}; take the text of chapters/_template.ipynb"
        above = cell.source if cell.kind == "markdown" else ""


def has_answers(book):
    """utils/answers/chapter_N.py has exercise_k() for each exercise with code, and no other."""
    for file, notebook in book.notebooks.items():
        answers = f"utils/answers/chapter_{notebook.number}.py"
        written = set(re.findall(r"^def (exercise_\w+)\(", book.answers.get(answers, ""), re.M))
        coded = [found.number for found in exercises(notebook) if found.code]
        asked = {f"exercise_{number.partition('.')[2]}" for number in coded}
        for name in sorted(asked - written):
            yield f"{file}: {answers} lacks {name}(); write there what is right, and hints"
        for name in sorted(written - asked):
            yield f"{file}: {answers} has {name}(), but no exercise with code asks; remove it"


def asks_five_questions(notebook):
    """`## Quiz`: Question 1 to 5, each choice a <details>, exactly one explained with "Right"."""
    found = section(notebook, "Quiz")
    if not found:
        yield "no section `## Quiz`; ask five questions"
        return
    _, *parts = re.split(r"^\*\*Question (\d+)\.\*\*", found.text, flags=re.MULTILINE)
    numbers, bodies = parts[::2], parts[1::2]
    if numbers != list("12345"):
        yield f"cell {found.number}: questions {', '.join(numbers)}; number them 1 to 5"
    for number, body in zip(numbers, bodies, strict=True):
        for fault in _choice_faults(details(body)):
            yield f"cell {found.number}: question {number} {fault}"


def _stub_faults(exercise):
    if (len(exercise.stubs), len(exercise.checks)) != (1, 1):
        found = f"{len(exercise.stubs)} stubs, {len(exercise.checks)} checks"
        yield f"{found}; tag one cell `exercise`, the stub, and one `check`"
        return
    stub, check = exercise.stubs[0], exercise.checks[0]
    if stub.number > check.number:
        yield "the check precedes the stub; swap them"
    for cell, tags in ((stub, STUB_TAGS), (check, CHECK_TAGS)):
        if not tags <= cell.tags:
            yield f"cell {cell.number} lacks a tag; give it {', '.join(sorted(tags))}"
    if "NotImplementedError" not in stub.source:
        yield f"cell {stub.number}: the stub does not fail; let it raise NotImplementedError"


def _choice_faults(choices):
    if len(choices) < 2:
        yield f"has {len(choices)} choices; give each a <details>"
        return
    for summary, explanation in choices:
        if not summary or not explanation.strip():
            yield f"has a choice without text or explanation: `{summary}`; write it"
    right = sum(explanation.strip().startswith("Right") for _, explanation in choices)
    if right != 1:
        yield f"has {right} explanations that begin with Right; make it one"
