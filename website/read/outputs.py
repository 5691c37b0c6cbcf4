"""Sphinx extension: what a cell shows is for readers: a number, and no `np.float64(0.44)`.

How an object represents itself is also different from one version to the next (NumPy 1.26 shows
0.44), or from one run to the next (an address in memory).
"""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from website import extension
from website.read.places import place

_LOGGER = logging.getLogger(__name__)
_RAW = re.compile(
    r"\bnp\.(?:(?:u?int|float|complex)\d+|longdouble|bool_?|str_|bytes_|void"
    r"|(?:datetime|timedelta)64)\(|\bnp\.(?:True|False)_"
    r"|<tf\.(?:Ragged)?(?:Tensor|Variable)\b|\btf\.Tensor\(|<KerasTensor\b|<(?:Keras)?Variable\b"
    r"|<Axes\b|\bText\(\d|\bat 0x[0-9a-fA-F]{4}|<built-in "
    r"|<[\w.]+ (?:['\"]|object\b|name=\w|element_spec=|size \d)"
)


def raw(text: str) -> str:
    """The first place where a text represents an object instead of saying what it is, or "".

    >>> raw("[np.float64(0.44), 0.45]"), raw("array([0.44, 0.45])")
    ('np.float64(', '')
    """
    found = _RAW.search(text)
    return found[0] if found else ""


class ReadableOutputs(SphinxPostTransform):
    """Warn of each output that represents an object (the course builds with warnings as errors)."""

    default_priority = 5  # after myst-nb chose among an output's forms (4)
    formats = ("html",)

    def run(self, **_kwargs: Any) -> None:
        for output in self.document.findall(nodes.container):
            is_output = output.get("nb_element") == "cell_code_output"
            if is_output and (found := raw(output.astext())):
                self._warn(output, found)

    def _warn(self, output: nodes.container, found: str) -> None:
        _LOGGER.warning(
            "%s: the cell shows `%s…`, as Python writes it for itself. End it with what a reader "
            "can read: float(x), round(float(x), 3), x.numpy(), or a sentence.",
            place(self.env, self.env.docname, output),
            found,
            type="outputs",
            subtype="raw",
        )


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_post_transform(ReadableOutputs)
    return extension()
