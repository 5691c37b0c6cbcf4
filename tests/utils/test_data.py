"""The embedded data are what their README says, and nothing is ever silently replaced."""

import hashlib
import random
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from urllib.error import URLError

import keras
import numpy as np
import pytest
from messages import says

from tools.make import digits as trained
from tools.make import maps
from utils import data

ROOT = Path(__file__).resolve().parents[2]
DATASETS = ROOT / "utils" / "datasets"


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """Let `utils.data` read a copy of the embedded files; return the copy's folder."""
    folder = tmp_path / "datasets"
    shutil.copytree(DATASETS, folder)
    monkeypatch.setattr(data, "_FOLDER", folder)
    return folder


@pytest.fixture
def keras_loader(monkeypatch):
    """Return a setter for what `tf.keras.datasets.mnist` and `.fashion_mnist` do when loaded."""
    from utils import _tf

    def install(load_data):
        loader = SimpleNamespace(load_data=load_data)
        datasets = SimpleNamespace(mnist=loader, fashion_mnist=loader)
        fake = SimpleNamespace(keras=SimpleNamespace(datasets=datasets))
        monkeypatch.setattr(_tf, "tf", fake)

    return install


def test_digits_have_shape_type_and_range():
    x, y = data.digits()
    assert (x.shape, x.dtype) == ((5000, 28, 28), np.uint8)
    assert (y.shape, y.dtype) == ((5000,), np.int64)
    assert (x.min(), x.max()) == (0, 255)


def test_digits_are_stratified_at_every_multiple_of_ten():
    _, y = data.digits()
    np.testing.assert_array_equal(np.sort(y.reshape(-1, 10)), np.tile(np.arange(10), (500, 1)))
    np.testing.assert_array_equal(np.bincount(y[:4000]), np.full(10, 400))
    np.testing.assert_array_equal(np.bincount(y[4000:]), np.full(10, 100))
    assert len({tuple(block) for block in y.reshape(-1, 10)}) > 490  # and not in one order


def test_digits_are_five_thousand_different_images():
    x, _ = data.digits()
    assert len({image.tobytes() for image in x}) == 5000


def test_digits_have_the_known_statistics_of_mnist():
    """MNIST's pixels have mean 0.1307 and standard deviation 0.3081 of full ink."""
    x, _ = data.digits()
    assert x.mean() / 255 == pytest.approx(0.1307, rel=0.01)
    assert x.std() / 255 == pytest.approx(0.3081, rel=0.01)


def test_mean_digit_is_centred_and_its_frame_is_empty():
    """MNIST places each digit's centre of mass in the middle of 28 × 28, in a box of 20 × 20."""
    mean = data.digits()[0].mean(axis=0)
    rows, columns = np.mgrid[:28, :28] + 0.5
    assert (mean * rows).sum() / mean.sum() == pytest.approx(14, abs=0.6)
    assert (mean * columns).sum() / mean.sum() == pytest.approx(14, abs=0.6)
    assert max(mean[0].max(), mean[-1].max(), mean[:, 0].max(), mean[:, -1].max()) < 1


def test_images_belong_to_their_labels():
    """The nearest mean image, the simplest classifier there is, finds about 80 % of the classes."""
    x, y = data.digits()
    x = x.reshape(-1, 784).astype(float)
    means = np.stack([x[:4000][y[:4000] == digit].mean(axis=0) for digit in range(10)])
    guesses = np.argmin(((x[4000:, None] - means) ** 2).sum(axis=2), axis=1)
    assert 0.75 < np.mean(guesses == y[4000:]) < 0.88


def test_a_learner_who_writes_into_the_digits_harms_nobody_else():
    data.digits()[0][:] = 7
    assert data.digits()[0].max() == 255


# --- prepared digits ----------------------------------------------------------------------------


def test_a_halved_picture_is_the_mean_of_four_pixels():
    pictures = np.zeros((2, 28, 28))
    pictures[1, 2:4, 4:6] = [[1, 2], [3, 6]]
    small = data.halved(pictures)
    assert small.shape == (2, 196)
    assert small[1, 14 + 2] == 3
    assert small.sum() == 3


def test_halving_keeps_the_mean_of_the_digits():
    x, _ = data.digits()
    np.testing.assert_allclose(data.halved(x).mean(axis=1), x.mean(axis=(1, 2)))


@pytest.mark.parametrize("shape", [(28, 28), (5, 784), (5, 14, 14)])
def test_what_is_no_stack_of_pictures_cannot_be_halved(shape):
    with pytest.raises(ValueError, match="halved") as caught:
        data.halved(np.zeros(shape))
    says(caught.value, "halved()", str(shape), way_out="reshape(-1, 28, 28)")


def test_standardised_digits_have_mean_0_and_deviation_1_where_the_net_trains():
    x = data.standardised(data.digits()[0])
    assert x.shape == (5000, 28, 28)
    assert x.dtype == np.float32
    assert abs(x[:4000].mean(dtype=float)) < 1e-6
    assert abs(x[:4000].std(dtype=float) - 1) < 1e-6


def test_examples_for_validation_do_not_move_the_scale():
    x = np.array([0.0, 2.0, 100.0])
    assert data.standardised(x, training=2).tolist() == [-1, 1, 99]


@pytest.mark.parametrize("x", [np.full(5, 7.0), np.array([7.0])])
def test_examples_that_are_all_the_same_have_no_scale(x):
    with pytest.raises(ValueError, match="standardised") as caught:
        data.standardised(x)
    says(caught.value, "standardised()", str(x.size), "7", way_out="x[:4000]")


def test_iris_has_shape_type_and_order():
    x, y = data.iris()
    assert (x.shape, x.dtype, y.dtype) == ((150, 4), np.float32, np.int64)
    np.testing.assert_array_equal(y, np.repeat([0, 1, 2], 50))
    assert (x.min(), x.max()) == (np.float32(0.1), np.float32(7.9))
    assert len(data.IRIS_FEATURES) == x.shape[1]
    assert len(data.IRIS_SPECIES) == len(set(y))


@pytest.mark.parametrize(
    ("species", "means"),
    [
        ("setosa", (5.006, 3.428, 1.462, 0.246)),  # UCI's copy: 3.418, 1.464, 0.244
        ("versicolor", (5.936, 2.770, 4.260, 1.326)),
        ("virginica", (6.588, 2.974, 5.552, 2.026)),
    ],
)
def test_iris_has_the_class_means_that_fisher_printed(species, means):
    x, y = data.iris()
    found = x[y == data.IRIS_SPECIES.index(species)].mean(axis=0)
    np.testing.assert_allclose(found, means, atol=1e-5)


def test_iris_is_fishers_table_and_not_the_uci_copy():
    x, _ = data.iris()
    np.testing.assert_allclose(x[34], [4.9, 3.1, 1.5, 0.2], rtol=1e-6)
    np.testing.assert_allclose(x[37], [4.9, 3.6, 1.4, 0.1], rtol=1e-6)


def test_trainings_are_those_of_the_script():
    stored, settings = data.deep_digits(), trained.settings()
    assert set(stored) == set(settings)
    for name, setting in settings.items():
        shape = len(trained.SEEDS), setting["epochs"], len(data.METRICS)
        assert (stored[name].shape, stored[name].dtype) == (shape, np.float32), name


def test_accuracies_are_shares_of_4000_and_of_1000_digits():
    for name, result in data.deep_digits().items():
        for metric, count in (("accuracy", 4000), ("val_accuracy", 1000)):
            hits = result[:, :, data.METRICS.index(metric)].astype(float) * count
            np.testing.assert_allclose(hits, hits.round(), atol=0.21, err_msg=name)  # 4 digits
            assert hits.min() >= 0
            assert hits.max() <= count


def test_a_net_that_guesses_has_the_loss_of_a_guess():
    """Twenty sigmoid layers say the same of each digit: one in ten, and a loss of ln 10."""
    result = data.deep_digits()["sigmoid"]
    np.testing.assert_allclose(result[:, -1, data.METRICS.index("val_loss")], np.log(10), atol=0.01)
    np.testing.assert_allclose(result[:, -1, data.METRICS.index("val_accuracy")], 0.1, atol=0.01)


def test_no_training_reads_more_labels_than_were_left_right():
    """Labels drawn anew say nothing of their digits: they can be learnt by heart, not foretold."""
    _, y = data.digits()
    _, drawn = trained.prepared(wrong=0.3)
    assert 0.25 < np.mean(drawn[:4000] != y[:4000]) < 0.29  # a tenth of 0.3 is right by chance
    np.testing.assert_array_equal(drawn[4000:], y[4000:])


@pytest.mark.parametrize("name", ["sgd 0.03 bn", "rate 0.5 wrong 0.3"])
def test_script_repeats_the_stored_beginning(name):
    """One epoch of one seed; not to the last digit, since processors round differently."""
    seed = trained.SEEDS[1]
    again = trained.train(seed, **trained.settings()[name] | {"epochs": 1})
    np.testing.assert_allclose(again[0], data.deep_digits()[name][1, 0], rtol=0.05, atol=0.03)


SHORT = {
    "net": trained.RELU,
    "depth": 1,
    "width": 8,
    "epochs": 1,
    "optimizer": keras.optimizers.Adam,
}


def test_a_training_is_the_same_whoever_else_draws_random_numbers():
    wanted, stop = trained.train(0, **SHORT), threading.Event()

    def draw():
        while not stop.is_set():
            random.random()

    other = threading.Thread(target=draw)
    other.start()
    found = trained.train(0, **SHORT)
    stop.set()
    other.join()
    np.testing.assert_array_equal(found, wanted)


def test_trainings_in_workers_go_on_where_they_stopped(tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(trained, "settings", lambda: {"a": SHORT, "b": SHORT | {"width": 4}})
    monkeypatch.setattr(trained, "SEEDS", (0, 1))
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        monkeypatch.setenv(name, "1")  # which the worker, a thread of this process, sets
    done = np.full((1, len(data.METRICS)), 7, np.float32)
    np.save(tmp_path / "a 1.npy", done)
    here = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": ":0"}
    with distributed.LocalCluster(**here) as cluster, distributed.Client(cluster) as client:
        found = trained.trainings(client, ["a", "b"], tmp_path)
    assert len(list(tmp_path.iterdir())) == 4
    np.testing.assert_array_equal(found["a"][1], done)
    wanted = trained.train(1, **SHORT | {"width": 4}).round(4).astype(np.float32)
    np.testing.assert_array_equal(found["b"][1], wanted)


def test_maps_are_those_of_the_script():
    stored = data.depth_maps()
    grid = len(maps.DEPTHS), len(maps.SCALES), maps.SEEDS
    assert stored["depths"].tolist() == list(maps.DEPTHS)
    assert stored["scales"].tolist() == list(maps.SCALES)
    for activation in ("relu", "tanh", "sigmoid"):
        for name in (activation, f"{activation} bn"):
            hits = stored[name].astype(float) * 1000
            assert hits.shape == grid
            np.testing.assert_allclose(hits, hits.round(), atol=0.01)
            assert (hits.min() >= 0, hits.max() <= 1000) == (True, True)
            assert stored[f"{name} loss"].shape == (grid[0], maps.STEPS // 10, grid[1])


def test_script_repeats_the_stored_maps_shallow_row():
    chapter = maps.chapters_code()
    accuracy, loss = maps.trained(chapter, chapter["KINDS"]["tanh", False], maps.DEPTHS[0])
    stored = data.depth_maps()
    np.testing.assert_allclose(accuracy, stored["tanh"][0], atol=0.03)
    np.testing.assert_allclose(loss, stored["tanh loss"][0], rtol=0.05, atol=0.03)


def test_import_and_embedded_sets_do_not_load_tensorflow():
    code = (
        "import sys; from utils.data import deep_digits, depth_maps, digits, iris; "
        "deep_digits(); depth_maps(); digits(); iris(); "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


@pytest.mark.parametrize("name", sorted(data.SHA256))
def test_readme_names_each_file_with_its_checksum_and_size(name):
    content = (DATASETS / name).read_bytes()
    _, section = (DATASETS / "README.md").read_text(encoding="utf-8").split(f"## {name}")
    section = section.split("\n## ")[0]
    assert hashlib.sha256(content).hexdigest() in section
    assert f"{len(content):,} bytes" in section


def test_embedded_files_stay_small():
    assert sum(path.stat().st_size for path in DATASETS.iterdir()) < 1_000_000


def load(name):
    return {
        "deep_digits.npz": data.deep_digits,
        "depth_maps.npz": data.depth_maps,
        "digits.npz": data.digits,
        "iris.npz": data.iris,
    }[name]()


@pytest.mark.parametrize("name", sorted(data.SHA256))
def test_missing_file(name, copied):
    (copied / name).unlink()
    with pytest.raises(FileNotFoundError) as caught:
        load(name)
    facts = f"{name[:-4]}()", "missing", data.SHA256[name], str(copied / name)
    says(caught.value, *facts, way_out=f"git checkout -- utils/datasets/{name}")


@pytest.mark.parametrize("name", sorted(data.SHA256))
@pytest.mark.parametrize("harm", ["flipped", "cut", "empty"])
def test_damaged_file(name, harm, copied):
    path = copied / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    content = {"flipped": content, "cut": content[:-1], "empty": b""}[harm]
    path.write_bytes(content)
    with pytest.raises(ValueError, match=name) as caught:
        load(name)
    found = hashlib.sha256(content).hexdigest()
    facts = f"{name[:-4]}()", str(path), data.SHA256[name], found
    says(caught.value, *facts, way_out=f"git checkout -- utils/datasets/{name}")


@pytest.mark.parametrize("full", ["cifar10", "MNIST", "", 70000, True])
def test_unknown_full_set(full):
    with pytest.raises(ValueError, match="digits") as caught:
        data.digits(full=full)
    known = (f'full="{name}"' for name in data.FULL_SETS)
    says(caught.value, "digits()", *known, f"full={full!r}", way_out="5,000 embedded digits")


@pytest.mark.parametrize("name", data.FULL_SETS)
@pytest.mark.parametrize(
    "failure",
    [
        URLError("Name or service not known"),
        TimeoutError("timed out"),
        Exception("URL fetch failure on https://example.org/mnist.npz: None -- unreachable"),
    ],
    ids=["URLError", "timeout", "as Keras says it"],
)
def test_no_network_for_a_full_set(name, failure, keras_loader):
    def load_data():
        raise failure

    keras_loader(load_data)
    with pytest.raises(ConnectionError) as caught:
        data.digits(full=name)
    says(caught.value, f'digits(full="{name}")', "70,000", str(failure), way_out="digits()")
    assert caught.value.__cause__ is failure


def test_keras_itself_reports_a_lost_network_in_the_words_we_look_for(monkeypatch, tmp_path):
    """No stand-in for Keras here: only the function that opens the connection fails."""
    import keras.src.utils.file_utils as file_utils

    def urlretrieve(*args, **kwargs):
        raise URLError("Name or service not known")

    monkeypatch.setattr(file_utils.config, "keras_home", lambda: str(tmp_path))  # an empty cache
    monkeypatch.setattr(file_utils, "urlretrieve", urlretrieve)
    with pytest.raises(ConnectionError, match="Name or service not known"):
        data.digits(full="mnist")


def test_other_failures_of_a_full_set_come_through(keras_loader):
    def load_data():
        raise RuntimeError("a bug")

    keras_loader(load_data)
    with pytest.raises(RuntimeError, match=r"^a bug$"):
        data.digits(full="mnist")


@pytest.mark.parametrize("name", data.FULL_SETS)
def test_full_set_is_training_then_test_examples(name, keras_loader):
    train = np.ones((3, 28, 28), np.uint8), np.array([4, 5, 6], np.uint8)
    test = np.zeros((2, 28, 28), np.uint8), np.array([7, 8], np.uint8)
    keras_loader(lambda: (train, test))
    x, y = data.digits(full=name)
    assert (x.shape, x.dtype, y.dtype) == ((5, 28, 28), np.uint8, np.int64)
    np.testing.assert_array_equal(x[:, 0, 0], [1, 1, 1, 0, 0])
    np.testing.assert_array_equal(y, [4, 5, 6, 7, 8])
