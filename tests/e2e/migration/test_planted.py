"""On real brokers and workers: records that MirrorMaker is made to skip and to send again are counted so."""

from __future__ import annotations

import pytest

from operations.connect.client import ConnectClient, Offset
from operations.migration.source_offsets import stopped
from tests.e2e.migration.mixture import EVENTS
from tests.e2e.migration.scenario import Scenario
from tests.e2e.migration.stage import MOVING, STAYING, Stage, environment_of

pytestmark = pytest.mark.migration

SKIPPED, REPEATED = 5, 7
CONNECTOR = f"{STAYING}-to-{MOVING}-source"


def test_what_is_skipped_is_lost_and_what_is_sent_again_is_twice(moved: Stage) -> None:
    moved.begin(environment_of(), "eks", workers=1)
    with (
        Scenario("planted", moved.ends(), rate=200, quiet_seconds=5) as scenario,
        ConnectClient(moved.urls(MOVING)) as client,
    ):
        client.stop(CONNECTOR)
        stopped(client, CONNECTOR)
        moved_by = {0: SKIPPED, 1: -REPEATED}
        client.patch_offsets(CONNECTOR, [shifted(one, moved_by) for one in client.offsets(CONNECTOR)])
        client.resume(CONNECTOR)
    assert scenario.row is not None
    found = scenario.row.figures
    assert (found.lost, found.duplicated, found.reordered, found.altered, found.loops) == (
        SKIPPED,
        REPEATED,
        0,
        0,
        0,
    )
    assert found.sent > SKIPPED + REPEATED


def shifted(source_offset: Offset, moved_by: dict[int, int]) -> Offset:
    """The source offset of a partition of the events, moved; any other as it is."""
    at = source_offset.partition
    by = moved_by.get(at["partition"], 0) if at["topic"] == EVENTS.name else 0
    return Offset(at, {"offset": (source_offset.offset or {})["offset"] + by})
