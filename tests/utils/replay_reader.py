"""Reads an explorer's HTML fragment and moves it as replay.js does, in Python.

It knows the format only from the docstring of `utils._replay.pack` and from replay.js, so that it
can serve as an oracle: what it shows must be what Python draws for the same values.
"""

import base64
import json
import re
import zlib
from html import unescape
from itertools import product
from xml.etree import ElementTree

SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
OUTPUT = re.compile(r"<output\b[^>]*>(.*?)</output>", re.DOTALL)
FRAMES = re.compile(r'<script type="text/plain" class="frames">([^<]*)</script>')


def canonical(svg: str) -> str:
    """The same SVG in the one spelling that XML canonicalisation gives it."""
    return ElementTree.canonicalize(svg)


class Reader:
    """The figure of one fragment; `move` shows a position, given as the index of each knob."""

    def __init__(self, fragment: str) -> None:
        packed = json.loads(zlib.decompress(base64.b64decode(_only(FRAMES, fragment)[1])))
        markup = _only(SVG, fragment)[0]
        # Without its namespace, so that tags read "path", as in a page; put back in `svg`.
        self.root = ElementTree.fromstring(markup.replace(f" {NAMESPACE}", "", 1))
        self.sentence = unescape(_only(OUTPUT, fragment)[1])
        nodes = list(self.root.iter())
        self.slots = [
            (nodes[node] if node >= 0 else None, kind, values)
            for node, kind, values in packed["slots"]
        ]
        self.at = packed["at"]
        self.now = [0] * len(self.slots)

    @property
    def svg(self) -> str:
        """What is shown now, in canonical spelling."""
        text = ElementTree.tostring(self.root, encoding="unicode")
        return canonical(text.replace("<svg", f"<svg {NAMESPACE}", 1))

    def move(self, position: int) -> None:
        """Show the position with this number, the last knob counting fastest."""
        for i, (node, kind, values) in enumerate(self.slots):
            if (index := self.at[i][position]) != self.now[i]:
                self.now[i] = index
                self._set(node, kind, values[index])

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


def _only(pattern: re.Pattern, text: str) -> re.Match:
    found = list(pattern.finditer(text))
    assert len(found) == 1, f"{len(found)} matches of {pattern.pattern}"
    return found[0]
