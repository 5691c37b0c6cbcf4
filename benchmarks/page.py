"""The built site as a reader meets it: what explorers weigh, what pages load, how knobs feel."""

import base64
import json
import random
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.table import Row, at_most, number
from tools.browser import ARGUMENTS, find
from tools.serve import CountingServer, serving
from website.finish.lost import PAGE as LOST
from website.page.sheet import pages_of

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
AIM_KB = 40
SLOWED = 4  # times; a cheap phone
_EXPLORER = re.compile(
    r'<figure class="explorer" id="(\w+)">.*?<script type="text/plain" class="frames">([^<]*)<',
    re.DOTALL,
)
_RANDOM = random.Random(1)
_MOVES = [(_RANDOM.random(), _RANDOM.random()) for _ in range(150)]


@dataclass(frozen=True)
class Explorer:
    """One explorer of the site; `size` is in bytes, deflated, before base64."""

    page: str
    name: str
    positions: int
    size: int


def rows() -> list[Row]:
    """All that is measured on the site in _build/html, or one row that says it is missing."""
    if not (SITE / "index.html").is_file():
        return [Row("the built site", "not measured: _build/html is missing, run make book")]
    explorers = [one for page in pages() for one in explorers_of(page, _read(page))]
    with serving(SITE) as server, chromium() as browser:
        visits = _first_visits(server, browser)
        moves = _sliders(server, browser, explorers)
    return [*map(_weight, explorers), *visits, *moves]


def explorers_of(page: str, html: str) -> Iterator[Explorer]:
    """The explorers in a page's HTML, in their order; RuntimeError if one cannot be read."""
    found = _EXPLORER.findall(html)
    if len(found) != html.count('class="explorer"'):
        raise RuntimeError(
            f"benchmarks.page reads {[name for name, _ in found]} in {page}, but not all of its "
            "explorers. Adapt _EXPLORER to the markup that utils/_replay.py writes."
        )
    for name, data in found:
        packed = base64.b64decode(data)
        positions = len(json.loads(zlib.decompress(packed))["at"][0])
        yield Explorer(page, name, positions, len(packed))


def pages() -> list[str]:
    """Addresses of the site's pages, relative to its root.

    Without 404.html, which search engines must not list, and Lighthouse would mark down for it.
    """
    return [path.relative_to(SITE).as_posix() for path in pages_of(SITE) if path.name != LOST]


def _read(page: str) -> str:
    return (SITE / page).read_text(encoding="utf-8")


def _weight(one: Explorer) -> Row:
    note = f"{one.positions:,} positions"
    if one.size > AIM_KB * 1000:
        note += f", above the aim of {AIM_KB} KB"
    return at_most(f"explorer {one.name}, deflated", one.size / 1000, 120, "KB", note=note)


@contextmanager
def chromium() -> Iterator[Browser]:
    path = find()
    if path is None:
        raise RuntimeError(
            "benchmarks.page needs Chromium, found none. Install one with: make browser"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def _first_visits(server: CountingServer, browser: Browser) -> list[Row]:
    """A row for each page, opened with an empty cache, and one for requests to other hosts."""
    found, elsewhere = [], []
    for page in pages():
        requests: list[str] = []
        with browser.new_context() as context:
            tab = context.new_page()
            context.on("request", lambda request, to=requests: to.append(request.url))
            server.sent.clear()
            tab.goto(server.address + page, wait_until="networkidle")
        note = f"{len(requests)} requests"
        size = sum(server.sent) / 1000
        found.append(at_most(f"first visit of {page}, gzip", size, 500, "KB", note=note))
        elsewhere += [url for url in requests if not _is_here(url, server)]
    note = ", ".join(sorted({urlsplit(url).netloc for url in elsewhere}))
    return [*found, at_most("requests to other hosts, all pages", len(elsewhere), 0, "", note=note)]


def _is_here(url: str, server: CountingServer) -> bool:
    return url.startswith((server.address, "data:", "blob:"))


def _sliders(server: CountingServer, browser: Browser, explorers: list[Explorer]) -> list[Row]:
    """The slowest explorer of the site, as it is and with the CPU slowed down."""
    plain, slowed = {}, {}
    for one in explorers:
        tab = browser.new_page()
        tab.goto(server.address + one.page, wait_until="networkidle")
        plain[one.name] = _percentiles(tab, one)
        throttle = tab.context.new_cdp_session(tab)
        throttle.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        slowed[one.name] = _percentiles(tab, one)
        tab.close()
    if not explorers:
        return []
    return [_worst(plain, "", 5), _worst(slowed, f", CPU slowed {SLOWED} ×", 16)]


def _percentiles(tab: Page, one: Explorer) -> tuple[float, float]:
    """Milliseconds from the input event to the end of style and layout: p50 and p95."""
    script = Path(__file__).with_name("moves.js").read_text(encoding="utf-8")
    times = tab.evaluate(script, {"id": one.name, "moves": _MOVES})
    p50, p95 = np.percentile(times, (50, 95))
    return p50, p95


def _worst(times: dict[str, tuple[float, float]], how: str, limit: float) -> Row:
    name = max(times, key=lambda one: times[one][1])
    p50, p95 = times[name]
    what = f"static slider, input event to changed figure, p95{how}"
    return at_most(what, p95, limit, "ms", note=f"worst: {name}, p50 {number(p50)} ms")
