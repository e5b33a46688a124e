"""Loads, marks and percentiles: the arithmetic of `verify`."""

from __future__ import annotations

import statistics
import zlib
from typing import Any

import pytest
from confluent_kafka import Message
from hypothesis import given
from hypothesis import strategies as st

from operations.verification.production import Load
from operations.verification.records import Mark, Origin, mark_of
from operations.verification.verify import FlowResult, Latency

VALUE = b"\x00\xffpayload"
GOOD_HEADER = f"1700000000000000/{zlib.crc32(VALUE)}".encode()


def message(key: str | None = "run/us-east-1/orders/7", header: bytes | None = GOOD_HEADER) -> Message:
    headers: Any = [("other", b"x"), *([("msk-mirror", header)] if header is not None else [])]
    return Message(key=key.encode() if key else None, value=VALUE, headers=headers)


def test_a_record_says_whose_it_is_and_when_it_was_sent() -> None:
    assert mark_of(message(), "run") == Mark(Origin("us-east-1", "orders"), 7, 1_700_000_000.0)


@pytest.mark.parametrize(
    "key", [None, "run", "other/us-east-1/orders/7", "run/us-east-1/orders/x", "run/warm-up"]
)
def test_other_records_are_passed_over(key: str | None) -> None:
    assert mark_of(message(key), "run") is None


@pytest.mark.parametrize(
    "header",
    [None, b"", b"MTcwMDAwMDAwMC8x", f"1700000000000000/{zlib.crc32(b'other')}".encode(), b"soon/1"],
    ids=["lost", "empty", "base64", "value changed", "no time"],
)
def test_a_record_that_was_changed_on_its_way_is_altered(header: bytes | None) -> None:
    mark = mark_of(message(header=header), "run")
    assert mark is not None
    assert mark.sent is None


def test_a_load_is_a_count_or_a_rate_for_a_time() -> None:
    assert Load(count=5).total == 5
    assert Load(rate=500, duration=60).total == 30_000
    assert Load(count=5, rate=1).total == 5


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"rate": 5},
        {"duration": 5},
        {"rate": 0, "duration": 5},
        {"count": 0},
        {"count": 1, "record_bytes": 0},
    ],
)
def test_a_load_of_nothing_is_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"a load needs|allowed: at least 1"):
        Load(**settings)  # type: ignore[arg-type]


@given(st.lists(st.integers(0, 1_000_000).map(float), min_size=2, max_size=300))
def test_percentiles_are_of_all_samples(samples: list[float]) -> None:
    latency = Latency.of(samples)
    assert latency is not None
    assert latency.p50 == pytest.approx(statistics.median(samples))
    assert min(samples) <= latency.p50 <= latency.p95 <= latency.p99 <= latency.max == max(samples)


def test_percentiles_lie_between_ranks() -> None:
    assert Latency.of([float(number) for number in range(101)]) == Latency(50, 95, 99, 100)


def test_one_sample_is_every_percentile_and_none_is_none() -> None:
    assert Latency.of([7.0]) == Latency(7, 7, 7, 7)
    assert Latency.of([]) is None


@pytest.mark.parametrize(
    ("changed", "faithful"),
    [
        ({}, True),
        ({"duplicated": 3}, True),
        ({"sent": 0}, False),
        ({"lost": 1}, False),
        ({"loops": 1}, False),
        ({"altered": 1}, False),
        ({"failures": ("1 x timed out",)}, False),
    ],
)
def test_a_flow_is_faithful_when_all_arrived_unaltered_and_nothing_circled(
    changed: dict[str, int], faithful: bool
) -> None:
    counts = {"sent": 9, "received": 9, "lost": 0, "duplicated": 0, "loops": 0, "altered": 0, **changed}
    result = FlowResult("a", "b", latency_ms=Latency(1, 2, 3, 4.567), **counts)  # type: ignore[arg-type]
    assert result.faithful is faithful
    assert result.as_json()["latency_ms"] == {"p50": 1, "p95": 2, "p99": 3, "max": 4.57}
