"""The reconciler's HTTP face: /metrics for Prometheus, /healthz and /readyz for the kubelet, / for people.

/healthz is 200 while passes come to an end, whatever they find: a restart of the reconciler mends no Kafka.
/readyz is 503, with the reasons, before the first pass and while a condition is an error.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter as Count
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from operations.reconcile import Report

__all__ = ["Status", "StatusServer"]

PREFIX: Final = "msk_mirror_"


class Status(Collector):
    """The last report as metrics and health; `stale_after` seconds without a report it counts as hung."""

    def __init__(self, stale_after: float) -> None:
        self._stale_after = stale_after
        self._seen = time.monotonic()
        self._report: Report | None = None
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self._passes = Counter(
            f"{PREFIX}reconcile_passes", "Passes by their outcome", ["outcome"], registry=self.registry
        )
        self._actions = Counter(
            f"{PREFIX}reconcile_actions", "Actions done", ["action"], registry=self.registry
        )

    def update(self, report: Report) -> None:
        self._seen = time.monotonic()
        self._report = report
        self._passes.labels("failed" if report.failed else "ok").inc()
        for action in report.actions:
            self._actions.labels(type(action).__name__.lower()).inc()

    def healthy(self) -> tuple[bool, str]:
        """Whether the loop still turns, and what to say about it."""
        age = time.monotonic() - self._seen
        return age <= self._stale_after, f"last pass {age:.0f} s ago, hung after {self._stale_after:.0f} s"

    def ready(self) -> tuple[bool, str]:
        """Whether no condition is an error, and all that the last pass said."""
        report = self._report
        if report is None:
            return False, "the first pass has not ended yet"
        return not report.failed, "\n".join(report.lines())

    def as_json(self) -> str:
        report = self._report
        return json.dumps(report.as_json() if report else {"settled": False, "conditions": []}, indent=2)

    def collect(self) -> Iterable[Metric]:
        report = self._report
        if report is None:
            return
        yield GaugeMetricFamily(
            f"{PREFIX}connect_up", "1 while Connect's REST interface answers", float(report.connect_answers)
        )
        yield GaugeMetricFamily(
            f"{PREFIX}reconcile_last_pass_timestamp_seconds",
            "When the last pass ended, seconds since 1970",
            report.at.timestamp(),
        )
        yield from _connector_metrics(report)


class StatusServer:
    """Serves a `Status` on `host`:`port` (0: a free one, see `port`) in a thread; a context manager."""

    def __init__(self, status: Status, port: int, host: str = "") -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(status))
        self._thread = threading.Thread(target=self._server.serve_forever, name="status", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> StatusServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _connector_metrics(report: Report) -> Iterable[Metric]:
    states = GaugeMetricFamily(
        f"{PREFIX}connector_state", "1 for the state the connector is in", labels=["connector", "state"]
    )
    tasks = GaugeMetricFamily(
        f"{PREFIX}connector_tasks", "Tasks by state; an empty connector shows RUNNING 0",
        labels=["connector", "state"],
    )  # fmt: skip
    conditions = GaugeMetricFamily(
        f"{PREFIX}connector_condition", "1 for each condition that holds",
        labels=["connector", "level", "reason"],
    )  # fmt: skip
    for name, connector in report.connectors.items():
        states.add_metric([name, connector.state], 1)
        for state, number in (Count(task.state for task in connector.tasks) or {"RUNNING": 0}).items():
            tasks.add_metric([name, state], number)
    for key in {(one.connector, one.level, one.reason) for one in report.conditions}:
        conditions.add_metric(list(key), 1)
    return states, tasks, conditions


def _handler(status: Status) -> type[BaseHTTPRequestHandler]:
    def metrics() -> tuple[HTTPStatus, str, bytes]:
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(status.registry)

    def said(good: bool, words: str) -> tuple[HTTPStatus, str, bytes]:
        code = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        return code, "text/plain; charset=utf-8", f"{words}\n".encode()

    def report() -> tuple[HTTPStatus, str, bytes]:
        return HTTPStatus.OK, "application/json", status.as_json().encode()

    pages = {
        "/metrics": metrics,
        "/healthz": lambda: said(*status.healthy()),
        "/readyz": lambda: said(*status.ready()),
        "/": report,
    }

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
