"""The course in another language as a book of its own, for jupyter-book to build.

It has the translated sources, the outputs of the English notebooks, and the English configuration
but for a few lines. Files that would be the same again are left alone, so that Sphinx reads what
has changed.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import nbformat
import yaml
from jupyter_cache import get_cache
from jupyter_cache.cache.main import JupyterCacheBase

from tools.tidy import as_file, tidied
from tools.translate import catalog, outputs, pages
from website.languages import OWN, Language
from website.run.own_kernel import in_own_kernel

# What a book is made of, besides the files that have catalogs. A reader's data are in none of it.
SOURCES = ("_config.yml", "_toc.yml", "*.ipynb", "chapters/*.*")
SOURCES += ("_static/**/*", "utils/**/*", "website/**/*")
_LEFT_OUT = {"datasets", "__pycache__"}
# As the kernel says in a notebook that has run; the site colours code by it.
_LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
_STAMPS = ".stamps.json"
DONE = ".done"  # in a book's folder: what it now is has been built


def sources(root: Path) -> Iterator[Path]:
    """The files of the English book."""
    for pattern in SOURCES:
        for path in sorted(root.glob(pattern)):
            if path.is_file() and not _LEFT_OUT & set(path.relative_to(root).parts):
                yield path


def write(root: Path, output: Path, language: Language, book: Path) -> None:
    """Write the book in a language into the folder `book`; if it has changed, without DONE.

    Args:
        root: the English course. output: where it has been built: its execution cache is there.
    Raises:
        ValueError: a translation would change more than texts; a text cannot be translated.
    """
    owner = {path: name for name, files in pages.catalogs(root).items() for path in files}
    before, now = _read(book / _STAMPS), {}
    ran = get_cache(str(output / ".jupyter_cache"))
    read = cache(catalog.read)  # one serves many files
    helpers = catalog.path_of(root, language.code, "utils")  # what they say in a cell's outputs
    for path in sources(root):
        name = path.relative_to(root)
        po = catalog.path_of(root, language.code, owner.get(path, ""))
        stored = _executed(path, ran) if path.suffix == ".ipynb" else None
        files = [one for one in (path, po, helpers, stored) if one is not None]
        now[name.as_posix()] = stamp = _digest(files)
        if before.get(name.as_posix()) == stamp and (book / name).exists():
            continue
        translate = catalog.translator(read(po))
        (book / name).parent.mkdir(parents=True, exist_ok=True)
        if stored is not None:
            executed = nbformat.read(stored, as_version=4)
            translate = catalog.translator([*read(po), *read(helpers)])
            record = executed.metadata.get("texts", {})
            page, lost = outputs.notebook(path, executed, record, translate)
            # Where there is no catalog, all of it is English.
            if po.exists() and lost:
                cell, shown = lost[0]
                raise ValueError(
                    f"tools.translate: {name}, cell {cell!r} shows {shown!r}, and how that was "
                    "made of the cell's texts is not known, so that it would stay English. Let the "
                    "code not change a text after it was made; what a library says, name in "
                    "SAID_BY_LIBRARIES of tools/translate/outputs.py."
                )
            page.metadata["language_info"] = _LANGUAGE
            text = pages.at_home_in(language.code, nbformat.writes(page))
            (book / name).write_text(text, "utf-8")
        elif path.name == "_config.yml":
            text = pages.rewrite(path, translate)
            (book / name).write_text(configuration(text, language, root, book), "utf-8")
        elif path in owner:
            (book / name).write_text(pages.rewrite(path, translate), "utf-8")
        else:
            (book / name).write_bytes(path.read_bytes())
    for gone in before.keys() - now.keys():
        (book / gone).unlink(missing_ok=True)
    if now != before:
        (book / DONE).unlink(missing_ok=True)
        # Old files of _static would stay there, and be other ones than the English site's.
        shutil.rmtree(book / "_build" / "html", ignore_errors=True)
    # Where pages look for what they share with the English ones, so that Sphinx knows it, too.
    shared = book / "_build" / "_static"
    if not shared.is_symlink():
        shared.parent.mkdir(exist_ok=True)
        shared.symlink_to(output / "html" / "_static")
    (book / _STAMPS).write_text(json.dumps(now, indent=1), "utf-8")


def configuration(text: str, language: Language, root: Path, book: Path) -> str:
    """What _config.yml says for this language: nothing runs, and buttons open its branch."""
    data = yaml.safe_load(text)
    data["execute"]["execute_notebooks"] = "off"
    data["repository"]["branch"] = language.folder.strip("/")
    original = "/".join([".."] * len(book.relative_to(root).parts))
    # Quotation marks are as the translator wrote them; Chinese fonts have a wide one for a ’.
    own = {"language": language.code, "original": original, "smartquotes": False}
    data["sphinx"]["config"] |= own
    return yaml.safe_dump(data, allow_unicode=True)


def _executed(path: Path, ran: JupyterCacheBase) -> Path | None:
    """The notebook as it has run, in the execution cache; None if it has no cells that run."""
    notebook = nbformat.reads(in_own_kernel(path.read_text("utf-8")), as_version=4)
    try:
        key = ran.match_cache_notebook(notebook).hashkey
    except KeyError:
        return None
    return Path(ran.path) / "executed" / key / "base.ipynb"


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256(_tools())
    for content in (one.read_bytes() if one.exists() else b"" for one in files):
        total.update(b"%d " % len(content) + content)
    return total.hexdigest()


@cache
def _tools() -> bytes:
    """What this program is: another one may write other files."""
    return b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))


def _read(stamps: Path) -> dict[str, str]:
    return json.loads(stamps.read_text("utf-8")) if stamps.exists() else {}


def publish(built: Path, site: Path, language: Language) -> None:
    """Copy the built pages below those of the English site, without what they share with them.

    Raises:
        ValueError: a file that pages share with the English ones is another one here.
    """
    for path in sorted(built.rglob("*")):
        name = path.relative_to(built)
        if not path.is_file():
            continue
        if name.parts[0] == "_static" and name.name not in OWN:
            english = site / name
            if not english.exists() or english.read_bytes() != path.read_bytes():
                raise ValueError(
                    f"tools.translate: {name} is not the English site's. If it has words, name it "
                    "in OWN of website/languages.py."
                )
            continue
        target = site / language.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if name.parts[0] == "_sources" and name.suffix == ".ipynb":  # to be downloaded: as stored
            target.write_text(as_file(tidied(json.loads(path.read_bytes()))), "utf-8")
        else:
            target.write_bytes(path.read_bytes())
