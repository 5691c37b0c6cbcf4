"""The built site as a reader meets it: its explorers, what pages load, how knobs feel."""

import base64
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
from bs4 import BeautifulSoup, SoupStrainer, Tag
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.table import Row, at_least, at_most, number
from tools.browser import ARGUMENTS, find
from tools.serve import CountingServer, serving
from website.finish.not_found import PAGE as NOT_FOUND
from website.page.sheet import pages_of

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
MOVES = 150  # of each explorer's knobs
SLOWED = 4  # times; a cheap phone
FINE = re.compile(r"(lr|alpha|beta|lam|scale|noise|rate)(_\w+)?")  # knobs that ask for many stops
FINE_STOPS = 10


@dataclass(frozen=True)
class Knob:
    """One knob of the page: its element's kind ("range", "select", "checkbox"), labels by stop."""

    name: str
    kind: str
    labels: tuple[str, ...]

    @property
    def is_order(self) -> bool:
        """Whether its stops are three or more rising numbers, which ask for a slider."""
        try:
            values = [float(label) for label in self.labels]
        except ValueError:
            return False
        return len(values) > 2 and values == sorted(set(values))


@dataclass(frozen=True)
class Explorer:
    """One explorer of the site; `size` is in bytes, deflated, before base64."""

    page: str
    name: str
    knobs: tuple[Knob, ...]
    size: int

    @property
    def positions(self) -> int:
        return prod(len(knob.labels) for knob in self.knobs)


def explorers_of_the_site() -> Iterator[Row]:
    """How finely they can be set, and what that weighs."""
    found = explorers()
    positions, size = sum(one.positions for one in found), sum(one.size for one in found)
    note = f"{len(found)} explorers"
    yield at_least("positions on the site", positions, 30_000, "", note=note)
    yield at_most("bytes a position, deflated", size / positions, 45, "B")
    largest = max(found, key=lambda one: one.size)
    note = f"{largest.name}, {largest.positions:,} positions"
    yield at_most("heaviest explorer, deflated", largest.size / 1000, 120, "KB", note=note)
    knobs = [(one, knob) for one in found for knob in one.knobs]
    orders = [knob for _, knob in knobs if knob.is_order]
    share = 100 * sum(knob.kind == "range" for knob in orders) / len(orders)
    yield at_least("sliders among knobs with rising numbers", share, 95, "%")
    coarse = [
        f"{one.name}.{knob.name} {len(knob.labels)}"
        for one, knob in knobs
        if knob.is_order and FINE.fullmatch(knob.name) and len(knob.labels) < FINE_STOPS
    ]
    what = f"knobs for lr, α, β, λ, scale, noise, rate below {FINE_STOPS} stops"
    yield at_most(what, len(coarse), 0, "", note=", ".join(coarse))


def first_visits() -> Iterator[Row]:
    """A row for each page, opened with an empty cache, and one for requests to other hosts."""
    elsewhere = set()
    with serving(SITE) as server, chromium() as browser:
        for page in pages():
            size, requests = _visit(server, browser, page)
            note = f"{len(requests)} requests"
            yield at_most(f"first visit of {page}, gzip", size / 1000, 500, "KB", note=note)
            elsewhere |= {url for url in requests if not _is_here(url, server)}
    note = ", ".join(sorted({urlsplit(url).netloc for url in elsewhere}))
    yield at_most("requests to other hosts, all pages", len(elsewhere), 0, "", note=note)


def sliders() -> Iterator[Row]:
    """The slowest explorer of the site, as it is and with the CPU slowed down."""
    plain, slowed = {}, {}
    with serving(SITE) as server, chromium() as browser:
        for one in explorers():
            tab = browser.new_page()
            tab.goto(server.address + one.page, wait_until="networkidle")
            plain[one.name] = _percentiles(tab, one)
            throttle = tab.context.new_cdp_session(tab)
            throttle.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
            slowed[one.name] = _percentiles(tab, one)
            tab.close()
    yield _worst(plain, "", 5)
    yield _worst(slowed, f", CPU slowed {SLOWED} ×", 16)


def explorers() -> list[Explorer]:
    """The explorers of all pages, in their order."""
    found = [
        _explorer(page, figure)
        for page in pages()
        for figure in BeautifulSoup(
            (SITE / page).read_text(encoding="utf-8"),
            "html.parser",
            parse_only=SoupStrainer("figure", class_="explorer"),
        ).find_all("figure", class_="explorer")
    ]
    if not found:
        raise RuntimeError(
            f"{SITE} has no figure.explorer. Build the course with make book; if it has "
            "explorers, adapt benchmarks/page.py to the markup that utils/_replay.py writes."
        )
    return found


def pages() -> list[str]:
    """Addresses of the site's pages, relative to its root.

    Without 404.html, which search engines must not list, and Lighthouse would mark down for it.
    """
    return [path.relative_to(SITE).as_posix() for path in pages_of(SITE) if path.name != NOT_FOUND]


@contextmanager
def chromium() -> Iterator[Browser]:
    path = find()
    if path is None:
        raise RuntimeError("There is no Chromium. Install one: make browser.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def _visit(server: CountingServer, browser: Browser, page: str) -> tuple[int, list[str]]:
    """Bytes that a visit with an empty cache takes, and the addresses it asks for."""
    requests: list[str] = []
    with browser.new_context() as context:
        tab = context.new_page()
        context.on("request", lambda request: requests.append(request.url))
        server.sent.clear()
        tab.goto(server.address + page, wait_until="networkidle")
    return sum(server.sent), requests


def _is_here(url: str, server: CountingServer) -> bool:
    return url.startswith((server.address, "data:", "blob:"))


def _explorer(page: str, figure: Tag) -> Explorer:
    knobs = tuple(_knob(field) for field in figure.select("input[name], select[name]"))
    packed = base64.b64decode(figure.select_one("script.frames").string)
    return Explorer(page, figure["id"], knobs, len(packed))


def _knob(field: Tag) -> Knob:
    if field.name == "select":
        labels = tuple(option.text for option in field.select("option"))
        return Knob(field["name"], "select", labels)
    if field["type"] == "checkbox":
        return Knob(field["name"], "checkbox", ("false", "true"))
    return Knob(field["name"], "range", tuple(field["data-labels"].split("|")))


def _percentiles(tab: Page, one: Explorer) -> tuple[float, float]:
    """Milliseconds that a move takes, waiting for the next frame left out: p50 and p95."""
    script = Path(__file__).with_name("moves.js").read_text(encoding="utf-8")
    shares = random.Random(1)
    moves = [(shares.random(), shares.random()) for _ in range(MOVES)]
    times = tab.evaluate(script, {"id": one.name, "moves": moves})
    p50, p95 = np.percentile(times, (50, 95))
    return p50, p95


def _worst(times: dict[str, tuple[float, float]], how: str, limit: float) -> Row:
    name = max(times, key=lambda one: times[one][1])
    p50, p95 = times[name]
    what = f"static slider, event, drawing and layout, p95{how}"
    return at_most(what, p95, limit, "ms", note=f"worst: {name}, p50 {number(p50)} ms")


MEASURES = (explorers_of_the_site, first_visits, sliders)
