"""Point the course at a fork: rewrite every place that names its repository, and nothing else.

`make fork URL=https://github.com/you/your-course` calls it. Which repository the course names now
stands in _config.yml; a test holds that no file outside of PLACES names it. Only Python is needed.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = "_config.yml"
PLACES = (
    "*.md",
    "CITATION.cff",
    "index.ipynb",
    "chapters/*.ipynb",
    "chapters/*.md",
    CONFIGURATION,  # last: while it holds the old address, an interrupted run can be repeated
)

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


def places(root: Path = ROOT) -> Iterator[Path]:
    """The files that may name the repository, _config.yml last."""
    for pattern in PLACES:
        yield from sorted(root.glob(pattern))


def rewrite(text: str, old: Repository, new: Repository) -> str:
    """The text with `new` wherever it named `old`; every other character stays as it is."""
    for pattern, replacement in _branches(old, new.branch):
        text = re.sub(pattern, lambda match, r=replacement: match[1] + r, text, flags=_FLAGS)
    for pattern, replacement in _addresses(old, new):
        text = re.sub(pattern, lambda match, r=replacement: match[1] + r, text, flags=_FLAGS)
    return text


def fork(new: Repository, root: Path = ROOT) -> list[Path]:
    """Make the course in `root` name `new`; return the files that changed."""
    old = configured(root)
    texts = {path: path.read_bytes().decode("utf-8") for path in places(root)}
    after = {path: rewrite(text, old, new) for path, text in texts.items()}
    changed = [path for path in texts if after[path] != texts[path]]
    for path in changed:
        path.write_bytes(after[path].encode("utf-8"))  # as bytes: line ends stay what they are
    return changed


_FLAGS = re.MULTILINE | re.IGNORECASE  # GitHub does not tell capitals apart, nor do people
_END = r"(?![\w-]|\.(?!git\b)\w)"  # so that ada/knobs is not found in ada/knobs-2 or ada/knobs.js


def _addresses(old: Repository, new: Repository) -> Iterator[tuple[str, str]]:
    """Patterns of the repository's and its site's address, and what takes the place of each."""
    hosts = r"github\.com[/:]|/github/|/gh/"  # GitHub, Colab, Binder
    yield rf"({hosts}){re.escape(old.slug)}{_END}", new.slug
    site = re.escape(old.pages.removeprefix("https://"))
    yield rf"(https://){site}{_END}", new.pages.removeprefix("https://")


def _branches(old: Repository, branch: str) -> Iterator[tuple[str, str]]:
    """Patterns of the branch in links, set-up cells, workflows and _config.yml; its successor."""
    slug, name = re.escape(old.slug), re.escape(old.branch)
    yield rf"({slug}/(?:blob|tree|edit|raw)/){name}{_END}", branch
    yield rf"(/gh/{slug}/){name}{_END}", branch
    yield rf'({slug}\\?", \\?"){name}(?=\\?")', branch
    yield rf'(^repository:\n  url: .*\n  branch: "){name}(?="$)', branch


def main(address: str = "", branch: str = "") -> None:
    """Fork; say what changed. An empty branch keeps the one that _config.yml names."""
    new = parse(address, branch or configured().branch)
    changed = fork(new)
    if not changed:
        print(f"Nothing to change: the course names {new.url}, branch {new.branch}, already.")
        return
    print(*(path.relative_to(ROOT) for path in changed), sep="\n")
    print(f"These {len(changed)} files now name {new.url}, branch {new.branch}.")
    print("Read the changes with `git diff`, then commit and push them.")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except ValueError as error:
        sys.exit(f"make fork: {error}")
