"""What a page tells those who show a link to it: Open Graph, and the one tag that X wants as well.

They fetch the page and then the picture by its full address; readers' browsers fetch neither.
"""

from html import escape

from website import words

CARD = "_static/card.png"  # tools/make/card.py draws it
CARD_SIZE = (1200, 630)  # pixels, what the networks ask for


def tags(*, base: str, page: str, kind: str, title: str, description: str, course: str) -> str:
    """The <meta> tags of a page, a line each.

    Args:
        base: address of the site, with a slash at the end. page: the page's own address.
        kind: "website" for the front page, else "article".

    >>> print(tags(base="https://a.org/", page="https://a.org/b.html", kind="article",
    ...            title="B", description="Why?", course="A").splitlines()[0])
    <meta property="og:title" content="B">
    """
    width, height = CARD_SIZE
    found = {
        "og:title": title,
        "og:description": description,
        "og:type": kind,
        "og:site_name": course,
        "og:url": page,
        "og:image": base + CARD,
        "og:image:width": f"{width}",
        "og:image:height": f"{height}",
        "og:image:alt": words.CARD,
    }
    lines = [f'<meta property="{name}" content="{escape(text)}">' for name, text in found.items()]
    return "\n".join([*lines, '<meta name="twitter:card" content="summary_large_image">'])
