"""The languages of the site: English at its root, each other one in a folder below.

A folder of locale/ is a language. Only Python is needed.
"""

from dataclasses import dataclass
from pathlib import Path

# The files below _static/ that differ between languages; all others are the English site's.
OWN = (
    "course.js", "documentation_options.js", "language_data.js", "replay.js", "translations.js",
)  # fmt: skip

# Files below _build/ that say how far the English build is: a translation is made meanwhile.
RAN = ".ran"  # the execution cache has the outputs of all notebooks
READ = ".read"  # the documents are stored, and what pages load is in _static/


@dataclass(frozen=True)
class Language:
    """A language by the name of its folder in locale/, such as zh_CN."""

    code: str

    @property
    def tag(self) -> str:
        """As HTML names it: zh-CN."""
        return self.code.replace("_", "-")

    @property
    def folder(self) -> str:
        """Below the site's root, with a slash at the end; also a branch's name: zh/."""
        return "" if self == ENGLISH else f"{self.code.partition('_')[0]}/"


ENGLISH = Language("en")


def languages(root: Path) -> list[Language]:
    """English, and each language that the course in `root` has a folder for."""
    folders = sorted(path for path in root.glob("locale/*") if path.is_dir())
    return [ENGLISH, *(Language(folder.name) for folder in folders)]
