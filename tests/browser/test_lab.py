"""The notebooks in a real Jupyter: run all cells, move a slider, see figure and sentence follow.

One server of this environment has all three interfaces. It works in a folder of its own, with
settings of its own, and must leave no process behind.
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import nbformat
import psutil
import pytest
from built_site import ROOT
from nbformat.v4 import new_code_cell, new_notebook
from notebooks import chapters
from playwright.sync_api import expect

pytestmark = pytest.mark.site

IN_JUPYTER = Path(__file__).with_name("in_jupyter.js").read_text(encoding="utf-8")
SMALL = "chapters/_template.ipynb"
# One that trains while a slider moves, if this edition has one.
CHAPTER = min(chapters(), key=lambda path: "descend(" not in path.read_text("utf-8"))
CHAPTER = CHAPTER.relative_to(ROOT).as_posix()
DRAGGED = "chapters/dragged.ipynb"
DRAGGABLE = """from utils.explore import explore
def draw_level(ax, *, height=0.5):
    ax.plot([0, 1], [height, height])
    ax.set(xlim=(0, 1), ylim=(0, 1))
    return f"The level is {height:g}."
explore(draw_level, height=(0.0, 1.0, 0.1), drag=(None, "height"))"""
TIMEOUT = 600_000  # ms: no measure of speed; what hangs must end


@dataclass(frozen=True)
class Interface:
    """Where an interface opens a notebook, which menu runs it, and its part of in_jupyter.js."""

    path: str
    menu: str
    entry: str
    family: str


INTERFACES = {
    # In a workspace of its own: JupyterLab opens the notebooks of the last one too, and for a
    # moment such a one is in front.
    "lab": Interface("lab/workspaces/{new}/tree", "Run", "Run All Cells", "lab"),
    "notebook": Interface("notebooks", "Run", "Run All Cells", "lab"),
    "nbclassic": Interface("nbclassic/notebooks", "Cell", "Run All", "classic"),
}


@dataclass(frozen=True)
class Server:
    """A running server: its address, without a slash at the end, and its token."""

    address: str
    token: str

    def ask(self, path, method="GET"):
        """What its API answers at a path, as text."""
        headers = {"Authorization": f"token {self.token}"}
        request = urllib.request.Request(f"{self.address}/{path}", headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=TIMEOUT / 1000) as answer:
            return answer.read().decode("utf-8")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Return a Jupyter server in a folder with two notebooks; at the end nothing of it is left."""
    folder = tmp_path_factory.mktemp("jupyter")
    (folder / "work" / "chapters").mkdir(parents=True)
    for notebook in (SMALL, CHAPTER):
        shutil.copyfile(ROOT / notebook, folder / "work" / notebook)
    dragged = new_notebook(cells=[new_code_cell(DRAGGABLE, id="dragged")])
    dragged.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}  # or it asks
    nbformat.write(dragged, folder / "work" / DRAGGED)
    process, server = start(folder)
    try:
        wait_until_up(process, server, folder / "log")
        yield server
    finally:
        assert stop(process, server) == [], "these processes outlived the server"


def start(folder):
    """Start a server on a free port of this machine alone; return its process and itself."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    settings = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": folder / "work",
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": token,
        "LabApp.expose_app_in_browser": True,
        "JupyterNotebookApp.expose_app_in_browser": True,
        "LabApp.news_url": None,  # else a dialog asks whether to fetch news
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    command = [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in settings.items())]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=own(folder), stdout=log, stderr=log)
    return process, Server(f"http://127.0.0.1:{port}", token)


def own(folder):
    """The environment in which Jupyter reads and writes nothing of the user's."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    lab = ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")
    places = {name: str(folder / name) for name in names + lab}
    return {**os.environ, **places, "PYTHONPATH": str(ROOT)}


def wait_until_up(process, server, log):
    """Return once the server answers; fail with its log if it ends or is silent for too long."""
    deadline = time.monotonic() + TIMEOUT / 1000
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server.ask("api/status")
            return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    pytest.fail(f"Jupyter did not start:\n{log.read_text(encoding='utf-8')[-3000:]}")


def stop(process, server):
    """Shut the server down as its menu does; return what is still alive of it, and end that."""
    if process.poll() is not None:
        return []
    parent = psutil.Process(process.pid)
    family = [parent, *parent.children(recursive=True)]
    with contextlib.suppress(URLError, ConnectionError):  # one that hangs is killed below
        server.ask("api/shutdown", method="POST")
    _, alive = psutil.wait_procs(family, TIMEOUT / 1000)
    for left in alive:
        left.kill()
    return alive


class Opened:
    """A notebook in an interface: a page, and what is asked of it.

    Functions are `(t, …) => …`, t being the interface's part of in_jupyter.js.
    """

    def __init__(self, page, interface):
        self.page, self.interface = page, interface
        self.there = f"(window.inJupyter ??= {IN_JUPYTER.strip()}).{interface.family}"
        page.set_default_timeout(TIMEOUT)

    def run(self, function, *arguments):
        """Result of a function in the page."""
        return self.page.evaluate(f"(all) => ({function})({self.there}, ...all)", list(arguments))

    def wait_for(self, function):
        """Return once a function says yes."""
        self.page.wait_for_function(f"() => ({function})({self.there})")

    def run_all(self):
        """Run all cells by the menu, as soon as there is a kernel, and wait for the last."""
        self.wait_for("(t) => t.ready()")
        self.page.get_by_text(self.interface.menu, exact=True).first.click()
        self.page.get_by_text(self.interface.entry, exact=True).first.click()
        # An error that nobody meant stops it: what it says is more than waiting for the rest.
        self.wait_for(
            """(t) => t.cells().filter((cell) => cell.code).every((cell) => cell.count) ||
            t.cells().some(({ tags, outputs }) => !tags.includes("raises-exception") &&
              outputs.some((output) => output.output_type === "error"))"""
        )
        self.wait_for("(t) => t.ready()")

    def cells(self):
        """All cells as plain data, without their elements."""
        return json.loads(
            self.run("(t) => JSON.stringify(t.cells(), (k, v) => k === 'node' ? 0 : v)")
        )

    def explorers(self):
        """The indices of the cells that have displayed a widget."""
        view = "application/vnd.jupyter.widget-view+json"
        return [
            index
            for index, cell in enumerate(self.cells())
            if any(view in output.get("data", {}) for output in cell["outputs"])
        ]

    def show(self, index):
        """Scroll to a cell; return it as a locator."""
        self.run("(t, index) => t.show(index)", index)
        self.run("(t, index) => { t.cells()[index].node.dataset.shown = index }", index)
        return self.page.locator(f"[data-shown='{index}']")


@pytest.fixture
def open_in(browser, server):
    """Return a function that opens a notebook in an interface; it may ask only this server."""
    pages, elsewhere = [], []

    def open_notebook(name, notebook):
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        pages.append(page)
        local = (server.address, "data:", "blob:", "about:")
        page.on("request", lambda r: r.url.startswith(local) or elsewhere.append(r.url))
        interface = INTERFACES[name]
        path = interface.path.format(new=secrets.token_hex(4))
        page.goto(f"{server.address}/{path}/{notebook}?token={server.token}")
        return Opened(page, interface)

    yield open_notebook
    for page in pages:
        page.close()
    for session in json.loads(server.ask("api/sessions")):  # each kernel holds 700 MB
        server.ask(f"api/sessions/{session['id']}", method="DELETE")
    assert elsewhere == []


def unexpected_errors(opened):
    """Errors in the cells that are not tagged as meant."""
    return [
        (number, output["ename"], output["evalue"])
        for number, cell in enumerate(opened.cells(), start=1)
        for output in cell["outputs"]
        if output["output_type"] == "error" and "raises-exception" not in cell["tags"]
    ]


def moves(opened, cell, agree=lambda value, sentence: True):
    """Drag the first slider of a cell to the right, then some of the way back.

    By mouse, since Notebook 7 takes the arrow keys for itself: they fold headings.
    Returns what was seen before, in between and after: (the slider's value, the sentence, the
    picture) each. agree: whether this sentence belongs to this value; until then it is waited for.
    """
    seen = [look(cell, agree)]
    for pixels in (40, -20):
        drag(opened.page.mouse, cell.locator(".noUi-handle").first, pixels)
        seen.append(look(cell, agree, seen[-1]))
    return seen


def drag(mouse, handle, right):
    """Drag a slider's handle some pixels to the right until it moves."""
    before = handle.get_attribute("aria-valuetext")
    for _ in range(5):  # formulas above, still being set, may push it from under the mouse
        handle.hover()
        box = handle.bounding_box()
        mouse.down()
        mouse.move(box["x"] + box["width"] / 2 + right, box["y"] + box["height"] / 2, steps=4)
        mouse.up()
        if handle.get_attribute("aria-valuetext") != before:
            return


def look(cell, agree, before=(None, None)):
    """What an explorer shows once slider and sentence are others than before, and both at rest.

    The value is that of the slider's read-out (`aria-valuenow` has one decimal only). All is read
    in one go: in between the explorer might be redrawn, and for a moment have no figure.
    """
    deadline, last = time.monotonic() + TIMEOUT / 1000, None
    while time.monotonic() < deadline:
        at, said, drawn = cell.evaluate(
            """(cell) => [
                cell.querySelector(".widget-readout")?.textContent,
                cell.querySelector("output")?.textContent,
                cell.querySelector("svg[role=img] > g")?.outerHTML,
            ]"""
        )
        if None in (at, said, drawn):
            time.sleep(0.1)
            continue
        now = (float(at), said, drawn)
        if now[0] != before[0] and said != before[1] and now == last and agree(*now[:2]):
            return now
        last = now
        time.sleep(0.3)
    pytest.fail(f"The slider is at {at}, was at {before[0]}; the explorer says: {said}")


@pytest.mark.parametrize("name", INTERFACES)
def test_a_slider_redraws_figure_and_sentence(open_in, name):
    opened = open_in(name, SMALL)
    opened.run_all()
    assert unexpected_errors(opened) == []
    (explorer,) = opened.explorers()
    cell = opened.show(explorer)
    seen = moves(opened, cell, lambda at, said: said == f"Left of zero the slope is {at:g}.")
    start, right, back = (at for at, _, _ in seen)
    assert start == 0.1 < back < right
    assert len({picture for _, _, picture in seen}) == 3


def test_a_chapter_runs_in_jupyterlab_and_retrains_while_a_slider_moves(open_in):
    opened = open_in("lab", CHAPTER)
    opened.run_all()
    assert unexpected_errors(opened) == []
    explorers = opened.explorers()
    calls = [cell for cell in opened.cells() if cell["code"] and "\nexplore(" in cell["source"]]
    assert len(explorers) == len(calls) >= 3
    seen = moves(opened, opened.show(explorers[0]))
    assert len({picture for _, _, picture in seen}) == 3


def test_a_picture_is_dragged_in_jupyterlab(open_in):
    opened = open_in("lab", DRAGGED)
    opened.run_all()
    assert unexpected_errors(opened) == []
    cell = opened.show(0)
    mouse = opened.page.mouse
    said = cell.locator("output")
    for share, sentence in [(0.19, "The level is 0.2."), (0.88, "The level is 0.9.")]:
        area = cell.locator(".drag .area").bounding_box()
        x, bottom = area["x"] + area["width"] / 2, area["y"] + area["height"]
        mouse.move(x, bottom - area["height"] / 2)
        mouse.down()
        for part in (0.3, 0.6, 1):  # pictures come in the old one's place meanwhile
            mouse.move(x, bottom - area["height"] * (0.5 + part * (share - 0.5)))
        mouse.up()
        expect(said).to_have_text(sentence)
        expect(cell.locator(".widget-readout")).to_have_text(sentence[13:16])
