"""Sphinx extension: a notebook runs again when code that it reaches changes, and only then.

Those that must run do so two at a time, before Sphinx reads the first page. Whatever kernel a
notebook names, it runs in the one of this Python.

jupyter-cache keeps a notebook's outputs under a key made of its code cells. It does not know that
they also depend on `utils`, on the data there, and on the installed packages. So this extension
remembers, for each key, a digest of those files, and removes the record if the digest is another.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from modulefinder import ModuleFinder
from pathlib import Path
from typing import Any

import nbformat
from docutils import nodes
from IPython.core.inputtransformer2 import TransformerManager
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from nbclient.exceptions import DeadKernelError
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from website import extension
from website.run.own_kernel import in_own_kernel

PACKAGE = "utils"
# Folders of `utils` with files that a module of it opens. A test finds out whether one is missing.
READS = {"data": ("datasets",)}
DIGESTS = "surroundings.json"
AT_A_TIME = 2  # each kernel keeps a core busy and takes up to 2 GB

_LOGGER = logging.getLogger(__name__)


def reach(notebook: nbformat.NotebookNode, root: Path) -> set[Path]:
    """The files of `utils` on which a notebook's outputs depend.

    From the imports of its code cells to modules, from these on to further ones, and to the data
    that they open; `utils/__init__.py` always. A cell or module that is not Python reaches all.

    Args:
        notebook: in nbformat 4.
        root: the book's folder, which holds `utils/`.
    """
    package = root / PACKAGE
    finder = ModuleFinder([str(root)])  # so it meets none of the installed packages
    try:
        finder.import_hook(PACKAGE)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                # Turns %magics and !commands into Python.
                source = TransformerManager().transform_cell(cell.source)
                finder.scan_code(compile(source, "<cell>", "exec"), finder.add_module("__main__"))
    except SyntaxError:
        return set(package.rglob("*.py"))
    missing = (root.joinpath(*name.split(".")).with_suffix(".py") for name in finder.badmodules)
    if any(path.is_file() for path in missing):  # it is there, but is not Python
        return set(package.rglob("*.py"))
    found = {Path(one.__file__) for one in finder.modules.values() if one.__file__}
    found = {path for path in found if path.is_relative_to(package)}
    return found | {file for path in found for file in _data(path)}


def digest(notebook: nbformat.NotebookNode, root: Path) -> str:
    """SHA-256 of names and contents of what the notebook reaches, and of requirements.txt."""
    total = hashlib.sha256()
    for path in sorted({*reach(notebook, root), root / "requirements.txt"}):
        content = path.read_bytes() if path.is_file() else b""
        total.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def read_digests(path: Path) -> dict[str, str]:
    """The digests at `path` by key of the cache; none if the file is missing or damaged."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # then every notebook runs again, and a good file is written
    return stored if isinstance(stored, dict) else {}


def write_digests(path: Path, digests: dict[str, str]) -> None:
    """Write the file in one step, so that an interrupted build leaves the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(digests, indent=1, sort_keys=True), encoding="utf-8")
    os.replace(draft, path)


class _Execution:
    """One build: knows each notebook's key and digest from before the first is read."""

    def __init__(self) -> None:
        self.now: dict[str, tuple[str, str]] = {}

    def outdated(
        self, app: Sphinx, env: BuildEnvironment, _added: set, _changed: set, removed: set
    ) -> list[str]:
        """Remove stale records; name the documents that Sphinx must therefore read again."""
        if env.mystnb_config.execution_mode != "cache":
            return []
        cache = get_cache(env.mystnb_config.execution_cache_path)
        self.file = Path(env.mystnb_config.execution_cache_path, DIGESTS)
        self.now = dict(_inspect(env, Path(app.srcdir), cache))
        known = read_digests(self.file)
        current = dict(self.now.values())
        for record in cache.list_cache_records():
            if record.hashkey in current and known.get(record.hashkey) != current[record.hashkey]:
                cache.remove_cache(record.pk)
        kept = {record.hashkey for record in cache.list_cache_records()}
        self.known = {key: value for key, value in known.items() if key in kept}
        write_digests(self.file, self.known)
        # A page may also be older than the record: a failed build loses Sphinx's own memory.
        pages = getattr(env, "surroundings", {})
        env.surroundings = {doc: seen for doc, seen in pages.items() if doc not in removed}
        return [
            doc
            for doc, (key, value) in self.now.items()
            if self.known.get(key) != value or env.surroundings.get(doc) != value
        ]

    def run_ahead(self, _app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
        """Execute the notebooks without a record, several at a time, and keep their outputs.

        One that fails leaves no record, so that myst-nb runs it once more and says what is wrong.
        """
        if env.mystnb_config.execution_mode != "cache":
            return
        cache = get_cache(env.mystnb_config.execution_cache_path)
        done = {record.hashkey for record in cache.list_cache_records()}
        waiting = [doc for doc in docnames if doc in self.now and self.now[doc][0] not in done]
        if len(waiting) < 2:
            return
        # The long ones first, so that none of them runs alone at the end.
        waiting.sort(key=lambda doc: -Path(env.doc2path(doc)).stat().st_size)
        _LOGGER.info("executing %d notebooks, %d at a time", len(waiting), AT_A_TIME)
        paths = [Path(env.doc2path(doc)) for doc in waiting]
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            results = pool.map(lambda path: _execute(path, env.mystnb_config), paths)
            for doc, bundle in zip(waiting, results, strict=True):
                if bundle is None:
                    continue
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
                key, value = self.now[doc]
                self.known[key] = value
                write_digests(self.file, self.known)
                _LOGGER.info("executed %s in %.0f s", doc, bundle.data["execution_seconds"])

    def remember(self, app: Sphinx, _doctree: nodes.document) -> None:
        """Note that this document's outputs belong to its present surroundings."""
        if app.env.docname in self.now:
            key, value = self.now[app.env.docname]
            app.env.surroundings[app.env.docname] = self.known[key] = value
            write_digests(self.file, self.known)


def _name_kernel(app: Sphinx, docname: str, source: list[str]) -> None:
    """Let myst-nb read of the course's kernel instead of the one that is stored."""
    if app.env.doc2path(docname).endswith(".ipynb"):
        source[0] = in_own_kernel(source[0])


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.reads(in_own_kernel(path.read_text(encoding="utf-8")), as_version=4)


def _execute(path: Path, config: Any) -> CacheBundleIn | None:
    """Run one notebook as myst-nb would; None if it fails."""
    notebook = _read(path)
    try:
        result = single_nb_execution(
            notebook,
            cwd=str(path.parent),
            timeout=config.execution_timeout,
            allow_errors=config.execution_allow_errors,
        )
    except DeadKernelError:
        return None
    if result.err is not None:
        return None
    return CacheBundleIn(notebook, str(path), data={"execution_seconds": result.time})


def _inspect(env: BuildEnvironment, root: Path, cache: Any) -> Iterator[tuple[str, tuple]]:
    for docname in env.found_docs:
        path = Path(env.doc2path(docname))
        if path.suffix == ".ipynb":
            notebook = _read(path)
            _, key = cache.create_hashed_notebook(notebook)
            yield docname, (key, digest(notebook, root))


def _data(path: Path) -> Iterator[Path]:
    for folder in READS.get(path.stem, ()):
        yield from (file for file in (path.parent / folder).rglob("*") if file.is_file())


def setup(app: Sphinx) -> dict[str, Any]:
    execution = _Execution()
    app.connect("env-get-outdated", execution.outdated)
    app.connect("source-read", _name_kernel)
    # After website.run.kernels has set what kernels find in their environment.
    app.connect("env-before-read-docs", execution.run_ahead, priority=600)
    app.connect("doctree-read", execution.remember)
    return extension()
