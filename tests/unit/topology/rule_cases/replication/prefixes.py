"""Properties of clients behind a prefix without effect (topology/rules/replication/prefixes.py)."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

WORKER, CONNECTORS = "mirrormaker.worker_properties", "mirrormaker.connector_properties"


def _unread(section: str, key: str, allowed: str) -> Case:
    return Case(
        "client-properties-are-read-by-something",
        {section.replace(".", "/"): {key: "1000"}},
        f"{section}.{key}",
        "has no effect",
        allowed,
    )


CASES: Final = (
    _unread(
        WORKER,
        "consumer.max.poll.records",
        "mirrormaker.connector_properties.source: source.consumer.max.poll.records",
    ),
    _unread(f"{CONNECTORS}.source", "consumer.override.max.poll.records", "source.consumer.max.poll.records"),
    _unread(f"{CONNECTORS}.source", "source.producer.linger.ms", "target.producer.linger.ms"),
    _unread(f"{CONNECTORS}.source", "target.consumer.max.poll.records", "source.consumer.max.poll.records"),
    _unread(f"{CONNECTORS}.checkpoint", "source.consumer.fetch.min.bytes", "target.consumer.fetch.min.bytes"),
    _unread(f"{CONNECTORS}.checkpoint", "producer.linger.ms", "producer.override.linger.ms"),
    _unread(f"{CONNECTORS}.heartbeat", "consumer.fetch.min.bytes", "no property of a consumer"),
    _unread(f"{CONNECTORS}.heartbeat", "source.admin.retry.backoff.ms", "target.admin.retry.backoff.ms"),
    Case(
        "client-properties-are-not-overridden",
        {"mirrormaker/worker_properties": {"producer.linger.ms": "100"}},
        f"{WORKER}.producer.linger.ms",
        "is overridden by producer.override.linger.ms of the source connector",
        "mirrormaker.connector_properties.source: producer.override.linger.ms",
    ),
    Case(
        "client-properties-are-not-overridden",
        {"mirrormaker/connector_properties/source": {"consumer.receive.buffer.bytes": "65536"}},
        f"{CONNECTORS}.source.consumer.receive.buffer.bytes",
        "is overridden by source.consumer.receive.buffer.bytes",
        "source.consumer.receive.buffer.bytes",
    ),
    Case(
        "client-properties-are-not-overridden",
        {"mirrormaker/connector_properties/source": {"producer.max.request.size": "9000000"}},
        f"{CONNECTORS}.source.producer.max.request.size",
        "is overridden by producer.override.max.request.size",
    ),
)
