"""From what a probe saw of a flow to the figures that it publishes. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from operations.kafka.partitions import Extent, Partition
from operations.verification.verify import Latency
from topology.observability.metrics import Metric, Publisher, metric

__all__ = ["Reading", "Sample", "figures", "waiting"]


@dataclass(frozen=True)
class Reading:
    """What was seen of a flow at one moment; None is what could not be seen.

    source, target   extents of the replicated topics at the source and of the mirrored ones at the target
    source_offsets   offset of the last record that Connect has committed as replicated; no entry: none
    task_states      Connect's word for each task of the source connector
    latencies_ms     of the heartbeats that have arrived since the reading before
    connect_answers  whether Connect's REST API has answered
    checkpoint_failures, heartbeat_failures
                     of these connectors of the flow, see `watch.failures`
    """

    source: Mapping[Partition, Extent] | None = None
    target: Mapping[Partition, Extent] | None = None
    source_offsets: Mapping[Partition, int] | None = None
    task_states: Sequence[str] | None = None
    latencies_ms: Sequence[float] = ()
    connect_answers: bool = True
    checkpoint_failures: int | None = None
    heartbeat_failures: int | None = None

    def remembering(self, earlier: Reading) -> Reading:
        """This reading with the earlier extents where this one has none: what the next growth is counted
        from, so that an unreachable cluster costs no records of the sum."""
        return replace(
            self,
            source=earlier.source if self.source is None else self.source,
            target=earlier.target if self.target is None else self.target,
        )


@dataclass(frozen=True)
class Sample:
    """What is published of one flow.

    `figures`: by metric id (topology/observability/metrics.py). `problems`: why other figures are missing.
    `heartbeats`: how many the latency is computed from. `unreachable`: alias -> why its cluster cannot be
    asked. `stuck`: stalled topics.
    """

    at: datetime
    publisher: Publisher
    source: str
    target: str
    figures: Mapping[str, float]
    heartbeats: int = 0
    problems: tuple[str, ...] = ()
    connector: str = ""
    unreachable: Mapping[str, str] = field(default_factory=dict)
    stuck: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(timespec="milliseconds"),
            "project": self.publisher.project,
            "environment": self.publisher.environment,
            "source": self.source,
            "target": self.target,
            **{known.name: value for known, value in self._measured()},
            "heartbeats": self.heartbeats,
            "problems": list(self.problems),
            "connector": self.connector,
            "unreachable": dict(self.unreachable),
            "stuck": list(self.stuck),
        }

    def as_metric_data(self) -> list[dict[str, Any]]:
        """MetricDatum of CloudWatch's PutMetricData, one for each figure."""
        values = self.publisher.dimensions | {"Source": self.source, "Target": self.target}
        return [
            {
                "MetricName": known.name,
                "Dimensions": [{"Name": name, "Value": values[name]} for name in known.dimensions],
                "Timestamp": self.at,
                "Value": value,
                "Unit": known.unit,
            }
            for known, value in self._measured()
        ]

    def _measured(self) -> Iterator[tuple[Metric, float]]:
        for metric_id, value in self.figures.items():
            yield metric(metric_id), value


def figures(now: Reading, before: Reading | None) -> dict[str, float]:
    """Metric id -> value of all that can be told from `now` and, for growth, the reading before it."""
    found: dict[str, float | None] = {
        "replication-latency": _p95(now.latencies_ms),
        "replication-lag": _lag(now.source, now.source_offsets),
        "running-tasks": _count(now.task_states, "RUNNING"),
        "failed-tasks": _count(now.task_states, "FAILED"),
        "checkpoint-failures": now.checkpoint_failures,
        "heartbeat-failures": now.heartbeat_failures,
        "connect-answers": float(now.connect_answers),
        "source-records": _growth(before.source, now.source) if before else None,
        "target-records": _growth(before.target, now.target) if before else None,
    }
    return {metric_id: value for metric_id, value in found.items() if value is not None}


def _p95(samples: Sequence[float]) -> float | None:
    latency = Latency.of(samples)
    return None if latency is None else round(latency.p95, 2)


def _lag(
    source: Mapping[Partition, Extent] | None, source_offsets: Mapping[Partition, int] | None
) -> float | None:
    """Records that are at the source and not committed as replicated."""
    if source is None or source_offsets is None:
        return None
    return sum(waiting(extent, source_offsets.get(partition, -1)) for partition, extent in source.items())


def waiting(extent: Extent, source_offset: int) -> int:
    """Records after the last replicated one (-1: none). What retention has taken is not waiting any more, and
    where the end lies before the source offset (the topic was recreated) all that is there waits."""
    continues = source_offset + 1
    begins = extent.beginning if continues > extent.end else max(continues, extent.beginning)
    return extent.end - begins


def _count(states: Sequence[str] | None, wanted: str) -> float | None:
    return None if states is None else sum(state == wanted for state in states)


def _growth(
    before: Mapping[Partition, Extent] | None, now: Mapping[Partition, Extent] | None
) -> float | None:
    """Records that were added. A partition that is new, or was deleted and made again, has all of its own."""
    if before is None or now is None:
        return None
    return sum(extent.end - _start(before.get(partition), extent) for partition, extent in now.items())


def _start(before: Extent | None, now: Extent) -> int:
    return before.end if before is not None and before.end <= now.end else now.beginning
