"""The JMX exporter's rules: they match the MBeans of Kafka 4.1 and publish what an outage asks for."""

from __future__ import annotations

import re

import pytest

from topology.replication.jmx import RULES, exporter_configuration

# as jmx_exporter writes a bean: domain<key=value, ...><>attribute: value; names as Kafka 4.1.1 registers them
BEANS = {
    "kafka.connect.mirror<type=MirrorSourceConnector, source=us-east-1, target=us-west-2,"
    " topic=us-east-1.a.b, partition=3><>replication-latency-ms-max: 7.0": (
        "kafka_connect_mirror_source_replication-latency-ms-max",
        {"source": "us-east-1", "target": "us-west-2", "topic": "us-east-1.a.b", "partition": "3"},
    ),
    "kafka.connect.mirror<type=MirrorCheckpointConnector, source=a, target=b, group=g, topic=t,"
    " partition=0><>checkpoint-latency-ms: 1.0": (
        "kafka_connect_mirror_checkpoint_checkpoint-latency-ms",
        {"source": "a", "target": "b", "group": "g", "topic": "t", "partition": "0"},
    ),
    "kafka.connect<type=connector-task-metrics, connector=a-to-b-source, task=0><>status: running": (
        "kafka_connect_task_status",
        {"connector": "a-to-b-source", "task": "0", "state": "running"},
    ),
    "kafka.connect<type=connect-worker-metrics><>task-count: 4.0": ("kafka_connect_worker_task-count", {}),
    "kafka.consumer<type=consumer-fetch-manager-metrics, client-id=c, topic=t,"
    " partition=1><>records-lag: 5.0": (
        "kafka_consumer_fetch_records-lag",
        {"client_id": "c", "topic": "t", "partition": "1"},
    ),
}


def published(bean: str) -> tuple[str, dict[str, str]] | None:
    """Name and labels by the first rule that matches, with `$n` filled in, as the exporter does."""
    for rule in (rule.as_yaml() for rule in RULES):
        match = re.match(rule["pattern"], bean)
        if match:

            def filled(text: str, match: re.Match[str] = match) -> str:
                return re.sub(r"\$(\d)", lambda group: match[int(group[1])], text)

            return filled(rule["name"]), {k: filled(v) for k, v in rule.get("labels", {}).items()}
    return None


@pytest.mark.parametrize(("bean", "metric"), BEANS.items())
def test_rules_match_the_beans_of_kafka(bean: str, metric: tuple[str, dict[str, str]]) -> None:
    assert published(bean) == metric


@pytest.mark.parametrize(
    "bean",
    [
        "kafka.connect.mirror<type=MirrorSourceConnector, source=a, target=b, topic=t,"
        " partition=0><>byte-count: 1",
        "kafka.connect<type=connector-task-metrics, connector=a, task=0><>batch-size-avg: 1.0",
    ],
)
def test_what_nobody_asks_for_is_left_out(bean: str) -> None:
    assert published(bean) is None


def test_each_rule_has_its_beans_asked_for() -> None:
    wanted = exporter_configuration()["includeObjectNames"]
    for rule in RULES:
        assert rule.object_name in wanted
        assert ("," in rule.object_name) is bool(rule.keys)
