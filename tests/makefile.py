"""Calls make as a reader does by hand."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def make(*arguments, folder=ROOT, **variables):
    """Run make in a folder; return its exit status, and all it printed.

    variables: what else stands in its environment. What a `make test` around the tests has put
    there (its jobs, and BUILT=1) is not handed on.
    """
    inherited = {k: v for k, v in os.environ.items() if k not in _OF_MAKE}
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=inherited | variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


_OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "BUILT", "PARTS")
