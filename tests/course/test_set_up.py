"""The set-up cell: on Colab it fetches the course, elsewhere nothing; it says clearly what fails.

Each test runs the cell as a notebook's kernel would: in a process of its own, in an empty folder.
"""

import json
import os
import re
import shutil
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
    branch, url = re.search(r'"--branch=(\S+)",\s+"(\S+)",', CELL).groups()
    assert (url, branch) == (REPOSITORY.url, REPOSITORY.branch)


def run_on_colab(on_colab, code):
    """The completed process of code in the folder where Colab runs it."""
    folder, variables = on_colab
    return run(folder, code, **variables)


def assert_uses_the_fetched_course(on_colab):
    done = run_on_colab(on_colab, f"{CELL}\nprint(utils.__file__)")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = Path(done.stdout.strip())
    assert (found.name, found.parent.name) == ("__init__.py", "utils")
    assert found.is_relative_to(on_colab[1]["TMPDIR"])


def test_on_colab_fetches_the_course_and_uses_it_first(on_colab):
    assert_uses_the_fetched_course(on_colab)
    assert_uses_the_fetched_course(on_colab)  # after a restart
    assert list(on_colab[0].iterdir()) == []


def stale(course, published):
    """What an older set-up cell left: a whole clone, of an older course on another branch."""
    subprocess.run(["git", "clone", "-q", published.as_uri(), course], check=True)
    subprocess.run(["git", "-C", course, "checkout", "-qb", "mine"], check=True)
    (course / "utils" / "__init__.py").write_text("COURSE = 'Turn the Knobs'\n")


@pytest.mark.parametrize(
    "state",
    [
        lambda course, _: course.mkdir(),
        lambda course, _: course.touch(),
        lambda course, _: (course / ".git").mkdir(parents=True),
        lambda course, _: shutil.copytree(ROOT / "website", course / "utils"),
        lambda course, _: course.symlink_to("nowhere"),
        stale,
    ],
    ids=["empty", "a file", "half cloned", "somebody else's", "a broken link", "old and changed"],
)
@pytest.mark.parametrize("name", ["course", "utils"])
def test_on_colab_what_lies_there_is_not_in_the_way(on_colab, published, name, state):
    state(on_colab[0] / name, published)
    assert_uses_the_fetched_course(on_colab)


def test_on_colab_the_cell_fetches_once_in_a_kernel(on_colab):
    done = run_on_colab(on_colab, f"{CELL}\nfirst = utils\n{CELL}\nassert utils is first")
    assert done.returncode == 0, done.stderr
    assert len(list(Path(on_colab[1]["TMPDIR"]).iterdir())) == 1


def test_on_colab_without_a_network_it_says_so_and_can_be_run_again(on_colab):
    folder, variables = on_colab
    away = {**variables, "GIT_CONFIG_KEY_0": "url.file:///nowhere.insteadOf"}
    done = run(folder, CELL, **away)
    assert done.returncode == 1
    said = done.stderr[done.stderr.rindex("RuntimeError") :]
    says(said, "fetched", "nowhere", way_out="run this cell again")
    again = f"try:\n    exec({CELL!r})\nexcept RuntimeError:\n    import os\n"
    mended = f"    os.environ['GIT_CONFIG_KEY_0'] = {variables['GIT_CONFIG_KEY_0']!r}\n{CELL}"
    done = run(folder, again + mended, **away)
    assert done.returncode == 0, done.stderr


def test_on_colab_own_utils_that_are_imported_already_are_named(on_colab):
    mine = on_colab[0] / "utils.py"
    mine.write_text("", encoding="utf-8")
    done = run_on_colab(on_colab, f"import utils\n{CELL}")
    *_, line = done.stderr.splitlines()
    says(line, "ImportError", "not the course's utils", str(mine), way_out="restart the runtime")


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
    says(line, "ImportError", "not the course's utils", str(foreign), way_out="rename")


def test_refuses_utils_of_another_package_and_a_folder_of_this_name(tmp_path):
    """A regular package goes before ours in site-packages; a folder is one that has no file."""
    package = tmp_path / "site-packages" / "utils"
    package.mkdir(parents=True)
    hide = "import sys; sys.meta_path[:] = [one for one in sys.meta_path if 'editable' not in "
    hide += f"repr(one)]; sys.path[:] = [p for p in sys.path if p not in {[str(ROOT)]!r}]\n"
    done = run(tmp_path, hide + CELL, PYTHONPATH=str(package.parent))
    says(done.stderr.splitlines()[-1], "not the course's utils", str(package), way_out="rename")
    (package / "__init__.py").touch()
    done = run(tmp_path, CELL, PYTHONPATH=str(package.parent))
    says(done.stderr.splitlines()[-1], "not the course's utils", str(package), way_out="uninstall")


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
