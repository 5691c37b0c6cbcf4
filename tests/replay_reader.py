"""Reads an explorer's HTML fragment and moves it as replay.js does, in Python.

It knows the format only from the docstring of `utils._pack.pack` and from replay.js, so that it
can serve as an oracle: what it shows must be what Python draws for the same values.
"""

import base64
import json
import re
import zlib
from html import unescape
from itertools import product
from xml.etree import ElementTree

import numpy as np

SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
OUTPUT = re.compile(r"<output\b[^>]*>(.*?)</output>", re.DOTALL)
KNOB = re.compile(
    r"""<(?:input[^>]* name="[^"]+"(?:[^>]*data-labels="([^"]*)")?|select[^>]*>(.*?)</select>)"""
)
FRAMES = re.compile(r'<script type="text/plain" class="frames">([^<]*)</script>')


def canonical(svg: str) -> str:
    """The same SVG in the one spelling that XML canonicalisation gives it."""
    return ElementTree.canonicalize(f"<x>{svg}</x>")


class Reader:
    """The figure of one fragment; `move` shows a position, given by its number."""

    def __init__(self, fragment: str) -> None:
        pictures = "".join(SVG.findall(fragment))
        # Without its namespace, so that tags read "path", as in a page; put back in `svg`.
        self.root = ElementTree.fromstring(f"<x>{pictures.replace(f' {NAMESPACE}', '')}</x>")
        self.sentence = unescape(_only(OUTPUT, fragment)[1])
        self.nodes = list(self.root.iter())[1:]
        self.stops = [
            len(one[0].split("|")) if one[0] else one[1].count("<option") or 2
            for one in KNOB.findall(fragment)
        ]
        packed = base64.b64decode(_only(FRAMES, fragment)[1])
        self.blocks = unpacked(packed, self.stops)

    @property
    def svg(self) -> str:
        """What is shown now, in canonical spelling."""
        texts = (ElementTree.tostring(one, encoding="unicode") for one in self.root)
        return canonical("".join(text.replace("<svg", f"<svg {NAMESPACE}", 1) for text in texts))

    def move(self, position: int) -> None:
        """Show the position with this number, the last knob counting fastest."""
        indices = np.unravel_index(position, self.stops)
        for knobs, slots, numbers in self.blocks:
            row = iter(numbers[tuple(indices[knob] for knob in knobs)].tolist())
            for node, kind, templates, width in slots:
                own = [next(row) for _ in range(width)]
                value = templates[own.pop(0) if len(templates) > 1 else 0]
                if value is not None:
                    value = _written(value, own)
                if node < 0:
                    self.nodes[0].set("aria-label", value)
                self._set(self.nodes[node] if node >= 0 else None, kind, value)

    def _set(self, node: ElementTree.Element | None, kind: str, value: str | None) -> None:
        if node is None:
            self.sentence = value
        elif kind == "":
            node.text = value
        elif kind == "<":
            inside = ElementTree.fromstring(f"<x>{value}</x>")
            node[:], node.text = list(inside), inside.text
        elif value is None:
            node.attrib.pop(kind, None)
        else:
            node.set(kind, value)


NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'


def grid(**stops: list) -> list[dict]:
    """The values of every position, the last knob moving fastest."""
    return [dict(zip(stops, values, strict=True)) for values in product(*stops.values())]


def unpacked(packed: bytes, stops: list[int]) -> list[tuple]:
    """Knobs, slots and numbers of each block; the numbers' last axis is that of a cell."""
    line, _, rest = zlib.decompress(packed).partition(b"\n")
    blocks, at = [], 0
    for knobs, summed, stride, by_column, slots in json.loads(line):
        shape = [*(stops[knob] for knob in knobs), sum(slot[3] for slot in slots)]
        size = int(np.prod(shape))
        low, high = np.frombuffer(rest, np.uint8, 2 * size, at).reshape(2, size).astype(int)
        at += 2 * size
        coded = low + 256 * high
        signed = np.where(coded % 2, -(coded + 1) // 2, coded // 2)
        apart = signed.reshape(-1, size // shape[-1]).T if by_column and size else signed
        numbers = apart.reshape(shape)
        for first in range(stride):
            numbers[..., first::stride] = numbers[..., first::stride].cumsum(axis=-1)
        for axis in summed:
            numbers = numbers.cumsum(axis=axis)
        blocks.append((knobs, slots, (numbers + 2**15) % 2**16 - 2**15))
    assert at == len(rest)
    return blocks


def _written(template: str, numbers: list[int]) -> str:
    """The template with numbers in its holes."""
    pieces = re.split("([\ue000-\ue008])", template)
    for i, number in zip(range(1, len(pieces), 2), numbers, strict=False):
        digits = ord(pieces[i]) - 0xE001
        pieces[i] = f"{number / 4:g}" if digits < 0 else f"{number / 10**digits:.{digits}f}"
    return "".join(pieces)


def _only(pattern: re.Pattern, text: str) -> re.Match:
    found = list(pattern.finditer(text))
    assert len(found) == 1, f"{len(found)} matches of {pattern.pattern}"
    return found[0]
