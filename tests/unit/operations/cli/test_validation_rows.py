"""What of a validation needs no clusters: kinds of records, properties that differ, tables."""

from __future__ import annotations

import pytest

from operations.cli.commands.tables import table
from operations.cli.commands.verify import Topics
from operations.verification.specimens import specimens
from operations.verification.topic_agreement import config_differences


def test_there_is_a_record_of_each_kind_and_each_is_recognized() -> None:
    made = {one.kind: one for one in specimens("run", 1_700_000_000_000)}
    assert made["null key"].key is None
    assert made["tombstone"].value is None
    assert (made["empty"].key, made["empty"].value) == (b"", b"")
    assert [value for name, value in made["headers"].headers if name == "repeated"] == [b"1", b"2"]
    assert len({one.timestamp_ms for one in made.values()}) == len(made)
    for one in made.values():
        parts = [one.key, one.value, *(value for _, value in one.headers)]
        assert any(part is not None and one.mark in part for part in parts)


def test_properties_that_mirrormaker_is_to_copy_are_compared() -> None:
    original = {"retention.ms": "1", "cleanup.policy": "compact", "min.insync.replicas": "2"}
    assert config_differences(original, {"retention.ms": "2", "cleanup.policy": "compact"}) == {
        "retention.ms": "1 at the source, 2 in the mirror"
    }
    assert config_differences(original, {}, r"retention\..*, cleanup.policy") == {
        "min.insync.replicas": "2 at the source, not set in the mirror"
    }


def test_topics_are_given_in_pairs() -> None:
    assert Topics.of("t:a.t", back=True) == Topics("t", "a.t", back=True)
    for wrong in ("t", ":t", "t:", "a:b:c"):
        with pytest.raises(ValueError, match=f"found {wrong}; allowed: topic:mirrored-topic"):
            Topics.of(wrong, back=False)


def test_figures_stand_to_the_right_and_what_is_not_known_is_a_dash() -> None:
    assert table(("what", "count"), [("a", 1), ("bb", None), ("c", 1000)]).splitlines() == [
        "what  count",
        "a         1",
        "bb        -",
        "c      1000",
    ]
    assert table(("what",), []) == "what"
