"""Where a group goes on, and when a failover is refused; by what both clusters would say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from operations.failover.moves import make_plan
from operations.failover.plan import Plan, Rules, Seen
from operations.failover.routes import RouteError, Routes, There
from operations.kafka.offset_translation import Checkpoint, OffsetSync, SyncedOffsets
from operations.kafka.partitions import Extent, Partition
from topology import load_environment

EAST, WEST = "us-east-1", "us-west-2"
GROUP = f"{EAST}.orders"
NOW = 1_700_000_000.0
HERE, THERE = ("demo.orders", 0), (f"{EAST}.demo.orders", 0)

OVER = Routes.of(load_environment("local"), EAST, WEST)
BACK = Routes.of(load_environment("local"), WEST, EAST)


def checkpoint(upstream: int, downstream: int, age: float = 5, partition: Partition = THERE) -> Checkpoint:
    return Checkpoint(GROUP, partition, upstream, downstream, int((NOW - age) * 1000))


def syncs(partition: Partition, *pairs: tuple[int, int]) -> SyncedOffsets:
    return SyncedOffsets(OffsetSync(partition, *pair) for pair in pairs)


SEEN = Seen(
    committed={HERE: 1050},
    current={},
    extents={THERE: Extent(0, 2000)},
    checkpoints={THERE: checkpoint(1050, 901)},
    forward=syncs(HERE, (1000, 900)),
)
CAME_BACK = Seen(
    committed={THERE: 950},
    current={HERE: 700},
    extents={HERE: Extent(0, 3000)},
    checkpoints={},
    backward=syncs(HERE, (1000, 900)),
)


def planned(seen: Seen = SEEN, routes: Routes = OVER, **rules: Any) -> Plan:
    return make_plan(GROUP, routes, seen, replace(Rules(), **rules), NOW)


def kinds(plan: Plan) -> list[str]:
    return [problem.kind for problem in plan.problems]


def test_a_group_goes_on_where_its_checkpoint_says() -> None:
    plan = planned()
    (move,) = plan.moves
    assert (move.target, move.way, move.resume_offset, move.needed) == (THERE, "checkpoint", 901, True)
    assert move.age_seconds == pytest.approx(5)
    assert (plan.problems, plan.left) == ((), ())
    assert plan.reread == 49, "900 is the record 1000, and 1050 is next"


def test_records_that_are_not_mirrored_yet_are_read_again_when_they_come() -> None:
    assert planned(replace(SEEN, extents={THERE: Extent(0, 910)})).reread == 49


def test_it_is_not_moved_back_behind_what_it_has_there_unless_forced() -> None:
    seen = replace(SEEN, current={THERE: 940})
    assert [(one.resume_offset, one.needed, one.reread) for one in planned(seen).moves] == [(940, False, 10)]
    assert [one.resume_offset for one in planned(seen, force=True).moves] == [901]


def test_it_goes_back_to_the_original_by_the_offset_syncs() -> None:
    plan = planned(CAME_BACK, BACK)
    (move,) = plan.moves
    assert (move.source, move.target, move.way, move.resume_offset) == (THERE, HERE, "offset syncs", 1001)
    assert plan.reread == 49
    assert any("which are for the flow us-west-2-to-us-east-1 to carry" in note for note in plan.notes)


def test_without_offset_syncs_it_goes_on_where_it_was_before() -> None:
    (move,) = planned(replace(CAME_BACK, backward=SyncedOffsets()), BACK).moves
    assert (move.way, move.resume_offset, move.needed, move.reread) == ("earlier offset", 700, False, None)


def test_an_old_checkpoint_is_refused_when_it_is_no_longer_right() -> None:
    old = replace(SEEN, committed={HERE: 1250}, checkpoints={THERE: checkpoint(1050, 901, age=400)})
    caught_up = replace(old, forward=syncs(HERE, (1000, 900), (1200, 1100)))
    assert kinds(planned(caught_up)) == ["stale"]
    assert "400 s old; allowed: 300 s" in planned(caught_up).problems[0].words
    assert kinds(planned(caught_up, max_age_seconds=500)) == []
    assert kinds(planned(old)) == [], "the same translation is not written again"
    assert kinds(planned(replace(old, committed=None, extents=SEEN.extents))) == ["stale"]


def test_members_are_named() -> None:
    plan = planned(replace(SEEN, members={EAST: ("reader at /10.0.0.1",), WEST: ()}))
    assert kinds(plan) == ["members"]
    assert "group us-east-1.orders has members on us-east-1: reader at /10.0.0.1" in plan.problems[0].words


def test_a_partition_without_checkpoint_is_refused_until_it_is_said_what_becomes_of_it() -> None:
    seen = replace(SEEN, checkpoints={})
    assert kinds(planned(seen)) == ["no-checkpoint"]
    assert f"{THERE[0]}-0" in planned(seen).problems[0].words
    assert [(one.way, one.resume_offset) for one in planned(seen, uncheckpointed="syncs").moves] == [
        ("offset syncs", 901)
    ]
    assert [one.resume_offset for one in planned(seen, uncheckpointed="beginning").moves] == [0]
    left = planned(seen, uncheckpointed="leave")
    assert [one.partition for one in left.left] == [HERE]
    assert kinds(left) == ["nothing"]
    without = replace(seen, forward=SyncedOffsets())
    assert kinds(planned(without, uncheckpointed="syncs")) == ["no-checkpoint"]


def test_an_empty_partition_needs_no_checkpoint() -> None:
    seen = replace(SEEN, checkpoints={}, extents={THERE: Extent(70, 70)}, forward=SyncedOffsets())
    assert [(one.way, one.resume_offset, one.reread) for one in planned(seen).moves] == [("empty", 70, None)]
    unread = replace(seen, committed={HERE: 0})
    assert [(one.way, one.resume_offset, one.reread) for one in planned(unread).moves] == [("empty", 70, 0)]


def test_a_group_that_was_set_back_waits_for_its_checkpoint() -> None:
    seen = replace(SEEN, committed={HERE: 1010}, current={THERE: 901})
    assert kinds(planned(seen)) == ["set-back"]
    forced = planned(replace(seen, forward=syncs(HERE, (800, 700), (1000, 900))), force=True)
    assert (kinds(forced), [one.resume_offset for one in forced.moves]) == ([], [901])


def test_what_retention_has_deleted_is_said() -> None:
    (move,) = planned(replace(SEEN, extents={THERE: Extent(1000, 2000)})).moves
    assert (move.resume_offset, move.expired, move.reread) == (1000, 99, 0)


def test_a_offset_behind_the_end_is_refused() -> None:
    seen = replace(SEEN, current={THERE: 5000})
    assert kinds(planned(seen)) == ["beyond-end"]
    assert kinds(planned(seen, force=True)) == []


def test_without_the_cluster_that_is_left_the_checkpoints_say_it() -> None:
    other = (THERE[0], 1)
    seen = replace(SEEN, committed=None, extents={THERE: Extent(0, 2000), other: Extent(0, 10)})
    plan = planned(seen)
    assert [(one.source, one.resume_offset, one.reread) for one in plan.moves] == [(HERE, 901, None)]
    assert (kinds(plan), plan.reread) == (["no-checkpoint"], None)
    assert "us-east-1 was not asked" in plan.notes[0]


def test_topics_that_no_flow_carries_and_those_of_other_groups_are_left() -> None:
    elsewhere, own = ("other", 0), ("demo.of-west", 0)
    seen = replace(
        CAME_BACK,
        committed={**(CAME_BACK.committed or {}), elsewhere: 3, own: 4},
        extents={**CAME_BACK.extents, (f"{WEST}.demo.of-west", 0): Extent(0, 9)},
    )
    plan = planned(seen, BACK)
    assert [move.target for move in plan.moves] == [HERE]
    assert {one.partition for one in plan.left} == {elsewhere, own}
    assert any("whose groups do not include us-east-1.orders" in one.reason for one in plan.left)
    assert kinds(plan) == []


def test_a_topic_that_is_not_mirrored_yet_is_left() -> None:
    plan = planned(replace(SEEN, extents={}))
    assert [one.reason.split(";")[0] for one in plan.left] == [f"not in {THERE[0]} on {WEST} yet"]
    assert kinds(plan) == ["nothing"]


def test_a_group_that_no_flow_translates_is_told_so() -> None:
    plan = make_plan("other", OVER, replace(SEEN, committed={}), Rules(), NOW)
    assert "the groups of us-east-1-to-us-west-2 are us-east-1.*" in plan.problems[0].words


def test_a_plan_is_json() -> None:
    content = planned().as_json()
    assert (content["from"], content["to"], content["to_write"], content["reread_at_most"]) == (
        EAST,
        WEST,
        1,
        49,
    )
    assert content["moves"][0]["to"] == {
        "topic": THERE[0],
        "partition": 0,
        "beginning": 0,
        "end": 2000,
        "current": None,
        "translated": 901,
        "resume_offset": 901,
    }


def test_topics_are_called_on_the_other_cluster_as_the_flows_say() -> None:
    assert OVER.there("demo.orders") == There(f"{EAST}.demo.orders", back=False)
    assert OVER.there(f"{WEST}.demo.orders") == There("demo.orders", back=True)
    assert OVER.there("other") is None
    assert OVER.original(f"{EAST}.demo.orders") == "demo.orders"
    assert OVER.original("demo.orders") is None


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("nowhere", WEST, r"found the cluster nowhere; the environment has us-east-1, us-west-2"),
        (WEST, WEST, r"found one cluster twice, us-west-2"),
    ],
)
def test_clusters_without_a_flow_are_refused(source: str, target: str, words: str) -> None:
    with pytest.raises(RouteError, match=words):
        Routes.of(load_environment("local"), source, target)
