"""Sphinx extension: names for what a chapter is made of, so that the style sheet can dress it.

Notebooks hold plain Markdown, without classes. Their rules give some paragraphs a fixed beginning
(tools/lint/text.py); by these words this finds them, and `_static/look.css` does the rest.
"""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from website import extension

BOXES = {"Predict.": "predict", "Check.": "check", "Note.": "note"}
TIME = "Reading and doing:"
GOALS = "After this chapter you can"


def mark(_app: Sphinx, document: nodes.document) -> None:
    """Give classes to boxes, and to question, time and goals at a chapter's head."""
    for quote in document.findall(nodes.block_quote):
        for strong in list(quote.findall(nodes.strong))[:1]:
            if name := BOXES.get(strong.astext()):
                quote["classes"].append(name)
    question = next(document.findall(nodes.paragraph), None)
    for paragraph in document.findall(nodes.paragraph):
        text = paragraph.astext()
        if text.startswith(TIME):
            paragraph["classes"].append("time")
            question["classes"].append("question")
        elif text.startswith(GOALS):
            paragraph["classes"].append("goals")
            following = paragraph.next_node(descend=False, siblings=True)
            if isinstance(following, nodes.bullet_list):
                following["classes"].append("goals")


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("doctree-read", mark)
    return extension()
