"""Every explorer of every built page, in a browser, from a file and over http, without a network.

The explorers are found in the built site, so that a new one is tested without being named here.
"""

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from built_site import SITE, explorers_by_page

pytestmark = pytest.mark.site

EXPLORERS = explorers_by_page()
IN_PAGE = Path(__file__).with_name("in_page.js").read_text(encoding="utf-8")
TOLD = 5000  # ms, more than a button of it says what became of the link
REST = 700  # ms, more than replay.js waits before it announces and writes the address


def run(page, function, *arguments):
    """Result in the page of a function of in_page.js, or of `(t, …) => …`, t being that module."""
    call = function if "=>" in function else f"(t, ...rest) => t.{function}(...rest)"
    script = f"(all) => ({call})(window.inPage ??= {IN_PAGE.strip()}, ...all)"
    return page.evaluate(script, list(arguments))


@pytest.fixture(scope="session")
def names(path):
    """Return the ids of the page's explorers."""
    return EXPLORERS[path]


@pytest.fixture
def explorers(page, names):
    """Return the page once every explorer on it can move."""
    assert [name for name in names if not run(page, "ready", name)] == []
    return page


def elsewhere(page, name):
    """For each knob of the explorer the index of a stop at which it is not now."""
    now = run(page, "look", name)["at"]
    return [
        len(knob["labels"]) - 1 if at == 0 else at - 1
        for at, knob in zip(now, run(page, "describe", name), strict=True)
    ]


def test_the_site_has_explorers(site):
    assert EXPLORERS, f"no page in {site} has an explorer: run make book"


@pytest.mark.parametrize("page_path", sorted(EXPLORERS))
def test_ids_are_unique(page_path):
    ids = re.findall(r'\sid="([^"]*)"', (SITE / page_path).read_text("utf-8"))
    assert sorted(ids) == sorted(set(ids))


def test_markup(page, names):
    for name in names:
        parts = run(
            page,
            """(t, id) => ({
              tag: t.figure(id).tagName,
              pictures: t.figure(id).querySelectorAll("svg[role=img]").length,
              outputs: t.figure(id).querySelectorAll("output").length,
              labels: t.knobs(id).map((f) => [...f.labels].map((label) => label.textContent)),
              names: t.knobs(id).map((f) => [f.name]),
            })""",
            name,
        )
        assert (parts["tag"], parts["pictures"], parts["outputs"]) == ("FIGURE", 1, 1)
        assert parts["labels"] == parts["names"] != []


def test_every_knob_moves_by_input_event(explorers, names):
    assert [wrong for name in names for wrong in run(explorers, "sweep", name)] == []


def test_every_knob_moves_by_keyboard(explorers, names):
    for name in names:
        start = run(explorers, "look", name)
        for number, knob in enumerate(run(explorers, "describe", name)):
            explorers.locator(f"[id='{knob['key']}']").focus()
            assert press_until_both_change(explorers, name, number, knob), f"{name}: {knob['name']}"
            assert run(explorers, "move", name, start["at"]) == start


def press_until_both_change(page, name, number, knob):
    """Whether pressing the knob's keys changes picture and sentence; each must move one stop."""
    start = run(page, "look", name)
    last = len(knob["labels"]) - 1
    for key, target in keys(knob, start["at"][number], last):
        if key in knob["labels"]:
            page.keyboard.type(key)
        else:
            page.keyboard.press(key)
        now = run(page, "look", name)
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
        return [(knob["labels"][0], 0), *(("ArrowDown", i) for i in range(1, last + 1))]
    return [(knob["labels"][last], last), *(("ArrowUp", i) for i in range(last - 1, -1, -1))]


def test_presets_jump(explorers, names):
    for name in names:
        start = run(explorers, "look", name)
        for button in explorers.locator(f"[id='{name}'] .preset").all():
            button.focus()
            explorers.keyboard.press("Enter")
            now = run(explorers, "look", name)
            assert now["sentence"] == now["alternative"]
            state = button.evaluate("(node) => JSON.parse(node.dataset.state)")
            knobs = [knob["name"] for knob in run(explorers, "describe", name)]
            assert {knob: now["at"][knobs.index(knob)] for knob in state} == state
            assert run(explorers, "move", name, now["at"]) == now
        run(explorers, "move", name, start["at"])


def test_play_runs_and_pauses(explorers, names):
    names = [name for name in names if explorers.locator(f"[id='{name}'] .play").count()]
    starts = {name: run(explorers, "look", name) for name in names}
    for name in names:
        press_play(explorers, name, "Play")
    for name in names:
        moved = "([id, before]) => document.getElementById(id).querySelector('output').textContent"
        explorers.wait_for_function(f"{moved} !== before", arg=[name, starts[name]["sentence"]])
        press_play(explorers, name, "Pause")
    paused = [run(explorers, "look", name) for name in names]
    explorers.wait_for_timeout(REST if names else 0)
    assert [run(explorers, "look", name) for name in names] == paused
    for name in names:
        assert explorers.locator(f"[id='{name}'] .play").text_content() == "Play"
        assert run(explorers, "move", name, starts[name]["at"]) == starts[name]


def press_play(page, name, text):
    """Press the play button by keyboard if it reads so; one that came to its end reads Play."""
    button = page.locator(f"[id='{name}'] .play")
    if button.text_content() == text:
        button.focus()
        page.keyboard.press("Enter")


def test_announcement_and_address_follow_after_a_rest(explorers, names):
    starts = {name: run(explorers, "look", name)["at"] for name in names}
    moved = {name: run(explorers, "move", name, elsewhere(explorers, name)) for name in names}
    explorers.wait_for_timeout(REST)
    status = "(t, id) => t.figure(id).querySelector('[role=status]').textContent"
    for name in names:
        assert run(explorers, status, name) == moved[name]["sentence"]
        assert f"{name}?" in explorers.url.partition("#")[2]
        run(explorers, "move", name, starts[name])


def test_address_restores_the_state_in_a_new_page_and_after_a_reload(explorers, page_at, names):
    starts = {name: run(explorers, "look", name)["at"] for name in names}
    moved = [run(explorers, "move", name, elsewhere(explorers, name)) for name in names]
    explorers.wait_for_timeout(REST)
    copied = page_at(explorers.url)
    assert looks_after_loading(copied, names, moved) == moved
    copied.reload()
    assert looks_after_loading(copied, names, moved) == moved
    for name in names:
        run(explorers, "move", name, starts[name])


CLIPBOARD = ["clipboard-read", "clipboard-write"]


def test_a_link_to_each_setting_can_be_copied(page_at, address, names):
    page = page_at(address, permissions=CLIPBOARD)
    moved, links = [], []
    for name in names:
        assert run(page, "ready", name)
        moved.append(run(page, "move", name, elsewhere(page, name)))
        wait_for_status(page, name, moved[-1]["sentence"])  # or it would come after the button's
        press_link(page, name, "Link copied")
        links.append(page.evaluate("navigator.clipboard.readText()"))
        assert links[-1].startswith(f"{address}#{quote(name)}?")
    # Each link holds one explorer's state; an address can hold several.
    copied = page_at(f"{address}#{';'.join(link.partition('#')[2] for link in links)}")
    assert looks_after_loading(copied, names, moved) == moved


def test_where_nothing_can_be_copied_the_address_is_the_link(page_at, address, names):
    page = page_at(address)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.clock.install()
    for name in names:
        press_link(page, name, "The link is in the address bar")
        assert page.url.startswith(f"{address}#{quote(name)}?")
    page.clock.run_for(TOLD)
    for name in names:
        page.wait_for_function(
            "(id) => document.querySelector(`[id='${id}'] .link`).textContent.startsWith('Copy')",
            arg=name,
        )


def press_link(page, name, said):
    """Press the button by keyboard; it must say this, and so must a screen reader."""
    button = page.locator(f"[id='{name}'] .link")
    assert button.text_content() == "Copy link to this setting"
    button.focus()
    page.keyboard.press("Enter")
    wait_for_status(page, name, f"{said}.")
    assert button.text_content() == said


def wait_for_status(page, name, text):
    """Wait until a screen reader is told this by the explorer."""
    told = (
        "([id, text]) => document.querySelector(`[id='${id}'] [role=status]`).textContent === text"
    )
    page.wait_for_function(told, arg=[name, text])


def looks_after_loading(page, names, expected):
    """What the explorers show once their sentences are the expected ones, or after 5 s."""
    sentences = [look["sentence"] for look in expected]
    for _ in range(100):
        looks = [run(page, "look", name) for name in names]
        if [look["sentence"] for look in looks] == sentences:
            break
        page.wait_for_timeout(50)
    return looks


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


def test_hostile_fragments_do_nothing(explorers, names):
    before = run(explorers, "elements")
    for name in names:
        start = run(explorers, "look", name)
        for knob in run(explorers, "describe", name):
            fragments = [text.format(name=name, knob=knob["name"]) for text in HOSTILE]
            looks = visit(explorers, name, fragments)
            moved = [f[:80] for f, now in zip(fragments, looks, strict=True) if now != start]
            assert moved == []
        assert run(explorers, "elements") == before


def test_numbers_beyond_the_ends_are_clamped(explorers, names):
    for name in names:
        start = run(explorers, "look", name)
        for number, knob in enumerate(run(explorers, "describe", name)):
            for wishes, end in zip(FAR, (len(knob["labels"]) - 1, 0), strict=True):
                expected = end if knob["kind"] == "range" else start["at"][number]
                for now in visit(explorers, name, [f"{name}?{knob['name']}={w}" for w in wishes]):
                    assert now["at"][number] == expected
                    assert now["sentence"] == now["alternative"]
            run(explorers, "move", name, start["at"])


def test_an_address_is_followed_even_if_a_move_replaces_it_meanwhile(explorers, names):
    """The address of a move is written once it rests, which may be between a link and its event."""
    for name in names:
        start, stops = run(explorers, "look", name), elsewhere(explorers, name)
        knobs = run(explorers, "describe", name)
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
        assert run(explorers, follow, name, f"{quote(name)}?{'&'.join(pairs)}") == stops
        assert run(explorers, "move", name, start["at"]) == start


def test_a_link_is_not_overwritten_by_an_older_move(explorers, names):
    name = names[0]
    explorers.wait_for_timeout(REST)  # until all that moved before has come to rest
    start, stops = run(explorers, "look", name), elsewhere(explorers, name)
    knob = run(explorers, "describe", name)[0]
    run(explorers, "move", name, stops)
    fragment = f"#{name}?{knob['name']}={quote(knob['labels'][start['at'][0]])}"
    explorers.evaluate("(fragment) => { location.hash = fragment; }", fragment)
    explorers.wait_for_timeout(REST)
    assert explorers.evaluate("location.hash") == fragment
    assert run(explorers, "look", name)["at"] == [start["at"][0], *stops[1:]]
    assert run(explorers, "move", name, start["at"]) == start


def test_hostile_address_of_a_new_page_does_nothing(page_at, address, page, names):
    knob = run(page, "describe", names[0])[0]["name"]
    hostile = ";".join(HOSTILE).format(name=names[0], knob=knob)
    attacked = page_at(f"{address}#{hostile}")
    for name in names:
        assert run(attacked, "ready", name)
        assert run(attacked, "look", name) == run(page, "look", name)
    assert attacked.locator("img[src=x]").count() == 0


def test_without_scripts_the_first_picture_stands_there(page_at, address, names):
    page = page_at(address, java_script_enabled=False)
    for name in names:
        figure = page.locator(f"[id='{name}']")
        picture = figure.locator("svg")
        assert picture.bounding_box()["width"] > 200
        assert figure.locator("output").is_visible()
        assert figure.locator("output").text_content() == picture.get_attribute("aria-label")
        for control in figure.locator("input, select, button").all():
            assert not control.is_visible()
    # A solution that is folded away shows its formulas when it is opened, without scripts, too.
    formulas = page.locator("math:not(details:not([open]) *)")
    boxes = formulas.evaluate_all("(all) => all.map((one) => one.getBoundingClientRect())")
    assert len(boxes) == formulas.count()
    assert [box for box in boxes if min(box["width"], box["height"]) <= 0] == []


def test_curves_and_letters_follow_the_theme(page, names):
    theme = page.evaluate("document.documentElement.dataset.theme")
    seen = {}
    for mode in ("light", "dark"):
        page.evaluate("(mode) => document.documentElement.dataset.theme = mode", mode)
        seen[mode] = {name: run(page, "colours", name) for name in names}
    page.evaluate("(mode) => document.documentElement.dataset.theme = mode", theme)
    for name in names:
        light, dark = seen["light"][name], seen["dark"][name]
        # What lies on a map has the map's colours, which are the same in both themes.
        assert light["curves"] or light["map"], f"{name} has no curve in a colour of the theme"
        assert [
            pair for pair in zip(light["curves"], dark["curves"], strict=True) if len(set(pair)) < 2
        ] == []
        assert light["text"] != dark["text"]


def test_narrow_page_does_not_scroll_sideways(page_at, site, path):
    page = page_at(f"{site.as_uri()}/{path}", viewport={"width": 360, "height": 740})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
