"""One training of `tools.make.digits` as a task for a worker, which imports Keras only here."""

import os

import numpy as np


def trained(name: str, seed: int) -> np.ndarray:
    """Return the history of one experiment with one seed: float32 (epochs, metrics).

    With one thread of TensorFlow, so that it is the same wherever it runs.
    """
    for variable in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[variable] = "1"
    from tools.make import digits

    return digits.train(seed, **digits.settings()[name]).round(4).astype(np.float32)
