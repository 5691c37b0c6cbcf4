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

LEAST = {"performance": {"mobile": 90, "desktop": 99}}  # of 100; all other categories: all of it
_SCRIPT = Path(__file__).with_name("lighthouse.mjs")


def rows() -> list[Row]:
    """For each page: Lighthouse' scores, layout shift, and what axe finds."""
    if not (SITE / "index.html").is_file():
        return [Row("the built site", "not measured: _build/html is missing, run make book")]
    with serving(SITE) as server:
        addresses = [server.address + page for page in pages()]
        by_lighthouse = [row for found in lighthouse(addresses) for row in _scores(found)]
        return [*by_lighthouse, *_axe(server.address)]


def lighthouse(addresses: list[str]) -> Iterator[dict]:
    """What lighthouse.mjs writes, address by address.

    Raises: RuntimeError: Node or Lighthouse is missing, or a page could not be measured.
    """
    command = ["node", _SCRIPT, find(), json.dumps(ARGUMENTS), *addresses]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield from map(json.loads, process.stdout)
    if process.returncode:
        raise RuntimeError(
            f"benchmarks.audit: Lighthouse ended with status {process.returncode}; what it said "
            "stands above. If it is not installed: make audit installs it, and needs Node 20."
        )


def _scores(found: dict) -> list[Row]:
    page, form = found["address"].split("/", 3)[3], found["form"]
    note = f"LCP {found['lcp'] / 1000:.1f} s, TBT {found['tbt']:.0f} ms"
    speed = found["scores"].pop("performance")
    worst = min(found["scores"], key=found["scores"].get)
    failed = ", ".join([worst, *found["failed"]] if found["failed"] else [])
    where = f"{page}, {form}"
    return [
        at_least(f"{where}: performance", speed, LEAST["performance"][form], "", note=note),
        at_least(f"{where}: the other three", found["scores"][worst], 100, "", note=failed),
        at_most(f"{where}: CLS", found["cls"], 0.02, ""),
    ]


def _axe(address: str) -> list[Row]:
    found = []
    with chromium() as browser:
        for page in pages():
            for theme in ("light", "dark"):
                with closing(browser.new_page(color_scheme=theme)) as tab:
                    tab.goto(address + page, wait_until="networkidle")
                    broken = violations(tab)
                note = "; ".join(text.partition(" ")[0] for text in broken)
                found.append(at_most(f"{page}, {theme}: axe", len(broken), 0, "rules", note=note))
    return found
