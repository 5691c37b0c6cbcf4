"""Every notebook as Colab runs it: alone in an empty folder, with Colab's generation of widgets.

Nothing of the course can be imported before the set-up cell has fetched it. `make colab` runs
this in .venv-colab, an environment without the course.
"""

import importlib.util
import json
import re
import subprocess
import sys
from datetime import datetime

import nbformat
import pytest
from colab import stand_in
from nbclient import NotebookClient
from notebooks import INDEX, chapters

pytestmark = pytest.mark.colab

FIRST_OUTPUT = 30  # seconds from the start of the set-up cell
LIST = (
    "import importlib.metadata as m, json; "
    "print(json.dumps({d.name: d.version for d in m.distributions()}))"
)


def packages():
    """Name → version of what a fresh Python finds installed."""
    done = subprocess.run([sys.executable, "-c", LIST], capture_output=True, check=True)
    return json.loads(done.stdout)


BEFORE = packages()


@pytest.fixture(scope="module", params=[INDEX, *chapters()], ids=lambda path: path.stem)
def notebook(request, tmp_path_factory, published):
    """The notebook after a run, its cells with their outputs and times."""
    folder, variables = stand_in(tmp_path_factory.mktemp("colab"), published)
    alone = folder / request.param.name
    alone.write_bytes(request.param.read_bytes())
    read = nbformat.read(alone, as_version=4)
    client = NotebookClient(read, timeout=300, resources={"metadata": {"path": str(folder)}})
    client.execute(env=variables)
    return read


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def time_of(cell, event):
    return datetime.fromisoformat(cell.metadata.execution[f"iopub.{event}"].replace("Z", "+00:00"))


def test_the_course_is_not_installed_here():
    assert importlib.util.find_spec("tensorflow")
    done = subprocess.run([sys.executable, "-P", "-c", "import utils"], capture_output=True)
    assert b"No module named 'utils'" in done.stderr


def test_runs_to_its_end(notebook):
    # nbclient has raised already if a cell failed that may not; here: that each one has run.
    assert [cell.source for cell in code_cells(notebook) if not cell.execution_count] == []


def test_writes_nothing_to_stderr(notebook):
    streams = [out for cell in code_cells(notebook) for out in cell.outputs]
    assert [out.text for out in streams if out.get("name") == "stderr"] == []


def test_explorers_are_live(notebook):
    calls = [cell for cell in code_cells(notebook) if re.search(r"(?m)^explore\(", cell.source)]
    assert calls
    for cell in calls:
        kinds = {kind for out in cell.outputs for kind in out.get("data", {})}
        assert "application/vnd.jupyter.widget-view+json" in kinds, cell.source


def test_first_output_comes_soon(notebook):
    cells = code_cells(notebook)
    start = time_of(cells[0], "status.busy")
    shown = next(cell for cell in cells[1:] if cell.outputs)
    assert (time_of(shown, "status.idle") - start).total_seconds() < FIRST_OUTPUT


def test_has_the_widgets_of_colab():
    assert BEFORE["ipywidgets"] == "7.7.1"


def test_leaves_the_packages_as_they_were(notebook):
    assert packages() == BEFORE
