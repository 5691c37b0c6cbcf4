"""Join a draw function to controls: live ipywidgets, or a replay for pages without a kernel.

A draw function takes axes and keyword values, draws on these axes only, and returns one sentence
that says what is seen::

    def draw_leaky_relu(ax, *, alpha=0.1):
        ax.plot(x, tf.nn.leaky_relu(x, alpha))
        ax.set(xlabel="x", ylabel="f(x)", xlim=(-3, 3), ylim=(-1.5, 3))
        return f"Left of zero the slope is {alpha:g}."

    explore(draw_leaky_relu, alpha=(0.0, 1.0, 0.05))

With a kernel the controls are widgets, and each move calls the draw function. While the site is
built (environment variable EXPLORE=replay) every position is drawn once, and the page plays them.
"""

import math
import os
from collections.abc import Callable
from typing import Any

from IPython.display import HTML, display

from utils._canvas import Canvas
from utils._controls import bind_fixed, read_arguments
from utils._replay import make_replay

FIGSIZE = (5.8, 3.3)  # inches: the width at which 10-point text is legible on a phone


def explore(
    draw: Callable[..., str],
    *,
    presets: dict[str, dict[str, Any]] | None = None,
    play: str | None = None,
    drag: tuple[Any, ...] | None = None,
    panels: tuple[int, int] = (1, 1),
    figsize: tuple[float, float] = FIGSIZE,
    **controls: Any,
) -> None:
    """Show a draw function with knobs: widgets with a kernel, a replay on the website.

    Args:
        draw: `draw(axes, **values)` → one sentence. `axes` is one Axes, or an array of them
            with `panels`. Parameters without a control keep their default.
        presets: button label → values of some knobs; pressing the button jumps there.
        play: name of the knob that a play button moves from its first to its last stop.
        drag: knobs that follow a place in the picture which the reader drags: ("lr", "beta") for
            the horizontal and the vertical one, None for neither; a third entry is the number of
            the panel, row by row. A knob's values are coordinates; where they are not, give a pair
            of it and a function: (("lr", np.log10), None). Limits of these axes must stand still.
        panels: rows and columns of axes, each a picture of its own: they stand side by side where
            there is room, and one below the other on a phone.
        figsize: width and height of all panels together, inches. A panel is 3.9 inches wide at
            most, so that its 10-point text has 11 px on a phone.
        **controls: for each knob what `ipywidgets.interact` takes: (min, max), (min, max, step),
            a list, a dict, a bool, a number, or a ready widget such as FloatLogSlider; not a
            text, which has no stops. A list of three or more rising numbers is a slider over
            them, too: menus are for names. A knob starts at the default of the draw function's
            signature, and one that is only a number at this number. `fixed(value)` is no knob.
    Raises:
        TypeError, ValueError: a knob the draw function does not have, an empty control, a default
            or a preset between the stops, a draw function that returns no sentence, a stop that
            is to be dragged and has no place on the axis.
        BudgetError: (site build) more than 20,000 positions or 120 KB deflated.
        RuntimeError: (site build) the draw function failed at a position, whose values are named.
    """
    draw, controls = bind_fixed(draw, controls)
    asked = read_arguments(draw, controls, presets or {}, play, drag, math.prod(panels))
    canvas = Canvas(draw, panels, figsize)
    if replaying():
        display(HTML(make_replay(canvas, asked)))
    else:
        from utils._live import make_live  # the site build must not import widgets

        display(make_live(canvas, asked))


def replaying() -> bool:
    """True while the site is built: no kernel will be there when the page is read."""
    return os.environ.get("EXPLORE") == "replay"


def _silence_widgets() -> None:
    """Let widgets that a notebook makes itself (FloatLogSlider) exist without a front end.

    One open comm would put the widget's state and two scripts from elsewhere on the page. The
    package `comm` offers this function to be replaced.
    """
    import comm  # Colab's older kernel does without this package

    comm.create_comm = comm.DummyComm


if replaying():
    _silence_widgets()
