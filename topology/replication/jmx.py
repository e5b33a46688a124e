"""What the JMX exporter of a worker publishes: MirrorMaker's, Connect's and the consumers' figures, as data.

Unfiltered a worker has 3,000 to 7,000 lines a scrape (measured); these rules leave what an alarm, a dashboard
or a person in an outage asks for. The order of the keys in a pattern is that of the MBean's name: Kafka 4.1
has `source` before `target`, and a rule in another order matches nothing and says nothing (measured).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["RULES", "ExporterRule", "exporter_configuration"]


@dataclass(frozen=True)
class ExporterRule:
    """Attributes (a regular expression) of the MBeans `domain:type=type,keys...`, published as
    `<prefix>_<attribute>` with the keys as labels. `text`: the attribute is a word, which becomes a label of
    a metric that is 1."""

    domain: str
    type: str
    keys: tuple[str, ...]
    attributes: str
    prefix: str
    text: bool = False

    @property
    def object_name(self) -> str:
        """Pattern of the MBeans that are asked for at all."""
        return f"{self.domain}:type={self.type}" + (",*" if self.keys else "")

    @property
    def pattern(self) -> str:
        """As the exporter matches: `domain<key=value, ...><>attribute: value`, dashes as they are."""
        keys = ", ".join([f"type={self.type}", *(f"{key}=(.+)" for key in self.keys)])
        value = r"(\w+)" if self.text else ".*"
        return f"{self.domain}<{keys}><>({self.attributes}): {value}"

    def as_yaml(self) -> dict[str, Any]:
        """The rule as the exporter reads it (prometheus/jmx_exporter, documentation of `rules`)."""
        attribute = len(self.keys) + 1
        labels = {key.replace("-", "_"): f"${position}" for position, key in enumerate(self.keys, 1)}
        if self.text:
            labels["state"] = f"${attribute + 1}"
        rule: dict[str, Any] = {"pattern": self.pattern, "name": f"{self.prefix}_${attribute}"}
        if self.text:
            rule["value"] = 1
        if labels:
            rule["labels"] = labels
        return rule | {"type": "GAUGE"}


RULES = (
    ExporterRule(
        "kafka.connect.mirror",
        "MirrorSourceConnector",
        ("source", "target", "topic", "partition"),
        "record-count|record-rate|byte-rate|record-age-ms-max|replication-latency-ms(?:-avg|-max)?",
        "kafka_connect_mirror_source",
    ),
    ExporterRule(
        "kafka.connect.mirror",
        "MirrorCheckpointConnector",
        ("source", "target", "group", "topic", "partition"),
        "checkpoint-latency-ms(?:-max)?",
        "kafka_connect_mirror_checkpoint",
    ),
    ExporterRule(
        "kafka.connect",
        "connect-worker-metrics",
        (),
        "connector-count|task-count|connector-startup-failure-total|task-startup-failure-total",
        "kafka_connect_worker",
    ),
    ExporterRule(
        "kafka.connect",
        "connect-worker-rebalance-metrics",
        (),
        "completed-rebalances-total|epoch|rebalancing|rebalance-avg-time-ms|time-since-last-rebalance-ms",
        "kafka_connect_worker_rebalance",
    ),
    ExporterRule(
        "kafka.connect", "connector-task-metrics", ("connector", "task"), "status", "kafka_connect_task", True
    ),
    ExporterRule(
        "kafka.connect",
        "connector-task-metrics",
        ("connector", "task"),
        "offset-commit-failure-percentage|offset-commit-max-time-ms|pause-ratio|running-ratio",
        "kafka_connect_task",
    ),
    ExporterRule(
        "kafka.connect",
        "source-task-metrics",
        ("connector", "task"),
        "source-record-active-count|source-record-poll-rate|source-record-write-rate|poll-batch-max-time-ms",
        "kafka_connect_source_task",
    ),
    ExporterRule(
        "kafka.connect",
        "task-error-metrics",
        ("connector", "task"),
        "total-errors-logged|total-record-failures|total-records-skipped|total-retries",
        "kafka_connect_task_error",
    ),
    ExporterRule(
        "kafka.consumer",
        "consumer-fetch-manager-metrics",
        ("client-id", "topic", "partition"),
        "records-lag",
        "kafka_consumer_fetch",
    ),
)


def exporter_configuration() -> dict[str, Any]:
    """The exporter's configuration file; the JVM's own metrics come beside it."""
    return {
        "lowercaseOutputName": True,
        "includeObjectNames": list(dict.fromkeys(rule.object_name for rule in RULES)),
        "rules": [rule.as_yaml() for rule in RULES],
    }
