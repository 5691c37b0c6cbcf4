"""Steps on a finished page by which its parts have the names and places that readers are told.

What a screen reader says, and what speech control listens for, must be what stands there; and all
that stands on a page must be in some landmark. The themes miss this at three places.
"""

import re

from website.page.steps import ANY, ONCE, Step, replace

_SEARCH_FIELD = re.compile(
    r'(<button class="btn search-button-field [^"]*") title="Search" aria-label="Search"'
)


def name_search_field(html: str) -> str:
    """With the search button's own text, "Search Ctrl+K", as its name, not only "Search"."""
    return replace(html, _SEARCH_FIELD, r"\1", times=ONCE)


def name_hidden_cells(html: str) -> str:
    """With what folded cells say, "Show code cell source", as their name (by myst-nb 1.4)."""
    return replace(html, '<summary aria-label="Toggle hidden content">', "<summary>", times=ANY)


def place_sidebar(html: str) -> str:
    """With the book's title and contents in a landmark of their own."""
    sidebar = '<div id="pst-primary-sidebar"'
    return replace(html, sidebar, f'{sidebar} role="complementary" aria-label="Course"', times=ONCE)


STEPS: tuple[Step, ...] = (name_search_field, name_hidden_cells, place_sidebar)
