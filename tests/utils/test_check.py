"""What a learner is told of an answer: what it is, what is wrong with it, and the hint."""

import subprocess
import sys
import traceback
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from messages import says

from utils._tf import tf
from utils.check import NotYet, check, check_exercise, check_function

ROOT = Path(__file__).resolve().parents[2]
HINT = "Think again."
NAN, INF = float("nan"), float("inf")


def told(call, *args, **kwargs):
    """Return the lines of the NotYet that the call raises."""
    with pytest.raises(NotYet) as caught:
        call(*args, hint=HINT, **kwargs)
    return str(caught.value).splitlines()


class OtherNumber:
    def __float__(self):
        return 0.25


RIGHT = {
    "number": (0.25, 0.25),
    "within rtol": (1000.05, 1000.0),
    "within atol": (5e-7, 0.0),
    "integer for a float": (2, 2.0),
    "float32 tensor for a number": (tf.constant(0.1), 0.1),
    "number for a tensor": (0.1, tf.constant(0.1)),
    "variable": (tf.Variable([1.0, 2.0]), [1.0, 2.0]),
    "list for an array": ([1, 2], np.array([1.0, 2.0])),
    "list of tensors": ([tf.constant(1.0), tf.constant(2.0)], [1.0, 2.0]),
    "float64 for float32": (np.float64(0.1), np.float32(0.1)),
    "integers of any width": (np.int32(3), 3),
    "bool": (True, True),
    "bool tensor": (tf.constant([True, False]), [True, False]),
    "text": (" Diverges ", "diverges"),
    "infinite on purpose": ([1.0, INF], [1.0, INF]),
    "nan on purpose": ([NAN, -INF], [NAN, -INF]),
    "parts": ((0.5, "diverges", [1, 2]), (0.5, "diverges", [1, 2])),
    "list for a tuple": ([0.5, True], (0.5, True)),
    "ragged parts": ([[1], [1, 2]], [[1], [1, 2]]),
    "empty": ([], []),
    "whole float": (6 / 0.25 * 9, 216),
    "whole float, but for its last digit": (6 / 0.1 * 9, 540),
    "whole floats": (tf.constant([1.0, 2.0]), tf.constant([1, 2])),
    "fraction": (Fraction(1, 3), 1 / 3),
    "decimals": ([Decimal("0.5"), Fraction(1, 4)], [0.5, 0.25]),
    "column for a row": (np.array([[1.0], [2.0]]), [1.0, 2.0]),
    "row for a column": (tf.constant([1.0, 2.0]), np.array([[1.0], [2.0]])),
    "array of one for a number": (np.array([3.0]), 3.0),
    "array for parts": (np.array([1, 2]), (1, [2])),
    "generator": ((n / 2 for n in (1, 2)), [0.5, 1.0]),
    "values of a dict": ({"a": 1, "b": 2}.values(), [1, 2]),
    "without an imaginary part": (np.roots([1, -2, 1])[0], 1.0),
    "half precision": (np.float16(0.6), 0.6),
    "bfloat16": (tf.constant(0.5, tf.bfloat16), 0.5),
    "number of another library": (OtherNumber(), 0.25),
    "list of one text": (["b"], "b"),
    "text of TensorFlow": (tf.constant("b"), "b"),
    "letter with a word": ("Option (B)", "b"),
    "letter in a circle": ("ⓑ", "b"),
    "letter in brackets": ("(b)", "b"),
    "letter with a dot": (" B. ", "b"),
    "full-width letter": ("\uff42", "b"),
    "letter in quotes": ("'b'", "b"),
}


@pytest.mark.parametrize(("answer", "expected"), RIGHT.values(), ids=RIGHT)
def test_right(answer, expected, capsys):
    check(answer, expected, hint=HINT)
    assert capsys.readouterr().out == "Right.\n"


# name: (answer, expected, how the answer is shown, what the second line must say of it)
WRONG = {
    "number": (0.5, 0.25, "0.5", ["not right"]),
    "just outside rtol": (1000.3, 1000.0, "1000.3", ["not right"]),
    "whole numbers are exact": (279400, 279410, "279400", ["not right"]),
    "bool": (False, True, "False", ["not right"]),
    "text": ("settles", "diverges", "'settles'", ["text", "not right"]),
    "one of an array": (
        np.array([[1.0, 2.0], [3.5, 4.0]]),
        np.array([[1.0, 2.0], [3.0, 4.0]]),
        "[[1. , 2. ], [3.5, 4. ]]",
        ["1 of 4", "not right", "[1, 0]"],
    ),
    "several of a tensor": (
        tf.constant([1.0, 7.0, 8.0]),
        [1.0, 2.0, 3.0],
        "[1., 7., 8.]",
        ["2 of 3", "not right", "[1]"],
    ),
    "shape": (
        [1.0, 2.0, 3.0],
        np.ones((2, 3)),
        "[1, 2, 3]",
        ["numbers", "(3,)", "(2, 3)"],
    ),
    "array for a number": ([1.0, 1.0], 1.0, "[1, 1]", ["a number", "(2,)"]),
    "number for an array": (
        1,
        [True, False],
        "1",
        ["True or False", "()", "(2,)"],
    ),
    "fraction for an integer": (2.5, 2, "2.5", ["not right"]),
    "complex for a number": (
        1j,
        1.0,
        "0+1j",
        ["a number", "complex128"],
    ),
    "bool for a number": (True, 1.0, "True", ["a number", "bool"]),
    "number for a bool": (1, True, "1", ["True or False", "int64"]),
    "nan": (NAN, 1.0, "nan", ["nan"]),
    "infinite": (-INF, 1.0, "-inf", ["infinite"]),
    "beyond the floats": (10**400, 100, "inf", ["infinite"]),
    "nan in an array": (
        [1.0, NAN, INF, NAN],
        [1.0, 2.0, 3.0, 4.0],
        "[1, nan, inf, nan]",
        ["2 of 4", "nan", "[1]"],
    ),
    "infinite in an array": (
        [1.0, INF],
        [5.0, 2.0],
        "[1, inf]",
        ["1 of 2", "infinite", "[1]"],
    ),
    "None": (None, 1.0, "None", ["`return`"]),
    "None for a text": (None, "diverges", "None", ["`return`"]),
    "None for parts": (None, ("a", 1), "None", ["`return`"]),
    "text for a number": ("0.25", 0.25, "'0.25'", ["a number", "str"]),
    "number for a text": (3, "three", "3", ["a text", "int"]),
    "function for a number": (
        check,
        0.25,
        "check",
        ["a number", "function"],
    ),
    "dict for an array": (
        {"w": 1},
        [1.0, 2.0],
        "{'w': 1}",
        ["numbers", "dict", "(2,)"],
    ),
    "ragged for an array": (
        [[1.0], [1.0, 2.0]],
        [[1.0, 2.0], [3.0, 4.0]],
        "[[1], [1, 2]]",
        ["numbers", "list", "(2, 2)"],
    ),
    "number for parts": (1.5, ("a", 2.5), "1.5", ["2 parts", "float"]),
    "too few parts": (("a",), ("a", 2.5), "('a')", ["parts", "1", "2"]),
    "wrong part": (
        ("a", 1.5),
        ("a", 2.5),
        "('a', 1.5)",
        ["Part 2", "1.5", "not right"],
    ),
    "1 for True among numbers": (
        (1, 0.5),
        (True, 0.5),
        "(1, 0.5)",
        ["Part 1", "True or False", "int64"],
    ),
    "long": (
        np.arange(1000.0),
        0.25,
        "[ 0., 1., 2., ..., 997., 998., 999.]",
        ["a number", "(1000,)"],
    ),
    "very long": (
        "x" * 200,
        0.25,
        "'" + "x" * 68 + "…",
        ["a number", "str"],
    ),
}


# Of those above: the content is wrong. Of the others the form is, and the content is not judged.
THOUGHT = {
    "number",
    "just outside rtol",
    "whole numbers are exact",
    "bool",
    "text",
    "one of an array",
    "several of a tensor",
    "fraction for an integer",
    "nan",
    "infinite",
    "beyond the floats",
    "nan in an array",
    "infinite in an array",
    "wrong part",
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong(name, capsys):
    answer, expected, shown, problem = WRONG[name]
    first, second, *hint = told(check, answer, expected)
    assert shown in first
    assert [fact for fact in problem if fact not in second] == [], second
    assert [HINT in line for line in hint] == ([True] if name in THOUGHT else [])
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("answer", "expected", "secret"),
    [(0.5, 0.123456, "0.123"), ([1.0, 2.0], [1.0, 77.5], "77.5"), ("b", "alpha", "alpha")],
)
def test_the_expected_value_is_never_shown(answer, expected, secret):
    assert secret not in "\n".join(told(check, answer, expected))
    assert secret not in "\n".join(told(check_function, lambda: answer, [((), expected)]))


def test_ellipsis_is_still_to_be_written():
    (line,) = told(check, ..., 1.0)  # no hint: nothing has been answered
    says(line, "`...`", way_out="write")


MISTAKES = [
    (6, "An integer mistake."),
    ([1.0, 2.0], "Another shape."),
    ("up", "A text."),
    (0.02, "The product."),
    (0.02, "Never reached."),
]


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (6.0, "An integer mistake."),
        (6, "An integer mistake."),
        (np.array([1, 2]), "Another shape."),
        ("UP", "A text."),
        (0.0200001, "The product."),
    ],
)
def test_a_known_mistake_has_its_own_hint(answer, text):
    lines = told(check, answer, 0.3, mistakes=MISTAKES)
    assert len(lines) == 2
    assert text in lines[1]


def test_an_unknown_mistake_has_the_general_hint():
    assert HINT in told(check, 0.7, 0.3, mistakes=MISTAKES)[-1]


def test_mistakes_may_be_a_generator_and_a_right_answer_passes_them(capsys):
    check(0.3, 0.3, hint=HINT, mistakes=(pair for pair in MISTAKES))
    assert capsys.readouterr().out == "Right.\n"
    assert "An integer mistake." in told(check, 6, 0.3, mistakes=(pair for pair in MISTAKES))[1]


def test_tolerances_can_be_set(capsys):
    check(0.31, 0.3, hint=HINT, rtol=0.1)
    check(0.31, 0.3, hint=HINT, atol=0.02)
    check_function(lambda: 0.31, [((), 0.3)], hint=HINT, rtol=0.1)
    check_function(lambda: 0.31, [((), 0.3)], hint=HINT, atol=0.02)
    assert capsys.readouterr().out == "Right.\n" * 4
    told(check, 0.30001, 0.3, rtol=0, atol=0)


def rate(k, base=0.2):
    return base * 0.5 * k


def test_function_right(capsys):
    cases = [((2,), 0.2), ({"k": 2, "base": 1.0}, 1.0), ((np.arange(2),), [0.0, 0.1])]
    check_function(rate, cases, hint=HINT)
    assert capsys.readouterr().out == "Right.\n"


@pytest.mark.parametrize(
    ("arguments", "call", "returned"),
    [
        ((3,), "rate(3)", "0.3"),
        ((3, 1.0), "rate(3, 1)", "1.5"),
        ({"base": 1.0, "k": 3}, "rate(base=1, k=3)", "1.5"),
        ((tf.constant([1.0, 3.0]),), "rate([1., 3.])", "[0.1, 0.3]"),
    ],
)
def test_function_wrong_says_what_was_passed_and_what_came_back(arguments, call, returned):
    expected = np.full(np.shape(arguments[0]), 9.0) if isinstance(arguments, tuple) else 9.0
    lines = told(check_function, rate, [((2,), 0.2), (arguments, expected)])
    says(lines[0], call, returned)
    assert HINT in lines[-1]


@pytest.mark.parametrize(
    "function",
    [
        lambda k, base: base - k,
        lambda base, k: base - k,
        lambda *, k, base: base - k,
        lambda n, start: start - n,
        lambda k, base, digits=3: round(base - k, digits),
        np.vectorize(lambda k, base: base - k),
    ],
)
def test_function_by_name_where_it_has_the_names_of_the_task(function, capsys):
    check_function(function, [((2, 5.0), 3.0)], names=("k", "base"), hint=HINT)
    assert capsys.readouterr().out == "Right.\n"


def test_function_that_forgets_to_return():
    def forgetful(k):
        rate(k)

    lines = told(check_function, forgetful, [((3,), 0.025)])
    says("\n".join(lines), "forgetful(3)", "None", way_out="`return`")


def test_function_with_a_known_mistake():
    own = "Times is not to the power of."
    for known in (lambda k: 0.1 * k, 0.3):
        mistakes = [(lambda k: 0.7, "Not this."), (0.8, "Nor this."), (known, own)]
        call, hint = told(check_function, rate, [((3,), 0.025)], mistakes=mistakes)
        says(call, "rate(3)", "0.3")
        assert own in hint


def test_function_that_is_none():
    lines = told(check_function, 0.5, [((3,), 0.025)])
    says("\n".join(lines), "a function", "float", way_out=HINT)


@pytest.mark.parametrize(
    ("message", "what", "task"),
    [
        ("3.2: return lr at step k", "3.2", "return lr at step k"),
        ("Exercise 3.2. Return lr", "3.2", "Return lr"),
        ("3.2", "3.2", ""),
        ("return lr", "stub()", "return lr"),
        ("", "stub()", ""),
    ],
)
def test_stub(message, what, task):
    def stub(k):
        raise NotImplementedError(message)

    (line,) = told(check_function, stub, [((3,), 0.025)])
    says(line, what, "still to be written", way_out=task)


def library(k):
    raise NotImplementedError("Cannot convert a symbolic tensor")


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (lambda k: 1 / 0, ZeroDivisionError),
        (lambda: 1, TypeError),
        (lambda k: undefined, NameError),  # noqa: F821
        (lambda k: library(k), NotImplementedError),
    ],
)
def test_what_the_function_raises_comes_through(function, error):
    with pytest.raises(error) as caught:
        check_function(function, [((3,), 0.025)], hint=HINT)
    assert not isinstance(caught.value, NotYet)


def test_a_function_that_writes_into_its_arguments_spoils_no_other_call(capsys):
    def writes(w):
        w -= 1
        return w

    start = np.array([1.0, 2.0])
    check_function(writes, [((start,), [0.0, 1.0]), ((start,), [0.0, 1.0])], hint=HINT)
    assert capsys.readouterr().out == "Right.\n"
    np.testing.assert_array_equal(start, [1.0, 2.0])
    lines = told(check_function, writes, [((start,), [5.0, 5.0])])
    says(lines[0], "writes([1., 2.])", "[0., 1.]")


@pytest.mark.parametrize(
    ("call", "error", "facts", "way_out"),
    [
        (
            lambda: check(1.0, None, hint=HINT),
            TypeError,
            ["check()", "tensors", "expected=None"],
            "right answer",
        ),
        (
            lambda: check(0.2, 0.3, hint=HINT, mistakes=[(0.1, ""), (0.30000001, "")]),
            ValueError,
            ["check()", "expected", "0.3", "mistake 2"],
            "rtol and atol",
        ),
        (
            lambda: check_function(rate, [], hint=HINT),
            ValueError,
            ["check_function()", "one case", "none"],
            "(arguments, expected)",
        ),
        (
            lambda: check_function(rate, [((1,), 0.1), (3, 0.3)], hint=HINT),
            TypeError,
            ["check_function()", "a tuple or a dict", "3", "case 2"],
            "(x,)",
        ),
    ],
    ids=["expected", "mistake", "no case", "arguments"],
)
def test_a_wrong_exercise_is_told_to_its_author(call, error, facts, way_out):
    with pytest.raises(error) as caught:
        call()
    says(caught.value, *facts, way_out=way_out)


def test_a_notebook_shows_the_lines_and_no_traceback():
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "shell.run_cell('from utils.check import check')\n"
        "shell.run_cell('check(0.5, 0.25, hint=\"Think again.\")')\n"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    with pytest.raises(NotYet) as caught:
        check(0.5, 0.25, hint="Think again.")
    assert (run.stdout + run.stderr).strip() == str(caught.value)


def test_not_yet_is_an_assertion_error_with_its_lines_as_text():
    error = NotYet("one", "two")
    assert isinstance(error, AssertionError)
    assert str(error) == "one\ntwo"


# --- forms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (0.333, 1 / 3),
        (tf.constant(0.67), 2 / 3),
        ((0.2, 0.173), (0.2, 0.1732051)),
        ([-1.34], [-1.3416408]),
    ],
)
def test_a_rounded_number_is_asked_for_more_digits_and_gets_no_hint(answer, expected):
    _, *lines = told(check, answer, expected)
    (line,) = lines
    assert "more digits" in line


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(1.2e-5, 1.234e-5), (33, 33.3), ([-1.7, 0.1], [-1.683, 0.1056]), (np.float16(0.33), 1 / 3)],
)
def test_digits_are_counted_in_whatever_notation(answer, expected):
    _, line = told(check, answer, expected, atol=0)
    assert "more digits" in line


def test_a_known_mistake_may_be_rounded():
    _, line = told(check, 0.67, 1 / 3, mistakes=[(2 / 3, "Half of it.")])
    assert line == "Hint: Half of it."


def test_a_mistake_to_the_digit_comes_before_a_rounded_one():
    mistakes = [(1.25, "One layer is not thirty."), (1.2, "Another is nearer.")]
    _, line = told(check, 1.2, 1.3, mistakes=mistakes)
    assert line == "Hint: Another is nearer."


def test_a_whole_number_in_quotation_marks_needs_no_decimal_point():
    _, problem = told(check, "27", 27)
    says(problem, "str", "a whole number", way_out="without quotation marks")
    assert "decimal point" not in problem
    assert "decimal point" in told(check, "0.27", 0.27)[1]


@pytest.mark.parametrize("answer", [(0, 25), (1, 0)])
def test_a_decimal_comma_is_explained(answer):
    _, problem = told(check, answer, 0.25)
    says(problem, "(2,)", "a number", way_out="0.25 for 0,25")
    for other in ([0, 25], (0.0, 25.0)):
        assert "0,25" not in told(check, other, 0.25)[1]


@pytest.mark.parametrize(
    "answer", ["0.25", "0,25", "２５", "25 %", "2.5 ×10^-1", ["0.25"], np.array("0.25"), b"0.25"]
)
def test_a_text_for_a_number_is_told_how_numbers_are_written(answer):
    _, problem = told(check, answer, 0.25)
    says(problem, "a number", way_out="without quotation marks")


@pytest.mark.parametrize(
    ("letter", "name"),
    [
        ("с", "CYRILLIC SMALL LETTER ES"),
        ("В", "CYRILLIC SMALL LETTER VE"),
        ("β", "GREEK SMALL LETTER BETA"),
        ("ß", "LATIN SMALL LETTER SHARP S"),
    ],
)
def test_a_letter_of_another_alphabet_is_named(letter, name):
    for answer in (letter, f"({letter})", f"Option {letter}"):
        _, problem = told(check, answer, "c")
        says(problem, "a to z", name)


@pytest.mark.parametrize("answer", ["b or d", "A smaller rate", "(b) Because of it.", "", "not b"])
def test_more_than_a_letter_is_no_letter(answer):
    _, problem = told(check, answer, "b")
    says(problem, str(len(answer)), "one letter", way_out="alone")


@pytest.mark.parametrize("answer", [0.3, 0.34, 0.332])
def test_a_number_that_is_not_the_right_one_rounded_is_wrong(answer):
    _, problem, hint = told(check, answer, 1 / 3)
    assert "not right" in problem
    assert HINT in hint


def test_a_shape_that_is_the_lesson_counts():
    column = np.array([[1.0], [2.0]])
    _, problem, _ = told(check, [1.0, 2.0], column, exact_shape=True)
    assert "(2,)" in problem
    assert "(2, 1)" in problem


# --- exercises ----------------------------------------------------------------------------------


def test_an_exercise_is_judged_by_the_answers_of_its_chapter(capsys):
    check_exercise("N.1", lambda: 0.3)
    assert capsys.readouterr().out == "Right.\n"
    with pytest.raises(NotYet, match="What leads there"):
        check_exercise("N.1", lambda: 0.5)


def test_a_stub_is_still_to_be_written():
    def answer():
        raise NotImplementedError("Exercise 3.1: return a number")

    with pytest.raises(NotYet) as caught:
        check_exercise("N.1", answer)
    says(caught.value, "3.1", "still to be written", way_out="return a number")


def test_a_value_in_place_of_its_function_is_explained():
    with pytest.raises(NotYet) as caught:
        check_exercise("N.1", 0.3)
    says(caught.value, "function", "0.3")


@pytest.mark.parametrize("number", [" N.1 ", "N.1.", "Exercise N.1", "N,1", "Ｎ．１"])
def test_a_number_of_an_exercise_in_another_form(number, capsys):
    check_exercise(number, lambda: 0.3)
    assert capsys.readouterr().out == "Right.\n"


def test_a_number_of_an_exercise_may_be_a_number():
    with pytest.raises(NotYet, match=r"0\.5"):
        check_exercise(3.1, lambda: 0.5)


@pytest.mark.parametrize("work", [(), (lambda: 0.3, lambda: 0.3)])
def test_not_one_function_is_explained(work):
    with pytest.raises(NotYet) as caught:
        check_exercise("N.1", *work)
    says(caught.value, "N.1", str(len(work)), way_out='check_exercise("N.1", answer)')


def test_a_function_of_other_arguments_is_explained():
    def answer(x):
        return x

    with pytest.raises(NotYet) as caught:
        check_exercise("N.1", answer)
    says(caught.value, "argument", "'x'", way_out="arguments that the task names")


def test_a_call_that_fails_inside_is_the_learners_error():
    def answer():
        return (lambda x: x)()

    with pytest.raises(TypeError, match="missing"):
        check_exercise("N.1", answer)


@pytest.mark.parametrize(("name", "error"), [("b", NotYet), ("rate", NameError)])
def test_a_letter_without_quotation_marks_is_explained(name, error):
    with pytest.raises(error) as caught:
        check_exercise("N.1", lambda: eval(name, {}))
    if error is NotYet:
        says(caught.value, "'b'", way_out='return "b"')


@pytest.mark.parametrize("error", [ZeroDivisionError, NotImplementedError])
def test_an_error_of_the_learner_comes_through_without_a_line_of_the_answers(error):
    def library():
        raise error

    def answer():
        return library()

    with pytest.raises(error) as caught:
        check_exercise("N.1", answer)
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[-2:] == ["answer", "library"]
    assert "exercise_1" not in names


@pytest.mark.parametrize("number", ["N.9", "99.1", "3"])
def test_an_exercise_without_answers_is_an_error_of_the_author(number):
    with pytest.raises(ValueError, match="utils/answers/chapter_"):
        check_exercise(number, lambda: 0.3)
