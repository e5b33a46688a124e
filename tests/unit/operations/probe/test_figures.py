"""Figures are what was counted, and what could not be counted is left out."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.kafka.partitions import Extent
from operations.probe.figures import Reading, Sample, figures
from operations.probe.heartbeats import heartbeat_sent_ms
from topology.observability.metrics import METRICS, Publisher, metric

EARLIER = Reading(
    source={("orders", 0): Extent(0, 100), ("orders", 1): Extent(40, 50)},
    target={("a.orders", 0): Extent(0, 90)},
)
NOW = Reading(
    source={("orders", 0): Extent(0, 160), ("orders", 1): Extent(40, 51)},
    target={("a.orders", 0): Extent(0, 95)},
    source_offsets={("orders", 0): 149, ("orders", 1): 50},
    task_states=("RUNNING", "FAILED", "RUNNING", "UNASSIGNED"),
    latencies_ms=(40.0,) * 94 + (900.0,) * 6,
    checkpoint_failures=1,
    heartbeat_failures=0,
)
OWN = Publisher("orders", "test")
SAMPLE = Sample(datetime(2026, 1, 2, tzinfo=UTC), OWN, "a", "b", figures(NOW, EARLIER), 100)


def test_what_is_published_is_what_the_catalogue_says_of_the_probe() -> None:
    catalogue = {known.name: known for known in METRICS if known.source == "probe"}
    data = {datum["MetricName"]: datum for datum in SAMPLE.as_metric_data()}
    assert data.keys() == catalogue.keys()
    for name, datum in data.items():
        assert tuple(one["Name"] for one in datum["Dimensions"]) == catalogue[name].dimensions
        values = {**OWN.dimensions, "Source": "a", "Target": "b"}
        assert {one["Name"]: one["Value"] for one in datum["Dimensions"]}.items() <= values.items()
        assert datum["Unit"] == catalogue[name].unit
        assert datum["Timestamp"] == SAMPLE.at


def test_figures_of_a_flow_that_runs() -> None:
    assert SAMPLE.figures == {
        "replication-latency": 900.0,
        "replication-lag": 10,
        "running-tasks": 2,
        "failed-tasks": 1,
        "checkpoint-failures": 1,
        "heartbeat-failures": 0,
        "connect-answers": 1,
        "source-records": 61,
        "target-records": 5,
    }


def test_a_line_names_figures_as_cloudwatch_does() -> None:
    told: Any = {"connector": "a-to-b-source", "unreachable": {"a": "why"}, "stuck": ("orders",)}
    line = replace(SAMPLE, figures={"replication-lag": 7}, problems=("why",), **told).as_json()
    assert line == {
        "at": "2026-01-02T00:00:00.000+00:00",
        "project": "orders",
        "environment": "test",
        "source": "a",
        "target": "b",
        metric("replication-lag").name: 7,
        "heartbeats": 100,
        "problems": ["why"],
        "connector": "a-to-b-source",
        "unreachable": {"a": "why"},
        "stuck": ["orders"],
    }


@pytest.mark.parametrize(
    ("missing", "left_out"),
    [
        ({"source": None}, {"replication-lag", "source-records"}),
        ({"target": None}, {"target-records"}),
        ({"source_offsets": None}, {"replication-lag"}),
        ({"task_states": None}, {"running-tasks", "failed-tasks"}),
        ({"latencies_ms": ()}, {"replication-latency"}),
        ({"checkpoint_failures": None}, {"checkpoint-failures"}),
        ({"heartbeat_failures": None}, {"heartbeat-failures"}),
    ],
)
def test_what_was_not_seen_is_left_out_and_nothing_else(missing: dict[str, Any], left_out: set[str]) -> None:
    assert figures(NOW, EARLIER).keys() - figures(replace(NOW, **missing), EARLIER).keys() == left_out


def test_nothing_seen_publishes_that_the_probe_is_there_and_whether_connect_answers() -> None:
    assert figures(Reading(connect_answers=False), EARLIER) == {"connect-answers": 0}
    assert figures(Reading(), EARLIER) == {"connect-answers": 1}


def test_growth_needs_an_earlier_look() -> None:
    assert figures(NOW, None).keys() == SAMPLE.figures.keys() - {"source-records", "target-records"}


def test_no_task_is_a_figure_and_no_answer_is_none() -> None:
    seen = figures(Reading(task_states=()), None)
    assert (seen["running-tasks"], seen["failed-tasks"]) == (0, 0)
    assert "running-tasks" not in figures(Reading(), None)


@pytest.mark.parametrize(
    ("extent", "source_offset", "lag"),
    [
        (Extent(0, 100), 99, 0),
        (Extent(0, 100), 59, 40),
        (Extent(0, 100), None, 100),  # nothing of it has been replicated
        (Extent(70, 100), None, 30),
        (Extent(70, 100), 59, 30),  # retention has taken ten that nobody waits for any more
        (Extent(100, 100), 59, 0),
        (Extent(0, 100), 120, 100),  # deleted and made again under its old name
    ],
)
def test_lag_is_what_is_there_and_not_committed(extent: Extent, source_offset: int | None, lag: int) -> None:
    source_offsets = {} if source_offset is None else {("t", 0): source_offset}
    assert (
        figures(Reading(source={("t", 0): extent}, source_offsets=source_offsets), None)["replication-lag"]
        == lag
    )


def test_source_offsets_of_topics_that_do_not_cross_any_more_do_not_count() -> None:
    seen = Reading(source={("t", 0): Extent(0, 10)}, source_offsets={("t", 0): 9, ("gone", 0): 5})
    assert figures(seen, None)["replication-lag"] == 0


@pytest.mark.parametrize(
    ("before", "after", "growth"),
    [
        ({("t", 0): Extent(0, 10)}, {("t", 0): Extent(5, 25)}, 15),
        ({}, {("t", 0): Extent(0, 7)}, 7),  # a new topic
        ({("t", 0): Extent(0, 10)}, {("t", 0): Extent(0, 10), ("t", 1): Extent(0, 3)}, 3),  # a new partition
        ({("t", 0): Extent(0, 10)}, {("t", 0): Extent(0, 4)}, 4),  # deleted and made again
        ({("t", 0): Extent(0, 10)}, {}, 0),  # deleted
    ],
)
def test_growth_is_what_was_added(
    before: dict[tuple[str, int], Extent], after: dict[tuple[str, int], Extent], growth: int
) -> None:
    found = figures(Reading(source=after, target=after), Reading(source=before, target=before))
    assert (found["source-records"], found["target-records"]) == (growth, growth)


def test_records_of_a_missed_look_count_in_the_next() -> None:
    missed = Reading(target={("a.orders", 0): Extent(0, 92)}).remembering(EARLIER)
    found = figures(NOW, missed)
    assert found["source-records"] == 61
    assert found["target-records"] == 3


@given(
    st.dictionaries(
        st.tuples(st.sampled_from("abc"), st.integers(0, 3)),
        st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(-1, 120)),
    )
)
def test_lag_is_between_none_and_all_that_is_there(
    partitions: dict[tuple[str, int], tuple[int, int, int]],
) -> None:
    source = {key: Extent(first, first + count) for key, (first, count, _) in partitions.items()}
    source_offsets = {key: source_offset for key, (_, _, source_offset) in partitions.items()}
    there = sum(extent.end - extent.beginning for extent in source.values())
    assert (
        0 <= figures(Reading(source=source, source_offsets=source_offsets), None)["replication-lag"] <= there
    )


@pytest.mark.parametrize(
    ("samples", "p95"), [((7.5,), 7.5), (tuple(map(float, range(101))), 95.0), ((-3.0, -3.0), -3.0)]
)
def test_p95_is_of_every_heartbeat_of_the_interval(samples: tuple[float, ...], p95: float) -> None:
    assert figures(Reading(latencies_ms=samples), None)["replication-latency"] == p95


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (struct.pack(">hq", 0, 1_767_225_600_123), 1_767_225_600_123),
        (struct.pack(">hq", 1, 1_767_225_600_123), None),  # a version that this probe does not know
        (b"a record of somebody else", None),
        (b"", None),
        (None, None),
    ],
)
def test_only_heartbeats_are_timed(value: bytes | None, sent: int | None) -> None:
    assert heartbeat_sent_ms(value) == sent
