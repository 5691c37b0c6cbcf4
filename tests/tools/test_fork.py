"""`make fork`: every place that names the repository follows, nothing else moves, no other exists.

The oracle is a search of its own through all tracked files, not the patterns of tools/fork.py.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from makefile import make
from notebooks import ROOT

from tools import fork
from tools.fork import rewrite
from website.repository import Repository, configured, parse

NEW = "https://github.com/a-teacher/Their.course_2"
OLD = configured()


def tracked():
    """The files of the working tree that git tracks, or would; relative to its root."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]


@pytest.fixture
def copy(tmp_path):
    """A folder with the tracked files as they are."""
    for name in tracked():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    return tmp_path


def make_fork(folder, *settings):
    """`make fork` in a folder: its exit status, and all it printed."""
    return make("fork", f"PYTHON={sys.executable}", *settings, folder=folder)


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def named(folder, repository):
    """The files that name a repository or its site in any way, relative to the folder."""
    site = re.escape(f"{repository.owner}.github.io")
    pattern = re.compile(rf"[/:]{re.escape(repository.slug)}(?![\w-])|{site}", re.IGNORECASE)
    return {
        path.relative_to(folder).as_posix()
        for path, data in contents(folder).items()
        if pattern.search(data.decode("utf-8", errors="ignore"))
    }


def set_up_cells(folder):
    """The set-up cells of all notebooks, each different one once."""
    cells = set()
    for path in [folder / "index.ipynb", *(folder / "chapters").glob("*.ipynb")]:
        for cell in json.loads(path.read_bytes())["cells"]:
            if "set-up" in cell["metadata"].get("tags", []):
                cells.add("".join(cell["source"]))
    return cells


def test_no_other_file_names_the_repository(copy):
    allowed = {path.relative_to(copy).as_posix() for path in fork.places(copy)}
    assert named(copy, OLD) - allowed == set(), "add these to PLACES in tools/fork.py"


def test_a_fork_leaves_no_old_name_and_touches_nothing_else(copy):
    before, expected, here = contents(copy), named(copy, OLD), named(copy, parse(NEW, "main"))
    status, printed = make_fork(copy, f"URL={NEW}")
    assert status == 0, printed
    after = contents(copy)
    changed = {path.relative_to(copy).as_posix() for path in before if before[path] != after[path]}
    assert changed == expected == named(copy, parse(NEW, "main")) - here
    assert named(copy, OLD) == set()
    assert set(printed.splitlines()[:-2]) == changed
    for path in before:  # byte for byte, but for the name itself
        old, new = OLD.slug.encode(), b"a-teacher/Their.course_2"
        pages, there = OLD.pages.encode(), b"https://a-teacher.github.io/Their.course_2"
        assert before[path].replace(pages, there).replace(old, new) == after[path]


def test_the_set_up_cell_stays_the_same_in_all_notebooks(copy):
    assert make_fork(copy, f"URL={NEW}", "BRANCH=2027")[0] == 0
    (cell,) = set_up_cells(copy)
    assert '"--branch=2027",\n' in cell
    assert f'"{NEW}",\n' in cell


def test_a_long_name_breaks_no_rule_of_style(copy):
    address = f"https://github.com/{'y' * 39}/{'x' * 60}"
    assert make_fork(copy, f"URL={address}", f"BRANCH={'b' * 40}")[0] == 0
    notebooks = [str(path) for path in fork.places(copy) if path.suffix == ".ipynb"]
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [Path(sys.executable).with_name("ruff"), *command, *notebooks],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


def test_a_second_run_changes_nothing_and_the_way_back_restores_all(copy):
    before = contents(copy)
    make_fork(copy, f"URL={NEW}", "BRANCH=2027")
    once = contents(copy)
    status, printed = make_fork(copy, f"URL={NEW}.git/")
    assert status == 0
    assert printed == f"Nothing to change: the course names {NEW}, branch 2027, already.\n"
    assert contents(copy) == once
    make_fork(copy, f"URL={OLD.url}", f"BRANCH={OLD.branch}")
    assert contents(copy) == before


def test_an_interrupted_run_can_be_repeated(copy, monkeypatch):
    new, writes = parse(NEW, "main"), []
    write = Path.write_bytes

    def interrupted(path, data):
        if len(writes) == 3:
            raise KeyboardInterrupt
        writes.append(path)
        write(path, data)

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fork.fork(new, copy)
    monkeypatch.undo()
    fork.fork(new, copy)
    assert named(copy, OLD) == set()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "you/your-course",
        "http://github.com/you/your-course",
        "git@github.com:you/your-course.git",
        "https://example.org/you/your-course",
        "https://github.com/you",
        "https://github.com/you/..",
        "https://github.com/you/.git",
        "https://github.com/you/your-course/tree/main",
        "https://github.com/you-/your-course",
        "https://github.com/-you/your-course",
        "https://github.com/you/your course",
        "https://github.com/you/your-course?x=1",
        'https://github.com/you/x", "main"; print("',
        "https://github.com/you/x'; touch made; '",
        "https://github.com/you/x`touch made`",
        "https://github.com/you/x\nbranch: y",
        "https://user:word@github.com/you/x",
        f"https://github.com/{'y' * 40}/x",
    ],
)
def test_a_bad_address_is_refused(copy, address):
    before = contents(copy)
    status, printed = make_fork(copy, f"URL={address}")
    assert status != 0
    assert f"make fork: URL={address!r} is not the address of a repository on GitHub" in printed
    assert "Give it as in: make fork URL=https://github.com/you/your-course" in printed
    assert contents(copy) == before


@pytest.mark.parametrize("branch", ["a/b", "a b", "-x", "a..b", "x.", '"', "x\ny"])
def test_a_bad_branch_is_refused(copy, branch):
    before = contents(copy)
    status, printed = make_fork(copy, f"URL={NEW}", f"BRANCH={branch}")
    assert status != 0
    assert f"make fork: BRANCH={branch!r} cannot stand in every link" in printed
    assert contents(copy) == before


def test_a_configuration_without_repository_says_what_it_needs(tmp_path):
    (tmp_path / "_config.yml").write_text("title: x\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"_config\.yml does not say which repository this is"):
        configured(tmp_path)


ADA, BOB = Repository("ada", "knobs", "main"), Repository("bob", "ada.knobs", "v2")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://github.com/ada/knobs.", "https://github.com/bob/ada.knobs."),
        ("git@github.com:ada/knobs.git", "git@github.com:bob/ada.knobs.git"),
        ("https://github.com/Ada/Knobs/issues", "https://github.com/bob/ada.knobs/issues"),
        ("github.com/ada/knobs/blob/main/a.md", "github.com/bob/ada.knobs/blob/v2/a.md"),
        ("github.com/ada/knobs/blob/main2/a.md", "github.com/bob/ada.knobs/blob/main2/a.md"),
        (
            "https://colab.research.google.com/github/ada/knobs/blob/main/x.ipynb",
            "https://colab.research.google.com/github/bob/ada.knobs/blob/v2/x.ipynb",
        ),
        (
            "https://mybinder.org/v2/gh/ada/knobs/main?urlpath=lab",
            "https://mybinder.org/v2/gh/bob/ada.knobs/v2?urlpath=lab",
        ),
        ("https://ada.github.io/knobs/index.html", "https://bob.github.io/ada.knobs/index.html"),
        (
            '\\"--branch=main\\",\\n",\n  " \\"https://github.com/ada/knobs\\"',
            '\\"--branch=v2\\",\\n",\n  " \\"https://github.com/bob/ada.knobs\\"',
        ),
        *[(text, text) for text in ("github.com/ada/knobs-2", "github.com/ada/knobs.js")],
        *[(text, text) for text in ("xada.github.io/knobs", "ada/knobs", "main", "branch: main")],
    ],
)
def test_a_name_is_rewritten_in_each_of_its_shapes_and_nowhere_else(text, expected):
    assert rewrite(text, ADA, BOB) == expected


@pytest.mark.parametrize(
    ("new", "site"),
    [
        (Repository("Bob", "bob.github.io", "main"), "https://bob.github.io"),
        (Repository("Bob", "course", "main"), "https://bob.github.io/course"),
    ],
)
def test_the_site_of_an_account_has_no_folder(new, site):
    text = "https://github.com/ada/knobs is read at https://ada.github.io/knobs/"
    there = rewrite(text, ADA, new)
    assert there == f"https://github.com/{new.slug} is read at {site}/"
    assert rewrite(there, new, ADA) == text
