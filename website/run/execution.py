"""Sphinx extension: a notebook runs again when code that it reaches changes, and only then.

Those that must run do so two at a time, before Sphinx reads the first page. Whatever kernel a
notebook names, it runs in the one of this Python.

jupyter-cache keeps a notebook's outputs under a key made of its code cells. It does not know that
they also depend on `utils`, on the data there, and on the installed packages. So this extension
remembers, for each key, a digest of those files, and removes the record if the digest is another.

Where tools.build has written down which texts of a notebook are messages, it runs with these marked
(website/run/marked.py), and the executed notebook holds as metadata how its texts were made:
"messages", a list of (context, text, kind), and "cells", id → text → composition. To tools.build it
says how far Sphinx is, by the files that website/languages.py names.
"""

import hashlib
import json
import os
import tempfile
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
from website.languages import RAN, READ
from website.run import marked
from website.run.own_kernel import in_own_kernel

PACKAGE = "utils"
# Folders of `utils` with files that a module of it opens. A test finds out whether one is missing.
READS = {"data": ("datasets",), "plotting": ("fonts",)}
DIGESTS = "surroundings.json"
TEXTS = "texts"  # metadata of an executed notebook
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


def digest(notebook: nbformat.NotebookNode, root: Path, marks: Path | None = None) -> str:
    """SHA-256 of names and contents of what the notebook reaches, and of requirements.txt.

    marks: the file of its marks; then these count, and how texts are marked.
    """
    total = hashlib.sha256()
    if marks is not None:
        total.update(marks.read_bytes() + Path(marked.__file__).read_bytes())
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
        self.known: dict[str, str] = {}  # key → digest, of the records of the cache
        self.marks: dict[str, Path] = {}  # document → file of its marks

    def outdated(
        self, app: Sphinx, env: BuildEnvironment, _added: set, _changed: set, removed: set
    ) -> list[str]:
        """Remove stale records; name the documents that Sphinx must therefore read again."""
        if env.mystnb_config.execution_mode != "cache":
            return []
        cache = get_cache(env.mystnb_config.execution_cache_path)
        self.file = Path(env.mystnb_config.execution_cache_path, DIGESTS)
        self.marks = _marks(env, Path(app.srcdir))
        self.now = dict(_inspect(env, Path(app.srcdir), cache, self.marks))
        known = read_digests(self.file)
        current = dict(self.now.values())
        has_marks = {self.now[doc][0] for doc in self.marks if doc in self.now}
        for record in cache.list_cache_records():
            key = record.hashkey
            lacks_texts = key in has_marks and not record.data.get(TEXTS)
            if key in current and (known.get(key) != current[key] or lacks_texts):
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

        One that fails leaves no record, so that myst-nb runs it once more, as it is written, and
        says what is wrong.
        """
        if env.mystnb_config.execution_mode != "cache":
            return
        cache = get_cache(env.mystnb_config.execution_cache_path)
        done = {record.hashkey for record in cache.list_cache_records()}
        waiting = [doc for doc in docnames if doc in self.now and self.now[doc][0] not in done]
        if len(waiting) < 2 and not self.marks.keys() & set(waiting):
            return
        # The long ones first, so that none of them runs alone at the end.
        waiting.sort(key=lambda doc: -Path(env.doc2path(doc)).stat().st_size)
        _LOGGER.info("executing notebooks: %d, %d at a time", len(waiting), AT_A_TIME)

        def execute(doc: str) -> CacheBundleIn | None:
            return _execute(Path(env.doc2path(doc)), env.mystnb_config, self.marks.get(doc))

        with ThreadPoolExecutor(AT_A_TIME) as pool:
            results = pool.map(execute, waiting)
            for doc, bundle in zip(waiting, results, strict=True):
                if bundle is None:
                    continue
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
                key, value = self.now[doc]
                self.known[key] = value
                write_digests(self.file, self.known)
                _LOGGER.info("executed %s in %.0f s", doc, bundle.data["execution_seconds"])

    def say_ran(self, app: Sphinx, _env: BuildEnvironment, _docnames: list[str]) -> None:
        """Say that all outputs are there, unless myst-nb has to run a notebook yet."""
        if all(self.known.get(key) == value for key, value in self.now.values()):
            Path(app.outdir).with_name(RAN).touch()

    def remember(self, app: Sphinx, _doctree: nodes.document) -> None:
        """Note that this document's outputs belong to its present surroundings."""
        if app.env.docname in self.now:
            key, value = self.now[app.env.docname]
            app.env.surroundings[app.env.docname] = self.known[key] = value
            write_digests(self.file, self.known)


def _say_read(app: Sphinx, *_page: Any) -> None:
    """Sphinx writes a page: before the first it has stored documents, and copied files."""
    Path(app.outdir).with_name(READ).touch()


def _name_kernel(app: Sphinx, docname: str, source: list[str]) -> None:
    """Let myst-nb read of the course's kernel instead of the one that is stored."""
    if app.env.doc2path(docname).endswith(".ipynb"):
        source[0] = in_own_kernel(source[0])


def _read(path: Path) -> nbformat.NotebookNode:
    return nbformat.reads(in_own_kernel(path.read_text(encoding="utf-8")), as_version=4)


def _execute(path: Path, config: Any, marks: Path | None) -> CacheBundleIn | None:
    """Run one notebook as myst-nb would, with its texts marked; None if it fails."""
    notebook = _read(path)
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder, "record")
        try:
            result = single_nb_execution(
                notebook,
                cwd=str(path.parent),
                timeout=config.execution_timeout,
                allow_errors=config.execution_allow_errors,
                extra_arguments=[] if marks is None else _marking(marks, record),
            )
        except DeadKernelError:
            return None
        if result.err is not None:
            return None
        if marks is not None:
            notebook.metadata[TEXTS] = read_record(marks, record)
    data = {"execution_seconds": result.time, TEXTS: marks is not None}
    return CacheBundleIn(notebook, str(path), data=data)


def _marking(marks: Path, record: Path) -> list[str]:
    """What a kernel is told so that it marks texts."""
    return [
        f"--IPKernelApp.extra_extensions={marked.__name__}",
        f"--Marked.marks={marks}",
        f"--Marked.record={record}",
    ]


def read_record(marks: Path, record: Path) -> dict[str, Any]:
    """How the texts were made of a notebook that ran with marks, as the head of this file says.

    Raises: FileNotFoundError: the kernel did not mark anything.
    """
    cells: dict[str, dict[str, Any]] = {}
    for line in record.read_text(encoding="utf-8").splitlines():
        cell, made = json.loads(line)
        cells.setdefault(cell, {}).update(made)
    messages = json.loads(marks.read_text(encoding="utf-8"))["messages"]
    return {"messages": messages, "cells": cells}


def _marks(env: BuildEnvironment, root: Path) -> dict[str, Path]:
    """The files of marks, by document."""
    folder = Path(env.mystnb_config.execution_cache_path).with_name(marked.MARKS)
    paths = {
        doc: folder / Path(env.doc2path(doc)).relative_to(root).with_suffix(".json")
        for doc in env.found_docs
    }
    return {doc: path for doc, path in paths.items() if path.is_file()}


def _inspect(
    env: BuildEnvironment, root: Path, cache: Any, marks: dict[str, Path]
) -> Iterator[tuple[str, tuple]]:
    for docname in env.found_docs:
        path = Path(env.doc2path(docname))
        if path.suffix == ".ipynb":
            notebook = _read(path)
            _, key = cache.create_hashed_notebook(notebook)
            yield docname, (key, digest(notebook, root, marks.get(docname)))


def _data(path: Path) -> Iterator[Path]:
    for folder in READS.get(path.stem, ()):
        yield from (file for file in (path.parent / folder).rglob("*") if file.is_file())


def setup(app: Sphinx) -> dict[str, Any]:
    execution = _Execution()
    app.connect("env-get-outdated", execution.outdated)
    app.connect("source-read", _name_kernel)
    # After website.run.kernels has set what kernels find in their environment.
    app.connect("env-before-read-docs", execution.run_ahead, priority=600)
    app.connect("env-before-read-docs", execution.say_ran, priority=700)
    app.connect("doctree-read", execution.remember)
    app.connect("html-page-context", _say_read)
    return extension()
