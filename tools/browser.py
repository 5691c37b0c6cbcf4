"""The browsers of the tests: Chromium, Firefox and WebKit, Safari's engine; installed if need be.

    python -m tools.browser        # installs what is missing

Debian's packages come first: they are what the tests were written with, and what readers have.
Elsewhere, and where apt is not to be had, playwright downloads builds of its own.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "firefox": ("firefox-esr", "firefox"),
    "webkit": ("WebKitWebDriver",),  # it starts WebKitGTK's MiniBrowser, which needs a screen
}
WINDOWLESS = "chromium-headless-shell"
PACKAGES = {
    "chromium": ("chromium", WINDOWLESS),
    "firefox": ("firefox-esr",),
    "webkit": ("webkit2gtk-driver", "xvfb"),
    "math font": ("fonts-lmodern",),
}
# The whole of the font from which the site's is cut; in Debian's package fonts-lmodern.
MATH_FONT = Path("/usr/share/texmf/fonts/opentype/public/lm-math/latinmodern-math.otf")
# Containers have no sandbox, and the browser's own requests would disturb what is measured.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find(engine: str = "chromium") -> str | None:
    """Path of the program on this machine that starts an engine of NAMES, or None."""
    for name in NAMES[engine]:
        if path := shutil.which(name):
            return path
    # In a process of its own: one process can have playwright open only once, as tests have.
    asked = (
        "from playwright.sync_api import sync_playwright\n"
        f"with sync_playwright() as playwright: print(playwright.{engine}.executable_path)"
    )
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True)
    path = answer.stdout.strip()
    return path if path and Path(path).exists() else None


def windowless() -> str | None:
    """Path of a Chromium without windows, whose bars take longer than most pages in them.

    Where there is none, what `find` finds. It sets letters a little otherwise: so it is not for
    what is looked at, nor for what is measured.
    """
    return shutil.which(WINDOWLESS) or find()


def is_stock(program: str) -> bool:
    """Whether a program is the system's own, not playwright's build."""
    return shutil.which(Path(program).name) == program


def missing() -> list[str]:
    """The engines that are not on this machine, and "math font" if that is not."""
    return [engine for engine in NAMES if find(engine) is None] + (
        [] if MATH_FONT.is_file() else ["math font"]
    )


def install(wanted: list[str]) -> None:
    """Install what `missing` named, with apt or else with playwright, as far as they can."""
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        apt = [*sudo, "apt-get", "-qq"]
        subprocess.run([*apt, "update"], check=False)
        for package in (package for one in wanted for package in PACKAGES[one]):
            # One by one: not every distribution has all of them.
            command = [*apt, "install", "-y", "--no-install-recommends", package]
            subprocess.run(command, check=False)
    for engine in set(missing()) & set(NAMES):
        subprocess.run([sys.executable, "-m", "playwright", "install", engine], check=False)


def main() -> None:
    """Install what is missing; without Chromium fail, without another engine say so."""
    if wanted := missing():
        install(wanted)
    left = missing()
    if "chromium" in left:
        sys.exit("No Chromium after the installation: install the package chromium by hand.")
    if left:
        print(f"Not on this machine, and left out of the tests: {', '.join(left)}.")


if __name__ == "__main__":
    main()
