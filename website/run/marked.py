"""IPython extension: while a notebook runs, its texts know of which messages they are made.

So one run serves all languages: outputs are English, byte for byte, and beside them is a record of
how each text was made, by which `tools/translate/outputs.py` makes those of another language.

A *marked* text is a `str` to all who use it. What it is made of, its *composition*, is

- a text that is the same in every language, or a number that `format` gets;
- `["is", n]`: message n;
- `["inside", n, k, i]`: text i within field k of message n, an f-string;
- `["fields", n, compositions]`: message n, an f-string, and what its fields hold;
- `["joined", compositions]`: one after the other;
- `["format", composition, compositions, {name: composition}]`: the `format` of a text.

The source of a cell stays as it is, for tracebacks, `inspect` and autograph; its syntax tree is
changed before it is compiled. Where the messages are, `tools.translate.pages.marks` has written
into the file `Marked.marks`. To the file `Marked.record` a line of JSON is added after each cell
that makes texts: its id, and text → composition.
"""

import ast
import builtins
import json
from collections.abc import Iterable
from numbers import Integral, Real
from pathlib import Path
from typing import Any

MARKS = "marks"  # folder beside the cache, with a file for each notebook, under its name
_PREFIX = "_marked_"  # of the names that marked code calls
_CONVERSIONS = {-1: lambda value: value, ord("s"): str, ord("r"): repr, ord("a"): ascii}

_made: dict[str, Any] = {}  # text → composition, of the cell that runs


class Marked(str):
    """A text that knows what it is made of. It equals, hashes and travels as a plain one."""

    __slots__ = ("made_of",)
    made_of: Any

    def __str__(self) -> str:
        """A plain text, as who asks for one needs it; it is recorded as this cell's.

        So libraries ask for what they show, which another cell may have made.
        """
        text = plain(self)
        _made[text] = self.made_of
        return text

    def __add__(self, other: Any) -> Any:
        if not isinstance(other, str):
            return NotImplemented
        return _marked(str.__add__(self, other), ["joined", [self.made_of, made_of(other)]])

    def __radd__(self, other: str) -> "Marked":
        return _marked(str.__add__(other, self), ["joined", [made_of(other), self.made_of]])

    def join(self, parts: Iterable[str]) -> str:
        parts = list(parts)
        text = str.join(self, parts)
        if isinstance(self.made_of, str) and not any(isinstance(one, Marked) for one in parts):
            return text
        both = [one for part in parts for one in (self.made_of, made_of(part))]
        return _marked(text, ["joined", both[1:]])

    def format(self, *values: Any, **named: Any) -> str:
        text = str.format(self, *values, **named)
        if isinstance(self.made_of, str) and not any(
            isinstance(one, Marked) for one in (*values, *named.values())
        ):
            return text
        named = {name: made_of(one) for name, one in named.items()}
        return _marked(text, ["format", self.made_of, [made_of(one) for one in values], named])

    def __reduce__(self) -> tuple:
        return str, (plain(self),)  # other processes know nothing of marks

    def __copy__(self) -> "Marked":
        return self

    def __deepcopy__(self, _memo: dict) -> "Marked":
        return self


def plain(text: str) -> str:
    return str.__str__(text)


def made_of(value: Any) -> Any:
    """The composition of a value that becomes part of a text."""
    if isinstance(value, Marked):
        return value.made_of
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else format(value)


def _marked(text: str, composition: Any, *, recorded: bool = True) -> Marked:
    made = Marked(text)
    made.made_of = composition
    if recorded:
        _made[text] = composition
    return made


# -- What marked code calls --------------------------------------------------------------------


def _is(text: str, number: int) -> Marked:
    return _marked(text, ["is", number])


def _inside(text: str, *numbers: int) -> Marked:
    return _marked(text, ["inside", *numbers])


def _same(text: str) -> Marked:
    """A text that is no message, but joins or formats others, which may be marked."""
    return _marked(text, text, recorded=False)


def _joined(number: int | None, *parts: Any) -> str:
    """The text of an f-string: of texts, and of fields (value, conversion, format)."""
    texts: list[str] = []
    compositions = []
    for part in parts:
        is_field = not isinstance(part, str)
        text, composition = _field(*part) if is_field else (part, made_of(part))
        texts.append(text)
        if is_field or number is None:
            compositions.append(composition)
    whole = "".join(texts)
    if number is not None:
        return _marked(whole, ["fields", number, compositions])
    if all(isinstance(one, str) for one in compositions):
        return whole
    return _marked(whole, ["joined", compositions])


def _field(value: Any, conversion: int, form: str) -> tuple[str, Any]:
    """A field's text and composition."""
    text = format(_CONVERSIONS[conversion](value), form)
    if isinstance(value, Marked) and text == value:
        return text, value.made_of
    if isinstance(value, Marked) and text == f"'{plain(value)}'":
        return text, ["joined", ["'", value.made_of, "'"]]
    return text, text


_CALLED = {"is": _is, "inside": _inside, "same": _same, "joined": _joined}


# -- The code of a cell ------------------------------------------------------------------------


class Marker(ast.NodeTransformer):
    """Replaces the texts of a cell's syntax tree by calls of the above.

    marks: line, column, number of the message and numbers of keys within its fields.
    """

    def __init__(self, marks: Iterable[tuple[int, int, int, dict[str, int]]]) -> None:
        self.marks = {(line, column): (number, keys) for line, column, number, keys in marks}
        # Python 3.11 has no places within f-strings: what is there is counted.
        self.inside: dict[int, ast.Call] = {}  # id of a text in a field → the call of it
        self.in_field = False

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        if self.in_field:
            return self.inside.get(id(node), node)
        mark = self.marks.get((node.lineno, node.col_offset))
        return node if mark is None else _call("is", node, mark[0])

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.Call:
        was_in_field, number = self.in_field, None
        fields = [part for part in node.values if isinstance(part, ast.FormattedValue)]
        if not was_in_field and (node.lineno, node.col_offset) in self.marks:
            number, keys = self.marks[node.lineno, node.col_offset]
            for k, part in enumerate(fields):
                for i, text in enumerate(texts_in(part.value)):
                    is_key = text.value in keys
                    call = (
                        ("is", text, keys[text.value]) if is_key else ("inside", text, number, k, i)
                    )
                    self.inside[id(text)] = _call(*call)
        self.in_field = True
        parts = [
            ast.Tuple(
                [
                    self.visit(one.value),
                    ast.Constant(one.conversion),
                    one.format_spec or ast.Constant(""),
                ],
                ast.Load(),
            )
            if one in fields
            else self.visit(one)
            for one in node.values
        ]
        self.in_field = was_in_field
        return _call("joined", ast.Constant(number), *parts)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        receiver = node.value
        node = self.generic_visit(node)
        if node.value is receiver and is_text(receiver) and node.attr in ("format", "join"):
            node.value = _call("same", receiver)
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> ast.MatchValue:
        return node  # a pattern holds no call


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def texts_in(field: ast.expr) -> list[ast.Constant]:
    """The texts within a field of an f-string, in an order that a translation of it has, too."""
    return [node for node in ast.walk(field) if is_text(node)]


def _call(name: str, *arguments: ast.expr | int) -> ast.Call:
    nodes = [ast.Constant(one) if isinstance(one, int) else one for one in arguments]
    return ast.Call(ast.Name(_PREFIX + name, ast.Load()), nodes, [])


# -- The kernel --------------------------------------------------------------------------------


class _Recorder:
    """Marks each cell, and writes down what it has made."""

    def __init__(self, cells: list, record: Path) -> None:
        self.waiting, self.record = cells, record
        self.record.write_text("", encoding="utf-8")  # says that it is at work
        self.cell: str | None = None
        self.marks: list = []

    def before(self, info: Any) -> None:
        """Cells come in order, but for those that have no texts, and those that are skipped."""
        self.cell, self.marks = None, []
        for i, (cell, source, marks) in enumerate(self.waiting):
            if source == info.raw_cell:
                self.cell, self.marks = cell, marks
                self.waiting = self.waiting[i + 1 :]
                return

    def visit(self, tree: ast.Module) -> ast.Module:
        return Marker(self.marks).visit(tree)

    def after(self, _result: Any) -> None:
        if _made and self.cell is not None:
            with self.record.open("a", encoding="utf-8") as file:
                file.write(json.dumps([self.cell, _made], ensure_ascii=False) + "\n")
        _made.clear()


def load_ipython_extension(shell: Any) -> None:
    files = shell.config["Marked"]
    cells = json.loads(Path(files["marks"]).read_text(encoding="utf-8"))["cells"]
    recorder = _Recorder(cells, Path(files["record"]))
    for name, function in _CALLED.items():
        setattr(builtins, _PREFIX + name, function)
    shell.events.register("pre_run_cell", recorder.before)
    shell.events.register("post_run_cell", recorder.after)
    shell.ast_transformers.append(recorder)
