"""Settings of the machine that would make the course's cells fail, or give other numbers.

`set_up` asks for them once, before the first cell can fail for a reason that it does not show. Each
message names the variable, file or call that is in the way. What changes nothing that a chapter
claims, such as the number of threads, is nobody's business.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_TRUE = ("1", "true", "True")
# Variable → what is needed, and whether a value of the variable gives it.
_VARIABLES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "TF_USE_LEGACY_KERAS": ("Keras 3 in TensorFlow", lambda value: value not in _TRUE),
    "KERAS_BACKEND": ("Keras on TensorFlow", lambda value: value in ("", "tensorflow")),
    "KERAS_MAX_EPOCHS": ("all epochs of a training", lambda value: False),
    "KERAS_MAX_STEPS_PER_EPOCH": ("all batches of an epoch", lambda value: False),
    "KERAS_NNX_ENABLED": ("Keras on TensorFlow", lambda value: value.lower() not in ("1", "true")),
    "TF2_BEHAVIOR": ("TensorFlow 2", lambda value: value != "0"),
    "PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION": (
        "an implementation of protobuf that exists",
        lambda value: value in ("", "upb", "python"),
    ),
}
# What Keras reads from its file, and may be asked for by its name → the value that is needed.
_KERAS = {
    "backend": "tensorflow",
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
}
# Backends of matplotlib that show a figure in a notebook; others of its own do not.
_IN_NOTEBOOKS = ("inline", "ipympl", "nbagg", "notebook", "widget")
# XLA ends the process for a flag that it does not know; a flag may also break the rules for nan.
_PROBE = """
import tensorflow as tf
with tf.device("CPU:0"):
    zero = tf.constant(0.0)
    ratio = tf.function(tf.divide, jit_compile=True, autograph=False)(zero, zero)
raise SystemExit(0 if tf.math.is_nan(ratio) else 1)
"""


def check_environment() -> None:
    """Ask what can be known before `utils._tf` imports TensorFlow, which may already fail.

    Raises:
        RuntimeError: a setting is in the way; one line names it and the way out.
    """
    for name, (need, allows) in _VARIABLES.items():
        if name in os.environ and not allows(os.environ[name]):
            _refuse(need, f"the environment variable {name}={os.environ[name]}", _without(name))
    _check_keras_json()
    if sys.flags.optimize:
        way_out = "Start Python without -O. " + _without("PYTHONOPTIMIZE", at_start=True)
        _refuse("a Python that runs assert", "the option -O or PYTHONOPTIMIZE", way_out)
    if any(option.startswith("error") for option in sys.warnoptions):
        way_out = "Start Python without -W error. " + _without("PYTHONWARNINGS", at_start=True)
        got = "the option -W error or PYTHONWARNINGS=error"
        _refuse("a Python in which a warning is no error", got, way_out)
    backend = os.environ.get("MPLBACKEND", "inline").lower()
    in_kernel = "ipykernel" in sys.modules and "IPython" in sys.modules
    if in_kernel and "://" not in backend and backend not in _IN_NOTEBOOKS:
        got = f"the environment variable MPLBACKEND={backend}"
        _refuse("figures below their cells", got, _without("MPLBACKEND"))
    if tf := sys.modules.get("tensorflow"):
        try:
            tf.constant(0.0) / 0.0
        except tf.errors.InvalidArgumentError:
            way_out = "Call tf.debugging.disable_check_numerics()"
            _refuse("results that may be nan", "tf.debugging.enable_check_numerics()", way_out)
    flags = {name: os.environ[name] for name in ("XLA_FLAGS", "TF_XLA_FLAGS") if name in os.environ}
    if flags and "utils._tf" not in sys.modules:
        probe = [sys.executable, "-c", _PROBE]
        if subprocess.run(probe, capture_output=True, check=False).returncode:
            got = " and ".join(f"{name}={value}" for name, value in flags.items())
            _refuse("an XLA that compiles", f"the environment variable {got}", _without(*flags))


def check_imported() -> None:
    """Ask TensorFlow, Keras and NumPy themselves, which a cell or start-up file may have set.

    Raises:
        RuntimeError: a setting is in the way; one line names it and the way out.
    """
    import keras
    import numpy as np

    from utils._tf import tf

    restart = "Restart the kernel and run this cell before any that calls tf.compat.v1"
    v1 = tf.compat.v1
    if not (
        tf.executing_eagerly() and v1.resource_variables_enabled() and v1.control_flow_v2_enabled()
    ):
        _refuse("TensorFlow 2", "its behaviour of version 1", restart)
    if not keras.__version__.startswith("3.") or tf.keras.Model is not keras.Model:
        got = f"Keras {keras.__version__} and {tf.keras.Model.__module__}.Model in TensorFlow"
        _refuse("Keras 3 in TensorFlow", got, "Install it with: pip install -r requirements.txt")
    config = keras.config
    for name, needed in _KERAS.items():
        if (found := getattr(config, name)()) != needed:
            way_out = f"Call keras.config.set_{name}({needed!r})"
            if name == "backend":
                way_out = "Restart the kernel and run this cell before any that imports Keras"
            _refuse(f"Keras' {name} {needed!r}", repr(found), way_out)
    policy = keras.mixed_precision.dtype_policy()
    if policy.name != "float32":
        way_out = 'Call keras.mixed_precision.set_dtype_policy("float32")'
        _refuse("Keras' dtype policy float32", policy.name, way_out)
    if tf.config.functions_run_eagerly():
        way_out = "Call tf.config.run_functions_eagerly(False)"
        _refuse("functions that are compiled", "tf.config.run_functions_eagerly(True)", way_out)
    if hasattr(tf.Tensor, "T"):
        got = "tf.experimental.numpy.experimental_enable_numpy_behavior()"
        _refuse(
            "TensorFlow's own rules for dtypes", got, "Restart the kernel and leave the call out"
        )
    if tf.distribute.has_strategy() or keras.distribution.distribution() is not None:
        got = "a distribution strategy"
        _refuse("one device for each training", got, "Restart the kernel and leave it out")
    if "raise" in np.geterr().values():
        got = f"np.seterr of {np.geterr()}"
        _refuse("results that may be nan", got, 'Call np.seterr(all="warn", under="ignore")')


def _check_keras_json():
    """Read the file as Keras does, which takes KERAS_BACKEND before it."""
    home = Path.home() if os.access(Path.home(), os.W_OK) else Path("/tmp")
    path = Path(os.environ.get("KERAS_HOME", home / ".keras")).expanduser() / "keras.json"
    try:
        settings = json.loads(path.read_text())
    except (OSError, ValueError):  # then Keras goes without
        return
    wanted: dict[str, Any] = _KERAS | {"nnx_enabled": False}
    if "KERAS_BACKEND" in os.environ:
        del wanted["backend"]
    way_out = "Delete the file, or this entry, and restart the kernel"
    if not isinstance(settings, dict):
        _refuse("Keras' own settings", f"no settings in the file {path}", way_out)
    for name, needed in wanted.items():
        if (found := settings.get(name, needed)) != needed:
            _refuse(f"Keras' {name} {needed!r}", f"{name} {found!r} in the file {path}", way_out)


def _refuse(need, got, way_out):
    raise RuntimeError(f"set_up() needs {need}, got {got}. {way_out}.")


def _without(*names, at_start=False):
    """Say how to go on without variables; some are read by Python before a cell can run."""
    outside = f"Close Jupyter and start it again after: unset {' '.join(names)}"
    pops = "; ".join(f'os.environ.pop("{name}")' for name in names)
    inside = f"; or restart the kernel and first run: import os; {pops}"
    return outside + ("" if at_start else inside)
