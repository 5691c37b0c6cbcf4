"""Where in the sources a node of a document comes from, in words that lead an author there."""

from docutils import nodes
from sphinx.environment import BuildEnvironment

# myst-nb numbers line n of the i-th cell of a notebook (both from 1) 10,000 i + n + 1.
_LINES_A_CELL = 10_000


def place(env: BuildEnvironment, docname: str, node: nodes.Node) -> str:
    """Where `node` of document `docname` stands: "notation.md:12" or "x.ipynb, cell 4, line 2".

    A node without a line of its own (none, or 0 inside tables) gets that of what is around it.
    """
    source = env.doc2path(docname, base=False)
    while node is not None and not node.line:
        node = node.parent
    if node is None:
        return source
    if not source.endswith(".ipynb"):
        return f"{source}:{node.line}"
    cell, line = divmod(node.line, _LINES_A_CELL)
    return f"{source}, cell {cell}, line {line - 1}"
