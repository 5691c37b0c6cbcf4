"""`make exercises`: the copies hold no solution, and everything else of the course.

What a solution is, is read by tools/lint/notebooks.py, not by the pattern that removes it.
"""

import json
import re
from pathlib import Path

import nbformat
import pytest
from messages import says
from nbclient import NotebookClient
from notebooks import INDEX, ROOT, TEMPLATE, build, chapters, code, exercises, markdown, read

import tools.exercises
from tools.exercises import relink, without_solutions, write
from tools.translate import catalog, pages
from website.run.own_kernel import METADATA

SOLUTION = "<details>\n<summary>Solution</summary>\n\n```python\nx = 7\n```\n\n</details>"
STUB = code('def f():\n    """Seven."""\n    raise NotImplementedError("3.1")', "exercise")
CHECK = code('check_exercise("3.1", f)', "check")
CHOICE = "<details>\n<summary>Seven</summary>\n\nRight: so.\n\n</details>"


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The folder with the student copies."""
    folder = tmp_path_factory.mktemp("exercises") / "copies"
    write(folder)
    return folder


@pytest.mark.parametrize("path", chapters(), ids=lambda path: path.stem)
def test_a_translated_chapter_loses_the_same(path):
    translate = catalog.translator(catalog.read(catalog.path_of(ROOT, "zh_CN", path.stem)))
    english, chinese = path.read_text("utf-8"), pages.rewrite(path, translate)
    one, other = (without_solutions(json.loads(text), path.stem) for text in (english, chinese))
    assert [cell["id"] for cell in other["cells"]] == [cell["id"] for cell in one["cells"]]
    assert "解答" in chinese
    assert "解答" not in str(other)


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
    NotebookClient(
        notebook, kernel_name="python3", timeout=600, resources={"metadata": {"path": tmp_path}}
    ).execute()
    (check,) = [c for c in notebook.cells if "check" in c.metadata.get("tags", [])]
    assert "NotYet" in [output.get("ename") for output in check.outputs]


def test_only_the_solution_goes():
    parts = [f"### Exercise 3.{k}\n\nDo." for k in (1, 2)]
    cells = [markdown(f"{parts[0]}\n\n{SOLUTION}\n\nAfter."), markdown(parts[1]), STUB, CHECK]
    quiz = f"## Quiz\n\n{CHOICE}"
    notebook = build(*cells, markdown(SOLUTION), markdown(quiz), code("x = 7")).data
    before = json.dumps(notebook)
    kept = ["".join(c["source"]) for c in without_solutions(notebook, "x.ipynb")["cells"]]
    code_left = [cell["source"] for cell in (STUB, CHECK)]
    assert kept == [f"{parts[0]}\n\nAfter.", parts[1], *code_left, quiz, "x = 7"]
    assert json.dumps(notebook) == before


def exercise(*cells, solution=SOLUTION, title="Exercise 3.1 Seven"):
    """A chapter with an exercise; by default its stub and check are those of an author."""
    task = markdown(f"# 3. T\n\n## Exercises\n\n### {title}\n\nGive seven, in `<details>`.")
    return build(task, *(cells or (STUB, CHECK)), *map(markdown, filter(None, [solution])))


def lost(notebook):
    """The Markdown of the student copy, which has nothing of the solution, and all code cells."""
    copy = without_solutions(notebook.data, "x.ipynb")["cells"]
    seen = "\n\n".join("".join(cell["source"]) for cell in copy)
    assert "x = 7" not in seen
    assert [c["id"] for c in copy if c["cell_type"] == "code"] == [
        c["id"] for c in notebook.data["cells"] if c["cell_type"] == "code"
    ]
    return seen


@pytest.mark.parametrize(
    "solution",
    [
        SOLUTION.replace("Solution", heading)
        for heading in (
            "Solutions",
            "<b>Solution</b>",
            "Show solution",
            "solution 💡",
            "解答",
            "Lösung",
            "Answer",
            "",
        )
    ]
    + [
        SOLUTION.replace("<details>", "<details open>"),
        SOLUTION.replace("details", "DETAILS").replace("summary", "Summary"),
        SOLUTION.replace("<summary>Solution</summary>\n", ""),
        SOLUTION.replace("```python\nx = 7\n```", "<pre>x = 7</pre>"),
        SOLUTION.replace("\n\n</details>", "\n\n<details>\n\nMore.\n\n</details>\n\n</details>"),
        f"<details>\n<summary>Hint</summary>\n\nThink.\n\n</details>\n\n{SOLUTION}",
    ],
)
def test_a_solution_goes_whatever_it_is_called(solution):
    assert lost(exercise(solution=solution)).count("<details") == 1 + solution.count("Hint")
    task = exercise(markdown("Only think."), solution=solution)  # beside one with code
    both = build(*exercise().data["cells"], *task.data["cells"][:-1], markdown(solution))
    assert lost(both).count("<details>") == 2 + solution.count("Hint")


def test_a_comment_in_a_stub_that_is_no_code_stays():
    stub = code(
        'def f():\n    # your code\n    # hint: think\n    raise NotImplementedError("3.1")',
        "exercise",
    )
    assert "your code" in lost(exercise(stub, CHECK))


def test_an_exercise_may_have_another_name_too():
    assert "Aufgabe 3.1" in lost(exercise(title="Aufgabe 3.1 Sieben"))
    assert "练习 3.1" in lost(exercise(markdown("Think."), title="练习 3.1"))


FILLED = "def f():\n    return 7"


@pytest.mark.parametrize(
    ("notebook", "cell", "way_out"),
    [
        (exercise(solution=""), 1, "only <details>"),
        (exercise(solution="#### Solution\n\n```python\nx = 7\n```"), 1, "only <details>"),
        (exercise(solution=f"{SOLUTION}\n\n{SOLUTION}"), 1, "only <details>"),
        (exercise(solution=f"{CHOICE}\n\n{SOLUTION.replace('Solution', 'Lösung')}"), 1, "begins"),
        (exercise(solution=CHOICE), 1, "into the <details>"),
        (exercise(solution=SOLUTION.removesuffix("</details>")), 4, "close each"),
        (exercise(solution=f"</details>{SOLUTION}"), 4, "close each"),
        *(
            (exercise(code(source, "exercise"), CHECK), 2, "NotImplementedError")
            for source in (
                FILLED,
                f"{FILLED}  # raise NotImplementedError",
                f"{FILLED}\n    raise NotImplementedError",
                "f = lambda: 7",
                "def f():\n    if False:\n        raise NotImplementedError\n    return 7",
                "def f():\n    x = 7\n    raise NotImplementedError",
                "def f(:",
                'def f():\n    # return 7\n    raise NotImplementedError("3.1")',
                'def f():\n    raise NotImplementedError("3.1")  # x = 7',
                "",
            )
        ),
        (exercise(STUB, code("x = 7"), CHECK), 3, "tag"),
        (exercise(code(FILLED), CHECK), 2, "tag"),
        (exercise(CHECK), 1, "tag its stub"),
        (build(*exercise().data["cells"], markdown(f"## Later\n\n{SOLUTION}")), 5, "move"),
    ],
)
def test_what_is_not_sure_to_be_all_of_a_solution_is_refused(notebook, cell, way_out):
    with pytest.raises(ValueError, match=r"^x\.ipynb, cell ") as caught:
        without_solutions(notebook.data, "x.ipynb")
    says(caught.value, f"cell {cell}", way_out=way_out)


def test_nothing_is_written_if_one_notebook_is_refused(tmp_path, monkeypatch, capsys):
    notebook = exercise(code(FILLED, "exercise"), CHECK).data
    monkeypatch.setattr(tools.exercises, "tidied", lambda _data: notebook)
    monkeypatch.setattr(tools.exercises, "TARGET", tmp_path / "copies")
    assert tools.exercises.main() == 1
    assert not (tmp_path / "copies").exists()
    says(capsys.readouterr().err, "make exercises", "cell 2", way_out="NotImplementedError")


def test_what_a_teacher_ran_and_saved_is_not_in_the_copy(tmp_path, monkeypatch):
    def saved(data):
        outputs = [{"output_type": "stream", "name": "stdout", "text": "Right."}]
        kernel = {"kernelspec": {"name": "conda-env-tf-py"}}
        ran = {"outputs": outputs, "execution_count": 3}
        cells = [c | (ran if c["cell_type"] == "code" else {}) for c in data["cells"]]
        return json.dumps(data | {"cells": cells, "metadata": kernel})

    text = saved(read(TEMPLATE).data)
    monkeypatch.setattr(Path, "read_text", lambda _path, **_: text)
    copy = json.loads(tools.exercises._student_text(TEMPLATE, set(), "https:"))
    assert "Right." not in json.dumps(copy)
    assert copy["metadata"] == METADATA


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
