"""The reconciler's HTTP pages: /metrics for Prometheus, /healthz and /readyz for the kubelet, / for people.

/healthz is 200 while passes finish, whatever they find: a restart of the reconciler repairs nothing in Kafka.

/readyz is 503, with the reasons, until the first pass that waits for nothing, and while a condition is an
error. No Service sends requests to this pod, but Terraform waits for its readiness
(modules/kubernetes/operations_deployment.py): a deploy after which records are not replicated must not
succeed. It fails at its timeout, the reasons are events of the pod, and the next apply replaces the
Deployment, which Terraform has marked as tainted. That restarts a pod without state and does not affect the
workers. What may be intended (a source without topics, a paused connector) is a warning, and readiness does
not depend on it.
"""

from __future__ import annotations

import json
import time
from collections import Counter as Count
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Final

from prometheus_client import CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from operations.connect.http_pages import Page, PageServer
from operations.reconciler.conditions import Level
from operations.reconciler.reconcile import Report

__all__ = ["Status", "StatusServer"]

PREFIX: Final = "msk_mirror_"


class Status(Collector):
    """The last report as metrics and health; `stale_after` seconds without a report it counts as hung."""

    def __init__(self, stale_after: float) -> None:
        self._stale_after = stale_after
        self._seen = time.monotonic()
        self._report: Report | None = None
        self._has_run = False
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
        self._has_run |= not any(one.level in {Level.WAITING, Level.ERROR} for one in report.conditions)
        self._passes.labels("failed" if report.failed else "ok").inc()
        for action in report.actions:
            self._actions.labels(type(action).__name__.lower()).inc()

    def healthy(self) -> tuple[bool, str]:
        """Whether the loop still turns, and what to say about it."""
        age = time.monotonic() - self._seen
        return age <= self._stale_after, f"last pass {age:.0f} s ago, hung after {self._stale_after:.0f} s"

    def ready(self) -> tuple[bool, str]:
        """Whether all has run once and no condition is an error, and what the last pass said. Later waiting
        (a rebalance, a worker more) is everyday."""
        report = self._report
        if report is None:
            return False, "the first pass has not ended yet"
        return self._has_run and not report.failed, "\n".join(report.lines())

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


class StatusServer(PageServer):
    """Serves a `Status`."""

    def __init__(self, status: Status, port: int, host: str = "") -> None:
        super().__init__(_pages(status), port, host)


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


def _pages(status: Status) -> dict[str, Callable[[], Page]]:
    def metrics() -> Page:
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(status.registry)

    def said(good: bool, words: str) -> Page:
        code = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        return code, "text/plain; charset=utf-8", f"{words}\n".encode()

    def report() -> Page:
        return HTTPStatus.OK, "application/json", status.as_json().encode()

    return {
        "/metrics": metrics,
        "/healthz": lambda: said(*status.healthy()),
        "/readyz": lambda: said(*status.ready()),
        "/": report,
    }
