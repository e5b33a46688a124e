"""One look at a flow: what Connect says, what both clusters hold, and which heartbeats have arrived."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from operations.connect.client import ConnectClient, ConnectError, Connector
from operations.connect.connector_flows import ConnectorFlow
from operations.kafka.clusters import ClusterError
from operations.kafka.partitions import Offsets, Partition
from operations.probe.figures import Reading, Sample, figures
from operations.probe.heartbeats import HeartbeatReader
from operations.probe.stuck import PATIENCE_SECONDS, Stillness
from topology.observability.metrics import Publisher

__all__ = ["ConnectView", "WatchedFlow", "ask_connect", "failures"]

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class ConnectView:
    """What Connect says of a flow's connectors; see Reading. `problems`: why it says less."""

    task_states: Sequence[str] | None = None
    source_offsets: Mapping[Partition, int] | None = None
    problems: tuple[str, ...] = ()
    answers: bool = True
    checkpoint_failures: int | None = None
    heartbeat_failures: int | None = None


def ask_connect(client: ConnectClient, flows: Sequence[ConnectorFlow]) -> list[ConnectView]:
    """A view for each flow. Never raises for what Connect does."""
    problems: list[str] = []
    connectors = _or_why(problems, client.connectors)
    if connectors is None:
        return [ConnectView(problems=tuple(problems), answers=False) for _ in flows]
    return [_view(client, flow, connectors) for flow in flows]


def failures(name: str | None, connectors: Mapping[str, Connector]) -> int | None:
    """How much of a connector has failed: itself and its tasks; 1 where Connect does not have it. None where
    the flow has no such connector. Without consumer groups a checkpoint connector has no task, which is no
    failure."""
    if name is None:
        return None
    connector = connectors.get(name)
    if connector is None:
        return 1
    return [connector.state, *(task.state for task in connector.tasks)].count("FAILED")


class WatchedFlow:
    """A flow with its open connections, and what it looked like last time."""

    def __init__(self, flow: ConnectorFlow, publisher: Publisher, stop: threading.Event) -> None:
        self.flow, self._publisher = flow, publisher
        self.heartbeats = HeartbeatReader(flow.target, flow.topics.heartbeats, stop)
        self._source, self._target = Offsets(flow.source), Offsets(flow.target)
        self._before: Reading | None = None
        self._stillness = Stillness(PATIENCE_SECONDS, flow.refresh_seconds)

    def sample(self, connect: ConnectView) -> Sample:
        """A look, after `connect`'s: so no end lies before what has been replicated up to it. Never raises
        for what a cluster does."""
        source_problem: list[str] = []
        target_problem: list[str] = []
        now = Reading(
            source=_or_why(source_problem, lambda: self._source.extents(self.flow.topics.replicated)),
            target=_or_why(target_problem, lambda: self._target.extents(self.flow.topics.mirrored)),
            source_offsets=connect.source_offsets,
            task_states=connect.task_states,
            latencies_ms=self.heartbeats.drain_ms(),
            connect_answers=connect.answers,
            checkpoint_failures=connect.checkpoint_failures,
            heartbeat_failures=connect.heartbeat_failures,
        )
        problems = [*connect.problems, *source_problem, *target_problem]
        if self.heartbeats.problem is not None:
            problems.append(self.heartbeats.problem)
        found = figures(now, self._before)
        self._before = now if self._before is None else now.remembering(self._before)
        return Sample(
            at=datetime.now(UTC),
            publisher=self._publisher,
            source=self.flow.source.alias,
            target=self.flow.target.alias,
            figures=found,
            heartbeats=len(now.latencies_ms),
            problems=tuple(problems),
            connector=self.flow.connector,
            unreachable={
                alias: said[0]
                for alias, said in (
                    (self.flow.source.alias, source_problem),
                    (self.flow.target.alias, target_problem),
                )
                if said
            },
            stuck=self._stillness.look(now, time.monotonic()),
        )


def _view(client: ConnectClient, flow: ConnectorFlow, connectors: Mapping[str, Connector]) -> ConnectView:
    others = ConnectView(
        checkpoint_failures=failures(flow.checkpoint, connectors),
        heartbeat_failures=failures(flow.heartbeat, connectors),
    )
    connector = connectors.get(flow.connector)
    if connector is None:
        # Connect answers and does not have it: that no task runs is known, and not only feared
        return replace(others, task_states=(), problems=(f"Connect has no connector {flow.connector}",))
    problems: list[str] = []
    offsets = _or_why(problems, lambda: client.offsets(flow.connector))
    source_offsets = None if offsets is None else flow.source_offsets(offsets)
    states = tuple(task.state for task in connector.tasks)
    return replace(others, task_states=states, source_offsets=source_offsets, problems=tuple(problems))


def _or_why(problems: list[str], ask: Callable[[], Answer]) -> Answer | None:
    """The answer; None, and the reason added to `problems`, where there is none."""
    try:
        return ask()
    except (ClusterError, ConnectError) as error:
        problems.append(str(error))
        return None
