"""Build the site so that nothing is lost: `python -m tools.build`, which `make book` calls.

jupyter-book does the work. Around it stands what it leaves open: two builds at once, a folder or
a disk that cannot be used, a damaged cache, pages half written by a build that was killed.
"""

import contextlib
import fcntl
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.translate.pages import marks
from website.languages import RAN, READ, Language, languages
from website.run.marked import MARKS

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "_build"
TRANSLATED = "languages"  # below OUTPUT: a book for each language but English
NEEDED = 300_000_000  # bytes: the site, its doctrees, and the notebooks with their outputs


class RefusalError(Exception):
    """Why there is nothing to build now; the text says the way out."""


def main() -> int:
    """Build; return 0, or a number that make takes for a failure, after one line that says why."""
    try:
        check_name(OUTPUT)
        with only_one(OUTPUT):
            check_space(OUTPUT)
            for repaired in repair(OUTPUT):
                print(f"make book: {repaired}", flush=True)
            write_marks(ROOT, OUTPUT / MARKS)
            return build(OUTPUT)
    except RefusalError as refusal:
        why = str(refusal)
    except KeyboardInterrupt:
        why = "interrupted. What has run is kept: begin again whenever you like."
    print(f"make book: {why}", file=sys.stderr)
    return 1


def check_name(output: Path) -> None:
    """Refuse a folder instead of which another would be used.

    jupyter-cache makes an address of its database of the path, and Python's list of folders has a
    sign between two.
    """
    found = re.search(rf"\?|%[\da-f]{{2}}|{os.pathsep}", str(output), re.IGNORECASE)
    if found:
        raise RefusalError(
            f"the path {output} has `{found[0]}`, which means another folder where addresses and "
            f"lists of folders are read. Rename the folder, without `{found[0]}`, and begin again."
        )


@contextlib.contextmanager
def only_one(output: Path) -> Iterator[None]:
    """Hold the folder's lock; the system releases it also if this process is killed."""
    try:
        output.mkdir(exist_ok=True)
        lock = (output / ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise RefusalError(
            f"cannot write to {output} ({error.strerror}). "
            "Give the folder to yourself, or clone the course where you may write."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusalError(
                "another build is at work in this folder. Wait until it ends, then begin again."
            ) from None
        yield


def check_space(output: Path, needed: int = NEEDED) -> None:
    """Refuse to begin what the disk cannot hold."""
    free = shutil.disk_usage(output).free
    if free < needed:
        raise RefusalError(
            f"{free / 1e6:.0f} MB are free for {output}, a build may need {needed / 1e6:.0f} MB. "
            "Make room and begin again."
        )


def repair(output: Path) -> Iterator[str]:
    """Remove what an interrupted build or a broken disk left unusable; say what was removed."""
    cache = output / ".jupyter_cache"
    if fault := damage(cache):
        shutil.rmtree(cache)
        yield f"the execution cache was damaged ({fault}) and is gone: every notebook runs again."
    if (output / ".unfinished").exists():
        for folder in ("html", ".doctrees", "jupyter_execute", TRANSLATED):
            shutil.rmtree(output / folder, ignore_errors=True)
        yield "the last build did not succeed: all pages are written anew; outputs are kept."


def damage(cache: Path) -> str:
    """What is wrong with the execution cache, in a few words, or "".

    Each record must have its notebook, which must be JSON to its end.
    """
    database = cache / "global.db"
    if not database.exists():
        return ""
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as store:
            keys = [key for (key,) in store.execute("SELECT hashkey FROM nbcache")]
    except sqlite3.DatabaseError as error:
        return f"{database.name}: {error}"
    for key in keys:
        try:
            json.loads((cache / "executed" / key / "base.ipynb").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return f"the notebook {key} is missing or cut off"
    return ""


def write_marks(root: Path, folder: Path) -> None:
    """Write down which texts of each notebook are messages, for website/run/execution.py."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in (*root.glob("*.ipynb"), *root.glob("chapters/[0-9a-z]*.ipynb")):
        target = (folder / path.relative_to(root)).with_suffix(".json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(marks(path.read_text("utf-8")), ensure_ascii=False), "utf-8")


def build(output: Path) -> int:
    """Build each language's site strictly; return 0. A mark stays behind unless all succeed.

    Translations are built while Sphinx is at the English pages, and published after these.
    """
    unfinished = output / ".unfinished"
    unfinished.touch()
    _english, *translations = languages(output.parent)
    for language in translations:
        shutil.rmtree(output / "html" / language.folder, ignore_errors=True)
    for step in (RAN, READ):
        (output / step).unlink(missing_ok=True)
    with contextlib.ExitStack() as running:
        english = start(output.parent, running)
        try:
            others = [begin(output, language, english, running) for language in translations]
        except RefusalError:
            finish(english)  # what is wrong with the English pages is said first
            raise
        finish(english)
        for language, other in zip(translations, others, strict=True):
            publish(output, language, other)
    unfinished.unlink()
    print(f"The site is in {output / 'html'}: open index.html there.")
    return 0


def begin(
    output: Path, language: Language, english: subprocess.Popen, running: contextlib.ExitStack
) -> subprocess.Popen | None:
    """Write the course in a language and begin to build it, as soon as the English build allows.

    What it prints waits in a pipe; if that is full, the build waits, too.

    Returns: the build; None if nothing has changed.
    """
    from tools.translate import book  # not needed, and so not loaded, by a course in English alone

    folder = output / TRANSLATED / language.code
    wait(english, output / RAN)
    try:
        book.write(output.parent, output, language, folder)
    except ValueError as error:
        raise RefusalError(str(error)) from None
    if (folder / book.DONE).exists():
        return None
    wait(english, output / READ)
    return start(folder, running, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def wait(english: subprocess.Popen, step: Path) -> None:
    """Wait until the English build has come as far as this file says, or has succeeded."""
    while english.poll() is None and not step.exists():
        time.sleep(0.1)
    if english.returncode:
        finish(english)


def publish(output: Path, language: Language, other: subprocess.Popen | None) -> None:
    """Put the pages in a language below the English ones, when they are built."""
    from tools.translate import book

    folder = output / TRANSLATED / language.code
    if other is not None:
        finish(other)
        (folder / book.DONE).touch()
    try:
        book.publish(folder / "_build" / "html", output / "html", language)
    except ValueError as error:
        raise RefusalError(str(error)) from None


def start(book: Path, running: contextlib.ExitStack, **options: Any) -> subprocess.Popen:
    """Let jupyter-book build the book in this folder, until `running` closes at the latest."""
    program = Path(sys.executable).with_name("jupyter-book")
    # Extensions and helpers are those of this book, not those of a folder around it.
    search_path = os.pathsep.join(filter(None, [str(book), os.environ.get("PYTHONPATH")]))
    started = subprocess.Popen(
        [program, "build", ".", "-n", "-W", "--keep-going"],
        cwd=book,
        env={**os.environ, "PYTHONPATH": search_path},
        **options,
    )
    running.enter_context(started)
    running.callback(started.wait)
    running.callback(started.kill)  # the last is called first
    return started


def finish(started: subprocess.Popen) -> None:
    """Wait until jupyter-book ends, and print what is in its pipe; refuse to go on if it failed."""
    for line in started.stdout or ():
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    if started.wait():
        raise RefusalError(
            f"jupyter-book failed (status {started.returncode}); its messages above say where. "
            "Mend that and begin again: notebooks that ran to their end are kept."
        )


if __name__ == "__main__":
    sys.exit(main())
