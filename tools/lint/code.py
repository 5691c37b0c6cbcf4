"""The code cells: short, with a value at the end, seeded, and with asserts for what is claimed."""

import ast
import io
import itertools
import re
import statistics
import tokenize

_SEEDED = ("RandomState", "default_rng")
_RANDOM = (*_SEEDED, "Generator", "SeedSequence", "PCG64")


def is_python(notebook):
    """Python can read each code cell."""
    for cell in notebook.code:
        try:
            _ = cell.tree
        except SyntaxError as error:
            yield f"cell {cell.number}, line {error.lineno}: {error.msg}; mend it"


def has_short_cells(notebook):
    """Lines that are not blank: median <= 5, none > 20; tagged `algorithm` <= 30."""
    if not notebook.own_code:
        yield "no code cell; let the reader run something"
        return
    for cell in notebook.own_code:
        limit = 30 if "algorithm" in cell.tags else 20
        if len(cell.lines) > limit:
            yield f"cell {cell.number}: {len(cell.lines)} lines, more than {limit}; split it"
    median = statistics.median(len(cell.lines) for cell in notebook.own_code)
    if median > 5:
        yield f"the median code cell has {median:g} lines; bring it down to 5"


def has_few_code_cells_in_a_row(notebook):
    """At most two."""
    row = 0
    for cell in notebook.cells:
        row = row + 1 if cell.kind == "code" else 0
        if row == 3:
            yield f"cell {cell.number}: the third code cell in a row; put prose between"


def ends_with_a_value(notebook):
    """The last statement of a cell is not a print."""
    for cell in notebook.code:
        last = cell.tree.body[-1] if cell.tree.body else None
        if isinstance(last, ast.Expr) and called(last.value) == "print":
            yield f"cell {cell.number}: ends with print; end with the value itself"


def has_no_trailing_semicolon(notebook):
    """No `;` at the end of a line, which hides a value by a trick."""
    ends = (tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT, tokenize.ENDMARKER)
    for cell in notebook.code:
        tokens = tokenize.generate_tokens(io.StringIO(cell.source).readline)
        for token, after in itertools.pairwise(tokens):
            if token.string == ";" and token.type == tokenize.OP and after.type in ends:
                where = f"cell {cell.number}, line {token.start[0]}"
                yield f"{where}: ends with `;`; end with a value or an assert"


def shows_its_seeds(notebook):
    """Random numbers come from a generator with a visible seed, never from np.random itself."""
    for cell in notebook.code:
        for node in ast.walk(cell.tree):
            name = _numpy_random(node)
            if name and name not in _RANDOM:
                yield f"cell {cell.number}: np.random.{name}; use np.random.default_rng(seed)"
            bare = isinstance(node, ast.Call) and not node.args and not node.keywords
            if bare and _numpy_random(node.func) in _SEEDED:
                yield f"cell {cell.number}: a generator without a seed; give it one"


def asserts_its_claims(notebook):
    """At least five asserts besides the set-up cell's."""
    trees = [cell.tree for cell in notebook.own_code if not cell.tags & {"exercise", "check"}]
    count = sum(isinstance(node, ast.Assert) for tree in trees for node in ast.walk(tree))
    if count < 5:
        yield f"{count} asserts; assert at least five claims of the prose"


def catches_its_errors(notebook):
    """No cell but a stub and a check may fail: many a "Run all" stops at the first error."""
    for cell in notebook.code:
        if "raises-exception" in cell.tags and not cell.tags & {"exercise", "check"}:
            way_out = (
                'show the error with `try`, `except … as caught` and `print("…Error:", caught)`'
            )
            yield f"cell {cell.number}: tagged raises-exception; {way_out}"


def folds_cells_of_asserts(notebook):
    """A cell of nothing but asserts is folded on the page: tagged `hide-input`."""
    for cell in notebook.code:
        only = cell.tree.body and all(isinstance(node, ast.Assert) for node in cell.tree.body)
        if only and "hide-input" not in cell.tags:
            yield f"cell {cell.number}: nothing but asserts; tag it hide-input"


def called(node):
    """The dotted name that a node calls, "" if it is no call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _numpy_random(node):
    """`name` of np.random.name, "" for any other node."""
    match = isinstance(node, ast.Attribute) and re.fullmatch(
        r"(?:np|numpy)\.random\.(\w+)", ast.unparse(node)
    )
    return match[1] if match else ""
