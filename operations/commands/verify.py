"""`msk-mirror verify`: numbered records along one flow between any two clusters."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operations.clusters import Cluster, ClusterError, client_settings, read_properties
from operations.commands import BAD_INPUT, FAILED, OK, fail
from operations.records import Load
from operations.verify import Flow, FlowProgress, FlowResult, verify

__all__ = ["ClusterOptions", "run"]

LINE_SECONDS: Final = 5.0


@dataclass(frozen=True)
class ClusterOptions:
    """A cluster as the command line names it."""

    alias: str
    bootstrap: str
    properties: Path | None

    def cluster(self) -> Cluster:
        """Raises ClusterError for a properties file that can not be used."""
        properties = read_properties(self.properties) if self.properties else {}
        return Cluster(self.alias, self.bootstrap, client_settings(properties, self.bootstrap))


def run(  # noqa: PLR0913 - what the command line says, by name
    source: ClusterOptions,
    target: ClusterOptions,
    topics: tuple[str, str],
    load: Load,
    *,
    quiet_seconds: float,
    max_p95_ms: float | None,
    as_json: bool,
) -> int:
    """Follows the records and prints the result; fails unless all arrived unaltered, nothing circled, and the
    p95 is at most `max_p95_ms`."""
    try:
        flow = Flow(source.cluster(), target.cluster(), *topics)
    except ClusterError as error:
        return fail(BAD_INPUT, error)
    try:
        (result,) = verify([flow], load, quiet_seconds=quiet_seconds, on_progress=_lines())
    except ClusterError as error:
        return fail(FAILED, error)
    sys.stdout.write(f"{json.dumps(result.as_json(), indent=2) if as_json else _sentence(result)}\n")
    latency = result.latency_ms
    late = max_p95_ms is not None and (latency is None or latency.p95 > max_p95_ms)
    return FAILED if late or not result.faithful else OK


def _lines() -> Callable[[tuple[FlowProgress, ...]], None]:
    """A line on stderr each five seconds."""
    due = time.monotonic()

    def say(progress: tuple[FlowProgress, ...]) -> None:
        nonlocal due
        if time.monotonic() < due:
            return
        due = time.monotonic() + LINE_SECONDS
        for one in progress:
            late = "" if one.recent_p95_ms is None else f", p95 {one.recent_p95_ms:.0f} ms"
            counts = f"{one.sent} of {one.total} sent, {one.received} received"
            sys.stderr.write(f"{one.source} -> {one.target}: {counts}, {one.duplicated} twice{late}\n")

    return say


def _sentence(result: FlowResult) -> str:
    counts = ", ".join(
        f"{name} {getattr(result, name)}"
        for name in ("sent", "received", "lost", "duplicated", "loops", "altered")
    )
    latency = result.latency_ms.as_json() if result.latency_ms else {}
    late = ", ".join(f"{name} {figure}" for name, figure in latency.items()) or "none arrived"
    failures = "".join(f"\nnot sent: {failure}" for failure in result.failures)
    return f"{result.source} -> {result.target}: {counts}; latency ms: {late}{failures}"
