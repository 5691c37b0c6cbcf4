"""A server on this machine which sends a folder as a good host would, and counts what it sends.

python -m tools.serve           # the built site, until Ctrl-C; or another folder, if named
"""

import contextlib
import functools
import gzip
import sys
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"
_TEXT = {".css", ".html", ".js", ".json", ".svg", ".txt"}  # the others are compressed already


class CountingServer(ThreadingHTTPServer):
    """Its `sent` lists the bytes of every write to a client, heads of responses included."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), functools.partial(_Handler, directory=str(folder)))
        self.sent: list[int] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a browser that has left before it had everything."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    @property
    def address(self) -> str:
        """Where the folder is served, with a slash at the end."""
        return f"http://127.0.0.1:{self.server_port}/"


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[CountingServer]:
    """Serve `folder` at a free port until the block ends."""
    with CountingServer(folder) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        write = self.wfile.write

        def counted(data: bytes) -> int:
            self.server.sent.append(len(data))
            return write(data)

        self.wfile.write = counted

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        body = path.read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", self.guess_type(path))
        if path.suffix in _TEXT:
            body = gzip.compress(body, compresslevel=6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_message: object) -> None:
        """Say nothing: what calls the server prints what is to be read."""


def main(folder: Path = SITE) -> None:
    """Serve until Ctrl-C, and say where."""
    if not (folder / "index.html").is_file():
        sys.exit(f"tools.serve: there is no site in {folder}. Build it first: make book")
    with serving(folder) as server, contextlib.suppress(KeyboardInterrupt):
        print(f"{folder} is at {server.address} until you press Ctrl-C.", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
