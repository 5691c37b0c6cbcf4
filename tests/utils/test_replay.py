"""SVGs are tidied without a visible change, and frames are packed as their docstrings say."""

import io
import re
from xml.etree import ElementTree

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from messages import says
from replay_reader import Reader, canonical, unpacked

from utils._canvas import Canvas, Frame
from utils._controls import Control, Controls
from utils._pack import pack
from utils._replay import MAX_BYTES, BudgetError, check_positions, fragment, positions
from utils._svg import tidy

SVG = "{http://www.w3.org/2000/svg}"
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
        left.bar(0.5, 0.2, width=0.1, hatch="//", color="#1b62b5")
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
            for key, value in node.attrib.items()
            if key != "fill"  # a colour
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
    return Frame((markup(inside),), sentence)


def fragment_of(frames, controls=None, **stops):
    """The fragment of frames that no draw function made; by default they have one slider, a."""
    knobs = [
        Control(name, "range", tuple(range(n)), tuple(map(str, range(n))), 0)
        for name, n in (stops or {"a": len(frames)}).items()
    ]
    canvas = Canvas(test_positions_move_the_last_control_fastest, (1, 1), (3, 3))
    canvas.name = "draw_x"
    canvas.markup = lambda one, around: one.svg
    return fragment(canvas, controls or Controls(knobs), frames)


def slots(frames, first=0, stops=None):
    """[node, kind, templates, count of numbers] of each slot."""
    blocks = unpacked(pack(frames, first, stops or [len(frames)]), stops or [len(frames)])
    return [slot for _, together, _ in blocks for slot in together]


def comes_back(frames, **stops):
    """Whether a reader sees each frame; in the order given, and backwards."""
    reader = Reader(fragment_of(frames, **stops))
    for i in [*range(len(frames)), *reversed(range(len(frames)))]:
        reader.move(i)
        if reader.nodes[0].attrib.pop("aria-label", None) is not None:  # these pictures have none
            assert len({one.sentence for one in frames}) > 1
        assert reader.svg == canonical(frames[i].svg)
        assert reader.sentence == frames[i].sentence
    return True


def test_a_path_is_a_template_and_numbers_in_quarter_points():
    frames = [frame(f'<g><path d="M {x} 7 L {x} 0.5"/></g>') for x in (1.25, 3, -0.75)]
    assert slots(frames) == [[2, "d", ["M \ue000 7 L \ue000 0.5"], 2]]
    assert comes_back(frames)


@pytest.mark.parametrize(
    "texts",
    [
        ["0.50", "0.25", "0.5"],
        ["-0", "0", "-0.25", "-0.00"],
        ["1,650 of 007", "1,034 of 8"],
        ["32767", "32768", "-32768", "1e-05", "123456.75", "0.1234567891"],
        ["#123456", "x12", "a-5", "5.5.5", "3.", ".5", "7b"],
        ["", "1", "1 2", "1 2 3", "no number"],
        ["−3", "3 · 10⁻⁷", "学习率 0.1"],
    ],
)
def test_every_text_comes_back_to_the_letter(texts):
    assert comes_back([frame(f"<text>{text}</text>" if text else "<text/>") for text in texts])
    assert comes_back([frame(f'<path d="{text}"/>') for text in texts])
    assert comes_back([frame("<g/>", f"s {text}") for text in texts])
    assert comes_back(
        [
            frame(f"<g>{'<a/>' * i}<b c='{text}'/></g>".replace("'", '"'))
            for i, text in enumerate(texts)
        ]
    )


@pytest.mark.parametrize("stops", [(1, 5), (6, 1), (5, 4, 3), (30,)])
@pytest.mark.parametrize("kind", ["smooth", "noise", "one knob", "nothing"])
def test_every_curve_comes_back(stops, kind):
    positions = np.stack(np.unravel_index(np.arange(np.prod(stops)), stops), axis=1)
    noise = np.random.default_rng(0).integers(-2000, 2000, (len(positions), 80))
    curves = {
        "smooth": np.sin(positions.sum(axis=1)[:, None] / 9 + np.arange(80) / 20) * 100,
        "noise": noise * 16,
        "one knob": np.arange(80) * positions[:, :1],
        "nothing": np.zeros((len(positions), 80)),
    }
    frames = [
        frame('<path d="M ' + " ".join(f"{round(4 * y) / 4:g}" for y in curve) + '"/>', f"at {i}")
        for i, curve in enumerate(curves[kind])
    ]
    assert comes_back(frames, **dict(zip("abc", stops, strict=False)))


def test_a_slot_is_stored_once_for_each_stop_of_the_knobs_that_it_depends_on():
    frames = [frame(f'<path d="{b}"/><g id="{a}{b}"/>') for a in "xyz" for b in range(40)]
    blocks = unpacked(pack(frames, 0, [3, 40]), [3, 40])
    assert {slot[1]: knobs for knobs, (slot, *_), _ in blocks} == {"d": [1], "id": [0, 1]}


def test_pack_writes_null_for_an_attribute_that_is_missing():
    frames = [frame('<g id="a"/>'), frame("<g/>")]
    assert slots(frames) == [[1, "id", ["a", None], 1]]
    assert comes_back(frames)


def test_pack_replaces_the_inside_where_the_number_of_elements_differs():
    few, many = '<g><a/></g><b d="2"/>', '<g><a/><a>&lt;</a></g><b d="3"/>'
    # The second <b> is the fourth element after the root of the first frame.
    assert slots([frame(many), frame(few)]) == [
        [1, "<", ["<a /><a>&lt;</a>", "<a />"], 1],
        [4, "d", ["\ue000"], 1],
    ]
    assert slots([frame(few), frame(many)], first=1)[1][0] == 4
    assert comes_back([frame(many), frame(few)])


def test_pack_replaces_the_inside_of_a_text_with_children_whose_own_text_comes_and_goes():
    assert comes_back([frame(f"<text>{t}<tspan>x</tspan></text>") for t in ("a", "b", "")])


def test_frames_that_are_equal_have_no_slot():
    assert slots([frame("<g/>")] * 3) == []


def test_a_dense_grid_of_curves_is_small():
    """The course's budget, 45 bytes a position, sentence included."""
    x, frames = np.linspace(0, 200, 81), []
    for a in np.linspace(0, 3, 52):
        for b in np.linspace(0.5, 2, 40):
            y = np.round((100 + 90 * np.sin(x * b / 30 + a)) * 4) / 4
            path = " L ".join(f"{p:g} {q:g}" for p, q in zip(x, y, strict=True))
            frames.append(frame(f'<path d="M {path}"/>', f"It begins at {y[0]:.2f}."))
    assert len(pack(frames, 0, [52, 40])) < 45 * 52 * 40


def test_positions_move_the_last_control_fastest():
    two = Control("a", "range", (0, 1), ("0", "1"), 0)
    three = Control("b", "range", (0, 1, 2), ("0", "1", "2"), 0)
    assert list(positions([two, three])) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]


def test_twenty_thousand_positions_are_allowed_and_one_more_is_not():
    control = Control("a", "range", tuple(range(20_001)), ("",) * 20_001, 0)
    check_positions("draw_x", [Control("a", "range", control.values[:20_000], ("",) * 20_000, 0)])
    with pytest.raises(BudgetError) as caught:
        check_positions("draw_x", [control])
    facts = "explore(draw_x)", "20,001 positions", "20,000", "a has 20001"
    says(caught.value, *facts, way_out="larger steps")


def test_too_many_bytes():
    noise = np.random.default_rng(0).integers(0, 2**62, 5_000)
    frames = [frame(f'<path d="{(noise + i).tolist()}"/>') for i in range(4)]
    size = len(pack(frames, 0, [4]))
    assert size > MAX_BYTES
    with pytest.raises(BudgetError) as caught:
        fragment_of(frames)
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
    html = fragment_of(controls=Controls([control]), frames=[frame("<g/>")] * count)
    found = re.search(r'min="([^"]+)" max="([^"]+)" step="([^"]+)"', html)
    assert found.groups() == limits


def test_markup_is_escaped():
    control = Control("a", "select", ("x", "y"), ('<b>&"', "y"), 0)
    controls = Controls([control], presets={"<i>": {"a": 1}}, play="a")
    html = fragment_of([frame("<g/>", "1 < 2 & 3"), frame("<g/>")], controls)
    assert "<b>" not in html
    assert "<i>" not in html
    assert 'value="&lt;b&gt;&amp;&quot;" selected>&lt;b&gt;&amp;&quot;</option>' in html
    assert ">1 &lt; 2 &amp; 3</output>" in html
    assert 'data-state="{&quot;a&quot;: 1}">&lt;i&gt;</button>' in html


def test_the_buttons_below_are_no_knobs():
    control = Control("a", "range", (0, 1), ("0", "1"), 0)
    html = fragment_of(controls=Controls([control]), frames=[frame("<g/>")] * 2)
    buttons = dict(re.findall(r'<button type="button" class="(\w+)"[^>]*>([^<]*)</button>', html))
    assert buttons == {
        "code": "Show the code for this setting",
        "link": "Copy link to this setting",
    }
    assert re.findall(r' name="([^"]+)"', html) == ["a"]
