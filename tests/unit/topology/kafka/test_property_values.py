"""A value is judged as Kafka's ConfigDef judges it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.topology.environments import environment
from topology.kafka.property_values import items, wrong_value


@pytest.mark.parametrize(
    ("kind", "limits", "taken", "refused"),
    [
        ("boolean", {}, ["true", " FALSE ", "True"], ["", "yes", "1", "tru e"]),
        ("short", {}, ["32767", "-32768", "+1"], ["32768", "1.0", "", "0x1", "1_000", "٣"]),
        ("int", {"min": 0}, ["0", " 2147483647\t"], ["-1", "2147483648", "ten", "9" * 5000]),
        ("int", {"min": 1, "max": 9, "also": [-1]}, ["-1", "1", "9"], ["0", "10", "-2"]),
        ("long", {}, ["9223372036854775807", "-9223372036854775808"], ["9223372036854775808", "1L"]),
        ("double", {"min": 0, "max": 1}, ["0", "1.0", ".5", "1e-3"], ["1.01", "-0.1", "half", "1e", "NaN"]),
        ("double", {}, ["1e300", "-5."], ["Infinity", "", "1,5"]),
        (
            "list",
            {"one_of": ["compact", "delete"]},
            ["", "compact", "delete , compact"],
            ["Delete", "compact,"],
        ),
        ("list", {"non_empty": True}, ["a"], ["", "  "]),
        ("list", {}, ["", ",", "a,,b"], []),
        ("string", {"one_of": ["all", "1"]}, ["all", " 1 "], ["ALL", ""]),
        ("string", {"one_of": ["NONE"], "ignore_case": True}, ["none", "None"], ["no"]),
        ("string", {"non_empty": True}, ["a"], ["", "\n "]),
        ("string", {}, ["", "anything"], []),
        ("password", {}, ["", "anything"], []),
    ],
)
def test_a_value_is_taken_or_refused(
    kind: str, limits: dict[str, Any], taken: list[str], refused: list[str]
) -> None:
    definition = {"type": kind, "limits": limits}
    assert [value for value in taken if wrong_value(value, definition)] == []
    assert [value for value in refused if not wrong_value(value, definition)] == []


@pytest.mark.parametrize(
    ("value", "is_taken"),
    [("by_duration:P3D", True), ("by_duration:pt1h30m", True), ("by_duration:PT0.5S", True)]
    + [(f"by_duration:{wrong}", False) for wrong in ("", "P", "PT", "P1DT", "1h", "-PT1H")],
)
def test_a_duration_is_taken_as_java_reads_it(value: str, is_taken: bool) -> None:
    definition = {"type": "string", "limits": {"one_of": ["latest"], "durations": "by_duration:"}}
    assert (wrong_value(value, definition) is None) is is_taken


def test_items_are_what_kafka_makes_of_a_list() -> None:
    assert items(" a , b,\tc,") == ["a", "b", "c", ""]
    assert items(" ") == []


def test_unquoted_numbers_and_booleans_are_their_text() -> None:
    loaded = environment(
        {
            "kafka/server_properties": {
                "num.io.threads": 8,
                "delete.topic.enable": True,
                "log.cleaner.min.cleanable.ratio": 0.25,
            },
            "mirrormaker/worker_properties": {"topic.tracking.enable": False},
            "mirrormaker/connector_properties": {"source": {"sync.topic.configs.interval.seconds": 50}},
        }
    )
    assert loaded.regions["us-east-1"].kafka.server_properties == {
        "num.io.threads": "8",
        "delete.topic.enable": "true",
        "log.cleaner.min.cleanable.ratio": "0.25",
    }
    assert loaded.mirrormaker.worker_properties == {"topic.tracking.enable": "false"}
    assert loaded.mirrormaker.connector_properties.source == {"sync.topic.configs.interval.seconds": "50"}
