"""What a function reads from outside, as marks: a call with equal marks computes the same.

A loss is compiled once and its program kept, but it reads globals, enclosing functions, objects
and modules as well as its arguments, and all of these can change: by a new binding, or in place
(`x -= 25`, `config.rate = 3`, `batches.append(b)`). Numbers and arrays are compared by content, an
array by its digest: 0.1 ms for 150 KB, and growing with the size, where a step of the training
reads the array at least twice. Containers, objects, classes and modules of one's own are compared
by what is in them, functions by their code and what they read in turn. Functions and classes of
installed packages stand for themselves, TensorFlow's and Keras' objects for themselves and their
settings; a `tf.Variable` is read by the program at each call. Not seen are files, clocks, what a
package's function looks up, and what getattr() or globals() get computed names for.
"""

import contextlib
import dis
import functools
import hashlib
import marshal
import os
import random
import re
import sys
import types
import weakref
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, MappingView
from contextvars import ContextVar
from typing import Any, NamedTuple

import numpy as np

from utils._tf import tf

_PLAIN = frozenset({int, bool, str, bytes, type(None), type(...), range})
_FLAT = frozenset({int, float, bool, str, type(None)})  # what marshal writes in one way only
_CONTAINERS = (list, tuple, set, frozenset, dict, deque, MappingView, types.MappingProxyType)
# Of their objects only the settings are ours to walk through: variables are read at each call.
_BY_IDENTITY = frozenset({"keras", "tensorflow", "tf_keras"})
_NO_FILE = "<frozen"  # a module that is part of Python itself
_LIBRARIES = ("site-packages", "dist-packages", _NO_FILE, os.path.dirname(os.__file__))
_HERE = os.path.dirname(__file__)


class Mark(NamedTuple):
    """One thing that a function reads.

    Fields:
        name: what the function calls it, or the object or container that it is part of; "" for
            what belongs to a package.
        content: what must be equal.
        is_data: it is a number or an array, which could be a setting of the loss as well.
    """

    name: str
    content: Any
    is_data: bool = False


class Outside:
    """The marks of some functions, the names of the iterators that they read, and how much it is.

    `numbers` counts those in arrays.
    """

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self.numbers = 0
        self.iterators: list[str] = []
        # id → (its first name, object): held, so that no other object gets its id.
        self._visited: dict[int, tuple[str, Any]] = {}
        # What is still to be marked: not by recursion, for a chain of objects may be long.
        self._waiting: deque[tuple[str, Any]] = deque()

    def add(self, name: str, value: Any) -> None:
        """Let `walk` mark a value, and all that is in it."""
        self._waiting.append((name, value))

    def walk(self) -> None:
        """Mark all that was added."""
        while self._waiting:
            self._mark(*self._waiting.popleft())

    def _mark(self, name, value):
        kind = type(value)
        if kind in _PLAIN:
            self.marks.append(Mark(name, (kind, value), kind is int))
        elif isinstance(value, (int, float, complex, str, bytes, np.generic)):
            # Not by ==, for which nan differs from itself and -0.0 is 0.0.
            is_data = not isinstance(value, (str, bytes))
            self.marks.append(Mark(name, (kind.__name__, repr(value)), is_data))
            if not _is_library_class(kind):
                self._add_object(name, value)
        elif id(value) in self._visited:
            self.marks.append(Mark(name, self._visited[id(value)][0]))
        else:
            self._visited[id(value)] = name, value
            self._add_new(name, value)

    def _add_new(self, name, value):
        kind = type(value)
        if isinstance(value, types.FunctionType):
            self.add_function(value)
        elif isinstance(value, types.ModuleType):
            if not _is_package(value):
                self._add_all(name, [v for k, v in vars(value).items() if not k.startswith("__")])
        elif isinstance(value, type):
            self._add_class(name, value)
        elif isinstance(value, _CONTAINERS):
            self._add_container(name, value)
        elif not isinstance(value, tf.Tensor) and _is_of_keras(kind):
            self._add_of_keras(name, value)
        elif hasattr(kind, "__array__") or kind is memoryview:
            self._add_array(name, value)
        elif isinstance(value, functools.partial):
            self._add_all(name, (value.func, value.args, value.keywords, vars(value)))
        elif isinstance(value, types.MethodType):
            self._add_all(name, (value.__func__, value.__self__))
        elif isinstance(value, (types.BuiltinFunctionType, types.MethodWrapperType)):
            owner = value.__self__
            if isinstance(owner, (types.ModuleType, type)):
                self._add_itself(name, value)
            else:
                self._add_all(name, (value.__name__, owner))
        elif isinstance(value, (staticmethod, classmethod)):
            self.add(name, value.__func__)
        elif isinstance(value, weakref.ref):
            self.add(name, value())
        elif isinstance(value, ContextVar):
            self.add(name, value.get(_ABSENT))
        elif isinstance(value, property):
            self._add_all(name, (value.fget, value.fset))
        elif isinstance(value, Iterator):
            self._add_itself(name, value)
            self.iterators.append(name)
        else:
            self._add_object(name, value)

    def add_loss(self, loss: Any) -> None:
        """Mark a loss, whose defaults are settings, so that they do not count here."""
        if isinstance(loss, functools.partial):
            self._add_all("partial", (loss.args, loss.keywords))
            self.add_loss(loss.func)
        elif isinstance(loss, types.MethodType):
            self.add(loss.__name__, loss.__self__)
            self.add_loss(loss.__func__)
        elif isinstance(loss, types.FunctionType):
            self.add_function(loss, defaults=False)
        else:
            self.add(type(loss).__name__, loss)

    def add_function(self, function: types.FunctionType, *, defaults: bool = True) -> None:
        """Mark a function: its code, its defaults and attributes, and what it reads in turn."""
        name, code = function.__name__, function.__code__
        self._visited[id(function)] = name, function
        if is_library(code.co_filename):
            self._add_itself("", function)
            wrapped = getattr(function, "__wrapped__", None)
            if isinstance(wrapped, types.FunctionType) and not is_library(
                wrapped.__code__.co_filename
            ):
                self.add(name, wrapped)
            if function is os.getenv:
                self.add(name, os.environ)
            return
        self.marks.append(Mark(name, code))
        if defaults:
            self._add_all(name, (function.__defaults__, function.__kwdefaults__))
        if vars(function):
            self.add(name, vars(function))
        names, attributes, modules = _names_in(code)
        found = [(name, function.__globals__.get(name, _ABSENT)) for name in names]
        found += [(name, sys.modules.get(name)) for name in modules]
        cells = zip(code.co_freevars, function.__closure__ or (), strict=True)
        found += [(name, _contents(cell)) for name, cell in cells]
        for name, value in found:
            self._add_named(name, value, attributes)

    def _add_named(self, name, value, attributes):
        """Mark a value, and of a package what has one of these names."""
        if isinstance(value, types.ModuleType) and _is_package(value):
            for attribute in attributes & vars(value).keys():
                self._add_named("", vars(value)[attribute], attributes - {attribute})
        else:
            self.add(name, value)

    def _add_class(self, name, cls):
        """Mark a class by what is in it and in its bases, if it is one's own."""
        own = [base for base in cls.__mro__ if not _is_library_class(base)]
        if not own:
            self._add_itself("", cls)
        for base in own:
            self.marks.append(Mark(name, base.__qualname__))
            self._add_all(name, [item for pair in vars(base).items() for item in pair])
        if own:
            self.add(name, type(cls))

    def _add_of_keras(self, name, value):
        """Mark an object of TensorFlow or Keras, its layers, and what one's own class sets."""
        self._add_itself(name, value)
        self.add(name, type(value))
        own = [base for base in type(value).__mro__ if not _is_library_class(base)]
        methods = [one for base in own for one in vars(base).values()]
        codes = [one.__code__ for one in methods if isinstance(one, types.FunctionType)]
        keys = {"_layers"}.union(*[_names_in(code)[1] for code in codes])
        state = getattr(value, "__dict__", {})
        self._add_all(name, [v for k, v in state.items() if k[0] != "_" or k in keys])

    def _add_array(self, name, value):
        try:
            array = np.asarray(value)
        except Exception:  # a symbolic tensor, or a conversion of one's own that fails
            self._add_itself(name, value)
            return
        self.numbers += array.size
        layout = (type(value).__name__, array.shape, array.dtype.descr, array.flags.writeable)
        if array.dtype.hasobject:
            self.add(name, array.tolist())
            content = None
        else:
            flat = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
            content = hashlib.sha256(flat.data, usedforsecurity=False).digest()
        self.marks.append(Mark(name, (layout, content), True))
        if not isinstance(value, tf.Tensor) and (attributes := getattr(value, "__dict__", None)):
            self.add(name, attributes)  # the mask of a masked array

    def _add_container(self, name, value):
        kind = type(value)
        is_mapping = isinstance(value, (dict, types.MappingProxyType))
        items = [item for pair in value.items() for item in pair] if is_mapping else [*value]
        if {*map(type, items)} <= _FLAT:  # at once: a list of 10,000 numbers takes 0.2 ms
            is_data = bool(items) and {*map(type, items)} <= {int, float}
            self.marks.append(Mark(name, (kind.__name__, marshal.dumps(items, 2)), is_data))
        else:
            self.marks.append(Mark(name, (kind.__name__, len(items))))
            self._add_all(name, items)
        if isinstance(value, defaultdict):
            self.add(name, value.default_factory)
        if not _is_library_class(kind):
            self._add_all(name, (kind, object.__getstate__(value)))

    def _add_object(self, name, value):
        """Mark an object by its class and its attributes, or by what pickle would keep of it."""
        kind = type(value)
        state = object.__getstate__(value)
        if isinstance(value, random.Random) and not isinstance(value, random.SystemRandom):
            state = (state, value.getstate())
        if state is None and _is_library_class(kind):
            with contextlib.suppress(Exception):  # cannot be pickled
                state = value.__reduce_ex__(4)
            if not isinstance(state, tuple):
                self._add_itself(name, value)
                return
        self._add_all(name, (kind, state))

    def _add_all(self, name, values):
        for value in values:
            self.add(name, value)

    def _add_itself(self, name, value):
        self.marks.append(Mark(name, _Itself(value)))


class _Itself:
    """Stands for an object that is compared by identity, and lets it go."""

    def __init__(self, value):
        self.get: Callable[[], Any]
        try:
            self.get = weakref.ref(value)
        except TypeError:  # it has no weak references
            self.get = lambda: value

    def __eq__(self, other):
        if not isinstance(other, _Itself):
            return NotImplemented
        return (value := self.get()) is not None and value is other.get()

    __hash__ = None  # type: ignore[assignment]


# What a name that is not bound (yet) stands for; a class, so that it is one object.
class _ABSENT: ...


def changed(before: list[Mark], after: list[Mark]) -> dict[str, list[Mark]]:
    """Return name → marks after the change, for all that is not as it was."""
    old, new = _by_name(before), _by_name(after)
    return {name: new.get(name, []) for name in old | new if old.get(name) != new.get(name)}


def _by_name(marks):
    named: dict[str, list[Mark]] = {}
    for mark in marks:
        named.setdefault(mark.name, []).append(mark)
    return named


@functools.lru_cache(maxsize=1024)
def is_library(file: str) -> bool:
    """Say whether a file belongs to Python, an installed package, or the course's `utils`."""
    is_made = file.endswith(".pyx") or "__autograph_generated" in file
    return is_made or file.startswith(_HERE) or any(part in file for part in _LIBRARIES)


def _is_library_class(cls):
    module = sys.modules.get(cls.__module__)
    if module is None or cls.__module__ == "__main__":  # whose file may be Jupyter's
        return False
    return _is_package(module)


def _is_package(module):
    return is_library(getattr(module, "__file__", None) or _NO_FILE)


def _is_of_keras(cls):
    roots = {base.__module__.partition(".")[0] for base in cls.__mro__}
    return not roots.isdisjoint(_BY_IDENTITY)


def _contents(cell):
    try:
        return cell.cell_contents
    except ValueError:  # the enclosing function has not bound the name
        return _ABSENT


# Code → names, for `_names_in`: to disassemble takes longer than all the rest of a look-up.
_LOOK_UP = ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL")
_names: weakref.WeakKeyDictionary[types.CodeType, tuple] = weakref.WeakKeyDictionary()


def _names_in(code):
    """Return the names that code, and the functions within, look up: globals, attributes, modules.

    Names that it binds count, and strings, for getattr(…, "rate"), globals()["rate"] and
    eval("rate * w"); the modules are those that it imports.
    """
    if code not in _names:
        steps = list(dis.get_instructions(code))
        names = [step.argval for step in steps if step.opname in _LOOK_UP]
        modules = [step.argval for step in steps if step.opname == "IMPORT_NAME"]
        strings = [value for value in code.co_consts if isinstance(value, str)]
        attributes = {*code.co_names, *strings}
        if not {"globals", "eval", "exec"}.isdisjoint(names):
            names += re.findall(r"\w+", " ".join(strings))
        for part in code.co_consts:
            if isinstance(part, types.CodeType):
                inner = _names_in(part)
                names, attributes = [*names, *inner[0]], attributes | inner[1]
                modules = [*modules, *inner[2]]
        _names[code] = tuple(dict.fromkeys(names)), frozenset(attributes), tuple(modules)
    return _names[code]
