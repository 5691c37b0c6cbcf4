"""A live explorer, one move: retraining, drawing and the picture's text, all in the kernel.

Beside it, in the same run, the way of stock notebooks: `interact` and an inline PNG of the same
picture, without any training. What a front end then does with either is not measured.
"""

import contextlib
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.core.pylabtools import print_figure

from benchmarks.table import Row, at_most, duration, faster
from utils._canvas import Canvas
from utils._controls import read_arguments
from utils._live import make_live
from utils.plotting import plot_path, use_style
from utils.timing import timed
from utils.training import Descent, descend

STOPS = (0.01, 1.2, 0.01)  # of the learning rate, as in chapter 3
MOVES = [round(0.02 * i, 2) for i in range(1, 61)]
PANELS, FIGSIZE = (1, 2), (7, 3)


def a_move_of_a_slider() -> Iterator[Row]:
    """The redraw with training, the stock one without, and their ratio."""
    use_style()
    training, ours, stock = _moves()
    p50, p95 = np.percentile(ours, (50, 95))
    stock_p50, stock_p95 = np.percentile(stock, (50, 95))
    note = f"p50 {duration(p50)}, of it training {duration(np.median(training))}"
    yield at_most("live slider, redraw with training, p95", p95 * 1000, 20, "ms", note=note)
    yield Row(
        "the same by interact and inline PNG, no training, p95",
        f"{duration(stock_p95)} (p50 {duration(stock_p50)})",
    )
    yield faster("live slider against interact, p50", p50, stock_p50)


def drawing_one_position() -> Iterator[Row]:
    """What the site build pays for each position of this explorer, its training aside."""
    use_style()
    runs = {lr: train(lr) for lr in MOVES}

    def draw_trained(axes, *, lr=MOVES[0]):
        return draw(axes, lr, runs[lr])

    canvas = Canvas(draw_trained, PANELS, FIGSIZE)
    canvas.frame({"lr": MOVES[0]})  # its layout is everyone's
    seconds = [_cpu(lambda lr=lr: canvas.frame({"lr": lr})) for lr in MOVES]
    median = np.median(seconds) * 1000
    yield at_most("drawing one position for the site, CPU, p50", median, 8, "ms")


def parabola(w):
    """The loss of chapter 3."""
    return (w + 1.0) ** 2


def train(lr: float) -> Descent:
    """What a move of the slider trains."""
    return descend(parabola, 5.0, "sgd", lr=lr, steps=40)


def draw(axes: np.ndarray, lr: float, run: Descent) -> str:
    """Two panels like those of chapter 3: the path on the parabola, the distance by epoch."""
    valley = np.linspace(-9, 7, 65)
    axes[0].plot(valley, parabola(valley), color="C5")
    plot_path(axes[0], run.w, run.loss)
    axes[0].set(xlabel="w", ylabel="loss", xlim=(-9, 7), ylim=(-2, 66))
    axes[1].semilogy(np.maximum(np.abs(run.w + 1), 1e-9), color="C1")
    axes[1].set(xlabel="epoch", ylabel="distance |w + 1|", ylim=(3e-9, 1e5))
    return f"With lr = {lr:g} the factor of each step is {1 - 2 * lr:.3g}."


def _moves() -> tuple[list[float], list[float], list[float]]:
    """Seconds by move: of the training alone, of our redraw, of the stock one.

    Both sliders move in turn, so that whatever else the machine does slows both alike.
    """
    training, shown, sent = [], [], []
    with _no_terminal():
        ours, stock = _explorer(training, shown), _interact(sent)
        training.clear()  # the first display has compiled, too
        seconds = [(_move(ours, lr), _move(stock, lr)) for lr in MOVES]
    for pictures in (shown, sent):
        if len(set(pictures)) != len(MOVES):
            raise RuntimeError(
                f"benchmarks.live: {len(MOVES)} moves gave {len(set(pictures))} different "
                f"pictures, the last one {pictures[-1:]!r:.500}. Each move must redraw."
            )
    return training, *map(list, zip(*seconds, strict=True))


def _cpu(work: Callable[[], Any]) -> float:
    """Seconds that one call takes of the CPU, whatever else the machine does."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _move(slider: widgets.FloatSlider, lr: float) -> float:
    return timed(lambda: slider.set_trait("value", lr))[0]


def _explorer(training: list[float], shown: list[str]) -> widgets.FloatSlider:
    """The slider of an explorer that puts its times of training and its pictures into the lists."""

    def draw_rate(axes, *, lr=0.2):
        seconds, run = timed(lambda: train(lr))
        training.append(seconds)
        return draw(axes, lr, run)

    controls = read_arguments(draw_rate, {"lr": STOPS}, {}, None)
    slider, picture = make_live(Canvas(draw_rate, PANELS, FIGSIZE), controls).children
    picture.observe(lambda change: shown.append(change["new"]), names="value")
    return slider


def _interact(sent: list[str]) -> widgets.FloatSlider:
    """The slider of an `interact` whose pictures, of trainings done before, go into the list."""
    runs = {lr: train(lr) for lr in MOVES}

    def draw_trained(lr):
        figure, axes = plt.subplots(*PANELS, figsize=FIGSIZE)
        draw(axes, lr, runs[lr])
        sent.append(print_figure(figure, fmt="png", base64=True))  # as the inline backend does
        plt.close(figure)

    first, last, step = STOPS
    return widgets.interactive(
        draw_trained, lr=widgets.FloatSlider(0.2, min=first, max=last, step=step)
    ).children[0]


@contextlib.contextmanager
def _no_terminal() -> Iterator[None]:
    """Drop what clear_output() prints at each move of `interact` where no front end listens."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        yield


MEASURES = (a_move_of_a_slider, drawing_one_position)
