"""`make tidy`: what any program saves becomes what the course stores, and that stays as it is."""

import json
import shutil
import sys
from pathlib import Path

import nbformat
import pytest
from makefile import make
from messages import says
from notebooks import ROOT, TEMPLATE, Book, build, code, markdown, read

from tools.lint import NOTEBOOK, READABLE
from tools.tidy import as_file, main, tidied, tidy

PLAIN = read(TEMPLATE).data
BIN = f"BIN={Path(sys.executable).parent}"
VERSION = {"codemirror_mode": {"name": "ipython", "version": 3}, "version": "3.11.2"}
RAN = {"output_type": "stream", "name": "stdout", "text": ["2.6"]}


def kernel(**named):
    return {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"} | named


def resaved(metadata, cell, *, ran=True, ids=True, minor=5, end="\n", indent=1, lines=True):
    """The template as another program stores it: `cell` is added to each cell's metadata."""
    data = json.loads(json.dumps(PLAIN))
    for number, one in enumerate(data["cells"]):
        one["metadata"] |= cell
        if ran and one["cell_type"] == "code":
            one |= {"execution_count": number, "outputs": [RAN]}
        if not ids:
            del one["id"]
        if not lines:
            one["source"] = "".join(one["source"])
    data |= {"metadata": metadata, "nbformat_minor": minor}
    return json.dumps(data, indent=indent) + end


# As these programs stored the template, or as their documents say: none of them runs here but
# JupyterLab, of which tests/browser/test_lab.py saves nothing.
SAVED = {
    "JupyterLab": resaved(
        {"kernelspec": kernel(), "language_info": {"name": "python"} | VERSION},
        {"editable": True, "slideshow": {"slide_type": ""}},
    ),
    "Notebook 7, widgets": resaved(
        {
            "kernelspec": kernel(name="conda-env-tf-py", display_name="Python [conda env:tf]"),
            "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {}}},
        },
        {"jupyter": {"source_hidden": True}, "collapsed": False, "scrolled": True},
    ),
    "VS Code": resaved(
        {"kernelspec": kernel(display_name=".venv"), "language_info": VERSION},
        {"vscode": {"languageId": "python"}, "notebookRunGroups": {"groupValue": "1"}},
        end="",
        indent=2,
    ),
    "Colab": resaved(
        {"colab": {"provenance": []}, "accelerator": "GPU", "kernelspec": {"name": "python3"}},
        {"colab": {"base_uri": "https://localhost"}, "outputId": "5f"},
        ids=False,
        minor=0,
    ),
    "PyCharm": resaved({}, {"pycharm": {"name": "#%%"}}, lines=False, end="", ids=False, minor=4),
    "jupytext": resaved({"jupytext": {"formats": "ipynb,py:percent"}}, {"lines_to_next_cell": 2}),
    "Windows": resaved({"kernelspec": kernel()}, {}).replace("\n", "\r\n"),
    "an editor": "\ufeff" + resaved({}, {}, indent=None),
}


@pytest.mark.parametrize("program", SAVED)
def test_what_a_program_saves_becomes_what_was_there(program, tmp_path):
    path = tmp_path / "saved.ipynb"
    path.write_bytes(SAVED[program].encode())
    assert tidy(path)
    after = path.read_bytes()
    without_ids = json.loads(after)
    for stored, before in zip(without_ids["cells"], PLAIN["cells"], strict=True):
        if stored["id"].startswith("cell-"):
            stored["id"] = before["id"]
    assert without_ids == PLAIN
    assert not tidy(path)
    assert path.read_bytes() == after
    found = [fault for rule in READABLE + NOTEBOOK[:3] for fault in rule(read(path))]
    assert found == []


def test_the_rules_that_a_program_breaks_name_the_command():
    broken = [
        build(code("x") | {"outputs": [RAN]}),
        build(metadata={"kernelspec": kernel()}),
        build(code("x", vscode={})),
        build(nbformat_minor=0),
        build(cells=[markdown("a"), markdown("b")]),
        build(cells=[{"cell_type": "markdown", "metadata": {}, "source": ""}]),
    ]
    for notebook in broken:
        faults = [fault for rule in READABLE + NOTEBOOK[:3] for fault in rule(notebook)]
        assert "; " in faults[0]
        assert "`make tidy`" in faults[0].partition("; ")[2]


@pytest.mark.parametrize("file", Book.read().notebooks)
def test_a_notebook_of_the_course_stays_as_it_is(file):
    text = (ROOT / file).read_text(encoding="utf-8")
    assert as_file(tidied(json.loads(text))) == text


def made(*cells):
    return tidied({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells)})[
        "cells"
    ]


def test_each_cell_has_an_id_of_its_own():
    wanted = ["b", "b", "cell-2", "no id!", None, 7]
    cells = [markdown("x") | {"id": own} for own in wanted]
    ids = [
        cell["id"] for cell in made(*cells, markdown("x") | {"id": None, "metadata": {"id": "c"}})
    ]
    assert ids[0] == "b"
    assert ids[2] == "cell-2"
    assert ids[-1] == "c"
    assert len(set(ids)) == 7
    nbformat.validate(nbformat.from_dict(tidied(build(*cells).data)))


def test_what_an_author_wrote_stays():
    picture = {"a.png": {"image/png": "aGk="}}
    cells = made(
        markdown("![](attachment:a.png)") | {"attachments": {**picture, "b.png": {}}},
        markdown("Text.\r\nMore.") | {"attachments": {}, "execution_count": None},
        code("x", "hide-input", mystnb={"image": {"alt": "A line."}}, collapsed=True),
        code(""),
        code("y"),
        code(" "),
        code(""),
    )
    assert cells[0]["attachments"] == picture
    assert cells[1]["source"] == ["Text.\n", "More."]
    assert cells[1].keys() == {"cell_type", "id", "metadata", "source"}
    assert cells[2]["metadata"] == {"tags": ["hide-input"], "mystnb": {"image": {"alt": "A line."}}}
    assert ["".join(cell["source"]) for cell in cells[2:]] == ["x", "", "y"]


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ('<<<<<<< HEAD\n{"cells": []}', "git checkout"),
        ('{"nbformat": 3, "worksheets": []}', "open it in Jupyter"),
        ("[]", "open it in Jupyter"),
        ('{"nbformat": 4, "cells": null}', "open it in Jupyter"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "open it in Jupyter"),
        ('{"nbformat": 4, "cells": [{"cell_type": "raw", "source": null}]}', "open it in Jupyter"),
    ],
)
def test_what_cannot_be_read_is_named_and_stays(text, way_out, tmp_path, capsys):
    (tmp_path / "chapters").mkdir()
    broken, other = tmp_path / "index.ipynb", tmp_path / "chapters" / "03_saved.ipynb"
    broken.write_text(text, encoding="utf-8")
    other.write_text(SAVED["Colab"], encoding="utf-8")
    assert main(tmp_path) == 1
    printed = capsys.readouterr()
    says(printed.err, "index.ipynb", way_out=way_out)
    assert printed.out == "chapters/03_saved.ipynb: tidied\n"
    assert broken.read_text(encoding="utf-8") == text


def test_the_command_also_formats_code(tmp_path):
    (tmp_path / "chapters").mkdir()
    for name in ("Makefile", "pyproject.toml", "chapters/ruff.toml"):
        shutil.copyfile(ROOT / name, tmp_path / name)
    for name in ("website", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name)
    data = json.loads(SAVED["VS Code"])
    data["cells"].append(code("x=( 1 )"))
    saved = as_file(data)
    for name in ("index.ipynb", "chapters/01_x.ipynb"):
        (tmp_path / name).write_text(saved, encoding="utf-8")
    status, printed = make("tidy", "-o", ".venv/.ready", BIN, folder=tmp_path)
    assert status == 0, printed
    stored = (tmp_path / "chapters" / "01_x.ipynb").read_text(encoding="utf-8")
    assert json.loads(stored)["cells"][-1]["source"] == ["x = 1"]
    assert stored == as_file(tidied(json.loads(stored)))
