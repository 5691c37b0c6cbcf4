"""`make exercises`: the copies hold no solution, and everything else of the course.

What a solution is, is read by tools/lint/notebooks.py, not by the pattern that removes it.
"""

import json
import re

import nbformat
import pytest
from nbclient import NotebookClient
from notebooks import INDEX, ROOT, TEMPLATE, build, chapters, code, exercises, markdown, read

from tools.exercises import relink, without_solutions, write

SOLUTION = "<details>\n<summary>Solution</summary>\n\n```python\nx = 7\n```\n\n</details>"
CHOICE = "<details>\n<summary>Seven</summary>\n\nRight: so.\n\n</details>"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder with the student copies."""
    folder = tmp_path_factory.mktemp("exercises") / "copies"
    write(folder)
    return folder


def student(path, written):
    """The student copy of a chapter."""
    return read(written / path.relative_to(ROOT))


def text(cells):
    return "\n".join(cell.source for cell in cells)


def secrets(path):
    """What only the solutions of a chapter say: lines that stand nowhere else in it."""
    notebook = read(path)
    solved = [exercise.details for exercise in exercises(notebook)]
    public = text(cell for cell in notebook.cells if "<summary>Solution" not in cell.source)
    lines = {line.strip() for details in solved for line in details.splitlines()}
    return {line for line in lines if line and line not in public}


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_no_line_of_a_solution_is_in_the_copy(path, written):
    hidden, seen = secrets(path), text(student(path, written).cells)
    assert hidden  # else this would hold whatever the tool did
    assert [line for line in hidden if line in seen] == []
    assert not re.search(r"<summary>\s*solution", seen, re.IGNORECASE)


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.name)
def test_stubs_checks_and_quiz_stay(path, written):
    copy, original = student(path, written), read(path)
    assert [c.source for c in copy.code] == [c.source for c in original.code]
    assert [c.metadata for c in copy.code] == [c.metadata for c in original.code]
    asked = [(e.number, e.task, len(e.stubs), len(e.checks)) for e in exercises(original)]
    assert [(e.number, e.task, len(e.stubs), len(e.checks)) for e in exercises(copy)] == asked
    assert all(exercise.solution == "" for exercise in exercises(copy))
    quiz = [c.source.count("<details>") for c in original.markdown if "**Question 1.**" in c.source]
    left = [c.source.count("<details>") for c in copy.markdown if "**Question 1.**" in c.source]
    assert quiz == left != []


@pytest.mark.parametrize("path", [INDEX, *chapters()], ids=lambda path: path.name)
def test_a_copy_is_a_valid_notebook_and_its_links_lead_somewhere(path, written):
    copy = student(path, written)
    nbformat.validate(copy.data)
    for cell in copy.markdown:
        for link in re.findall(r"\]\(([^)\s#]+)", cell.source):
            assert link.startswith("https://") or (copy.folder / link).exists(), link


def test_all_notebooks_are_copied_in_place_of_older_ones(tmp_path):
    folder = tmp_path / "copies"
    stale = folder / "chapters" / "00_gone.ipynb"
    stale.parent.mkdir(parents=True)
    stale.touch()
    assert write(folder) == [folder / p.relative_to(ROOT) for p in (INDEX, *chapters())]
    assert not stale.exists()


def test_the_template_without_its_solution_runs_and_its_check_asks_for_one(tmp_path):
    copy = without_solutions(read(TEMPLATE).data, TEMPLATE.name)
    notebook = nbformat.reads(json.dumps(copy), as_version=4)
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": tmp_path}}).execute()
    (check,) = [c for c in notebook.cells if "check" in c.metadata.get("tags", [])]
    assert "NotYet" in [output.get("ename") for output in check.outputs]


def test_only_the_solution_goes():
    cells = [markdown(f"Before.\n\n{SOLUTION}\n\nAfter."), markdown(SOLUTION), markdown(CHOICE)]
    notebook = build(*cells, code("x = 7")).data
    before = json.dumps(notebook)
    kept = ["".join(c["source"]) for c in without_solutions(notebook, "x.ipynb")["cells"]]
    assert kept == ["Before.\n\nAfter.", CHOICE, "x = 7"]
    assert json.dumps(notebook) == before


@pytest.mark.parametrize(
    "source",
    [
        SOLUTION.removesuffix("</details>"),
        SOLUTION.replace("```python", "<details>```python"),
        SOLUTION.replace("<details>", "<details open>"),
        SOLUTION.replace("Solution", "solution"),
    ],
    ids=["open", "nested", "attribute", "small"],
)
def test_a_solution_in_another_shape_is_refused(source):
    with pytest.raises(ValueError, match=r"x\.ipynb, cell 2: a solution would stay"):
        without_solutions(build(markdown("# X"), markdown(source)).data, "x.ipynb")


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[n](notation.md#a)", "[n](notation.md#a)"),
        ("[i](../index.ipynb)", "[i](../index.ipynb)"),
        ("[d](../utils/data.py)", "[d](https://there/utils/data.py)"),
        ('<img src="a.png">', '<img src="https://there/chapters/a.png">'),
        ("[x](https://example.org/a.md)", "[x](https://example.org/a.md)"),
        ("[x](#a-section)", "[x](#a-section)"),
    ],
)
def test_links_to_what_is_not_copied_lead_to_the_repository(link, expected):
    copied = {"index.ipynb", "chapters/notation.md"}
    assert relink(link, "chapters", copied, "https://there") == expected
