"""Sphinx extension: formulas become MathML at build, so that pages need no script to show them.

Use it with `html_math_renderer: mathml`; Sphinx then leaves MathJax out of every page.
"""

import re
from html import unescape
from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

from tools import extension
from tools.places import place

# The annotation keeps the LaTeX in the page: copying a formula gives what the author typed.
_CONVERTER = LatexToMathML(annotation=True, fancy_error=False)
# course.css lowers these: their glyphs are high already, and stand as exponents besides.
_PRIME = re.compile("<mo>([′″‴⁗])</mo>")
# An inline formula of more characters can be wider than a phone, and browsers do not break it.
_NARROW = 28
_NOT_SHOWN = re.compile("<annotation.*?</annotation>|<[^>]*>", re.DOTALL)

_OPENING, _CLOSING = re.compile(r"[(\[‘“]*$"), re.compile(r"[.,;:!?)\]’”…%]*")

FONT = "_static/fonts/latin-modern-math-subset.woff2"
# With it the text around formulas does not move (layout shift 0.004 instead of 0.036, 360 px wide).
# Not as a <link> in the page: on a disk browsers refuse it, and say so in the console.
_PRELOAD = """\
if (location.protocol !== "file:")
  document.head.append(Object.assign(document.createElement("link"),
    {{rel: "preload", as: "font", type: "font/woff2", crossOrigin: "", href: "{address}"}}));"""


class MathError(SphinxError):
    """A formula that cannot be converted. (jupyter-book prints message, then traceback.)"""

    category = "Formula"


def to_mathml(latex: str, *, display: bool) -> str:
    r"""One formula as a `<math>` element.

    Args:
        latex: what stands between the dollar signs, in the LaTeX that math-core knows.
        display: True for a formula on its own line (large operators, limits above and below).
    Raises: ValueError: with the position in the formula and what is wrong there.

    >>> to_mathml(r"\alpha_1", display=False)[:58]
    '<math><semantics><msub><mi>α</mi><mn>1</mn></msub><annotat'
    """
    try:
        mathml = _CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        position, _, reason = str(error).partition(": ")
        raise ValueError(f"{reason} (at character {position} of {latex!r})") from None
    return _PRIME.sub(r'<mo class="prime">\1</mo>', mathml)


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
    """The signs that a formula shows, one after the other, without tags and its LaTeX.

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
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(_convert(self, node, display=True) + "</div>\n")
    raise nodes.SkipNode


def preload_font(
    app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document
) -> None:
    """Have a page with formulas ask for their font at once, not only when it is laid out."""
    if "<math" in context.get("body", ""):
        address = context["pathto"](FONT, 1)
        app.add_js_file(None, body=_PRELOAD.format(address=address), priority=100)


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
    app.connect("html-page-context", preload_font)
    return extension()
