"""What a loss reads from outside counts as it is at the call: seen, or refused with the way out."""

import array
import collections
import contextlib
import contextvars
import dataclasses
import functools
import itertools
import math
import os
import random
import secrets
import sys
import types
import uuid
import warnings
import weakref

import keras
import numpy as np
import pytest
from messages import says

from utils._tf import tf
from utils.training import descend, sweep, traces


@dataclasses.dataclass(slots=True)
class Slotted:
    factor: float = 1.0


class Own:
    factor = 1.0

    def __init__(self):
        self.own = [1.0]

    @property
    def first(self):
        return self.own[0]

    def loss(self, w):
        return w * self.own[0]

    def __call__(self, w):
        return w * self.own[0]


def in_array():
    x = np.ones((4, 6), np.float32)[:, ::2]  # not contiguous
    return lambda w: w * x[1, 1], lambda: x.__setitem__((1, 1), 2)


def in_a_large_array():
    x = np.ones((500, 784), np.float32)
    return lambda w: w * x[-1, -1], lambda: x.__setitem__((-1, -1), 2)


def shape_of_an_array():
    x = np.ones((1, 2))

    def change():
        x.shape = (2, 1)

    return lambda w: w * x.shape[0], change


def mask():
    x = np.ma.array([1.0, 1.0], mask=[False, True])
    return lambda w: w * x.sum(), lambda: x.mask.__setitem__(1, False)


def array_of_objects():
    x = np.array([[1.0], 0], dtype=object)
    return lambda w: w * x[0][0], lambda: x[0].__setitem__(0, 2.0)


def nested_containers():
    x = {"a": ([np.ones(1)],)}
    return lambda w: w * x["a"][0][0][0], lambda: x["a"][0][0].__setitem__(0, 2)


def long_list():
    x = [1.0] * 10_000
    return lambda w: w * x[-1], lambda: x.__setitem__(-1, 2.0)


def values_of_a_dict():
    x = {"a": 1.0}
    values = x.values()
    return lambda w: w * sum(values), lambda: x.update(a=2.0)


def other_containers():
    x = collections.deque([1.0]), array.array("d", [0.0]), {0.0}, collections.UserDict(a=0.0)
    return (
        lambda w: w * (x[0][0] + x[1][0] + sum(x[2]) + x[3]["a"]),
        lambda: x[3].update(a=1.0),
    )


def buffer():
    x = bytearray(b"\1")
    seen = memoryview(x)
    return lambda w: w * seen[0], lambda: x.__setitem__(0, 2)


def dataclass():
    x = Slotted()
    return lambda w: w * x.factor, lambda: setattr(x, "factor", 2.0)


def namespace():
    x = types.SimpleNamespace(factor=1.0)
    return lambda w: w * x.factor, lambda: setattr(x, "factor", 2.0)


def class_attribute():
    cls = type("Sub", (Own,), {"__module__": __name__, "factor": 1.0})
    x = cls()
    return lambda w: w * x.factor, lambda: setattr(cls, "factor", 2.0)


def property_of_an_object():
    x = Own()
    return lambda w: w * x.first, lambda: x.own.__setitem__(0, 2.0)


def method():
    x = Own()
    return x.loss, lambda: x.own.__setitem__(0, 2.0)


def callable_object():
    x = Own()
    return x, lambda: x.own.__setitem__(0, 2.0)


def bound_method_of_a_builtin():
    x = {"a": 1.0}
    get = x.get
    return lambda w: w * get("a"), lambda: x.update(a=2.0)


def argument_of_a_partial():
    x = np.ones(1)
    return functools.partial(lambda x, w: w * x[0], x), lambda: x.__setitem__(0, 2)


def partial_inside():
    x = [1.0]
    f = functools.partial(lambda x, w: w * x[0], x)
    return lambda w: f(w), lambda: x.__setitem__(0, 2.0)


def default_of_a_function():
    x = [1.0]

    def f(w, x=x):
        return w * x[0]

    return lambda w: f(w), lambda: x.__setitem__(0, 2.0)


def enclosed_twice():
    x = [1.0]

    def f(w):
        return sum(w * y for y in x)

    return lambda w: (lambda: f(w))(), lambda: x.__setitem__(0, 2.0)


def attribute_of_a_function():
    def loss(w):
        return w * loss.factor

    loss.factor = 1.0
    return loss, lambda: setattr(loss, "factor", 2.0)


def attribute_of_a_package(monkeypatch):
    monkeypatch.setattr(math, "factor", 1.0, raising=False)
    return lambda w: w * math.factor, lambda: setattr(math, "factor", 2.0)


def own_module(monkeypatch):
    module = types.ModuleType("knobs")
    exec("factor = 1.0\ndef scaled(w): return w * factor", vars(module))
    module.__file__ = "/home/me/knobs.py"
    monkeypatch.setitem(sys.modules, "knobs", module)

    def loss(w):
        import knobs

        return knobs.scaled(w)

    return loss, lambda: setattr(module, "factor", 2.0)


def environment(monkeypatch):
    monkeypatch.setenv("FACTOR", "1")
    return lambda w: w * float(os.environ["FACTOR"]), lambda: monkeypatch.setenv("FACTOR", "2")


def environment_of_a_function(monkeypatch):
    monkeypatch.setenv("FACTOR", "1")
    return lambda w: w * float(os.getenv("FACTOR")), lambda: monkeypatch.setenv("FACTOR", "2")


def module_within_a_package(monkeypatch):
    package, module = types.ModuleType("mine"), types.ModuleType("mine.knobs")
    package.__file__, module.__file__ = "/home/me/mine/__init__.py", "/home/me/mine/knobs.py"
    package.knobs, module.factor = module, 1.0
    return lambda w: w * package.knobs.factor, lambda: setattr(module, "factor", 2.0)


def metaclass():
    meta = type("Meta", (type,), {"__module__": __name__, "factor": 1.0})
    cls = meta("Sub", (), {"__module__": __name__})
    return lambda w: w * cls.factor, lambda: setattr(meta, "factor", 2.0)


def own_number():
    number = type("Number", (int,), {"__module__": __name__})
    x = [number(1)]
    return lambda w: w * float(x[0]), lambda: x.__setitem__(0, number(2))


def factory_of_a_dict():
    x = [1.0]
    made = collections.defaultdict(lambda: x[0])
    return lambda w: w * made.default_factory(), lambda: x.__setitem__(0, 2.0)


def text_that_is_evaluated(monkeypatch):
    monkeypatch.setitem(globals(), "FACTOR", 1.0)
    return lambda w: w * eval("FACTOR + 0"), lambda: monkeypatch.setitem(globals(), "FACTOR", 2.0)


def wrapped_by_a_library():
    x = [1.0]

    @contextlib.contextmanager
    def factor():
        yield x[0]

    def loss(w):
        with factor() as number:
            return w * number

    return loss, lambda: x.__setitem__(0, 2.0)


def long_chain():
    last = chain = types.SimpleNamespace(factor=1.0)
    for _ in range(2000):
        chain = types.SimpleNamespace(rest=chain)

    def loss(w):
        part = chain
        while hasattr(part, "rest"):
            part = part.rest
        return w * part.factor

    return loss, lambda: setattr(last, "factor", 2.0)


def weak_reference():
    x = Own()
    seen = weakref.ref(x)
    return lambda w: w * seen().own[0], lambda: x.own.__setitem__(0, 2.0)


def context_variable():
    x = contextvars.ContextVar("x", default=1.0)
    return lambda w: w * x.get(), lambda: x.set(2.0)


def emptied_cache():
    x = [1.0]
    f = functools.cache(lambda: x[0])
    return lambda w: w * f(), lambda: (x.__setitem__(0, 2.0), f.cache_clear())


def keras_weights():
    layer = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")  # built by the loss
    return (
        lambda w: layer(tf.reshape(w, (1, 1)))[0, 0],
        lambda: layer.set_weights([np.float32([[2]])]),
    )


def keras_setting():
    layer = keras.layers.LeakyReLU(negative_slope=1.0)
    return lambda w: -layer(-w), lambda: setattr(layer, "negative_slope", 2.0)


def keras_whole_number():
    layer = keras.layers.Rescaling(1)
    return lambda w: layer(w), lambda: setattr(layer, "scale", 2)


def keras_activation():
    layer = keras.layers.Activation("linear")
    return lambda w: layer(w), lambda: setattr(layer, "activation", lambda x: 2 * x)


def keras_layer_within():
    layer = keras.layers.Rescaling(1.0)
    model = keras.Sequential([layer])
    return lambda w: model(tf.reshape(w, (1, 1)))[0, 0], lambda: setattr(layer, "scale", 2.0)


def keras_layer_more():
    model = keras.Sequential([keras.Input((1,)), keras.layers.Rescaling(1.0)])
    return (
        lambda w: model(tf.reshape(w, (1, 1)))[0, 0],
        lambda: model.add(keras.layers.Rescaling(2.0)),
    )


class Scaled(keras.layers.Layer):
    outside = (1.0,)

    def __init__(self):
        super().__init__()
        self.arrays, self._hidden = [np.ones(1, np.float32)], 1

    def call(self, x):
        return x * self.arrays[0][0] * float(self._hidden) * self.outside[0]


def keras_array_of_a_layer():
    layer = Scaled()
    return lambda w: layer(w), lambda: layer.arrays[0].__setitem__(0, 2)


def keras_private_of_ones_own():
    layer = Scaled()
    return lambda w: layer(w), lambda: setattr(layer, "_hidden", 2)


def keras_class_of_ones_own(monkeypatch):
    layer = Scaled()
    return lambda w: layer(w), lambda: monkeypatch.setattr(Scaled, "outside", (2.0,))


def keras_lambda():
    x = [1.0]
    layer = keras.layers.Lambda(lambda w: w * x[0])
    return lambda w: layer(w), lambda: x.__setitem__(0, 2.0)


def module_of_tensorflow():
    x = tf.Module()
    x.factors = {"first": 1}
    return lambda w: w * float(x.factors["first"]), lambda: x.factors.update(first=2)


def keras_epsilon():
    keras.config.set_epsilon(1.0)
    return lambda w: w * keras.config.epsilon(), lambda: keras.config.set_epsilon(2.0)


CHANGES = [
    in_array,
    in_a_large_array,
    shape_of_an_array,
    mask,
    array_of_objects,
    nested_containers,
    long_list,
    values_of_a_dict,
    other_containers,
    buffer,
    dataclass,
    namespace,
    class_attribute,
    property_of_an_object,
    method,
    callable_object,
    bound_method_of_a_builtin,
    argument_of_a_partial,
    partial_inside,
    default_of_a_function,
    enclosed_twice,
    attribute_of_a_function,
    attribute_of_a_package,
    own_module,
    environment,
    environment_of_a_function,
    module_within_a_package,
    metaclass,
    own_number,
    factory_of_a_dict,
    text_that_is_evaluated,
    wrapped_by_a_library,
    long_chain,
    weak_reference,
    context_variable,
    emptied_cache,
    keras_weights,
    keras_setting,
    keras_whole_number,
    keras_activation,
    keras_layer_within,
    keras_layer_more,
    keras_array_of_a_layer,
    keras_private_of_ones_own,
    keras_class_of_ones_own,
    keras_lambda,
    module_of_tensorflow,
    keras_epsilon,
]


@pytest.fixture
def epsilon():
    before = keras.config.epsilon()
    yield
    keras.config.set_epsilon(before)


@pytest.mark.usefixtures("epsilon")
@pytest.mark.parametrize("make", CHANGES, ids=[make.__name__ for make in CHANGES])
def test_a_change_in_place_is_seen(make, monkeypatch):
    """Each loss is factor · w; the factor is 1 at first and 2 after the change."""
    loss, change = make(monkeypatch) if make.__code__.co_argcount else make()

    def train():
        return descend(loss, 1.0, "sgd", lr=0.5, steps=1).w[1]

    assert train() == 0.5
    before = traces()
    assert train() == 0.5
    assert traces() == before  # what stayed the same compiles nothing
    change()
    assert train() == 0.0
    grid = sweep(loss, 1.0, "sgd", over={"lr": [0.25, 0.5]}, steps=1)
    assert grid.w[:, 1].tolist() == [0.5, 0.0]


def test_standardised_data_are_other_data():
    """The learner of the reports: x -= mean, x /= std, the same call."""
    x = np.linspace(20, 30, 11).astype(np.float32)
    y = 2 * x

    def miss(w):
        return tf.reduce_mean((w * x - y) ** 2)

    first = descend(miss, 0.0, "sgd", lr=1e-4, steps=1).loss
    x -= 25
    x /= x.std()
    second = descend(miss, 0.0, "sgd", lr=1e-4, steps=1).loss
    np.testing.assert_allclose(second[0], np.mean(y**2), rtol=1e-6)
    np.testing.assert_allclose(second[1], np.mean((2e-4 * np.mean(x * y) * x - y) ** 2), rtol=1e-6)
    assert second[1] != first[1]


def test_nan_and_the_sign_of_zero():
    x = [float("nan"), 0.0]

    def loss(w):
        return w * tf.math.atan2(x[1], -1.0)

    assert descend(loss, 0.0, "sgd", lr=1.0, steps=1).w[1] == pytest.approx(-math.pi)
    before = traces()
    descend(loss, 0.0, "sgd", lr=1.0, steps=1)
    assert traces() == before  # though nan differs from itself
    x[1] = -0.0
    assert descend(loss, 0.0, "sgd", lr=1.0, steps=1).w[1] == pytest.approx(math.pi)


# -- what cannot be seen is refused --------------------------------------------------------------

GENERATOR = tf.random.Generator.from_seed(1)
VARIABLE = tf.Variable(0.0)
COUNT = [0.0]
LAST = None
NOISE = "stateless_normal(shape, [seed, step])"


def counted(w):
    COUNT[0] += 1
    return w * COUNT[0]


def keeping(w):
    global LAST
    LAST = w
    return w * w


def drawing(rng, draw):
    return lambda w: w * draw(rng)


@pytest.mark.parametrize(
    ("loss", "got"),
    [
        (lambda w: w * random.random(), "random"),
        (lambda w: w * np.random.normal(), "np.random"),
        (drawing(random.Random(0), lambda rng: rng.random()), "rng"),
        (drawing(np.random.default_rng(0), lambda rng: rng.normal()), "rng"),
        (drawing(np.random.RandomState(0).normal, lambda rng: rng()), "rng"),
        (counted, "COUNT"),
        (keeping, "LAST"),
        (lambda w: w * np.random.default_rng().normal(), "<lambda>"),
        (lambda w: w * random.Random().random(), "<lambda>"),
        (lambda w: w * secrets.randbits(20), "<lambda>"),
        (lambda w: w * (uuid.uuid4().int % 2**20), "<lambda>"),
        (lambda w, rate=1.0: w * rate * os.urandom(2)[0] * os.urandom(2)[0], "<lambda>"),
        (lambda w: tf.random.normal(()) * w, "RandomStandardNormal"),
        (lambda w: tf.random.shuffle(tf.range(3.0))[0] * w, "RandomShuffle"),
        (lambda w: tf.nn.dropout(tf.fill((3,), w), 0.5)[0], "RandomUniform"),
        (lambda w: tf.cond(w > 0, lambda: tf.random.uniform(()) * w, lambda: w), "RandomUniform"),
        (lambda w: GENERATOR.normal(()) * w, "RngReadAndSkip"),
        (lambda w: VARIABLE.assign_add(1.0) * w, "AssignAddVariableOp"),
    ],
)
def test_chance_and_change_are_refused(loss, got):
    with pytest.raises(ValueError, match="needs a loss") as caught:
        descend(loss, 1.0, "sgd", lr=0.1, steps=3)
    says(caught.value, "descend()", "loss", got, way_out=NOISE)


@pytest.mark.parametrize("make", [iter, itertools.cycle, lambda x: (y for y in x)])
def test_iterators_are_refused(make):
    batches = make([1.0, 2.0])
    with pytest.raises(ValueError, match="same at each step") as caught:
        descend(lambda w: w * next(batches), 1.0, "sgd", lr=0.1, steps=3)
    says(caught.value, "descend()", "iterator", "batches", way_out="step % len(x)")


def test_a_cache_that_fills_itself_is_no_change():
    class Lazy:
        @functools.cached_property
        def factor(self):
            return 2.0

    lazy = Lazy()
    assert descend(lambda w: lazy.factor * w, 1.0, "sgd", lr=0.5, steps=1).w[1] == 0.0


# -- what is compiled again is said --------------------------------------------------------------


def test_a_knob_in_a_closure_is_told_once_it_was_moved_twice():
    def draw(rate):
        return descend(lambda w: rate * w**2, 1.0, "sgd", lr=0.1, steps=1)

    draw(1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(2.0)
    with pytest.warns(UserWarning, match="rate") as caught:
        draw(3.0)
    (warning,) = caught
    says(warning.message, "descend()", "outside", "rate", way_out="descend(…, rate=rate)")
    assert warning.filename == __file__
    before = traces()
    draw(1.0)  # what was compiled once serves again
    assert traces() == before


def test_functions_in_a_closure_are_no_knobs():
    def draw(f):
        return descend(lambda w: f(w) ** 2, 1.0, "sgd", lr=0.1, steps=1)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for f in (tf.sin, tf.cos, tf.exp, tf.tanh):
            draw(f)
