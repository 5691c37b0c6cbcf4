"""What an error must tell, whatever its words: the facts, and behind them the way out."""

import re


def says(error, *facts, way_out=""):
    """Assert that an error's text holds each fact and, behind the last one, the way out.

    A fact is a name, a number or a word that no rewording can spare: "descend()", "lr=-0.1".

    Args:
        error: the exception, or its text.
        facts: which function, what it needs and, last, what it got.
        way_out: what tells the reader how to go on, such as a call to write instead; by default
            none is asked for.
    """
    text = str(error)
    found = {fact: _search(fact, text) for fact in facts}
    assert [fact for fact in facts if not found[fact]] == [], text
    assert way_out.lower() in text[found[facts[-1]].end() :].lower(), text


def _search(fact, text):
    """Find a fact in a text: "lr=0" is not in "lr=0.01", nor "5" in "15"."""
    return re.search(rf"(?<![\w.]){re.escape(fact)}(?!\w|\.\d)", text)
