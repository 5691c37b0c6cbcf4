"""How a finished page is changed: by steps that fail when the theme is not what they expect."""

import re
from collections.abc import Callable
from typing import Any

from sphinx.errors import SphinxError

# What a step does: HTML of a page in, HTML out.
Step = Callable[[str], str]

# How often a page may have what a step looks for.
ONCE = range(1, 2)
ANY = range(1_000)
SOME = range(1, 1_000)


class ThemeChangedError(SphinxError):
    """A page lacks what a step takes out of it, or puts in order."""

    category = "Theme"


def replace(html: str, pattern: str | re.Pattern[str], by: Any, *, times: range) -> str:
    """`html` with every match of `pattern` replaced as in `re.sub`.

    Raises: ThemeChangedError: the number of matches is not in `times`.
    """
    html, found = re.subn(pattern, by, html)
    if found not in times:
        wanted = f"{times.start}" if len(times) == 1 else f"{times.start} to {times.stop - 1}"
        shown = getattr(pattern, "pattern", pattern)
        raise ThemeChangedError(
            f"a page has {found} of {shown!r}, not {wanted}: the theme has changed. See what it "
            "sends now, and adapt the step in website/page/ that asks for this."
        )
    return html
