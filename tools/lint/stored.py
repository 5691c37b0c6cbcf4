"""The file: what a notebook stores, and Markdown that every place can show."""

import re
from collections import Counter

from nbformat.validator import iter_validate

from tools.lint.notebooks import details, without_code
from tools.tidy import KEPT, as_file
from website.run.own_kernel import METADATA

_TIDY = "`make tidy`"
_TEMPLATE = "chapters/_template.ipynb"
_MYST = {
    "a directive": re.compile(r"^ *(```+|~~~+) *\{", re.MULTILINE),
    "a colon fence": re.compile(r"^ *:::", re.MULTILINE),
    "a role": re.compile(r"\{[a-zA-Z][\w:.+-]*\}`"),
    "a target": re.compile(r"^\([\w:. -]+\)= *$", re.MULTILINE),
    "a substitution": re.compile(r"\{\{.*?\}\}"),
    "a comment": re.compile(r"^% ", re.MULTILINE),
    "a numbered formula": re.compile(r"^ *\$\$ *\([\w:-]+\) *$", re.MULTILINE),
}


def is_valid(notebook):
    """nbformat 4.5, to the letter of its schema, with ids that differ."""
    data = notebook.data
    version = (data.get("nbformat"), data.get("nbformat_minor"))
    if version != (4, 5):
        yield f"nbformat is {version[0]}.{version[1]}; {_TIDY} stores it as 4.5"
        return
    for error in iter_validate(data | {"cells": []}):
        yield f"{error.message}; try {_TIDY}, or mend it"
    for number, cell in enumerate(data["cells"], start=1):  # one by one, to know the number
        for error in iter_validate(data | {"cells": [cell]}):
            yield f"cell {number}: {error.message}; try {_TIDY}, or mend it"
    ids = Counter(cell.get("id") for cell in data["cells"])
    for own, count in ids.items():
        if count > 1:
            yield f"{count} cells have the id {own}; {_TIDY} renames them"


def has_no_outputs(notebook):
    """Stored without outputs and without numbers of execution."""
    for number, cell in enumerate(notebook.data["cells"], start=1):
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield f"cell {number}: it holds outputs or an execution_count; {_TIDY} clears them"


def has_plain_metadata(notebook):
    """Exactly the kernel python3, and in cells only tags and figures' alternative texts."""
    if notebook.data["metadata"] != METADATA:
        yield f"the metadata are not {METADATA}; {_TIDY} makes them so"
    for cell in notebook.cells:
        extra = sorted(set(cell.metadata) - set(KEPT))
        if extra:
            yield f"cell {cell.number}: metadata {extra}; {_TIDY} keeps only tags and mystnb"


def is_written_as_jupyter_does(notebook):
    """Byte for byte, so that a change shows as what it is; ends of lines are git's affair."""
    if notebook.text and notebook.text != as_file(notebook.data):
        yield f"another order, indentation or end of the file; {_TIDY} writes it as Jupyter does"


def is_plain_markdown(notebook):
    """No MyST: Colab and GitHub show it as raw text."""
    for cell in notebook.markdown:
        for name, pattern in _MYST.items():
            # A directive is itself a fence; of a role `without_code` leaves {name}`.
            text = cell.source if name == "a directive" else without_code(cell.source)
            if pattern.search(text):
                yield f"cell {cell.number}: {name} of MyST; write plain Markdown"


def opens_details_well(notebook):
    """Each <details> closed; a blank line after </summary>, or Markdown stays raw, as in it."""
    for cell in notebook.markdown:
        text = without_code(cell.source)
        if re.search(r"</summary>(?! *\n *\n)", cell.source):
            yield f"cell {cell.number}: no blank line after </summary>; add it"
        for summary, _ in details(cell.source):
            if raw := re.search(r"\$|`|\*\*|\\\(|\]\(", summary):
                where = f"cell {cell.number}: {raw[0]} in <summary>, where Markdown stays raw"
                yield f"{where}; write words, or HTML such as <code>"
        opened, closed = text.count("<details"), text.count("</details>")
        if opened != closed or opened != text.count("<summary>"):
            yield f"cell {cell.number}: <details> and <summary> do not pair; close each"


def links_to_files_that_exist(notebook):
    """Relative links and images lead to files; nothing is absolute."""
    for cell in notebook.markdown:
        text = without_code(cell.source)
        targets = re.findall(r"\]\(\s*<?([^)\s>]+)", text) + re.findall(
            r'(?:src|href)="(.*?)"', text
        )
        for target in targets:
            path = target.split("#")[0]
            if re.match(r"(https?:|mailto:)", target) or not path:
                continue
            if path.startswith("attachment:"):
                where = f"cell {cell.number}: {path.partition(':')[2]} is attached to the cell"
                yield f"{where}, which no page shows; store it as a file and link to that"
                continue
            if path.startswith("/") or not (notebook.folder / path).exists():
                yield f"cell {cell.number}: no file {path}; link relative to the notebook"


def has_set_up_cell(book):
    """One cell tagged `set-up`, first of the code; byte for byte the template's."""
    template = book.notebooks[_TEMPLATE]
    master = next((cell.source for cell in template.code if "set-up" in cell.tags), None)
    for file, notebook in book.notebooks.items():
        found = [cell for cell in notebook.code if "set-up" in cell.tags]
        if len(found) != 1:
            yield f"{file}: {len(found)} cells are tagged set-up; copy that of {_TEMPLATE}"
        elif found[0] != notebook.code[0]:
            yield f"{file}, cell {found[0].number}: not the first code cell; move the set-up up"
        elif found[0].source != master:
            yield f"{file}, cell {found[0].number}: not the set-up of {_TEMPLATE}; copy that"
