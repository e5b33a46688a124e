"""Publishes how replication into a region goes: latency, lag, tasks and records of each flow, each interval.

It publishes the metrics of source "probe" (topology/observability/metrics.py). docs/decisions/0003-probe.md
says how each is measured and what it cannot show. A figure that cannot be measured is left out and the reason
is logged: missing data tells an alarm more than zeros do.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Final

from operations.connect.client import ConnectClient
from operations.connect.connector_flows import ConnectorFlow, load_flows
from operations.connect.credentials import Credentials
from operations.probe.figures import Sample
from operations.probe.publish import CloudWatch, Gauges, write_line
from operations.probe.watch import WatchedFlow, ask_connect
from topology.observability.metrics import Publisher

__all__ = ["Probe", "next_due", "run_probe"]

CONNECT_SECONDS: Final = 10.0


def run_probe(  # noqa: PLR0913 - what the command line says, by name
    connect_urls: Sequence[str],
    connectors_dir: Path,
    publisher: Publisher,
    region: str,
    *,
    interval_seconds: float = 60.0,
    once: bool = False,
    metrics_port: int | None = None,
    stop: threading.Event | None = None,
    credentials: Path | None = None,
) -> None:
    """Samples every flow of the connectors in `connectors_dir` each `interval_seconds`, until SIGTERM, SIGINT
    or `stop`: a line of JSON on stdout for each flow, and CloudWatch in `region`.

    `once`: one sample, an interval after the start, because growth needs two looks. `metrics_port`: the same
    figures for Prometheus. `credentials`: the file with Connect's users. Raises InvalidConnectors when the
    directory names no flow that can be probed, ValueError for an address of Connect that is none, credentials
    that cannot be used or an AWS profile that is not there, OSError for a port that is taken; whatever fails
    later is said in the samples.
    """
    flows = load_flows(connectors_dir, os.environ)
    stop = stop or threading.Event()
    gauges, cloudwatch = Gauges(), CloudWatch(region)
    login = Credentials(credentials) if credentials else None
    with ExitStack() as during:
        client = during.enter_context(
            ConnectClient(connect_urls, CONNECT_SECONDS, CONNECT_SECONDS, stop, login)
        )
        if metrics_port is not None:
            during.enter_context(gauges.served(metrics_port))
        during.enter_context(_signals_set(stop))
        probe = during.enter_context(Probe(flows, client, publisher, stop))
        if once:
            probe.sample()
            stop.wait(interval_seconds)
        for _ in _ticks(interval_seconds, stop):
            samples = probe.sample()
            gauges.show(samples)
            _tell(samples, cloudwatch)
            if once:
                return


class Probe:
    """Looks at flows; while it is entered it listens to their heartbeats. Leaving it sets `stop`."""

    def __init__(
        self,
        flows: Sequence[ConnectorFlow],
        client: ConnectClient,
        publisher: Publisher,
        stop: threading.Event,
    ) -> None:
        self._client, self._stop = client, stop
        self._watched = [WatchedFlow(flow, publisher, stop) for flow in flows]
        self._pool = ThreadPoolExecutor(max_workers=len(flows), thread_name_prefix="flow")

    def __enter__(self) -> Probe:
        for watched in self._watched:
            watched.heartbeats.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()
        for watched in self._watched:
            watched.heartbeats.join()

    def sample(self) -> tuple[Sample, ...]:
        """A look at every flow, at all of them at once: one whose source is out of reach does not delay the
        others. Never raises for what Connect or a cluster does."""
        views = ask_connect(self._client, [watched.flow for watched in self._watched])
        return tuple(self._pool.map(WatchedFlow.sample, self._watched, views))


def _tell(samples: Sequence[Sample], cloudwatch: CloudWatch) -> None:
    for sample in samples:
        write_line(sample.as_json())
    problem = cloudwatch.publish(samples)
    if problem is not None:
        write_line({"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "problems": [problem]})


def _ticks(interval_seconds: float, stop: threading.Event) -> Iterator[None]:
    due = time.monotonic()
    while not stop.is_set():
        yield
        now = time.monotonic()
        due = next_due(due, interval_seconds, now)
        stop.wait(due - now)


def next_due(due: float, interval: float, now: float) -> float:
    """The next of the moments that lie whole intervals after `due`: with a drift one minute would have two
    samples and another none. Those that have passed by `now` are left out."""
    return due + interval * max(1, math.ceil((now - due) / interval))


@contextmanager
def _signals_set(stop: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set `stop` meanwhile. Only a main thread can hear them; others are left alone."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def heard(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    earlier = {number: signal.signal(number, heard) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
