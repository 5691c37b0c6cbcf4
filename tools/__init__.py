"""What the build needs: Sphinx extensions, one a concern, and scripts that make committed files."""

import zlib
from pathlib import Path
from typing import Any


def extension() -> dict[str, Any]:
    """What each extension's `setup` returns to Sphinx.

    A changed tool must reach every page; so the version of what Sphinx remembers is a checksum of
    the tools. Reading is for one process: the extensions keep notes about it, and set variables.
    """
    sources = sorted(Path(__file__).parent.glob("*.py"))
    checksum = zlib.crc32(b"".join(path.read_bytes() for path in sources))
    return {"env_version": checksum, "parallel_read_safe": False, "parallel_write_safe": True}
