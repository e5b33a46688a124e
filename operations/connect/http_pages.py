"""A few pages over HTTP, in a thread: what the operations pod shows kubelets, Prometheus and people."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Page", "PageServer"]

Page = tuple[HTTPStatus, str, bytes]
"""Status, content type, body."""


class PageServer:
    """Serves `pages`, path -> what makes the page, on `host`:`port` (0: a free one, see `port`) while it is
    entered. Raises OSError for a port that is taken."""

    def __init__(self, pages: Mapping[str, Callable[[], Page]], port: int, host: str = "") -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(pages))
        self._thread = threading.Thread(target=self._server.serve_forever, name="pages", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> PageServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(pages: Mapping[str, Callable[[], Page]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path.partition("?")[0])
            if page is None:
                self.send_error(HTTPStatus.NOT_FOUND, f"known: {', '.join(sorted(pages))}")
                return
            code, content_type, body = page()
            self.send_response(code)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes come every few seconds; they are not worth a line each."""

    return Handler
