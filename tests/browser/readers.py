"""One way to read a page in Chromium, Firefox and WebKit: open, look, take a picture.

Chromium and stock Firefox are driven by playwright, WebKitGTK's MiniBrowser by selenium. Nothing of
what a page asks from the network arrives.
"""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from base64 import b64decode
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from selenium import webdriver
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tools.browser import ARGUMENTS, find, is_stock

ENGINES = ("chromium", "firefox", "webkit")
# Nothing moves any more, and everything has its font; two frames later it is on the screen. Twice,
# since a font is asked for only when the page is laid out.
SETTLED = """async () => {
  for (const animation of document.getAnimations()) animation.finish();
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (const _ of [1, 2]) {
    await document.fonts.ready;
    await frame();
    await frame();
  }
  return 0;
}"""
# A page that has been left is told from the one that it leads to.
CLICK = (
    "([selector]) => { window.left = true; document.querySelector(selector).click(); return 0; }"
)
ARRIVED = "() => !window.left && document.readyState === 'complete'"
# For a browser that does not tell: notes what its console would show, and what fails to load.
WATCH = """
window.complaints = [];
addEventListener("error", ({ message, target }) =>
  complaints.push(message || `not loaded: ${target.src || target.href}`), true);
addEventListener("unhandledrejection", ({ reason }) => complaints.push(`error: ${reason}`));
for (const kind of ["error", "warn"])
  console[kind] = (...words) => complaints.push(`console ${kind}: ${words.join(" ")}`);
"""
NOWHERE = "http://127.0.0.1:9"  # a proxy that is not there
TIMEOUT = 600  # seconds: no measure of speed; what hangs must end
# GTK's bars fade in and out above the page, on a busy machine for seconds.
NO_BARS = "<style>::-webkit-scrollbar { display: none }</style>"


@dataclass
class Guard:
    """What a page did that it must not: `complaints` stays empty."""

    origin: str
    complaints: list[str] = field(default_factory=list)

    def watch(self, context):
        """Stop every request to elsewhere; note it, and whatever the page's console reports."""
        # A pattern, not a function, which would be asked about each of the site's own requests.
        context.route(re.compile(f"^(?!{self.origin}|data:|blob:|about:)"), self.stop)
        context.on("page", self.listen)

    def stop(self, route):
        self.complaints.append(f"request to {route.request.url}")
        route.abort()

    def listen(self, page):
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", self.refuse)
        page.on("websocket", lambda socket: self.complaints.append(f"request to {socket.url}"))
        page.on("console", self.hear)

    def refuse(self, dialog):
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(f"console {message.type}: {message.text}")


class Playwright:
    """A page of Chromium or Firefox."""

    def __init__(self, engine, browser):
        self.engine, self.browser, self.context = engine, browser, None

    def open(self, url, *, width=1280, height=900, dark=False):
        self.close()
        self.guard = Guard("file:///")
        self.context = self.browser.new_context(viewport={"width": width, "height": height})
        self.context.set_default_timeout(TIMEOUT * 1000)
        self.guard.watch(self.context)
        self.page = self.context.new_page()
        if dark:  # before the theme's own script looks; the blank page has no storage
            chosen = "try { localStorage.setItem('mode', 'dark') } catch {}"
            self.page.add_init_script(chosen)
        self.page.goto(url)
        self.settle()

    @property
    def complaints(self):
        """Errors, warnings, dialogs and requests."""
        return self.guard.complaints

    def run(self, function, *arguments):
        """Result of a JavaScript function of one array, which holds the arguments."""
        return self.page.evaluate(function, list(arguments))

    def settle(self):
        self.run(SETTLED)

    def picture(self):
        """PNG of what is in view, as bytes; of Chromium the quick kind."""
        if self.engine == "firefox":
            return self.page.screenshot(animations="allow")
        devtools = self.context.new_cdp_session(self.page)
        asked = {"format": "png", "optimizeForSpeed": True}
        data = devtools.send("Page.captureScreenshot", asked)["data"]
        devtools.detach()
        return b64decode(data)

    def follow(self, selector):
        """Click a link, and wait for the page that it leads to."""
        with self.page.expect_navigation():
            self.run(CLICK, selector)
        self.settle()

    def drag(self, start, end):
        """Press the mouse at a point of the window, move it to another, and let it go."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=5)
        mouse.up()

    def print(self):
        """Show the page as on paper, where the engine can be told so."""
        self.page.emulate_media(media="print")

    def close(self):
        if self.context:
            self.context.close()


class MiniBrowser:
    """A page of WebKitGTK, in a frame of the width asked for: windows are not that narrow.

    It tells nobody what its console says. So it reads a copy of the site, whose pages begin with a
    script that takes notes, and have no scroll bars.
    """

    engine = "webkit"

    def __init__(self, driver, folder):
        self.driver, self.folder, self.copies = driver, folder, {}
        self.mode = None  # it remembers what was chosen from page to page

    def open(self, url, *, width=1280, height=900, dark=False):
        frame = self.folder / "frame.html"
        style = f"border:0;width:{width}px;height:{height}px"
        parts = urlsplit(url)
        copy = urlsplit(self._watched(Path(url2pathname(parts.path))).as_uri())
        address = parts._replace(path=copy.path).geturl()
        frame.write_text(
            f'<!doctype html><body style="margin:0"><iframe src="{address}" style="{style}">'
        )
        self.driver.set_window_size(max(width, 500) + 20, height + 60)
        self._load(frame)
        if self.mode != (mode := "dark" if dark else "light"):
            self.settle()  # or the theme's own script would choose after us
            self.run("([mode]) => localStorage.setItem('mode', mode)", mode)
            self.mode = mode
            self._load(frame)
        self.settle()

    def _load(self, frame):
        self.driver.get(frame.as_uri())
        self.driver.switch_to.frame(0)
        loaded = "return document.readyState === 'complete'"
        WebDriverWait(self.driver, TIMEOUT).until(lambda driver: driver.execute_script(loaded))

    def _watched(self, page):
        """The same page of a copy of its site, with the script."""
        root = next(folder for folder in page.parents if (folder / "_static").is_dir())
        if (root.parent / "_static").is_dir():  # a language's folder, which shares the site's
            root = root.parent
        if root not in self.copies:
            self.copies[root] = self.folder / f"site-{len(self.copies)}"
            shutil.copytree(root, self.copies[root])
        copy = self.copies[root] / page.relative_to(root)
        text = page.read_text(encoding="utf-8")
        head = f"<head><script>{WATCH}</script>{NO_BARS}"
        copy.write_text(text.replace("<head>", head, 1), encoding="utf-8")
        return copy

    @property
    def complaints(self):
        """Errors, warnings, and what did not load."""
        return self.run("() => window.complaints")

    def run(self, function, *arguments):
        script = (
            f"const done = arguments[1]; Promise.resolve(({function})(arguments[0])).then(done)"
        )
        return self.driver.execute_async_script(script, list(arguments))

    def settle(self):
        self.run(SETTLED)

    def follow(self, selector):
        self.run(CLICK, selector)
        WebDriverWait(self.driver, TIMEOUT).until(lambda _: self.run(ARRIVED))
        self.settle()

    def drag(self, start, end):
        pointer = ActionBuilder(self.driver)
        action = pointer.pointer_action
        action.move_to_location(*map(round, start)).pointer_down()
        action.move_to_location(*map(round, end)).pointer_up()
        pointer.perform()

    def picture(self):
        self.driver.switch_to.default_content()
        try:
            return self.driver.get_screenshot_as_png()
        finally:
            self.driver.switch_to.frame(0)


@contextlib.contextmanager
def reading(engine, playwright):
    """A reader in `engine`; raises FileNotFoundError where that is not installed."""
    program = find(engine)
    if program is None:
        raise FileNotFoundError(f"No {engine}: install it with: python -m tools.browser")
    if program.endswith("WebKitWebDriver"):
        with _mini_browser(program) as reader:
            yield reader
        return
    options = {}
    if engine == "chromium":
        # Else a part that a script changes is painted anew alone, and the curves at its border
        # get other pixels than in one go: two pictures would differ by when the script came.
        options["args"] = [*ARGUMENTS, "--disable-partial-raster"]
    if engine == "firefox" and is_stock(program):
        options["channel"] = "moz-firefox"  # WebDriver BiDi, not a patched Firefox
    browser = getattr(playwright, engine).launch(executable_path=program, **options)
    yield Playwright(engine, browser)
    browser.close()


@contextlib.contextmanager
def _mini_browser(program):
    with tempfile.TemporaryDirectory() as folder, _screen() as display:
        options = Options()
        options.binary_location = next(
            str(path)
            for pattern in ("*/webkit2gtk-4*/MiniBrowser", "webkit2gtk-4*/MiniBrowser")
            for path in Path("/usr/lib").glob(pattern)
        )
        options.add_argument("--automation")
        options.add_argument(f"--proxy={NOWHERE}")
        environment = os.environ | {"DISPLAY": display, "GDK_BACKEND": "x11"}
        # Drawn by one thread: several draw the same page with other shades of grey each time.
        environment |= {"WEBKIT_SKIA_ENABLE_CPU_RENDERING": "1"}
        environment |= {"WEBKIT_SKIA_CPU_PAINTING_THREADS": "0"}
        service = Service(program, log_output=subprocess.DEVNULL, env=environment)
        driver = webdriver.WebKitGTK(options=options, service=service)
        driver.set_script_timeout(TIMEOUT)
        try:
            yield MiniBrowser(driver, Path(folder))
        finally:
            driver.quit()


@contextlib.contextmanager
def _screen():
    """The name of an X display of its own, high enough for tall pictures."""
    reading_end, writing_end = os.pipe()
    arguments = ["Xvfb", "-displayfd", str(writing_end), "-screen", "0", "1400x5200x24"]
    with subprocess.Popen(
        [*arguments, "-nolisten", "tcp"],
        pass_fds=[writing_end],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(writing_end)
        with os.fdopen(reading_end) as answer:
            number = answer.readline().strip()
        try:
            yield f":{number}"
        finally:
            server.terminate()
