"""Compiled training loops: traced once for a loss, and found again at every later call.

Whatever a knob moves is an argument of the program. What the loss reads from outside is compiled
in, so it is compared at every call (`utils/_outside.py`), and what has changed compiles anew. These
programs are tiny: they run on the CPU, also where there is a GPU, whose XLA may be missing.
"""

import contextlib
import functools
import inspect
import io
import random
import re
import sys
import threading
import traceback
import types
import warnings
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from utils._outside import Mark, Outside, changed, is_library
from utils._tf import tf
from utils.optimizers import AdamState, Optimizer


@dataclass(frozen=True, eq=False)
class Task:
    """What a program is compiled for, besides the shapes of its arguments.

    Fields:
        caller: the public function, for error messages.
        paths: the names of the leaves of w, in the structure of the start.
        static: the loss' settings that are not tensors.
        swept: names that have a row for each of the `count` cells; count is None in `descend`.
        whole: the number of cells of the grid that these are a part of, or 0.
    """

    caller: str
    loss: Callable
    optimizer: Optimizer
    paths: Any
    static: dict[str, Any]
    swept: tuple[str, ...]
    count: int | None
    whole: int = 0


class _Program(NamedTuple):
    """A compiled loop, what must be equal for it to serve, and what it read from outside."""

    key: tuple
    outside: list[Mark]
    run: Callable


# Code of a loss → its programs, last used last. By code, so that a loss that is defined inside a
# draw function, anew at each call, is found again.
_programs: dict[types.CodeType, list[_Program]] = {}
_PROGRAMS_PER_LOSS = 32
_traces = 0


# How XLA rounds depends on the shapes: large products are split up by their size, and behind full
# registers of 8 floats come the cells that are left over. So of grids with more than 8 cells, those
# that read many numbers are trained 8 at a time, which takes about as long, and the others
# together, in a program for a multiple of 8.
_REGISTER = 8
_FEW = 8


def outputs(
    function: types.FunctionType, task: Task, inputs: dict[str, Any]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the losses and the leaves of w, a row a step, as the compiled program gives them.

    It is traced if there is none that serves. A cell gets the same numbers in every grid of more
    than 8 cells, and in a smaller one if that is said to be part of a larger one.
    """
    outside = _outside(task)
    width = None if task.count is None else _width(task, inputs, outside)
    task, count = replace(task, count=width), task.count
    found = []
    for number, part in enumerate(_parts(task, inputs, count)):
        if number == 1:  # the first part may have built a layer
            outside = _outside(task)
        losses, trajectory = _outputs(function, task, part, outside)
        found.append([losses.numpy(), *(leaf.numpy() for leaf in trajectory)])
    losses, *trajectory = (_joined(parts, count) for parts in zip(*found, strict=True))
    return losses, trajectory


def _width(task, inputs, outside):
    """Return how many cells a program trains at once."""
    wanted = max(task.count, task.whole)
    if wanted <= _REGISTER:
        return wanted
    numbers = outside.numbers
    for name, tensor in [("start", leaf) for leaf in inputs["w"]] + [*inputs["values"].items()]:
        numbers += int(tf.size(tensor)) // (task.count if name in task.swept else 1)
    return _REGISTER if numbers > _FEW else -(-task.count // _REGISTER) * _REGISTER


def _parts(task, inputs, count):
    """Cut `count` rows into programs of `task.count`; the last one again fills up what is left."""
    if task.count == count:
        return [inputs]
    rows = np.arange(-(-count // task.count) * task.count).reshape(-1, task.count)
    return [_rows(task, inputs, part) for part in np.minimum(rows, count - 1)]


def _rows(task, inputs, rows):
    def taken(name, tensor, axis=0):
        return tf.gather(tensor, rows, axis=axis) if name in task.swept else tensor

    return inputs | {
        "w": [taken("start", leaf) for leaf in inputs["w"]],
        "lr": taken("lr", inputs["lr"], axis=1),
        "values": {name: taken(name, tensor) for name, tensor in inputs["values"].items()},
    }


def _joined(parts, count):
    """Join arrays of shape (steps, cells, …), without what was filled up."""
    if count is None:
        return parts[0]
    return (parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1))[:, :count]


def _outputs(function, task, inputs, outside):
    key = _key(task, inputs)
    known = _known(function)
    places = [i for i, p in enumerate(known) if p.key == key and p.outside == outside.marks]
    if places:
        known.append(known.pop(places[0]))
    else:
        _say_what_changes(task, [p for p in known if p.key == key], outside.marks)
        known.append(_Program(key, *_traced(task, inputs, outside)))
        del known[:-_PROGRAMS_PER_LOSS]
    with _explained(task, inputs):
        return known[-1].run(**inputs)


def _known(function):
    """Return the programs of a loss, which go when the loss does."""
    code = function.__code__
    if code not in _programs and "<locals>" not in function.__qualname__:
        # Not for a function within a function, which goes and comes at each call.
        weakref.finalize(function, _programs.pop, code, None).atexit = False
    return _programs.setdefault(code, [])


def _key(task, inputs):
    """Return what must be equal for a program to serve, apart from what is read from outside."""
    static = tuple((n, callable(v) or v) for n, v in task.static.items())
    shapes = tuple((tuple(x.shape), x.dtype) for x in tf.nest.flatten(inputs))
    return repr(task.paths), static, task.swept, task.count, tuple(inputs["values"]), shapes


def _outside(task):
    outside = Outside()
    outside.add_loss(task.loss)
    for name, other in task.static.items():
        if callable(other):
            outside.add(name, other)
    outside.add("init", task.optimizer.init)
    outside.add("update", task.optimizer.update)
    if keras := sys.modules.get("keras"):  # what its functions read
        keras = keras.backend
        outside.add("", (keras.floatx(), keras.epsilon(), keras.image_data_format()))
    outside.walk()
    return outside


def _say_what_changes(task, before, marks):
    """Warn when the same loss is compiled a third time for numbers that could be settings."""
    new = changed(before[-1].outside, marks) if len(before) > 1 else {}
    if new and all(mark.is_data for found in new.values() for mark in found):
        name = next(iter(new))
        caller = task.caller
        warnings.warn(
            f"{caller}() compiles its loss anew whenever what the loss reads from outside changes, "
            f"and {_listed(new)} changed again: each time takes longer than many trainings. Make "
            f"it a setting: def loss(w, {name}): … and {caller}(…, {name}={name}).",
            stacklevel=6,
        )


def _listed(names):
    return ", ".join(name for name in names if name)


def _traced(task, inputs, outside):
    """Return what the loss reads from outside, and the program for it."""
    if outside.iterators:
        raise ValueError(
            f"{task.caller}() needs a loss that reads the same at each step, got the iterator "
            f"{_listed(outside.iterators)}. Keep all batches in one array x and take "
            "tf.gather(x, step % len(x)): a parameter step of the loss is the number of the step."
        )
    for _ in range(2):  # the first time, a layer may be built, or a cache filled
        chance = _chance()
        program = _traced_once(task, inputs)
        before, outside = outside.marks, _outside(task)
        names = [
            *changed(before, outside.marks),
            *(n for n, s in _chance().items() if s != chance[n]),
        ]
        if not _listed(names):
            _check_repeatable(task, program, inputs)
            return outside.marks, program
    raise ValueError(
        f"{task.caller}() needs a loss that changes nothing outside itself, got one that changed "
        f"{_listed(names)}. It is compiled: its Python runs once, and not at each step. Count "
        "with its parameter step, draw with tf.random.stateless_normal(shape, [seed, step]), and "
        f"find every w and loss in what {task.caller}() returns."
    )


def _traced_once(task, inputs):
    def run(w, lr, steps, values):
        global _traces
        _traces += 1
        return _loop(task, w, lr, steps, values)

    logger = tf.get_logger()
    level = logger.level
    # vectorized_map warns when it maps an op by a loop: slower, but the same numbers.
    logger.setLevel("ERROR")
    try:
        with _explained(task, inputs), _printed(task):
            # Only the concrete function stays; a tf.function would keep `run`, and so the loss.
            function = tf.function(run, jit_compile=True, autograph=False)
            return function.get_concrete_function(**inputs)
    finally:
        logger.setLevel(level)


def _chance():
    """Return the states of the random generators that a module's functions share."""
    if threading.current_thread() is not threading.main_thread():
        return {}  # a worker's: beside it another thread, which keeps the worker alive, draws too
    return {"random": random.getstate(), "np.random": repr(np.random.get_state())}


# Operations that read or change a hidden state: random generators, and variables assigned to.
_HIDDEN = re.compile(
    "(Random|Multinomial|TruncatedNormal|ParameterizedTruncatedNormal|Rng|Assign|ResourceScatter"
    "|ResourceStrided|ResourceApply|Stateful(?!PartitionedCall))"
)


def _check_repeatable(task, program, inputs):
    found = sorted({node.op for node in _nodes(program) if _HIDDEN.match(node.op)})
    got = f"TensorFlow's operation {found[0]}" if found else ""
    if not found and _constants(task, inputs) != _constants(task, inputs):
        name = getattr(task.loss, "__name__", repr(task.loss))
        got = f"{name}, whose numbers are others each time: it draws them, or asks a clock"
    if got:
        raise ValueError(
            f"{task.caller}() needs a loss that gives the same number for the same w and step, "
            f"got {got}. Draw with tf.random.stateless_normal(shape, "
            "[seed, step]), drop with tf.nn.experimental.stateless_dropout(…, seed=[seed, step]), "
            "where step is a parameter of the loss, and assign to no variable."
        )


def _nodes(program):
    graph = program.graph.as_graph_def()
    return [*graph.node, *(node for part in graph.library.function for node in part.node_def)]


def _constants(task, inputs):
    """Return the numbers that the loss by itself is compiled with."""

    def one_cell(name, tensor):
        return tf.TensorSpec(tensor.shape[1:] if name in task.swept else tensor.shape, tensor.dtype)

    w = [one_cell("start", leaf) for leaf in inputs["w"]]
    settings = {
        name: one_cell(name, tensor)
        for name, tensor in inputs["values"].items()
        if name not in task.optimizer.settings
    }
    function = tf.function(functools.partial(_loss_at, task), autograph=False)
    with contextlib.redirect_stdout(io.StringIO()):  # it was printed already
        loss = function.get_concrete_function(tf.TensorSpec((), tf.int32), w, settings)
    nodes = [node for node in _nodes(loss) if node.op == "Const"]
    return sorted(node.attr["value"].tensor.SerializeToString() for node in nodes)


@contextlib.contextmanager
def _printed(task):
    """Say in front of what a loss prints why it is printed once, and without numbers."""
    kept = io.StringIO()
    try:
        with contextlib.redirect_stdout(kept):
            yield
    finally:
        if text := kept.getvalue():
            print(
                f"{task.caller}() compiles the loss: what it prints is printed once, before there "
                "are numbers. Print the w and loss that it returns, or call the loss by itself."
            )
            print(text, end="")


# What TensorFlow and Python say where a tensor without a value meets Python or NumPy; where two
# dtypes meet; where XLA has no such operation.
_NO_VALUE = re.compile(
    r"symbolic|Symbolic|tf\.Tensor|Tensor\(|to Tensor|unhashable|non-tensor|as_list"
    r"|numpy\(\) is only"
)
_DTYPES = re.compile(
    r"does not match type|DataType(?!To)|Expected (bool|u?int\d*|float\d*)\b|incompatible.*dtype"
)
_NOT_COMPILED = (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError)


@contextlib.contextmanager
def _explained(task, inputs):
    """Put one line in front of an error that comes from compiling Python: the way out."""
    try:
        yield
    except Exception as caught:
        error: BaseException = caught
        if hasattr(caught, "ag_error_metadata") and caught.__context__:
            error = caught.__context__  # vectorized_map raises another text in its place
        text = " ".join(map(str, (error, error.__cause__ or "", error.__context__ or "")))
        need = f"{task.caller}() needs a loss of TensorFlow functions, which it compiles"
        if _DTYPES.search(text):
            need = f"{task.caller}() needs a loss whose numbers have one dtype"
            whole = [name for name, x in inputs["values"].items() if x.dtype.is_integer]
            way_out = f"Write floats for whole numbers{_in_words(whole)}, or tf.cast(…, w.dtype)."
            way_out += " A power is w**2, not w^2." * ("^" in _line_of(task, error))
        elif _NO_VALUE.search(text):
            way_out = (
                "Before it runs there are no numbers: write tf.where for if, and, max; tf.exp for "
                "np.exp, math.exp; tf.cast for float(), int(); floats for whole numbers."
            )
        elif "singleton tf.Variable" in text:
            need = f"{task.caller}() needs a loss that makes no variables"
            way_out = (
                "Make the tf.Variable, the layer or the model before the loss, and use it there."
            )
        elif isinstance(error, _NOT_COMPILED) and "Trying to access resource" in text:
            need = f"{task.caller}() needs a loss whose variables are on the CPU"
            way_out = 'Make the tf.Variable or the layer inside of: with tf.device("CPU:0"):'
        elif isinstance(error, _NOT_COMPILED):
            way_out = (
                "XLA does not know all of them: write tf.where for tf.boolean_mask, and a "
                f"tf.while_loop with maximum_iterations; print what {task.caller}() returns."
            )
        else:
            raise error from error.__cause__
        line = f"{need}, got {_line_of(task, error)}. {way_out}"
        told = TypeError(f"{line}\n\n{type(error).__name__}: {error}")
        raise told.with_traceback(error.__traceback__) from None


def _in_words(names):
    return f" ({', '.join(names)}: 1.0, not 1)" if names else ""


def _own_frames(error):
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if not is_library(frame.filename)]


def _line_of(task, error):
    """Return the line of one's own code where an error was raised, or the name of the loss."""
    frames = _own_frames(error)
    if not frames:
        return getattr(task.loss, "__name__", repr(task.loss))
    frame = frames[-1]
    return f"`{frame.line}` (line {frame.lineno})" if frame.line else f"line {frame.lineno}"


def function_of(caller: str, loss: Any) -> types.FunctionType:
    """Return the Python function that a loss is, or is made of."""
    if isinstance(loss, tf.types.experimental.PolymorphicFunction):
        raise TypeError(
            f"{caller}() compiles the loss itself, got one compiled by tf.function. "
            "Leave out the decorator @tf.function."
        )
    function = loss
    while isinstance(function, functools.partial):
        function = function.func
    for part in (function, getattr(function, "__func__", None), type(function).__call__):
        if isinstance(part, types.FunctionType):
            return part
    raise TypeError(
        f"{caller}() needs a loss that is a Python function, got {loss!r:.80}. "
        "Write def loss(w): … and hand over loss, without parentheses."
    )


# -- Inside the program -------------------------------------------------------------------------


def _loop(task, w, lr, steps, values):
    """Build the loop; return the losses and the leaves of w, each with a leading axis of steps."""
    if task.count is not None and "start" not in task.swept:
        w = [tf.broadcast_to(leaf, (task.count, *leaf.shape)) for leaf in w]
    cells = () if task.count is None else (task.count,)
    shapes = [cells, *(leaf.shape for leaf in w)]
    history = [tf.TensorArray(w[0].dtype, lr.shape[0], element_shape=shape) for shape in shapes]

    def body(k, w, state, history):
        value, new_w, new_state = _step_all(task, k, w, state, {"lr": lr[k]} | values)
        rows = zip(history, [value, *w], strict=True)
        return k + 1, new_w, new_state, [array.write(k, row) for array, row in rows]

    loop = (tf.constant(0), w, _initial(task, w), history)
    *_, history = tf.while_loop(lambda k, *_: k <= steps, body, loop)
    losses, *trajectory = [array.stack() for array in history]
    return losses, trajectory


def _initial(task, w):
    if task.count is None:
        return [task.optimizer.init(leaf) for leaf in w]
    return tf.vectorized_map(lambda row: [task.optimizer.init(leaf) for leaf in row], w)


def _step_all(task, k, w, state, values):
    """Take step k: in `descend` of the one training, in `sweep` of all cells."""
    if task.count is None:
        return _step(task, k, w, state, values)
    moving = {name: values[name] for name in task.swept if name != "start"}
    return tf.vectorized_map(
        lambda row: _step(task, k, row[0], row[1], values | row[2]), (w, state, moving)
    )


def _step(task, k, w, state, values):
    """Return the loss at w, and w and the optimizer's state after step k."""
    hyper = {name: values[name] for name in task.optimizer.settings}
    settings = {name: value for name, value in values.items() if name not in hyper}
    value, gradients = _gradients(task, k, w, settings)
    leaves = zip(gradients, _one_count(state), w, strict=True)
    steps = [task.optimizer.update(*leaf, **hyper) for leaf in leaves]
    deltas, state = zip(*steps, strict=True)
    return value, [leaf + delta for leaf, delta in zip(w, deltas, strict=True)], list(state)


def _one_count(state):
    """Let all leaves share Adam's count, which is the same: XLA then takes its powers only once."""
    if not isinstance(state[0], AdamState):
        return state
    return [part._replace(t=state[0].t) for part in state]


def _gradients(task, k, w, settings):
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(w)
        value = _loss_at(task, k, w, settings)
    gradients = tape.gradient(value, w)
    for name, gradient in zip(tf.nest.flatten(task.paths), gradients, strict=True):
        if gradient is None:
            raise ValueError(
                f"{task.caller}() needs a loss that depends on {name}, got one without a gradient "
                "for it. Compute the loss from the w it is given, with TensorFlow functions that "
                "have a slope: tf.round, whole numbers and w > 0 have none."
            )
    return value, [tf.convert_to_tensor(gradient) for gradient in gradients]


def _loss_at(task, k, w, settings):
    if "step" in list(inspect.signature(task.loss).parameters)[1:]:
        settings = settings | {"step": k}
    value = task.loss(tf.nest.pack_sequence_as(task.paths, w), **settings, **task.static)
    if value is None or (shape := tf.convert_to_tensor(value).shape).rank != 0:
        if value is not None and shape.rank is None:
            raise TypeError("tf.py_function and tf.numpy_function cannot be compiled: symbolic")
        got = "None" if value is None else f"the shape {shape}"
        raise ValueError(
            f"{task.caller}() needs a loss that returns one number, got {got}. "
            "Return for example tf.reduce_mean(…) of the losses of all examples."
        )
    return tf.cast(value, w[0].dtype)


def traces() -> int:
    """Return how many programs were traced and compiled so far, for tests and the curious."""
    return _traces
