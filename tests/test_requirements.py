"""The pinned environments against the ranges that pyproject.toml states."""

import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]
PINNED = {
    "requirements.txt": ["lab", "site", "test", "workers"],
    "tests/requirements-colab.txt": [],
    "tests/requirements-oldest.txt": [],
}


def pins(file):
    """Name → version of every line `name==version` that holds for this Python and system."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    found = [Requirement(line) for line in lines if "==" in line and line.lstrip()[0] not in "#-"]
    return {
        canonicalize_name(one.name): next(iter(one.specifier)).version
        for one in found
        if one.marker is None or one.marker.evaluate()
    }


def test_an_installed_package_has_every_file_of_utils():
    patterns = PYPROJECT["tool"]["setuptools"]["package-data"]["utils"]
    packed = {path for pattern in patterns for path in (ROOT / "utils").glob(pattern)}
    files = [p for p in (ROOT / "utils").rglob("*.*") if p.suffix not in (".py", ".pyc")]
    assert len(files) > 5
    assert [str(file) for file in files if file not in packed] == []


@pytest.mark.parametrize("file", PINNED)
def test_pins_satisfy_the_stated_ranges(file):
    asked = PROJECT["dependencies"] + [line for name in PINNED[file] for line in EXTRAS[name]]
    found = pins(file)
    wrong = [
        f"{file} has {one.name} {found.get(canonicalize_name(one.name))}, pyproject.toml asks "
        f"for {one}: run make lock"
        for one in map(Requirement, asked)
        if found.get(canonicalize_name(one.name), "0") not in one.specifier
    ]
    assert wrong == []


def test_python_ends_where_tensorflow_has_no_packages():
    """So that an installer names the Python, and not a package that it cannot find."""
    kind = "Programming Language :: Python :: 3."
    classifiers = metadata("tensorflow").get_all("Classifier")
    minors = [int(one.removeprefix(kind)) for one in classifiers if one.startswith(kind)]
    asked = SpecifierSet(PROJECT["requires-python"])
    assert [n for n in range(11, 40) if f"3.{n}.0" in asked] == [n for n in minors if n >= 11]


@pytest.mark.parametrize(
    "name",
    ["ipykernel", "ipython", "ipywidgets", "keras", "matplotlib", "numpy", "seaborn", "tensorflow"],
)
def test_the_oldest_environment_has_the_lower_ends(name):
    # Up to the first two numbers: the registry may lack a .0, or have withdrawn it.
    stated = {one.name: one for one in map(Requirement, PROJECT["dependencies"])}[name]
    low = next(part.version for part in stated.specifier if part.operator == ">=")
    found = pins("tests/requirements-oldest.txt")[name].split(".")
    assert found[: len(low.split("."))] == low.split(".")
