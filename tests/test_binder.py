"""binder/ gives the environment of the pins: the same file, the same Python, JupyterLab in it."""

import re
import tomllib

import yaml
from notebooks import ROOT

BINDER = ROOT / "binder"


def lines(path):
    """The lines of a requirements file that say something."""
    text = path.read_text(encoding="utf-8")
    return [line for line in map(str.strip, text.splitlines()) if line and line[0] != "#"]


def test_installs_the_pins_and_nothing_else():
    (line,) = lines(BINDER / "requirements.txt")
    option, path = line.split()
    # pip looks for an included file beside the one that includes it.
    assert (option, (BINDER / path).resolve()) == ("-r", ROOT / "requirements.txt")


def test_the_pins_hold_what_binder_needs():
    pins = lines(ROOT / "requirements.txt")
    assert "-e ." in pins  # pip looks from the folder it runs in, repo2docker's copy of the course
    assert any(re.fullmatch(r"jupyterlab==4\.[\d.]+", pin) for pin in pins)


def test_python_is_that_of_the_makefile_and_the_package_admits_it():
    (runtime,) = lines(BINDER / "runtime.txt")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert runtime.replace("-", "") == re.search(r"^PYTHON \?= (\S+)$", makefile, re.M)[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lowest, _ = project["requires-python"].split(",")
    assert lowest == f">={runtime.removeprefix('python-')}"


def test_nothing_else_claims_to_be_the_environment():
    # repo2docker takes binder/ for all it needs; a stray file there would win over these two.
    assert sorted(path.name for path in BINDER.iterdir()) == ["requirements.txt", "runtime.txt"]
    assert not (ROOT / ".binder").exists()  # two folders: repo2docker refuses


def test_the_site_opens_jupyterlab_on_binder():
    buttons = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["launch_buttons"]
    assert buttons["binderhub_url"] == "https://mybinder.org"
    assert buttons["notebook_interface"] == "jupyterlab"
