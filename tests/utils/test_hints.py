"""Every public name of utils has type hints; that they are right is mypy's part of `make check`."""

import ast

import pytest
from notebooks import ROOT

MODULES = sorted((ROOT / "utils").rglob("*.py"))


def unhinted(source):
    """Return the public functions, and methods of public classes, that lack a hint."""
    return [one.name for one in _public(ast.parse(source)) if None in _hints(one)]


def _public(tree):
    for node in tree.body:
        name = getattr(node, "name", "_")
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(node, ast.ClassDef):
            yield from _public(node)
        else:
            yield node


def _hints(function):
    """Return the hint of each argument, and of what is returned; None where one is missing."""
    taken = [one for one in ast.walk(function.args) if isinstance(one, ast.arg)]
    return [*(one.annotation for one in taken if one.arg != "self"), function.returns]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_public_name_has_type_hints(path):
    assert unhinted(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x: int) -> int: ...", []),
        ("def f(x): ...", ["f"]),
        ("def f(x: int): ...", ["f"]),
        ("def f(*, x) -> int: ...", ["f"]),
        ("def f(*x) -> int: ...", ["f"]),
        ("def f(**x) -> int: ...", ["f"]),
        ("def _f(x): ...", []),
        (
            "class A:\n def f(self): ...\n def _g(self): ...\n def __init__(self, a): ...",
            ["f", "__init__"],
        ),
        ("class _A:\n def f(self): ...", []),
        ("def f() -> None:\n def g(x): ...", []),
    ],
)
def test_a_missing_hint_is_found(source, names):
    assert unhinted(source) == names
