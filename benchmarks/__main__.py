"""Measure the parts asked for, all but the audit by default; print each row when it is known.

    python -m benchmarks                 # all parts, about a quarter of an hour on two cores
    python -m benchmarks training live   # only these

The figures mean something only where nothing else is running. A missed budget is printed, and is
no error. What cannot be measured is a row that says so; the others go on, and the exit status is 1.
"""

import argparse
import importlib
import os
import platform
import sys
import traceback
from collections.abc import Iterator

from benchmarks.table import HEAD, Row, failed, line, summary

PARTS = {
    "training": "descend and sweep against loops that run step by step",
    "workers": "a sweep on one worker and on two, warm and from nothing, against one process",
    "live": "one move of a slider in the kernel, retraining included; drawing one position",
    "explorers": "all explorers, drawn as for the site: milliseconds, bytes, drawn in full",
    "page": "the built site: explorers, first visits, sliders in a browser; needs `make book`",
    "build": "the whole site in a copy: cold, unchanged, after an edit",
    "audit": "the built site by Lighthouse and axe-core; needs Node: make audit",
}
ASKED_FOR = {"audit"}  # only by its name


def main() -> int:
    """Run the parts named on the command line, one after another; 1 if anything failed."""
    parts, rows = _parts(), []
    print(f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}\n")
    print(HEAD)
    for part in parts:
        print(f"Measuring {part}: {PARTS[part]} …", file=sys.stderr, flush=True)
        for row in measured(part):
            print(line(row), flush=True)
            rows.append(row)
    print(f"\n{summary(rows)}")
    return int(any(row.verdict == "failed" for row in rows))


def measured(part: str) -> Iterator[Row]:
    """The rows of a part, each as soon as it is known; a row that says why for what fails."""
    try:
        # Only now: TensorFlow, ipywidgets and a browser are not for every part.
        measures = importlib.import_module(f"benchmarks.{part}").MEASURES
    except Exception as error:
        traceback.print_exc()
        yield failed(part, error)
        return
    for measure in measures:
        try:
            yield from measure()
        except Exception as error:
            traceback.print_exc()
            yield failed(f"{part}: {measure.__name__.replace('_', ' ')}", error)


def _parts() -> list[str]:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        epilog="\n".join(["parts:", *(f"  {name}: {what}" for name, what in PARTS.items())]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    # Not `choices`, which refuses that none is given.
    parser.add_argument("parts", nargs="*", metavar="PART")
    parts = parser.parse_args().parts or [part for part in PARTS if part not in ASKED_FOR]
    for part in parts:
        if part not in PARTS:
            parser.error(f"there is no part {part!r}; choose from {', '.join(PARTS)}")
    return parts


if __name__ == "__main__":
    sys.exit(main())
