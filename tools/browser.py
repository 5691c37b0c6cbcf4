"""Find the Chromium that the browser tests use; as a script, install one where there is none.

Debian's own package comes first: it is what the tests were written with. Elsewhere, and where apt
is not to be had, playwright downloads its build.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Containers have no sandbox, and the browser's own requests would disturb what is measured.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> str | None:
    """Path of a Chromium on this machine, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Install Chromium with apt, or else with playwright; raise if neither can."""
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        apt = [*sudo, "apt-get", "-qq"]
        subprocess.run([*apt, "update"], check=False)
        done = subprocess.run([*apt, "install", "-y", "--no-install-recommends", "chromium"])
        if done.returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


if __name__ == "__main__":
    if find() is None:
        install()
    if find() is None:
        sys.exit("No Chromium after the installation: install the package chromium by hand.")
