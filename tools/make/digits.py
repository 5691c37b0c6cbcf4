"""Train the nets of chapter 7 and rebuild `utils/datasets/deep_digits.npz`.

    python -m tools.make.digits

It takes about half an hour on one core, which is why the chapter reads the results and repeats
only a few epochs. It prints a line for each experiment, and the file's checksum, which belongs into
`SHA256` in `utils/data.py` and into the README beside the file. A training depends on nothing but
its settings and its seed; but another processor or TensorFlow rounds differently, and behind 20
layers that shows.
"""

import hashlib
from functools import partial
from pathlib import Path

import keras
import numpy as np

from utils.data import METRICS, digits

PATH = Path(__file__).resolve().parents[2] / "utils" / "datasets" / "deep_digits.npz"
SEEDS = (0, 1, 2)
TRAIN = 4000  # of the 5,000 digits; the other 1,000 are for validation

RELU = {"activation": "relu"}
SIGMOID = {"activation": "sigmoid"}
SELU = {"activation": "selu", "init": keras.initializers.LecunNormal}
DROPOUT = {"drop": keras.layers.Dropout, "rate": 0.5}
ALPHA = {"drop": keras.layers.AlphaDropout, "rate": 0.5}
BEFORE, AFTER = {"norm": "before"}, {"norm": "after"}

DEEP = {
    "relu": RELU,
    "relu he": RELU | {"init": keras.initializers.HeNormal},
    "relu bn after": RELU | AFTER,
    "relu bn before": RELU | BEFORE,
    "relu dropout": RELU | DROPOUT,
    "selu": SELU,
    "selu alpha": SELU | ALPHA,
    "selu dropout": SELU | DROPOUT,
    "sigmoid": SIGMOID,
    "sigmoid bn before": SIGMOID | BEFORE,
}
LEARNING_RATES = (0.01, 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0)
FIRST_WEIGHTS = (0.01, 1.0)  # standard deviations
RATES = tuple(tenth / 10 for tenth in range(10))
WRONG = (0.0, 0.3)  # shares of the training labels that are drawn anew


def main():
    """Train every net with every seed, write the file, print `name sha256 bytes`."""
    results = {name: trainings(name, setting) for name, setting in settings().items()}
    np.savez_compressed(PATH, **results)
    content = PATH.read_bytes()
    print(PATH.name, hashlib.sha256(content).hexdigest(), len(content))


def settings():
    """Return all experiments: name → keyword arguments of `train`."""
    return _deep() | _small("plain", RELU) | _small("bn", RELU | BEFORE) | _wide()


def trainings(name, setting):
    """Return one experiment's results for all seeds: float32 (seeds, epochs, metrics)."""
    results = np.array([train(seed, **setting) for seed in SEEDS])
    ends = " ".join(f"{value:.3f}" for value in results[:, -1, METRICS.index("val_accuracy")])
    print(f"{name:20} validation accuracy at the end: {ends}", flush=True)
    return results.round(4).astype(np.float32)


def train(seed, *, net, depth, width, epochs, optimizer, raw=False, wrong=0.0):
    """Train one net in batches of 32; return its history, (epochs, metrics) as in METRICS.

    `net` holds keyword arguments of `layers`, `optimizer` makes an optimizer; the rest is for
    `prepared`.
    """
    keras.utils.set_random_seed(seed)
    x, y = prepared(raw=raw, wrong=wrong)
    model = keras.Sequential([keras.Input((28, 28)), *layers(depth, width, **net)])
    model.compile(optimizer(), "sparse_categorical_crossentropy", metrics=["accuracy"])
    validation = x[TRAIN:], y[TRAIN:]
    history = model.fit(
        x[:TRAIN],
        y[:TRAIN],
        batch_size=32,
        epochs=epochs,
        validation_data=validation,
        validation_batch_size=len(validation[0]),
        verbose=0,
    ).history
    keras.backend.clear_session()
    return np.transpose([history[name] for name in METRICS])


def prepared(*, raw=False, wrong=0.0):
    """Return the digits for training: x float32 (5000, 28, 28) and y int64 (5000,).

    The pixels are standardised by the training digits' mean and standard deviation, or stay
    0 … 255 if `raw`. Of the training labels, the share `wrong` is drawn anew, always the same.
    """
    x, y = digits()
    x = x.astype(np.float32)
    if not raw:
        x = (x - x[:TRAIN].mean()) / x[:TRAIN].std()
    rng = np.random.default_rng(0)
    chosen = rng.permutation(TRAIN)[: round(wrong * TRAIN)]
    y[chosen] = rng.integers(0, 10, len(chosen))
    return x, y


def layers(depth, width, *, activation, init=None, norm=None, drop=None, rate=0.0, every=False):
    """Return Flatten, `depth` hidden layers of `width` units, and softmax over ten classes.

    `init` makes an initializer for a hidden layer (None: Keras' default). Batch normalisation
    stands at `norm`: None, "before" or "after" the activation. `drop` makes a layer of dropout,
    behind the last hidden layer or, with `every`, behind each.
    """
    init = init or keras.initializers.GlorotUniform
    found = [keras.layers.Flatten()]
    for number in range(1, depth + 1):
        # A new initializer for each layer: one that is shared would draw the same numbers again.
        found.append(keras.layers.Dense(width, kernel_initializer=init()))
        if norm == "before":
            found.append(keras.layers.BatchNormalization())
        found.append(keras.layers.Activation(activation))
        if norm == "after":
            found.append(keras.layers.BatchNormalization())
        if drop and (every or number == depth):
            found.append(drop(rate))
    return [*found, keras.layers.Dense(10, activation="softmax")]


def _deep():
    """20 layers of 100, Adam, 30 epochs."""
    same = {"depth": 20, "width": 100, "epochs": 30, "optimizer": keras.optimizers.Adam}
    return {name: same | {"net": net} for name, net in DEEP.items()}


def _small(label, net):
    """5 layers of 100, 8 epochs: SGD at several rates, unfortunate first weights, raw pixels."""
    same = {"depth": 5, "width": 100, "epochs": 8, "optimizer": keras.optimizers.Adam, "net": net}
    found = {}
    for lr in LEARNING_RATES:
        sgd = partial(keras.optimizers.SGD, lr)
        found[f"sgd {lr:g} {label}"] = same | {"optimizer": sgd}
    for sd in FIRST_WEIGHTS:
        init = partial(keras.initializers.RandomNormal, stddev=sd)
        found[f"init {sd:g} {label}"] = same | {"net": net | {"init": init}}
    return found | {f"raw pixels {label}": same | {"raw": True}}


def _wide():
    """2 layers of 256, each with dropout, Adam, 20 epochs: every rate, right and wrong labels."""
    same = {"depth": 2, "width": 256, "epochs": 20, "optimizer": keras.optimizers.Adam}
    return {
        f"rate {rate:g} wrong {wrong:g}": same
        | {"net": RELU | DROPOUT | {"rate": rate, "every": True}, "wrong": wrong}
        for wrong in WRONG
        for rate in RATES
    }


if __name__ == "__main__":
    main()
