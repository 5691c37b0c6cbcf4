"""Train the map of chapter 8 and rebuild `utils/datasets/depth_maps.npz`.

    python -m tools.make.maps

It takes about three minutes on one core. The networks are the chapter's own: its cells are run, so
that there is one text of them. It prints the file's checksum, which belongs into `SHA256` in
`utils/data.py` and into the README beside the file. Another processor or TensorFlow rounds
differently, and behind 20 layers that shows.
"""

import hashlib
import math
from functools import partial
from pathlib import Path

import nbformat
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "utils" / "datasets" / "depth_maps.npz"
CHAPTER = ROOT / "chapters" / "08_initialization.ipynb"
# What the map's networks are made of, by the cells' ids.
CELLS = ("imports", "rules", "gains", "train-data", "train-start", "train-loss", "train-step")
CELLS += ("with-bn",)

SCALES = (0.25, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 6.0, 8.0, 12.0)
DEPTHS = (2, 3, 4, 5, 7, 10, 12, 14, 17, 20)
SEEDS = 3
STEPS = 200


def main():
    """Train every cell of the map with every seed, write the file, print `name sha256 bytes`."""
    results = {"scales": np.array(SCALES), "depths": np.array(DEPTHS)}
    chapter = chapters_code()
    for (activation, batch_norm), f in chapter["KINDS"].items():
        name = f"{activation} bn" if batch_norm else activation
        rows = [trained(chapter, f, depth) for depth in DEPTHS]
        accuracies, losses = zip(*rows, strict=True)
        results[name] = np.array(accuracies, np.float32)
        results[f"{name} loss"] = np.array(losses, np.float32)
        print(name, flush=True)
    np.savez_compressed(PATH, **results)
    content = PATH.read_bytes()
    print(PATH.name, hashlib.sha256(content).hexdigest(), len(content))


def chapters_code():
    """Run the chapter's cells that `CELLS` names; return what they define."""
    cells = {cell.id: cell.source for cell in nbformat.read(CHAPTER, as_version=4).cells}
    defined = {}
    for name in CELLS:
        exec(compile(cells[name], f"{CHAPTER.name}: {name}", "exec"), defined)
    return defined


def trained(chapter, f, depth):
    """Train one row of the map.

    Returns:
        accuracy (scales, seeds); loss (times, scales), of ten steps each, the seeds' median.
    """
    rules = [partial(rule, scale) for scale in SCALES]
    history, accuracy = chapter["train"](chapter["start"](rules, depth), f, steps=STEPS)
    return summary(history, accuracy)


def rule(scale, fan_in, fan_out):
    """Standard deviation of the weights: `scale` = 1 is LeCun's rule."""
    return scale / math.sqrt(fan_in)


def summary(history, accuracy):
    """Return what is stored of `history` (steps, networks) and `accuracy` (networks,)."""
    tens = history.reshape(STEPS // 10, 10, len(SCALES), SEEDS).mean(axis=1)
    losses = np.minimum(np.median(tens, axis=2), 1000)  # beyond, no picture shows it
    return accuracy.reshape(len(SCALES), SEEDS).round(4), losses.round(3)


if __name__ == "__main__":
    main()
