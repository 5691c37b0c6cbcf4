"""Sphinx extension: the docstrings of `utils`, in napoleon's sections, on the helpers' page.

They are written to be read in a notebook's help, too; so code has Markdown's single backticks,
which `default_role` of _config.yml makes code here. A formula is a literal block.
"""

from typing import Any

from sphinx.application import Sphinx

from website import extension


def drop_types_text(
    _app: Sphinx, kind: str, _name: str, _thing: Any, _options: Any, lines: list[str]
) -> None:
    """Leave a constant without a docstring, or autodoc would take its type's."""
    if kind == "data":
        lines.clear()


def skip_member(
    _app: Sphinx, parent: str, _name: str, _thing: Any, _skip: bool, _options: Any
) -> bool | None:
    """Leave the members of classes out: what a field means stands in the class's docstring."""
    return None if parent == "module" else True


def setup(app: Sphinx) -> dict[str, Any]:
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("autodoc-skip-member", skip_member)
    app.connect("autodoc-process-docstring", drop_types_text)
    return extension()
