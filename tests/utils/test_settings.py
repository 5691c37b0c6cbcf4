"""`utils.set_up()` names the setting that is in the way."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from messages import says

from utils import _settings
from utils._tf import tf

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ("KERAS_", "TF_", "XLA_", "MPL", "PYTHON", "EXPLORE")


def set_up(before="", options=(), **environment):
    """Run set_up() in a process of its own, after some code; the completed process."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(OTHERS)}
    return subprocess.run(
        [sys.executable, *options, "-c", f"{before}\nimport utils\nutils.set_up()"],
        cwd=ROOT,
        env=clean | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def alone(monkeypatch):
    """Take the variables of this process away that are asked for."""
    for name in [name for name in os.environ if name.startswith(OTHERS)]:
        monkeypatch.delenv(name)


def asked(ask, *parts, way_out):
    """Let a function of `_settings` ask; its message must have these parts."""
    with pytest.raises(RuntimeError) as caught:
        ask()
    says(str(caught.value), "set_up()", "needs", *parts, way_out=way_out)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TF_USE_LEGACY_KERAS", "1"),
        ("KERAS_BACKEND", "torch"),
        ("KERAS_MAX_EPOCHS", "2"),
        ("KERAS_NNX_ENABLED", "true"),
        ("TF2_BEHAVIOR", "0"),
        ("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "cpp"),
    ],
)
def test_a_variable_in_the_way_is_named(alone, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    asked(_settings.check_environment, f"{name}={value}", way_out=f"unset {name}")


@pytest.mark.parametrize(
    ("name", "value", "before"),
    [
        ("TF_USE_LEGACY_KERAS", "1", ""),  # before TensorFlow is imported, which would fail
        ("XLA_FLAGS", "--xla_no_such_flag", ""),
        ("MPLBACKEND", "agg", "import IPython, ipykernel"),
        ("PYTHONOPTIMIZE", "1", ""),
        ("PYTHONWARNINGS", "error", ""),
    ],
)
def test_a_process_with_a_variable_in_the_way_says_one_line(name, value, before):
    done = set_up(before, **{name: value})
    assert done.returncode == 1
    says(done.stderr.splitlines()[-1], "RuntimeError", "set_up()", name, way_out=f"unset {name}")


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ('{"floatx": "float64"}', "'float64'"),
        ('{"backend": "jax"}', "'jax'"),
        ('{"image_data_format": "channels_first"}', "'channels_first'"),
        ('{"epsilon": 0.001}', "0.001"),
        ("[]", "no settings"),
    ],
)
def test_a_file_in_the_way_is_named(alone, tmp_path, monkeypatch, text, got):
    (tmp_path / "keras.json").write_text(text)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    path = str(tmp_path / "keras.json")
    asked(_settings.check_environment, got, path, way_out="Delete the file")


@pytest.mark.parametrize(
    ("call", "undo"),
    [
        ("keras.config.set_floatx('float64')", "keras.config.set_floatx('float32')"),
        ("keras.config.set_epsilon(1e-3)", "keras.config.set_epsilon(1e-07)"),
        (
            "keras.mixed_precision.set_dtype_policy('mixed_float16')",
            'keras.mixed_precision.set_dtype_policy("float32")',
        ),
        ("tf.config.run_functions_eagerly(True)", "tf.config.run_functions_eagerly(False)"),
        ("np.seterr(all='raise')", 'np.seterr(all="warn", under="ignore")'),
    ],
)
def test_a_call_before_is_answered_by_another(call, undo):
    """What the message says to call is called here, and then nothing is in the way."""
    names = {"keras": keras, "tf": tf, "np": np}
    exec(call, names)
    try:
        asked(_settings.check_imported, way_out=undo)
    finally:
        exec(undo, names)
    _settings.check_imported()


def test_numerics_that_are_checked_are_named(alone):
    tf.debugging.enable_check_numerics()
    try:
        asked(_settings.check_environment, way_out="tf.debugging.disable_check_numerics()")
    finally:
        tf.debugging.disable_check_numerics()
    _settings.check_environment()


FOR_GOOD = [
    "tf.compat.v1.disable_v2_behavior()",
    "tf.experimental.numpy.experimental_enable_numpy_behavior()",
]
with contextlib.suppress(AttributeError):  # an old Keras has this for JAX only
    keras.distribution.DataParallel()
    FOR_GOOD.append("keras.distribution.set_distribution(keras.distribution.DataParallel())")


@pytest.mark.parametrize("before", FOR_GOOD)
def test_what_cannot_be_taken_back_needs_a_new_kernel(before):
    done = set_up(f"import keras, tensorflow as tf\n{before}")
    says(done.stderr.splitlines()[-1], "RuntimeError", "set_up()", "needs", way_out="Restart")


@pytest.mark.parametrize(
    "environment",
    [
        {"EXPLORE": "replay"},  # outside of a notebook
        {
            "TF_ENABLE_ONEDNN_OPTS": "0",
            "CUDA_VISIBLE_DEVICES": "7",
            "MPLBACKEND": "agg",
            "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
            "KERAS_BACKEND": "tensorflow",
            "TF_USE_LEGACY_KERAS": "0",
        },
    ],
)
def test_what_changes_nothing_is_left_alone(environment):
    done = set_up(**environment)
    assert (done.returncode, done.stderr) == (0, "")


def test_matplotlibrc_does_not_count(tmp_path):
    (tmp_path / "matplotlibrc").write_text("text.usetex: True\nlines.marker: o\n")
    look = "import atexit, matplotlib\natexit.register(lambda: print(matplotlib.rcParams))"
    with_file, without = set_up(look, MATPLOTLIBRC=str(tmp_path / "matplotlibrc")), set_up(look)
    assert with_file.returncode == 0, with_file.stderr
    assert with_file.stdout == without.stdout
