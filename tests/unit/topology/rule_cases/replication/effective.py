"""Extra properties that contradict the rest of the environment (topology/rules/replication/effective.py)."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

BROKER, WORKER = "kafka.server_properties", "mirrormaker.worker_properties"
CONNECTOR = "mirrormaker.connector_properties"


def _changes(section: str, **properties: str) -> dict[str, Any]:
    """One section of the file with these properties, `__` for the dots of their keys."""
    return {section.replace(".", "/"): {key.replace("__", "."): value for key, value in properties.items()}}


def _decided(section: str, key: str, value: str, field: str) -> Case:
    return Case(
        "properties-do-not-contradict-fields",
        {section.replace(".", "/"): {key: value}},
        f"{section}.{key}",
        f"is decided by {field}",
        f"{field}, without the property",
    )


def _derived(section: str, key: str, value: str, reason: str) -> Case:
    return Case(
        "properties-do-not-contradict-fields",
        {section.replace(".", "/"): {key: value}},
        f"{section}.{key}",
        reason,
        "leave the property out",
    )


CASES: Final = (
    _decided(BROKER, "default.replication.factor", "5", "kafka.replication_factor"),
    _decided(BROKER, "offsets.topic.replication.factor", "5", "kafka.replication_factor"),
    _decided(BROKER, "transaction.state.log.replication.factor", "1", "kafka.replication_factor"),
    _decided(BROKER, "min.insync.replicas", "3", "kafka.min_insync_replicas"),
    _decided(BROKER, "transaction.state.log.min.isr", "3", "kafka.min_insync_replicas"),
    _decided(BROKER, "num.partitions", "100", "kafka.default_partitions"),
    _decided(WORKER, "group.id", "other", "mirrormaker.connect.group_id"),
    _decided(WORKER, "status.storage.topic", "other", "mirrormaker.connect.status_topic"),
    _decided(WORKER, "offset.storage.partitions", "1", "mirrormaker.connect.offset_partitions"),
    _decided(WORKER, "config.storage.replication.factor", "1", "kafka.replication_factor"),
    _decided(WORKER, "exactly.once.source.support", "enabled", "mirrormaker.exactly_once"),
    _decided(WORKER, "isolation.level", "read_uncommitted", "mirrormaker.exactly_once"),
    _decided(f"{CONNECTOR}.source", "replication.factor", "1", "kafka.replication_factor"),
    _decided(f"{CONNECTOR}.source", "offset-syncs.topic.replication.factor", "1", "kafka.replication_factor"),
    _decided(f"{CONNECTOR}.source", "tasks.max", "1", "flows[].tasks_max"),
    _decided(f"{CONNECTOR}.source", "offset.lag.max", "0", "flows[].offset_syncs.lag_max"),
    _decided(
        f"{CONNECTOR}.source",
        "refresh.topics.interval.seconds",
        "600",
        "flows[].refresh_topics_interval_seconds",
    ),
    _decided(
        f"{CONNECTOR}.source", "refresh.topics.enabled", "false", "flows[].refresh_topics_interval_seconds"
    ),
    _decided(f"{CONNECTOR}.source", "emit.offset-syncs.enabled", "false", "flows[].checkpoints.enabled"),
    _decided(f"{CONNECTOR}.source", "heartbeats.replication.enabled", "false", "flows[].heartbeats.enabled"),
    _decided(f"{CONNECTOR}.source", "enabled", "false", "flows"),
    _decided(f"{CONNECTOR}.source", "exactly.once.support", "required", "mirrormaker.exactly_once"),
    _decided(f"{CONNECTOR}.source", "offsets.storage.topic", "x", "mirrormaker.connect.offset_topic"),
    _decided(f"{CONNECTOR}.source", "producer.override.transactional.id", "x", "mirrormaker.exactly_once"),
    _decided(f"{CONNECTOR}.checkpoint", "emit.checkpoints.enabled", "false", "flows[].checkpoints.enabled"),
    _decided(
        f"{CONNECTOR}.checkpoint",
        "sync.group.offsets.enabled",
        "false",
        "flows[].checkpoints.sync_group_offsets",
    ),
    _decided(f"{CONNECTOR}.heartbeat", "emit.heartbeats.enabled", "false", "flows[].heartbeats.enabled"),
    _decided(
        f"{CONNECTOR}.heartbeat",
        "emit.heartbeats.interval.seconds",
        "60",
        "flows[].heartbeats.interval_seconds",
    ),
    _derived(WORKER, "header.converter", "x", "records cross as the bytes that they are"),
    *(
        _derived(f"{CONNECTOR}.{kind}", "replication.policy.separator", "-", "IAM policies, heartbeats")
        for kind in ("source", "checkpoint", "heartbeat")
    ),
    _derived(
        f"{CONNECTOR}.source", "replication.policy.internal.topic.separator.enabled", "false", "IAM policies"
    ),
    _derived(f"{CONNECTOR}.source", "errors.tolerance", "all", "records that cannot be sent are skipped"),
    _derived(f"{CONNECTOR}.source", "sync.topic.configs.enabled", "false", "which verification checks"),
    _derived(f"{CONNECTOR}.source", "sync.topic.acls.enabled", "true", "do not govern IAM principals"),
    _derived(f"{CONNECTOR}.source", "producer.override.acks", "1", "records would be lost"),
    _derived(f"{CONNECTOR}.source", "producer.override.enable.idempotence", "false", "lost or reordered"),
    _derived(
        f"{CONNECTOR}.source", "source.consumer.isolation.level", "read_uncommitted", "aborted transactions"
    ),
    _derived(f"{CONNECTOR}.source", "source.consumer.group.protocol", "consumer", "are in no group"),
    Case(
        "a-setting-is-written-in-one-unit",
        _changes(BROKER, log__retention__ms="1000", log__retention__hours="72"),
        f"{BROKER}.log.retention.hours",
        "is ignored by Kafka, because log.retention.ms is set as well",
        "one of log.retention.ms and log.retention.hours",
    ),
    Case(
        "tasks-stop-before-their-worker-is-killed",
        _changes(WORKER, task__shutdown__graceful__timeout__ms="120000"),
        f"{WORKER}.task.shutdown.graceful.timeout.ms",
        "does not fit into the pod's grace period of 90 s",
        "at most 35000",
    ),
    Case(
        "tasks-stop-before-their-worker-is-killed",
        _changes(WORKER, task__shutdown__graceful__timeout__ms="100000")
        | {"runtime": {"eks": False, "ecs": {}}},
        f"{WORKER}.task.shutdown.graceful.timeout.ms",
        "does not fit into the ECS task's stop time-out of 120 s",
        "at most 90000",
    ),
)
