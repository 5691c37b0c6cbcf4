"""What texts, comments and errors refer to is there: files, folders, commands."""

import ast
import importlib.util
import io
import re
import subprocess
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = "website|tools|utils|tests|docs|benchmarks|chapters|_static|binder|[.]github"
# A file or folder of ours; "…" stands for what a text or an f-string leaves open, "*" for any name.
PATH = re.compile(rf"(?<![\w/.\\-])(?:{FOLDERS})/[\w./*%…-]*")
# A text of ours by its name alone; a host, `example.py` or `a.b.md` in a sentence is none.
NAME = re.compile(r"(?<![\w/.*…-])[A-Za-z_]\w*\.(?:md|yml|toml|cff)(?![\w/])")
COMMAND = re.compile(r"python -m ((?:website|tools|utils|benchmarks)(?:\.\w+)*)")
# How a text writes the number and name of a chapter that is not there yet.
OPEN = re.compile(r"NN_name|(?<=_)N(?=\.)|[%…]")
# An example that is run, up to the blank line after it.
EXAMPLE = re.compile(r"^ *>>>.*(?:\n *\S.*)*", re.MULTILINE)


def tracked():
    """The paths that git keeps or would keep."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(listed, cwd=ROOT, capture_output=True, text=True).stdout.splitlines()


FILES = [name for name in tracked() if (ROOT / name).is_file()]
NAMES = {Path(name).name for name in FILES}
TEXTS = [
    name
    for name in FILES
    if re.fullmatch(r"[^/]*\.(md|yml|toml|json)|Makefile|docs/.*\.md|\.github/.*\.yml", name)
    or re.fullmatch(r"(website|tools|utils|tests|benchmarks|_static)/.*\.(py|js|css|html|md)", name)
]


def written(name, source):
    """What a reader of a file is told: of Python its comments and texts, of tests no texts.

    A test's texts are made up, and so are examples; docstrings and comments are not.
    """
    if name.endswith(".html"):  # what stands outside of comments names files of the built site
        return "\n".join(re.findall(r"\{#.*?#\}", source, re.DOTALL))
    if not name.endswith(".py"):
        return source
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    told = [token.string for token in tokens if token.type == tokenize.COMMENT]
    tree = ast.parse(source)
    if name.startswith("tests/"):
        documented = ast.Module | ast.ClassDef | ast.FunctionDef
        nodes = [node for node in ast.walk(tree) if isinstance(node, documented)]
        told += [ast.get_docstring(node) or "" for node in nodes]
    else:
        told += texts(tree)
    return EXAMPLE.sub("", "\n".join(told))


def texts(node):
    """The strings below a node; an f-string is one, with … for what it puts in."""
    if isinstance(node, ast.JoinedStr):
        parts = (one.value if isinstance(one, ast.Constant) else "…" for one in node.values)
        yield "".join(parts)
    elif isinstance(node, ast.Constant):
        yield from [node.value] if isinstance(node.value, str) else []
    else:
        for child in ast.iter_child_nodes(node):
            yield from texts(child)


def missing(text):
    """What a text names and the repository lacks."""
    for path in PATH.findall(text):
        pattern = OPEN.sub("*", path.rstrip(".-")).rstrip("/")
        # _toc.yml and links of Sphinx leave a page's ending out.
        if not any(any(ROOT.glob(pattern + end)) for end in ("", ".*")):
            yield path
    yield from (one for one in NAME.findall(text) if one not in NAMES)
    for module in COMMAND.findall(text):
        if importlib.util.find_spec(module) is None:
            yield f"python -m {module}"


@pytest.mark.parametrize("name", TEXTS)
def test_what_a_file_names_is_there(name):
    assert list(missing(written(name, (ROOT / name).read_text(encoding="utf-8")))) == []


def test_there_is_something_to_look_at():
    assert {"README.md", "CONTRIBUTING.md", "docs/design.md", "website/page/sheet.py"} < set(TEXTS)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("# see utils/nowhere.py.", ["utils/nowhere.py."]),
        ("f('website/page/lost.py:', 1)", ["website/page/lost.py"]),
        ("raise E(f'utils/answers/chapter_{n}.py, tests/no_{n}.py')", ["tests/no_….py"]),
        ("'''As chapters/NN_name.ipynb, NOWHERE.md and `notation.md` say.'''", ["NOWHERE.md"]),
        ("# python -m tools.serve, python -m tools.sirve", ["python -m tools.sirve"]),
        ("# https://a.org/docs/x.md, my-utils/y.py, docs/, tools/*.py, _static/fonts/", []),
    ],
)
def test_a_path_that_is_not_there_is_found(source, found):
    assert list(missing(written("tools/made.py", source))) == found
    assert list(missing(written("tests/made.py", "x = 'utils/made_up.py'"))) == []
