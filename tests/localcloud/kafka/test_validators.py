"""What the validators of Kafka's definitions print is understood, whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from localcloud.kafka.catalogue import CATALOGUE_DIRECTORY
from localcloud.kafka.validators import UnknownValidatorError, limits_of


@pytest.mark.parametrize(
    ("printed", "limits"),
    [
        ("", {}),
        ("[0,...]", {"min": 0}),
        ("[-131072,...,22]", {"min": -131072, "max": 22}),
        ("[0.5,...,1.0]", {"min": 0.5, "max": 1}),
        ("[1,...,9] or -1", {"min": 1, "max": 9, "also": [-1]}),
        ("[all, -1, 0, 1]", {"one_of": ["all", "-1", "0", "1"]}),
        ("(case insensitive) [SASL_SSL, SSL]", {"one_of": ["SASL_SSL", "SSL"], "ignore_case": True}),
        ("[none, by_duration:PnDTnHnMn.nS]", {"one_of": ["none"], "durations": "by_duration:"}),
        ("non-empty list", {"non_empty": True}),
        ("Any MAC algorithm supported by the worker JVM", {}),
    ],
)
def test_a_text_gives_limits(printed: str, limits: dict[str, Any]) -> None:
    assert limits_of(printed) == limits


def test_a_new_validator_stops_the_generator() -> None:
    with pytest.raises(UnknownValidatorError, match="prime"):
        limits_of("a prime number")


@pytest.mark.parametrize("path", sorted(CATALOGUE_DIRECTORY.glob("kafka-*.json")), ids=lambda path: path.stem)
def test_the_committed_limits_are_those_of_the_texts(path: Path) -> None:
    for section in json.loads(path.read_text())["definitions"].values():
        for name, entry in section.items():
            assert entry.get("limits", {}) == limits_of(entry["valid"]), name
