"""Whatever happens to a build ends in a clear message, and the next build is right."""

import json
import os
import resource
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy
from messages import says
from nbformat.v4 import new_code_cell, new_markdown_cell
from tiny_book import HANGS, TinyBook

from tools import build

COUNT = "with open('runs', 'a') as runs: runs.write('|')"
RIGHT = "The answer is forty-two."
# Each of these means something in a URL, a pattern, a shell or a format.
AWKWARD = "ML #2, 100% ü & co 'a' \"b\" [1]* {x} $HOME;"


def write(book, *code):
    """One page: it counts its runs in the file `runs`, and then runs the code."""
    cells = [new_code_cell(source) for source in (COUNT, *code)]
    book.write_notebook("index.ipynb", new_markdown_cell(f"# Front\n\nWhat? {RIGHT}"), *cells)
    book.write_toc()


def assert_next_is_right(book, runs, code=()):
    """Build again, with `code`; the page is there and the notebook has run `runs` times."""
    write(book, *code)
    printed, succeeded = book.build()
    assert succeeded, printed
    assert RIGHT in book.page("index.html")
    assert len((book.root / "runs").read_text(encoding="utf-8")) == runs
    return printed


def database(cache):
    """A cache with one record and its notebook; the path of the notebook."""
    (cache / "executed" / "key").mkdir(parents=True)
    notebook = cache / "executed" / "key" / "base.ipynb"
    notebook.write_text("{}", encoding="utf-8")
    store = sqlite3.connect(cache / "global.db")
    with store:
        store.execute("CREATE TABLE nbcache (hashkey TEXT)")
        store.execute("INSERT INTO nbcache VALUES ('key')")
    store.close()
    return notebook


def test_no_cache_and_a_good_one_are_not_damaged(tmp_path):
    assert build.damage(tmp_path / "none") == ""
    cache = tmp_path / AWKWARD
    database(cache)
    assert build.damage(cache) == ""
    assert list(tmp_path.iterdir()) == [cache]


def test_damage_of_the_cache_is_named(tmp_path):
    notebook = database(tmp_path)
    notebook.write_text('{"cells": [', encoding="utf-8")
    assert build.damage(tmp_path) == "the notebook key is missing or cut off"
    notebook.unlink()
    assert build.damage(tmp_path) == "the notebook key is missing or cut off"
    (tmp_path / "global.db").write_bytes(b"no database at all" * 100)
    assert build.damage(tmp_path) == "global.db: file is not a database"


def test_a_second_build_is_refused_until_the_first_ends(tmp_path):
    output = tmp_path / "_build"
    refused = pytest.raises(build.RefusalError, match="another build")
    with build.only_one(output), refused, build.only_one(output):
        pass
    with build.only_one(output):
        pass


@pytest.mark.parametrize("place", ["file/_build", "file"])
def test_a_folder_that_cannot_be_written_is_refused(tmp_path, place):
    # A file where a folder should be stops even the administrator.
    (tmp_path / "file").touch()
    refused = pytest.raises(build.RefusalError)
    with refused as caught, build.only_one(tmp_path / place):
        pass
    says(caught.value, "write", str(tmp_path / place), way_out="folder")


@pytest.mark.parametrize(
    ("name", "sign"),
    [("what?", "?"), ("Turn%20the%20Knobs", "%20"), ("a%3fb", "%3f"), ("a:b", ":")],
)
def test_a_name_that_means_another_folder_is_refused(tmp_path, name, sign):
    output = tmp_path / name / "_build"
    with pytest.raises(build.RefusalError) as caught:
        build.check_name(output)
    says(caught.value, str(output), f"has `{sign}`", way_out="rename")


@pytest.mark.parametrize("name", [AWKWARD, "ML #2", "100%", "50% off", "😀", "a+b & c", "it's"])
def test_no_other_name_is_refused(tmp_path, name):
    """SQLAlchemy, as jupyter-cache asks it, opens the database of this folder."""
    folder = tmp_path / name
    folder.mkdir()
    build.check_name(folder)
    engine = sqlalchemy.create_engine(f"sqlite:///{folder / 'global.db'}")
    with engine.connect():
        assert [path.name for path in folder.iterdir()] == ["global.db"]
    engine.dispose()


def test_a_full_disk_is_refused_before_anything_is_written(tmp_path):
    free = shutil.disk_usage(tmp_path).free
    needed = free + 10**12
    with pytest.raises(build.RefusalError) as caught:
        build.check_space(tmp_path, needed=needed)
    says(caught.value, "free", f"{needed / 1e6:.0f} MB", way_out="room")
    build.check_space(tmp_path, needed=0)


def wait_for(path):
    """Wait until the file is there."""
    end = time.monotonic() + HANGS
    while not path.exists():
        assert time.monotonic() < end, f"{path} has not appeared"
        time.sleep(0.1)


@pytest.mark.site
@pytest.mark.parametrize(
    ("send", "ending"),
    [(os.killpg, signal.SIGINT), (os.killpg, signal.SIGKILL), (os.kill, signal.SIGINT)],
)
def test_after_an_interruption_the_next_build_is_right(tiny, send, ending):
    write(tiny, "import time; time.sleep(300)")
    # A shell lets what it runs in the background ignore interruptions, and so these tests.
    heeding = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    process = tiny.started(start_new_session=True, **heeding)
    wait_for(tiny.root / "runs")
    send(process.pid, ending)
    printed, _ = process.communicate(timeout=HANGS)
    assert process.returncode not in (0, None)
    if ending == signal.SIGINT:
        assert "make book: interrupted." in printed
    printed = assert_next_is_right(tiny, runs=2)
    assert "the last build did not succeed: all pages are written anew" in printed


@pytest.mark.site
def test_after_a_killed_kernel_and_with_a_damaged_cache_the_next_build_is_right(tiny):
    write(tiny, "import os; os.kill(os.getpid(), 9)")
    printed, succeeded = tiny.build()
    assert not succeeded
    assert "DeadKernelError" in printed
    assert "make book: jupyter-book failed" in printed
    # The one that failed ran twice: with marks, and as it is written, for its message.
    assert_next_is_right(tiny, runs=3)
    database_file = tiny.root / "_build" / ".jupyter_cache" / "global.db"
    database_file.write_bytes(database_file.read_bytes()[:50] + b"\xff" * 3000)
    assert "the execution cache was damaged" in assert_next_is_right(tiny, runs=4)


@pytest.mark.site
def test_in_a_folder_of_an_awkward_name_the_second_build_runs_nothing(tmp_path):
    book = TinyBook(tmp_path / AWKWARD)
    write(book)
    printed, succeeded = book.build()
    assert succeeded, printed
    book.write_notebook(
        "index.ipynb", new_markdown_cell(f"# Front\n\nNew. {RIGHT}"), new_code_cell(COUNT)
    )
    printed, succeeded = book.build()
    assert succeeded, printed
    assert "New." in book.page("index.html")
    assert (book.root / "runs").read_text(encoding="utf-8") == "|"
    assert list(tmp_path.iterdir()) == [book.root]


@pytest.mark.site
def test_a_notebook_runs_in_this_pythons_kernel_and_once_whatever_kernel_it_names(tiny):
    for metadata in ({"kernelspec": {"name": "conda-env-tf-py", "display_name": "tf"}}, {}):
        write(tiny, "import sys; assert sys.prefix == " + repr(sys.prefix))
        page = tiny.root / "index.ipynb"
        stored = json.loads(page.read_text(encoding="utf-8")) | {"metadata": metadata}
        page.write_text(json.dumps(stored), encoding="utf-8")
        printed, succeeded = tiny.build()
        assert succeeded, printed
        assert RIGHT in tiny.page("index.html")
        assert 'class="highlight-ipython3' in tiny.page("index.html")
    assert (tiny.root / "runs").read_text(encoding="utf-8") == "|"


@pytest.mark.site
def test_a_disk_that_fills_is_named_and_the_next_build_is_right(tiny):
    write(tiny)
    # No file may grow beyond 20,000 bytes: writing fails as on a full disk.
    limit = (20_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    printed, succeeded = tiny.build(
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    )
    assert not succeeded
    assert "make book: jupyter-book failed" in printed
    printed, succeeded = tiny.build()
    assert succeeded, printed
    assert RIGHT in tiny.page("index.html")


@pytest.mark.site
def test_two_builds_at_once_do_not_meet(tiny):
    wait = "while not pathlib.Path('go').exists(): time.sleep(0.1)"
    write(tiny, f"import pathlib, time\n{wait}")
    first = tiny.started()
    wait_for(tiny.root / "runs")
    printed, succeeded = tiny.build()
    (tiny.root / "go").touch()
    assert not succeeded
    says(printed, "make book", "another build", way_out="wait")
    first.communicate(timeout=HANGS)
    assert first.returncode == 0
    assert Path(tiny.root, "runs").read_text(encoding="utf-8") == "|"
