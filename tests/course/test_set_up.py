"""The set-up cell: on Colab it fetches the course, elsewhere nothing; it says clearly what fails.

Each test runs the cell as a notebook's kernel would: in a process of its own, in an empty folder.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from colab import REPOSITORY, stand_in
from messages import says

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = json.loads((ROOT / "chapters" / "_template.ipynb").read_text(encoding="utf-8"))
CELL = next(
    "".join(cell["source"])
    for cell in TEMPLATE["cells"]
    if "set-up" in cell["metadata"].get("tags", [])
)


def run(folder, code, **environment):
    """Run code in a fresh Python in `folder`; the completed process, texts captured."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "", **environment},
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture
def on_colab(tmp_path, published):
    """An empty folder, and the variables that make a process believe it is on Colab."""
    return stand_in(tmp_path, published)


def test_names_the_repository_of_the_configuration():
    url, version = re.search(r'url, version = "([^"]+)", "([^"]+)"', CELL).groups()
    assert (url, version) == (REPOSITORY.url, REPOSITORY.branch)


def test_on_colab_fetches_the_course_and_uses_it_first(on_colab):
    folder, variables = on_colab
    done = run(folder, f"{CELL}\nprint(utils.__file__)", **variables)
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == folder / "course" / "utils" / "__init__.py"
    assert done.stderr == ""


def test_on_colab_runs_again_after_a_restart(on_colab):
    folder, variables = on_colab
    assert run(folder, CELL, **variables).returncode == 0
    again = run(folder, CELL, **variables)
    assert again.returncode == 0, again.stderr


def test_elsewhere_it_fetches_nothing_and_is_silent(tmp_path):
    done = run(tmp_path, f"{CELL}\nprint(utils.__file__)")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()) == ROOT / "utils" / "__init__.py"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_refuses_foreign_utils(tmp_path):
    foreign = tmp_path / "utils.py"
    foreign.write_text("# another package of this common name\n", encoding="utf-8")
    done = run(tmp_path, CELL)
    assert done.returncode == 1
    *_, line = done.stderr.splitlines()
    assert line.startswith("AssertionError: ")
    assert str(foreign) in line


def test_says_where_to_find_missing_utils(tmp_path):
    hide = "import sys; sys.modules['utils'] = None\n"
    done = run(tmp_path, hide + CELL)
    says(done.stderr.splitlines()[-1], "ImportError", "utils", way_out="README")


@pytest.mark.parametrize("package", ["tensorflow", "ipywidgets"])
def test_a_missing_package_gives_one_clear_line(tmp_path, package):
    hide = (
        "import importlib.util as u; find = u.find_spec\n"
        f"u.find_spec = lambda name, *rest: None if name == {package!r} else find(name, *rest)\n"
    )
    done = run(tmp_path, hide + CELL)
    assert done.returncode == 1
    *_, line = done.stderr.splitlines()
    says(line, "ImportError", package, way_out="pip install -r requirements.txt")
