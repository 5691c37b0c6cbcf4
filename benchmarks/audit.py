"""The whole site by the real tools, page by page: Lighthouse on two screens, axe in two themes.

What it says of speed means something only where nothing else is running.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from benchmarks.axe import violations
from benchmarks.page import SITE, chromium, pages
from benchmarks.table import Row, at_least, at_most
from tools.browser import ARGUMENTS, find
from tools.serve import serving

LEAST = {"performance": {"mobile": 92, "desktop": 99}}  # of 100; all other categories: all of it
_SCRIPT = Path(__file__).with_name("lighthouse.mjs")


def by_lighthouse() -> Iterator[Row]:
    """For each page, on two screens: the scores, and how much the layout shifts."""
    with serving(SITE) as server:
        for found in lighthouse([server.address + page for page in pages()]):
            yield from scores(found)


def by_axe() -> Iterator[Row]:
    """For each page, in two themes: the rules of axe-core that it breaks."""
    with serving(SITE) as server, chromium() as browser:
        for page in pages():
            for theme in ("light", "dark"):
                with closing(browser.new_page(color_scheme=theme)) as tab:
                    tab.goto(server.address + page, wait_until="networkidle")
                    broken = violations(tab)
                note = "; ".join(text.partition(" ")[0] for text in broken)
                yield at_most(f"{page}, {theme}: axe", len(broken), 0, "rules", note=note)


def lighthouse(addresses: list[str]) -> Iterator[dict]:
    """What lighthouse.mjs writes, address by address.

    Raises: RuntimeError: Node or Lighthouse is missing, or a page could not be measured.
    """
    command = ["node", _SCRIPT, find(), json.dumps(ARGUMENTS), *addresses]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield from map(json.loads, process.stdout)
    if process.returncode:
        raise RuntimeError(
            f"Lighthouse ended with status {process.returncode}, as it says above; make audit "
            "installs it, and needs Node 20."
        )


def scores(found: dict) -> Iterator[Row]:
    """The rows for what lighthouse.mjs writes about one page on one screen."""
    page, form = found["address"].split("/", 3)[3], found["form"]
    note = f"LCP {found['lcp'] / 1000:.1f} s, TBT {found['tbt']:.0f} ms"
    by_category = dict(found["scores"])
    speed = by_category.pop("performance")
    worst = min(by_category, key=by_category.get)
    failed = ", ".join([worst, *found["failed"]] if found["failed"] else [])
    where = f"{page}, {form}"
    yield at_least(f"{where}: performance", speed, LEAST["performance"][form], "", note=note)
    yield at_least(f"{where}: the other three", by_category[worst], 100, "", note=failed)
    yield at_most(f"{where}: CLS", found["cls"], 0.02, "")


MEASURES = (by_lighthouse, by_axe)
