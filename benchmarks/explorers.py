"""What each explorer costs the site's build: its positions drawn as they are there, one by one."""

import base64
import contextlib
import io
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
import numpy as np
from IPython.core.interactiveshell import InteractiveShell

from benchmarks.table import Row, at_most
from utils import _replay, explore
from utils._canvas import Canvas, Frame
from utils._controls import Controls

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Cost:
    """Of one explorer: seconds of the CPU by position, bytes deflated, positions drawn in full."""

    where: str
    seconds: list[float]
    size: int
    redrawn: int

    @property
    def row(self) -> Row:
        """Without a budget: that holds for all of them together."""
        count = len(self.seconds)
        milliseconds = f"{1000 * np.median(self.seconds):.3g} ms"
        bytes_each = f"{self.size / count:.3g} B a position"
        return Row(
            f"{self.where}, {count:,} positions",
            f"{milliseconds}, {bytes_each}, {self.redrawn} drawn in full",
        )


def all_explorers() -> Iterator[Row]:
    """A row for each, and what all positions take on average."""
    costs = []
    for path in [ROOT / "index.ipynb", *sorted((ROOT / "chapters").glob("[0-9]*.ipynb"))]:
        for cost in costs_of(path):
            costs.append(cost)
            yield cost.row
    seconds = np.concatenate([cost.seconds for cost in costs])
    note = f"{len(seconds):,} positions; the draw functions' own training included"
    yield at_most(
        "drawing a position, CPU, p50 of all", 1000 * np.median(seconds), 8, "ms", note=note
    )
    size = sum(cost.size for cost in costs) / len(seconds)
    yield at_most("bytes a position, all explorers", size, 45, "B")


def costs_of(path: Path) -> list[Cost]:
    """Run a notebook's code cells as the site's build does, and measure its explorers."""
    meter, before = _Meter(path.stem), os.getcwd()
    shell = InteractiveShell.instance()
    shell.reset(new_session=False)  # no name of the notebook before
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        stack.enter_context(mock.patch.object(_replay, "fragment", meter.fragment))
        stack.enter_context(mock.patch.object(Canvas, "frame", meter.frame))
        stack.enter_context(mock.patch.object(explore, "display"))
        stack.enter_context(mock.patch.dict(os.environ, EXPLORE="replay"))
        stack.callback(os.chdir, before)
        os.chdir(path.parent)
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code" and "raises-exception" not in cell.metadata.get("tags", []):
                shell.run_cell(cell.source, silent=True).raise_error()
    return meter.costs


class _Meter:
    """Stands before the functions that draw a position, and that make a page of all of them."""

    def __init__(self, notebook: str) -> None:
        self.notebook = notebook
        self.costs: list[Cost] = []
        self.seconds: list[float] = []
        draw, make = Canvas.frame, _replay.fragment

        def frame(canvas: Canvas, values: dict[str, Any]) -> Frame:
            start = time.process_time()
            drawn = draw(canvas, values)
            self.seconds.append(time.process_time() - start)
            return drawn

        def fragment(
            canvas: Canvas, controls: Controls, frames: Sequence[Frame], *rest: Any
        ) -> str:
            html = make(canvas, controls, frames, *rest)
            packed = html.partition('class="frames">')[2].partition("<")[0]
            where = f"{self.notebook}: {canvas.name}"
            seconds = self.seconds[-len(frames) :]  # without the first one, which lays out
            size = len(base64.b64decode(packed))
            self.costs.append(Cost(where, seconds, size, canvas.redrawn))
            return html

        self.frame, self.fragment = frame, fragment


MEASURES = (all_explorers,)
