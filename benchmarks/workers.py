"""A sweep on workers against the same sweep in this process: warm, and from nothing."""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import psutil

from benchmarks.table import Row, duration, faster
from utils._tf import tf
from utils.data import digits
from utils.timing import timed
from utils.training import Sweep, sweep
from utils.workers import sweep_on, workers_here

NETS = 32
STEPS = 400
WORKERS = (1, 2)
BLOCKS = 4
IMAGES = 500  # of the embedded digits


def one_against_many() -> Iterator[Row]:
    """`sweep`, then `sweep_on` with one worker and with two: the same nets, the same numbers."""
    call = _work()
    first, wanted = timed(lambda: _last(sweep(**call)))
    serial, _ = timed(lambda: sweep(**call))
    what = f"{NETS} nets 784-10, {STEPS} steps"
    yield Row(f"sweep, {what}: warm", f"{duration(serial)} (first call {duration(first)})")
    results = []
    for count in WORKERS:
        start = time.perf_counter()
        with workers_here(count) as client:

            def on_workers(client=client):
                with contextlib.redirect_stdout(sys.stderr):  # the bar, apart from the table
                    return sweep_on(client, **call, keep=_last, blocks=BLOCKS)

            results.append(timed(on_workers)[1])
            nothing = time.perf_counter() - start
            warm, again = timed(on_workers)
            results.append(again)
            memory = client.run(lambda: psutil.Process(os.getpid()).memory_info().rss)
        _check_same(wanted, *results)
        workers = f"{count} worker{'s' * (count > 1)}"
        yield faster(f"{workers} against sweep, warm", warm, serial)
        yield faster(f"{workers} against sweep, from nothing", nothing, first)
        yield Row(f"{workers}: what is not training", duration(nothing - warm))
        yield Row(f"{workers}: memory of each", f"{max(memory.values()) / 1e9:.2g} GB")


def _work() -> dict[str, Any]:
    x, y = digits()
    x = x[:IMAGES].reshape(IMAGES, -1).astype(np.float32) / 255
    y = y[:IMAGES]

    def loss(w):
        logits = x @ w[0] + w[1]
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits))

    start = [np.zeros((784, 10), np.float32), np.zeros(10, np.float32)]
    rates = np.geomspace(1e-3, 1e-1, NETS)
    return {
        "loss": loss,
        "start": start,
        "optimizer": "adam",
        "over": {"lr": rates},
        "steps": STEPS,
    }


def _last(run: Sweep) -> np.ndarray:
    return run.loss[..., -1]


def _check_same(wanted: np.ndarray, *found: np.ndarray) -> None:
    """Raise unless all trained the same: the workers bit for bit, each with one thread.

    `sweep` has all threads of this machine here, which rounds large products differently.
    """
    same = all(np.array_equal(one, found[0]) for one in found)
    if not same or not np.allclose(found[0], wanted, rtol=1e-3):
        raise RuntimeError(
            "benchmarks.workers: the workers' losses are not those of sweep. Times of different "
            "trainings cannot be compared: run tests/utils/test_workers.py first."
        )


MEASURES = (one_against_many,)
