"""Values of extra properties that Kafka or MSK refuses, which topology/rules/kafka/values.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

WORKER = "worker-and-connector-values-are-valid"
BROKER = "broker-values-are-valid"


def worker(key: str, value: object, message: str, allowed: str | None = None) -> Case:
    """A worker property."""
    changes = {"mirrormaker/worker_properties": {key: value}}
    return Case(WORKER, changes, f"mirrormaker.worker_properties.{key}", message, allowed)


def connector(kind: str, key: str, value: object, message: str, allowed: str | None = None) -> Case:
    """A connector's property."""
    place = f"mirrormaker.connector_properties.{kind}.{key}"
    return Case(WORKER, {f"mirrormaker/connector_properties/{kind}": {key: value}}, place, message, allowed)


def broker(key: str, value: object, message: str, allowed: str | None = None) -> Case:
    """A broker property of Standard brokers."""
    place = f"kafka.server_properties.{key}"
    return Case(BROKER, {"kafka/server_properties": {key: value}}, place, message, allowed)


CASES: Final = (
    worker(
        "offset.flush.interval.ms",
        "ten",
        "is not a whole number of 64 bits",
        "-9223372036854775808 to 9223372036854775807",
    ),
    worker("scheduled.rebalance.max.delay.ms", "-1", "is out of range", "0 to 2147483647"),
    worker("producer.compression.gzip.level", "0", "is out of range", "1 to 9, -1"),
    worker("topic.tracking.enable", "yes", "is not a boolean", "true, false"),
    worker("metadata.recovery.strategy", "retry", "has a value that is not known", "rebootstrap, none"),
    worker("producer.compression.type", "LZ4", "is not known", "none, gzip, snappy, lz4, zstd"),
    worker("consumer.max.poll.records", "0", "is out of range", "1 to 2147483647"),
    connector("source", "sync.topic.configs.interval.seconds", "1.5", "is not a whole number of 64 bits"),
    connector(
        *("source", "producer.override.compression.type", "lzma", "has a value that is not known"),
        "none, gzip, snappy, lz4, zstd",
    ),
    connector(
        *("source", "source.consumer.auto.offset.reset", "oldest", "has a value that is not known"),
        "latest, earliest, none, by_duration:<ISO 8601 duration, such as PT1H>",
    ),
    connector("checkpoint", "admin.request.timeout.ms", "99999999999", "is not a whole number of 32"),
    broker(
        *("compression.type", "lzma", "has a value that is not known"),
        "uncompressed, zstd, lz4, snappy, gzip, producer",
    ),
    broker(
        "log.cleanup.policy", "delete,shrink", "has an item that is not known", "a list of compact, delete"
    ),
    connector("source", "transaction.boundary", "connector", "is not known", "poll, interval"),
    connector("source", "config.properties.exclude", "(", "has an item that is not a regular expression"),
    broker("log.retention.hours", 0, "is out of range", "1 to 2147483647, -1"),
    broker("max.connections.per.ip", 0, "is out of range", "1 to 2147483647"),
    broker("connections.max.idle.ms", "100", "is out of range", "101 to 9223372036854775807, -1"),
    broker("replica.lag.time.max.ms", "9999", "is out of range", "10000 to 30000"),
    broker("zookeeper.session.timeout.ms", 18001, "is out of range", "6000 to 18000"),
    broker("log.cleaner.min.cleanable.ratio", 1.5, "is out of range", "0 to 1"),
    broker("auto.create.topics.enable", "on", "is not a boolean", "true, false"),
    Case(
        "broker-properties-exist",
        {"kafka/version": "3.9.x.kraft", "kafka/server_properties": {"zookeeper.session.timeout.ms": "9000"}},
        "kafka.server_properties.zookeeper.session.timeout.ms",
        "needs ZooKeeper",
    ),
    Case(
        "broker-properties-exist",
        {
            "kafka/version": "4.1.x.kraft",
            "kafka/server_properties": {"log.message.timestamp.difference.max.ms": "9000"},
        },
        "kafka.server_properties.log.message.timestamp.difference.max.ms",
        "is not a broker property of Kafka 4.1",
    ),
)
