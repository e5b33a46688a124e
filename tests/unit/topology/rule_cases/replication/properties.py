"""Mistakes about extra properties, which topology/rules/replication/properties.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "broker-properties-exist",
        {"kafka/server_properties": {"log.retention.houres": "1"}},
        "kafka.server_properties.log.retention.houres",
        "is not a broker property of Kafka 3.9",
        "perhaps log.retention.hours",
    ),
    Case(
        "broker-properties-exist",
        {"kafka/server_properties": {"broker.rack": "a"}},
        "kafka.server_properties.broker.rack",
        "cannot be set on Standard brokers",
    ),
    Case(
        "worker-properties-exist",
        {"mirrormaker/worker_properties": {"offset.flush.intervall.ms": "1"}},
        "mirrormaker.worker_properties.offset.flush.intervall.ms",
        "is not a property of Kafka 4.1.1's worker",
        "perhaps offset.flush.interval.ms",
    ),
    Case(
        "connector-properties-exist",
        {"mirrormaker/connector_properties/source": {"lag.max.ms": "1000"}},
        "mirrormaker.connector_properties.source.lag.max.ms",
        "is not a property of Kafka 4.1.1's source connector",
    ),
    Case(
        "connector-properties-exist",
        {"mirrormaker/connector_properties/source": {"topics.blacklist": "a"}},
        "mirrormaker.connector_properties.source.topics.blacklist",
        "was removed in Kafka 4.0",
        "topics.exclude",
    ),
)
