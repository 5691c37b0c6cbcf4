"""Calls make as a reader does by hand."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "BUILT", "PARTS")


def make(*arguments, folder=ROOT, **variables):
    """Run make in a folder; return its exit status, and all it printed.

    variables: what else stands in its environment.
    """
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def environment(**variables):
    """Return this process's, without what a `make test` around the tests put there, BUILT=1 say."""
    return {key: value for key, value in os.environ.items() if key not in _OF_MAKE} | variables
