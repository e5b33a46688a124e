"""Source offsets of two runtimes compared, and put through a scripted Connect."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from operations.connect.client import ConnectClient, ConnectError, Offset
from operations.kafka.partitions import Extent, Partition
from operations.migration.source_offsets import (
    SourceOffsetRow,
    SourceOffsetsError,
    as_json,
    chosen,
    differences,
    export,
    put,
    rendered,
    stopped,
    table,
)


def at(topic: str, partition: int, offset: int | None, cluster: str = "east") -> Offset:
    place = {"partition": partition, "topic": topic, "cluster": cluster}
    return Offset(place, None if offset is None else {"offset": offset})


def row(old: int | None, current: int | None, extent: Extent | None) -> SourceOffsetRow:
    extents = {("t", 0): extent} if extent else {}
    (only,) = table(
        [] if old is None else [at("t", 0, old)], [] if current is None else [at("t", 0, current)], extents
    )
    return only


@pytest.mark.parametrize(
    ("old", "current", "extent", "judged"),
    [
        (9, None, Extent(0, 15), ("set", 5, 0)),
        (9, 4, Extent(0, 10), ("set", 0, 0)),
        (9, 9, Extent(0, 10), ("same", 0, 0)),
        (9, 12, Extent(0, 20), ("ahead", 10, 0)),
        (9, None, Extent(0, 9), ("beyond", 0, 0)),
        (9, None, Extent(0, 0), ("beyond", 0, 0)),
        (9, None, None, ("unknown", None, 0)),
        (None, 9, Extent(0, 20), ("kept", None, 0)),
        (9, None, Extent(14, 20), ("set", 10, 4)),
        (9, None, Extent(10, 20), ("set", 10, 0)),
    ],
)
def test_what_becomes_of_a_source_offset(
    old: int | None, current: int | None, extent: Extent | None, judged: tuple[str, int | None, int]
) -> None:
    found = row(old, current, extent)
    assert (found.action, found.lag, found.expired) == judged


def test_rows_are_sorted_and_as_json() -> None:
    rows = table([at("b", 0, 1), at("a", 10, 1), at("a", 2, 1)], [], {("a", 2): Extent(0, 7)})
    assert [(one.topic, one.partition) for one in rows] == [("a", 2), ("a", 10), ("b", 0)]
    assert as_json(rows)[0] == {
        "cluster": "east",
        "topic": "a",
        "partition": 2,
        "old": 1,
        "current": None,
        "end": 7,
        "lag": 5,
        "expired": 0,
        "action": "set",
    }


def test_another_alias_is_refused() -> None:
    with pytest.raises(
        SourceOffsetsError, match=r"found source offsets of clusters east, west; expected one alias"
    ):
        table([at("t", 0, 1)], [at("t", 0, 1, "west")], {})


def test_what_is_refused_is_named_and_force_takes_the_old_one() -> None:
    extents = {("t", 0): Extent(0, 20), ("t", 1): Extent(0, 20), ("t", 2): Extent(0, 5)}
    rows = table([at("t", 0, 9), at("t", 1, 9), at("t", 2, 9)], [at("t", 1, 12)], extents)
    with pytest.raises(SourceOffsetsError) as raised:
        chosen(rows)
    assert str(raised.value).startswith(
        "2 of 3 source offsets are refused: t-1: old 9, ours 12, end 20 (refused: ours is ahead); "
        "t-2: old 9, ours -, end 5 (refused: beyond the source's end). Nothing is changed;"
    )
    assert chosen(rows, force=True) == tuple(at("t", number, 9) for number in range(3))


def test_a_long_list_of_refusals_is_cut() -> None:
    rows = table([at("t", number, 9) for number in range(8)], [], {("t", n): Extent(0, 5) for n in range(8)})
    with pytest.raises(SourceOffsetsError, match=r"8 of 8 .*t-4: .* and 3 more"):
        chosen(rows)


def test_the_table_says_what_would_be_done() -> None:
    console = Console(width=120, record=True, file=None)
    with console.capture() as shown:
        rows = table([at("orders", 3, 9), at("gone", 0, 4)], [], {("orders", 3): Extent(12, 20)})
        console.print(rendered(rows))
    lines = [" ".join(line.split()) for line in shown.get().splitlines()]
    assert "topic partition old ours source end lag expired action" in lines
    assert "orders 3 9 - 20 10 2 set" in lines
    assert "gone 0 4 - - - - left out: no such partition on the source" in lines


keys = st.tuples(st.sampled_from("abc"), st.integers(0, 3))
runtimes = st.dictionaries(keys, st.integers(0, 30))
extents_of = st.dictionaries(keys, st.tuples(st.integers(0, 15), st.integers(0, 20)).map(sorted))


def offsets_of(held: dict[Partition, int]) -> list[Offset]:
    return [at(topic, partition, offset) for (topic, partition), offset in held.items()]


@given(runtimes, runtimes, extents_of)
def test_after_what_is_chosen_no_record_is_skipped_and_none_comes_twice(
    old: dict[Partition, int], current: dict[Partition, int], ranges: dict[Partition, list[int]]
) -> None:
    extents = {key: Extent(*bounds) for key, bounds in ranges.items()}
    rows = table(offsets_of(old), offsets_of(current), extents)
    assert {(one.topic, one.partition) for one in rows} == old.keys() | current.keys()
    forced = {(one.partition["topic"], one.partition["partition"]) for one in chosen(rows, force=True)}
    after = current | {key: old[key] for key in forced}
    for key in old.keys() & extents.keys():
        assert after[key] == old[key], (
            "where the source has the partition it resumes at the old source offset"
        )
    if any(one.refused for one in rows):
        with pytest.raises(SourceOffsetsError):
            chosen(rows)
    else:
        assert chosen(rows) == chosen(rows, force=True)
    again = table(offsets_of(old), offsets_of(after), extents)
    assert {one.action for one in again} <= {"same", "beyond", "unknown", "kept"}, "it can be repeated"


@given(runtimes, runtimes)
def test_differences_are_what_is_not_as_wanted(
    wanted: dict[Partition, int], found: dict[Partition, int]
) -> None:
    different = differences(offsets_of(wanted), offsets_of(found))
    assert {(one.place.topic, one.place.partition) for one in different} == {
        key for key, offset in wanted.items() if found.get(key) != offset
    }


# -- through Connect

NAME = "east-to-west-source"
OFFSETS = (at("t", 0, 9), at("t", 1, 7))


def status(state: str, *tasks: str) -> dict[str, Any]:
    shown = [{"id": number, "state": task} for number, task in enumerate(tasks)]
    return {NAME: {"status": {"connector": {"state": state}, "tasks": shown}}}


INFO = {NAME: {"info": {"config": {"name": NAME}}}}


def listed(*offsets: Offset) -> dict[str, Any]:
    return {"offsets": [{"partition": one.partition, "offset": one.offset} for one in offsets]}


def test_source_offsets_are_put_into_a_stopped_connector_and_read_back(scripted: Any, answer: Any) -> None:
    worker = scripted(
        answer(200, INFO),
        answer(200, status("STOPPED")),
        answer(200, {}),
        answer(200, {"message": "altered"}),
        answer(200, listed(at("other", 0, 1), *OFFSETS)),
    )
    assert put(ConnectClient([worker.url]), NAME, OFFSETS) == 2
    assert worker.asked[2:] == [
        ("GET", "/health", None),
        ("PATCH", f"/connectors/{NAME}/offsets", listed(*OFFSETS)),
        ("GET", f"/connectors/{NAME}/offsets", None),
        ("GET", f"/connectors/{NAME}/offsets", None),
    ]


@pytest.mark.parametrize(
    ("info", "shown", "said"),
    [
        (INFO, status("RUNNING", "RUNNING"), f"{NAME}: found RUNNING with task 0 RUNNING; allowed: STOPPED"),
        (INFO, status("STOPPED", "RUNNING"), f"{NAME}: found STOPPED with task 0 RUNNING; allowed: STOPPED"),
        (INFO, {}, f"{NAME}: found NO_STATUS; allowed: STOPPED without tasks"),
        ({}, {}, f"{NAME}: there is no such connector; create it STOPPED first"),
    ],
)
def test_nothing_is_written_unless_it_is_stopped(
    scripted: Any, answer: Any, info: Any, shown: Any, said: str
) -> None:
    worker = scripted(answer(200, info), answer(200, shown))
    client = ConnectClient([worker.url])
    for call in (lambda: put(client, NAME, OFFSETS, seconds=0), lambda: export(client, NAME, seconds=0)):
        worker.script[:] = [answer(200, info), answer(200, shown)]
        with pytest.raises(SourceOffsetsError, match=f"^{said}"):
            call()
    assert {method for method, _, _ in worker.asked} == {"GET"}


def test_a_worker_in_a_rebalance_may_still_have_tasks(scripted: Any, answer: Any) -> None:
    busy = answer(503, {"error_code": 503, "message": "Worker is rebalancing"})
    worker = scripted(answer(200, INFO), answer(200, status("STOPPED")), busy)
    with pytest.raises(
        SourceOffsetsError, match=r"its tasks may still write source offsets: .*/health: 503: Worker is"
    ):
        stopped(ConnectClient([worker.url]), NAME, seconds=0)


def test_what_stops_meanwhile_is_waited_for(scripted: Any, answer: Any) -> None:
    worker = scripted(
        answer(200, INFO),
        answer(200, status("RUNNING", "RUNNING")),
        answer(200, INFO),
        answer(200, status("STOPPED")),
        answer(503),
        answer(200, INFO),
        answer(200, status("STOPPED")),
        answer(200, {}),
    )
    assert stopped(ConnectClient([worker.url]), NAME, seconds=20).state == "STOPPED"


def test_what_is_not_as_written_is_said(scripted: Any, answer: Any) -> None:
    worker = scripted(
        answer(200, INFO),
        answer(200, status("STOPPED")),
        answer(200, {}),
        answer(200, {"message": "altered"}),
        answer(200, listed(at("t", 0, 9), at("t", 1, 6))),
    )
    with pytest.raises(SourceOffsetsError) as raised:
        put(ConnectClient([worker.url]), NAME, OFFSETS, seconds=0)
    assert str(raised.value) == (
        f"{NAME}: 1 of 2 source offsets are not as written: east/t-1: wanted 7, found 6. The connector is "
        "STOPPED still; write them again"
    )


def test_workers_that_have_not_read_them_yet_are_asked_again(scripted: Any, answer: Any) -> None:
    worker = scripted(
        answer(200, INFO),
        answer(200, status("STOPPED")),
        answer(200, {}),
        answer(200, {"message": "altered"}),
        *[answer(200, listed())] * 2,
        answer(200, listed(at("t", 0, 9), at("t", 1, 7))),
    )
    assert put(ConnectClient([worker.url]), NAME, OFFSETS, seconds=20) == 2


def test_a_first_answer_may_lack_what_the_worker_did_not_know_yet(scripted: Any, answer: Any) -> None:
    noting = answer(500, {"error_code": 500, "message": "Failed to retrieve offsets for source connector a"})
    before = [answer(200, INFO), answer(200, status("STOPPED")), answer(200, {})]
    readings = [noting, answer(200, listed(OFFSETS[0])), answer(200, listed(*OFFSETS))]
    worker = scripted(*before, *readings)
    assert export(ConnectClient([worker.url]), NAME) == OFFSETS
    worker.script[:] = [*before, answer(200, {"message": "altered"}), *readings]
    assert put(ConnectClient([worker.url]), NAME, OFFSETS) == 2


def test_what_connect_refuses_is_raised(scripted: Any, answer: Any) -> None:
    refusal = answer(400, {"error_code": 400, "message": "Connector must be in the STOPPED state"})
    worker = scripted(answer(200, INFO), answer(200, status("STOPPED")), answer(200, {}), refusal)
    with pytest.raises(ConnectError, match="must be in the STOPPED state"):
        put(ConnectClient([worker.url]), NAME, OFFSETS)


def test_nothing_to_put_is_nothing_asked(scripted: Any, answer: Any) -> None:
    worker = scripted(answer(200, INFO), answer(200, status("STOPPED")), answer(200, {}))
    assert put(ConnectClient([worker.url]), NAME, []) == 0
    assert [method for method, _, _ in worker.asked] == ["GET", "GET", "GET"]
