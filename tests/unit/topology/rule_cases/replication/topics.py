"""Mistakes about topics, which topology/rules/replication/topics.py refuses."""

from __future__ import annotations

from typing import Any, Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]


def _included(*globs: str, exclude: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"flows/0/topics": {"include": list(globs), "exclude": list(exclude)}}


def _never(changes: dict[str, Any], place: str, message: str) -> Case:
    return Case("an-include-is-not-always-excluded", changes, f"flows[0].topics.{place}", message)


CASES: Final = (
    _never(
        _included("orders.*", "__consumer_offsets"), "include[1]", "no topic of __consumer_offsets is ever"
    ),
    _never(_included("__*"), "include[0]", "MirrorMaker never replicates __*"),
    _never(_included(".hidden.*"), "include[0]", "MirrorMaker never replicates"),
    _never(_included("orders.replica"), "include[0]", "*.replica"),
    _never(_included("*.replica"), "include[0]", "*.replica"),
    _never(_included("mm2-offset-syncs.*.internal"), "include[0]", "mm2*.internal"),
    _never(_included("old.checkpoints.internal"), "include[0]", "*.checkpoints.internal"),
    _never(_included("orders.*", exclude=("o*",)), "include[0]", "exclude has o*"),
    _never(_included("orders.eu", exclude=("orders.eu",)), "include[0]", "exclude has orders.eu"),
    _never({"flows/0/topics": {"exclude": ["orders.*"]}}, "exclude", "no topic of orders.test.* is ever"),
    _never(_included("mirrormaker2.test.configs.internal"), "include[0]", "keep their own state in it"),
    _never(
        {
            "mirrormaker/connect": {"config_topic": "mm2-configs.orders"},
            **_included("orders.*", "mm2-configs.orders"),
        },
        "include[1]",
        "keep their own state in it",
    ),
    _never(_included("heartbeats"), "include[0]", "keep their own state in it"),
    Case(
        "connects-topics-do-not-begin-with-an-alias",
        {"mirrormaker/connect": {"status_topic": "us-east-1.orders.test.status"}},
        "mirrormaker.connect.status_topic",
        "begins with the alias us-east-1",
    ),
)
