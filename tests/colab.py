"""What Colab is to a notebook: `google.colab`, an empty folder, the repository to fetch."""

import shutil
import subprocess
from pathlib import Path

from website.repository import configured

ROOT = Path(__file__).parent.parent
REPOSITORY = configured()
_GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.invalid")


def publish(folder):
    """Make `folder` a git repository with `utils` as in the working tree, on the book's branch."""
    shutil.copytree(ROOT / "utils", folder / "utils", ignore=shutil.ignore_patterns("__pycache__"))
    for command in (
        ["init", "-q", "-b", REPOSITORY.branch],
        ["add", "."],
        ["commit", "-qm", "utils"],
    ):
        subprocess.run([*_GIT, *command], cwd=folder, check=True)


def stand_in(folder, published):
    """Return an empty folder below `folder`, and the variables of a kernel that runs in it.

    They show it a stand-in for google.colab, and send git to `published` instead of the net.
    """
    package = folder / "stand-in" / "google" / "colab"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    content, temporary = folder / "content", folder / "tmp"
    content.mkdir()
    temporary.mkdir()
    return content, {
        "TMPDIR": str(temporary),
        "PYTHONPATH": str(folder / "stand-in"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{published.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": REPOSITORY.url,
        "GIT_ALLOW_PROTOCOL": "file",
    }
