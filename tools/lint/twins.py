"""Functions across notebooks: none written twice, and one name for one thing in the whole book."""

import ast
import itertools
from copy import deepcopy
from dataclasses import dataclass

_LEARNERS = frozenset({"exercise", "check"})


@dataclass(frozen=True)
class _Function:
    """A function that a notebook defines at the outermost level, or imports from utils."""

    name: str
    file: str
    cell: int
    meaning: str

    @property
    def where(self):
        return f"{self.file}, cell {self.cell}"


def writes_no_function_twice(book):
    """No function of the same body in two notebooks, whatever it and its variables are called."""
    for first, again in _pairs(_written(book), key=lambda function: function.meaning):
        there = f"{first.file} writes it in cell {first.cell}"
        name = "" if first.name == again.name else f", as {first.name}()"
        way_out = "move it to utils/, with its test, and import it in both"
        yield f"{again.where}: {again.name}(), but {there}{name}; {way_out}"


def gives_each_function_its_own_name(book):
    """No two functions of one name and different bodies, be they of notebooks or of utils.

    A stub's name is the learner's, a draw function's that of an explorer of its own page.
    """
    named = [*_imported(book), *_written(book)]
    for first, again in _pairs(named, key=lambda function: function.name):
        if first.meaning != again.meaning and not again.name.startswith("draw_"):
            there = f"{first.file}, cell {first.cell}"
            way_out = "give one of them a name that says what it is"
            yield f"{again.where}: {again.name}() is something else in {there}; {way_out}"


def _pairs(functions, key):
    """Yield (first, again) for each function whose key an earlier one of another file has."""
    firsts = {}
    for function in functions:
        first = firsts.setdefault(key(function), function)
        if first.file != function.file:
            yield first, function


def _written(book):
    """The functions that notebooks define themselves, in order; the template is none of them."""
    for file, cell, node in _statements(book):
        if isinstance(node, ast.FunctionDef):
            yield _Function(node.name, file, cell, _meaning(node))


def _imported(book):
    """What notebooks import from utils; a meaning that no function written there has."""
    for file, cell, node in _statements(book):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("utils"):
            for name in node.names:
                yield _Function(name.asname or name.name, file, cell, f"{node.module}.{name.name}")


def _statements(book):
    notebooks = {file: one for file, one in book.notebooks.items() if one.number != "N"}
    for file, notebook in notebooks.items():
        for cell in notebook.own_code:
            if not cell.tags & _LEARNERS:
                for node in cell.tree.body:
                    yield file, cell.number, node


def _meaning(function):
    """The code of a function without its own name, docstring and hints; variables numbered."""
    own = deepcopy(function)
    if ast.get_docstring(own) is not None:
        own.body = own.body[1:]
    own.name, own.returns = "_", None
    numbers = {}
    parameters = [node for node in ast.walk(own.args) if isinstance(node, ast.arg)]
    for parameter in parameters:
        parameter.annotation = None
    stored = [
        node
        for node in ast.walk(own)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    count = itertools.count()
    for name in [*(one.arg for one in parameters), *(one.id for one in stored)]:
        if name not in numbers:
            numbers[name] = f"_{next(count)}"
    for parameter in parameters:
        parameter.arg = numbers[parameter.arg]
    for node in ast.walk(own):
        if isinstance(node, ast.Name):
            node.id = numbers.get(node.id, node.id)
    return ast.dump(own)
