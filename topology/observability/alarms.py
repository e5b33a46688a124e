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
        id="no-controller",
        severity="emergency",
        subject="Active controllers of the cluster",
        advice="Without one no topic is created and no leader is elected. Check the cluster's state in MSK.",
        queries=(query("active-controllers", "Maximum", cluster_name=cluster),),
        comparison="LessThanThreshold",
        threshold=1,
        periods=3,
    )
    yield Alarm(
        id="offline-partitions",
        severity="emergency",
        subject="Partitions without a leader",
        advice="They can be neither written nor read. Check which brokers are down.",
        queries=(query("offline-partitions", "Maximum", cluster_name=cluster),),
        comparison="GreaterThanThreshold",
        threshold=0,
        periods=3,
    )


def _brokers(environment: Environment, region: str) -> Iterator[Alarm]:
    cluster = Names(environment, region).msk_cluster
    thresholds = environment.alarms.thresholds
    for broker in range(1, environment.regions[region].kafka.broker.count + 1):
        at = {"cluster_name": cluster, "broker_id": str(broker)}
        yield Alarm(
            id=f"broker-{broker}-under-replicated",
            severity="warning",
            subject=f"Partitions led by broker {broker} whose replicas are behind",
            advice="Check the CPU, the disk and the network of the brokers that hold the replicas.",
            queries=(query("under-replicated", "Minimum", **at),),
            comparison="GreaterThanThreshold",
            threshold=0,
            periods=15,
        )
        yield Alarm(
            id=f"broker-{broker}-under-min-isr",
            severity="critical",
            subject=f"Partitions led by broker {broker} with fewer in-sync replicas than min.insync.replicas",
            advice="Producers with acks=all fail. Check which brokers are down or behind.",
            queries=(query("under-min-isr", "Maximum", **at),),
            comparison="GreaterThanThreshold",
            threshold=0,
            periods=3,
        )
        yield Alarm(
            id=f"broker-{broker}-disk-used",
            severity="critical",
            subject=f"Used part of the data volume of broker {broker}, percent",
            advice="A full volume stops the broker. Extend the storage or shorten the retention.",
            queries=(query("disk-used", "Maximum", **at),),
            comparison="GreaterThanThreshold",
            threshold=thresholds.disk_used_percent,
            periods=5,
        )
        yield Alarm(
            id=f"broker-{broker}-cpu",
            severity="warning",
            subject=f"CPU of broker {broker}, user and system, percent",
            advice="Too little CPU is left to take over from a failed broker."
            " Add brokers or choose larger ones.",
            queries=(
                query("cpu-user", "Average", "user", **at),
                query("cpu-system", "Average", "system", **at),
            ),
            comparison="GreaterThanThreshold",
            threshold=thresholds.broker_cpu_percent,
            periods=15,
            expression="user + system",
        )
        yield Alarm(
            id=f"broker-{broker}-iam-connections",
            severity="warning",
            subject=f"IAM connections that broker {broker} refuses because there are too many",
            advice="Clients reconnect too fast or are too many. Check their reconnect.backoff.ms.",
            queries=(query("iam-connections", "Maximum", **at),),
            comparison="GreaterThanThreshold",
            threshold=0,
            periods=5,
        )


def _logs(environment: Environment) -> Iterator[Alarm]:
    yield Alarm(
        id="worker-log-errors",
        severity="warning",
        subject="Error lines of the workers",
        advice="Read the last errors on the region's dashboard.",
        queries=(query("log-errors", "Sum", **published_by(environment)),),
        comparison="GreaterThanOrEqualToThreshold",
        threshold=environment.alarms.thresholds.log_errors,
        periods=1,
        missing="notBreaching",
        period_seconds=ERROR_COUNT_SECONDS,
    )
