"""Compiled training loops: traced once for a loss, and found again at every later call.

Whatever a knob moves is an argument of the program. What the loss reads from outside, from globals
or enclosing functions, is compiled in, so it is compared at every call, and a name that is bound
to another object compiles anew.
"""

import dis
import functools
import inspect
import types
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

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
    """

    caller: str
    loss: Callable
    optimizer: Optimizer
    paths: Any
    static: dict[str, Any]
    swept: tuple[str, ...]
    count: int | None


# Code of a loss → key → (what the program read from outside, program), last used last. By code,
# so that a loss that is defined inside a draw function, anew at each call, is found again.
_programs: dict[types.CodeType, dict] = {}
_PROGRAMS_PER_LOSS = 32
_traces = 0


def program(function: types.FunctionType, task: Task, inputs: dict[str, Any]) -> Callable:
    """Return the compiled program of a task, traced now if there is none that still holds."""
    others = [task.optimizer.init, task.optimizer.update, *filter(callable, task.static.values())]
    outside = list(_outside(task.loss, set(), defaults=False))  # the loss' own are settings
    outside += [value for other in others for value in _outside(other, set())]
    known, key = _known(function), _key(task, inputs)
    seen, found = known.pop(key, ([], None))
    if len(seen) != len(outside) or not all(map(_is_same, seen, outside)):
        seen, found = [_held(value) for value in outside], _traced(task, inputs)
    known[key] = seen, found
    if len(known) > _PROGRAMS_PER_LOSS:
        del known[next(iter(known))]
    return found


def _known(function):
    """Return the dict of the programs of a loss, which goes when the loss does."""
    code = function.__code__
    if code not in _programs and "<locals>" not in function.__qualname__:
        # Not for a function within a function, which goes and comes at each call.
        weakref.finalize(function, _programs.pop, code, None).atexit = False
    return _programs.setdefault(code, {})


def _key(task, inputs):
    """Return what must be equal for a program to serve, apart from what is read from outside."""
    functions = (task.optimizer.init, task.optimizer.update)
    static = tuple((n, _id(v) if callable(v) else v) for n, v in task.static.items())
    shapes = tuple((tuple(x.shape), x.dtype) for x in tf.nest.flatten(inputs))
    sweep = (task.swept, task.count)
    return (*map(_id, functions), repr(task.paths), static, sweep, tuple(inputs["values"]), shapes)


def _id(function):
    """Return the same for a lambda and for the one that the same line makes at its next run."""
    return id(function if getattr(function, "__closure__", True) else function.__code__)


def _traced(task, inputs):
    def run(w, lr, steps, values):
        global _traces
        _traces += 1
        return _loop(task, w, lr, steps, values)

    logger = tf.get_logger()
    level = logger.level
    # vectorized_map warns when it maps an op by a loop: slower, but the same numbers.
    logger.setLevel("ERROR")
    try:
        # Only the concrete function stays; a tf.function would keep `run`, and so the loss, alive.
        function = tf.function(run, jit_compile=True, autograph=False)
        return function.get_concrete_function(**inputs)
    finally:
        logger.setLevel(level)


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


def _outside(value, visited, *, defaults=True):
    """Yield all that decides what a callable computes, except its arguments.

    That is its code, its defaults, what it reads from globals and enclosing functions, and the
    same for every function of its module that it reaches. Others stand for themselves.
    """
    if isinstance(value, functools.partial):
        yield from (*value.args, *value.keywords.values())
        yield from _outside(value.func, visited, defaults=defaults)
    elif isinstance(value, types.MethodType):
        yield value.__self__
        yield from _read(value.__func__, visited, defaults=defaults)
    elif isinstance(value, types.FunctionType):
        yield from _read(value, visited, defaults=defaults)
    else:
        yield value
        if isinstance(type(value).__call__, types.FunctionType):
            yield from _read(type(value).__call__, visited, defaults=defaults)


def _read(function, visited, *, defaults=True):
    visited.add(function)
    yield function.__code__
    if defaults:
        yield from function.__defaults__ or ()
        yield from (function.__kwdefaults__ or {}).values()
    values = [function.__globals__.get(name, _ABSENT) for name in _global_names(function.__code__)]
    for value in values + [_contents(cell) for cell in function.__closure__ or ()]:
        is_near = getattr(value, "__globals__", None) is function.__globals__
        if not (is_near and isinstance(value, types.FunctionType)):
            yield value
        elif value not in visited:
            yield from _read(value, visited)


# What a name that is not bound (yet) stands for; a class, so that it is one object.
class _ABSENT: ...


def _contents(cell):
    try:
        return cell.cell_contents
    except ValueError:  # the enclosing function has not bound the name
        return _ABSENT


# Code → names, for `_global_names`: to disassemble takes longer than all the rest of a look-up.
_names: weakref.WeakKeyDictionary[types.CodeType, list[str]] = weakref.WeakKeyDictionary()


def _global_names(code):
    """Return the names that a function's code, and the functions within, look up as globals."""
    if code not in _names:
        steps = dis.get_instructions(code)
        names = [step.argval for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
        for part in code.co_consts:
            names += _global_names(part) if isinstance(part, types.CodeType) else []
        _names[code] = list(dict.fromkeys(names))
    return _names[code]


def _held(value):
    """Return a function that gives `value`, as long as something else keeps it alive."""
    try:
        return weakref.ref(value)
    except TypeError:  # a number, str, tuple, list or dict has no weak references
        return lambda: value


def _is_same(held, value):
    old = held()
    return old is value or (
        type(old) is type(value) and isinstance(value, (int, float, str)) and old == value
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
                "for it. Compute the loss from the w it is given, with TensorFlow functions."
            )
    return value, [tf.convert_to_tensor(gradient) for gradient in gradients]


def _loss_at(task, k, w, settings):
    if "step" in list(inspect.signature(task.loss).parameters)[1:]:
        settings = settings | {"step": k}
    value = task.loss(tf.nest.pack_sequence_as(task.paths, w), **settings, **task.static)
    if value is None or (shape := tf.convert_to_tensor(value).shape).rank != 0:
        got = "None" if value is None else f"the shape {shape}"
        raise ValueError(
            f"{task.caller}() needs a loss that returns one number, got {got}. "
            "Return for example tf.reduce_mean(…) of the losses of all examples."
        )
    return tf.cast(value, w[0].dtype)


def traces() -> int:
    """Return how many programs were traced and compiled so far, for tests and the curious."""
    return _traces
