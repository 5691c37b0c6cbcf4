"""Draw the picture that social networks show beside a link to the course: _static/card.png.

    python -m tools.make.card

The same matplotlib draws the same file, byte for byte.
"""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from utils.plotting import GRID, INK, PALETTE, PAPER
from website.page.sharing import CARD, CARD_SIZE

TARGET = Path(__file__).resolve().parents[2] / CARD
TITLE = "Turn the Knobs"
SUBTITLE = "How neural networks learn, in TensorFlow"
COLOURS = 64
STEEPNESS = np.array([1.0, 12.0])  # along the valley, across it


def descent(start: np.ndarray, *, lr: float, beta: float, steps: int) -> np.ndarray:
    """Path of gradient descent with momentum down the valley, (steps + 1, 2)."""
    path, velocity = [start], np.zeros(2)
    for _ in range(steps):
        velocity = beta * velocity - lr * STEEPNESS * path[-1]
        path.append(path[-1] + velocity)
    return np.array(path)


def draw() -> Figure:
    """The whole card."""
    figure = Figure(figsize=np.array(CARD_SIZE) / 100, dpi=100, facecolor=PAPER)
    _draw_valley(figure.add_axes((0, 0, 1, 1)))
    figure.text(0.06, 0.80, TITLE, fontsize=62, fontweight="bold", color=INK)
    figure.text(0.063, 0.70, SUBTITLE, fontsize=29, color=PALETTE[0])
    return figure


def save(target: Path = TARGET) -> None:
    """Write the card, with nothing in it that tells when or by whom."""
    with matplotlib.rc_context(matplotlib.rcParamsDefault):
        canvas = FigureCanvasAgg(draw())
        canvas.draw()
    # A picture of so few colours needs no 16 million of them: a third of the bytes.
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)


def _draw_valley(axes: Axes) -> None:
    along, across = np.meshgrid(np.linspace(-9, 15, 241), np.linspace(-2.6, 5.8, 211))
    height = (STEEPNESS[0] * along**2 + STEEPNESS[1] * across**2) / 2
    levels = 2.0 ** np.arange(-1, 9)
    axes.contour(along, across, height, levels=levels, colors=GRID, linewidths=2.5)
    path = descent(np.array([13.0, 2.0]), lr=0.12, beta=0.45, steps=40)
    axes.plot(*path.T, color=PALETTE[1], linewidth=4)
    axes.plot(*path[:12].T, "o", color=PALETTE[1], markersize=11)
    axes.plot(*path[0], "s", color=PALETTE[1], markersize=20)
    axes.plot(0, 0, "x", color=PALETTE[0], markersize=24, markeredgewidth=5)
    axes.set_axis_off()


if __name__ == "__main__":
    save()
