"""A worker's REST behind a proxy that makes trouble on cue: the answers are the worker's own otherwise."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

__all__ = ["Trouble", "TroubledWorker", "troubled"]

PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Trouble:
    """What happens to the next request with this `method`: an answer with `status` that never reaches the
    worker, an answer that comes `delay` seconds late, or one that is `cut` off after the worker did its work;
    `then` is called before the client learns of it."""

    method: str
    status: int | None = None
    delay: float = 0.0
    cut: bool = False
    then: Callable[[], None] = lambda: None


@dataclass
class TroubledWorker:
    """`url` of the proxy; `coming`: trouble in order, each happens once; `asked`: the requests so far."""

    url: str = ""
    coming: list[Trouble] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def next(self, method: str) -> Trouble | None:
        if self.coming and self.coming[0].method == method:
            return self.coming.pop(0)
        return None


@contextmanager
def troubled(worker_url: str, *coming: Trouble) -> Iterator[TroubledWorker]:
    """A proxy before the worker at `worker_url`, meanwhile."""
    proxy = TroubledWorker(coming=list(coming))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(proxy, worker_url))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()


def _handler(proxy: TroubledWorker, worker_url: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            proxy.asked.append(f"{self.command} {self.path}")
            trouble = proxy.next(self.command)
            if trouble is not None and trouble.status is not None:
                self._send(trouble.status, b'{"error_code":409,"message":"a rebalance is in progress"}')
                return
            try:
                answer = httpx.request(
                    self.command,
                    f"{worker_url}{self.path}",
                    content=body,
                    headers={"Content-Type": "application/json"},
                    timeout=PATIENCE_SECONDS,
                    trust_env=False,
                )
            except httpx.TransportError:  # a worker that is gone answers nothing
                self.close_connection = True
                return
            if trouble is not None:
                trouble.then()
                time.sleep(trouble.delay)
            if trouble is not None and trouble.cut:
                self.close_connection = True
                return
            self._send(answer.status_code, answer.content)

        do_GET = do_PUT = do_POST = do_DELETE = _answer  # noqa: N815 - names of http.server

        def _send(self, status: int, content: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                """The client did not wait for it."""

        def log_message(self, *_: object) -> None:
            pass

    return Handler
