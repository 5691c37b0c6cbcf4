"""Sphinx extension: folded cells are called what is written on them, "Show code cell source".

myst-nb 1.4 gives each the name "Toggle hidden content", which a screen reader says instead.
"""

from html import escape
from typing import Any

from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.writers.html5 import HTML5Translator

from website import extension, words


def visit(self: HTML5Translator, node: HideCodeCellNode) -> None:
    """Open <details> with the two texts, of which the theme shows one."""
    self.body.append(f'<details class="admonition hide {" ".join(node["classes"])}">\n<summary>\n')
    for state, text in (("collapsed", "prompt_show"), ("expanded", "prompt_hide")):
        self.body.append(f'<p class="{state} admonition-title">{escape(node[text])}</p>\n')
    self.body.append("</summary>\n")


def call(_app: Sphinx, config: Config) -> None:
    """Have myst-nb write on cells what the site's language calls them."""
    config.nb_code_prompt_show, config.nb_code_prompt_hide = words.SHOW_CODE, words.HIDE_CODE


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("config-inited", call)
    app.add_node(HideCodeCellNode, override=True, html=(visit, depart_HideCellInput))
    return extension()
