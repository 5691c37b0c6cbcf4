"""The helpers that two or more chapters of "Turn the Knobs" share."""

import gc
import importlib.util
import os

__version__ = "0.1.0"

# The set-up cell of every chapter reads this to be sure that it imported the course's `utils`
# and not another package of that common name.
COURSE = "Turn the Knobs"

_PACKAGES = ("IPython", "ipywidgets", "keras", "matplotlib", "numpy", "tensorflow", "tqdm")

# Read once, when TensorFlow is first imported: 3 = only fatal messages.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def set_up(language: str = "en") -> None:
    """Prepare a notebook: TensorFlow imported without its start-up messages, figures in our style.

    Args:
        language: of the notebook's texts: "en", or "zh" for figures with Chinese letters.
    Raises:
        ValueError: a language that the course does not have.
        ImportError: a package is missing; one line names it and the way to install it.
        RuntimeError: a setting of the machine is in the way; one line names the variable or file.
    """
    missing = [package for package in _PACKAGES if importlib.util.find_spec(package) is None]
    if missing:
        raise ImportError(
            f"The course needs {', '.join(missing)}, which this Python does not have. "
            "Install what the course needs with: pip install -r requirements.txt"
        )
    from utils._settings import check_environment, check_imported

    check_environment()
    import utils._tf  # noqa: F401  # before anybody else imports TensorFlow, noisily

    check_imported()
    from utils.plotting import use_style

    use_style(language)
    # A full collection would walk TensorFlow's modules, which stay anyway: 0.3 s, within every
    # second or so of moving a knob.
    gc.freeze()
