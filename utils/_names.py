"""Names that are written as text, as Python reads them in code, and letters that look alike."""

import unicodedata
from collections.abc import Iterable


def plain(text: str) -> str:
    """A text as Python reads a name in code: "ｌｒ" is "lr", the micro sign µ is the Greek μ."""
    return unicodedata.normalize("NFKC", text)


def mind(name: str, known: Iterable[str]) -> str:
    """A sentence that tells a name from a known one that looks like it, "" if none does.

    >>> mind("b\\u0435ta", ["lr", "beta"])
    " Mind the letters: '\\u0435' is CYRILLIC SMALL LETTER IE."
    """
    for other in known:
        pairs = [pair for pair in zip(name, other, strict=False) if pair[0] != pair[1]]
        odd = ["".join(one for one in pair if not one.isascii()) for pair in pairs]
        if len(name) == len(other) and pairs and all(len(one) == 1 for one in odd):
            number = f"U+{ord(odd[0]):04X}"
            return f" Mind the letters: {odd[0]!r} is {unicodedata.name(odd[0], number)}."
    return ""
