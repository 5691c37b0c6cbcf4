"""Sphinx extension: the site has no page of a document that the book no longer has.

Sphinx leaves such pages, and the sources that it copied beside them, where they are.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from website import extension
from website.page.sheet import pages_of


def stale(site: Path, documents: set[str]) -> Iterator[Path]:
    """Pages and copied sources in the folders of a site that belong to none of these documents.

    The site's own folder is left alone: Sphinx puts pages there that no document has.
    """
    sources = site / "_sources"
    files = [(path, site) for path in pages_of(site) if path.parent != site]
    files += [(path, sources) for path in sources.rglob("*") if path.is_file()]
    for path, folder in files:
        if path.relative_to(folder).with_suffix("").as_posix() not in documents:
            yield path


def _sweep(app: Sphinx, error: Exception | None) -> None:
    if error is None and app.builder.format == "html":
        for path in list(stale(Path(app.outdir), app.env.found_docs)):
            path.unlink()


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("build-finished", _sweep)
    return extension()
