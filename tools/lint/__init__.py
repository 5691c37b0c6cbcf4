"""The rules for authors: `python -m tools.lint` prints their faults, and the tests run them.

A rule is a function that takes a notebook, or the whole book, and yields sentences: in which cell
(counted from 1), what, and the way out. Its docstring says what it asks; CONTRIBUTING.md says why.
A new rule is a function in the module of its family, and a name in the table below.
"""

from collections.abc import Callable, Iterable, Iterator

from tools.lint import appendices, code, contents, exercises, figures, stored, text, twins
from tools.lint.notebooks import Book

# The rules that all others rely on; where one is broken, no other is asked.
READABLE = (stored.is_valid, code.is_python)
# For every notebook, the front page and the template included.
NOTEBOOK = (
    stored.has_no_outputs,
    stored.has_plain_metadata,
    stored.is_written_as_jupyter_does,
    stored.is_plain_markdown,
    stored.links_to_files_that_exist,
    stored.opens_details_well,
    text.uses_the_books_words,
    code.ends_with_a_value,
    code.has_no_trailing_semicolon,
    code.shows_its_seeds,
    code.catches_its_errors,
    code.folds_cells_of_asserts,
    exercises.announces_checks,
    figures.describes_figures,
    figures.captions_figures,
    figures.predicts_before_explorers,
    exercises.hides_answers,
)
CHAPTER = (
    text.opens_with_title_and_question,
    text.promises_three_abilities,
    text.has_enough_prose,
    text.predicts_and_checks,
    text.shows_what_notes_get_wrong,
    text.summarises_in_three_sentences,
    text.cites_sources,
    code.has_short_cells,
    code.has_few_code_cells_in_a_row,
    code.asserts_its_claims,
    exercises.numbers_exercises,
    exercises.solves_exercises,
    exercises.asks_five_questions,
)
# For the book; each sentence begins with the file.
BOOK = (
    stored.has_set_up_cell,
    figures.names_figures_that_exist,
    exercises.has_answers,
    twins.writes_no_function_twice,
    twins.gives_each_function_its_own_name,
    contents.is_in_contents,
    contents.is_on_the_front_page,
    contents.opens_with_title_and_paragraph,
    appendices.has_no_dead_links,
    appendices.lists_mistakes,
    appendices.labels_mistakes,
    appendices.writes_glossary_entries,
    appendices.names_each_term_once,
    appendices.sorts_the_glossary,
    appendices.explains_its_terms,
    appendices.lists_sources,
    appendices.lists_papers_below_sources,
    appendices.sorts_the_references,
    appendices.knows_its_symbols,
    appendices.uses_its_notation,
)


def faults(book: Book) -> list[str]:
    """All faults of a book, each as one sentence that begins with its file."""
    broken = list(_in_notebooks(READABLE, book.notebooks))
    if broken:
        return broken
    found = [*_in_notebooks(NOTEBOOK, book.notebooks), *_in_notebooks(CHAPTER, book.chapters)]
    return found + [fault for rule in BOOK for fault in rule(book)]


def _in_notebooks(rules: Iterable[Callable], notebooks: dict) -> Iterator[str]:
    for file, notebook in notebooks.items():
        for rule in rules:
            for fault in rule(notebook):
                yield f"{file}{', ' if fault.startswith('cell ') else ': '}{fault}"
