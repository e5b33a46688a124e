"""Producers and followers have room for what the source's brokers accept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.topology.environments import environment
from topology.kafka.broker_properties import server_properties
from topology.kubernetes.workload import heap_that_holds_records_mib
from topology.replication.connectors import connectors

MIB = 1024**2
SIZE, BUFFER = "producer.override.max.request.size", "producer.override.buffer.memory"
SHARED, SOURCE = "kafka/server_properties", "mirrormaker/connector_properties/source"


def sizes(changes: dict[str, Any]) -> tuple[int, int]:
    config = connectors(environment(changes), "us-west-2")["us-east-1-to-us-west-2-source"]
    return int(config[SIZE]), int(config[BUFFER])


@pytest.mark.parametrize(
    ("accepted", "request_size", "buffer"),
    [
        (None, 16 * MIB, 32 * MIB),
        (5 * MIB, 32 * MIB, 32 * MIB),
        (40 * MIB, 40 * MIB + 1024, 40 * MIB + 1024),
        (100_000, 1_600_000, 32 * MIB),
    ],
)
def test_the_request_has_room_for_compression_within_the_buffer(
    accepted: int | None, request_size: int, buffer: int
) -> None:
    given = {SHARED: {"message.max.bytes": str(accepted)}} if accepted else {}
    assert sizes(given | {"mirrormaker/heap": {"max_mib": 1200}}) == (request_size, buffer)


def test_the_buffer_follows_a_larger_request() -> None:
    assert sizes({SOURCE: {SIZE: str(50 * MIB)}, "mirrormaker/heap": {"max_mib": 1300}}) == (
        50 * MIB,
        50 * MIB,
    )


def test_the_size_is_that_of_the_source_and_not_of_the_target() -> None:
    one_way = {"flows/0": {"source": "us-east-1", "target": "us-west-2"}}
    larger = {"regions/us-west-2/kafka": {"server_properties": {"message.max.bytes": str(20 * MIB)}}}
    assert sizes(one_way | larger) == (16 * MIB, 32 * MIB)


def test_followers_fetch_what_the_broker_accepts() -> None:
    larger = environment({SHARED: {"message.max.bytes": str(5 * MIB)}})
    assert server_properties(larger, "us-east-1")["replica.fetch.max.bytes"] == str(5 * MIB)
    assert "replica.fetch.max.bytes" not in server_properties(environment(), "us-east-1")


def test_heap_grows_with_tasks_and_records() -> None:
    assert heap_that_holds_records_mib(6, 32 * MIB, MIB) == 160 + 6 * 34
    assert heap_that_holds_records_mib(12, 32 * MIB, MIB) == 160 + 12 * 34
    assert heap_that_holds_records_mib(6, 64 * MIB, 40 * MIB) == 160 + 6 * 144
