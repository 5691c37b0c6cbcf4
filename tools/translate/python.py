"""Python with other texts: what a reader sees of it is replaced, and nothing else.

Which texts these are, says `places`. Beside them stand the comments.
"""

import ast
import inspect
import io
import re
import textwrap
import tokenize
from collections.abc import Iterable, Iterator

from tools.translate.places import (
    LABEL,
    WORD,
    Module,
    Notebook,
    Role,
    Translate,
    has_words,
    literals,
    parsed,
    texts_inside,
    without_magic,
)
from website.run.marked import texts_in

_NOT_FOR_READERS = re.compile(r"#\s*(noqa|type:|fmt:|ruff:|pragma)|\s*$")
_KINDS = {Role.SEEN: "shown", Role.VALUE: "text in code", Role.LISTED: "name or text in code"}


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
    tree = parsed(source)
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


def marks(
    cell: str, source: str, notebook: Notebook
) -> Iterator[tuple[int, int, tuple[str, str, str], dict[str, tuple[str, str, str]]]]:
    """Where `rewrite` would replace a text that the code can show: all but docstrings.

    Yields: line and column of the literal as the syntax tree has them, its message (context, text,
    kind), and text → message of what is looked up within the fields of an f-string.
    """
    tree, data = parsed(source), source.encode()
    for one, start, end in _places(tree, data, notebook):
        node = one.node
        message = _message(one, data[start:end].decode(), cell, notebook)
        if message is not None and message[2] != "docstring":
            homes = _homes(node, notebook) if message[2] == "f-string" else {}
            keys = {text: (home, text, "looked up") for text, home in homes.items()}
            yield node.lineno, node.col_offset, message, keys


def is_python(source: str) -> bool:
    try:
        parsed(source)
    except SyntaxError:
        return False
    return True


def masked(source: str) -> str:
    """The syntax tree as text, with all texts alike, and the fields of an f-string in order."""
    return ast.dump(_Mask().visit(parsed(source)))


def fields(text: str) -> list[str]:
    """The fields of an f-string's message, sorted, with the words in them masked.

    >>> fields("{n:,} of {'all' if n else 'no'} epochs")
    ["{'' if n else ''}", '{n:,}']

    Raises: ValueError: a brace is alone, or a field is no Python.
    """
    return sorted(map(_masked_field, _fields_in(text)))


def parts(text: str, new: str) -> tuple[list[str | int], list[list[str]]]:
    """What an f-string's translation is made of.

    Returns: its texts and, for a field, which of the original's fields it is; and for each field of
    the original the texts within it, translated.

    >>> parts("{n:,} of {'all' if n else 'no'} epochs", "{'全部' if n else '零'}轮中的 {n:,} 轮")
    ([1, '轮中的 ', 0, ' 轮'], [[], ['全部', '零']])
    """
    waiting: list[str | None] = [_masked_field(one) for one in _fields_in(text)]
    inside: list[list[str]] = [[] for _ in waiting]
    found: list[str | int] = []
    for part in _joined(new).values:
        if isinstance(part, ast.Constant):
            found.append(part.value)
            continue
        texts = [one.value for one in texts_in(part.value)]
        field = waiting.index(_masked_field(part))
        waiting[field] = None
        inside[field] = texts
        found.append(field)
    return found, inside


def _fields_in(text):
    return [one for one in _joined(text).values if isinstance(one, ast.FormattedValue)]


def _masked_field(field):
    """A field with the words in it masked; the tree is changed."""
    return _as_message(ast.JoinedStr([_Mask(only_text=True).visit(field)]))


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


# -- Writing -----------------------------------------------------------------------------------


def _places(tree, data, notebook):
    """Each literal with its start and end in bytes."""
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for one in literals(tree, notebook.names):
        if one.inside:
            continue  # its f-string is written whole
        node = one.node
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[node.end_lineno - 1] + node.end_col_offset
        yield one, start, end


def _edits(tree, data, cell, notebook, translate):
    """(start, end, new text) in bytes of each literal that has another text now."""
    for one, start, end in _places(tree, data, notebook):
        old = data[start:end].decode()
        new = _written(one, old, cell, notebook, translate)
        if new is not None:
            yield start, end, new


def _message(one, old, cell, notebook):
    """Context, text and kind of the message that a literal is, or None."""
    node, role = one.node, one.role
    if role == Role.DOC:
        text = inspect.cleandoc(node.value)
        said = notebook.documents and LABEL.search(text)
        return (cell, text, "docstring") if said else None
    if isinstance(node, ast.JoinedStr):
        if not notebook.shows(node, role):
            return None
        return cell, _as_message(node, _fields_as_written(old)), "f-string"
    text = node.value
    home = notebook.home(text, cell, role) if has_words(text, role) else None
    if home is None:
        return None
    is_key = text in notebook.looked_up and role != Role.SEEN
    return home, text, "looked up" if is_key else _KINDS.get(role, "text in code")


def _written(one, old, cell, notebook, translate):
    """The new literal, or None where the old one stays."""
    message = _message(one, old, cell, notebook)
    if message is None:
        return None
    _, text, kind = message
    new = translate(*message)
    if kind == "f-string":
        return _written_f(one.node, old, text, new, cell, notebook, translate)
    if new == text:
        return None
    return _docstring(new, old, one.node.col_offset) if kind == "docstring" else _quoted(new, old)


def _homes(node, notebook):
    """Text → context of what is looked up within the fields of an f-string."""
    inside = texts_inside(node)
    return {one: notebook.looked_up[one] for one in inside if one in notebook.looked_up}


def _written_f(node, old, text, new, cell, notebook, translate):
    keys = {one: translate(home, one, "looked up") for one, home in _homes(node, notebook).items()}
    changed = any(new != old for old, new in keys.items())
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
    code = without_magic(source)
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type != tokenize.COMMENT or source.splitlines()[token.start[0] - 1][:1] in "%!":
            continue
        said = re.split(r"\s+#\s*noqa", token.string)[0].removeprefix("#").strip()
        if _NOT_FOR_READERS.match(token.string) or not WORD.search(said):
            continue
        if (new := translate(cell, said, "comment")) != said:
            line = source.splitlines()[token.start[0] - 1]
            at = starts[token.start[0] - 1] + len(line[: token.start[1]].encode())
            begin = at + token.string.encode().index(said.encode())
            yield begin, begin + len(said.encode()), new
