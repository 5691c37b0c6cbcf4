"""Figures: described, captioned, numbered, asked about; and named as they are called."""

import ast
import copy
import re
from collections import Counter
from itertools import chain

from tools.lint.code import called
from tools.lint.text import marks, paragraphs
from tools.tidy import as_file

_CAPTION = re.compile(r"\s*\*Figure (\S+?)\. .+\*\s*", re.DOTALL)
_LABEL = r"\b(?:\d+|N)\.\w+"
# "Figure 6.5", "Figures 6.5, 6.6 and 6.7"; the gap may be a line's end, in a quotation or a string.
_GAP, _NEXT = r"""[\s>"']+""", r"(?:,? (?:and|or|to) |, |[–-])"
_NAMED = re.compile(rf"\b[Ff]igure(?:{_GAP}{_LABEL}|s{_GAP}{_LABEL}(?:{_NEXT}{_LABEL})*)")


def describes_figures(notebook):
    """One figure in a cell; a plain one has an alternative text; an explorer has its sentence."""
    for cell, makers in _figures(notebook):
        if makers.count("explore") + makers.count("figure") > 1:
            yield f"cell {cell.number}: more than one figure; give each its cell"
        if "explore" not in makers and not cell.alt.strip():
            yield f"cell {cell.number}: a figure without mystnb.image.alt; say what it shows"
        if "explore" in makers and cell.alt:
            yield f"cell {cell.number}: an explorer with an alt; its sentence is one, remove"


def captions_figures(notebook):
    """In the next Markdown cell `*Figure N.k. …*`, numbered in order; no caption without figure."""
    captions = _captions(notebook)
    for order, (cell, _) in enumerate(_figures(notebook), start=1):
        label = f"{notebook.number}.{order}"
        below = next((c for c in notebook.markdown if c.number > cell.number), None)
        found = captions.get(below.number) if below else None
        if not found:
            yield f"cell {cell.number}: no caption below; write `*Figure {label}. …*`"
        elif (first := found.pop(0)) != label:
            yield (
                f"cell {below.number}: Figure {first}; the number in order is {label}, which "
                "`python -m tools.lint --number` writes"
            )
    for number, labels in captions.items():
        for label in labels:
            yield f"cell {number}: a caption, Figure {label}, without a figure above; remove it"


def predicts_before_explorers(notebook):
    """A Predict stands between an explorer and the one before it."""
    explorers = {cell.number for cell, makers in _figures(notebook) if "explore" in makers}
    predicts = {number for number, mark in marks(notebook) if mark == "Predict"}
    asked = False
    for number in sorted(explorers | predicts):
        if number in explorers and not asked:
            yield f"cell {number}: an explorer without a Predict; ask first"
        asked = number in predicts


def names_figures_that_exist(book):
    """Each figure that a sentence, an alternative text, a comment or a hint names has a caption."""
    known = {label for notebook in book.notebooks.values() for label in _labels(notebook)}
    for where, text in _texts(book):
        for label in named(text):
            if label not in known:
                yield f"{where}: there is no Figure {label}; name one that has a caption"


def number_figures(book, files=()):
    """Return the files that change when captions are numbered in order: name → new text.

    Captions in the notebooks `files` (none: in all) get their numbers, whatever they are called
    now, and each place in the book that names such a figure gets the new name in the same pass.

    Raises: ValueError: one of `files` is no notebook of the book; or a sentence names no figure, or
        one of two that are called the same.
    """
    if not book.notebooks.keys() >= set(files):
        raise ValueError(f"number_figures() needs notebooks of the book, got {', '.join(files)}.")
    _refuse_doubt(book)
    order = {
        file: [f"{notebook.number}.{k}" for k, _ in enumerate(_labels(notebook), start=1)]
        if file in (files or book.notebooks)
        else _labels(notebook)
        for file, notebook in book.notebooks.items()
    }
    old = chain.from_iterable(map(_labels, book.notebooks.values()))
    new = dict(zip(old, chain.from_iterable(order.values()), strict=True))
    texts = {file: renamed(text, new) for file, text in (book.pages | book.answers).items()}
    for file, notebook in book.notebooks.items():
        texts[file] = as_file(_renumbered(notebook, iter(order[file]), new))
    before = {file: as_file(notebook.data) for file, notebook in book.notebooks.items()}
    before |= book.pages | book.answers
    return {file: text for file, text in texts.items() if text != before[file]}


def named(text):
    """The labels of all figures that a text names, in order.

    >>> named("As Figure 6.5 and Figures 6.6, 6.7 and 10.12 show, 0.3 is best.")
    ['6.5', '6.6', '6.7', '10.12']
    """
    return [label for found in _NAMED.finditer(text) for label in re.findall(_LABEL, found[0])]


def renamed(text, new):
    """The text with each figure that it names called by its `new` name, where it has one.

    >>> renamed("Figures 3.1 and 3.2, not 3.1", {"3.1": "3.2", "3.2": "3.1"})
    'Figures 3.2 and 3.1, not 3.1'
    """

    def rename(found):
        return re.sub(_LABEL, lambda label: new.get(label[0], label[0]), found[0])

    return _NAMED.sub(rename, text)


def _refuse_doubt(book):
    for fault in names_figures_that_exist(book):
        raise ValueError(f"{fault}, then number.")
    captions = Counter(chain.from_iterable(map(_labels, book.notebooks.values())))
    names = Counter(label for _, text in _texts(book) for label in named(text))
    for label, count in captions.items():
        if count > 1 and names[label] > count:
            raise ValueError(
                f"Figure {label} has {count} captions, and sentences name it. Call the new one "
                f"{label.partition('.')[0]}.new, in its caption and where you mean it."
            )


def _renumbered(notebook, labels, new):
    """The notebook's JSON with its captions called by `labels`, one after the other."""
    data = copy.deepcopy(notebook.data)
    for cell, stored in zip(notebook.cells, data["cells"], strict=True):
        parts = re.split(r"(\n\s*\n)", cell.source)
        for i, part in enumerate(parts):
            caption = _CAPTION.fullmatch(part) if cell.kind == "markdown" else None
            start, end = caption.span(1) if caption else (0, 0)
            parts[i] = part[:start] + (next(labels) if caption else "") + renamed(part[end:], new)
        stored["source"] = "".join(parts).splitlines(keepends=True)
        if cell.alt:
            stored["metadata"]["mystnb"]["image"]["alt"] = renamed(cell.alt, new)
    return data


def _texts(book):
    """(where it is, text) of all that may name a figure."""
    for file, notebook in book.notebooks.items():
        for cell in notebook.cells:
            yield f"{file}, cell {cell.number}", f"{cell.source}\n\n{cell.alt}"
    yield from (book.pages | book.answers).items()


def _labels(notebook):
    """What the captions of a notebook call their figures, in order."""
    return list(chain.from_iterable(_captions(notebook).values()))


def _captions(notebook):
    """The labels of the captions in each Markdown cell: {cell number: ["3.1", …]}."""
    return {
        cell.number: [m[1] for part in paragraphs(cell.source) if (m := _CAPTION.fullmatch(part))]
        for cell in notebook.markdown
    }


def _figures(notebook):
    """(cell, its makers) of each code cell that draws; "explore", "figure", "draw" as plt.plot."""
    helpers = {
        function.name
        for cell in notebook.code
        for function in ast.walk(cell.tree)
        if isinstance(function, ast.FunctionDef) and any(map(_maker, ast.walk(function)))
    }
    found = [(cell, _makers(cell.tree, helpers)) for cell in notebook.code]
    return [(cell, makers) for cell, makers in found if makers]


def _makers(tree, helpers):
    """What draws when the cell runs; the inside of functions does not run yet."""
    makers = []
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            continue
        maker = "figure" if called(node) in helpers else _maker(node)
        makers += ([maker] if maker else []) + _makers(node, helpers)
    return makers


def _maker(node):
    name = called(node)
    if name.split(".")[-1] == "explore":
        return "explore"
    if name in ("plt.subplots", "plt.figure", "plt.subplot_mosaic"):
        return "figure"
    quiet = ("plt.close", "plt.style", "plt.rcParams", "plt.rc", "plt.get_cmap", "plt.colormaps")
    return "draw" if name.startswith("plt.") and not name.startswith(quiet) else ""
