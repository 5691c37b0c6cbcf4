"""Which texts of a cell a reader sees, found by their places in the syntax tree.

In three steps.

- *Seen* is what goes straight to the reader: labels of axes and curves, what `table`, `print` and
  the last line of a cell show, docstrings, messages of errors. Each is a message.
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
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

Translate = Callable[[str, str, str], str]  # (context, text, kind) → text

_SEEN_KEYWORDS = {"xlabel", "ylabel", "zlabel", "label", "title", "desc", "unit", "description"}
_SEEN_CALLS = {
    "annotate", "display", "legend", "Markdown", "print", "set_label", "set_title", "set_xlabel",
    "set_xticklabels", "set_xticks", "set_ylabel", "set_yticklabels", "set_yticks", "show",
    "suptitle", "table", "text", "warn",
}  # fmt: skip
# Hand on what they are given.
_LISTS = {
    "append", "dict", "enumerate", "extend", "format", "insert", "join", "list", "minus",
    "reversed", "sorted", "tuple", "zip",
}  # fmt: skip
# Of functions, rules and settings, which are English in every language.
_NAMES = {
    "adagrad", "adam", "adamw", "baseline", "center", "default", "elu", "gelu",
    "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "leaky relu", "lecun_normal",
    "lecun_uniform", "lion", "lr", "nesterov", "relu", "ReLU", "rmsprop", "selu", "SELU", "sgd",
    "sigmoid", "sin", "softmax", "softplus", "start", "steps-post", "swish", "tanh",
}  # fmt: skip
WORD = re.compile(r"[^\W\d_]{3}")
_PHRASE = re.compile(r"[^\W\d_]{2}\S*\s|\s\S*[^\W\d_]{2}")
_MARK = re.compile(r"[,;:] |\.$")  # between the parts of a sentence
_SMALL_WORD = re.compile(r"\s(as|at|by|in|is|of|on|or|to)\s")
LABEL = re.compile(r"[^\W\d_]{2}")
# Three words and no markup: a style or a template of HTML is none.
_SENTENCE = re.compile(r"(?=[^<>;\\|]*$)(?=.*[a-z]{2})\S+ (\S+ )+\S+")
# The same in a module of helpers, where a sentence may have a semicolon and |w + 1|.
_SAID = re.compile(
    r"(?!.*(;(?! )|\S\|\S|[<>\\]))(?=.*[a-z]{2})( ?\S+ (\S+ )+\S+|[A-Z][a-z]+: \S)", re.DOTALL
)
_EXCEPTION = re.compile(r"\w+Error:?")


class Role(Enum):
    """What the notebook does with a literal, by its place."""

    SEEN = auto()  # shows it to the reader
    DOC = auto()  # documents with it
    LOOKED_UP = auto()  # asks for something by it
    LISTED = auto()  # has it in a list, a dict, a menu
    VALUE = auto()  # assigns or returns it
    SETTING = auto()  # hands it to a library
    PRIVATE = auto()  # documents what is private


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
        trees = [(cell, parsed(source)) for cell, source in sources]
        book = cls(names=_Names.of([node for _, tree in trees for node in ast.walk(tree)]))
        places: list[tuple[str, str, Role]] = []
        made: list[re.Pattern] = []
        for cell, tree in trees:
            for one in literals(tree, book.names):
                asks = one.role in (Role.LOOKED_UP, Role.SETTING)
                if isinstance(one.node, ast.JoinedStr):
                    (book.patterns if asks else made).append(pattern_of(one.node))
                elif asks or not one.inside:
                    places.append((one.node.value, cell, one.role))
        book._sort(places, [one for one in made if WORD.search(one.pattern)])
        return book

    def _sort(self, places, made):
        self.asked = {text for text, _, role in places if role == Role.LOOKED_UP}
        self.settings = {text for text, _, role in places if role == Role.SETTING}
        self.settings |= self.names.knobs | _NAMES
        self.patterns = [one for one in self.patterns if WORD.search(one.pattern)]
        for text, cell, role in places:
            if role == Role.SETTING:
                self.by_cell.setdefault(cell, set()).add(text)
            kept = text in self.settings or any(one.fullmatch(text) for one in self.patterns)
            listed = role in (Role.LISTED, Role.VALUE) and has_words(text, role)
            said = _SENTENCE.match(text) and WORD.search(text)
            said = said and not any(one.fullmatch(text) for one in made)
            if text in self.asked and (listed or said) and not kept:
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

    def home(self, text: str, cell: str, role: Role) -> str | None:
        """The cell under which a literal is a message, or None if it is none."""
        if role == Role.SEEN:
            return cell
        if any(pattern.fullmatch(text) for pattern in self.patterns):
            return None
        if text in self.looked_up:
            return self.looked_up[text]
        kept = self.by_cell.get(cell, set()) | self.names.knobs | _NAMES
        if (
            role in (Role.PRIVATE, Role.SETTING, Role.LOOKED_UP)
            or text in self.asked
            or text in kept
        ):
            return None
        return cell

    def shows(self, node: ast.JoinedStr, role: Role) -> bool:
        """Whether an f-string is a message: its own text, and the texts within its fields."""
        if role in (Role.SETTING, Role.LOOKED_UP):
            return False
        own, inside = own_text(node), texts_inside(node)
        if role == Role.SEEN:
            return any(map(LABEL.search, [own, *inside]))
        said = WORD.search(own) or _SMALL_WORD.search(own) or _MARK.search(own)
        if said and any(pattern_of(node).fullmatch(text) for text in self.asked):
            return False
        return bool(
            said or any(map(_PHRASE.search, inside)) or any(map(WORD.search, branches(node)))
        )


class Module(Notebook):
    """A module of helpers: what it raises and documents; other texts if they are sentences."""

    def home(self, text: str, cell: str, role: Role) -> str | None:
        if role == Role.PRIVATE:
            return None
        return cell if role == Role.SEEN or _SAID.match(text) else None

    def shows(self, node: ast.JoinedStr, role: Role) -> bool:
        if role == Role.SEEN:
            return any(map(LABEL.search, [own_text(node), *texts_inside(node)]))
        return bool(WORD.search(own_text(node)) and _SAID.match(own_text(node, field="x")))


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
class Literal:
    """A text of a cell, or an f-string; `inside`: of a field of an f-string."""

    node: ast.Constant | ast.JoinedStr
    role: Role
    inside: bool


# -- Places ------------------------------------------------------------------------------------


def parsed(source: str) -> ast.Module:
    return ast.parse(without_magic(source))


def without_magic(source: str) -> str:
    """Lines that only IPython knows become comments of the same length."""
    return re.sub(r"^[%!]", "#", source, flags=re.MULTILINE)


def literals(tree, names) -> Iterator[Literal]:
    """All texts and f-strings of a cell, each with its role."""
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
        yield Literal(node, _role(node, above, last, names), _is_inside(node, above))


def _is_inside(node, above):
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
        if isinstance(node, ast.FormattedValue):
            return Role.VALUE
        if isinstance(node, ast.keyword):
            call = above[node][0]
            if node.arg is None:
                return Role.SETTING
            if node.arg in _SEEN_KEYWORDS:
                return Role.SEEN
            if _called(call) in _LISTS:
                return Role.LISTED
            if _called(call) == "explore":
                return Role.LISTED if listed else Role.SETTING
            return Role.LOOKED_UP if _called(call) in names.own else Role.SETTING
        if isinstance(node, ast.Call):
            name = _called(node)
            if place == "func":  # ", ".join(…)
                return Role.VALUE
            if name == "get":
                return Role.LOOKED_UP if child is node.args[0] else Role.VALUE
            if name in _SEEN_CALLS or name.endswith(("Error", "Warning", "NotYet", "_Form")):
                return Role.SEEN
            if name in _LISTS:
                listed = True
                continue
            return Role.LOOKED_UP if name in names.own else Role.SETTING
        if isinstance(node, ast.Dict):
            listed = True
            callee = names.starred.get(_target(node, above))
            if callee and (place == "keys" or callee != "explore"):
                return Role.SETTING
            if place == "values" and child is literal and _key(node, child) in names.knobs:
                return Role.LOOKED_UP  # a preset's value
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            listed = True
        elif isinstance(node, ast.Subscript) and place == "slice":
            if getattr(node.value, "id", None) in names.starred:
                return Role.SETTING
            stored = isinstance(node.ctx, ast.Store) and not joined
            return Role.LISTED if stored else Role.LOOKED_UP
        elif isinstance(node, (ast.Compare, ast.Assert, ast.MatchValue)):
            return Role.SEEN if place == "msg" else Role.LOOKED_UP
        elif isinstance(node, ast.arguments):
            return Role.LOOKED_UP
        elif isinstance(node, ast.Expr):
            if isinstance(child, ast.Constant) and node is not last:
                private = getattr(above[node][0], "name", "").startswith("_")
                return Role.PRIVATE if private else Role.DOC
            return Role.SEEN if node is last else Role.VALUE
        elif isinstance(node, ast.stmt):
            return Role.LISTED if listed else Role.VALUE
    return Role.VALUE


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
    """Names that are handed over with two stars, as keyword arguments → the function.

    What explore gets are knobs, whoever else gets them.
    """
    found = [
        (node.id, _called(call))
        for call in nodes
        if isinstance(call, ast.Call)
        for star in call.keywords
        if star.arg is None
        for node in ast.walk(star.value)
        if isinstance(node, ast.Name)
    ]
    return dict(sorted(found, key=lambda one: one[1] == "explore"))


def _lambdas(nodes):
    """Names of functions made by `name = lambda …`."""
    return {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def own_text(node: ast.JoinedStr, field: str = "") -> str:
    """An f-string with `field` in place of each field."""
    return "".join(part.value if isinstance(part, ast.Constant) else field for part in node.values)


def texts_inside(node: ast.JoinedStr) -> list[str]:
    """The texts within the fields of an f-string."""
    return [
        part.value
        for value in node.values
        if isinstance(value, ast.FormattedValue)
        for part in ast.walk(value.value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def branches(node: ast.JoinedStr) -> list[str]:
    """Of the texts within the fields, those between which an `if` chooses."""
    chosen = [
        branch
        for value in node.values
        for one in ast.walk(value)
        if isinstance(one, ast.IfExp)
        for branch in (one.body, one.orelse)
    ]
    return [one.value for one in chosen if isinstance(getattr(one, "value", None), str)]


def pattern_of(node):
    """What the text of an f-string can be."""
    parts = [
        re.escape(part.value) if isinstance(part, ast.Constant) else ".*" for part in node.values
    ]
    return re.compile("".join(parts), re.DOTALL)


def has_words(text, role):
    if role == Role.SEEN:
        plain = re.sub(r"`[^`]*`|\$[^$]*\$", "", text)
        return bool(LABEL.search(plain)) and not (text in _NAMES or _EXCEPTION.fullmatch(text))
    word = WORD.search(text) and (_PHRASE.search(text) or re.fullmatch(r"[A-Za-z-]+", text))
    return bool(word) or text == "no"
