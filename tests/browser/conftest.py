"""A browser, the built site over both transports, and pages that no request leaves."""

import os
import re

import pytest
from built_site import SITE
from playwright.sync_api import sync_playwright
from readers import ENGINES, TIMEOUT, Guard, reading

from tools.browser import ARGUMENTS, windowless
from tools.serve import serving

WIDE = {"width": 1280, "height": 900}


def absent(message):
    """Fail for want of a program in continuous integration; elsewhere skip."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(message)


@pytest.fixture(scope="session")
def playwright():
    """Return playwright, which a process can open only once."""
    with sync_playwright() as opened:
        yield opened


@pytest.fixture(scope="module", params=ENGINES)
def reader(request, playwright):
    """Return a reader in each engine; in continuous integration a missing one is a failure."""
    try:
        with reading(request.param, playwright) as found:
            yield found
    except FileNotFoundError as error:
        absent(str(error))


@pytest.fixture(scope="session")
def browser(playwright):
    """Return Chromium; without one the test fails in continuous integration, else it is skipped."""
    found = windowless()
    if found is None:
        absent("No browser: install Chromium with: python -m tools.browser")
    # Tests change the address far more often than Chromium allows to a page in ten seconds.
    arguments = [*ARGUMENTS, "--disable-ipc-flooding-protection"]
    browser = playwright.chromium.launch(executable_path=found, args=arguments)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def site():
    """Return the folder of the built site."""
    if not (SITE / "index.html").exists():
        pytest.fail(f"There is no site in {SITE}: run make book")
    return SITE


@pytest.fixture(scope="session")
def hosted(site):
    """Return a server of the built site that sends as a good host does, and counts."""
    with serving(site) as server:
        yield server


@pytest.fixture(scope="session")
def server(hosted):
    """Return the address at which the built site is served, without a trailing slash."""
    return hosted.address.removesuffix("/")


def open_guarded(browser, url, options):
    """Return a page at the address in a context of its own, and its guard."""
    guard = Guard(re.match(r"https?://[^/]+/|file:///", url)[0])
    context = browser.new_context(**{"viewport": WIDE, **options})
    context.set_default_timeout(TIMEOUT * 1000)
    guard.watch(context)
    page = context.new_page()
    page.goto(url)
    return page, guard


@pytest.fixture
def page_at(browser):
    """Return a function that opens an address in a context of its own; at the end all is clean.

    Clean means: no request to another host, no error or warning in the console, no dialog.
    """
    opened = []

    def open_page(url, **options):
        opened.append(open_guarded(browser, url, options))
        return opened[-1][0]

    yield open_page
    for page, _ in opened:
        page.context.close()
    assert [complaint for _, guard in opened for complaint in guard.complaints] == []
