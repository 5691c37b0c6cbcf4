"""Listings: fewer elements, the same colours."""

import re
from html import unescape

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.style import Style
from pygments.styles import get_style_by_name
from pygments.token import Name, Token

from website.page.code import CodeFormatter

STYLES = [get_style_by_name(f"a11y-high-contrast-{mode}") for mode in ("light", "dark")]
CODE = "def f(x, *, lr=0.1):  # one step\n    return x - lr * grad(f)(x), f'{x:.2f}', np.inf\n"


def written(code, styles, language="python"):
    return highlight(code, get_lexer_by_name(language), CodeFormatter(styles=styles))


def coloured(markup, style):
    """Each character of a listing with its colour in a style, as its style sheet says."""
    rules = dict(
        re.findall(r"\.(\w+) \{[^}]*?color: (#\w+)", HtmlFormatter(style=style).get_style_defs())
    )
    text = style.style_for_token(Token.Text)["color"]
    found, colour = [], None
    for tag, name, piece in re.findall(r'(<span class="(\w+)">|<[^>]*>)|([^<]+)', markup):
        if piece:
            found += [(one, colour or f"#{text}".lower()) for one in unescape(piece)]
        elif tag != "<span>":
            colour = rules[name].lower() if name in rules else None
    return found


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("language", ["python", "console"])
def test_every_character_keeps_its_colour(style, language):
    usual = highlight(CODE, get_lexer_by_name(language), HtmlFormatter())
    fewer = written(CODE, STYLES, language)
    assert coloured(fewer, style) == coloured(usual, style)
    assert "".join(one for one, _ in coloured(fewer, style)).strip() == CODE.strip()


def test_names_and_punctuation_are_no_elements():
    markup = written("f(x)[0] + y.z", STYLES)
    assert re.findall(r'<span class="(\w+)">(.*?)</span>', markup) == [
        ("mi", "0"),
        ("o", "+"),
        ("o", "."),
    ]


def test_what_one_of_the_styles_shows_stays():
    bold = type("Bold", (Style,), {"styles": {Name: "bold"}})
    assert '<span class="n">f</span>(' in written("f(x)", [*STYLES, bold])


def test_a_kind_of_a_lexers_own_looks_like_the_one_above_it():
    formatter = CodeFormatter(styles=STYLES)
    assert formatter.is_plain(Token.Name.Of.Mine)
    assert not formatter.is_plain(Token.Keyword.Of.Mine)
