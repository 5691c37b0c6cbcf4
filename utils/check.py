"""Feedback on exercises: right, or a hint; the expected value is never shown.

A cell of a notebook asks::

    check_exercise("3.1", border)

This calls `exercise_1` of `utils/answers/chapter_3.py`, where the answers are, out of the reader's
sight. What is written there::

    check(answer, 0.25, hint="The factor is 1 - 2 lr.", mistakes=[(0.5, "One step, not two.")])
    check_function(rate, [((0,), 0.2), ((40,), 0.02)], hint="The exponent counts steps.")

Right: one line, "Right." Not right: `NotYet`, which a notebook shows as a few plain lines.
"""

import copy
import importlib
import inspect
import re
import traceback
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence, ValuesView
from decimal import Decimal
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from utils._names import plain
from utils._tf import tf

# What an array of each kind may answer; a float for a whole number must be whole.
_KINDS = {"b": "b", "i": "iuf", "u": "iuf", "f": "iuf", "c": "iufc"}
# What is needed, with its verb: one alone, and several of a shape.
_NUMBERS = ("a number is", "numbers of shape {} are")
_WHOLE = ("a whole number is", "whole numbers of shape {} are")
_NEEDED = {"b": ("True or False is", "True or False of shape {} are"), "i": _WHOLE, "u": _WHOLE}
_LETTER = re.compile(
    r"(?:(?:the|my|answer|option|choice|sentence|letter|reason|is|it|i|think|choose|pick) )*(\w)"
)


class _Form(str):
    """What is wrong with the form of an answer, and the way out: no hint belongs to it."""


_MORE_DIGITS = _Form("Right as far as it goes; more digits, please.")


class NotYet(AssertionError):  # noqa: N818 (a learner on the way has made no error)
    """An exercise that is not solved yet; its lines say what came, what is wrong with it, a hint.

    IPython shows the lines alone: a learner's wrong answer is not a crash.
    """

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def check_exercise(number: str, *work: Callable) -> None:
    """Print "Right." if what the learner wrote solves an exercise; otherwise raise `NotYet`.

    What is right, and the hints, are in `utils/answers/chapter_N.py`, in a function `exercise_M`
    that takes what the learner wrote. An error of the learner's own function comes through, without
    the lines of that file in its traceback.

    Args:
        number: the exercise's number, such as "3.1".
        work: the functions that the exercise asks for, not called.
    Raises:
        NotYet: not right, still the stub, or no function.
        ValueError: there is no such exercise.
    """
    judge = _find(number)
    _refuse_work(number, list(inspect.signature(judge).parameters), work)
    try:
        judge(*work)
    except NotYet:
        raise
    except Exception as error:
        trace = _without_ours(error.__traceback__)
        for function in work:
            if _is_stub(function, error):
                raise NotYet(_stub_text(function, str(error))) from None
        if way_out := _way_out(error, trace):
            raise NotYet(f"Not yet: {error}.", way_out) from None
        raise error.with_traceback(trace) from None


def check(
    answer: Any,
    expected: Any,
    *,
    hint: str,
    mistakes: Iterable[tuple[Any, str]] = (),
    rtol: float = 1e-4,
    atol: float = 1e-6,
    exact_shape: bool = False,
) -> None:
    """Print "Right." if `answer` equals `expected`; otherwise raise `NotYet` with a hint.

    The content counts, not its form. Numbers with a fraction are equal within
    `|answer - expected| <= atol + rtol * |expected|`; whole numbers, also as floats, and booleans
    are equal exactly. NumPy or TensorFlow, float32 or float64, list, array or generator are the
    same, and so are shapes that differ by axes of length 1 only, unless `exact_shape`. Texts are
    compared without case, brackets, dots and quotation marks, and "option b" is "b". A number that
    is right to its own two or more digits is asked for more of them. Where the form hides the
    content (a text for a number, two numbers for one, a Cyrillic letter), `NotYet` says how to
    write it; the hints are for wrong content.

    Args:
        answer: what the learner found: number, bool, str, tensor, array, or list/tuple of them.
        expected: the right answer, of one of these types; a list or tuple of numbers stands for
            an array, any other for parts that are compared one by one.
        hint: a sentence for an answer that is none of `mistakes`.
        mistakes: pairs (wrong answer, the hint for who got it), tried in order.
        rtol, atol: relative and absolute tolerance, >= 0.
        exact_shape: True where the shape itself is what the exercise asks for.
    Raises:
        NotYet: the answer is not right, or still `...`.
        TypeError, ValueError: the exercise itself is wrong: `expected` is of no such type, or one
            of `mistakes` equals it.

    >>> check(0.1 + 0.2, 0.3, hint="Add the two.")
    Right.
    >>> check(0.6, 0.3, hint="Add the two.", mistakes=[(0.02, "Add, do not multiply.")])
    Traceback (most recent call last):
    utils.check.NotYet: Not yet: your answer is 0.6.
    The value is not right yet.
    Hint: Add the two.
    """
    close = {"rtol": rtol, "atol": atol, "exact_shape": exact_shape}
    answer, mistakes = _listed(answer), list(mistakes)
    _refuse_mistakes(mistakes, expected, close)
    if answer is ...:
        raise NotYet("Not yet: your answer is still `...`; write your own in its place.")
    problem = _problem(answer, expected, **close)
    if problem:
        advice = _advice(answer, mistakes, problem, hint, close)
        raise NotYet(f"Not yet: your answer is {_short(answer)}.", *advice)
    print("Right.")


def check_function(
    function: Callable,
    cases: Sequence[tuple[tuple | dict, Any]],
    *,
    hint: str,
    names: Sequence[str] = (),
    mistakes: Iterable[tuple[Any, str]] = (),
    rtol: float = 1e-4,
    atol: float = 1e-6,
    exact_shape: bool = False,
) -> None:
    """Print "Right." if `function` returns what is expected at each call; otherwise raise `NotYet`.

    The calls are made in order; the first that fails is reported: what was passed, what came back.
    Arguments are copied for each call, so a function that writes into them spoils no other call.
    What the function raises comes through as it is, except the NotImplementedError of a stub.

    Args:
        function: what the learner wrote.
        cases: pairs (arguments, expected), at least one; arguments are a tuple (by position) or a
            dict (by keyword), expected is as in `check`.
        hint: a sentence for a result that is none of `mistakes`.
        names: what the task calls the arguments that the cases give by position. A function that
            has all these names is called by them, in whatever order it takes them.
        mistakes: pairs (wrong result, or a wrong function of the same arguments; the hint for who
            got this at the failing call), tried in order.
        rtol, atol, exact_shape: as in `check`.
    Raises:
        NotYet: a result is not right, the stub is still there, or `function` is no function.
        TypeError, ValueError: the exercise itself is wrong: no cases, or arguments of another type.

    >>> def rate(k):
    ...     return 0.2 * 0.5 * k
    >>> check_function(rate, [((1,), 0.1), ((3,), 0.025)], hint="Decay is a power.")
    Traceback (most recent call last):
    utils.check.NotYet: Not yet: rate(3) returned 0.3.
    The value is not right yet.
    Hint: Decay is a power.
    """
    close = {"rtol": rtol, "atol": atol, "exact_shape": exact_shape}
    cases = list(cases)
    _refuse_cases(cases)
    if not callable(function):
        kind = type(function).__name__
        raise NotYet(f"Not yet: a function is needed, this is of type {kind}.", f"Hint: {hint}")
    for arguments, expected in cases:
        result = _listed(_call_or_not_yet(function, arguments, names))
        problem = _problem(result, expected, **close)
        if problem:
            wrong = [(_result(known, arguments), text) for known, text in mistakes]
            lead = f"Not yet: {_call_text(function, arguments)} returned {_short(result)}."
            raise NotYet(lead, *_advice(result, wrong, problem, hint, close))
    print("Right.")


def _find(number):
    """Return the function that judges an exercise: "3.1", also as 3.1 or in full-width digits."""
    chapter, exercise, *_ = [*re.findall(r"\d+|N\b", plain(str(number))), "", ""]
    try:
        answers = importlib.import_module(f"utils.answers.chapter_{chapter}")
        return getattr(answers, f"exercise_{exercise}")
    except (ImportError, AttributeError):
        raise ValueError(
            f"check_exercise() needs the number of an exercise that has answers, got {number!r}. "
            f"Write exercise_{exercise}() into utils/answers/chapter_{chapter}.py."
        ) from None


def _refuse_work(number, names, work):
    if len(work) != len(names):
        raise NotYet(
            f"Not yet: {number} needs {len(names)} function(s), this is {len(work)}.",
            f'Write check_exercise("{number}", {", ".join(names)}), as the cell had it.',
        )
    for name, function in zip(names, work, strict=True):
        if not callable(function):
            raise NotYet(
                f"Not yet: {number} needs the function itself, this is {_short(function)}.",
                f"Keep the line that begins `def {name}(`, write `return` in front of your answer, "
                "and in the check the name without brackets.",
            )


def _problem(answer, expected, **close):
    """Return one sentence on how `answer` differs from `expected`, "" where it does not."""
    wanted = _array(expected)
    if isinstance(expected, list | tuple) and (wanted is None or _mixes_bools(expected, wanted)):
        return _parts_problem(answer, expected, **close)
    if wanted is None and not isinstance(expected, str):
        raise TypeError(
            "check() compares numbers, bools, texts, tensors, arrays and lists or tuples of them, "
            f"got expected={expected!r}. Give the right answer as one of these."
        )
    if wanted is None:
        return _text_problem(answer, expected)
    return _array_problem(answer, wanted, **close)


def _parts_problem(answer, expected, **close):
    if isinstance(answer, np.ndarray) or tf.is_tensor(answer):
        answer = list(np.atleast_1d(answer))
    if not isinstance(answer, list | tuple):
        return _other_type(answer, f"{len(expected)} parts are", "several")
    if len(answer) != len(expected):
        return _Form(f"The number of parts is {len(answer)}, but {len(expected)} are needed.")
    for number, (part, wanted) in enumerate(zip(answer, expected, strict=True), start=1):
        problem = _problem(part, wanted, **close)
        if problem:
            return type(problem)(f"Part {number} is {_short(part)}. {problem}")
    return ""


def _text_problem(answer, expected):
    needed = "one letter is" if len(expected) == 1 else "a text is"
    text = _text(answer)
    if text is None:
        return _other_type(answer, needed, "text")
    found = _bare(text)
    if found == _bare(expected):
        return ""
    if expected.isascii() and (other := re.search(r"[^\x00-\x7f]", found)):
        name = unicodedata.name(other[0], "not one of them")
        return _Form(f"Write it with letters from a to z: {other[0]!r} in your answer is {name}.")
    if len(expected) == 1 and not (len(found) == 1 and found.isalpha()):
        return _Form(f"It is a text of {len(text)} characters, but {needed} needed, alone.")
    return "The text is not right."


def _text(value):
    """Return the only text in a value, None if there is none: a list or an array may hold it."""
    try:
        one = np.asarray(value.numpy() if tf.is_tensor(value) else value).item()
        one = one.decode() if isinstance(one, bytes) else one
    except (ValueError, TypeError, AttributeError):  # several; not an array; a graph's tensor
        return None
    return one if isinstance(one, str) else None


def _bare(text):
    """Return a text without what does not count: "(B).", "option b" and "ｂ" are "b"."""
    words = re.sub(r"[\W_]+", " ", plain(text)).strip().lower()
    letter = _LETTER.fullmatch(words)
    return letter[1] if letter else words


def _array_problem(answer, wanted, rtol, atol, exact_shape):
    found, needed = _array(answer), _describe(wanted)
    if found is None:
        form = "several" if wanted.shape else "one"
        return _other_type(answer, needed, form, fraction=wanted.dtype.kind in "fc")
    if not exact_shape and _long_axes(found) == _long_axes(wanted):
        found = found.reshape(wanted.shape)
    if found.shape != wanted.shape:
        kind = str if exact_shape else _Form
        return kind(f"The shape is {found.shape}, but {needed} needed.{_comma(answer, wanted)}")
    if found.dtype.kind not in _KINDS[wanted.dtype.kind]:
        return _Form(f"The dtype is {found.dtype}, but {needed} needed.")
    if wanted.dtype.kind in "fc":
        if found.dtype.kind == "f":
            rtol = max(rtol, float(np.finfo(found.dtype).eps))  # float16 has three digits
        wrong = ~np.isclose(found, wanted, rtol=rtol, atol=atol, equal_nan=True)
    elif found.dtype.kind == "f":
        # 6 / 0.1 * 9 is 539.9999999999999.
        wrong = ~np.isclose(found, wanted, rtol=1e-9, atol=1e-9)
    else:
        wrong = found != wanted
    if np.any(wrong & np.isnan(found)):
        return _where(wrong & np.isnan(found), "not a number (nan)")
    if np.any(wrong & np.isinf(found)):
        return _where(wrong & np.isinf(found), "infinite (inf or -inf)")
    if not np.any(wrong):
        return ""
    if wanted.dtype.kind == "f" and _are_rounded(found[wrong], wanted[wrong]):
        return _MORE_DIGITS
    return _where(wrong, "not right yet")


def _other_type(answer, needed, form, fraction=False):
    """Say of which type an answer is where no number, or no text, can be read from it."""
    if answer is None:
        return _Form("Did you forget `return`?")
    if form == "text":
        way_out = "write it in quotation marks, as the cell had it"
    elif _holds_text(answer):
        way_out = "write it without quotation marks and without a unit"
        if fraction:
            way_out = "write it without quotation marks, with a decimal point and without a unit"
    else:
        way_out = "return it alone" if form == "one" else "return them alone, in a list"
    return _Form(f"It is of type {type(answer).__name__}, but {needed} needed; {way_out}.")


def _holds_text(value):
    if isinstance(value, list | tuple):
        return any(map(_holds_text, value))
    return isinstance(value, str | bytes) or _text(value) is not None


def _comma(answer, wanted):
    """Return advice for who wrote 0,25 or 1,000 where one number is needed."""
    whole = isinstance(answer, tuple) and all(isinstance(part, int) for part in answer)
    if wanted.shape or not whole:
        return ""
    return " A comma makes two numbers of one: write 0.25 for 0,25 and 1000 for 1,000."


def _long_axes(array):
    return [length for length in array.shape if length != 1]


def _are_rounded(found, wanted):
    """Say whether numbers are the right ones, rounded, and one of them to two or more digits."""
    read = [Decimal(str(number)).normalize() for number in found]
    right = all(
        abs(float(number) - one) <= 0.5000001 * 10.0 ** float(number.as_tuple().exponent)
        for number, one in zip(read, wanted, strict=True)
    )
    return right and max(len(number.as_tuple().digits) for number in read) >= 2


def _listed(answer):
    """Return an answer, with what can be read only once (a generator, a map) as a list."""
    if isinstance(answer, Iterator | ValuesView):
        return list(islice(answer, 1000))  # a generator may be endless
    return answer


def _array(value):
    """Return `value` as an array of numbers or booleans, None if it is neither."""
    try:
        array = np.asarray(value.numpy() if tf.is_tensor(value) else value)
        if array.dtype.kind in "OV" and not any(isinstance(one, str | bytes) for one in array.flat):
            # Fraction, Decimal, bfloat16: whatever is a number to Python.
            array = np.reshape([float(one) for one in array.flat], array.shape)
        if array.dtype.kind == "c":
            array = array.real if np.allclose(array.imag, 0) else array
    except OverflowError:  # a whole number beyond the floats
        return np.array(np.inf)
    except (ValueError, TypeError, AttributeError):
        # Rows of different lengths, a tensor without a value, what is no number.
        return None
    return array if array.dtype.kind in _KINDS else None


def _mixes_bools(expected, wanted):
    return wanted.dtype.kind != "b" and any(isinstance(part, bool) for part in expected)


def _describe(wanted):
    """Return what is needed, with its verb, and without a value: "a number is"."""
    alone, several = _NEEDED.get(wanted.dtype.kind, _NUMBERS)
    return several.format(wanted.shape) if wanted.shape else alone


def _where(wrong, name):
    """Return the sentence that counts the True entries of `wrong` and shows the first."""
    if not wrong.shape:
        return f"The value is {name}."
    count, first = np.count_nonzero(wrong), np.argwhere(wrong)[0].tolist()
    if count == 1:
        return f"1 of {wrong.size} values is {name}, at index {first}."
    return f"{count} of {wrong.size} values are {name}, the first at index {first}."


def _advice(answer, mistakes, problem, hint, close):
    """Return the lines after the first: a known mistake's hint, or the problem and the hint."""
    if problem.endswith(_MORE_DIGITS):
        return [problem]
    known = [(_problem(answer, wrong, **close), wrong_hint) for wrong, wrong_hint in mistakes]
    # An answer may equal one mistake (1.2) and look like another one, rounded (1.25).
    meant = [text for same, text in known if not same]
    meant += [text for same, text in known if same.endswith(_MORE_DIGITS)]
    if meant:
        return [f"Hint: {meant[0]}"]
    # A hint is for who thought something else, not for who wrote it in another form.
    return [problem] if isinstance(problem, _Form) else [problem, f"Hint: {hint}"]


def _call_or_not_yet(function, arguments, names):
    """Return the result of the call; a stub's NotImplementedError becomes `NotYet`."""
    if names and _takes(function, names):
        arguments = dict(zip(names, arguments, strict=True))
    try:
        return _call(function, arguments)
    except NotImplementedError as error:
        if not _is_stub(function, error):
            raise
        raise NotYet(_stub_text(function, str(error))) from None


def _takes(function, names):
    """Say whether a function can be called by all these names."""
    try:
        parameters = inspect.signature(getattr(function, "call", function)).parameters  # a layer
    except (TypeError, ValueError):  # written in C
        return False
    kinds = inspect.Parameter
    named = (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)
    return all(name in parameters and parameters[name].kind in named for name in names)


def _is_stub(function, error):
    """Say whether the function itself raised NotImplementedError: libraries do so, too."""
    if not isinstance(error, NotImplementedError):
        return False
    *_, (last, _) = traceback.walk_tb(error.__traceback__)
    return last.f_code is getattr(function, "__code__", None)


def _way_out(error, trace):
    """Return what to write instead where an error comes from the form; trace: without our lines."""
    call = re.search(r"\(\) (missing|takes|got) ", str(error))
    if isinstance(error, TypeError) and trace is None and call:
        return "Let it take the arguments that the task names, in their order."
    if isinstance(error, NameError) and error.name in set("abcd"):
        return f'Write a letter in quotation marks: return "{error.name}".'
    return ""


def _without_ours(trace):
    """Return a traceback without the frames of `utils`, whose lines would show the answers."""
    if trace is None:
        return None
    after = _without_ours(trace.tb_next)
    if Path(trace.tb_frame.f_code.co_filename).is_relative_to(Path(__file__).parent):
        return after
    return TracebackType(after, trace.tb_frame, trace.tb_lasti, trace.tb_lineno)


def _stub_text(function, message):
    """Return "3.2 is still to be written: …" from the stub's "Exercise 3.2: …"."""
    # The word for an exercise is another one in another language, and so is the colon.
    parts = re.fullmatch(r"(?:(?:[^\W\d]+\s+)?(\d+\.\d+)[:：.]?\s*)?(.*)", message, re.S)
    assert parts is not None  # each part may be missing
    number, task = parts.groups()
    what = number or f"{_name(function)}()"
    if not task:
        return f"{what} is still to be written."
    return f"{what} is still to be written: {task}"


def _call(function, arguments):
    arguments = copy.deepcopy(arguments)
    return function(**arguments) if isinstance(arguments, dict) else function(*arguments)


def _result(known, arguments):
    """Return a known mistake's result: what the wrong function gives, or the value as it is."""
    return _call(known, arguments) if callable(known) else known


def _call_text(function, arguments):
    if isinstance(arguments, dict):
        passed = [f"{name}={_short(value)}" for name, value in arguments.items()]
    else:
        passed = [_short(value) for value in arguments]
    return f"{_name(function)}({', '.join(passed)})"


def _name(function):
    return getattr(function, "__name__", type(function).__name__)


def _short(value, width=70):
    """Return `value` in one short line."""
    array = _array(value)
    if isinstance(value, list | tuple):
        brackets = "[]" if isinstance(value, list) else "()"
        text = ", ".join(_short(part) for part in value[:20]).join(brackets)
    elif array is None:
        text = _name(value) if callable(value) else repr(value)
    elif array.shape:
        text = np.array2string(array, precision=4, threshold=12, edgeitems=3, separator=", ")
    else:
        text = f"{array[()]:.6g}" if array.dtype.kind in "fc" else str(array[()])
    text = " ".join(text.split())
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _refuse_mistakes(mistakes, expected, close):
    for number, (wrong, _) in enumerate(mistakes, start=1):
        if not _problem(wrong, expected, **close):
            raise ValueError(
                f"check() needs mistakes that differ from expected, got {_short(wrong)} as "
                f"mistake {number}. Take it out, or make rtol and atol smaller."
            )


def _refuse_cases(cases):
    if not cases:
        raise ValueError(
            "check_function() needs at least one case, got none. "
            "Give pairs of (arguments, expected)."
        )
    for number, (arguments, _) in enumerate(cases, start=1):
        if not isinstance(arguments, tuple | dict):
            raise TypeError(
                "check_function() needs arguments as a tuple or a dict, got "
                f"{arguments!r} in case {number}. For one argument write a tuple: (x,)."
            )
