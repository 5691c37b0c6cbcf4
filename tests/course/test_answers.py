"""Each exercise told what its answers deserve: "Right.", how to write it, or a hint.

The answers are in learners_answers.py, as different learners would write them.
"""

import ast
import functools
import re

import learners_answers as learners
import pytest
from notebooks import chapters, exercises, read

from utils.check import NotYet, check_exercise

CALLED = {"parameters", "total", "loss_of_days", "moving_average"}  # what chapters give
EXERCISES = {exercise.number: exercise for path in chapters() for exercise in exercises(read(path))}


@functools.cache
def names():
    """Return what learners have at hand: the names of their file, and of the chapters."""
    found = dict(vars(learners))
    for cell in (cell for path in chapters() for cell in read(path).code):
        for node in cell.tree.body:
            if isinstance(node, ast.FunctionDef) and node.name in CALLED:
                exec(compile(ast.Module([node], []), f"cell {cell.number}", "exec"), found)
    return found


def expressions(block):
    """Return the answers of a block; a line that is indented further goes on."""
    indent = re.match(r"\n +", block)[0]
    return [" ".join(one.split()) for one in re.split(rf"{indent}(?! )", block.rstrip())[1:]]


def answers(table):
    """Return (number of the exercise, answer) for each answer of a table."""
    return [(number, one) for number, block in table.items() for one in expressions(block)]


def letters(block):
    return [(number, one) for number in learners.LETTER for one in expressions(block)]


def arguments(number):
    """Return what the stub of an exercise calls its arguments."""
    return [one.arg for one in EXERCISES[number].stubs[0].tree.body[0].args.args]


def told(number, expression):
    """Return the check's lines on a function, or on a function that returns the answer."""
    given = names() | {"LETTER": learners.LETTER.get(number)}
    value = eval(expression, given)
    try:
        check_exercise(number, value if arguments(number) else lambda: value)
    except NotYet as not_yet:
        return str(not_yet).splitlines()
    return ["Right."]


@pytest.mark.parametrize(
    ("number", "answer"), answers(learners.RIGHT) + letters(learners.LETTER_FORMS)
)
def test_right_in_whatever_form(number, answer):
    assert told(number, answer) == ["Right."]


@pytest.mark.parametrize(
    ("number", "answer"), answers(learners.TROUBLE) + letters(learners.LETTER_TROUBLE)
)
def test_trouble_with_the_form_is_told_without_a_hint(number, answer):
    first, second = told(number, answer)
    assert first.startswith("Not yet: ")
    assert not second.startswith("Hint: ")
    assert "not right" not in second


@pytest.mark.parametrize(("number", "answer"), answers(learners.WRONG))
def test_wrong_is_told_with_a_hint(number, answer):
    assert told(number, answer)[-1].startswith("Hint: ")


@pytest.mark.parametrize("number", learners.LETTER)
def test_a_wrong_letter_is_wrong_in_whatever_form(number):
    for answer in expressions(learners.LETTER_WRONG):
        assert told(number, answer)[-1].startswith("Hint: ")


def test_each_exercise_has_five_right_answers_and_two_wrong_ones():
    asked = {number for number, exercise in EXERCISES.items() if exercise.code}
    for table, least in ((learners.RIGHT, 5), (learners.TROUBLE, 2), (learners.WRONG, 2)):
        written = table.keys() | learners.LETTER.keys()
        assert written == asked, f"write them into {learners.__file__}: {written ^ asked}"
        assert [n for n, block in table.items() if len(expressions(block)) < least] == []


@pytest.mark.parametrize(
    "number", [n for n in learners.RIGHT if n in EXERCISES and len(arguments(n)) > 1]
)
def test_arguments_may_be_taken_in_another_order_or_by_name_only(number):
    asked, right = arguments(number), expressions(learners.RIGHT[number])[0]
    call = f"({right})({', '.join(asked)})"
    for taken in (reversed(asked), ["*", *asked]):
        assert told(number, f"lambda {', '.join(taken)}: {call}") == ["Right."]
