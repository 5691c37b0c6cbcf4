"""TensorFlow without its start-up messages; every module that needs `tf` takes it from here.

TF_CPP_MIN_LOG_LEVEL (set in `utils/__init__.py`) silences TensorFlow only once its log is set up;
what its libraries write before that goes straight to file descriptor 2. XLA announces itself at
the first compilation (TensorFlow 2.16 to 2.19 whatever the level), so that one is made here.
"""

import contextlib
import os
import sys
import tempfile


@contextlib.contextmanager
def _quiet_stderr():
    """Keep back what is written to file descriptor 2; write it out if the block raises."""
    sys.stderr.flush()
    real = os.dup(2)
    with tempfile.TemporaryFile() as kept:
        os.dup2(kept.fileno(), 2)
        try:
            yield
        except BaseException:
            kept.seek(0)
            os.write(real, kept.read())
            raise
        finally:
            os.dup2(real, 2)
            os.close(real)


try:
    with _quiet_stderr():
        import tensorflow as tf

        # The CPU's XLA, which is always there: not every GPU has one (tensorflow-metal).
        with tf.device("CPU:0"):
            tf.function(lambda x: x, jit_compile=True, autograph=False)(0.0)
except ModuleNotFoundError as error:
    if error.name != "tensorflow":
        raise
    raise ImportError(
        "The course needs TensorFlow, and this Python has none. "
        "Install what the course needs with: pip install -r requirements.txt"
    ) from None

__all__ = ["tf"]
