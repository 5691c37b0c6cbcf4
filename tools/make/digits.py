"""Train the nets of chapter 7 and rebuild `utils/datasets/deep_digits.npz`.

    python -m tools.make.digits                                    # with one worker
    python -m tools.make.digits --workers 4                        # with more of them
    python -m tools.make.digits --scheduler tcp://ADDRESS:8786     # with those of a Dask cluster

It takes about half an hour on one core, which is why the chapter reads the results and repeats
only a few epochs. Each training is kept in `_build/deep_digits` when it is done: interrupted, the
command goes on where it stopped. The file is the same whatever the number of workers, for a
training depends on nothing but its settings and its seed, and a worker has one thread. But another
processor or TensorFlow rounds differently, and behind 20 layers that shows. A worker of a cluster
is started in the folder of the repository.

It prints a line for each experiment, and the file's checksum, which belongs into `SHA256` in
`utils/data.py` and into the README beside the file.
"""

import argparse
import contextlib
import hashlib
import random
from functools import partial
from pathlib import Path
from unittest import mock

import keras
import numpy as np
from keras.src.random import seed_generator

from tools.make import jobs
from utils.data import METRICS, digits
from utils.workers import workers_here

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "utils" / "datasets" / "deep_digits.npz"
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
    parser = argparse.ArgumentParser(prog="python -m tools.make.digits", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, default=1, help="number of workers here")
    where.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster")
    asked = parser.parse_args()
    with _client(asked.workers, asked.scheduler) as client:
        results = trainings(client, list(settings()), kept())
    np.savez_compressed(PATH, **results)
    content = PATH.read_bytes()
    print(PATH.name, hashlib.sha256(content).hexdigest(), len(content))


def settings():
    """Return all experiments: name → keyword arguments of `train`."""
    return _deep() | _small("plain", RELU) | _small("bn", RELU | BEFORE) | _wide()


def kept():
    """Return the folder for the trainings that are done: another one once this file changes."""
    version = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    return ROOT / "_build" / "deep_digits" / version


def trainings(client, names, folder):
    """Train what `folder` lacks; return name → results, float32 (seeds, epochs, metrics).

    Args:
        client: a `distributed.Client`, whose workers can import `tools`.
        names: of the experiments, as in `settings`.
        folder: where each training is kept when it is done.
    """
    from distributed import as_completed

    folder.mkdir(parents=True, exist_ok=True)
    paths = {(name, seed): folder / f"{name} {seed}.npy" for name in names for seed in SEEDS}
    missing = {job: path for job, path in paths.items() if not path.exists()}
    tasks = {client.submit(jobs.trained, *job, pure=False): job for job in missing}
    for task in as_completed(tasks, loop=client.loop):
        path = missing[tasks[task]]
        part = path.with_suffix(".part")  # so that what has its name is whole
        with part.open("wb") as file:
            np.save(file, task.result())
        part.replace(path)
        print(
            f"{path.stem:24} done, {sum(not p.exists() for p in paths.values())} to go", flush=True
        )
    return {name: _results(name, [np.load(paths[name, seed]) for seed in SEEDS]) for name in names}


def _results(name, histories):
    results = np.array(histories)
    ends = " ".join(f"{value:.3f}" for value in results[:, -1, METRICS.index("val_accuracy")])
    print(f"{name:20} validation accuracy at the end: {ends}", flush=True)
    return results


def _client(workers, scheduler):
    if scheduler is None:
        return workers_here(workers)
    from distributed import Client

    return contextlib.closing(Client(scheduler, timeout=60))


def train(seed, *, net, depth, width, epochs, optimizer, raw=False, wrong=0.0):
    """Train one net in batches of 32; return its history, (epochs, metrics) as in METRICS.

    `net` holds keyword arguments of `layers`, `optimizer` makes an optimizer; the rest is for
    `prepared`.
    """
    keras.utils.set_random_seed(seed)
    x, y = prepared(raw=raw, wrong=wrong)
    # Keras draws its seeds from Python's generator, and so does the thread that keeps a worker of
    # Dask alive: here Keras gets one of its own, with the same numbers.
    with mock.patch.object(seed_generator, "python_random", random.Random(seed)):
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
