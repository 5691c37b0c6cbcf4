"""Where the built site is, and which explorers stand on its pages."""

import re
from pathlib import Path

from website.page.sheet import pages_of

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
PAGES = [path.relative_to(SITE).as_posix() for path in pages_of(SITE)]


def explorers_by_page():
    """Path of each built page that has explorers → their ids, in order; empty without a site."""
    pages = {}
    for file in pages_of(SITE):
        ids = re.findall(r'<figure class="explorer" id="([^"]+)"', file.read_text("utf-8"))
        if ids:
            pages[file.relative_to(SITE).as_posix()] = ids
    return pages
