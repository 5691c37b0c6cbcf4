"""Python, literal by literal: which ones a reader sees, and the same code with other texts.

Found by its place in the syntax tree, in three steps.

- *Seen* is what goes straight to the reader: labels of axes and curves, what `table`, `print` and
  the last line of a cell show, docstrings, comments, messages of errors. Each is a message.
- *Looked up* is a text that the notebook asks for somewhere: as a key in square brackets, in a
  comparison, as a default, an argument of one of its own functions, a preset's value. Such a text
  is translated at all its places in the notebook or at none.
- All others (assigned, listed, a branch of an `if`, a key of a dict) are messages where they have
  words, alike at all places in their cell.

A text that is handed to a library (`lr="sgd"`, `dtype="float32"`) is a setting, and no message;
nor is a name of Keras, a knob's name, or a key of settings for `**`. Whether a word that is looked
up is a name to keep, the translator decides: the same text as translation keeps it everywhere.
"""

import ast
import inspect
import io
import re
import textwrap
import tokenize
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

Translate = Callable[[str, str, str], str]  # (context, text, kind) → text

_SEEN_KEYWORDS = {"xlabel", "ylabel", "zlabel", "label", "title", "desc", "unit", "description"}
_SEEN_CALLS = {
    "annotate", "display", "legend", "Markdown", "print", "set_label", "set_title", "set_xlabel",
    "set_xticklabels", "set_ylabel", "set_yticklabels", "suptitle", "table", "text", "warn",
}  # fmt: skip
_LISTS = {"dict", "enumerate", "list", "reversed", "sorted", "tuple", "zip"}  # hand on what is in
# Of functions, rules and settings, which are English in every language.
_NAMES = {
    "absolute", "adagrad", "adam", "adamw", "elu", "gelu", "glorot_normal", "glorot_uniform",
    "he_normal", "he_uniform", "leaky relu", "lecun_normal", "lecun_uniform", "lion", "lr",
    "nesterov", "relu", "ReLU", "rmsprop", "selu", "SELU", "sgd", "sigmoid", "sin", "softmax",
    "softplus", "start", "swish", "tanh",
}  # fmt: skip
_WORD = re.compile(r"[^\W\d_]{3}")
_PHRASE = re.compile(r"[^\W\d_]{2}\S*\s|\s\S*[^\W\d_]{2}")
_SMALL_WORD = re.compile(r"\s(as|at|by|in|is|of|on|or|to)\s")
_LABEL = re.compile(r"[^\W\d_]{2}")
# Three words and no markup: a style or a template of HTML is none.
_SENTENCE = re.compile(r"(?=[^<>;\\|]*$)(?=.*[a-z]{2})\S+ (\S+ )+\S+")
_EXCEPTION = re.compile(r"\w+Error:?")
_NOT_FOR_READERS = re.compile(r"#\s*(noqa|type:|fmt:|ruff:|pragma)|\s*$")

_PRIVATE, _SETTING, _LOOKED_UP, _LISTED, _VALUE, _SEEN, _DOC = range(7)


@dataclass
class Notebook:
    """What the code of one notebook does with its texts.

    looked_up: text → cell that has it first, of all that are translated everywhere or nowhere.
    settings: texts that are settings, in any cell; by_cell: the same for each cell.
    asked: texts by which something is looked up; patterns: what f-strings ask for.
    documents: whether a reader sees docstrings.
    """

    looked_up: dict[str, str] = field(default_factory=dict)
    settings: set[str] = field(default_factory=set)
    by_cell: dict[str, set[str]] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    patterns: list[re.Pattern] = field(default_factory=list)
    documents: bool = True
    names: "_Names" = field(default_factory=lambda: _Names.of([]))

    @classmethod
    def of(cls, sources: Iterable[tuple[str, str]]) -> "Notebook":
        """Read all code of a notebook: pairs of a cell's id and a source, which may be several."""
        trees = [(cell, _parsed(source)) for cell, source in sources]
        book = cls(names=_Names.of([node for _, tree in trees for node in ast.walk(tree)]))
        places: list[tuple[str, str, int]] = []
        for cell, tree in trees:
            for one in _literals(tree, book.names):
                if isinstance(one.node, ast.Constant):
                    places.append((one.node.value, cell, one.role))
                elif one.role in (_LOOKED_UP, _SETTING):
                    book.patterns.append(_pattern(one.node))
        book._sort(places)
        return book

    def _sort(self, places):
        self.asked = {text for text, _, role in places if role == _LOOKED_UP}
        self.settings = {text for text, _, role in places if role == _SETTING}
        self.settings |= self.names.knobs | _NAMES
        self.patterns = [one for one in self.patterns if _WORD.search(one.pattern)]
        for text, cell, role in places:
            if role == _SETTING:
                self.by_cell.setdefault(cell, set()).add(text)
            kept = text in self.settings or any(one.fullmatch(text) for one in self.patterns)
            listed = role in (_LISTED, _VALUE) and text in self.asked and _has_words(text, role)
            if listed and not kept:
                self.looked_up.setdefault(text, cell)

    def keep_apart(self, translate: Translate) -> None:
        """Raise ValueError if two texts that are looked up have the same translation."""
        old_of: dict[str, str] = {}
        for old, cell in self.looked_up.items():
            new = translate(cell, old, "looked up")
            if (other := old_of.setdefault(new, old)) != old:
                raise ValueError(
                    f"tools.translate: {new!r} is the translation of {other!r} and of {old!r}, by "
                    "which the notebook looks up different things. Write different ones."
                )

    def home(self, text: str, cell: str, role: int) -> str | None:
        """The cell under which a literal is a message, or None if it is none."""
        if role == _SEEN:
            return cell
        if any(pattern.fullmatch(text) for pattern in self.patterns):
            return None
        if text in self.looked_up:
            return self.looked_up[text]
        kept = self.by_cell.get(cell, set()) | self.names.knobs | _NAMES
        if role in (_PRIVATE, _SETTING, _LOOKED_UP) or text in self.asked or text in kept:
            return None
        return cell

    def shows(self, node: ast.JoinedStr, constant: str, nested: list[str], role: int) -> bool:
        """Whether an f-string is a message: its own text, and the texts within its fields."""
        if role in (_SETTING, _LOOKED_UP):
            return False
        if role == _SEEN:
            return any(map(_LABEL.search, [constant, *nested]))
        asked = any(_pattern(node).fullmatch(text) for text in self.asked)
        said = _WORD.search(constant) or _SMALL_WORD.search(constant)
        return not asked and bool(said or any(map(_PHRASE.search, nested)))


class Module(Notebook):
    """A module of helpers: what it raises and documents; other texts if they are sentences."""

    def home(self, text: str, cell: str, role: int) -> str | None:
        if role == _PRIVATE:
            return None
        return cell if role == _SEEN or _SENTENCE.match(text) else None

    def shows(self, node: ast.JoinedStr, constant: str, nested: list[str], role: int) -> bool:
        if role == _SEEN:
            return any(map(_LABEL.search, [constant, *nested]))
        return bool(_SENTENCE.match(constant))


def rewrite(
    cell: str, source: str, notebook: Notebook, translate: Translate, *, comments: bool = True
) -> str:
    """The source of a cell with `translate(context, text, kind)` in the place of each text.

    Args:
        cell: the context of its messages, but of those that are looked up elsewhere.
        notebook: what `Notebook.of` has read.
        comments: False leaves them as they are.
    Raises:
        ValueError: the syntax tree would be another one, but for its texts, or an f-string have
            other fields.
    """
    tree = _parsed(source)
    data = source.encode()
    edits = [*_edits(tree, data, cell, notebook, translate)]
    edits += _comments(source, cell, translate) if comments else ()
    for start, end, new in sorted(edits, reverse=True):
        data = data[:start] + new.encode() + data[end:]
    written = data.decode()
    if written != source and masked(written) != masked(source):
        raise ValueError(
            f"tools.translate: cell {cell!r} would be another program. Keep each {{field}} of its "
            "messages as it is, in any order, and look at the quotes."
        )
    return written


def rewrite_module(name: str, source: str, translate: Translate, *, documents: bool) -> str:
    """As `rewrite`, for a module of helpers, whose name is the context; comments stay.

    documents: whether a reader sees the docstrings of its public functions.
    """
    return rewrite(name, source, Module(documents=documents), translate, comments=False)


def is_python(source: str) -> bool:
    try:
        _parsed(source)
    except SyntaxError:
        return False
    return True


def masked(source: str) -> str:
    """The syntax tree as text, with all texts alike, and the fields of an f-string in order."""
    return ast.dump(_Mask().visit(_parsed(source)))


def fields(text: str) -> list[str]:
    """The fields of an f-string's message, sorted, with the words in them masked.

    >>> fields("{n:,} of {'all' if n else 'no'} epochs")
    ["{'' if n else ''}", '{n:,}']

    Raises: ValueError: a brace is alone, or a field is no Python.
    """
    found = []
    for value in _joined(text).values:
        if isinstance(value, ast.FormattedValue):
            found.append(_as_message(ast.JoinedStr([_Mask(only_text=True).visit(value)])))
    return sorted(found)


class _Mask(ast.NodeTransformer):
    """Texts become ''; an f-string the list of its fields, in the order of their text.

    With `only_text`, keys in fields stay, and all formats.
    """

    def __init__(self, *, only_text: bool = False) -> None:
        self.only_text = only_text

    def visit_Constant(self, node):
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_JoinedStr(self, node):
        parts = [self.visit(one) for one in node.values if isinstance(one, ast.FormattedValue)]
        return ast.JoinedStr(sorted(parts, key=ast.dump))

    def visit_FormattedValue(self, node):
        return ast.FormattedValue(self.visit(node.value), node.conversion, node.format_spec)

    def visit_Call(self, node):
        if not self.only_text:
            return self.generic_visit(node)
        return ast.Call(self.visit(node.func), node.args, node.keywords)

    def visit_Subscript(self, node):
        return node if self.only_text else self.generic_visit(node)

    visit_Compare = visit_Subscript  # noqa: N815


# -- Places ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Names:
    """Names of a notebook: of its functions, of their knobs, and of what is handed over by **."""

    own: set[str]
    knobs: set[str]
    starred: dict[str, str]  # name → function that gets it

    @classmethod
    def of(cls, nodes: list[ast.AST]) -> "_Names":
        functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        knobs = {one.arg for function in functions for one in function.args.kwonlyargs}
        return cls({one.name for one in functions} | _lambdas(nodes), knobs, _starred(nodes))


@dataclass(frozen=True)
class _Literal:
    node: ast.Constant | ast.JoinedStr
    role: int


def _parsed(source: str) -> ast.Module:
    return ast.parse(_without_magic(source))


def _without_magic(source: str) -> str:
    """Lines that only IPython knows become comments of the same length."""
    return re.sub(r"^[%!]", "#", source, flags=re.MULTILINE)


def _literals(tree, names) -> Iterator[_Literal]:
    """All texts outside of f-strings, and all f-strings, each with its role."""
    above = {
        child: (node, name)
        for node in ast.walk(tree)
        for name, value in ast.iter_fields(node)
        for child in (value if isinstance(value, list) else [value])
        if isinstance(child, ast.AST)
    }
    last = tree.body[-1] if tree.body else None
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if not is_text and not isinstance(node, ast.JoinedStr):
            continue
        if not _in_field(node, above):
            yield _Literal(node, _role(node, above, last, names))


def _in_field(node, above):
    while node in above:
        node = above[node][0]
        if isinstance(node, ast.JoinedStr):
            return True
    return False


def _role(literal, above, last, names):
    """What becomes of a literal, by the first thing above it that tells."""
    node, listed, joined = literal, False, isinstance(literal, ast.JoinedStr)
    while node in above:
        child, (node, place) = node, above[node]
        if isinstance(node, ast.keyword):
            call = above[node][0]
            if node.arg is None:
                return _SETTING
            if node.arg in _SEEN_KEYWORDS:
                return _SEEN
            if _called(call) in _LISTS:
                return _LISTED
            if _called(call) == "explore":
                return _LISTED if listed else _SETTING
            return _LOOKED_UP if _called(call) in names.own else _SETTING
        if isinstance(node, ast.Call):
            name = _called(node)
            if place == "func":  # ", ".join(…)
                return _VALUE
            if name in _SEEN_CALLS or name.endswith(("Error", "Warning")):
                return _SEEN
            if name in _LISTS:
                listed = True
                continue
            return _LOOKED_UP if name in names.own else _SETTING
        if isinstance(node, ast.Dict):
            listed = True
            callee = names.starred.get(_target(node, above))
            if callee and (place == "keys" or callee != "explore"):
                return _SETTING
            if place == "values" and child is literal and _key(node, child) in names.knobs:
                return _LOOKED_UP  # a preset's value
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            listed = True
        elif isinstance(node, ast.Subscript) and place == "slice":
            stored = isinstance(node.ctx, ast.Store) and not joined
            return _LISTED if stored else _LOOKED_UP
        elif isinstance(node, (ast.Compare, ast.Assert, ast.MatchValue)):
            return _SEEN if place == "msg" else _LOOKED_UP
        elif isinstance(node, ast.arguments):
            return _LOOKED_UP
        elif isinstance(node, ast.Expr):
            if isinstance(child, ast.Constant) and node is not last:
                private = getattr(above[node][0], "name", "").startswith("_")
                return _PRIVATE if private else _DOC
            return _SEEN if node is last else _VALUE
        elif isinstance(node, ast.stmt):
            return _LISTED if listed else _VALUE
    return _VALUE


def _called(call):
    function = getattr(call, "func", None)
    return getattr(function, "attr", None) or getattr(function, "id", "")


def _key(node, value):
    """The key of a dict's value, if it is a text."""
    key = node.keys[node.values.index(value)]
    return key.value if isinstance(key, ast.Constant) else None


def _target(node, above):
    """The name to which a dict is assigned."""
    while node in above and not isinstance(node, ast.stmt):
        node, place = above[node]
        if isinstance(node, ast.Dict) and place == "values":
            return None  # a dict within another
    targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
    return getattr(targets[0], "id", None)


def _starred(nodes):
    """Names that are handed over with two stars, as keyword arguments → the function."""
    return {
        node.id: _called(call)
        for call in nodes
        if isinstance(call, ast.Call)
        for star in call.keywords
        if star.arg is None
        for node in ast.walk(star.value)
        if isinstance(node, ast.Name)
    }


def _lambdas(nodes):
    """Names of functions made by `name = lambda …` or `partial`."""
    return {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _pattern(node):
    """What the text of an f-string can be."""
    parts = [
        re.escape(part.value) if isinstance(part, ast.Constant) else ".*" for part in node.values
    ]
    return re.compile("".join(parts), re.DOTALL)


# -- Writing -----------------------------------------------------------------------------------


def _edits(tree, data, cell, notebook, translate):
    """(start, end, new text) in bytes of each literal that has another text now."""
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for one in _literals(tree, notebook.names):
        node = one.node
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        old = data[start:end].decode()
        new = _written(one, old, node.col_offset, cell, notebook, translate)
        if new is not None:
            yield start, end, new


def _written(one, old, column, cell, notebook, translate):
    """The new literal, or None where the old one stays."""
    node, role = one.node, one.role
    if role == _DOC and not notebook.documents:
        return None
    if role == _DOC:
        text = inspect.cleandoc(node.value)
        new = translate(cell, text, "docstring") if _LABEL.search(text) else text
        return None if new == text else _docstring(new, old, column)
    if isinstance(node, ast.JoinedStr):
        return _written_f(node, role, old, cell, notebook, translate)
    text = node.value
    home = notebook.home(text, cell, role) if _has_words(text, role) else None
    if home is None:
        return None
    kind = (
        "looked up"
        if text in notebook.looked_up and role != _SEEN
        else _KINDS.get(role, "text in code")
    )
    new = translate(home, text, kind)
    return None if new == text else _quoted(new, old)


_KINDS = {_SEEN: "shown", _VALUE: "text in code", _LISTED: "name or text in code"}


def _has_words(text, role):
    if role == _SEEN:
        plain = re.sub(r"`[^`]*`|\$[^$]*\$", "", text)
        return bool(_LABEL.search(plain)) and not (text in _NAMES or _EXCEPTION.fullmatch(text))
    return bool(_WORD.search(text) and (_PHRASE.search(text) or re.fullmatch(r"[A-Za-z-]+", text)))


def _written_f(node, role, old, cell, notebook, translate):
    constant = "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    nested = [
        part.value
        for value in node.values
        if isinstance(value, ast.FormattedValue)
        for part in ast.walk(value.value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]
    if not notebook.shows(node, constant, nested, role):
        return None
    text = _as_message(node, _fields_as_written(old))
    new = translate(cell, text, "f-string")
    homes = {one: notebook.looked_up[one] for one in nested if one in notebook.looked_up}
    keys = {one: translate(home, one, "looked up") for one, home in homes.items()}
    changed = any(keys.get(one, one) != one for one in nested)
    if new == text and not changed:
        return None
    if fields(new) != fields(text):
        raise ValueError(
            f"tools.translate: cell {cell!r}: the fields of {new!r} are not those of {text!r}. "
            "Copy each {field} as it is; their order is free."
        )
    written = [
        _with_keys(part, keys) if is_field else _escaped(part) for is_field, part in _parts(new)
    ]
    return _quoted_f("".join(written), old)


def _with_keys(written, keys):
    """A field with its keys replaced, as everywhere in the notebook."""
    node = _joined(written).values[0]
    for one in ast.walk(node.value):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            one.value = keys.get(one.value, one.value)
    new = _as_message(ast.JoinedStr([node]))
    return written if new == _as_message(_joined(written)) else new


def _as_message(node: ast.JoinedStr, written: Iterable[str] = ()) -> str:
    """An f-string without its quotes: braces of the text doubled, fields as they are written.

    Where they are not given, as Python writes them.
    """
    parts, fields = [], iter(written)
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(part.value.replace("{", "{{").replace("}", "}}"))
            continue
        conversion = "" if part.conversion < 0 else f"!{chr(part.conversion)}"
        form = "" if part.format_spec is None else f":{_as_message(part.format_spec)}"
        parts.append(next(fields, f"{{{ast.unparse(part.value)}{conversion}{form}}}"))
    return "".join(parts)


_PART = re.compile(
    r"(?P<text>(?:\{\{|\}\}|[^{}])+)|(?P<field>\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})|."
)
_PIECE = re.compile(
    r"""(?P<prefix>[a-zA-Z]*)(?P<quote>\"{3}|'{3}|"|')(?P<body>(?:\\.|.)*?)(?P=quote)""", re.DOTALL
)


def _parts(body):
    """(whether it is a field, its text) of each part of an f-string without its quotes."""
    return [(one["field"] is not None, one[0]) for one in _PART.finditer(body)]


def _fields_as_written(literal):
    """The fields of an f-string of one piece or more, in order."""
    bodies = [one["body"] for one in _PIECE.finditer(literal) if "f" in one["prefix"].lower()]
    return [part for body in bodies for is_field, part in _parts(body) if is_field]


def _joined(message: str) -> ast.JoinedStr:
    """The f-string that a message means."""
    body = _escaped(message)
    for quote in ('"', "'", '"""', "'''"):
        try:
            parsed = ast.parse(f"f{quote}{body}{quote}", mode="eval").body
        except SyntaxError:
            continue
        if isinstance(parsed, ast.JoinedStr):
            return parsed
    raise ValueError(
        f"tools.translate: {message!r} is no f-string. Double a brace that is meant as one."
    )


def _escaped(text):
    return text.replace("\\", "\\\\").replace("\n", "\\n")


def _quoted_f(body, old):
    quote = '"' if '"' not in body else "'" if "'" not in body else '"""'
    return _laid_out(body, old, f"f{quote}", quote)


def _quoted(text, old):
    quote = '"' if '"' not in text or "'" in text else "'"
    return _laid_out(_escaped(text).replace(quote, f"\\{quote}"), old, quote, quote)


def _laid_out(body, old, before, after):
    """A literal, in as many pieces as before on the same lines; one if it is short.

    A piece ends behind a mark or a space, never within a field.
    """
    count, gap = len(_PIECE.findall(old)), re.search(r"\n\s*", old)
    if count < 2 or gap is None or len(body) < 30:
        return f"{before}{body}{after}"
    pieces, wanted = [""], len(body) / count
    for unit in _units(body):
        if len(pieces[-1]) + len(unit) / 2 > wanted and pieces[-1] and len(pieces) < count:
            pieces.append("")
        pieces[-1] += unit
    return gap[0].join(f"{before}{piece}{after}" for piece in pieces)


def _units(body):
    """What is not taken apart: fields, and text up to a mark or a space."""
    for is_field, part in _parts(body):
        yield from [part] if is_field else re.findall(r".+?(?:[，。；：、 ]|$)", part, re.DOTALL)


def _docstring(text, old, column):
    """Between the quotes of before, its lines below the first one."""
    escaped = text.replace("\\", "\\\\")
    lines = escaped.split("\n")
    indented = [lines[0], *textwrap.indent("\n".join(lines[1:]), " " * column).split("\n")]
    if len(lines) == 1:
        return f'"""{lines[0]}"""'
    end = "\n" + " " * column if old.rstrip('"').endswith(("\n", " ")) else ""
    return '"""' + "\n".join(indented) + end + '"""'


def _comments(source, cell, translate):
    """Comments that say something, without those of tools."""
    data = source.splitlines(keepends=True)
    starts = [0]
    for line in data:
        starts.append(starts[-1] + len(line.encode()))
    code = _without_magic(source)
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type != tokenize.COMMENT or source.splitlines()[token.start[0] - 1][:1] in "%!":
            continue
        said = re.split(r"\s+#\s*noqa", token.string)[0].removeprefix("#").strip()
        if _NOT_FOR_READERS.match(token.string) or not _WORD.search(said):
            continue
        if (new := translate(cell, said, "comment")) != said:
            line = source.splitlines()[token.start[0] - 1]
            at = starts[token.start[0] - 1] + len(line[: token.start[1]].encode())
            begin = at + token.string.encode().index(said.encode())
            yield begin, begin + len(said.encode()), new
