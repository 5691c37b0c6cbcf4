"""Every notebook runs in this Python's own kernel, whatever program has saved it.

Jupyter, VS Code and Colab store which kernel they used, by a name that only their machine knows.
Only Python is needed.
"""

import json

KERNEL = "python3"  # what ipykernel calls the kernel of the Python in which it is installed
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": KERNEL},
    "language_info": {"name": "python"},
}


def in_own_kernel(text: str) -> str:
    """The text of a notebook that names the course's kernel and language instead of others.

    A text that is no notebook's stays, for what reads it to say so.

    >>> in_own_kernel('{"cells": [], "metadata": {"kernelspec": {"name": "conda-env-tf-py"}}}')[:50]
    '{"cells": [], "metadata": {"kernelspec": {"display'
    """
    try:
        notebook = json.loads(text)
    except ValueError:
        return text
    return json.dumps(notebook | {"metadata": METADATA}, ensure_ascii=False)
