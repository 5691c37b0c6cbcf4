"""What stands still in the pictures of one figure: put back before each, recognised after it.

A figure costs more to make, and its axes more to draw, than what a draw function puts there. So a
figure is made once. `State` remembers what it consisted of when it was blank; `restore` makes it
blank again, whatever a draw function did to it, and `changes` tells how its fixed parts differ from
the blank ones: two pictures with the same changes have the same axes, to the byte.
"""

import functools
import itertools
import types
from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_Seen = dict[int, tuple[int, Any]]  # id of an object → its number, and the object
_CONTAINERS = (dict, list, set, tuple)
_PLAIN = (str, bytes, int, float, complex, bool, type(None), type, types.ModuleType, np.ufunc)
# Attributes that say nothing of how axes, ticks, labels, grid and frame look: the artists
# themselves and what is counted for them, titles, caches, and who listens to whom.
_NOT_FIXED = frozenset(
    """
    _children _mouseover_set _current_image legend_ texts legends artists lines patches images
    containers _get_lines _get_patches_for_fill dataLim ignore_existing_data_limits _stale_viewlims
    title _left_title _right_title _axstack _localaxes child_axes _colorbars _layout_engine
    _stale stale_callback _invalid _inverted _affine _parents _remove_method _renderer
    callbacks _callbacks canvas _canvas_callbacks
    """.split()  # noqa: SIM905
)


class IncomparableError(Exception):
    """A fixed part holds something of which two copies cannot be compared."""


class State:
    """A blank figure's state: that of every object it consists of."""

    def __init__(self, figure: Figure) -> None:
        self.axes = tuple(figure.axes)
        self.figure = figure
        self._numbers: dict[int, int] = {}  # id of an object → its number
        self._kept: list[tuple[Any, Any]] = []  # things that can change, with their contents
        self._walk((figure, *self.axes), fixed=True)
        self._fixed = len(self._kept)
        self._walk((figure,), fixed=False)

    def restore(self) -> None:
        """Make the figure blank again."""
        for axes in self.figure.axes:
            if axes not in self.axes:
                self.figure.delaxes(axes)  # shared axes are noted outside of the figure, too
        for thing, content in self._kept:
            if isinstance(thing, np.ndarray):
                thing[...] = content
            elif isinstance(thing, list):
                thing[:] = content
            else:
                thing.clear()
                thing.update(content)

    def changes(self) -> Hashable | None:
        """How the fixed parts differ from the blank figure's; None if that cannot be told."""
        try:
            return tuple(self._changes())
        except IncomparableError:
            return None

    def _changes(self) -> Iterator[Hashable]:
        seen: _Seen = {}
        for number, (thing, content) in enumerate(self._kept[: self._fixed]):
            if isinstance(thing, np.ndarray):
                if thing.tobytes() != content.tobytes():
                    yield number, self._frozen(thing, seen, inside=True)
            elif _same(thing, content):
                continue
            elif isinstance(thing, dict):
                for name in (*thing, *(content.keys() - thing.keys())):
                    old, new = content.get(name), thing.get(name)
                    if old is not new and name not in _NOT_FIXED and not _same(old, new):
                        yield number, str(name), self._frozen(new, seen)
            else:
                yield number, self._frozen(thing, seen, inside=True)

    def _walk(self, roots: tuple, *, fixed: bool) -> None:
        waiting, seen = list(roots), set()
        while waiting:
            thing = waiting.pop()
            if isinstance(thing, _PLAIN) or id(thing) in seen:
                continue
            seen.add(id(thing))
            if isinstance(thing, np.ndarray):
                self._keep(thing, thing.copy() if thing.flags.writeable else None)
            elif isinstance(thing, dict):
                self._keep(thing, dict(thing))
                names = [name for name in thing if not (fixed and name in _NOT_FIXED)]
                waiting += names + [thing[name] for name in names]
            elif isinstance(thing, _CONTAINERS):
                self._keep(thing, None if isinstance(thing, tuple) else thing.copy())
                waiting += thing
            elif hasattr(thing, "__dict__") and _is_part(thing):
                self._keep(thing, None)
                waiting.append(thing.__dict__)

    def _keep(self, thing: Any, content: Any) -> None:
        if id(thing) in self._numbers:
            return
        self._numbers[id(thing)] = len(self._numbers)
        if content is not None:
            self._kept.append((thing, content))

    def _frozen(self, value: Any, seen: _Seen, *, inside: bool = False) -> Hashable:
        """A value by which two objects can be compared, of two pictures of this figure."""
        if isinstance(value, _PLAIN):
            return type(value).__name__, value
        if not inside and id(value) in self._numbers:
            return "known", self._numbers[id(value)]
        if id(value) in seen:
            return "seen", seen[id(value)][0]
        seen[id(value)] = len(seen), value  # held, or its address might become another's
        if isinstance(value, np.ndarray) and value.dtype != object:
            return value.dtype.str, value.shape, value.tobytes()
        if isinstance(value, itertools.count):  # of the names on an axis
            return "count", repr(value)
        if isinstance(value, np.generic):
            return type(value).__name__, value.item()
        if isinstance(value, dict):
            pairs = [(n, v) for n, v in value.items() if n not in _NOT_FIXED]
            return tuple((self._frozen(n, seen), self._frozen(v, seen)) for n, v in pairs)
        if isinstance(value, (list, tuple)):
            return type(value).__name__, *(self._frozen(one, seen) for one in value)
        if isinstance(value, types.FunctionType):
            cells = [cell.cell_contents for cell in value.__closure__ or ()]
            return "function", value.__code__, self._frozen((value.__defaults__, cells), seen)
        if isinstance(value, functools.partial):
            return "partial", self._frozen((value.func, value.args, value.keywords), seen)
        if isinstance(value, types.MethodType):
            return "method", value.__func__, self._frozen(value.__self__, seen)
        if isinstance(value, Axes):
            return ("axes",)
        if hasattr(value, "__dict__") and _is_part(value):
            return type(value), self._frozen(value.__dict__, seen)
        raise IncomparableError(type(value).__name__)


def _is_part(thing: Any) -> bool:
    return type(thing).__module__.startswith(("matplotlib", "weakref"))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return np.array_equal(one, other)
    try:
        return bool(one == other)
    except ValueError:  # arrays inside
        return False
