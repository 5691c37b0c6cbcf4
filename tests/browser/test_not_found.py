"""The page for addresses that lead nowhere, as a host shows it: at any depth, below the base."""

import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from built_site import ROOT, SITE
from readers import TIMEOUT

from website.languages import languages

pytestmark = pytest.mark.site

NOT_FOUND = SITE / "404.html"


def base():
    """The path below which the site believes to stand, with a slash at both ends."""
    return re.search(r'action="(/[^"]*)search\.html"', NOT_FOUND.read_text("utf-8"))[1]


class Pages(BaseHTTPRequestHandler):
    """Answers as GitHub Pages does: with the site's files below `base`, else with its 404.html."""

    def do_GET(self):
        path = urlsplit(self.path).path
        file = SITE / (path.removeprefix(base()) or "index.html")
        found = path.startswith(base()) and file.is_file()
        self.send_response(200 if found else 404)
        kind = {".css": "text/css", ".js": "text/javascript"}.get(file.suffix, "text/html")
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write((file if found else NOT_FOUND).read_bytes())

    def log_message(self, *arguments):
        pass


@contextmanager
def hosting():
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}"
        finally:
            httpd.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def host():
    with hosting() as address:
        yield address


@pytest.fixture(params=["nowhere.html", "chapters/nowhere.html", "a/b/c/"])
def not_found(request, browser, host):
    """Return the page at an address that leads nowhere, and what it asked for."""
    page = browser.new_page()
    page.set_default_timeout(TIMEOUT * 1000)
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    assert page.goto(host + base() + request.param).status == 404
    yield page, asked
    page.context.close()


def test_it_asks_for_nothing_else(not_found):
    page, asked = not_found
    page.wait_for_load_state("networkidle")
    assert asked == [page.url]
    assert page.title().startswith("Not here")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 39, 51)"


def test_its_links_lead_to_the_front_page_and_every_chapter(not_found, host):
    page, _ = not_found
    links = page.locator("a").evaluate_all("(all) => all.map(({ href }) => href)")
    paths = [urlsplit(link).path for link in links]
    chapters = sorted(
        path.relative_to(SITE).as_posix() for path in (SITE / "chapters").glob("*.html")
    )
    assert sorted(paths) == sorted([base(), *(base() + chapter for chapter in chapters)])
    assert [link for link in links if page.request.get(link).status != 200] == []


def test_its_search_searches(not_found):
    page, _ = not_found
    page.get_by_label("Search the course").fill("momentum")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li")
    assert urlsplit(page.url).path == f"{base()}search.html"


def test_nobody_lists_it():
    assert '<meta name="robots" content="noindex">' in NOT_FOUND.read_text("utf-8")
    index = (SITE / "searchindex.js").read_text("utf-8")
    assert '"404"' not in re.search(r'"docnames": \[(.*?)\]', index)[1]
    pages = (path for path in SITE.rglob("*.html") if path.name != "404.html")
    assert [path for path in pages if "404.html" in path.read_text("utf-8")] == []


@pytest.mark.parametrize("folder", [one.folder for one in languages(ROOT)[1:]])
def test_below_another_language_it_speaks_that_language(browser, host, folder):
    page = browser.new_page()
    page.goto(f"{host}{base()}{folder}chapters/nowhere.html")
    page.wait_for_url(f"**/{folder}404.html")
    assert page.locator("html").get_attribute("lang") != "en"
    assert page.locator("a").first.get_attribute("href") == f"{base()}{folder}"
    page.context.close()
