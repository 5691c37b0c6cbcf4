"""Point the course at a fork: rewrite every place that names its repository, and nothing else.

`make fork URL=https://github.com/you/your-course` calls it. Which repository the course names now
stands in _config.yml; a test holds that no file outside of PLACES names it. Only Python is needed.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from website.repository import CONFIGURATION, ROOT, Repository, configured, parse

PLACES = (
    "*.md",
    "CITATION.cff",
    "index.ipynb",
    "chapters/*.ipynb",
    "chapters/*.md",
    "locale/*/*.po",
    CONFIGURATION,  # last: while it holds the old address, an interrupted run can be repeated
)


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
    # In the file of a notebook, one line of a cell follows the other.
    yield rf'(--branch=){name}(?=\\",\\n",\s+" *\\"https://github\.com/{slug}{_END})', branch
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
