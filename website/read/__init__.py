"""From documents to nodes: formulas, figures, marks, addresses, docstrings."""
