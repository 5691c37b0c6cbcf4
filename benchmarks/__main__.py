"""Measure the parts that are asked for, all but the audit by default, and print one table.

    python -m benchmarks                 # all parts, several minutes on two cores
    python -m benchmarks training live   # only these

The figures mean something only where nothing else is running. A missed budget is printed, and is
no error: the exit status stays 0.
"""

import argparse
import importlib
import os
import platform
import sys

from benchmarks.table import table

PARTS = {
    "training": "descend and sweep against loops that run step by step",
    "live": "one move of a slider in the kernel, retraining included",
    "page": "the built site: sizes, first visits, sliders in a browser; needs `make book`",
    "build": "the whole site in a copy: cold, unchanged, after edits",
    "audit": "the built site by Lighthouse and axe-core; needs Node: make audit",
}
ASKED_FOR = {"audit"}  # only by its name


def main() -> None:
    """Run the parts named on the command line, one after another."""
    rows = []
    for part in _parts():
        print(f"Measuring {part}: {PARTS[part]} …", file=sys.stderr, flush=True)
        # Only now: TensorFlow, ipywidgets and a browser are not for every part.
        rows += importlib.import_module(f"benchmarks.{part}").rows()
    print(f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}\n")
    print(table(rows))


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
    main()
