"""What replay.js promises of every explorer, asked of two that were made for it.

They have every kind of knob, presets and a play button, on a page that is read from a file and over
http. Each test has a page of its own, whose clock it turns itself: nothing waits, and nothing
depends on how fast the machine is.
"""

from urllib.parse import quote

import pytest
from in_page import run
from made import EVERYTHING, SMALL, draw_everything, draw_small, page_of

from tools.serve import serving

pytestmark = pytest.mark.site

TOLD = 5000  # ms, more than a button of it says what became of the link
REST = 700  # ms, more than replay.js waits before it announces and writes the address
CLIPBOARD = ["clipboard-read", "clipboard-write"]
NAMES = ["draw_everything", "draw_small"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the page."""
    folder = tmp_path_factory.mktemp("made")
    html = page_of((draw_everything, EVERYTHING), (draw_small, SMALL))
    (folder / "index.html").write_text(html, encoding="utf-8")
    return folder


@pytest.fixture(scope="module", params=["file", "http"])
def address(request, folder):
    """Return the page's address."""
    if request.param == "file":
        yield (folder / "index.html").as_uri()
    else:
        with serving(folder) as server:
            yield server.address + "index.html"


@pytest.fixture
def open_page(page_at, address):
    """Return a function that opens the page, or another address of it, once all of it can move."""

    def opened(fragment="", **options):
        page = page_at(address + fragment, **options)
        page.clock.install()
        page.reload()
        assert [name for name in NAMES if not run(page, "ready", name)] == []
        return page

    return opened


@pytest.fixture
def page(open_page):
    """Return the page, at rest."""
    page = open_page()
    page.clock.run_for(REST)
    return page


def elsewhere(page, name):
    """For each knob of the explorer the index of a stop at which it is not now."""
    now = run(page, "look", name)["at"]
    return [
        len(knob["labels"]) - 1 if at == 0 else at - 1
        for at, knob in zip(now, run(page, "describe", name), strict=True)
    ]


def drawn(page, name):
    """What is seen of the explorer once what was moved is drawn."""
    return run(page, "async (t, id) => (await t.drawn(), t.look(id))", name)


def looks(page):
    return [run(page, "look", name) for name in NAMES]


def move_all(page):
    """Move every knob of the page; return what is seen then, and rest."""
    moved = [run(page, "move", name, elsewhere(page, name)) for name in NAMES]
    page.clock.run_for(REST)
    return moved


def status(page, name):
    """What a screen reader was told last by the explorer."""
    return run(page, "(t, id) => t.figure(id).querySelector('[role=status]').textContent", name)


@pytest.mark.parametrize("name", NAMES)
def test_every_knob_moves_by_input_event(page, name):
    assert run(page, "sweep", name) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_knob_moves_by_keyboard(page, name):
    start = run(page, "look", name)
    for number, knob in enumerate(run(page, "describe", name)):
        page.locator(f"[id='{knob['key']}']").focus()
        assert press_until_both_change(page, name, number, knob), f"{name}: {knob['name']}"
        assert run(page, "move", name, start["at"]) == start


def press_until_both_change(page, name, number, knob):
    """Whether pressing the knob's keys changes picture and sentence; each must move one stop."""
    start = run(page, "look", name)
    last = len(knob["labels"]) - 1
    for key, target in keys(knob, start["at"][number], last):
        page.keyboard.press(key)
        now = drawn(page, name)
        assert now["at"][number] == target, f"{name}: {knob['name']} after {key}"
        assert now["sentence"] == now["alternative"]
        if all(now[part] != start[part] for part in ("picture", "sentence")):
            return True
    return False


def keys(knob, at, last):
    """What to press, and the stop at which the knob must then be."""
    if knob["kind"] == "checkbox":
        return [("Space", 1 - at)]
    if knob["kind"] == "range":
        rising = [("ArrowRight", i) for i in range(1, last + 1)]
        return [("End", last), ("ArrowLeft", max(last - 1, 0)), ("Home", 0), *rising]
    if at == last:
        return [("ArrowUp", i) for i in range(last - 1, -1, -1)]
    return [("ArrowDown", i) for i in range(at + 1, last + 1)]


def test_however_fast_moves_come_the_page_draws_once_a_frame_and_the_newest(page):
    """Read-outs follow at once; the figure does not lag behind a held key or a drag."""
    seen = run(
        page,
        """async (t, id) => {
          const output = t.figure(id).querySelector("output");
          const [field] = t.knobs(id);
          const value = field.parentElement.querySelector(".value");
          const start = output.textContent;
          const said = [];
          const watch = new MutationObserver(() => said.push(output.textContent));
          watch.observe(output, { childList: true });
          const readouts = [];
          for (const stop of [1, 2, 3, 4, 5, 6]) {
            t.put(field, stop);
            readouts.push(`${value.textContent} ${field.getAttribute("aria-valuetext")}`);
          }
          const before = output.textContent;
          await t.drawn();
          await t.pause(0);
          return { still: before === start, readouts, said };
        }""",
        "draw_small",
    )
    assert seen["readouts"] == [f"{stop} {stop}" for stop in range(1, 7)]
    assert seen["still"]
    assert seen["said"] == ["After 6 epochs the slope is 6."]


def test_a_drag_shows_after_each_frame_where_the_knob_is_then(page):
    lags = run(
        page,
        """async (t, id) => {
          const [field] = t.knobs(id);
          const lags = [];
          for (let frame = 0; frame < 12; frame += 1) {
            for (let i = 0; i < 5; i += 1) t.put(field, (frame * 5 + i * 3) % 11);
            await t.drawn();
            const told = Number(t.look(id).sentence.match(/\\d+/)[0]);
            lags.push(told - t.look(id).at[0]);
          }
          return lags;
        }""",
        "draw_small",
    )
    assert lags == [0] * 12


def test_a_preset_moves_its_knobs_and_no_others(page):
    start = run(page, "look", "draw_everything")["at"]
    page.get_by_text("fast").press("Enter")
    assert drawn(page, "draw_everything")["at"] == [4, *start[1:]]
    page.get_by_text("all else").press("Enter")
    assert run(page, "look", "draw_everything")["at"] == [4, 1, 1, 1]


def test_play_goes_to_the_end_and_pauses_where_it_is_told(page):
    knob = "(t, id) => t.look(id).at[0]"
    button = page.locator(".play")
    page.clock.pause_at(page.evaluate("Date.now()") + 600_000)
    button.press("Enter")
    assert button.text_content() == "Pause"
    page.clock.run_for(1600)  # five seconds for all, but half a second a stop at most
    assert run(page, knob, "draw_everything") == 1 + 3
    button.press("Enter")
    assert button.text_content() == "Play"
    page.clock.run_for(REST)
    assert run(page, knob, "draw_everything") == 1 + 3
    assert status(page, "draw_everything") == run(page, "look", "draw_everything")["sentence"]
    button.press("Enter")
    page.clock.run_for(10_000)
    assert (run(page, knob, "draw_everything"), button.text_content()) == (5, "Play")
    button.press("Enter")  # from its end it begins again
    page.clock.run_for(600)
    assert (run(page, knob, "draw_everything"), button.text_content()) == (1, "Pause")


def test_announcement_and_address_follow_after_a_rest(page):
    for name, moved in zip(NAMES, move_all(page), strict=True):
        assert status(page, name) == moved["sentence"]
        assert f"{name}?" in page.url.partition("#")[2]


def test_address_restores_the_state_in_a_new_page_and_after_a_reload(page, open_page):
    moved = move_all(page)
    copied = open_page("#" + page.url.partition("#")[2])
    assert looks(copied) == moved
    copied.reload()
    assert all(run(copied, "ready", name) for name in NAMES)
    assert looks(copied) == moved


def test_a_link_to_each_setting_can_be_copied(open_page, address):
    page = open_page(permissions=CLIPBOARD)
    moved, links = move_all(page), []
    for name in NAMES:
        press_link(page, name, "Link copied")
        links.append(page.evaluate("navigator.clipboard.readText()"))
        assert links[-1].startswith(f"{address}#{quote(name)}?")
    # Each link holds one explorer's state; an address can hold several.
    assert looks(open_page(f"#{';'.join(link.partition('#')[2] for link in links)}")) == moved


def test_where_nothing_can_be_copied_the_address_is_the_link(page, address):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    for name in NAMES:
        press_link(page, name, "The link is in the address bar")
        assert page.url.startswith(f"{address}#{quote(name)}?")
    page.clock.run_for(TOLD)
    assert page.locator(".link").all_text_contents() == ["Copy link to this setting"] * len(NAMES)


def press_link(page, name, said):
    """Press the button by keyboard; it must say this, and so must a screen reader."""
    button = page.locator(f"[id='{name}'] .link")
    assert button.text_content() == "Copy link to this setting"
    button.press("Enter")
    told = (
        "([id, text]) => document.querySelector(`[id='${id}'] [role=status]`).textContent === text"
    )
    page.wait_for_function(told, arg=[name, f"{said}."])
    assert button.text_content() == said


def test_inside_another_page_the_link_is_shown(browser, folder, address):
    """The address bar is the outer page's, and a frame of another site has no clipboard."""
    outer = folder / "outer.html"
    outer.write_text(
        f"<iframe sandbox='allow-scripts' src='{address}' width=900 height=2000></iframe>",
        encoding="utf-8",
    )
    page = browser.new_page()  # not page_at: the browser itself complains of the clipboard
    page.goto(outer.as_uri())
    inner = page.frame_locator("iframe")
    button, field = inner.locator("#draw_small .link"), inner.locator("#draw_small input[readonly]")
    for _ in range(2):
        button.click()
        field.wait_for()
        assert field.input_value() == f"{address}#draw_small?epoch=0"
        assert button.text_content() == "Copy the selected link"
        assert field.evaluate("(it) => getSelection().toString() || it.selectionEnd > 0")
    assert field.count() == 1
    page.close()


SHARED = [
    "#draw_everything%3Flr%3D0.9",
    "#draw_everything%253Flr%253D0.9",
    "#draw_everything%3flr%3d0%2e9",
    "#draw_everything?lr%3D0.9",
    "#draw_everything?lr=0%252E9",
    "#draw_everything?lr=0.9).",
    "#draw_everything?lr=0.9**",
    "#draw_everything?lr=0.9&gt;",
    "#draw_everything?lr=0.9»",
    "#draw_everything?lr=0.9。",
    "#draw_everything?lr=0.9, which is",
    "#draw_everything？lr＝0.9",
    "#draw_everything?lr＝０．９",
    "#draw_everything?lr=0,9",
    "#draw_everything?lr=.9",
    "#draw_everything?lr=9e-1",
    "#draw_everything?lr=+0.9",
    "#draw_everything?lr=%200.9%20",
    "#draw_everything ?lr =0.9",
    "#DRAW_EVERYTHING?LR=0.9",
    "##draw_everything?lr=0.9",
    "#draw_everything?lr=0.9&utm_source=chat",
    "#draw_everything?utm_source=chat&amp;lr=0.9",
    "#draw_everything?power=1&amp;amp;lr=0.9",
    "#draw_everything?lr=0.9?utm_source=chat",
    "#draw_everything?lr=0.9#draw_everything",
    "#draw\\_everything?lr\\=0.9",
    "#*draw_everything?lr=0.9*",
    "#`draw_everything?`lr`=`0.9`",
    '#draw_everything?lr="0.9"',
    "#draw_everything?lr=(0.9)",
    "#draw_everything?lr==0.9",
    "#draw_everything?lr=3D0.9",
    "#draw_everything?power=1&#038;lr=0.9",
    "#draw_everything?power=1&#x26;lr=0.9",
    "#\u2060draw_\u200beverything?\u200blr=0.9\ufeff",
    "#draw_everything?lr=\u202a0.9\u202c",
    "#nobody?lr=0.1;draw_everything?lr=0.9",
    "?draw_everything?lr=0.9",
    "?draw_everything%3Flr%3D0.9",
    "?utm_source=chat#draw_everything?lr=0.9",
]


OTHERS = {
    "kind=%CE%B1%20%7C%22'%3E": [1, 0, 1, 0],
    "kind=%25CE%25B1%2520%257C%2522'%253E": [1, 0, 1, 0],
    "kind=Α+|\"'>.": [1, 0, 1, 0],
    "power=2).": [1, 1, 0, 0],
    "power=2,0": [1, 1, 0, 0],
    "guest=True": [1, 0, 0, 1],
    "guest=true).": [1, 0, 0, 1],
    "lr=fast&guest=maybe&power=3&kind=": [1, 0, 0, 0],
    "lr=−5": [0, 0, 0, 0],
    "lr=(-5)": [0, 0, 0, 0],
    "power=`2`&kind=**α+|\"'>**": [1, 1, 1, 0],
}


def test_a_link_that_was_passed_on_sets_its_knobs(page_at, folder):
    address = (folder / "index.html").as_uri()
    page, wrong = page_at(address), []
    wanted = {fragment: [4, 0, 0, 0] for fragment in SHARED}
    wanted |= {f"#draw_everything?{query}": at for query, at in OTHERS.items()}
    for fragment, at in wanted.items():
        page.goto("about:blank")  # or the page would only hear that its fragment changes
        page.goto(address + fragment)
        found = run(page, "look", "draw_everything")["at"]
        wrong += [(fragment, found)] if found != at else []
    assert wrong == []


IMAGE = "<img src=x onerror=alert(1)>"
HOSTILE = [
    f"{{name}}?{{knob}}={IMAGE}",
    f"{{name}}?{{knob}}={quote(IMAGE)}",
    "{name}?{knob}=NaN",
    "{name}?{knob}=",
    "{name}?{knob}",
    "{name}?{knob}=__proto__",
    "{name}?__proto__=1&constructor=2&toString=3",
    "{name}?{knob}=%E0%A4%A",
    "%E0%A4%A?{knob}=1",
    "__proto__?{knob}=1;constructor?{knob}=1",
    f"{IMAGE}?{{knob}}=1",
    "nobody?{knob}=1",
    '[id="x"]:has(*)>a,"]?{knob}=1',
    ";;?;&=;{name};?{knob}",
    "{name}?" + "a" * 50_000,
]
# Numbers beyond the ends are clamped by sliders; other knobs have no such option.
FAR = ["1e400", "Infinity", "9" * 5000], ["-1e400", "-Infinity", "-" + "9" * 5000]


def visit(page, name, fragments):
    """What the explorer shows after the page's address has come to end in each of these."""
    follow = """async (t, id, fragments) => {
      const looks = [];
      for (const fragment of [...fragments, ""]) {
        // The page's own listener came first; there is no event if the address stays the same.
        const before = location.href;
        const heard = new Promise((resolve) =>
          addEventListener("hashchange", resolve, { once: true }),
        );
        location.hash = fragment;
        if (location.href !== before) await heard;
        looks.push(t.look(id));
      }
      return looks.slice(0, -1);
    }"""
    return run(page, follow, name, fragments)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_fragments_do_nothing(page, name):
    before, start = run(page, "elements"), run(page, "look", name)
    for knob in run(page, "describe", name):
        fragments = [text.format(name=name, knob=knob["name"]) for text in HOSTILE]
        seen = visit(page, name, fragments)
        moved = [f[:80] for f, now in zip(fragments, seen, strict=True) if now != start]
        assert moved == []
    assert run(page, "elements") == before


def test_hostile_address_of_a_new_page_does_nothing(page, open_page):
    hostile = ";".join(HOSTILE).format(name=NAMES[0], knob="lr")
    attacked = open_page(f"#{hostile}")
    assert looks(attacked) == looks(page)
    assert attacked.locator("img[src=x]").count() == 0


@pytest.mark.parametrize("name", NAMES)
def test_numbers_beyond_the_ends_are_clamped(page, name):
    start = run(page, "look", name)
    for number, knob in enumerate(run(page, "describe", name)):
        for wishes, end in zip(FAR, (len(knob["labels"]) - 1, 0), strict=True):
            expected = end if knob["kind"] == "range" else start["at"][number]
            for now in visit(page, name, [f"{name}?{knob['name']}={w}" for w in wishes]):
                assert now["at"][number] == expected
                assert now["sentence"] == now["alternative"]
        run(page, "move", name, start["at"])


@pytest.mark.parametrize("name", NAMES)
def test_an_address_is_followed_even_if_a_move_replaces_it_meanwhile(page, name):
    """The address of a move is written once it rests, which may be between a link and its event."""
    stops, knobs = elsewhere(page, name), run(page, "describe", name)
    pairs = (f"{k['name']}={quote(k['labels'][i])}" for k, i in zip(knobs, stops, strict=True))
    follow = """async (t, id, fragment) => {
      const heard = new Promise((resolve) =>
        addEventListener("hashchange", resolve, { once: true }),
      );
      location.hash = fragment;
      history.replaceState(null, "", "#");
      await heard;
      return t.look(id).at;
    }"""
    assert run(page, follow, name, f"{quote(name)}?{'&'.join(pairs)}") == stops


def test_a_link_is_not_overwritten_by_an_older_move(page):
    name = NAMES[0]
    start, stops = run(page, "look", name), elsewhere(page, name)
    knob = run(page, "describe", name)[0]
    run(page, "move", name, stops)
    fragment = f"#{name}?{knob['name']}={quote(knob['labels'][start['at'][0]])}"
    page.evaluate(
        """(fragment) => new Promise((heard) => {
          addEventListener("hashchange", heard, { once: true });
          location.hash = fragment;
        }).then(() => 0)""",
        fragment,
    )
    page.clock.run_for(REST)
    assert page.evaluate("location.hash") == fragment
    assert run(page, "look", name)["at"] == [start["at"][0], *stops[1:]]
