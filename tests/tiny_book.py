"""A book of a few cells with the course's own configuration and tools, for tests that build."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_notebook

ROOT = Path(__file__).parent.parent
HANGS = 1200  # seconds: no measure of speed; what hangs must end


class TinyBook:
    """The real configuration and tools, with a small `utils` and whatever pages a test writes."""

    def __init__(self, root):
        self.root = root
        for folder in ("website", "tools", "_static"):
            shutil.copytree(ROOT / folder, root / folder)
        assets = (f"utils/{name}" for name in ("replay.css", "drag.js", "replay.js"))
        for name in ("_config.yml", "utils/_svg.py", *assets):
            self.write(name, (ROOT / name).read_text(encoding="utf-8"))
        self.write("requirements.txt", "numpy\n")
        for name in ("__init__", "alpha", "beta", "gamma"):
            self.write(f"utils/{name}.py", "")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def write_notebook(self, name, *cells):
        page = new_notebook(cells=list(cells))
        page.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        for number, cell in enumerate(page.cells):
            cell["id"] = f"cell-{number}"
        self.write(name, nbformat.writes(page))

    def write_toc(self, *pages):
        chapters = "".join(f"  - file: {page}\n" for page in pages)
        self.write(
            "_toc.yml",
            f"format: jb-book\nroot: index\nchapters:\n{chapters}"
            if pages
            else "format: jb-book\nroot: index\n",
        )

    def build(self, **options):
        """Build as `make book` does; return what was printed, and whether it succeeded."""
        with self.started(**options) as process:
            printed, _ = process.communicate(timeout=HANGS)
        return printed, process.returncode == 0

    def started(self, **options):
        """Return the process of a build that has just begun."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return subprocess.Popen(
            [sys.executable, "-m", "tools.build"],
            cwd=self.root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    def runs(self):
        """How often the notebooks have run: they count themselves."""
        return tuple(
            len(path.read_text(encoding="utf-8"))
            for path in sorted((self.root / "chapters").glob("*.runs"))
        )

    def page(self, name):
        return (self.root / "_build" / "html" / name).read_text(encoding="utf-8")
