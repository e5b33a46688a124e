"""Limits of brokers and producers that do not meet, which topology/rules/kafka/record_limits.py refuses."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.topology.rule_cases.case import EAST, WEST, Case

__all__ = ["CASES"]

SOURCE, SHARED = "mirrormaker/connector_properties/source", "kafka/server_properties"


def _on(region: str, key: str, value: str) -> dict[str, Any]:
    return {f"{region}/kafka": {"server_properties": {key: value}}}


CASES: Final = (
    Case(
        "targets-take-the-sizes-of-their-sources",
        _on(EAST, "message.max.bytes", "5242880"),
        "regions.us-west-2.kafka.server_properties.message.max.bytes",
        "is less than that of us-east-1 (5242880)",
        "at least 5242880",
    ),
    Case(
        "targets-take-the-sizes-of-their-sources",
        _on(WEST, "message.max.bytes", "500000"),
        "regions.us-west-2.kafka.server_properties.message.max.bytes",
        "is less than that of us-east-1 (1048576)",
        "at least 1048576",
    ),
    Case(
        "brokers-have-room-for-their-largest-batch",
        {SHARED: {"message.max.bytes": "5242880", "replica.fetch.max.bytes": "1048576"}},
        "kafka.server_properties.replica.fetch.max.bytes",
        "is less than message.max.bytes (5242880)",
        "at least 5242880",
    ),
    Case(
        "brokers-have-room-for-their-largest-batch",
        {SHARED: {"message.max.bytes": "209715200"}},
        "kafka.server_properties.message.max.bytes",
        "is more than socket.request.max.bytes (104857600)",
    ),
    Case(
        "brokers-have-room-for-their-largest-batch",
        {SHARED: {"message.max.bytes": "5242880", "log.segment.bytes": "1048576"}},
        "kafka.server_properties.log.segment.bytes",
        "is less than message.max.bytes (5242880)",
    ),
    Case(
        "producers-have-room-for-their-source",
        {SOURCE: {"producer.override.max.request.size": "1048576"}},
        "mirrormaker.connector_properties.source.producer.override.max.request.size",
        "is less than records of us-east-1 can be",
        "at least 1049600",
    ),
    Case(
        "producers-have-room-for-their-source",
        {SOURCE: {"producer.override.buffer.memory": "1048576"}},
        "mirrormaker.connector_properties.source.producer.override.buffer.memory",
        "is less than max.request.size (16777216)",
        "at least 16777216",
    ),
    Case(
        "producers-have-room-for-their-source",
        {SOURCE: {"producer.override.batch.size": "67108864"}},
        "mirrormaker.connector_properties.source.producer.override.buffer.memory",
        "is less than batch.size (67108864)",
    ),
    Case(
        "targets-take-records-of-any-age",
        _on(WEST, "log.message.timestamp.before.max.ms", "86400000"),
        "regions.us-west-2.kafka.server_properties.log.message.timestamp.before.max.ms",
        "makes us-west-2 refuse replicated records for their age",
        "9223372036854775807",
    ),
    Case(
        "targets-take-records-of-any-age",
        {
            "kafka/broker": {"type": "express.m7g.large"},
            SHARED: {"log.message.timestamp.before.max.ms": "604800000"},
        },
        "kafka.server_properties.log.message.timestamp.before.max.ms",
        "refuse replicated records for their age",
        "9223372036854775807",
    ),
    Case(
        "targets-take-records-of-any-age",
        _on(WEST, "log.message.timestamp.after.max.ms", "3600000"),
        "regions.us-west-2.kafka.server_properties.log.message.timestamp.after.max.ms",
        "is less than that of us-east-1 (9223372036854775807)",
    ),
    Case(
        "targets-take-records-of-any-age",
        {SHARED: {"log.message.timestamp.type": "LogAppendTime"}},
        "kafka.server_properties.log.message.timestamp.type",
        "takes the time stamps of replicated records away",
        "CreateTime",
    ),
    Case(
        "both-ends-clean-up-alike",
        _on(EAST, "log.cleanup.policy", "compact"),
        "regions.us-west-2.kafka.server_properties.log.cleanup.policy",
        "differs from that of us-east-1",
        "compact",
    ),
    Case(
        "heap-holds-what-tasks-hold",
        {SHARED: {"message.max.bytes": "67108864"}},
        "mirrormaker.heap.max_mib",
        "12 tasks on 2 workers, each with 65 MiB of buffer.memory and records of up to 64 MiB",
        "at least 1313, or fewer tasks a worker (flows[].tasks_max, replicas.min)",
    ),
)
