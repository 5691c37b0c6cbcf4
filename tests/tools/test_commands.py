"""Every target of make that README.md and CONTRIBUTING.md name works: here in its quick form.

What `make test` runs whole needs no other form. The rest runs on a course of one small chapter, on
small sizes, or in a folder made for it; the weekly workflow runs it whole.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
import zipfile
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from makefile import ROOT, environment, make
from nbformat import writes
from nbformat.v4 import new_markdown_cell, new_notebook
from pypdf import PdfReader

from benchmarks.build import copy

BIN = f"BIN={Path(sys.executable).parent}"  # this environment, for a copy that has none
INSTALLED = ("-o", ".venv/.ready", "-o", ".venv-oldest/.ready", "-o", "browser")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
# `help` is what make does when nothing is asked for.
DOCUMENTED = set(re.findall(r"^([a-z-]+):.*##", MAKEFILE, re.MULTILINE)) - {"help"}


def named():
    """The targets that README.md and CONTRIBUTING.md name."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")]
    commands = texts[0].partition("\n## All commands\n")[2].partition("\n## ")[0]
    inline = {name for text in texts for name in re.findall(r"(?:`|^)make ([a-z-]+)", text, re.M)}
    return inline | set(re.findall(r"`([a-z-]+)`", commands)) - {"make"}


def recipe(target):
    """The commands that make would run for a target, from nothing."""
    status, printed = make("--dry-run", "--always-make", target)
    assert status == 0, printed
    return set(printed.splitlines())


def test_the_readme_names_all_targets_and_no_other():
    assert named() == DOCUMENTED
    assert {line.split()[0] for line in make()[1].splitlines()} == DOCUMENTED | {"help"}


def test_each_target_runs_in_the_tests():
    whole = {target for target in DOCUMENTED if recipe(target) <= recipe("test")}
    assert "book" in whole
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    quick = {name for text in texts for name in re.findall(r'\bmake\(\s*"([a-z-]+)"', text)}
    assert DOCUMENTED - whole - quick - {"lab"} == set(), "write quick forms of these, here"


def test_what_has_only_a_quick_form_here_runs_whole_every_week():
    weekly = yaml.safe_load((ROOT / ".github/workflows/weekly.yml").read_text(encoding="utf-8"))
    assert set(weekly["jobs"]["whole"]["strategy"]["matrix"]["target"]) == {
        "test", "test-oldest", "pdf", "bench", "audit", "lock"
    }  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The folder of a course whose only chapter is the template, built; git knows its files."""
    folder = tmp_path_factory.mktemp("small") / "course"
    copy(folder)
    for path in (folder / "chapters").glob("[0-9]*.ipynb"):
        path.unlink()
    shutil.copyfile(folder / "chapters" / "_template.ipynb", folder / "chapters" / "01_small.ipynb")
    front = new_notebook(
        cells=[new_markdown_cell("# Front\n\nThe only page before it.", id="front")]
    )
    (folder / "index.ipynb").write_text(writes(front), encoding="utf-8")
    toc = "format: jb-book\nroot: index\nchapters:\n  - file: chapters/01_small\n"
    (folder / "_toc.yml").write_text(toc, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    status, printed = make("book", *INSTALLED, BIN, folder=folder)
    assert status == 0, printed
    return folder


def assert_measured(what, printed):
    assert re.search(rf"^(ok|missed) +[≤≥0-9a-z].*  {re.escape(what)}  ", printed, re.M), printed


@pytest.mark.site
def test_bench_says_what_each_build_executed(small):
    """Its part `page` is that of audit, below; training and live: tests/test_benchmarks.py."""
    status, printed = make("bench", *INSTALLED, BIN, "BUILT=1", "PARTS=build", folder=small)
    assert status == 0, printed
    assert_measured("site, cold", printed)
    assert_measured("site, unchanged", printed)
    assert re.search(r"^ok +none +executed if unchanged +none$", printed, re.M), printed
    chapter = "chapters/01_small.ipynb"
    assert re.search(rf"^ok +{chapter} +executed after editing {chapter} +{chapter}", printed, re.M)


@pytest.mark.site
def test_audit_goes_on_where_a_tool_is_missing(small):
    arguments = (*INSTALLED, "-o", "node_modules", BIN, "BUILT=1")
    status, printed = make("audit", *arguments, folder=small)
    assert status != 0
    assert re.search(r"^failed +audit: by lighthouse  ", printed, re.M), printed
    assert "Not measured: audit: by lighthouse." in printed
    assert_measured("positions on the site", printed)
    assert_measured("first visit of chapters/01_small.html, gzip", printed)
    assert_measured("static slider, event, drawing and layout, p95", printed)
    assert_measured("chapters/01_small.html, light: axe", printed)
    assert_measured("chapters/01_small.html, dark: axe", printed)


@pytest.mark.site
def test_pdf_prints_the_book(small):
    status, printed = make("pdf", *INSTALLED, BIN, "BUILT=1", folder=small)
    assert status == 0, printed
    pages = PdfReader(small / "_build" / "turn-the-knobs.pdf").pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "The only page before it." in text
    assert "Left of zero the slope is 0.1." in text


@pytest.mark.site
def test_exercises_are_written(small):
    status, printed = make("exercises", f"PYTHON={sys.executable}", folder=small)
    assert status == 0, printed
    student = small / "_build" / "exercises" / "chapters" / "01_small.ipynb"
    assert "<summary>Solution" not in student.read_text(encoding="utf-8")
    settings = (*INSTALLED, BIN, f"PYTHON={sys.executable}", "LANGUAGE=zh")
    course = small / "_build" / "translated" / "zh"
    for _ in range(2):
        status, printed = make("exercises", *settings, folder=small)
        assert status == 0, printed
        written = (course / student.relative_to(small)).read_text(encoding="utf-8")
        assert r"set_up(\"zh\")" in written
        # What is there of the last time is not what counts the next one.
        (course / "chapters" / student.name).write_text("old", encoding="utf-8")


def test_lab_in_another_language_has_a_folder_of_its_own():
    wanted = "tools.translate --language zh write _build/course/zh"
    (written,) = [line for line in recipe("lab") if "jupyter lab" in line]
    assert written.split()[0].endswith("jupyter")
    status, printed = make("--dry-run", "lab", "LANGUAGE=zh")
    assert status == 0, printed
    assert wanted in printed
    assert f"PYTHONPATH={ROOT}/_build/course/zh" in printed
    # The system's variable of that name has nothing to do with it.
    status, printed = make("--dry-run", "lab", LANGUAGE="de:en")
    assert status == 0, printed
    assert "translate" not in printed


@pytest.mark.site
def test_lab_opens_the_chapters(small, tmp_path):
    settings = {"open_browser": False, "allow_root": True, "ip": "127.0.0.1", "port": 0}
    (tmp_path / "jupyter_server_config.json").write_text(json.dumps({"ServerApp": settings}))
    with lab(small, tmp_path) as process:
        served = answer(process, tmp_path, "api/contents")
    assert "01_small.ipynb" in [one["name"] for one in served["content"]]


@contextmanager
def lab(folder, settings):
    """`make lab`, called in a folder; it ends with the block. make() would wait until then."""
    places = environment(
        JUPYTER_CONFIG_DIR=str(settings), JUPYTER_RUNTIME_DIR=str(settings / "runtime")
    )
    with (settings / "log").open("w") as log:
        process = subprocess.Popen(
            ["make", "lab", *INSTALLED, BIN],
            cwd=folder,
            env=places,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=600)


def answer(process, settings, path):
    """What the server of such a process answers at a path, once it does.

    It writes its address first, in a file that may be read half written, and listens then.
    """
    deadline = time.monotonic() + 600
    while True:
        try:
            (file,) = settings.glob("runtime/jpserver-*.json")
            server = json.loads(file.read_text())
            authorization = {"Authorization": f"token {server['token']}"}
            request = urllib.request.Request(server["url"] + path, headers=authorization)
            with urllib.request.urlopen(request, timeout=600) as found:
                return json.load(found)
        except (OSError, ValueError):
            said = (settings / "log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.2)


@pytest.mark.site
def test_test_oldest_runs_unit_tests_and_notebooks():
    small = ("LIVE=tests/utils/test_check.py", "NOTEBOOKS=chapters/_template.ipynb")
    oldest = BIN.replace("BIN", "OLDEST")
    status, printed = make("test-oldest", *INSTALLED, oldest, *small)
    assert status == 0, printed
    assert len(re.findall(r"\[100%\]", printed)) == 2, printed


def test_lock_takes_the_newest_versions_and_the_oldest(tmp_path):
    """A registry of one package with three versions; a course that asks for the second or later."""
    for version in ("1.0", "2.0", "3.0"):
        write_wheel(tmp_path / "registry", "numpy", version)
    project = '[project]\nname = "small"\nversion = "0"\nrequires-python = ">=3.11"\n'
    extras = "[project.optional-dependencies]\nlab = []\nsite = []\ntest = []\n"
    course = tmp_path / "course"
    (course / "tests").mkdir(parents=True)
    shutil.copyfile(ROOT / "Makefile", course / "Makefile")
    for name, text in {
        "pyproject.toml": f'{project}dependencies = ["numpy>=2"]\n{extras}',
        "requirements.txt": "numpy==2.0\n",
        "tests/requirements-colab.in": "numpy\n",
        "tests/requirements-oldest.in": "-e .\n",
    }.items():
        (course / name).write_text(text, encoding="utf-8")
    registry = {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(tmp_path / "registry")}
    status, printed = make("lock", *INSTALLED, BIN, folder=course, **registry)
    assert status == 0, printed
    pinned = {path.name: path.read_text(encoding="utf-8") for path in course.rglob("*.txt")}
    assert {name: re.findall(r"^numpy==(.*)$", text, re.M) for name, text in pinned.items()} == {
        "requirements.txt": ["3.0"],
        "requirements-colab.txt": ["3.0"],
        "requirements-oldest.txt": ["2.0"],
    }


def write_wheel(folder, name, version):
    """Write the smallest wheel that an installer accepts."""
    folder.mkdir(exist_ok=True)
    inside = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            f"{inside}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        wheel.writestr(
            f"{inside}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{inside}/RECORD", "")


def test_clean_leaves_what_git_tracks(tmp_path):
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    made = [line.strip("/").replace("*", "course") for line in ignored]
    for folder in (*made, "chapters"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file").touch()
    shutil.copyfile(ROOT / "Makefile", tmp_path / "Makefile")
    assert make("clean", folder=tmp_path)[0] == 0
    left = {path.name for path in tmp_path.iterdir()}
    # These two are in many folders, and belong to Python and Jupyter.
    assert left == {"Makefile", "chapters", "__pycache__", ".ipynb_checkpoints"}
