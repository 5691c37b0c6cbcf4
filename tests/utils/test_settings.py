"""`utils.set_up()` names the setting that is in the way; each is asked in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from messages import says

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


IN_KERNEL = "import IPython, ipykernel"


@pytest.mark.parametrize(
    ("name", "value", "before"),
    [
        ("TF_USE_LEGACY_KERAS", "1", ""),
        ("KERAS_BACKEND", "torch", ""),
        ("KERAS_MAX_EPOCHS", "2", ""),
        ("KERAS_NNX_ENABLED", "true", ""),
        ("TF2_BEHAVIOR", "0", ""),
        ("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "cpp", ""),
        ("XLA_FLAGS", "--xla_no_such_flag", ""),
        ("TF_XLA_FLAGS", "--no_such_flag", ""),
        ("MPLBACKEND", "agg", IN_KERNEL),
        ("PYTHONOPTIMIZE", "1", ""),
        ("PYTHONWARNINGS", "error", ""),
    ],
)
def test_a_variable_in_the_way_is_named(name, value, before):
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
def test_a_file_in_the_way_is_named(tmp_path, text, got):
    (tmp_path / "keras.json").write_text(text)
    done = set_up(KERAS_HOME=str(tmp_path))
    path = str(tmp_path / "keras.json")
    says(done.stderr.splitlines()[-1], "set_up()", got, path, way_out="Delete the file")


@pytest.mark.parametrize(
    ("before", "way_out"),
    [
        ("keras.config.set_floatx('float64')", "keras.config.set_floatx('float32')"),
        ("keras.config.set_epsilon(1e-3)", "keras.config.set_epsilon(1e-07)"),
        (
            "keras.mixed_precision.set_dtype_policy('mixed_float16')",
            'keras.mixed_precision.set_dtype_policy("float32")',
        ),
        ("tf.config.run_functions_eagerly(True)", "tf.config.run_functions_eagerly(False)"),
        ("tf.debugging.enable_check_numerics()", "tf.debugging.disable_check_numerics()"),
        ("tf.compat.v1.disable_v2_behavior()", "Restart the kernel"),
        ("tf.compat.v1.disable_eager_execution()", "Restart the kernel"),
        ("tf.experimental.numpy.experimental_enable_numpy_behavior()", "Restart the kernel"),
        ("keras.distribution.set_distribution(keras.distribution.DataParallel())", "Restart"),
        ("numpy.seterr(all='raise')", "np.seterr("),
    ],
)
def test_a_call_before_is_answered_by_another(before, way_out):
    done = set_up(f"import keras, numpy, tensorflow as tf\n{before}")
    says(done.stderr.splitlines()[-1], "RuntimeError", "set_up()", "needs", way_out=way_out)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"EXPLORE": "replay"},  # outside of a notebook
        {"TF_ENABLE_ONEDNN_OPTS": "0", "CUDA_VISIBLE_DEVICES": "7", "MPLBACKEND": "agg"},
        {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"},
        {"KERAS_BACKEND": "tensorflow", "TF_USE_LEGACY_KERAS": "0"},
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
