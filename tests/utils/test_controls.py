"""Controls are what `ipywidgets.interact` makes of the same abbreviation, or a clear error."""

import math
from collections import OrderedDict
from decimal import Decimal
from enum import Enum
from fractions import Fraction

import ipywidgets as widgets
import numpy as np
import pytest
import tensorflow as tf
from messages import says

from utils._controls import MAX_STOPS, bind_fixed, index_of, read_control
from utils._live import nearest

NOTHING = widgets.interactive.widget_from_abbrev.__func__.__defaults__[0]  # "no default"


class Kind(Enum):
    SMALL = 1
    LARGE = 2


def make_widget(abbreviation, default=None):
    """What `interact` shows for the abbreviation: the oracle of this file."""
    default = NOTHING if default is None else default
    return widgets.interactive.widget_from_abbrev(abbreviation, default)


def sliding_stops(slider):
    """All values of a slider widget, counted with the exact fractions of its decimals."""
    count = math.floor((slider.max - slider.min) / slider.step + 1e-9) + 1
    return [slider.min + i * slider.step for i in range(count)]


@pytest.mark.parametrize(
    ("abbreviation", "default"),
    [
        ((0, 10), None),
        ((0, 10), 3),
        ((0, 10, 2), None),
        ((0, 10, 3), 9),
        ((-3, 0), None),
        ((-5, 6), -5),
        ((0.0, 1.0), None),
        ((0.0, 1.0, 0.05), 0.1),
        ((0.0, 1.0, 0.25), None),
        ((0, 1.0, 0.5), 1),
        ((0, 1, 0.1), None),
        ((0, 1, 0.3), None),
        ((-3, 2, 0.5), None),
        ((0, 10, 2.0), None),
        ((-2.0, 2.0, 0.1), -0.3),
        ((1e-3, 1e-2, 1e-3), 0.002),
        ((5, 5), 5),
        (7, None),
        (-4, None),
        (0, None),
        (1.0, None),
        (0.0, None),
        (-2.5, None),
    ],
    ids=str,
)
def test_slider_has_the_stops_and_start_of_interact(abbreviation, default):
    control = read_control("alpha", abbreviation, default)
    slider = make_widget(abbreviation, default)
    assert control.kind == "range"
    assert control.track == (slider.min, slider.step)
    assert control.values == pytest.approx(sliding_stops(slider), rel=1e-9, abs=1e-12)
    assert control.values[control.default] == pytest.approx(slider.value)
    kind = int if isinstance(slider, widgets.IntSlider) else float
    assert {type(value) for value in control.values} == {kind}


@pytest.mark.parametrize(
    "value",
    [
        *(0.01, 0.001, 3e-4, 1e-7, 0.33, -0.02, 0.123, 3.14159, 100.0, 1e6, -1e-5),
        *(np.float32(0.1), np.float16(0.5), np.float64(0.01), np.int64(3), Fraction(1, 8)),
    ],
    ids=repr,
)
def test_a_lone_number_has_ends_and_start_of_interact(value):
    control, slider = read_control("lr", value, None), make_widget(value)
    ends = (control.values[0], control.values[-1], control.values[control.default])
    short = getattr(value, "dtype", None) == np.float32  # interact shows its binary dust
    assert ends == pytest.approx(
        (slider.min, slider.max, slider.value), rel=1e-6 if short else 1e-9
    )
    assert len(control.values) > 4
    assert max(map(len, control.labels)) <= 10


@pytest.mark.parametrize("ends", [(0.01, 0.02), (0.0, 1e-3), (-1e-3, 1e-3), (0, 0.05), (-0.3, 0.3)])
def test_a_short_slider_has_stops_from_end_to_end(ends):
    control, slider = read_control("lr", ends, None), make_widget(ends)
    found = (control.values[0], control.values[-1], control.values[control.default])
    assert found == pytest.approx((slider.min, slider.max, slider.value), abs=1e-12)
    assert max(map(len, control.labels)) <= 7


def test_a_slider_has_the_default_of_the_signature_among_its_stops():
    control = read_control("lr", (0.0, 1.0), 0.25)
    assert control.values[control.default] == 0.25
    assert control.track == (0.0, 0.05)


THIRDS = [1 / 3, 2 / 3]
NUMBERS = [
    (np.arange(0, 1, 0.1), [i / 10 for i in range(10)], [f"{i / 10}" for i in range(10)]),
    (np.arange(0, 0.4, 0.1, dtype="float32"), [0, 0.1, 0.2, 0.3], ["0.0", "0.1", "0.2", "0.3"]),
    (np.linspace(0, 1, 4)[1:3], THIRDS, ["0.3333333333", "0.6666666667"]),
    ([np.float32(0.1), np.int64(3)], [0.1, 3], ["0.1", "3"]),
    ((0.1 * i for i in (1, 3)), [0.1, 0.3], ["0.1", "0.3"]),
    ({0.1 + 0.2: 0.1 + 0.2}, [0.3], ["0.3"]),
    ([("dust", 0.1 + 0.2)], [0.3], ["dust"]),
    ([Fraction(1, 4), Decimal("0.1")], [0.25, 0.1], ["0.25", "0.1"]),
    (widgets.Dropdown(options=np.arange(0.2, 0.4, 0.1)), [0.2, 0.3], ["0.2", "0.3"]),
    (tf.constant([0.1, 0.3]), [0.1, 0.3], ["0.1", "0.3"]),
    ([np.True_, None, "a"], [True, None, "a"], ["True", "None", "a"]),
]


@pytest.mark.parametrize(("options", "values", "labels"), NUMBERS, ids=lambda v: type(v).__name__)
def test_a_menu_has_numbers_as_a_person_writes_them(options, values, labels):
    control = read_control("alpha", options, None)
    assert control.values == tuple(values)
    assert {type(value) for value in control.values} <= {int, float, bool, str, type(None)}
    assert list(control.labels) == labels


@pytest.mark.parametrize("default", [np.float32(0.3), 0.1 + 0.2, Fraction(3, 10), Decimal("0.3")])
def test_a_default_may_be_any_kind_of_number(default):
    assert read_control("alpha", np.arange(0, 1, 0.1), default).default == 3
    assert read_control("alpha", (0.0, 1.0), default).default == 3


@pytest.mark.parametrize("scalar", [np.True_, np.array(True)])
def test_a_boolean_of_numpy_is_a_checkbox(scalar):
    control = read_control("bias", scalar, None)
    assert (control.kind, control.default) == ("check", 1)


def test_no_dust_at_zero():
    control = read_control("alpha", (-0.3, 0.3, 0.1), None)
    assert control.labels == ("-0.3", "-0.2", "-0.1", "0", "0.1", "0.2", "0.3")


def test_fixed_values_are_no_knobs():
    def draw(ax, *, a=1, b=2):
        return f"{a} {b}"

    bound, others = bind_fixed(draw, {"a": (0, 3), "b": widgets.fixed("text")})
    assert (bound.__name__, others) == ("draw", {"a": (0, 3)})
    assert bound(None, a=3) == "3 text"
    assert bind_fixed(draw, {"a": (0, 3)}) == (draw, {"a": (0, 3)})


def test_slider_without_default_starts_below_a_middle_between_stops():
    # interact would show 0.25 here, where the slider has no stop.
    control = read_control("alpha", (0.0, 0.5), None)
    assert control.values[control.default] == 0.2


def test_labels_and_values_have_no_binary_dust():
    control = read_control("alpha", (0.0, 0.5, 0.1), 0.3)
    assert control.values == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
    assert control.labels == ("0", "0.1", "0.2", "0.3", "0.4", "0.5")
    assert control.default == 3


@pytest.mark.parametrize(
    ("abbreviation", "default"),
    [
        (["relu", "tanh"], None),
        (["relu", "tanh"], "tanh"),
        ([10, 1, 0.1], 10),
        ([0.1, 1], 1),
        ([1, 2, 2.0], 2),
        ([1, 2, float("inf")], 2),
        ([None, 0.5], None),
        ([("small", 0.01), ("large", 1.0)], 1.0),
        ([["small", 0.01], ["large", 1.0]], None),
        ({"small": 0.01, "large": 1.0}, 1.0),
        (OrderedDict([("b", 2), ("a", 1)]), None),
        (range(2), 1),
        ({"low": 1, "middle": 2, "high": 3}, 2),
        ({"identity": abs}, None),
        ([1, "a", None], NOTHING),
        (["relu", "tanh"], NOTHING),
        (list(Kind), None),
    ],
    ids=str,
)
def test_menu_has_the_options_and_start_of_interact(abbreviation, default):
    control = read_control("which", abbreviation, default)
    menu = make_widget(abbreviation, default)
    assert control.kind == "select"
    assert list(zip(control.labels, control.values, strict=True)) == list(menu._options_full)
    assert control.values[control.default] == menu.value


ORDERS = [
    ([0.001, 0.003, 0.01], ("0.001", "0.003", "0.01")),
    ([-1, 0, 2.5], ("-1", "0", "2.5")),
    (range(3), ("0", "1", "2")),
    (np.geomspace(1, 100, 3), ("1.0", "10.0", "100.0")),
    ({f"{kappa:g}": kappa for kappa in (1.0, 10.0, 20.0)}, ("1", "10", "20")),
    ([1 / 3, 0.5, 2 / 3], ("0.3333333333", "0.5", "0.6666666667")),
]


@pytest.mark.parametrize(("listed", "labels"), ORDERS, ids=str)
def test_a_list_of_rising_numbers_is_a_slider_over_them(listed, labels):
    middle = list(getattr(listed, "values", lambda: listed)())[1]
    control = read_control("lr", listed, middle)
    assert (control.kind, control.labels, control.default) == ("range", labels, 1)
    assert control.values[1] == middle


def test_a_class_of_names_is_a_menu_of_its_names():
    """As ipywidgets 8 labels them; 7 has Kind.SMALL."""
    control = read_control("which", Kind, None)
    assert (control.labels, control.values) == (("SMALL", "LARGE"), (Kind.SMALL, Kind.LARGE))


def test_a_menu_starts_at_a_text_of_any_kind():
    control = read_control("rule", np.array(["he", "glorot"]), "glorot")
    assert control.values[control.default] == "glorot"
    assert read_control("rule", ["he", "glorot"], np.str_("glorot")).default == 1


def test_menu_starts_at_none_where_none_is_the_default():
    assert read_control("clip", [0.5, None], None).default == 1


def test_menu_takes_an_iterator():
    assert read_control("n", iter([1, 2, 4]), 4).values == (1, 2, 4)


@pytest.mark.parametrize("value", [False, True])
def test_checkbox_starts_as_in_interact(value):
    control = read_control("bias", value, None)
    assert (control.kind, control.values) == ("check", (False, True))
    assert control.values[control.default] is make_widget(value).value


@pytest.mark.parametrize(
    ("widget", "kind", "values", "default"),
    [
        (widgets.IntSlider(4, 0, 6, 2), "range", (0, 2, 4, 6), 2),
        (widgets.FloatSlider(0.2, min=0, max=0.3, step=0.1), "range", (0.0, 0.1, 0.2, 0.3), 2),
        (
            widgets.BoundedFloatText(0.5, min=0, max=1, step=0.25),
            "range",
            (0, 0.25, 0.5, 0.75, 1),
            2,
        ),
        (widgets.BoundedIntText(2, min=1, max=3), "range", (1, 2, 3), 1),
        (widgets.FloatLogSlider(0.1, min=-2, max=0, step=1), "range", (0.01, 0.1, 1.0), 1),
        (widgets.FloatLogSlider(4, base=2, min=0, max=3, step=1), "range", (1, 2, 4, 8), 2),
        (widgets.Dropdown(options=["a", "b"], value="b"), "select", ("a", "b"), 1),
        (widgets.Dropdown(options=[("no", False), ("yes", True)]), "select", (False, True), 0),
        (widgets.SelectionSlider(options=[1, 10, 100], value=10), "range", (1, 10, 100), 1),
        (widgets.SelectionSlider(options=["a", "b"]), "range", ("a", "b"), 0),
        (widgets.ToggleButtons(options={"x": 1, "y": 2}.items(), value=2), "select", (1, 2), 1),
        (widgets.RadioButtons(options=["u", "v"]), "select", ("u", "v"), 0),
        (widgets.Checkbox(True), "check", (False, True), 1),
        (widgets.ToggleButton(False), "check", (False, True), 0),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, widgets.Widget) else "",
)
def test_ready_widget(widget, kind, values, default):
    # The default of the signature gives way to the value that the widget shows, as in interact.
    control = read_control("alpha", widget, "ignored")
    assert (control.kind, control.values, control.default) == (kind, values, default)


def test_log_slider_shows_four_digits_and_keeps_its_exponents_as_track():
    slider = widgets.FloatLogSlider(10**-1.5, min=-3, max=0, step=0.5)
    control = read_control("lr", slider, None)
    assert control.labels == ("0.001", "0.003162", "0.01", "0.03162", "0.1", "0.3162", "1")
    assert control.values == tuple(float(label) for label in control.labels)
    assert (control.default, control.track) == (3, (-3, 0.5))


@pytest.mark.parametrize("step", [0.01, 0.02, 0.1, 0.25])
def test_log_slider_finds_each_of_its_exact_values_and_the_shown_ones(step):
    count = round(2 / step) + 1
    for i in range(count):
        slider = widgets.FloatLogSlider(10 ** (-2 + i * step), min=-2, max=0, step=step)
        assert read_control("lr", slider, None).default == i
        slider.value = float(f"{slider.value:.4g}")
        assert read_control("lr", slider, None).default == i


@pytest.mark.parametrize(
    "widget",
    [
        widgets.FloatSlider(0.2, min=0, max=1, step=0.1),
        widgets.FloatLogSlider(0.01, min=-4, max=0, step=0.25),
        widgets.IntSlider(3, 1, 9),
        widgets.Dropdown(options=["a", "b"]),
        widgets.Checkbox(False),
    ],
    ids=lambda widget: type(widget).__name__,
)
def test_nearest_finds_the_stop_of_every_value_a_widget_can_take(widget):
    control = read_control("alpha", widget, None)
    for index, value in enumerate(control.values):
        widget.value = value
        assert nearest(control, widget.value) == index


def test_nearest_of_a_value_between_stops():
    control = read_control("alpha", (0.0, 1.0, 0.1), 0.0)
    assert nearest(control, 0.34) == 3
    assert nearest(control, 7) == 10


def test_index_prefers_the_equal_stop_to_a_close_one():
    control = read_control("seed", (1_000_000, 1_000_003), 1_000_002)
    assert control.default == 2


def test_index_forgives_binary_dust_only():
    control = read_control("alpha", (0.0, 1.0, 0.1), None)
    assert index_of(control, 0.1 + 0.2, what="preset 'x' with") == 3
    with pytest.raises(ValueError, match=r"preset 'x' with alpha=0\.3001"):
        index_of(control, 0.3001, what="preset 'x' with")


@pytest.mark.parametrize(
    ("abbreviation", "default", "error", "facts", "way_out"),
    [
        ("relu", None, TypeError, ["alpha", "text", "'relu'"], "list"),
        (None, None, TypeError, ["alpha", "None"], "(min, max, step)"),
        ((1,), None, ValueError, ["alpha=(1,)"], "list"),
        ((0, 1, 2, 3), None, ValueError, ["(min, max, step)", "alpha=(0, 1, 2, 3)"], "list"),
        (("a", "b"), None, ValueError, ["numbers", "alpha=('a', 'b')"], "list"),
        ((False, True), None, ValueError, ["numbers", "alpha=(False, True)"], "list"),
        ((0, 1, 0), None, ValueError, ["slider", "alpha=(0, 1, 0)"], "step > 0"),
        ((0.0, 1.0, -0.1), None, ValueError, ["slider", "alpha=(0.0, 1.0, -0.1)"], "step > 0"),
        ((2, 1), None, ValueError, ["slider", "alpha=(2, 1, 1)"], "min <= max"),
        ((0.0, math.inf), None, ValueError, ["slider", "alpha=(0.0, inf, 0.1)"], "finite"),
        ((0.0, math.nan, 1), None, ValueError, ["slider", "alpha=(0.0, nan, 1)"], "finite"),
        (
            (0.0, 1.0, 1e-12),
            None,
            ValueError,
            ["100,000 stops", "alpha=(0.0, 1.0, 1e-12)"],
            "larger step",
        ),
        ((0.0, 1.0, 0.1), 0.25, ValueError, ["11 stops", "alpha=0.25"], "(0, 0.1, …, 1)"),
        ((0.0, 1.0, 0.1), "no", ValueError, ["11 stops", "alpha='no'"], "(0, 0.1, …, 1)"),
        (["a", "b"], "c", ValueError, ["2 stops", "alpha='c'"], "(a, b)"),
        ([], None, ValueError, ["empty", "alpha=[]"], "one value"),
        ({}, None, ValueError, ["empty", "alpha={}"], "one value"),
        ([1, "1"], None, ValueError, ["alpha", "same label", "1, 1"], "(label, value)"),
        (
            widgets.FloatLogSlider(0.02, min=-2, max=0, step=1),
            None,
            ValueError,
            ["3 stops", "alpha=0.02"],
            "(0.01, 0.1, 1)",
        ),
    ],
    ids=str,
)
def test_bad_abbreviation(abbreviation, default, error, facts, way_out):
    with pytest.raises(error) as caught:
        read_control("alpha", abbreviation, default)
    says(caught.value, "explore()", *facts, way_out=way_out)


@pytest.mark.parametrize(
    "widget",
    [
        widgets.Text("relu"),
        widgets.FloatText(1.0),
        widgets.BoundedFloatText(0.5, min=0, max=1),
        widgets.IntRangeSlider(value=(1, 2), min=0, max=3),
        widgets.SelectMultiple(options=["a", "b"]),
        widgets.Dropdown(options=["a", "b"], value=None),
        widgets.Button(),
        widgets.VBox(),
    ],
    ids=lambda widget: type(widget).__name__,
)
def test_widget_that_has_no_stops(widget):
    with pytest.raises(TypeError) as caught:
        read_control("alpha", widget, None)
    says(caught.value, "explore()", "alpha", type(widget).__name__, way_out="slider with a step")


def test_the_longest_slider_is_read():
    assert len(read_control("n", (0, MAX_STOPS), 0).values) == MAX_STOPS + 1
