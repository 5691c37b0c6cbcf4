"""The deep network of the notes."""

import keras
import numpy as np
import pytest

from utils.nets import deep_net


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({}, 271_410),
        ({"layers": 5}, 784 * 100 + 100 + 41_410),
        ({"layers": 2, "width": 3}, 785 * 3 + 4 * 3 + 4 * 10),
    ],
)
def test_its_parameters_are_those_counted_by_hand(shape, expected):
    assert deep_net("relu", **shape).count_params() == expected


def test_it_is_what_its_layers_compute_one_after_the_other():
    keras.utils.set_random_seed(0)
    net = deep_net("tanh", layers=3, last="softmax")
    x = np.random.default_rng(seed=0).random((4, 784), "float32")
    h = x
    for layer in net.layers[:-1]:
        h = np.tanh(h @ layer.kernel + layer.bias)
    scores = np.exp(h @ net.layers[-1].kernel)
    expected = scores / scores.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(net(x), expected, rtol=1e-4)


def test_each_layer_has_weights_of_its_own():
    one, other, *_ = deep_net("relu", "he_normal").layers[1:]
    assert not np.allclose(one.kernel, other.kernel)
    assert abs(np.std(one.kernel) - np.sqrt(2 / 100)) < 0.01


def test_the_same_seed_gives_the_same_weights():
    first = []
    for _ in range(2):
        keras.utils.set_random_seed(7)
        first.append(deep_net("relu", layers=1).get_weights()[0])
    np.testing.assert_array_equal(*first)
