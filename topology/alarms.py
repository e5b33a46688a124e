"""Alarms of a region, from the metric catalogue and the environment's thresholds."""

from __future__ import annotations

from collections.abc import Iterator

from topology.alarm_types import SEVERITIES, Alarm, Query, Severity, query
from topology.flows import DirectedFlow, flows_into
from topology.model import Environment
from topology.names import Names
from topology.runtime_alarms import runtime_alarms

__all__ = ["SEVERITIES", "Alarm", "Query", "Severity", "alarms"]


def alarms(environment: Environment, region: str) -> tuple[Alarm, ...]:
    """Every alarm of `region`. None refers to a metric that the region's broker type and monitoring level
    do not publish."""
    kafka = environment.regions[region].kafka
    candidates = (*_cluster(environment, region), *_brokers(environment, region))
    if flows_into(environment, region):
        candidates += (*runtime_alarms(environment, region), *_logs(environment))
        candidates += tuple(
            alarm
            for flow in flows_into(environment, region)
            for alarm in _flow(flow)
            if flow.carries_heartbeats or not any(query.metric.of_heartbeats for query in alarm.queries)
        )
    return tuple(
        alarm
        for alarm in candidates
        if all(q.metric.available(kafka.monitoring.level, kafka.broker.is_express) for q in alarm.queries)
    )


def _cluster(environment: Environment, region: str) -> Iterator[Alarm]:
    cluster = Names(environment, region).msk_cluster
    yield Alarm(
        "no-controller",
        "emergency",
        "The cluster has no active controller: nothing can be created, moved or elected.",
        (query("active-controllers", "Maximum", cluster_name=cluster),),
        "LessThanThreshold",
        1,
        3,
    )
    yield Alarm(
        "offline-partitions",
        "emergency",
        "Partitions have no leader: they can be neither written nor read.",
        (query("offline-partitions", "Maximum", cluster_name=cluster),),
        "GreaterThanThreshold",
        0,
        3,
    )


def _brokers(environment: Environment, region: str) -> Iterator[Alarm]:
    cluster = Names(environment, region).msk_cluster
    thresholds = environment.alarms.thresholds
    for broker in range(1, environment.regions[region].kafka.broker.count + 1):
        at = {"cluster_name": cluster, "broker_id": str(broker)}
        yield Alarm(
            f"broker-{broker}-under-replicated",
            "warning",
            f"Broker {broker} leads partitions whose replicas have been behind for 15 minutes.",
            (query("under-replicated", "Minimum", **at),),
            "GreaterThanThreshold",
            0,
            15,
        )
        yield Alarm(
            f"broker-{broker}-under-min-isr",
            "critical",
            f"Broker {broker} leads partitions below min.insync.replicas: producers with acks=all fail.",
            (query("under-min-isr", "Maximum", **at),),
            "GreaterThanThreshold",
            0,
            3,
        )
        yield Alarm(
            f"broker-{broker}-disk-used",
            "critical",
            f"The data volume of broker {broker} is filling; a full one stops the broker.",
            (query("disk-used", "Maximum", **at),),
            "GreaterThanThreshold",
            thresholds.disk_used_percent,
            5,
        )
        yield Alarm(
            f"broker-{broker}-cpu",
            "warning",
            f"Broker {broker} has too little CPU left to carry the load of a failed one.",
            (query("cpu-user", "Average", "user", **at), query("cpu-system", "Average", "system", **at)),
            "GreaterThanThreshold",
            thresholds.broker_cpu_percent,
            15,
            expression="user + system",
        )
        yield Alarm(
            f"broker-{broker}-iam-connections",
            "warning",
            f"Broker {broker} refuses IAM connections: clients reconnect too fast or are too many.",
            (query("iam-connections", "Maximum", **at),),
            "GreaterThanThreshold",
            0,
            5,
        )


def _logs(environment: Environment) -> Iterator[Alarm]:
    yield Alarm(
        "worker-log-errors",
        "warning",
        "The workers log errors.",
        (query("log-errors", "Sum"),),
        "GreaterThanThreshold",
        environment.alarms.thresholds.log_errors,
        5,
        missing="notBreaching",
    )


def _flow(flow: DirectedFlow) -> Iterator[Alarm]:
    thresholds = flow.environment.alarms.thresholds
    at = {
        "environment": flow.environment.environment,
        "source": flow.source_alias,
        "target": flow.target_alias,
    }
    yield Alarm(
        f"{flow.name}-latency",
        "warning",
        f"One in twenty heartbeats of {flow.name} takes longer than agreed.",
        (query("replication-latency", "Maximum", **at),),
        "GreaterThanThreshold",
        thresholds.replication_latency_ms,
        5,
    )
    yield Alarm(
        f"{flow.name}-lag",
        "critical",
        f"{flow.name} is behind its source.",
        (query("replication-lag", "Minimum", **at),),
        "GreaterThanThreshold",
        thresholds.replication_lag_records,
        5,
    )
    yield Alarm(
        f"{flow.name}-no-tasks",
        "emergency",
        f"No task of {flow.name} runs; Connect may call the connector RUNNING all the same.",
        (query("running-tasks", "Maximum", **at),),
        "LessThanThreshold",
        1,
        3,
        missing="breaching",
    )
    yield Alarm(
        f"{flow.name}-failed-tasks",
        "critical",
        f"Tasks of {flow.name} have failed and restarts have not mended them.",
        (query("failed-tasks", "Minimum", **at),),
        "GreaterThanThreshold",
        0,
        5,
    )
    yield Alarm(
        f"{flow.name}-stalled",
        "emergency",
        f"The source of {flow.name} grows and nothing arrives at the target.",
        (
            query("source-records", "Sum", "sent", **at),
            query("target-records", "Sum", "arrived", **at),
        ),
        "GreaterThanThreshold",
        0,
        5,
        expression="IF(sent > 0 AND arrived < 1, 1, 0)",
    )
