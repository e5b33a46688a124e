"""A web server that asks for a user as a Connect worker with basic authentication does, or fails to."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["GuardedWorker", "guarded_worker"]


@dataclass
class GuardedWorker:
    """`users` without anybody lets everybody in, which is what Kafka's login module does."""

    users: dict[str, str]
    statuses: Mapping[str, int] = field(default_factory=dict)
    """By path; 200 for others."""
    delay: float = 0.0
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and user (None: nobody) of every request."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def status(self, path: str, header: str | None) -> int:
        user, _, password = _decoded(header).partition(":")
        self.asked.append((path, user or None))
        time.sleep(self.delay)
        known = not self.users or (bool(user) and self.users.get(user) == password)
        return self.statuses.get(path, 200) if known else 401


@contextmanager
def guarded_worker(
    users: Mapping[str, str], statuses: Mapping[str, int] | None = None, delay: float = 0.0
) -> Iterator[GuardedWorker]:
    """Listens on loopback until the block ends."""
    worker = GuardedWorker(dict(users), statuses or {}, delay)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(worker))
    worker.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield worker
    finally:
        server.shutdown()
        server.server_close()


def _decoded(header: str | None) -> str:
    if header is None or not header.startswith("Basic "):
        return ""
    return base64.b64decode(header.removeprefix("Basic ")).decode()


def _handler(worker: GuardedWorker) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.dumps({} if self.path.startswith("/connectors?") else []).encode()
            self.send_response(worker.status(self.path, self.headers.get("Authorization")))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = _answer  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            pass

    return Handler
