"""Which repository this course is, as _config.yml says; so who we are is written in one place.

Its site, its links and `make fork` take it from here. Only Python is needed.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = "_config.yml"

_WAY_OUT = "Give it as in: make fork URL=https://github.com/you/your-course"
_CONFIGURED = re.compile(
    r'^repository:\n  url: (?P<url>\S+)\n  branch: "(?P<branch>[^"\n]+)"$', re.MULTILINE
)
# What GitHub lets an account and a repository be called.
_ADDRESS = re.compile(
    r"https://github\.com/"
    r"(?P<owner>[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9])){0,38})/(?P<name>[\w.-]{1,100})",
    re.ASCII,
)


@dataclass(frozen=True)
class Repository:
    """A repository on GitHub, and the branch that the course is published from."""

    owner: str
    name: str
    branch: str

    @property
    def slug(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def url(self) -> str:
        return f"https://github.com/{self.slug}"

    @property
    def pages(self) -> str:
        """Where GitHub Pages serves its site, without a slash at the end."""
        host = f"{self.owner.lower()}.github.io"
        return f"https://{host}" if self.name.lower() == host else f"https://{host}/{self.name}"


def parse(address: str, branch: str) -> Repository:
    """The repository at an address; a slash or `.git` at its end does not matter.

    Raises: ValueError: the address is none on GitHub, or the branch's name cannot stand in links.

    >>> parse("https://github.com/ada/knobs.git/", "main").url
    'https://github.com/ada/knobs'
    """
    match = _ADDRESS.fullmatch(address.rstrip("/").removesuffix(".git"))
    if not match or match["name"] in (".", "..", ""):
        raise ValueError(
            f"URL={address!r} is not the address of a repository on GitHub, which is where Colab, "
            f"Binder and Pages look. {_WAY_OUT}"
        )
    if not re.fullmatch(r"\w(?:[\w.-]*\w)?", branch, re.ASCII) or ".." in branch:
        raise ValueError(
            f"BRANCH={branch!r} cannot stand in every link: a slash there begins a folder. "
            "Publish from a branch of letters, digits, '.', '_' and '-', such as main."
        )
    return Repository(match["owner"], match["name"], branch)


def configured(root: Path = ROOT) -> Repository:
    """The repository that _config.yml in `root` names.

    Raises: ValueError: it names none, or not as `make fork` writes it.
    """
    match = _CONFIGURED.search((root / CONFIGURATION).read_text(encoding="utf-8"))
    if not match:
        raise ValueError(
            f"{CONFIGURATION} does not say which repository this is. It needs three lines: "
            'repository:, then "  url: https://github.com/…", then "  branch: "main"" in quotes.'
        )
    return parse(match["url"], match["branch"])
