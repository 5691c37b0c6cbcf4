"""Sphinx extension: folded cells are called what is written on them, "Show code cell source".

myst-nb 1.4 gives each the name "Toggle hidden content", which a screen reader says instead.
"""

from html import escape
from typing import Any

from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from website import extension


def visit(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open <details> with the two texts, of which the theme shows one."""
    self.body.append(f'<details class="admonition hide {" ".join(node["classes"])}">\n<summary>\n')
    for state, text in (("collapsed", "prompt_show"), ("expanded", "prompt_hide")):
        self.body.append(f'<p class="{state} admonition-title">{escape(node[text])}</p>\n')
    self.body.append("</summary>\n")


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_node(HideCodeCellNode, override=True, html=(visit, depart_HideCellInput))
    return extension()
