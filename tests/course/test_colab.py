"""The environment of `make live` is as Colab's, and no notebook changes it: runs behind them."""

import importlib.util
import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.colab

LIST = (
    "import importlib.metadata as m, json; "
    "print(json.dumps({d.name: d.version for d in m.distributions()}))"
)


def packages():
    """Name → version of what a fresh Python finds installed."""
    done = subprocess.run([sys.executable, "-c", LIST], capture_output=True, check=True)
    return json.loads(done.stdout)


BEFORE = packages()  # pytest imports this file before it runs the first notebook


def test_the_course_is_not_installed_here():
    assert importlib.util.find_spec("tensorflow")
    done = subprocess.run([sys.executable, "-P", "-c", "import utils"], capture_output=True)
    assert b"No module named 'utils'" in done.stderr


def test_has_the_widgets_of_colab():
    assert BEFORE["ipywidgets"] == "7.7.1"


def test_the_notebooks_left_the_packages_as_they_were():
    assert packages() == BEFORE
