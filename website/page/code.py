"""Sphinx extension: code has spans only for what is of another colour than the text around it.

Names and punctuation are not, in the light style and in the dark one. Pygments gives each of them
an element all the same: 10,000 of a chapter's 26,000, and a phone lays out every one.
"""

from collections.abc import Iterable, Sequence
from functools import cache, partial
from typing import Any, TextIO

from pygments.formatters import HtmlFormatter
from pygments.style import StyleMeta
from pygments.styles import get_style_by_name
from pygments.token import Text, _TokenType
from sphinx.application import Sphinx

from website import extension

MODES = ("light", "dark")


class CodeFormatter(HtmlFormatter):
    """Writes as text what `styles` show like text."""

    def __init__(self, *, styles: Sequence[StyleMeta], **options: Any) -> None:
        super().__init__(**options)
        self.styles = styles

    def format(self, tokens: Iterable[tuple[_TokenType, str]], out: TextIO) -> None:
        super().format(
            ((Text if self.is_plain(kind) else kind, text) for kind, text in tokens), out
        )

    def is_plain(self, kind: _TokenType) -> bool:
        return all(_adds_nothing(style, kind) for style in self.styles)


@cache  # a page has thousands of words of code, of few kinds
def _adds_nothing(style: StyleMeta, kind: _TokenType) -> bool:
    """Whether all that a style says of a kind holds for the whole listing."""
    while not style.styles_token(kind):  # a lexer's own looks like the one above it
        kind = kind.parent
    whole = style.style_for_token(Text)
    return all(
        not value or value == whole[key] for key, value in style.style_for_token(kind).items()
    )


def take_over(app: Sphinx) -> None:
    """Let the pages' code be written so, if the theme has a style for each mode, as ours does."""
    theme = getattr(app.builder, "theme", None)
    options = theme.get_options() | app.config.html_theme_options if theme else {}
    names = [options.get(f"pygments_{mode}_style") for mode in MODES]
    if all(names):
        styles = [get_style_by_name(name) for name in names]
        app.builder.highlighter.formatter = partial(CodeFormatter, styles=styles)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", take_over)
    return extension()
