"""The proof's instruments: planted losses, copies, disorder and alterations are found, and nothing else."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from confluent_kafka import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from operations.verification.census import Tally
from operations.verification.records import Mark, Origin, Record
from tests.e2e.migration.load import SentRecords
from tests.e2e.migration.measures.count import (
    Count,
    Figures,
    judged,
    pause_ms_p99,
    total,
)
from tests.e2e.migration.measures.marks import HEADER, marked, proof_mark
from tests.e2e.migration.measures.plot import draw, in_bins
from tests.e2e.migration.measures.report import Report, Row, Step
from tests.e2e.migration.mixture import EVENTS, KEYS, PARTITIONS, TABLE, composer, key_number

ORIGIN = Origin("us-east-1", "demo.events")
SENT_US = 1_700_000_000_123_456
BYTES = st.none() | st.binary(max_size=20)
RECORDS = st.builds(
    Record,
    key=BYTES,
    value=BYTES,
    headers=st.lists(st.tuples(st.text("ab", min_size=1, max_size=2), BYTES), max_size=3),
    partition=st.integers(0, 5),
)


def arrived(record: Record, timestamp: int = SENT_US // 1000) -> Message:
    """The record as a consumer gets it."""
    return Message(
        topic=f"us-east-1.{ORIGIN.topic}",
        key=record.key,
        value=record.value,
        headers=record.headers,
        partition=record.partition,
        timestamp=(1, timestamp),
    )


def noted(numbers: list[int], partitions: int = 1) -> Count:
    """A count of numbers that arrive in this order, each in its partition, a second apart."""
    count = Count()
    for at, number in enumerate(numbers):
        count.note(number % partitions, Mark(ORIGIN, number, float(at)), float(at))
    return count


def everything(size: int) -> SentRecords:
    return SentRecords(frozenset(range(size)))


@settings(deadline=None)  # the machine may be busy with brokers
@given(RECORDS, st.integers(0, 10**9))
def test_a_record_is_recognized_whatever_its_key_and_value_are(record: Record, number: int) -> None:
    sent = marked(record, ORIGIN, "run", number, SENT_US)
    assert proof_mark(arrived(sent), "run") == Mark(ORIGIN, number, SENT_US / 1_000_000)
    assert proof_mark(arrived(sent), "another") is None
    assert proof_mark(arrived(record), "run") is None


@settings(deadline=None)
@given(RECORDS, RECORDS)
def test_whatever_else_arrives_than_was_sent_is_altered(record: Record, other: Record) -> None:
    sent = marked(record, ORIGIN, "run", 7, SENT_US)
    mark = sent.headers[-1:]
    for changed in (
        replace(sent, key=other.key),
        replace(sent, value=other.value),
        replace(sent, partition=other.partition),
        replace(sent, headers=other.headers + mark),
    ):
        found = proof_mark(arrived(changed), "run")
        assert found is not None
        assert (found.sent is None) == (changed != sent)
    for late in (
        proof_mark(arrived(sent, SENT_US // 1000 + 1), "run"),
        proof_mark(arrived(replace(sent, headers=sent.headers + mark)), "run"),
    ):
        assert late is not None
        assert late.sent is None


def test_null_and_empty_are_two_things() -> None:
    sent = marked(Record(None, b"", [], 0), ORIGIN, "run", 0, SENT_US)
    for changed in (replace(sent, key=b""), replace(sent, value=None)):
        found = proof_mark(arrived(changed), "run")
        assert found is not None
        assert found.sent is None


def test_a_record_without_a_certain_partition_can_not_be_marked() -> None:
    with pytest.raises(ValueError, match="found partition -1; allowed: 0 or more"):
        marked(Record(b"k", b"v", []), ORIGIN, "run", 0, SENT_US)


@settings(deadline=None)
@given(st.data())
def test_planted_losses_copies_and_late_ones_are_counted_exactly(data: st.DataObject) -> None:
    size, partitions = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 4))
    numbers = st.sets(st.integers(0, size - 1), max_size=size)
    lost = data.draw(numbers)
    kept = set(range(size)) - lost
    # late ones come at the very end, after a successor in their partition has come in time
    last = {one % partitions: one for one in sorted(kept)}
    late = {one for one in data.draw(numbers) & kept if one != last[one % partitions]}
    copied = sorted(data.draw(numbers) - lost)
    order = [n for n in range(size) if n not in lost | late] + sorted(late, reverse=True)
    for number in copied:
        order.insert(data.draw(st.integers(order.index(number) + 1, len(order))), number)
    found = judged(everything(size), noted(order, partitions))
    assert found == Figures(sent=size, lost=len(lost), duplicated=len(copied), reordered=len(late))


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 4), st.data())
def test_a_stretch_that_is_sent_again_is_copies_and_no_disorder(
    size: int, partitions: int, data: st.DataObject
) -> None:
    died = data.draw(st.integers(0, size))
    again = data.draw(st.integers(0, died))
    order = [*range(died), *range(again, size)]
    found = judged(everything(size), noted(order, partitions))
    assert found == Figures(sent=size, duplicated=died - again)


def test_a_number_that_first_comes_after_its_successors_is_disorder() -> None:
    # 2 was passed over, and the stretch sent again brings it
    assert noted([0, 1, 3, 4, 1, 2, 3, 4, 5]).reordered == 1
    assert noted([0, 3, 1, 2], partitions=3).reordered == 0  # 0 and 3 in one partition, the others alone


def test_an_altered_record_is_lost_until_it_comes_as_it_was() -> None:
    count = Count()
    count.note(0, Mark(ORIGIN, 0, None), 1.0)
    count.note(0, None, 1.0)
    assert judged(everything(1), count) == Figures(sent=1, lost=1, altered=2)
    count.note(0, Mark(ORIGIN, 0, 1.0), 2.0)
    assert judged(everything(1), count) == Figures(sent=1, lost=0, altered=2)


def test_what_the_consumer_missed_and_what_it_alone_saw_both_count() -> None:
    there = Tally(count=4, numbers={1, 2})
    found = judged(everything(4), noted([0, 1, 1]), there, loops=3)
    assert found == Figures(sent=4, lost=1, duplicated=2, loops=3)


def test_records_of_aborted_transactions_are_found() -> None:
    sent = SentRecords(frozenset({0, 1}), frozenset({2, 3}))
    assert judged(sent, noted([0, 1, 3])).aborted == 1
    assert judged(sent, noted([0, 1])) == Figures(sent=2)


def test_compaction_explains_what_has_a_successor_and_is_gone_from_the_source_too() -> None:
    sent = SentRecords(frozenset(range(6)), key=lambda number: number % 2)
    # 0 and 2 are older values of key 0; 5, the latest of key 1, is missing
    found = judged(sent, noted([1, 3, 4]), at_source={1, 2, 3, 4, 5})
    assert (found.lost, found.compacted) == (2, 1)
    assert judged(everything(6), noted([1, 3, 4])).lost == 3


def test_a_pause_is_a_silence_of_one_partition() -> None:
    count = Count()
    for number, at in enumerate([0.0, 0.1, 0.2, 0.3, 5.3, 0.4, 0.5]):
        count.note(number % 2, Mark(ORIGIN, number, number / 10), at)
    # partition 0: 0.0 0.2 5.3 0.5, partition 1: 0.1 0.3 0.4
    assert count.silence_ms == pytest.approx({0: 5100, 1: 200})
    assert pause_ms_p99([count]) == pytest.approx(200 + 0.99 * 4900)
    assert pause_ms_p99([]) == 0


@pytest.mark.parametrize("kind", [EVENTS, TABLE], ids=["events", "table"])
def test_each_number_is_in_a_certain_partition_and_a_key_never_changes_it(kind: type) -> None:
    compose = composer(kind, "us-east-1", "run")  # type: ignore[arg-type]
    records = [compose(number, SENT_US) for number in range(8 * KEYS)]
    assert {record.partition for record in records} == set(range(PARTITIONS))
    places = {(record.key, record.partition) for record in records if record.key is not None}
    assert len({key for key, _ in places}) == len(places)


def test_the_mixture_has_everything_that_a_record_can_be() -> None:
    records = [composer(EVENTS, "us-east-1", "run")(number, SENT_US) for number in range(100)]
    kinds = {(record.key is None, record.value is None, record.value == b"") for record in records}
    assert kinds >= {(True, False, False), (False, True, False), (False, False, True), (True, True, False)}
    values = {value for record in records for name, value in record.headers if name != HEADER}
    assert {None, b""} < values
    rows = [composer(TABLE, "us-east-1", "run")(number, SENT_US) for number in range(7 * KEYS)]
    assert all(row.key is not None for row in rows)
    assert any(row.value is None for row in rows)
    assert rows[0].key == rows[KEYS].key
    assert key_number(0) == key_number(KEYS)


def test_the_report_has_a_row_for_each_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = total([Figures(sent=5, lost=1), Figures(sent=7, duplicated=2)])
    report = Report([Row("path a", figures, 12.34, 5.67, {"p50": 1.0}, 3.0, (Step("joins", 1, 2),))])
    report.write(tmp_path / "reports" / "migration.json")
    (row,) = json.loads((tmp_path / "reports" / "migration.json").read_text())["scenarios"]
    wanted = {"scenario": "path a", "sent": 12, "lost": 1, "duplicated": 2, "reordered": 0}
    assert row.items() >= {**wanted, "pause_ms_p99": 12.3, "seconds": 5.7}.items()
    report.show()
    assert "path a" in capsys.readouterr().out


def test_the_picture_has_the_steps_by_name_and_is_the_same_each_time(tmp_path: Path) -> None:
    assert in_bins([0.0, 0.1, 0.5], [5.0, 9.0, 7.0]) == ([0.1, 0.5], [9.0, 7.0])
    pictures = [tmp_path / name for name in ("one.svg", "two.svg")]
    for path in pictures:
        draw(path, "a title", {"a to b": ([0.1, 0.9], [80.0, 120.0])}, [Step("a worker joins", 0.2, 0.7)])
    assert ElementTree.parse(pictures[0]).getroot().tag.endswith("svg")  # noqa: S314 - ours
    assert "a worker joins" in pictures[0].read_text()
    assert len({zlib.crc32(path.read_bytes()) for path in pictures}) == 1
