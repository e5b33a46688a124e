"""`msk-mirror verify`: numbered records along flows between any two clusters, and what else must be kept."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operations.cli.commands import BAD_INPUT, FAILED, OK, fail
from operations.cli.commands.tables import table
from operations.connect.client import ConnectClient
from operations.connect.credentials import Credentials
from operations.kafka.clusters import Cluster, ClusterError, client_settings, read_properties
from operations.verification.production import Load
from operations.verification.validation import Expectation, ValidationCheck, validate
from operations.verification.verify import FlowProgress, FlowResult, VerifiedFlow, verify

__all__ = ["ClusterOptions", "Topics", "Validated", "run"]

LINE_SECONDS: Final = 5.0
CHECK_COLUMNS: Final = ("flow", "check", "state", "found")


@dataclass(frozen=True)
class ClusterOptions:
    """A cluster as the command line names it."""

    alias: str
    bootstrap: str
    properties: Path | None

    def cluster(self) -> Cluster:
        """Raises ClusterError for a properties file that cannot be used."""
        properties = read_properties(self.properties) if self.properties else {}
        return Cluster(self.alias, self.bootstrap, client_settings(properties, self.bootstrap))


@dataclass(frozen=True)
class Topics:
    """A topic and its mirror; `back`: from the target to the source."""

    topic: str
    mirrored: str
    back: bool = False

    @classmethod
    def of(cls, text: str, back: bool) -> Topics:
        """`topic:mirrored topic`, as the command line has it; names of topics have no colon. Raises
        ValueError."""
        topic, _, mirrored = text.partition(":")
        if not topic or not mirrored or ":" in mirrored:
            raise ValueError(f"found {text}; allowed: topic:mirrored-topic")
        return cls(topic, mirrored, back)


@dataclass(frozen=True)
class Validated:
    """What is looked at besides the records' number. `connect`: workers of the target, `back_connect`: of the
    source; `groups`: read the topics at the source, `back_groups`: at the target."""

    connect: Sequence[str] = ()
    back_connect: Sequence[str] = ()
    credentials: Path | None = None
    groups: Sequence[str] = ()
    back_groups: Sequence[str] = ()
    checkpoint_seconds: float = 300.0


def run(  # noqa: PLR0913 - what the command line says, by name
    source: ClusterOptions,
    target: ClusterOptions,
    topics: Sequence[Topics],
    load: Load,
    *,
    quiet_seconds: float,
    max_p95_ms: float | None,
    as_json: bool,
    validated: Validated | None = None,
) -> int:
    """Follows the records and prints the result; fails unless all arrived unaltered, nothing circled, the p95
    is at most `max_p95_ms`, and no check of `validated` failed."""
    try:
        ends = source.cluster(), target.cluster()
        flows = [VerifiedFlow(*(ends[::-1] if one.back else ends), one.topic, one.mirrored) for one in topics]
        clients = _clients(validated)
    except (ClusterError, ValueError) as error:
        return fail(BAD_INPUT, error)
    checks: tuple[ValidationCheck, ...] = ()
    with clients:
        try:
            results = verify(flows, load, quiet_seconds=quiet_seconds, on_progress=_lines())
        except ClusterError as error:
            return fail(FAILED, error)
        if validated is not None:
            pairs = zip(flows, topics, strict=True)
            checks = validate([_expected(f, t.back, validated, clients, quiet_seconds) for f, t in pairs])
    _print(results, checks, as_json, single=len(flows) == 1 and validated is None)
    latencies = [result.latency_ms for result in results]
    late = max_p95_ms is not None and any(one is None or one.p95 > max_p95_ms for one in latencies)
    well = all(result.faithful for result in results) and all(check.state != "failed" for check in checks)
    return OK if well and not late else FAILED


class _Clients(ExitStack):
    """Connect at the target and, for the way back, at the source; None where no address was given."""

    there: ConnectClient | None = None
    back: ConnectClient | None = None


def _clients(validated: Validated | None) -> _Clients:
    clients = _Clients()
    if validated is not None:
        credentials = Credentials(validated.credentials) if validated.credentials else None
        if validated.connect:
            client = ConnectClient(validated.connect, credentials=credentials)
            clients.there = clients.enter_context(client)
        if validated.back_connect:
            client = ConnectClient(validated.back_connect, credentials=credentials)
            clients.back = clients.enter_context(client)
    return clients


def _expected(
    flow: VerifiedFlow, back: bool, validated: Validated, clients: _Clients, quiet_seconds: float
) -> Expectation:
    return Expectation(
        flow,
        clients.back if back else clients.there,
        validated.back_groups if back else validated.groups,
        validated.checkpoint_seconds,
        quiet_seconds,
    )


def _print(
    results: Sequence[FlowResult], checks: Sequence[ValidationCheck], as_json: bool, *, single: bool
) -> None:
    """Of one flow without checks its result alone, as it always was."""
    if as_json:
        every = {"flows": [one.as_json() for one in results], "checks": [one.as_json() for one in checks]}
        content = json.dumps(results[0].as_json() if single else every, indent=2)
    else:
        rows = [(check.flow, check.name, check.state, check.found) for check in checks]
        content = "\n".join(_sentence(result) for result in results)
        content += f"\n\n{table(CHECK_COLUMNS, rows)}" if rows else ""
    sys.stdout.write(f"{content}\n")


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
