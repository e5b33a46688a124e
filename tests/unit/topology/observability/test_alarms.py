"""Alarms refer to metrics that exist, with all their dimensions, for this kind of cluster."""

from __future__ import annotations

import re

import pytest

from tests.unit.topology.environments import environment
from topology import load_environment
from topology.observability.alarms import SEVERITIES, alarms
from topology.observability.metrics import METRICS, PROBE_NAMESPACE, metric

EXPRESS = {"kafka/broker": {"type": "express.m7g.large"}}


def test_every_metric_of_ours_names_its_environment() -> None:
    for loaded in (environment(), environment({"project": "others"}), environment({"environment": "other"})):
        own = {"Project": loaded.project, "Environment": loaded.environment}
        queries = [query for alarm in alarms(loaded, "us-east-1") for query in alarm.queries]
        ours = [query for query in queries if query.metric.namespace.startswith(PROBE_NAMESPACE)]
        assert {query.metric.id for query in ours} > {"log-errors", "replication-lag", "running-tasks"}
        for query in ours:
            of_filter = query.metric.source == "log-filter"
            namespace = f"{PROBE_NAMESPACE}/{own['Project']}/{own['Environment']}"
            assert query.metric.namespace == (namespace if of_filter else PROBE_NAMESPACE)
            assert of_filter or own.items() <= dict(query.dimensions).items()


def test_alarm_ids_are_unique_and_severities_the_reports() -> None:
    loaded = load_environment("production")
    found = alarms(loaded, "us-east-1")
    assert len({alarm.id for alarm in found}) == len(found)
    assert {alarm.severity for alarm in found} == set(SEVERITIES)


def test_expressions_use_their_queries_and_nothing_else() -> None:
    for alarm in alarms(environment(), "us-east-1"):
        ids = {query.id for query in alarm.queries}
        if alarm.expression is None:
            assert len(ids) == 1
        else:
            assert ids == set(re.findall(r"\b[a-z][a-z0-9]*\b", alarm.expression))


def test_express_brokers_have_no_alarm_on_what_they_do_not_publish() -> None:
    names = {q.metric.name for alarm in alarms(environment(EXPRESS), "us-east-1") for q in alarm.queries}
    assert not names & {"OfflinePartitionsCount", "UnderReplicatedPartitions", "KafkaDataLogsDiskUsed"}
    assert "CpuUser" in names


def test_the_default_monitoring_level_has_no_alarm_on_connections() -> None:
    level = {"kafka/monitoring": {"level": "DEFAULT"}}
    ids = {alarm.id for alarm in alarms(environment(level), "us-east-1")}
    assert not any("iam-connections" in alarm for alarm in ids)
    assert any("iam-connections" in alarm.id for alarm in alarms(environment(), "us-east-1"))


def test_every_broker_has_its_own_alarms() -> None:
    disk = [a for a in alarms(environment(), "us-east-1") if a.id.endswith("disk-used")]
    assert [dict(a.queries[0].dimensions)["Broker ID"] for a in disk] == ["1", "2", "3"]
    assert {a.threshold for a in disk} == {80}


def test_replication_is_watched_where_the_flow_ends() -> None:
    one_way = environment({"flows/0": {"source": "us-east-1", "target": "us-west-2"}})
    assert any("no-tasks" in alarm.id for alarm in alarms(one_way, "us-west-2"))
    assert not any("no-tasks" in alarm.id for alarm in alarms(one_way, "us-east-1"))


def test_thresholds_come_from_the_environment() -> None:
    loaded = environment({"alarms/thresholds": {"replication_latency_ms": 400}})
    (alarm,) = [a for a in alarms(loaded, "us-west-2") if a.id.endswith("-latency")]
    assert alarm.threshold == 400


def test_container_insights_metrics_are_those_relative_to_limits() -> None:
    names = {q.metric.name for a in alarms(environment(), "us-west-2") for q in a.queries}
    assert "pod_cpu_utilization_over_pod_limit" in names
    assert "pod_cpu_utilization" not in names  # relative to the node


def test_a_metric_that_does_not_exist_can_not_be_asked_for() -> None:
    with pytest.raises(KeyError):
        metric("MessagesOutPerSec")
    assert {m.namespace for m in METRICS} == {
        "AWS/Kafka",
        "ContainerInsights",
        "ECS/ContainerInsights",
        PROBE_NAMESPACE,
    }
