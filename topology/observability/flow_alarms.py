"""Alarms of what the probe publishes: of each flow, of Connect, and of the probe itself.

The probe leaves out what it cannot measure. So missing data says nothing about a flow, and one alarm says
that the probe is silent: a probe that is down is not a flow that stands still.
"""

from __future__ import annotations

from collections.abc import Iterator

from topology.model import Environment
from topology.observability.alarm_types import Alarm, published_by, query
from topology.observability.flow_metrics import publishes
from topology.replication.flows import DirectedFlow

__all__ = ["flow_alarms", "probe_alarms"]

FAILURES = (
    # metric, suffix of the alarm's id, what is counted, what it means
    (
        "failed-tasks",
        "failed-tasks",
        "failed tasks of the source connector",
        "Their partitions are not replicated",
    ),
    (
        "checkpoint-failures",
        "checkpoint-failed",
        "failures of the checkpoint connector (itself, its tasks, or that it is absent)",
        "Consumer offsets are not translated: after a failover consumers would read records again",
    ),
    (
        "heartbeat-failures",
        "heartbeat-failed",
        "failures of the heartbeat connector (itself, its tasks, or that it is absent)",
        "Latency is not measured for the flow in the other direction",
    ),
)
RESTART_PERIODS = 5
FAILED_PERIODS = 3
"""A failed connector is restarted each minute (operations/reconciler/restarts.py) and runs until it fails
again. So it may look healthy in some of the periods."""


def probe_alarms(environment: Environment, region: str) -> Iterator[Alarm]:
    """Whether the probe of `region` publishes, and whether Connect answers it."""
    at = published_by(environment) | {"target": environment.alias(region)}
    yield Alarm(
        id="probe-silent",
        severity="critical",
        subject="Measurements by the probe",
        advice="Until it is back no alarm about flows can fire. Check the probe beside the reconciler.",
        queries=(query("connect-answers", "SampleCount", **at),),
        comparison="LessThanThreshold",
        threshold=1,
        periods=5,
        missing="breaching",
    )
    yield Alarm(
        id="connect-silent",
        severity="critical",
        subject="Answers of Kafka Connect's REST API to the probe",
        advice="States of connectors and lag are unknown, and nothing can be restarted. Check the workers.",
        queries=(query("connect-answers", "Maximum", **at),),
        comparison="LessThanThreshold",
        threshold=1,
        periods=5,
    )


def flow_alarms(flow: DirectedFlow) -> Iterator[Alarm]:
    """Those of a flow whose metrics it publishes."""
    for alarm in (*_records(flow), *_tasks(flow)):
        if all(publishes(flow, one.metric) for one in alarm.queries):
            yield alarm


def _at(flow: DirectedFlow) -> dict[str, str]:
    return published_by(flow.environment) | {"source": flow.source_alias, "target": flow.target_alias}


def _records(flow: DirectedFlow) -> Iterator[Alarm]:
    thresholds, at = flow.environment.alarms.thresholds, _at(flow)
    yield Alarm(
        id=f"{flow.name}-latency",
        severity="warning",
        subject=f"{flow.name}: p95 replication latency of heartbeats, milliseconds",
        advice="Check the workers' CPU and the lag of this flow.",
        queries=(query("replication-latency", "Maximum", **at),),
        comparison="GreaterThanThreshold",
        threshold=thresholds.replication_latency_ms,
        periods=5,
    )
    yield Alarm(
        id=f"{flow.name}-lag",
        severity="critical",
        subject=f"{flow.name}: records at the source that are not replicated",
        advice="Retention may delete them before they are replicated. Check the workers' CPU and the tasks.",
        queries=(query("replication-lag", "Minimum", **at),),
        comparison="GreaterThanThreshold",
        threshold=thresholds.replication_lag_records,
        periods=5,
    )
    yield Alarm(
        id=f"{flow.name}-stalled",
        severity="emergency",
        subject=f"{flow.name}: 1 when records were written at the source and none arrived at the target",
        advice="Check the network between the regions and the workers' role; the workers' log has the cause.",
        queries=(
            query("source-records", "Sum", "sent", **at),
            query("target-records", "Sum", "arrived", **at),
        ),
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=5,
        expression="IF(sent > 0 AND arrived < 1, 1, 0)",
    )


def _tasks(flow: DirectedFlow) -> Iterator[Alarm]:
    at = _at(flow)
    yield Alarm(
        id=f"{flow.name}-no-tasks",
        severity="emergency",
        subject=f"{flow.name}: running tasks of the source connector",
        advice="Nothing is replicated, even where Connect reports RUNNING. Read the reconciler's status.",
        queries=(query("running-tasks", "Maximum", **at),),
        comparison="LessThanThreshold",
        threshold=1,
        periods=3,
    )
    for metric_id, suffix, what, meaning in FAILURES:
        yield Alarm(
            id=f"{flow.name}-{suffix}",
            severity="critical",
            subject=f"{flow.name}: {what}",
            advice=f"{meaning}. Automatic restarts did not help: read the cause in the reconciler's status.",
            queries=(query(metric_id, "Maximum", **at),),
            comparison="GreaterThanThreshold",
            threshold=0,
            periods=RESTART_PERIODS,
            datapoints=FAILED_PERIODS,
        )
