"""All frames of an explorer as few bytes: what differs between them, numbers apart from the rest.

`replay.js` reads what `pack` writes. A picture's attribute, text or inside that is not the same in
all frames is a *slot*. Its values are templates and numbers: "M 1.25 7" is "M # #" and 5, 28, in
quarter points. Neighbours in the grid of positions have numbers that are nearly the same; so what
is stored is how they differ from their neighbours', along some of the knobs and along the curve.
"""

import itertools
import json
import math
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape, unescape
from typing import Any
from xml.etree import ElementTree

import numpy as np

from utils._canvas import Frame
from utils._svg import GRID

# Stand for a number: in points, or with so many digits after its point.
_IN_POINTS, _DECIMALS = "\ue000", "\ue001\ue002\ue003\ue004\ue005\ue006\ue007\ue008"
_HOLE = f"[{_IN_POINTS}-{_DECIMALS[-1]}]"
_VALUE = re.compile(r'="([^"]*)"|>([^<]+)')
_NUMBER = re.compile(r"(?<![\w.#-])-?\d+(?:\.\d+)?(?!\w|\.\d)")
_TEXT = re.compile(r"(?:^|(?<=>))[^<>]+")
_MARK = "\uf8ff"  # in markup, the place of a value
_LARGEST = 2**15 - 1
_CURVE = 32  # numbers: a slot with more of them is coded on its own

_NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'

Column = list[str | None]  # of one slot, a value for each frame


def _inner_texts(markup: str, new: Callable[[str], str]) -> str:
    return _TEXT.sub(lambda match: escape(new(unescape(match[0])), quote=False), markup)


def _whole_text(text: str, new: Callable[[str], str]) -> str:
    return new(text)


# Kinds of slots that hold texts, and how these are renewed.
_TEXTS = {"": _whole_text, "aria-label": _whole_text, "<": _inner_texts}


@dataclass(frozen=True)
class _Slot:
    """A slot whose values are told by the stops of these knobs; a row of numbers for each cell."""

    node: int
    kind: str
    knobs: tuple[int, ...]
    templates: list[str | None]
    numbers: np.ndarray

    @property
    def head(self) -> list:
        return [self.node, self.kind, self.templates, self.numbers.shape[1]]


def pack(frames: Sequence[Frame], first: int, stops: Sequence[int]) -> bytes:
    """Deflated: a line of JSON, then bytes of numbers.

    `first` is the number of the frame that the page shows before any move; `stops` has for each
    knob how many it has, the last one moving fastest.

    The JSON lists blocks, [knobs, summed, stride, by column, slots]. A block has a *cell* for each
    choice of stops of its knobs, the last one counting fastest, and in each cell the numbers of its
    slots, one slot after the other. In the order of the JSON, each block has two bytes for each
    number: first all low ones, then all high ones, cell by cell or column by column. They make
    zigzag numbers (0, -1, 1, -2, …); these must be summed up along the knobs `summed` and then,
    within a cell, each with the one `stride` places before it, if that is not 0; modulo 2**16.

    A slot is [node, kind, templates, count of numbers]: `node` counts the elements of the first
    frame's pictures in document order, -1 is the sentence; `kind` is an attribute's name, "" for
    the text, "<" for the inner markup. If there are several templates, the slot's first number says
    which one holds. In a template U+E000 stands for a number of 1/GRID points, U+E001 + n for one
    with n digits after its point; null removes the attribute.
    """
    slots = [
        _slot(node, kind, column, stops)
        for node, kind, column in _columns(frames, first)
        if any(value != column[0] for value in column)
    ]
    return _deflated([_coded(knobs, together, stops) for knobs, together in _blocks(slots)])


def with_texts(packed: bytes, stops: Sequence[int], new: Callable[[str], str]) -> bytes:
    """What `pack` has written, with `new(text)` for each text, sentence and label for the ear.

    Blocks in which nothing changes keep their bytes, for to code them is what takes the time.
    """
    line, _, numbers = zlib.decompress(packed).partition(b"\n")
    blocks, changed, at = [], [], 0
    for head in json.loads(line):
        knobs, *_, heads = head
        size = 2 * math.prod(stops[knob] for knob in knobs) * sum(width for *_, width in heads)
        coded, at = numbers[at : at + size], at + size
        slots = []
        if any(kind in _TEXTS for _, kind, *_ in heads):
            slots = _decoded(head, coded, stops)
        renewed = [_with_texts(slot, stops, new) for slot in slots]
        if renewed == slots:
            blocks.append((head, coded))
        else:
            changed += renewed
    blocks += [_coded(knobs, together, stops) for knobs, together in _blocks(changed)]
    return _deflated(blocks)


def _coded(knobs, slots, stops):
    """A block's part of the JSON, and its bytes."""
    matrix = np.concatenate([slot.numbers for slot in slots], axis=1)
    how, coded = _code(matrix, [stops[knob] for knob in knobs])
    return [knobs, *how, [slot.head for slot in slots]], coded


def _deflated(blocks: Sequence[tuple[list, bytes]]) -> bytes:
    text = json.dumps([head for head, _ in blocks], separators=(",", ":"), ensure_ascii=False)
    return zlib.compress(text.encode() + b"\n" + b"".join(coded for _, coded in blocks), 9)


def _decoded(head, coded, stops):
    """The slots of a block."""
    knobs, summed, stride, by_column, heads = head
    shape = [stops[knob] for knob in knobs]
    low, high = np.frombuffer(coded, np.uint8).reshape(2, -1).astype(np.uint16)
    zigzag = low | high << 8
    numbers = (zigzag >> 1).astype(np.int16) ^ -(zigzag & 1).astype(np.int16)
    cells = math.prod(shape)
    rows = numbers.reshape(-1, cells).T if by_column else numbers.reshape(cells, -1)
    grid = rows.reshape(*shape, -1).copy()
    for first in range(stride):
        grid[..., first::stride] = grid[..., first::stride].cumsum(axis=-1, dtype=np.int16)
    for axis in summed:
        grid = grid.cumsum(axis=axis, dtype=np.int16)
    ends = np.cumsum([width for *_, width in heads])
    parts = np.split(grid.reshape(cells, -1), ends[:-1], axis=1)
    return [
        _Slot(node, kind, tuple(knobs), templates, part)
        for (node, kind, templates, _), part in zip(heads, parts, strict=True)
    ]


def _with_texts(slot, stops, new):
    """A slot with other texts, or itself."""
    if slot.kind not in _TEXTS:
        return slot
    column = [_value(slot.templates, row) for row in slot.numbers.tolist()]
    renewed = [value and _TEXTS[slot.kind](value, new) for value in column]
    if renewed == column:
        return slot
    own = [count if knob in slot.knobs else 1 for knob, count in enumerate(stops)]
    return _slot(slot.node, slot.kind, renewed, own)


def _value(templates: list[str | None], numbers: list[int]) -> str | None:
    """The value of a slot in one cell, as replay.js finds it."""
    template = templates[numbers[0] if len(templates) > 1 else 0]
    rest = iter(numbers[len(templates) > 1 :])
    return template and re.sub(_HOLE, lambda match: _written(next(rest), match[0]), template)


def _columns(frames: Sequence[Frame], first: int) -> Iterator[tuple[int, str, Column]]:
    """Node, kind and values of all places in which the frames may differ, and of the sentence."""
    kinds: dict[str, int] = {}  # markup without its values → number
    same: dict[str, str] = {}
    rows = []
    for frame in frames:
        # The namespace would come back as a prefix on every tag of an inner markup.
        markup = "".join(frame.pictures).replace(_NAMESPACE, "")
        bare, values = _apart(markup)
        row = [same.setdefault(value, value) for value in values]  # each kept once
        rows.append((kinds.setdefault(bare, len(kinds)), row))
    trees = [ElementTree.fromstring(f"<x>{bare}</x>") for bare in kinds]
    for tree in trees:
        _number_values(tree)
    sentences: Column = [frame.sentence for frame in frames]
    for node, kind, readers in _places(trees, rows[first][0], itertools.count(-1)):
        column = [readers[number](values) for number, values in rows]
        if kind != "aria-label" or column != sentences:  # which replay.js writes there
            yield node, kind, column
    yield -1, "", sentences


def _apart(markup: str) -> tuple[str, list[str]]:
    """The markup with a mark in place of each attribute and text, and these values."""
    values: list[str] = []

    def note(value: str) -> str:
        values.append(value)
        return _MARK

    return _with_values(markup, note), values


def _with_values(markup: str, new: Callable[[str], str]) -> str:
    """The markup with new attributes and texts in place of the old ones."""
    return _VALUE.sub(
        lambda match: f">{new(match[2])}" if match[1] is None else f'="{new(match[1])}"', markup
    )


def _number_values(tree: ElementTree.Element) -> None:
    """Write the number of each value of the markup in its place."""
    count = itertools.count()
    for node in tree.iter():
        node.attrib = {key: str(next(count)) for key in node.attrib}
        if node.text:
            node.text = str(next(count))


Reader = Callable[[Sequence[str]], str | None]  # from a frame's values


def _places(
    nodes: list[ElementTree.Element], first: int, count: "itertools.count[int]"
) -> Iterator[tuple[int, str, list[Reader]]]:
    """Node, kind, and for each tree how its values are read, of all that may differ."""
    index = next(count)
    for key in dict.fromkeys(key for node in nodes for key in node.attrib):
        yield index, key, [_one_of(node.get(key)) for node in nodes]
    shapes = {(bool(node.text), *(child.tag for child in node)) for node in nodes}
    if len(shapes) == 1:
        if nodes[0].text:
            yield index, "", [_one_of(node.text) for node in nodes]
        for children in zip(*nodes, strict=True):
            yield from _places(list(children), first, count)
        return
    if all(len(node) == 0 for node in nodes):
        yield index, "", [_one_of(node.text) if node.text else lambda _: "" for node in nodes]
        return
    yield index, "<", [_inside(node) for node in nodes]
    for _ in range(sum(1 for _ in nodes[first].iter()) - 1):
        next(count)


def _one_of(number: str | None) -> Reader:
    return (lambda _: None) if number is None else lambda values: unescape(values[int(number)])


def _inside(node: ElementTree.Element) -> Reader:
    inside = "".join(ElementTree.tostring(child, encoding="unicode") for child in node)
    markup = f">{node.text or ''}{inside}"
    return lambda values: _with_values(markup, lambda number: values[int(number)])[1:]


def _slot(node: int, kind: str, column: Column, stops: Sequence[int]) -> _Slot:
    index: dict[str | None, int] = {}
    ids = np.array([index.setdefault(one, len(index)) for one in column]).reshape(stops)
    knobs = tuple(
        axis for axis in range(ids.ndim) if (ids != ids.take([0], axis=axis)).any()
    )  # fmt: skip
    for axis in set(range(ids.ndim)) - set(knobs):
        ids = ids.take([0], axis=axis)
    cells = ids.ravel()
    read = [_read(one, kind) for one in index]
    numbers = _padded([read[one][1] for one in cells])
    fixed = (numbers == numbers[0]).all(axis=0)
    texts = [_fill(template, numbers[0], fixed) for template, _ in read]
    templates = list(dict.fromkeys(texts))
    numbers = numbers[:, ~fixed]
    if len(templates) > 1:
        place = {template: number for number, template in enumerate(templates)}
        which = np.array([place[text] for text in texts], np.int16)[cells]
        numbers = np.concatenate([which[:, None], numbers], axis=1)
    return _Slot(node, kind, knobs, templates, numbers)


def _read(value: str | None, kind: str) -> tuple[str | None, list[int]]:
    """A value's template and numbers."""
    numbers: list[int] = []

    def hole(match: re.Match) -> str:
        text = match[0]
        whole, _, digits = text.partition(".")
        if kind and (points := float(text) * GRID).is_integer() and f"{float(text):g}" == text:
            number, mark = int(points), _IN_POINTS
        elif len(digits) < len(_DECIMALS) and f"{float(text):.{len(digits)}f}" == text != "-0":
            number, mark = int(whole + digits), _DECIMALS[len(digits)]
        else:
            return text
        if abs(number) > _LARGEST or (number == 0 and text[0] == "-"):
            return text
        numbers.append(number)
        return mark

    if value is None:
        return None, numbers
    return _NUMBER.sub(hole, value), numbers


def _padded(rows: list[list[int]]) -> np.ndarray:
    """Rows of one length; what a row lacks, it takes from the one before."""
    width = max(map(len, rows))
    matrix = np.zeros((len(rows), width), np.int16)
    for i, row in enumerate(rows):
        matrix[i] = matrix[i - 1] if i else 0
        matrix[i, : len(row)] = row
    return matrix


def _fill(template: str | None, numbers: np.ndarray, fixed: np.ndarray) -> str | None:
    """The template with the numbers written out that are the same in all cells."""
    if template is None:
        return None
    column = itertools.count()

    def write(match: re.Match) -> str:
        i = next(column)
        return _written(int(numbers[i]), match[0]) if fixed[i] else match[0]

    return re.sub(_HOLE, write, template)


def _written(number: int, mark: str) -> str:
    if mark == _IN_POINTS:
        return f"{number / GRID:g}"
    digits = _DECIMALS.index(mark)
    return f"{number / 10**digits:.{digits}f}"


def _blocks(slots: list[_Slot]) -> Iterator[tuple[tuple[int, ...], list[_Slot]]]:
    """The slots that are coded together, and their knobs."""
    blocks: dict[Any, list[_Slot]] = {}
    for number, slot in enumerate(slots):
        alone = number if slot.numbers.shape[1] > _CURVE else slot.kind
        blocks.setdefault((slot.knobs, alone), []).append(slot)
    for (knobs, _), together in blocks.items():
        yield knobs, together


def _code(matrix: np.ndarray, stops: Sequence[int]) -> tuple[list, bytes]:
    """How the numbers are coded, [summed, stride, by column], and their bytes."""
    grid = matrix.reshape(*stops, -1)
    size = float("inf")
    best: tuple[list[int], int, np.ndarray] = ([], 0, grid)
    axes = range(len(stops))
    for count in range(len(stops) + 1):
        for summed in itertools.combinations(axes, count):
            apart = grid
            for axis in summed:
                apart = np.diff(apart, axis=axis, prepend=apart.dtype.type(0))
            for stride in range(3):
                rest = apart.copy()
                if stride:
                    rest[..., stride:] -= apart[..., :-stride]
                if (bits := _entropy(rest)) < size:
                    best, size = (list(summed), stride, rest), bits
    knobs, stride, rest = best
    rest = rest.reshape(matrix.shape)
    zigzag = ((rest << 1) ^ (rest >> 15)).astype(np.uint16)
    rows, columns = (
        (part & 255).astype(np.uint8).tobytes() + (part >> 8).astype(np.uint8).tobytes()
        for part in (zigzag, np.ascontiguousarray(zigzag.T))
    )
    turned = len(zlib.compress(columns)) < len(zlib.compress(rows))
    return [knobs, stride, int(turned)], columns if turned else rows


def _entropy(numbers: np.ndarray) -> float:
    """Bits that the numbers take if each is coded by how often it occurs."""
    counts = np.bincount(numbers.ravel().view(np.uint16))
    counts = counts[counts > 0]
    return float(-(counts * np.log2(counts / numbers.size)).sum()) if numbers.size else 0.0
