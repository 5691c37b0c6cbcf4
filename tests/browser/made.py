"""Explorers made for the tests: one with every kind of knob, one small, on a page of their own."""

from pathlib import Path

import numpy as np
import pytest
from built_site import ROOT

from utils import explore as explorer
from utils.explore import explore

X = np.linspace(-3, 3, 21)


def draw_everything(axes, *, lr=0.3, power=1, kind="<b> & é", guest=False):
    steps = 5 * (1 - 2 * lr) ** np.arange(9)
    axes[0].plot(steps, "o--", label=f"lr = {lr:g} <&>")
    axes[0].set(xlim=(0, 8), ylim=(-6, 6), title=rf"$w_{power}^{{{power}}}$ and more")
    axes[0].legend(loc="upper right")
    axes[1].contourf(np.outer(X, X**power)).set_rasterized(True)
    axes[0].text(1, 1, "upright", rotation=20 * guest)  # upright: without the attribute transform
    axes[1].text(1, 1, f"{kind}\ntwo lines" if power == 2 else kind)
    if guest:
        axes[1].axvspan(2, 5, alpha=0.3)
        axes[1].annotate("ici", (3, 3), (9, 9), arrowprops={"arrowstyle": "->"})
    return f'lr = {lr:g}, power {power}, "{kind}" <&> 学习率, guest {guest}.'


STOPS = {
    "lr": [0.1, 0.3, 0.5, 0.7, 0.9, 1.1],
    "power": [1, 2],
    "kind": ["<b> & é", "α |\"'>"],
    "guest": [False, True],
}
PANELS = {"panels": (1, 2), "figsize": (7, 3)}
EVERYTHING = {
    **PANELS,
    "lr": (0.1, 1.1, 0.2),
    "power": [1, 2],
    "kind": STOPS["kind"],
    "guest": False,
    "play": "lr",
    "presets": {"fast": {"lr": 0.9}, "all else": {"power": 2, "kind": "α |\"'>", "guest": True}},
}


def draw_small(ax, *, epoch=0):
    ax.plot([0, 1], [0, epoch])
    ax.set(ylim=(0, 10))
    return f"After {epoch} epochs the slope is {epoch}."


SMALL = {"epoch": (0, 10)}


def page_of(*calls):
    """HTML of a page with an explorer for each call, a pair of draw function and arguments."""
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORE", "replay")
        patch.setattr(explorer, "display", lambda html: shown.append(html.data))
        for draw, arguments in calls:
            explore(draw, **arguments)
    style, *scripts = (
        Path(ROOT, "utils", name).read_text(encoding="utf-8")
        for name in ("replay.css", "drag.js", "replay.js")
    )
    return (
        "<!doctype html><html lang=en data-theme=light><meta charset=utf-8><title>x</title>"
        f"<style>{style}</style><script>{';'.join(scripts)}</script>{''.join(shown)}"
    )
