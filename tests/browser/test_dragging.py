"""Pictures that are dragged: by the mouse in three browsers, and by a finger."""

import numpy as np
import pytest
from made import page_of

pytestmark = pytest.mark.site

T = np.linspace(-1, 1, 41)


def draw_both(ax, *, lr=0.1, beta=0.5):
    ax.plot(lr, beta, "o")
    ax.set(xlim=(0, 1), ylim=(-1, 1))
    return f"At {lr:g} and {beta:g}."


def draw_across(axes, *, x=0.5):
    axes[1].plot(T, T**2)
    axes[1].plot(x, x**2, "o")
    axes[1].set(xlim=(-1, 1), ylim=(-1, 1))
    return f"The slope is {2 * x:g}."


def draw_up(ax, *, height=10):
    ax.plot(0.5, height, "o")
    ax.set(xlim=(0, 1), ylim=(1, 1000), yscale="log")
    return f"As high as {height}."


CALLS = [
    (draw_both, {"lr": (0, 1, 0.05), "beta": (-1, 1, 0.1), "drag": ("lr", "beta")}),
    (draw_across, {"x": (-1, 1, 0.1), "drag": ("x", None, 1), "panels": (1, 2)}),
    (draw_up, {"height": [1, 3, 10, 30, 100, 300, 1000], "drag": (None, "height")}),
]
# In the window: the frame in which it is dragged, the handle's middle.
PLACES = """async ([name]) => {
  const figure = document.getElementById(name);
  const scrolled = scrollY;
  for (let still = 0, last; still < 10; last = scrollY) { // a swipe goes on for a while
    figure.scrollIntoView({ behavior: "instant" });
    await new Promise((resolve) => requestAnimationFrame(resolve));
    still = scrollY === last ? still + 1 : 0;
  }
  const handle = figure.querySelector(".drag .handle").getBoundingClientRect();
  const { x, y, width, height } = figure.querySelector(".drag .area").getBoundingClientRect();
  return {
    frame: [x, y, width, height],
    handle: [handle.x + handle.width / 2, handle.y + handle.height / 2],
    scrolled: [scrolled, scrollY],
    labels: [...figure.querySelectorAll("input")].map((it) => it.getAttribute("aria-valuetext")),
    sentence: figure.querySelector("output").textContent,
  };
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Return the address of a page with three pictures to drag, and room to scroll."""
    folder = tmp_path_factory.mktemp("dragged")
    (folder / "_static").mkdir()  # as every page of the site has
    room = '<div style="height:3000px"></div>'
    text = page_of(*CALLS).replace("<meta", "<head><meta", 1)
    (folder / "index.html").write_text(text + room, encoding="utf-8")
    return (folder / "index.html").as_uri()


def at(places, across, up):
    """The point of the window at these shares of the frame, from its lower left."""
    x, y, width, height = places["frame"]
    return x + across * width, y + (1 - up) * height


@pytest.mark.parametrize(
    ("name", "end", "labels", "sentence"),
    [
        ("draw_both", (0.76, 0.26), ["0.75", "-0.5"], "At 0.75 and -0.5."),
        ("draw_across", (0.2, 0.9), ["-0.6"], "The slope is -1.2."),
        ("draw_up", (0.9, 0.65), ["100"], "As high as 100."),
    ],
)
def test_the_mouse_drags(reader, address, name, end, labels, sentence):
    reader.open(address, width=900, height=700)
    before = reader.run(PLACES, name)
    reader.drag(at(before, 0.5, 0.5), at(before, *end))
    after = reader.run(PLACES, name)
    assert (after["labels"], after["sentence"]) == (labels, sentence)
    assert reader.complaints == []
    # Beyond the frame the pointer is still held, and finds the last stop.
    reader.drag(at(after, 0.5, 0.5), at(after, 1.2, 1.1))
    ends = {"draw_both": ["1", "1"], "draw_across": ["1"], "draw_up": ["1000"]}
    assert reader.run(PLACES, name)["labels"] == ends[name]


@pytest.fixture
def touched(page_at, address):
    """Return the page on a phone, and a function that draws a finger along points."""
    page = page_at(address, viewport={"width": 390, "height": 844}, has_touch=True)
    devtools = page.context.new_cdp_session(page)

    def finger(*points):
        for number, (x, y) in enumerate(points):
            kind = "touchMove" if number else "touchStart"
            place = [{"x": x, "y": y}]
            devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": place})
        devtools.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    return page, finger


def along(start, end):
    return np.linspace(start, end, 12).tolist()


def test_a_finger_drags_along_the_knob_and_scrolls_across_it(touched):
    page, finger = touched
    before = page.evaluate(PLACES, ["draw_across"])
    finger(*along(at(before, 0.5, 0.5), at(before, 0.9, 0.5)))
    after = page.evaluate(PLACES, ["draw_across"])
    assert after["labels"] == ["0.8"]
    finger(*along(at(after, 0.3, 0.2), at(after, 0.3, 0.2 + 0.7)))
    last = page.evaluate(PLACES, ["draw_across"])
    assert last["labels"] == ["0.8"]
    assert last["scrolled"][0] != after["scrolled"][1]


@pytest.mark.parametrize(("name", "stops"), [("draw_both", ["0.1", "0.5"]), ("draw_up", ["10"])])
def test_a_finger_scrolls_beside_the_handle_and_drags_it(touched, name, stops):
    page, finger = touched
    before = page.evaluate(PLACES, [name])
    finger(*along(at(before, 0.8, 0.1), at(before, 0.8, 0.1 + 0.4)))
    now = page.evaluate(PLACES, [name])
    assert now["labels"] == stops
    assert now["scrolled"][0] != before["scrolled"][1]
    finger(*along(now["handle"], at(now, 0.6, 0.99)))
    moved = page.evaluate(PLACES, [name])
    assert moved["labels"] == {"draw_both": ["0.6", "1"], "draw_up": ["1000"]}[name]
    assert moved["scrolled"][0] == now["scrolled"][1]


def test_a_tap_jumps(touched):
    page, finger = touched
    before = page.evaluate(PLACES, ["draw_both"])
    finger(at(before, 0.3, 0.75))
    page.wait_for_function("() => document.querySelector('input').ariaValueText === '0.3'")
    assert page.evaluate(PLACES, ["draw_both"])["labels"] == ["0.3", "0.5"]


def test_the_handle_follows_the_sliders(page_at, address):
    page = page_at(address)
    for label in ("lr", "beta"):
        slider = page.locator("#draw_both").get_by_role("slider", name=label)
        for key in ("Home", "ArrowRight", "ArrowRight"):
            slider.press(key)
    page.evaluate("() => new Promise(requestAnimationFrame)")
    places = page.evaluate(PLACES, ["draw_both"])
    assert places["labels"] == ["0.1", "-0.8"]
    assert places["handle"] == pytest.approx(at(places, 0.1, 0.1), abs=1)
