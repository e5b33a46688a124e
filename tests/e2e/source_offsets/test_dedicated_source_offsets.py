"""From a real dedicated MirrorMaker to our connectors and back, with numbered records all the while."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from operations.connect.client import ConnectClient, Offset
from operations.migration import source_offsets
from operations.migration.dedicated import DedicatedError
from operations.migration.offset_records import offset_of, place_of
from operations.verification.production import Load
from operations.verification.verify import FlowProgress, FlowResult, Verification, VerifiedFlow
from tests.e2e.source_offsets.stage import (
    RUNNING_SECONDS,
    SOURCE,
    SOURCE_CONNECTOR,
    TARGET,
    Stage,
)
from tests.e2e.waiting import wait_until

pytestmark = pytest.mark.kafka

RATE = 200.0
LONGEST_SECONDS = 400.0
"""Of sending; a test ends it when it has seen enough."""
PARTITIONS = 3
SOME = 400
"""Records that show that a runtime carries the flow."""


class Traffic:
    """Numbered records along a flow, until `finish`."""

    def __init__(self, flow: VerifiedFlow) -> None:
        self._flow = flow
        self._run = Verification([flow], Load(rate=RATE, duration=LONGEST_SECONDS, record_bytes=200))
        self._since_ms = int(time.time() * 1000)

    @contextmanager
    def going(self) -> Iterator[None]:
        with self._run.going():
            yield

    @property
    def progress(self) -> FlowProgress:
        (progress,) = self._run.progress()
        return progress

    def await_more(self, what: str, records: int = SOME) -> None:
        """Waits until so many records more have arrived than now."""
        before = self.progress.received
        wait_until(
            lambda: self.progress.received >= before + records,
            RUNNING_SECONDS,
            what,
            lambda: self.progress,
        )

    def await_all(self) -> None:
        """Sends no more, and waits until all that was sent has arrived."""
        self._run.stop_sending()
        wait_until(
            lambda: self._run.over(RUNNING_SECONDS),
            2 * RUNNING_SECONDS,
            "all are there",
            lambda: self.progress,
        )

    def result(self) -> FlowResult:
        (result,) = self._run.results(self._since_ms)
        return result


def take_over(two_runtimes: Stage, client: ConnectClient, old: tuple[Offset, ...]) -> None:
    """Path B: our connectors STOPPED, the old runtime's source offsets, resumed."""
    two_runtimes.create_stopped(client)
    source_offsets.stopped(client, SOURCE_CONNECTOR)
    extents = source_offsets.source_extents(two_runtimes.cluster(SOURCE), old)
    rows = source_offsets.table(old, client.offsets(SOURCE_CONNECTOR), extents)
    wanted = source_offsets.chosen(rows)
    assert source_offsets.put(client, SOURCE_CONNECTOR, wanted) == len(old) == len(wanted)
    for name in client.connectors():
        client.resume(name)


def give_back(two_runtimes: Stage, client: ConnectClient) -> tuple[Offset, ...]:
    """Path B's rollback up to the start of the old runtime."""
    for name in client.connectors():
        client.stop(name)
    ours = source_offsets.export(client, SOURCE_CONNECTOR)
    dedicated = two_runtimes.source_offsets()
    extents = source_offsets.source_extents(two_runtimes.cluster(SOURCE), ours)
    wanted = source_offsets.chosen(source_offsets.table(ours, dedicated.read(), extents))
    assert dedicated.write(wanted) == len(wanted)
    assert not source_offsets.differences(ours, dedicated.read())
    return ours


def remove(client: ConnectClient) -> None:
    """Our connectors and their source offsets."""
    for name in client.connectors():
        client.stop(name)
        source_offsets.stopped(client, name)
        client.delete_offsets(name)
        client.delete(name)
    wait_until(lambda: not client.connectors(), 30, "the connectors are gone")


def test_there_and_back_nothing_is_lost_and_nothing_comes_twice(two_runtimes: Stage) -> None:
    traffic = Traffic(two_runtimes.flow("demo.there-and-back"))
    dedicated, kept = two_runtimes.start_dedicated(), two_runtimes.source_offsets()
    assert two_runtimes.worker is not None
    two_runtimes.worker.wait_ready()
    with traffic.going(), two_runtimes.client() as client:
        traffic.await_more("the dedicated MirrorMaker carries the flow")
        (member,) = kept.group_members()
        assert member.startswith(f"{SOURCE}->{TARGET} at ")
        with pytest.raises(DedicatedError, match=r"still has members \(.*\); .* nothing is written"):
            kept.write([])
        dedicated.stop()
        assert kept.group_members() == ()
        old = kept.read()
        assert {place_of(one)[:2] for one in old} == {(SOURCE, "demo.there-and-back")}
        assert two_runtimes.mirrored("demo.there-and-back") == upto(old), (
            "its last words are of the last record"
        )
        take_over(two_runtimes, client, old)
        traffic.await_more("our connectors carry the flow")
        ours = give_back(two_runtimes, client)
        assert two_runtimes.mirrored("demo.there-and-back") == upto(ours)
        two_runtimes.start_dedicated()
        traffic.await_more("the dedicated MirrorMaker carries the flow again")
        traffic.await_all()
        assert two_runtimes.dedicated is not None
        two_runtimes.dedicated.stop()
        remove(client)
    result = traffic.result()
    assert (result.lost, result.duplicated, result.loops, result.altered) == (0, 0, 0, 0)
    assert result.sent == result.received > 3 * SOME


def test_what_a_killed_runtime_had_not_noted_comes_twice_and_no_more(two_runtimes: Stage) -> None:
    topic = "demo.killed"
    traffic = Traffic(two_runtimes.flow(topic, PARTITIONS))
    # by default it notes its source offsets once a minute: as many records come twice
    dedicated = two_runtimes.start_dedicated({f"{TARGET}.offset.flush.interval.ms": "2000"})
    kept = two_runtimes.source_offsets()
    with traffic.going(), two_runtimes.client() as client:
        traffic.await_more("the dedicated MirrorMaker carries the flow")
        wait_until(lambda: noted(kept.read(), topic), RUNNING_SECONDS, "it has noted source offsets")
        traffic.await_more("it has gone on")
        dedicated.kill()
        dedicated.process.wait()
        with pytest.raises(DedicatedError, match="still has members"):
            kept.write([])
        wait_until(lambda: not kept.group_members(), 60, "the group has noticed", kept.group_members)
        old = kept.read()
        mirrored = two_runtimes.mirrored(topic)
        unnoted = mirrored - upto([one for one in old if place_of(one).topic == topic])
        take_over(two_runtimes, client, old)
        traffic.await_more("our connectors carry the flow", unnoted + SOME)
        traffic.await_all()
        remove(client)
    result = traffic.result()
    assert (result.lost, result.loops, result.altered) == (0, 0, 0)
    assert result.duplicated == unnoted
    assert 0 <= unnoted < mirrored


def upto(offsets: list[Offset] | tuple[Offset, ...]) -> int:
    """How many records of new topics have been mirrored when their source offsets are these."""
    return sum((offset_of(one) or 0) + 1 for one in offsets)


def noted(offsets: tuple[Offset, ...], topic: str) -> bool:
    """In every partition: the first record of each has no number, so that no copy of it would be counted."""
    return len([one for one in offsets if place_of(one).topic == topic]) == PARTITIONS
