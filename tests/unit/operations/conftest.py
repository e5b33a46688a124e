"""A web server that answers like a Connect worker in trouble: a script in order, its last line for ever."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass(frozen=True)
class Answer:
    """`delay` seconds before it is sent; `cut`: the connection is closed in the middle of the body."""

    status: int = 200
    body: Any = None
    delay: float = 0.0
    cut: bool = False

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass
class ScriptedWorker:
    """`asked` holds (method, path, body) of every request; `script` the answers still to come."""

    script: list[Answer] = field(default_factory=list)
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    url: str = ""

    def next(self) -> Answer:
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@pytest.fixture
def answer() -> type[Answer]:
    return Answer


@pytest.fixture
def scripted() -> Iterator[Any]:
    """Starts a worker with the given answers; all are ended with the test."""
    servers: list[ThreadingHTTPServer] = []

    def start(*answers: Answer) -> ScriptedWorker:
        worker = ScriptedWorker(list(answers))
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(worker))
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        worker.url = f"http://127.0.0.1:{server.server_address[1]}"
        return worker

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def refusing_url() -> str:
    """An address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def _handler(worker: ScriptedWorker) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            worker.asked.append((self.command, self.path, body))
            answer = worker.next()
            time.sleep(answer.delay)
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content[: len(answer.content) // 2] if answer.cut else answer.content)
            self.close_connection = answer.cut

        do_GET = do_PUT = do_POST = do_DELETE = do_PATCH = _answer  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            pass

    return Handler
