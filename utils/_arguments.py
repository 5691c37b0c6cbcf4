"""What `training` is called with, checked and turned into tensors: grid, start, rates, settings.

Every message names the public function that was called, the condition, what it got, and the way
out; `caller` is that function's name.
"""

import inspect
import numbers
import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils._names import mind, plain
from utils._tf import tf
from utils.optimizers import OPTIMIZERS, Optimizer


@dataclass(frozen=True)
class Grid:
    """Name → values of each axis; no axes at all is a single training without leading axes."""

    axes: dict[str, list]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(values) for values in self.axes.values())

    @property
    def count(self) -> int | None:
        """The number of cells, or None for a single training."""
        return int(np.prod(self.shape)) if self.axes else None

    def cells(self, name: str, items: Sequence[Any]) -> Any:
        """Return the only item of a name that is not swept, or an array with a row per cell."""
        if name not in self.axes:
            return items[0]
        axis = list(self.axes).index(name)
        return np.stack(items)[np.indices(self.shape)[axis].ravel()]


def check_over(caller: str, over: Any) -> None:
    """Raise TypeError unless `over` is a dict that names something."""
    if not isinstance(over, dict) or not over:
        raise TypeError(
            f"{caller}() needs over to be a dict with at least one entry, got over={over!r}. "
            'Write over={"lr": [0.1, 0.2]}; for a single training use descend().'
        )


def read_grid(caller: str, over: Mapping[str, Any], taken: Collection[str]) -> Grid:
    """Return the `Grid` of `over`; the names in `taken` have a value elsewhere."""
    axes = {}
    for name, values in over.items():
        name = plain(str(name))
        if not np.iterable(values):
            raise TypeError(
                f"{caller}() needs a sequence of values for each name, got "
                f"over[{name!r}]={values!r}. Write [{values!r}] for one value."
            )
        axes[name] = list(values)
        if name in taken:
            raise ValueError(
                f"{caller}() needs one place for {name}, got it in over and as an argument. "
                + ("Write None for the start." if name == "start" else "Leave out one of them.")
            )
        if not axes[name]:
            raise ValueError(
                f"{caller}() needs at least one value for each name, got over[{name!r}]=[]. "
                "Leave out the name to train at one value."
            )
    return Grid(axes)


def read_optimizer(caller: str, optimizer: Any) -> Optimizer:
    if isinstance(optimizer, Optimizer):
        return optimizer
    name = plain(optimizer).strip().lower() if isinstance(optimizer, str) else ""
    if name in OPTIMIZERS:
        return OPTIMIZERS[name]
    raise (ValueError if isinstance(optimizer, str) else TypeError)(
        f"{caller}() needs an optimizer that it knows, got {optimizer!r}. "
        f"Choose from {', '.join(OPTIMIZERS)}, or hand over an Optimizer.{mind(name, OPTIMIZERS)}"
    )


def read_steps(caller: str, steps: Any) -> int:
    try:
        count = operator.index(steps)
    except TypeError:
        raise TypeError(
            f"{caller}() needs a whole number of steps, got steps={steps!r}. Write steps=100."
        ) from None
    if count < 0:
        raise ValueError(
            f"{caller}() needs steps >= 0, got steps={count}. With steps=0 it returns the start."
        )
    return count


def read_rates(caller: str, lr: Any, steps: int, dtype: tf.DType) -> np.ndarray:
    """Return the learning rates of the steps 0 … steps - 1 as an array of shape (steps,)."""
    if callable(lr):
        return _scheduled(caller, lr, steps, dtype)
    rate = _rounded(lr, dtype)
    if not 0 < rate < np.inf:
        raise ValueError(
            f"{caller}() needs a finite lr > 0, or a schedule, got lr={lr!r}. "
            "Start with lr=0.01 and change it by factors of ten."
        )
    return np.full(steps, rate, dtype.as_numpy_dtype)


def _scheduled(caller, schedule, steps, dtype):
    """Return what `schedule` gives for the steps 0 … steps - 1."""
    values = _schedule_values(schedule, steps)
    plain = all(type(value) is float for value in values)  # these are rounded all in one go
    rounded = values if plain else [_rounded(value, dtype) for value in values]
    with np.errstate(over="ignore"):
        rates = np.array(rounded, dtype.as_numpy_dtype)
    bad = np.flatnonzero(~((rates >= 0) & np.isfinite(rates)))
    if bad.size or len(rates) != steps:
        k = int(bad[0]) if bad.size else 0
        raise ValueError(
            f"{caller}() needs a schedule that gives one finite number >= 0 for each step, "
            f"got {values[k]!r:.80} at step {k}. Try it alone: print(lr({k}))."
        )
    return rates


def _schedule_values(schedule, steps):
    keras_schedule = tf.keras.optimizers.schedules.LearningRateSchedule
    if not isinstance(schedule, keras_schedule) or steps == 0:
        return [schedule(k) for k in range(steps)]
    try:
        # Keras takes as long for one step as for all of them: 0.3 to 1.4 ms.
        return np.broadcast_to(schedule(np.arange(steps)), (steps,))
    except ValueError:
        # A schedule that branches, such as CosineDecay with a warm-up, takes a single step.
        mapped = tf.function(lambda k: tf.vectorized_map(schedule, k), autograph=False)
        return mapped.get_concrete_function(tf.range(steps))(tf.range(steps)).numpy()


def _rounded(value, dtype):
    """Return a real number (Python's, NumPy's, a tensor of shape ()) as `dtype` has it, or nan."""
    if not isinstance(value, numbers.Real):
        value = np.asarray(value) if hasattr(value, "dtype") else np.array(None)
        if value.shape != () or value.dtype.kind not in "iuf":
            return np.nan
    with np.errstate(over="ignore"):
        return float(dtype.as_numpy_dtype(value))


def padded(rates: np.ndarray) -> tf.Tensor:
    """Return the rates with the steps on axis 0 and zeros behind: few lengths serve all `steps`.

    The length is a power of two, and one for the last loss, after which no step is kept.
    """
    steps = rates.shape[-1]
    capacity = max(64, 2 ** (steps - 1).bit_length())
    return tf.constant(np.pad(rates.T, [(0, capacity + 1 - steps)] + [(0, 0)] * (rates.ndim - 1)))


# -- The start ---------------------------------------------------------------------------------


def read_starts(caller: str, starts: Sequence[Any], grid: Grid) -> tuple[Any, list[tf.Tensor]]:
    """Return the leaves' names, in the structure of the start, and their tensors as a list."""
    parsed = [_start(caller, start) for start in starts]
    shapes = [f"{paths} of {[leaf.shape for leaf in leaves]}" for paths, leaves in parsed]
    for i, other in enumerate(shapes):
        if other != shapes[0]:
            raise ValueError(
                f"{caller}() needs starts of one structure and shape, got {shapes[0]} and "
                f"over['start'][{i}]: {other}. Sweep each shape by itself."
            )
    columns = zip(*(leaves for _, leaves in parsed), strict=True)
    return parsed[0][0], [tf.constant(grid.cells("start", column)) for column in columns]


def _start(caller, start):
    """Return the names of the leaves of one start, in its structure, and its leaves as arrays."""
    found: dict[str, Any] = {}
    paths = _paths(start, "start", found)
    leaves = {name: _array(caller, name, found[name]) for name in tf.nest.flatten(paths)}
    if not leaves:
        raise ValueError(
            f"{caller}() needs at least one number in the start, got {start!r}. Write 5.0."
        )
    dtypes = {leaf.dtype for name, leaf in leaves.items() if not _is_numbers(found[name])}
    if len(dtypes) > 1:
        raise TypeError(
            f"{caller}() needs one dtype in the start, got float32 and float64. "
            "Cast one with astype() or tf.cast()."
        )
    dtype = dtypes.pop() if dtypes else np.dtype(np.float32)
    return paths, [_finite(caller, name, leaf, dtype) for name, leaf in leaves.items()]


def _array(caller, name, leaf):
    """Return a leaf of the start as an array of floats."""
    array = _as_array(leaf)
    if array.dtype.kind in "iu":
        raise TypeError(
            f"{caller}() needs floats, got integers in {name}={leaf!r:.80}. Write 5.0, not 5."
        )
    if array.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{caller}() needs numbers of dtype float32 or float64 in {name}, got {leaf!r:.80}. "
            "Start from floats, or arrays, in lists or dicts; rows of one array have one length."
        )
    return array


def _as_array(value):
    try:
        return np.asarray(value)
    except ValueError:  # rows of different lengths
        return np.array(None)


def _finite(caller, name, leaf, dtype):
    with np.errstate(over="ignore"):
        array = leaf.astype(dtype)
    if not np.isfinite(array).all():
        raise ValueError(
            f"{caller}() needs a finite start, got {name}={leaf.tolist()!r:.80}. "
            f"Replace what {dtype} cannot hold, nan and inf."
        )
    return array


def _paths(node, path, leaves):
    """Return `node` with each leaf replaced by its name; put name → leaf into `leaves`."""
    if isinstance(node, dict):
        return {key: _paths(child, f"{path}[{key!r}]", leaves) for key, child in node.items()}
    if isinstance(node, (list, tuple)) and not _is_numbers(node):
        children = [_paths(child, f"{path}[{i}]", leaves) for i, child in enumerate(node)]
        return type(node)(*children) if hasattr(node, "_fields") else type(node)(children)
    leaves[path] = node
    return path


def _is_numbers(node):
    """Say whether a node is a number, or a list or tuple of nothing but numbers: one tensor."""
    if isinstance(node, (list, tuple)) and not hasattr(node, "_fields"):
        return len(node) > 0 and all(_is_numbers(child) for child in node)
    return isinstance(node, numbers.Real)


# -- Settings of the optimizer and of the loss --------------------------------------------------


# `step` is handed to a loss that has it, so it is no setting; these are parameters of ours.
_RESERVED = frozenset({"loss", "start", "optimizer", "lr", "steps", "over"})


def complete(
    caller: str, loss: Callable, optimizer: Optimizer, choices: dict[str, list]
) -> dict[str, list]:
    """Check the names in `choices` (name → list of values) and add the defaults of the others."""
    hyper = {name: value for name, value in optimizer.defaults.items() if name != "lr"}
    settings, takes_any = _parameters(loss)
    _check_names(caller, hyper, settings, takes_any, choices)
    defaults = hyper | {name: p.default for name, p in settings.items()}
    return {name: [value] for name, value in defaults.items()} | choices


def _check_names(caller, hyper, settings, takes_any, choices):
    if shared := sorted(settings.keys() & (hyper.keys() | _RESERVED)):
        raise ValueError(
            f"{caller}() needs different names for different settings, got {shared[0]} of the loss "
            f"and of {'the optimizer' if shared[0] in hyper else caller + '()'}. "
            "Rename the parameter of the loss."
        )
    unknown = sorted(choices.keys() - settings.keys() - hyper.keys())
    if unknown and not takes_any:
        raise TypeError(
            f"{caller}() needs settings that something takes, got {unknown[0]}. The optimizer "
            f"takes {', '.join(hyper) or 'none'}, the loss {', '.join(settings) or 'none'}."
            f"{mind(unknown[0], hyper | settings)}"
        )
    required = {name for name, p in settings.items() if p.default is p.empty}
    if missing := sorted(required - choices.keys()):
        raise TypeError(
            f"{caller}() needs a value for {missing[0]}, which the loss requires, got none. "
            f"Write {caller}(…, {missing[0]}=…)."
        )


def _parameters(loss):
    """Return name → parameter of the loss' settings, and whether it takes any other name too."""
    kinds = inspect.Parameter
    settings = list(inspect.signature(loss).parameters.values())[1:]
    takes_any = any(p.kind is kinds.VAR_KEYWORD for p in settings)
    named = [p for p in settings if p.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.KEYWORD_ONLY)]
    return {p.name: p for p in named if p.name != "step"}, takes_any


def read_settings(
    caller: str, optimizer: Optimizer, choices: dict[str, list], grid: Grid, dtype: tf.DType
) -> tuple[dict[str, tf.Tensor], dict[str, Any]]:
    """Return name → tensor of all that moves, and name → value of what stays a Python value."""
    tensors, static = {}, {}
    for name, values in choices.items():
        if name in optimizer.settings:
            own = optimizer.settings[name]
            items = [_hyper(caller, own, name, value, dtype) for value in values]
        elif name not in grid.axes and _is_static(values[0]):
            static[name] = values[0]
            continue
        else:
            items = [_setting(caller, name, value, dtype) for value in values]
        if len(shapes := {item.shape for item in items}) > 1:
            raise ValueError(
                f"{caller}() needs values of one shape for {name}, got {sorted(shapes)}. "
                "Sweep each shape by itself."
            )
        tensors[name] = tf.constant(grid.cells(name, items))
    return tensors, static


def _is_static(value):
    return value is None or isinstance(value, (bool, str)) or callable(value)


def _hyper(caller, setting, name, value, dtype):
    """Return a setting of the optimizer as a NumPy number, if it is in its range."""
    number = _rounded(value, dtype)
    if not setting.allows(number):
        raise ValueError(
            f"{caller}() needs {setting.range(name)}, got {name}={value!r}. "
            f"The default is {name}={setting.default}."
        )
    return dtype.as_numpy_dtype(number)


def _setting(caller, name, value, dtype):
    """Return a setting of the loss as an array: floats and numbers in `dtype`, others as is."""
    if not _is_static(value):
        array = _as_array(value)
        if array.dtype.kind == "f" or isinstance(value, numbers.Real):
            return array.astype(dtype.as_numpy_dtype)
        if array.dtype.kind in "iub":
            return array
    raise TypeError(
        f"{caller}() cannot hand {name}={value!r:.80} to the loss. Settings are numbers and "
        + ("arrays to sweep over." if caller == "sweep" else "arrays, None, str, bool, functions.")
    )
