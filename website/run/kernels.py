"""Sphinx extension: the environment in which the build's kernels run the notebooks.

Kernels inherit the environment of the process that starts them, and myst-nb offers no other way to
give them variables. So these are set while documents are read, and put back when the build ends.
"""

import os
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from website import extension


def kernel_variables(root: Path) -> dict[str, str]:
    """What a kernel of the book in `root` must find in its environment.

    EXPLORE makes `utils.explore` draw every position instead of creating widgets. PYTHONPATH makes
    `import utils` mean this book's, whose files `website.run.execution` watches, not an installed
    one.
    """
    before = os.environ.get("PYTHONPATH")
    search_path = os.pathsep.join([str(root), before]) if before else str(root)
    return {"EXPLORE": "replay", "PYTHONPATH": search_path}


class _Environment:
    def __init__(self) -> None:
        self.before: dict[str, str | None] = {}

    def enter(self, app: Sphinx, _env: BuildEnvironment, _docnames: list[str]) -> None:
        if self.before:
            return
        for name, value in kernel_variables(Path(app.srcdir)).items():
            self.before[name] = os.environ.get(name)
            os.environ[name] = value

    def leave(self, _app: Sphinx, _error: Exception | None) -> None:
        for name, value in self.before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        self.before.clear()


def setup(app: Sphinx) -> dict[str, Any]:
    environment = _Environment()
    app.connect("env-before-read-docs", environment.enter)
    # Sphinx emits this after a failed build, too.
    app.connect("build-finished", environment.leave)
    return extension()
