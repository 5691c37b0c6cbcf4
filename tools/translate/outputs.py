"""What a notebook's cells show, in another language, without running it a second time.

`website/run/execution.py` runs the English notebook, and keeps a record of how each text was made
(`website/run/marked.py`). Here each text of an output is looked up in the record of its cell, or of
one before it, and made anew of the translated messages. It is found only as it is: what was changed
on its way, by `.upper()` or `%` or slicing, is lost: it stays English, and is named.
"""

import ast
import base64
import json
import re
from collections.abc import Sequence
from html import escape, unescape
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from tools.translate import pages, places, python
from tools.translate.places import WORD, Role, Translate
from utils._pack import with_texts
from utils.tables import minus

# What the explorers say themselves, and where it is a message.
_OWN = {
    "Copy link to this setting": "_replay",
    "Knobs of this figure": "_replay",
    "Play": "replay.js",
    "Settings to try": "_replay",
    "Show the code for this setting": "_replay",
}
# The labels of its panels for the ear.
_PANELS = {
    "This panel shows {y} over {x}": re.compile(r"This panel shows (.*?) over (.*)"),
    "This is panel {number + 1}": re.compile(r"This is panel (\d+)"),
}
# What a library says in an output: it stays as it is.
SAID_BY_LIBRARIES = (
    "gamma", "beta", "moving_mean", "moving_variance", "x and y must have same first dimension",
    "`momentum` must be a float", "Do not pass an `input_shape`",
)  # fmt: skip
_STUB = re.compile(r"(\S+) is still to be written: (.*)", re.DOTALL)
_NUMBERED = re.compile(r".*?\d\.\d+\s*[:：]\s*", re.DOTALL)
_ROW = re.compile(r"\| (.*) \|")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"")
_IN_HTML = re.compile(r"(?<=>)[^<>]+(?=<)")
_IN_SVG = re.compile(r"(?<=>)[^<>]+(?=</(?:text|tspan)>)")
_LABEL = re.compile(r'(?<= aria-label=")[^"]*')
_PICTURE_OR_FRAMES = re.compile(
    r'(<svg\b.*?</svg>|(?<=<script type="text/plain" class="frames">)[^<]*)', re.DOTALL
)
# A knob's name stays; so does an option's value, which is part of the address of a setting.
_CONTROL = re.compile(
    r'<label [^>]*translate="no">[^<]*|(?P<text>(?<=>)[^<>]+(?=<))'
    r'|(?<= )(?P<name>aria-label|aria-valuetext|data-labels|data-code)="(?P<value>[^"]*)"'
)
_STOPS = re.compile(
    r'<input type="range"[^>]* data-labels="(?P<labels>[^"]*)"'
    r'|<select [^>]*>(?P<options>.*?)</select>|<input type="checkbox"'
)


def notebook(
    path: Path, executed: NotebookNode, record: dict[str, Any], translate: Translate
) -> tuple[NotebookNode, list[tuple[str, str]]]:
    """A page in another language: its notebook, with its outputs; and what is lost of these.

    Args:
        path: the English notebook.
        executed: its cells of code with their outputs, as the execution cache has them.
        record: how its texts were made: the metadata "texts" of that notebook.
        translate: (context, text, kind) → text, of the catalogs of the page and of `utils`.
    Raises:
        ValueError: a translation would change more than texts.
    """
    page = nbformat.reads(pages.rewrite(path, translate), as_version=4)
    whole, lost = translated(executed, record, translate)
    done = {cell.id: cell for cell in whole.cells}
    for cell in page.cells:
        if cell.id in done:
            cell.outputs = done[cell.id].outputs
            cell.execution_count = done[cell.id].execution_count
    return page, lost


def translated(
    executed: NotebookNode, record: dict[str, Any], translate: Translate
) -> tuple[NotebookNode, list[tuple[str, str]]]:
    """The executed notebook with its outputs in another language; arguments as of `notebook`.

    And cell and text of all that is shown, has words, and is in no record: so it stays English. Not
    of what is printed, of names that the notebook's code has, too, nor of what Python or a library
    says.
    """
    texts = _Texts(record, translate)
    names = _names(executed, {text for _, text, _ in record.get("messages", ())})
    result = nbformat.from_dict(executed)
    lost = []
    for cell in result.cells:
        texts.enter(cell.id)
        for output in cell.get("outputs", ()):
            texts.unknown = {}
            _renew(output, texts)
            if output.output_type == "stream":
                continue  # what is printed may be anything
            lost += [
                (cell.id, text)
                for text in texts.unknown
                if not text.startswith(SAID_BY_LIBRARIES)
                and not {word for word in re.findall(r"\w+", text) if WORD.search(word)} <= names
            ]
    return result, lost


def _names(executed, messages):
    """The words of a notebook's code that are names, or texts that are no messages."""
    cells = [cell for cell in executed.cells if cell.cell_type == "code"]
    trees = [places.parsed(cell.source) for cell in cells]
    book = places.Notebook.of((cell.id, cell.source) for cell in cells)
    found = {"False", "None", "True", "inf", "nan"}
    for tree in trees:
        for node in ast.walk(tree):
            for _, value in ast.iter_fields(node):
                if isinstance(value, str) and not isinstance(node, ast.Constant):
                    found |= set(re.findall(r"\w+", value))
        for one in places.literals(tree, book.names):
            text = getattr(one.node, "value", None)
            is_own = not one.inside and one.role not in (Role.DOC, Role.PRIVATE)
            if is_own and text and text not in messages:
                found |= set(re.findall(r"\w+", text))
    return found


# -- Texts -------------------------------------------------------------------------------------


class _Texts:
    """What the texts of one cell after the other are in another language.

    known: text → composition; hyphened: what `minus` makes of a text → that text; unknown: those
    that were asked for, and no record has.
    """

    def __init__(self, record: dict[str, Any], translate: Translate) -> None:
        self.cells, self.translate = record.get("cells", {}), translate
        self.messages = [_Message(*one, translate) for one in record.get("messages", ())]
        self.known: dict[str, Any] = {}
        self.hyphened: dict[str, str] = {}
        self.unknown: dict[str, None] = {}

    def enter(self, cell: str) -> None:
        """Go on to the next cell; what it made itself goes before what others have made."""
        made = self.cells.get(cell, {})
        self.known |= made
        self.hyphened |= {minus(text): text for text in made if "-" in text}
        self.lines = {
            line: (text, i)
            for text in made
            for i, line in enumerate(text.split("\n"))
            if "\n" in text
        }

    def new(self, text: str) -> str:
        """A text that is shown, in the other language if a record has it."""
        found = self._found(text)
        return self._as_it_is(text) if found is None else found

    def drawn(self, text: str) -> str:
        """A text in a picture, where matplotlib draws each line on its own."""
        if text in self.known or text not in self.lines:
            return self.new(text)
        whole, i = self.lines[text]
        lines = self.new(whole).split("\n")
        return lines[i] if i < len(lines) else text

    def control(self, text: str) -> str:
        """A text of an explorer's controls."""
        if text in self.known or text not in _OWN:
            return self.new(text)
        return self.translate(_OWN[text], text, "shown")

    def label(self, text: str) -> str:
        """A sentence, or a panel's label for the ear."""
        for message, pattern in _PANELS.items():
            if (match := pattern.fullmatch(text)) and text not in self.known:
                return self.said("_canvas", message, *map(self.new, match.groups()))
        return self.new(text)

    def said(self, context: str, text: str, *values: str) -> str:
        """A message of `utils` that is an f-string, with these values in its fields."""
        return _Message(context, text, "f-string", self.translate).filled(values)

    def _found(self, text):
        if text in self.known:
            return self.made(self.known[text])
        if text in self.hyphened:
            return minus(self.made(self.known[self.hyphened[text]]))
        return None

    def made(self, composition: Any) -> Any:
        """The text of a composition, which `website/run/marked.py` describes."""
        if isinstance(composition, str):
            return self._leaf(composition)
        if not isinstance(composition, list):
            return composition
        kind, *rest = composition
        if kind == "is":
            return self.messages[rest[0]].text
        if kind == "inside":
            number, field, i = rest
            return self.messages[number].inside[field][i]
        if kind == "fields":
            number, values = rest
            return self.messages[number].filled([self.made(one) for one in values])
        if kind == "joined":
            return "".join(map(self._part, rest[0]))
        template, values, named = rest
        given = {name: self._part(one) for name, one in named.items()}
        return self.made(template).format(*map(self._part, values), **given)

    def _leaf(self, text):
        """A part of a text that is the same in all languages, or has lost what it was made of.

        As by `minus`. Looked for are f-strings alone: a name may be a message elsewhere.
        """
        kind, *_ = self.known.get(self.hyphened.get(text, text)) or [""]
        return self._found(text) if kind == "fields" else self._as_it_is(text)

    def _as_it_is(self, text):
        if WORD.search(text):
            self.unknown[text] = None
        return text

    def _part(self, composition):
        """What is joined may be a whole table."""
        if isinstance(composition, str) and "\n" in composition:
            return _markdown(composition, self)
        return self.made(composition)


class _Message:
    """One message, translated: a text, or an f-string whose fields get values."""

    def __init__(self, context: str, text: str, kind: str, translate: Translate) -> None:
        self.text = translate(context, text, kind)
        if kind == "f-string":
            self.parts, self.inside = python.parts(text, self.text)

    def filled(self, values: Sequence[str]) -> str:
        return "".join(values[one] if isinstance(one, int) else one for one in self.parts)


# -- Outputs -----------------------------------------------------------------------------------


def _renew(output, texts):
    """Put an output into the other language."""
    if output.output_type == "stream":
        output.text = "\n".join(map(texts.new, output.text.split("\n")))
    elif output.output_type == "error":
        if output.ename == "NotYet":  # IPython shows its lines alone
            output.evalue = _stub(output.evalue, texts)
            output.traceback = output.evalue.split("\n")
    elif rich := _FORMS.keys() & output.data.keys():
        for form in rich:
            output.data[form] = _FORMS[form](output.data[form], texts)
    else:
        output.data["text/plain"] = _plain(output.data["text/plain"], texts)


def _stub(text, texts):
    """What `utils.check` says of a stub, whose own text it takes apart."""
    match = _STUB.fullmatch(text)
    whole = match and next((one for one in texts.known if one.endswith(f": {match[2]}")), None)
    if not whole:
        return texts.new(text)
    task = _NUMBERED.sub("", texts.new(whole), count=1)
    return texts.said("check", "{what} is still to be written: {task}", match[1], task)


def _plain(text, texts):
    """Texts as Python writes them, alone or in a list."""

    def quoted(match):
        old = ast.literal_eval(match[0])
        new = texts.new(old)
        return match[0] if new == old else repr(new)

    return _QUOTED.sub(quoted, text)


def _markdown(text, texts):
    """A text that is known as it is, or line by line, and cell by cell in tables."""
    if text in texts.known:
        return texts.new(text)

    def renewed(line):
        row = _ROW.fullmatch(line)
        if row is None:
            return texts.new(line)
        return f"| {' | '.join(map(texts.new, row[1].split(' | ')))} |"

    return "\n".join(map(renewed, text.split("\n")))


def _svg(text, texts):
    return _IN_SVG.sub(lambda match: _escaped(match[0], texts.drawn), text)


def _html(text, texts):
    if text.startswith('<figure class="explorer"'):
        return _explorer(text, texts)
    return _IN_HTML.sub(lambda match: _escaped(match[0], texts.new), text)


_FORMS = {"image/svg+xml": _svg, "text/html": _html, "text/markdown": _markdown}


def _escaped(text, new):
    """A text of markup; where it stays the same, so do its bytes."""
    old = unescape(text)
    found = new(old)
    return text if found == old else escape(found)


# -- Explorers ---------------------------------------------------------------------------------


def _explorer(fragment, texts):
    """What `utils/_replay.py` has made: controls, first pictures, and the packed other ones."""
    stops = [_count(match) for match in _STOPS.finditer(fragment)]
    pieces = _PICTURE_OR_FRAMES.split(fragment)
    for i, piece in enumerate(pieces):
        if i % 2 == 0:
            pieces[i] = _CONTROL.sub(lambda match: _control(match, texts), piece)
        elif piece.startswith("<svg"):
            labelled = _LABEL.sub(lambda match: _escaped(match[0], texts.label), piece, count=1)
            pieces[i] = _svg(labelled, texts)
        else:
            packed = with_texts(base64.b64decode(piece), stops, texts.label)
            pieces[i] = base64.b64encode(packed).decode("ascii")
    return "".join(pieces)


def _count(match):
    """How many stops a knob has."""
    if match["labels"] is not None:
        return match["labels"].count("|") + 1
    return match["options"].count("<option") if match["options"] is not None else 2


def _control(match, texts):
    """A text of the controls, or an attribute that holds some."""
    if match["text"]:
        return _escaped(match["text"], texts.control)
    name, value = match["name"], match["value"]
    if name == "data-labels":
        return f'{name}="{"|".join(_escaped(one, texts.new) for one in value.split("|"))}"'
    if name == "data-code":
        return f'{name}="{escape(json.dumps(_code(json.loads(unescape(value)), texts)))}"'
    return f'{name}="{_escaped(value, texts.control)}"' if name else match[0]


def _code(code, texts):
    """What the code for a setting is made of: the literals of a menu's texts are translated."""

    def literal(one):
        text = json.loads(one) if one and one.startswith('"') else None
        return one if text is None else json.dumps(texts.new(text), ensure_ascii=False)

    return code | {
        "literals": {name: [*map(literal, ones)] for name, ones in code["literals"].items()}
    }
