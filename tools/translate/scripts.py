"""Templates and scripts of the site: their texts, found by simple rules.

There is no parser for Jinja within HTML, nor one for JavaScript here; what these rules do not find
(a text put together of pieces) is to be written in one piece in the source first.
"""

import re
from collections.abc import Callable

# A text between tags, and attributes that are read out or shown.
_HTML = re.compile(
    r"(?<=>)(?P<text>[^<>{}]*[A-Za-z]{2}[^<>{}]*)(?=<)"
    r'|(?:aria-label|title|placeholder|alt|name="description" content)="'
    r'(?P<attribute>[^"{}]*[A-Za-z]{2}[^"{}]*)"'
)
_HIDDEN = re.compile(r"(<(style|script)\b.*?</\2>|\{#.*?#\}|\{%.*?%\})", re.DOTALL)
_JS = re.compile(r'"(?P<text>(?:\\.|[^"\\\n])*)"|`(?P<template>(?:\\.|[^`\\])*)`')
_JS_COMMENT = re.compile(r"^\s*(//|/?\*)")
# Words of the language, events and keys are one word, or have no capital at the beginning.
_JS_TEXT = re.compile(
    r"# [a-zA-Z]+ .*|[A-Z][a-z]+( [a-z'’]+.*|[,.:].*)?|(Formula|Pause|Play|Table)|: [a-z]+ .*"
)
# A name in capitals with its text (website/words.py); the book's title, and those of its parts.
_LINE = re.compile(r'^(?P<before>[A-Z_]+ = "|title: | *- caption: )(?P<text>[^"\n]+)', re.MULTILINE)
_JS_NOT = {"Escape"}


def rewrite_html(source: str, translate: Callable[[str, str], str]) -> str:
    """A template with `translate(text, kind)` in the place of its texts."""

    def put(found):
        name = "text" if found["text"] else "attribute"
        old = " ".join(found[name].split())
        new = translate(old, "template")
        whole = found[0]
        return whole if new == old else whole.replace(found[name].strip(), new)

    hidden = {f"\0{i}\0": one[0] for i, one in enumerate(_HIDDEN.finditer(source))}
    for mark, text in hidden.items():
        source = source.replace(text, mark, 1)
    source = _HTML.sub(put, source)
    for mark, text in hidden.items():
        source = source.replace(mark, text, 1)
    return source


def rewrite_lines(source: str, translate: Callable[[str, str], str]) -> str:
    """A list of texts, one a line, with `translate(text, kind)` in the place of each.

    >>> rewrite_lines('A = "of {all}"', lambda text, kind: text.upper())
    'A = "OF {ALL}"'
    """
    return _LINE.sub(lambda found: found["before"] + translate(found["text"], "script"), source)


def rewrite_js(source: str, translate: Callable[[str, str], str]) -> str:
    """A script with `translate(text, kind)` in the place of its texts."""

    def put(found):
        text = found["text"] if found["template"] is None else found["template"]
        if not _JS_TEXT.fullmatch(text) or text in _JS_NOT:
            return found[0]
        return f"{found[0][0]}{translate(text, 'script')}{found[0][0]}"

    lines = source.splitlines(keepends=True)
    return "".join(line if _JS_COMMENT.match(line) else _JS.sub(put, line) for line in lines)
