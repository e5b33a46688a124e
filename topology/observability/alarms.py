"""Alarms of a region, from the metric catalogue and the environment's thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from topology.aws.names import Names
from topology.model import Environment
from topology.observability.alarm_types import SEVERITIES, Alarm, Query, Severity, published_by, query
from topology.observability.flow_alarms import flow_alarms, probe_alarms
from topology.observability.runtime_alarms import runtime_alarms
from topology.replication.flows import flows_into

__all__ = ["SEVERITIES", "Alarm", "Query", "Severity", "alarms"]

ERROR_COUNT_SECONDS = 300
"""`alarms.thresholds.log_errors` is a count in five minutes: one period of that length, whatever the
environment's period is."""


def alarms(environment: Environment, region: str) -> tuple[Alarm, ...]:
    """Every alarm of `region`, each with its period. None refers to a metric that the region's broker type
    and monitoring level do not publish."""
    kafka = environment.regions[region].kafka
    candidates = (*_cluster(environment, region), *_brokers(environment, region))
    flows = flows_into(environment, region)
    if flows:
        candidates += (*runtime_alarms(environment, region), *_logs(environment))
        candidates += (
            *probe_alarms(environment, region),
            *(one for flow in flows for one in flow_alarms(flow)),
        )
    period = environment.alarms.period_seconds
    return tuple(
        replace(alarm, period_seconds=alarm.period_seconds or period)
        for alarm in candidates
        if all(q.metric.available(kafka.monitoring.level, kafka.broker.is_express) for q in alarm.queries)
    )


def _cluster(environment: Environment, region: str) -> Iterator[Alarm]:
    cluster = Names(environment, region).msk_cluster
    yield Alarm(
        "no-controller",
        "emergency",
        "Active controllers of the cluster",
        "Without one no topic is created and no leader is elected. Check the cluster's state in MSK.",
        (query("active-controllers", "Maximum", cluster_name=cluster),),
        "LessThanThreshold",
        1,
        3,
    )
    yield Alarm(
        "offline-partitions",
        "emergency",
        "Partitions without a leader",
        "They can be neither written nor read. Check which brokers are down.",
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
            f"Partitions led by broker {broker} whose replicas are behind",
            "Check the CPU, the disk and the network of the brokers that hold the replicas.",
            (query("under-replicated", "Minimum", **at),),
            "GreaterThanThreshold",
            0,
            15,
        )
        yield Alarm(
            f"broker-{broker}-under-min-isr",
            "critical",
            f"Partitions led by broker {broker} with fewer in-sync replicas than min.insync.replicas",
            "Producers with acks=all fail. Check which brokers are down or behind.",
            (query("under-min-isr", "Maximum", **at),),
            "GreaterThanThreshold",
            0,
            3,
        )
        yield Alarm(
            f"broker-{broker}-disk-used",
            "critical",
            f"Used part of the data volume of broker {broker}, percent",
            "A full volume stops the broker. Extend the storage or shorten the retention.",
            (query("disk-used", "Maximum", **at),),
            "GreaterThanThreshold",
            thresholds.disk_used_percent,
            5,
        )
        yield Alarm(
            f"broker-{broker}-cpu",
            "warning",
            f"CPU of broker {broker}, user and system, percent",
            "Too little CPU is left to take over from a failed broker. Add brokers or choose larger ones.",
            (query("cpu-user", "Average", "user", **at), query("cpu-system", "Average", "system", **at)),
            "GreaterThanThreshold",
            thresholds.broker_cpu_percent,
            15,
            expression="user + system",
        )
        yield Alarm(
            f"broker-{broker}-iam-connections",
            "warning",
            f"IAM connections that broker {broker} refuses because there are too many",
            "Clients reconnect too fast or are too many. Check their reconnect.backoff.ms.",
            (query("iam-connections", "Maximum", **at),),
            "GreaterThanThreshold",
            0,
            5,
        )


def _logs(environment: Environment) -> Iterator[Alarm]:
    yield Alarm(
        "worker-log-errors",
        "warning",
        "Error lines of the workers",
        "Read the last errors on the region's dashboard.",
        (query("log-errors", "Sum", **published_by(environment)),),
        "GreaterThanOrEqualToThreshold",
        environment.alarms.thresholds.log_errors,
        1,
        missing="notBreaching",
        period_seconds=ERROR_COUNT_SECONDS,
    )
