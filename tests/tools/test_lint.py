"""`python -m tools.lint`: a sentence for each fault, and figures that are numbered by a command."""

import json
import shutil

import pytest
from messages import says
from notebooks import ROOT, Book, Notebook, build, chapters, code, markdown, shelf

from tools.lint import faults
from tools.lint.__main__ import main
from tools.lint.figures import number_figures


@pytest.fixture
def copy(tmp_path):
    """A copy of all that an author writes, to be changed."""
    for file in ("index.ipynb", "_toc.yml", "LICENSE", "README.md"):
        shutil.copy(ROOT / file, tmp_path)
    for folder in ("chapters", "utils", "_static"):
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    return tmp_path


def test_the_book_has_no_fault_and_its_figures_are_numbered(copy, capsys):
    assert main([], copy) == main(["--number"], copy) == 0
    assert capsys.readouterr().out == ""


def test_faults_are_printed_for_the_files_that_are_asked_for(copy, capsys):
    last = copy / "chapters" / chapters()[-1].name
    number = int(last.name.partition("_")[0])
    text = last.read_text("utf-8")
    last.write_text(text.replace(f"*Figure {number}.1. ", f"*Figure {number}.99. "), "utf-8")
    page = copy / "chapters" / "glossary.md"
    page.write_text(page.read_text("utf-8").replace("## B\n", "## Q\n\n## B\n"), "utf-8")
    assert main([str(page)], copy) == 1
    below = "chapters/glossary.md: letters twice or not in order; sort the headings\n"
    assert capsys.readouterr().out == below
    assert main([str(last)], copy) == 1
    (fault,) = capsys.readouterr().out.splitlines()
    assert fault.startswith(f"chapters/{last.name}, cell ")
    says(fault, f"Figure {number}.99", way_out=f"{number}.1")
    assert main([], copy) == 1
    assert sorted(capsys.readouterr().out.splitlines()) == sorted([fault, below.strip()])
    assert main([str(copy / "index.ipynb")], copy) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chapters/03_none.ipynb"], "chapters/03_none.ipynb is no part of the book"),
        (["/etc/passwd"], "/etc/passwd is no part of the book"),
    ],
)
def test_what_is_no_part_of_the_book_is_refused(arguments, message, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert message in capsys.readouterr().err


def test_a_page_has_no_figures_to_number(capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["--number", str(ROOT / "chapters" / "glossary.md")])
    assert "needs notebooks of the book, got chapters/glossary.md" in capsys.readouterr().err


def test_a_file_that_is_no_json_is_named(copy, capsys):
    name = chapters()[0].name
    (copy / "chapters" / name).write_text("{", "utf-8")
    with pytest.raises(SystemExit, match="2"):
        main([], copy)
    assert f"{name}: not a notebook" in capsys.readouterr().err


def test_of_a_notebook_that_cannot_be_read_nothing_else_is_said():
    book = shelf(build(code("print(1"), code("print(1)")))
    (fault,) = faults(book)
    assert fault.startswith("chapters/03_made.ipynb, cell 1, line 1: ")


def test_each_place_that_a_new_chapter_needs_is_named(copy):
    notebook = json.loads((copy / "chapters" / "_template.ipynb").read_text("utf-8"))
    text = json.dumps(notebook, ensure_ascii=False).replace("N.", "12.")
    # A mistake, a symbol, a paper.
    own = "## What notes get wrong\n\n**1. A slip.** So.\n\n$\\Xi$ [it](https://arxiv.org/abs/0)"
    notebook = json.loads(text)
    notebook["cells"].append(markdown(own))
    (copy / "chapters" / "12_new.ipynb").write_text(json.dumps(notebook), "utf-8")
    book = Book.read(copy)
    found = [fault for fault in faults(book) if fault.startswith("chapters/12_new.ipynb")]
    for place in [
        "_toc.yml does not list it",
        "the list of index.ipynb lacks it; add `12. [Title](chapters/12_new.ipynb): …`",
        "utils/answers/chapter_12.py lacks exercise_1()",
        "has no row in chapters/pitfalls.md",
        "no entry of chapters/glossary.md leads to it",
        r"\Xi is not in chapters/notation.md",
        "is not below Sources",
    ]:
        assert any(place in fault for fault in found), place


def test_a_chapter_that_was_taken_out_is_no_fault(copy):
    contents = (copy / "_toc.yml").read_text("utf-8")
    line = f"      - file: chapters/{chapters()[0].stem}\n"
    assert line in contents
    (copy / "_toc.yml").write_text(contents.replace(line, ""), "utf-8")
    assert faults(Book.read(copy)) == []


# --- numbers of figures -------------------------------------------------------------------------


def figures(number, *labels, says=""):
    """A chapter of captions, and what it says about them."""
    captions = [markdown(f"So.\n\n*Figure {label}. See.*") for label in labels]
    return build(*captions, markdown(says), name=f"{number:02d}_x.ipynb")


def renumbered(book, *files):
    """The book after the command, which has nothing to do a second time."""
    changed = number_figures(book, files)
    notebooks = [
        Notebook(notebook.name, json.loads(changed[file])) if file in changed else notebook
        for file, notebook in book.notebooks.items()
    ]
    after = Book(
        dict(zip(book.notebooks, notebooks, strict=True)),
        {file: changed.get(file, text) for file, text in book.pages.items()},
        {file: changed.get(file, text) for file, text in book.answers.items()},
        book.contents,
    )
    assert number_figures(after, files) == {}
    return after


def read_aloud(book, number=3):
    """The captions' labels of a chapter and its last cell."""
    *captions, last = book.notebooks[f"chapters/{number:02d}_x.ipynb"].markdown
    return [cell.source.split()[2].rstrip(".") for cell in captions], last.source


def test_an_inserted_figure_moves_those_below_it_and_their_names():
    labels = [*(f"3.{k}" for k in range(1, 10)), "3.new", "3.10", "3.11"]
    says = "Figure 3.1, not\n> Figure\n> 3.10, nor Figures 3.9, 3.new and 3.11; 3.10 stays."
    hint = 'hint="Look at Figure "\n     "3.10, then at Figure 3.1."'
    book = shelf(
        figures(3, *labels, says=says),
        build(code("x  # Figure 3.10", mystnb={"image": {"alt": "As Figure 3.11"}})),
        glossary="Figures 3.10 to 3.11",
        answers={"utils/answers/chapter_3.py": hint},
    )
    after = renumbered(book)
    assert read_aloud(after) == (
        [f"3.{k}" for k in range(1, 13)],
        "Figure 3.1, not\n> Figure\n> 3.11, nor Figures 3.9, 3.10 and 3.12; 3.10 stays.",
    )
    (cell,) = after.notebooks["chapters/03_made.ipynb"].cells
    assert (cell.source, cell.alt) == ("x  # Figure 3.11", "As Figure 3.12")
    assert after.page("glossary") == "Figures 3.11 to 3.12"
    (answer,) = after.answers.values()
    assert answer == 'hint="Look at Figure "\n     "3.11, then at Figure 3.1."'


def test_a_moved_figure_keeps_its_names():
    says = "Figures 3.1, 3.2 and 3.3"
    book = shelf(figures(3, "3.3", "3.1", "3.2", says=says), figures(10, "10.1", says=says))
    after = renumbered(book)
    assert read_aloud(after) == (["3.1", "3.2", "3.3"], "Figures 3.2, 3.3 and 3.1")
    assert read_aloud(after, 10) == (["10.1"], "Figures 3.2, 3.3 and 3.1")


def test_a_figure_may_move_to_another_chapter():
    book = shelf(
        figures(3, "3.2", says="Figure 3.1"), figures(10, "10.1", "3.1", says="Figure 3.2")
    )
    after = renumbered(book)
    assert read_aloud(after) == (["3.1"], "Figure 10.2")
    assert read_aloud(after, 10) == (["10.1", "10.2"], "Figure 3.1")


def test_a_caption_may_name_another_figure():
    notebook = build(
        markdown("*Figure 3.2. Unlike Figure 3.1, wide.*\n\n*Figure 3.1. Like Figure 3.2.*")
    )
    (cell,) = renumbered(shelf(notebook)).notebooks["chapters/03_made.ipynb"].cells
    assert cell.source == "*Figure 3.1. Unlike Figure 3.2, wide.*\n\n*Figure 3.2. Like Figure 3.1.*"


def test_only_the_chapters_that_are_named_are_numbered():
    book = shelf(figures(3, "3.2", says="Figure 10.2"), figures(10, "10.2", says="Figure 3.2"))
    after = renumbered(book, "chapters/10_x.ipynb")
    assert read_aloud(after) == (["3.2"], "Figure 10.1")
    assert read_aloud(after, 10) == (["10.1"], "Figure 3.2")


def test_two_captions_of_one_name_are_numbered_when_no_sentence_names_them():
    book = shelf(figures(3, "3.1", "3.1", "3.2", says="Figure 3.2"))
    assert read_aloud(renumbered(book)) == (["3.1", "3.2", "3.3"], "Figure 3.3")


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ("Figure 3.1", "Figure 3.1 has 2 captions, .* Call the new one 3.new, in its caption"),
        ("Figure 3.4", "chapters/03_x.ipynb, cell 4: there is no Figure 3.4; .*, then number"),
    ],
)
def test_what_a_sentence_means_is_not_guessed(says, message):
    book = shelf(figures(3, "3.1", "3.1", "3.3", says=says))
    with pytest.raises(ValueError, match=message):
        number_figures(book)


def test_the_command_writes_what_changed_and_nothing_else(copy, capsys):
    path = copy / "chapters" / chapters()[-1].name
    number = int(path.name.partition("_")[0])
    before = {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()}
    text = path.read_text("utf-8")
    figure = f"Figure {number}.2"
    assert figure in text
    path.write_text(text.replace(figure, f"Figure {number}.moved"), "utf-8")
    assert main(["--number", str(path)], copy) == 0
    assert capsys.readouterr().out == f"chapters/{path.name}: figures renumbered\n"
    assert {file: file.read_bytes() for file in copy.rglob("*") if file.is_file()} == before
