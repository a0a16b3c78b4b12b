"""A Maven repository on 127.0.0.1 that can be told to misbehave, and remembers what it was asked."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(slots=True)
class Repository:
    """``files`` by path; ``breaks_after`` bytes of a body the connection closes; ``asked`` holds (path, range)."""

    files: dict[str, bytes]
    breaks_after: int | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(repository: Repository) -> Iterator[Repository]:
    """Answer on a free port until the end of the block."""
    handler = type("Handler", (_Handler,), {"repository": repository})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        repository.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield repository
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    repository: Repository

    def do_GET(self) -> None:
        repository, wanted = self.repository, self.headers.get("Range")
        repository.asked.append((self.path, wanted))
        body = repository.files.get(self.path.lstrip("/"))
        if body is None:
            self.send_error(404)
            return
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self._answer(body[begin:], 206 if begin else 200)

    def _answer(self, body: bytes, status: int) -> None:
        self.send_response(status if body else 416)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.repository.breaks_after])

    def log_message(self, *_: object) -> None:
        """Say nothing."""
