"""SVGs are tidied without a visible change, and frames are packed as their docstrings say."""

import io
import json
import re
import zlib
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from messages import says

from utils._canvas import Frame
from utils._controls import Control, Controls
from utils._replay import MAX_BYTES, BudgetError, check_positions, fragment, pack, positions
from utils._svg import tidy

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")
COLOURS = {"#1b62b5": "--plot-c0", "#ffffff": "--plot-paper"}


def plot():
    """Matplotlib's own SVG of a figure that has all that tidy() treats."""
    settings = {"svg.fonttype": "none", "svg.hashsalt": "x", "figure.facecolor": "#ffffff"}
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(4, 3))
        left, right = figure.subplots(1, 2)
        x = np.linspace(0.001234, 1, 7)
        left.plot(x, np.sin(9 * x), "o-", color="#1b62b5", label="a <b> & “c”")
        left.set_title("bold", fontweight="bold")
        left.set_xlabel("slanted", fontstyle="italic")
        left.set_ylabel("$x^2_i$")
        left.legend()
        right.imshow(np.arange(12).reshape(3, 4), rasterized=True)
        right.contourf(np.arange(12).reshape(3, 4), alpha=0.3)
        right.plot([0, 1e9], [0, 3e8], clip_on=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


@pytest.fixture(scope="module")
def raw():
    return plot()


@pytest.fixture(scope="module")
def tidied(raw):
    return tidy(raw, name="draw_x", colours=COLOURS, label='1 < 2 & "3" é')


def elements(svg):
    """The elements that tidy() keeps, in document order."""
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.removeprefix(SVG) in ("metadata", "style", "title"):
                parent.remove(child)
    return list(root.iter())


def references(svg):
    return re.findall(r'(?:url\(|href=")#([^)"]+)', svg)


def test_every_element_is_kept(raw, tidied):
    before, after = elements(raw), elements(tidied)
    assert [node.tag for node in before] == [node.tag for node in after]
    assert [node.text for node in before if node.tag == f"{SVG}text"] == [
        node.text for node in after if node.tag == f"{SVG}text"
    ]


def test_nothing_that_only_a_file_needs_is_left(tidied):
    for rest in ("<?xml", "<!DOCTYPE", "<metadata", "<style", "<!--", "xlink:", "font-family"):
        assert rest not in tidied
    assert "width" not in ElementTree.fromstring(tidied).attrib


def test_root_is_an_image_with_its_sentence(tidied):
    root = ElementTree.fromstring(tidied)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == '1 < 2 & "3" é'
    assert [float(part) for part in root.attrib["viewBox"].split()] == [0, 0, 4 * 72, 3 * 72]


def test_ids_are_unique_prefixed_and_each_is_used(tidied):
    ids = re.findall(r'\bid="([^"]+)"', tidied)
    assert len(ids) == len(set(ids)) >= 3
    assert all(name.startswith("draw_x-") for name in ids)
    assert set(ids) == set(references(tidied))


def test_references_lead_to_the_same_elements(raw, tidied):
    def targets(svg):
        nodes = elements(svg)
        place = {node.attrib["id"]: i for i, node in enumerate(nodes) if "id" in node.attrib}
        pairs = (
            (i, place[name])
            for i, node in enumerate(nodes)
            for value in node.attrib.values()
            for name in re.findall(r"(?:^|url\()#([^)]+)", value)
        )
        return list(pairs)

    assert targets(tidied) == targets(raw) != []


def test_two_names_share_no_id(raw):
    one, two = (tidy(raw, name=name, colours={}, label="x") for name in ("one", "two"))
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (one, two)]
    assert ids[0].isdisjoint(ids[1])


def test_colours_become_variables_with_themselves_as_fallback(raw, tidied):
    for colour, variable in COLOURS.items():
        bare = rf"(?<!,){colour}"
        assert re.search(bare, raw)
        assert not re.search(bare, tidied)
        assert f"var({variable},{colour})" in tidied


def test_other_colours_stay(raw, tidied):
    found = set(re.findall(r"#[0-9a-f]{6}\b", raw)) - set(COLOURS)
    assert found
    assert found <= set(re.findall(r"#[0-9a-f]{6}\b", tidied))


def test_rounding_moves_nothing_by_more_than_a_hundredth_of_a_point(raw, tidied):
    compared = 0
    for before, after in zip(elements(raw)[1:], elements(tidied)[1:], strict=True):
        for key in ("d", "x", "y", "width", "height"):
            old = [float(text) for text in NUMBER.findall(before.attrib.get(key, ""))]
            new = [float(text) for text in NUMBER.findall(after.attrib.get(key, ""))]
            np.testing.assert_allclose(new, old, rtol=1e-9, atol=0.0051)
            compared += len(old)
    assert compared > 200


def test_transforms_keep_their_meaning(raw, tidied):
    compared = 0
    for before, after in zip(elements(raw), elements(tidied), strict=True):
        old, new = before.attrib.get("transform"), after.attrib.get("transform")
        if old is None or new is None:
            assert old is None or re.match(r"rotate\(-?0 ", old), old
            continue
        assert re.sub(NUMBER, "", new).split() == re.sub(NUMBER, "", old).split()
        np.testing.assert_allclose(
            [float(text) for text in NUMBER.findall(new)],
            [float(text) for text in NUMBER.findall(old)],
            rtol=0,
            atol=0.000051,
        )
        compared += 1
    assert compared


def markup(inside):
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">{inside}</svg>'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<path d="M 0.123456 1 \nL -0.004 2.5 \nz\n"/>', '<path d="M 0.12 1 L -0 2.5 z" />'),
        ('<path d="M 1.234567e+09 1.5e-05"/>', '<path d="M 1234567000 0" />'),
        ('<g transform="scale(0.001234567 -0.5)"/>', '<g transform="scale(0.00123 -0.5)" />'),
        ('<text transform="rotate(-0 3.1 4.2)">a</text>', "<text>a</text>"),
        (
            '<text transform="rotate(-90 3.14159 4)">a</text>',
            '<text transform="rotate(-90 3.14159 4)">a</text>',
        ),
        (
            "<text style=\"font: 700 12px 'DejaVu Sans', 'A;B'; fill: #123456\">a</text>",
            '<text style="font-size:12px;font-weight:700;fill:#123456">a</text>',
        ),
        (
            '<text style="font: italic 10px serif; text-anchor: middle">a</text>',
            '<text style="font-size:10px;font-style:italic;text-anchor:middle">a</text>',
        ),
        ('<image href="data:image/png;base64,A#x"/>', '<image href="data:image/png;base64,A#x" />'),
    ],
)
def test_tidied_element(before, after):
    assert after in tidy(markup(before), name="n", colours={}, label="x")


def frame(inside, sentence="s"):
    return Frame(markup(inside), sentence)


def unpack(frames, first=0):
    return json.loads(zlib.decompress(pack(frames, first)))


def test_pack_holds_each_distinct_change_once_the_first_frame_at_index_0():
    frames = [frame(f'<g><path d="{d}"/></g>', s) for d, s in (("A", "a"), ("B", "b"), ("A", "b"))]
    assert unpack(frames, first=1) == {
        "slots": [[2, "d", ["B", "A"]], [-1, "", ["b", "a"]]],
        "at": [[1, 0, 1], [1, 0, 0]],
    }


def test_pack_writes_null_for_an_attribute_that_is_missing():
    frames = [frame('<g id="a"/>'), frame("<g/>")]
    assert unpack(frames)["slots"][0] == [1, "id", ["a", None]]


def test_pack_holds_texts():
    frames = [frame("<text>0 &lt; 1</text><path/>"), frame("<text>2</text><path/>")]
    assert unpack(frames)["slots"][0] == [1, "", ["0 < 1", "2"]]


def test_pack_replaces_the_inside_where_the_number_of_elements_differs():
    few, many = "<g><a/></g><b d='1'/>", "<g><a/><a>&lt;</a></g><b d='2'/>"
    slots = unpack([frame(many), frame(few)])["slots"]
    # The second <b> is the fourth element after the root of the first frame.
    assert slots[:2] == [[1, "<", ["<a /><a>&lt;</a>", "<a />"]], [4, "d", ["2", "1"]]]


def test_pack_replaces_the_inside_of_a_text_with_children_whose_own_text_differs():
    frames = [frame(f"<text>{t}<tspan>x</tspan></text>") for t in "ab"]
    assert unpack(frames)["slots"][0] == [1, "<", ["a<tspan>x</tspan>", "b<tspan>x</tspan>"]]


def test_pack_of_frames_that_are_equal_has_no_slot_but_the_sentence():
    assert unpack([frame("<g/>")] * 3) == {"slots": [[-1, "", ["s"]]], "at": [[0, 0, 0]]}


def test_positions_move_the_last_control_fastest():
    two = Control("a", "range", (0, 1), ("0", "1"), 0)
    three = Control("b", "range", (0, 1, 2), ("0", "1", "2"), 0)
    assert list(positions([two, three])) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]


def test_two_thousand_positions_are_allowed_and_one_more_is_not():
    control = Control("a", "range", tuple(range(2001)), ("",) * 2001, 0)
    check_positions("draw_x", [Control("a", "range", control.values[:2000], ("",) * 2000, 0)])
    with pytest.raises(BudgetError) as caught:
        check_positions("draw_x", [control])
    facts = "explore(draw_x)", "2,001 positions", "2,000", "a has 2001"
    says(caught.value, *facts, way_out="larger steps")


def test_too_many_bytes():
    noise = np.random.default_rng(0).integers(0, 2**62, 5_000)
    frames = [frame(f'<path d="{(noise + i).tolist()}"/>') for i in range(4)]
    control = Control("a", "range", (0, 1, 2, 3), ("0", "1", "2", "3"), 0)
    size = len(pack(frames, 0))
    assert size > MAX_BYTES
    with pytest.raises(BudgetError) as caught:
        fragment("draw_x", Controls([control]), frames)
    facts = "explore(draw_x)", f"{size:,} bytes", f"{MAX_BYTES:,}", "a has 4"
    says(caught.value, *facts, way_out="fewer points")


@pytest.mark.parametrize(
    ("track", "count", "limits"),
    [
        ((0.0, 0.1), 11, ("0", "1", "0.1")),
        ((0.0, 2 / 3), 4, ("0", "2.0000000001", "0.6666666667")),
        ((-3, 0.25), 13, ("-3", "0", "0.25")),
        ((0, 10), 4, ("0", "30", "10")),
        ((1e-05, 1e-05), 3, ("0.00001", "0.00003", "0.00001")),
    ],
)
def test_the_last_stop_of_a_slider_is_on_its_steps_as_the_browser_counts(track, count, limits):
    labels = tuple(str(i) for i in range(count))
    control = Control("a", "range", tuple(range(count)), labels, 0, track)
    html = fragment("n", Controls([control]), [frame("<g/>")] * count)
    found = re.search(r'min="([^"]+)" max="([^"]+)" step="([^"]+)"', html)
    assert found.groups() == limits


def test_markup_is_escaped():
    control = Control("a", "select", ("x", "y"), ('<b>&"', "y"), 0)
    controls = Controls([control], presets={"<i>": {"a": 1}}, play="a")
    html = fragment("n", controls, [frame("<g/>", "1 < 2 & 3"), frame("<g/>")])
    assert "<b>" not in html
    assert "<i>" not in html
    assert 'value="&lt;b&gt;&amp;&quot;" selected>&lt;b&gt;&amp;&quot;</option>' in html
    assert ">1 &lt; 2 &amp; 3</output>" in html
    assert 'data-state="{&quot;a&quot;: 1}">&lt;i&gt;</button>' in html


def test_the_link_to_copy_is_no_knob():
    control = Control("a", "range", (0, 1), ("0", "1"), 0)
    html = fragment("n", Controls([control]), [frame("<g/>")] * 2)
    (button,) = re.findall(r"<button\b([^>]*)>([^<]*)</button>", html)
    assert button == (' type="button" class="link"', "Copy link to this setting")
