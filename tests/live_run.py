"""Run each notebook live, once, as Colab would: `make live` does so in .venv-colab.

What runs is a copy that also solves the exercises. Of each cell, nbval demands that it runs, and
`Watch` that its outputs are what a reader may see. One notebook alone:

    .venv-colab/bin/python tests/live_run.py chapters/03_learning_rate_decay.ipynb

The copies stay in _build/live, to be opened and run by hand.
"""

import json
import os
import re
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # where `tools` is, for a script

import colab
from notebooks import INDEX, ROOT, chapters, code, exercises, read

TARGET = ROOT / "_build" / "live"
KERNEL = "colab"
TIMEOUT = 600  # seconds for a cell, and for a kernel to start; a busy machine may be slow
EXPLORER = re.compile(r"^explore\(", re.MULTILINE)
WIDGET = "application/vnd.jupyter.widget-view+json"

# An error on purpose is caught in its cell and shown, by its name.
CAUGHT = re.compile(r'^    print\("(\w+):", .*\bcaught\b', re.MULTILINE)


def solved(notebook):
    """Return a notebook's JSON whose cells say what they demand, and that solves the exercises.

    Each check cell first meets its stub. Behind it, the solution passes alone: in a copy of the
    names that are there before any exercise is solved. At the end all solutions pass together,
    in order, as cells. An error that a cell must end with begins with its metadata `demands`.
    """
    found = [exercise for exercise in exercises(notebook) if exercise.code]
    demands = _demands(found)
    last = {exercise.code[-1].number: exercise for exercise in found}
    cells = []
    for number, cell in enumerate(notebook.data["cells"], start=1):
        wanted = {"demands": demands[number]} if number in demands else {}
        cells.append(cell | {"metadata": cell["metadata"] | wanted})
        if number in last:
            source = "\n\n".join(_solving(last[number]))
            cells.append(code(f"exec({source!r}, dict(globals()))") | {"id": f"alone-{number}"})
    together = [source for exercise in found for source in _solving(exercise)]
    cells += [code(source) | {"id": f"together-{n}"} for n, source in enumerate(together)]
    return notebook.data | {"cells": cells}


def faults(cell, outputs):
    """Return what is wrong with the outputs of a cell of `solved`, one sentence each."""
    found = []
    errors = [f"{output.ename}: {output.evalue}" for output in outputs if "ename" in output]
    raised, demanded = errors[0] if errors else "nothing", cell.metadata.get("demands")
    if demanded and not raised.startswith(demanded):
        found.append(f"It must fail with {demanded!r}, but raises {raised}.")
    if errors and not demanded:
        found.append(f"It must not fail, but raises {raised}.")
    shown = "".join(output.text for output in outputs if output.get("name") == "stdout")
    for name in CAUGHT.findall(cell.source):
        if f"{name}: " not in shown:
            found.append(f"It must catch {name} and show it, but shows {shown!r}.")
    if noise := "".join(output.text for output in outputs if output.get("name") == "stderr"):
        found.append(f"It must write nothing to stderr, but writes {noise!r}.")
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    if EXPLORER.search(cell.source) and WIDGET not in kinds:
        found.append(f"It must show an explorer's widgets, but shows {sorted(kinds)}.")
    return found


class Watch:
    """A plugin of pytest: makes nbval demand what `faults` says, and tells where the time goes."""

    def __init__(self):
        self.seconds, self.waited = Counter(), {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        watched = hasattr(item, "test_outputs")  # nbval's
        if watched:
            item.options["skip"] = False
            item.output_timeout = TIMEOUT
        yield
        if watched and item.test_outputs:
            item.user_properties.append(("shows", True))
        if watched and (found := faults(item.cell, item.test_outputs)):
            item.raise_cell_error(" ".join(found))

    def pytest_runtest_logreport(self, report):
        name = Path(report.nodeid.partition("::")[0]).stem
        self.seconds[name] += report.duration
        if report.user_properties:
            self.waited.setdefault(name, self.seconds[name])

    def pytest_terminal_summary(self, terminalreporter):
        terminalreporter.section("seconds: all, and until the first output")
        for name, seconds in self.seconds.items():
            terminalreporter.write_line(f"{seconds:6.1f} {self.waited.get(name, 0):6.1f}  {name}")


def write(copies, folder):
    """Write notebooks' JSON by name, each alone in a folder below `folder`.

    What their kernel finds there is what it would find on Colab: see `colab.stand_in`.
    """
    shutil.rmtree(folder, ignore_errors=True)
    published = folder / "published"
    published.mkdir(parents=True)
    colab.publish(published)
    content, variables = colab.stand_in(folder, published)
    # ipykernel does not watch file descriptor 2 where it sees this variable of pytest's.
    clean = ["env", "-u", "PYTEST_CURRENT_TEST", "-u", "EXPLORE"]
    start = [*clean, sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": start, "display_name": KERNEL, "language": "python", "env": variables}
    files = {folder / "jupyter" / "kernels" / KERNEL / "kernel.json": spec}
    for name, copy in copies.items():
        files[content / Path(name).stem / name] = copy
    for path, data in files.items():
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")


def run(folder, *tests):
    """Run the notebooks that `write` wrote to a folder, then other tests: pytest's exit status."""
    os.environ["JUPYTER_PATH"] = str(folder / "jupyter")
    options = ["--nbval-lax", f"--nbval-kernel-name={KERNEL}", f"--nbval-cell-timeout={TIMEOUT}"]
    options += [f"--nbval-kernel-startup-timeout={TIMEOUT}", "-p", "no:cacheprovider"]
    paths = sorted((folder / "content").rglob("*.ipynb"))
    config = ["-c", str(ROOT / "pyproject.toml"), "--durations=5"]
    return pytest.main([*config, *options, *map(str, [*paths, *tests])], plugins=[Watch()])


def main(paths):
    copies = {path.name: solved(read(path)) for path in paths}
    write(copies, TARGET)
    return run(TARGET, ROOT / "tests" / "course" / "test_colab.py")


def _demands(found):
    """Return number of the cell → how the error begins that it must end with."""
    return {
        check.number: f"NotYet: {exercise.number} is still to be written: "
        for exercise in found
        for check in exercise.checks
    }


def _solving(exercise):
    """Return the sources of the cells that solve an exercise and check it."""
    return [exercise.solution.strip(), *(check.source for check in exercise.checks)]


if __name__ == "__main__":
    sys.exit(main([Path(name).resolve() for name in sys.argv[1:]] or [INDEX, *chapters()]))
