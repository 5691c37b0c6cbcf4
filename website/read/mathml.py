"""Sphinx extension: formulas become MathML at build, so that pages need no script to show them.

Use it with `html_math_renderer: mathml`; Sphinx then leaves MathJax out of every page.
"""

import re
import unicodedata
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from fontTools.ttLib import TTFont
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from website import extension, words
from website.read.places import place

# The annotation keeps the LaTeX in the page: copying a formula gives what the author typed.
_CONVERTER = LatexToMathML(annotation=True, fancy_error=False)
# A relation at the head of a cell is right of the alignment point, where TeX gives it its space.
_ALIGNED = re.compile(r'(<mtd style="[^"]*padding-left: 0;">)<mo>')
# To a browser <mtext> is a kind of space, and a relation with nothing but spaces beside it stands
# alone, without spaces of its own. A word is no space.
_WORD = re.compile(r"<mtext>([^<]*\w[^<]*)</mtext>")
# TeX has a thin space between a function's name and \left(; nobody writes f (x) so by hand.
_FENCE_SPACE = re.compile(r'<mo lspace="0.1667em">([(\[{|‖⌊⌈⟨])</mo>')
# What brackets grow for. Beside each that may grow Chromium keeps room, as for the largest.
_TALL = re.compile(r"<(?:mfrac|mtable|munder|mover(?! accent)|msqrt|mroot)\b")
_MAY_GROW = r"<mo(?![^>]*stretchy)[^>]*>"
_GROWING = re.compile(rf"{_MAY_GROW}[(\[{{|‖⌊⌈⟨]</mo>.*{_MAY_GROW}[)\]}}|‖⌋⌉⟩]</mo>", re.DOTALL)
# course.css lowers these: their glyphs are high already, and stand as exponents besides.
_PRIME = re.compile("<mo>([′″‴⁗])</mo>")
# An inline formula of more characters can be wider than a phone, and browsers do not break it.
_NARROW = 28
_NOT_SHOWN = re.compile("<annotation.*?</annotation>|<[^>]*>", re.DOTALL)
_ANNOTATION = re.compile("<annotation.*?</annotation>", re.DOTALL)
_SINGLE = re.compile("<mi>(.)</mi>")
# Blocks of upright letters, the first letter of each block's italics, and the one italic letter
# that Unicode had before: browsers write <mi>x</mi> with them.
_ITALICS = (("A", "Z", 0x1D434), ("a", "z", 0x1D44E), ("Α", "Ω", 0x1D6E2), ("α", "ω", 0x1D6FC))
_PLANCK = {"h": "ℎ"}

_SIZES = re.compile(r"(\d[\d,]*(?:×\d+)?(?:-\d[\d,]*(?:×\d+)?){2,}|\d[\d,]* × \d[\d,]*)")
_MATH = nodes.math | nodes.math_block
_OPENING = re.compile(r"[(\[‘“（《]*$")
_CLOSING = re.compile(r"[.,;:!?)\]’”…%，。、；：！？）》]*")

FONT = "_static/fonts/latin-modern-math-subset.woff2"


class MathError(SphinxError):
    """A formula that cannot be converted. (jupyter-book prints message, then traceback.)"""

    category = "Formula"


def to_mathml(latex: str, *, display: bool) -> str:
    r"""One formula as a `<math>` element.

    Args:
        latex: what stands between the dollar signs, in the LaTeX that math-core knows.
        display: True for a formula on its own line (large operators, limits above and below).
    Raises: ValueError: with the position in the formula and what is wrong there; or a character
        that the math font lacks.

    >>> to_mathml(r"\alpha_1", display=False)[:58]
    '<math><semantics><msub><mi>α</mi><mn>1</mn></msub><annotat'
    """
    try:
        mathml = _CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        position, _, reason = str(error).partition(": ")
        raise ValueError(f"{reason} (at character {position} of {latex!r})") from None
    mathml = _WORD.sub(r'<mi mathvariant="normal">\1</mi>', mathml)
    mathml = _ALIGNED.sub(r'\1<mo form="infix">', mathml)
    mathml = _keep_low(_FENCE_SPACE.sub(r"<mo>\1</mo>", mathml))
    if lacking := sorted(characters(mathml) - font_characters()):
        raise ValueError(
            f"the site's math font has no {' '.join(map(chr, lacking))} (in {latex!r}). "
            "Write it otherwise, or add it to tools/make/math_font.py"
        )
    return _PRIME.sub(r'<mo class="prime">\1</mo>', mathml)


@cache
def font_characters() -> frozenset[int]:
    """Code points of the math font that the site serves."""
    with TTFont(Path(__file__).resolve().parents[2] / FONT) as font:
        return frozenset(font.getBestCmap())


def characters(mathml: str) -> set[int]:
    """Code points that a browser draws for a formula: single letters in italics, roots included.

    >>> [chr(code) for code in sorted(characters("<msqrt><mi>x</mi><mo>=</mo></msqrt>"))]
    ['=', '√', '𝑥']
    """
    drawn = _SINGLE.sub(lambda match: _italic(match[1]), _ANNOTATION.sub("", mathml))
    if "<msqrt" in mathml or "<mroot" in mathml:
        drawn += "√"
    # Neither spaces nor marks like "invisible times" need a picture; Chinese has the reader's font.
    return {
        ord(one)
        for one in shown(drawn)
        if unicodedata.category(one)[0] not in "ZC"
        and unicodedata.east_asian_width(one) not in "WF"
    }


def _keep_low(mathml: str) -> str:
    r"""The formula with brackets that do not grow where what they hold is low: \left( x \right)."""
    parts = re.split("(</?mrow>)", mathml)
    opened: list[int] = []
    for i, part in enumerate(parts):
        if part == "<mrow>":
            opened.append(i)
        elif part == "</mrow>":
            first, last = opened.pop() + 1, i - 1
            content = "".join(parts[first:i])
            if _GROWING.fullmatch(content) and not _TALL.search(content):
                parts[first] = parts[first].replace("<mo", '<mo stretchy="false"', 1)
                before, _, closing = parts[last].rpartition("<mo")
                parts[last] = f'{before}<mo stretchy="false"{closing}'
    return "".join(parts)


def _italic(letter: str) -> str:
    for first, last, start in _ITALICS:
        if first <= letter <= last:
            return _PLANCK.get(letter, chr(start + ord(letter) - ord(first)))
    return letter


class KeepPunctuation(SphinxPostTransform):
    """Put a formula and the punctuation that touches it into a box that lines do not break.

    To a browser an inline formula is like a picture, beside which a line may end: so a line could
    begin with the full stop.
    """

    default_priority = 400
    formats = ("html",)

    def run(self, **_kwargs: Any) -> None:
        for formula in list(self.document.findall(nodes.math)):
            join_punctuation(formula)


class KeepSizes(SphinxPostTransform):
    """Put the layers of a network, 784-100-10 or 20 × 100, into a box that lines do not break."""

    default_priority = 400
    formats = ("html",)

    def run(self, **_kwargs: Any) -> None:
        for text in list(self.document.findall(nodes.Text)):
            if not isinstance(text.parent, nodes.literal | nodes.literal_block | nodes.raw | _MATH):
                keep_sizes(text)


def keep_sizes(text: nodes.Text) -> None:
    """Replace `text` by its parts, those that match _SIZES in inline nodes of class "unbroken"."""
    parts = _SIZES.split(str(text))
    if len(parts) > 1:
        boxes = [
            nodes.inline("", part, classes=["unbroken"]) if i % 2 else nodes.Text(part)
            for i, part in enumerate(parts)
        ]
        text.parent.replace(text, boxes)


def join_punctuation(formula: nodes.math) -> None:
    """Move the punctuation around `formula`, and it, into an inline node of class "unbroken"."""
    parent, here = formula.parent, formula.parent.index(formula)
    before, after = (
        str(parent[i]) if 0 <= i < len(parent) and isinstance(parent[i], nodes.Text) else ""
        for i in (here - 1, here + 1)
    )
    opening, closing = _OPENING.search(before)[0], _CLOSING.match(after)[0]
    if not opening and not closing:
        return
    parent[here] = nodes.inline("", opening, formula, nodes.Text(closing), classes=["unbroken"])
    if opening:
        parent[here - 1] = nodes.Text(before.removesuffix(opening))
    if closing:
        parent[here + 1] = nodes.Text(after.removeprefix(closing))


def shown(mathml: str) -> str:
    """The characters that a formula shows, one after the other, without tags and its LaTeX.

    >>> shown(to_mathml("x < 1", display=False))
    'x<1'
    """
    return unescape(_NOT_SHOWN.sub("", mathml))


def is_wide(mathml: str) -> bool:
    """True if an inline formula may need a box of its own on a phone, in which it scrolls.

    >>> [is_wide(to_mathml(latex, display=False)) for latex in ("x = 1", " + ".join("x" * 20))]
    [False, True]
    """
    return len(shown(mathml)) > _NARROW


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write an inline formula and skip the node's children."""
    mathml = _convert(self, node, display=False)
    classes = "math notranslate nohighlight" + (" wide" if is_wide(mathml) else "")
    self.body.append(self.starttag(node, "span", "", CLASS=classes) + mathml + "</span>")
    raise nodes.SkipNode


def visit_display(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula in a box of its own, numbered if it has a label; skip the children."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, words.TO_THIS_EQUATION)
        self.body.append("</span>")
    self.body.append(_convert(self, node, display=True) + "</div>\n")
    raise nodes.SkipNode


def _convert(writer: HTML5Translator, node: nodes.Element, *, display: bool) -> str:
    try:
        return to_mathml(node.astext().strip(), display=display)
    except ValueError as error:
        docname = writer.builder.current_docname
        where = place(writer.builder.env, docname, node)
        raise MathError(f"{where}: a formula does not convert to MathML: {error}") from None


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    app.add_post_transform(KeepPunctuation)
    app.add_post_transform(KeepSizes)
    return extension()
