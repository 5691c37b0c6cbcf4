"""Who imports whom: reads the imports and fails where an arrow points the wrong way.

The arrows are those of docs/design.md. Python's own modules are free to all. What TensorFlow or
matplotlib or ipywidgets brings along (numpy; contourpy, cycler; IPython) is as good as they are.
"""

import ast
import sys
from graphlib import CycleError, TopologicalSorter

import pytest
from notebooks import INDEX, ROOT, TEMPLATE, build, chapters, code, read

# When the module is imported.
AT_IMPORT = {
    "__init__": set(),
    "_tf": {"tensorflow"},
    "_names": set(),
    "optimizers": {"utils._tf"},
    "training": {"utils._tf", "utils._arguments", "utils._programs", "utils.optimizers", "numpy"},
    "_arguments": {"utils._tf", "utils._names", "utils.optimizers", "numpy"},
    "_outside": {"utils._tf", "numpy"},
    "_programs": {"utils._tf", "utils._outside", "utils.optimizers", "numpy"},
    "_settings": set(),
    "data": {"numpy"},
    "nets": {"utils._tf"},
    "plotting": {"matplotlib", "contourpy", "cycler", "numpy"},
    "explore": {"IPython", "utils._canvas", "utils._controls", "utils._replay"},
    "_controls": {"utils._drag", "utils._names"},
    "_drag": {"matplotlib", "numpy", "utils._controls", "utils._names"},
    "_canvas": {"matplotlib", "numpy", "utils._drag", "utils._still", "utils._svg"},
    "_still": {"matplotlib", "numpy"},
    "_pack": {"numpy", "utils._canvas", "utils._svg"},
    "_svg": set(),
    "_live": {"ipywidgets", "traitlets", "utils._canvas", "utils._controls", "utils._drag"},
    "_replay": {"utils._canvas", "utils._controls", "utils._drag", "utils._pack"},
    "tables": {"IPython"},
    "timing": set(),
    "check": {"utils._tf", "utils._names", "numpy"},
    "workers": {"numpy", "tqdm"},
}
# Inside a function: what is missing in some of the three places, or must not be loaded in all.
WHEN_CALLED = {
    "__init__": {"utils._settings", "utils._tf", "utils.plotting"},
    "_settings": {"utils._tf", "keras", "numpy"},
    "data": {"utils._tf"},
    "plotting": {"matplotlib_inline"},
    "_live": {"anywidget"},
    "explore": {"utils._live", "comm"},
    "workers": {
        *("distributed", "dask", "cloudpickle"),
        *("utils._arguments", "utils._tf", "utils.training"),
    },
}
CHAPTERS_MAY = {
    "IPython",
    "google",  # the set-up cell asks whether it is on Colab
    "ipywidgets",
    "keras",
    "matplotlib",
    "numpy",
    "seaborn",
    "tensorflow",
    "tqdm",
    "utils",
}


def imports(tree, package=None):
    """Return (module, line, whether inside a function) for each import of a syntax tree.

    `from utils import data` gives utils.data; a relative import starts at `package`. A call of
    import_module or __import__ counts when its argument is written out.
    """
    found = []
    _collect(tree, package, False, found)
    return found


def utils_breaches(name, source):
    """Return what a module of utils imports against the table, a sentence for each."""
    if name not in AT_IMPORT:
        return [f"utils/{name}.py: say in AT_IMPORT (tests/test_layers.py) what it may import"]
    breaches = []
    for module, line, inside in imports(ast.parse(source), "utils"):
        allowed = AT_IMPORT[name] | (WHEN_CALLED.get(name, set()) if inside else set())
        if not _allowed(module, allowed):
            where = " in a function" if inside else ""
            way_out = f"it may import {', '.join(sorted(allowed)) or 'only the standard library'}"
            breaches.append(f"utils/{name}.py, line {line}: imports {module}{where}; {way_out}")
    return breaches


def chapter_breaches(notebook):
    """Return what a notebook's code cells import although chapters may not."""
    breaches = []
    for cell in notebook.code:
        for module, line, _ in imports(cell.tree):
            where = f"{notebook.name}, cell {cell.number}, line {line}: imports {module}; "
            if not _allowed(module, CHAPTERS_MAY):
                breaches.append(where + "chapters import utils and the packages of the course")
            elif module.startswith("utils._"):
                breaches.append(where + "what begins with _ is private to utils")
            elif module.startswith("utils.answers"):
                breaches.append(where + "call check_exercise, which reads the answers")
    return breaches


def cycles(sources):
    """Return the modules of utils that import each other in a ring, [] if there is none."""
    graph = {
        name: {
            module.split(".")[1]
            for module, _, _ in imports(ast.parse(source), "utils")
            if module.startswith("utils.")
        }
        for name, source in sources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def _collect(node, package, inside, found):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            child = ast.Module(child.orelse)  # the body is for mypy alone, and never run
        found.extend((module, child.lineno, inside) for module in _modules(child, package))
        function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        _collect(child, package, inside or isinstance(child, function), found)


def _modules(node, package):
    """Return the modules that one node imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = ".".join(filter(None, [package if node.level else None, node.module]))
        # Only in our own package is the imported name a module.
        names = base in ("utils", "tools", "website")
        return [f"{base}.{alias.name}" for alias in node.names] if names else [base]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
        ("import_module", "__import__")
    ):
        return [arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)]
    return []


def _allowed(module, allowed):
    top = module.split(".")[0]
    whole = ".".join(module.split(".")[:2]) if top == "utils" else top
    return top in sys.stdlib_module_names or top in allowed or whole in allowed


MODULES = {path.stem: path for path in sorted((ROOT / "utils").glob("*.py"))}
# Which of our packages each may import (none the tests' helpers).
OURS = {
    "website": {"utils", "website"},
    "tools": {"utils", "website", "tools"},
    "benchmarks": {"utils", "website", "tools", "benchmarks"},
}
HELPERS = {path.stem for path in (ROOT / "tests").rglob("*.py")}
ANSWERS = sorted((ROOT / "utils" / "answers").glob("*.py"))
NOTEBOOKS = [path for path in (INDEX, TEMPLATE, *chapters()) if path.exists()]


@pytest.mark.parametrize("name", MODULES)
def test_a_module_of_utils_imports_what_the_table_allows(name):
    assert utils_breaches(name, MODULES[name].read_text(encoding="utf-8")) == []


def test_every_row_of_the_table_is_a_module():
    assert set(AT_IMPORT) == set(MODULES)
    assert set(WHEN_CALLED) <= set(MODULES)


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.name)
def test_answers_import_what_checks_need(path):
    found = imports(ast.parse(path.read_text(encoding="utf-8")))
    allowed = {"numpy", "utils._tf", "utils.answers", "utils.check"}
    assert [module for module, _, _ in found if not _allowed(module, allowed)] == []


def package_breaches(package, name, source):
    """Return what a module of OURS imports from our packages against it, a sentence for each."""
    return [
        f"{name}, line {line}: imports {module}; it may import {', '.join(sorted(OURS[package]))}"
        for module, line, _ in imports(ast.parse(source))
        if module.split(".")[0] in (set(OURS) | {"utils", *HELPERS}) - OURS[package]
    ]


@pytest.mark.parametrize("package", OURS)
def test_arrows_between_packages_point_one_way(package):
    paths = sorted((ROOT / package).rglob("*.py"))
    sources = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in paths}
    assert [one for name in sources for one in package_breaches(package, name, sources[name])] == []


def test_every_package_has_its_arrows():
    assert {path.parent.name for path in ROOT.glob("*/__init__.py")} == {"utils", *OURS}


@pytest.mark.parametrize(
    ("package", "source", "module"),
    [
        ("website", "from tools.fork import parse", "tools.fork"),
        ("website", "def f():\n    from tools import fork", "tools.fork"),
        ("tools", "import benchmarks.page", "benchmarks.page"),
        ("benchmarks", "from notebooks import read", "notebooks"),
    ],
)
def test_an_arrow_the_wrong_way_is_found(package, source, module):
    (breach,) = package_breaches(package, f"{package}/a.py", source)
    assert f"imports {module}; it may import" in breach


def test_utils_has_no_ring_of_imports():
    assert cycles({name: path.read_text(encoding="utf-8") for name, path in MODULES.items()}) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_imports_what_chapters_may(path):
    assert chapter_breaches(read(path)) == []


TABLE = "it may import only the standard library"
NEEDS_TF = "it may import utils._tf"


@pytest.mark.parametrize(
    ("name", "source", "breach"),
    [
        ("_svg", "import numpy as np", f"line 1: imports numpy; {TABLE}"),
        ("_svg", "\nfrom numpy.linalg import norm", f"line 2: imports numpy.linalg; {TABLE}"),
        ("_svg", "from .data import iris", f"line 1: imports utils.data; {TABLE}"),
        ("_svg", "from . import data", f"line 1: imports utils.data; {TABLE}"),
        ("_svg", "from utils import data", f"line 1: imports utils.data; {TABLE}"),
        ("_svg", "import utils.data as d", f"line 1: imports utils.data; {TABLE}"),
        ("_svg", "from tools import build", f"line 1: imports tools.build; {TABLE}"),
        ("optimizers", "import tensorflow", f"line 1: imports tensorflow; {NEEDS_TF}"),
        (
            "optimizers",
            "from utils.training import x",
            f"line 1: imports utils.training; {NEEDS_TF}",
        ),
        ("optimizers", "from utils import *", f"line 1: imports utils.*; {NEEDS_TF}"),
        (
            "_svg",
            "import importlib\ndef f():\n    importlib.import_module('website.page.pages')",
            f"line 3: imports website.page.pages in a function; {TABLE}",
        ),
        ("_svg", "__import__('numpy')", f"line 1: imports numpy; {TABLE}"),
        (
            "_svg",
            "try:\n    import numpy\nexcept ImportError:\n    pass",
            f"line 2: imports numpy; {TABLE}",
        ),
        ("data", "from utils._tf import tf", "line 1: imports utils._tf; it may import numpy"),
        (
            "_svg",
            "if TYPE_CHECKING:\n    import matplotlib\nelse:\n    import numpy",
            f"line 4: imports numpy; {TABLE}",
        ),
    ],
)
def test_a_breach_in_utils_is_found(name, source, breach):
    assert utils_breaches(name, source) == [f"utils/{name}.py, {breach}"]


def test_a_module_that_is_not_in_the_table_is_found():
    assert utils_breaches("helpers", "") == [
        "utils/helpers.py: say in AT_IMPORT (tests/test_layers.py) what it may import"
    ]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("data", "import hashlib\nimport numpy as np\ndef f():\n    from utils._tf import tf"),
        ("_live", "from ipywidgets import HTML\nfrom utils._controls import Control"),
        ("_svg", "import xml.etree.ElementTree\nfrom collections.abc import Sequence"),
        ("_svg", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import matplotlib"),
    ],
)
def test_what_the_table_allows_passes(name, source):
    assert utils_breaches(name, source) == []


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (
            "from website.page.pages import x",
            "website.page.pages; chapters import utils and the packages of",
        ),
        ("import notebooks", "notebooks; chapters import utils and the packages of the course"),
        ("%time x = 1\nimport sklearn", "sklearn; chapters import utils and the packages of"),
        ("from utils._replay import pack", "utils._replay; what begins with _ is private to utils"),
        ("from utils import _tf", "utils._tf; what begins with _ is private to utils"),
        ("from utils.answers import chapter_3", "utils.answers; call check_exercise, which reads"),
    ],
)
def test_a_breach_in_a_chapter_is_found(source, problem):
    (breach,) = chapter_breaches(build(code("import numpy"), code(source)))
    assert breach.startswith("03_made.ipynb, cell 2, line ")
    assert f"imports {problem}" in breach


def test_what_chapters_may_import_passes():
    cell = code("import os, utils, numpy as np\nfrom utils.data import iris\nimport keras.layers")
    assert chapter_breaches(build(cell)) == []


def test_a_ring_is_found_even_through_functions():
    sources = {
        "a": "from utils import b",
        "b": "def f():\n    import utils.c",
        "c": "import utils.a",
    }
    assert set(cycles(sources)) == {"a", "b", "c"}
    assert cycles(sources | {"c": ""}) == []
