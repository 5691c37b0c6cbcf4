"""The network that several chapters look into."""

from typing import Any

from utils._tf import tf


def deep_net(
    activation: Any,
    initializer: Any = "glorot_uniform",
    *,
    layers: int = 20,
    width: int = 100,
    last: Any = None,
) -> Any:
    """The deep network of the notes: 784 pixels, 20 dense layers of 100 units, 10 classes.

    It is Keras' own, not compiled. Its first weights are drawn from Keras' global seed:
    call `keras.utils.set_random_seed` before.

    Args:
        activation: of the hidden layers, a name or a function, as `keras.layers.Dense` takes it.
        initializer: of the hidden layers' weights, a name, as that takes it. (An object with a
            seed would draw the same weights for each layer.)
        layers: number of hidden layers, >= 0.
        width: number of units in each of them, >= 1.
        last: activation of the output layer: None for logits, "softmax" for probabilities.
    Returns:
        `keras.Sequential`, (examples, 784) → (examples, 10); `layers + 1` dense layers.
    Raises:
        ValueError: whatever Keras says about a name that it does not know.

    >>> net = deep_net("relu", "he_normal")
    >>> len(net.layers), net.count_params()
    (21, 271410)
    """
    dense = tf.keras.layers.Dense
    hidden = [dense(width, activation, kernel_initializer=initializer) for _ in range(layers)]
    return tf.keras.Sequential([tf.keras.Input((784,)), *hidden, dense(10, last)])
