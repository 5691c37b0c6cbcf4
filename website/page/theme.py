"""Sphinx extension: the page is light or dark before its first paint, and light without scripts.

The theme (pydata-sphinx-theme 0.17) leaves the choice to a script at the page's end: until then,
and without scripts for good, no colour is defined. With `default_mode: light` its colours are
there at once; then this puts the reader's own choice, or else the system's, into the same place.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from website import extension

# The theme remembers in `mode` what the reader chose: "light", "dark" or "auto".
CHOOSE = """\
(() => {
  const root = document.documentElement.dataset;
  let mode;
  try {
    mode = localStorage.getItem("mode");
  } catch {
    // Denied by the browser's settings: the system's choice, then.
  }
  root.mode = mode === "light" || mode === "dark" ? mode : "auto";
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  root.theme = root.mode === "auto" ? (dark ? "dark" : "light") : root.mode;
})();"""


def add_choice(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Write the choice into the page's head; the theme reads it from <html>."""
    context["default_mode"] = "light"
    app.add_js_file(None, body=CHOOSE, priority=100)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("html-page-context", add_choice)
    return extension()
