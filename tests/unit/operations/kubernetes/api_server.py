"""A web server that answers like an API server: Deployments, pods to list, events to create and patch."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from operations.kubernetes.api import KubernetesApi

__all__ = ["NAMESPACE", "FakeApiServer", "fake_api_server"]

NAMESPACE = "mirrormaker2"
EVENTS = f"/apis/events.k8s.io/v1/namespaces/{NAMESPACE}/events"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments"
PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"


@dataclass
class FakeApiServer:
    """`asked`: (method, path, bearer token) of each request; `refusal`: a status to answer all with."""

    url: str = ""
    pods: list[dict[str, Any]] = field(default_factory=list)
    deployments: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    selectors: list[str] = field(default_factory=list)
    refusal: int | None = None

    def api(self, directory: Path) -> KubernetesApi:
        """A client with a token in `directory`."""
        token = directory / "token"
        token.write_text("first\n")
        return KubernetesApi(self.url, NAMESPACE, token)

    @property
    def notes(self) -> list[str]:
        return [event["note"] for event in self.events.values()]

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if self.refusal is not None:
            return self.refusal, {"kind": "Status", "message": "you may not"}
        if (method, path) == ("GET", PODS):
            self.selectors += query.get("labelSelector", [])
            return 200, {"kind": "PodList", "items": self.pods}
        deployment = path.removeprefix(f"{DEPLOYMENTS}/")
        if method == "GET" and deployment in self.deployments:
            return 200, self.deployments[deployment]
        if (method, path) == ("POST", EVENTS):
            self.events[body["metadata"]["name"]] = body
            return 201, body
        name = path.removeprefix(f"{EVENTS}/")
        if method == "PATCH" and name in self.events:
            self.events[name] |= body
            return 200, self.events[name]
        return 404, {"kind": "Status", "message": f"{name} not found"}


@contextmanager
def fake_api_server() -> Iterator[FakeApiServer]:
    """One that runs meanwhile."""
    fake = FakeApiServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()


def _handler(fake: FakeApiServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            where = urlsplit(self.path)
            length = int(self.headers.get("Content-Length", 0))
            body = json.loads(self.rfile.read(length)) if length else None
            token = self.headers["Authorization"].removeprefix("Bearer ")
            fake.asked.append((self.command, where.path, token))
            status, content = fake.answer(self.command, where.path, parse_qs(where.query), body)
            encoded = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - names of http.server

        def log_message(self, *_: object) -> None:
            pass

    return Handler
