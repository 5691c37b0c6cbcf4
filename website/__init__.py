"""How a page comes to be: one Sphinx extension of many, in the folders of a page's life.

`run/` runs the notebooks, `read/` turns documents into nodes, `page/` nodes into pages, `finish/`
completes the site. `templates/` holds what is filled in. _config.yml names only this package.
"""

import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # `make fork` reads website/repository.py where there is no Sphinx
    from sphinx.application import Sphinx

# In the order of a page's life, which is that of Sphinx's events. Within one event Sphinx goes by
# this order, too. Where something depends on it, handlers name a priority, which goes before all
# order: notebooks run (600) once kernels' variables are set (500); the theme gets its scripts (900)
# when all have said what a page loads (500); the one style sheet is made (800) when old pages are
# gone and all others, 404.html too, are there (500), and what a page loads is looked at last (900).
# _config.yml names this package after the themes, whose handlers must have run already.
EXTENSIONS = (
    "run.kernels",
    "run.execution",
    "read.mathml",
    "read.missing",
    "read.original",
    "read.figures",
    "read.outputs",
    "read.marks",
    "read.mistakes",
    "read.lookup",
    "read.docstrings",
    "page.cells",
    "page.code",
    "page.explorers",
    "page.sheet",
    "page.theme",
    "page.language",
    "page.baseurl",
    "page.pages",
    "page.resume",
    "page.filter",
    "page.search",
    "finish.stale",
    "finish.not_found",
    "finish.offline",
)

# What a translation has from the English course: outputs, marks, the style sheet.
OF_THE_ORIGINAL = {"run.kernels", "run.execution", "read.marks", "read.mistakes", "page.sheet"}


def extension() -> dict[str, Any]:
    """What each extension's `setup` returns to Sphinx.

    A change here must reach every page; so the version of what Sphinx remembers is a checksum of
    the package. Reading is for one process: the extensions keep notes about it, and set variables.
    """
    files = (path for path in Path(__file__).parent.rglob("*") if path.is_file())
    sources = sorted(path for path in files if path.suffix != ".pyc")
    checksum = zlib.crc32(b"".join(path.read_bytes() for path in sources))
    return {"env_version": checksum, "parallel_read_safe": False, "parallel_write_safe": True}


def setup(app: "Sphinx") -> dict[str, Any]:
    # Where the English course is, seen from this one's folder; "" for the English course itself.
    app.add_config_value("original", "", "env")
    for name in EXTENSIONS:
        if not (app.config.original and name in OF_THE_ORIGINAL):
            app.setup_extension(f"{__name__}.{name}")
    return extension()
