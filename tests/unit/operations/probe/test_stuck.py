"""Topics that stand still: told from topics that are idle, on their way or only just made."""

from __future__ import annotations

from operations.kafka.partitions import Extent
from operations.probe.figures import Reading
from operations.probe.stuck import Stillness

PATIENCE, DISCOVERY = 120.0, 60.0
ORDERS = ("orders", 0)


def looks(*seen: tuple[float, int, int | None]) -> list[tuple[str, ...]]:
    """What is found at (seconds, end of the partition, committed source offset)."""
    stillness = Stillness(PATIENCE, DISCOVERY)
    return [
        stillness.look(
            Reading(
                source={ORDERS: Extent(0, end)},
                source_offsets={} if source_offset is None else {ORDERS: source_offset},
            ),
            at,
        )
        for at, end, source_offset in seen
    ]


def test_records_that_nobody_takes_while_more_come_are_stuck() -> None:
    assert looks((0, 10, 4), (60, 11, 4), (120, 12, 4)) == [(), (), ("orders",)]


def test_a_topic_without_any_source_offset_is_stuck_after_it_could_have_been_discovered() -> None:
    assert looks((0, 10, None), (120, 10, None), (180, 10, None)) == [(), (), ("orders",)]


def test_a_source_offset_that_moves_is_not_stuck_however_far_behind() -> None:
    assert looks((0, 1000, 4), (120, 2000, 5), (240, 3000, 6)) == [(), (), ()]


def test_what_is_at_the_end_is_not_stuck() -> None:
    assert looks((0, 10, 9), (120, 10, 9), (240, 10, 9)) == [(), (), ()]


def test_a_remainder_without_new_records_may_be_control_records() -> None:
    assert looks((0, 10, 8), (120, 10, 8), (240, 10, 8)) == [(), (), ()]


def test_a_topic_that_goes_on_is_forgotten() -> None:
    assert looks((0, 10, 4), (120, 12, 4), (180, 12, 11), (240, 13, 11), (300, 14, 12))[1:] == [
        ("orders",),
        (),
        (),
        (),
    ]


def test_a_topic_that_was_made_again_begins_anew() -> None:
    assert looks((0, 10, None), (180, 2, None)) == [(), ()]


def test_what_can_not_be_seen_is_not_judged() -> None:
    stillness = Stillness(PATIENCE, DISCOVERY)
    stuck = Reading(source={ORDERS: Extent(0, 10)}, source_offsets={})
    assert stillness.look(stuck, 0) == ()
    assert stillness.look(Reading(source_offsets={}), 180) == ()
    assert stillness.look(stuck, 240) == ("orders",), "and is not forgotten either"
