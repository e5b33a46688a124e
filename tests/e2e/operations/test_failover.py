"""A consumer group goes from one real cluster to the other in mid-stream and comes back: no record is missed,
and those that are read twice are counted."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from operations.__main__ import main
from operations.connect.client import ConnectClient
from operations.migration.source_offsets import stopped
from operations.reconciler.reconcile import Reconciler
from tests.e2e.group_traffic import PARTITIONS, Numbers, Reader, at_least, skipped
from tests.e2e.operations.conftest import FLOW, SOURCE, TARGET, Mirror, config, write
from tests.e2e.waiting import wait_until

pytestmark = pytest.mark.kafka

RATE = 600.0
INTERVAL_SECONDS = 1
LAG_MAX = 100
SLOW_SECONDS = 10
"""What a busy machine may add to the intervals before a checkpoint is there."""


@pytest.fixture
def group(request: pytest.FixtureRequest) -> str:
    """Each test has its own: checkpoints of a group are kept for every topic that it ever read."""
    return f"{SOURCE}.{request.node.name.removeprefix('test_')[:40]}"


@pytest.fixture
def topic(mirror: Mirror, connect: ConnectClient, directory: Path, group: str) -> str:
    """A new topic that is mirrored, with checkpoints of the group each second."""
    name = f"demo.{group.removeprefix(f'{SOURCE}.')}"
    mirror.flow(name, PARTITIONS)
    second = {"refresh__groups__interval__seconds": "1", "refresh__topics__interval__seconds": "1"}
    second["sync__group__offsets__interval__seconds"] = str(INTERVAL_SECONDS)
    second["emit__checkpoints__interval__seconds"] = str(INTERVAL_SECONDS)
    write(directory, f"{FLOW}-source", config(topics=name, offset__lag__max=str(LAG_MAX)))
    write(directory, f"{FLOW}-checkpoint", config("checkpoint", topics=name, groups=group, **second))
    assert Reconciler(connect, directory).settle(60).settled
    return name


class Command:
    """`msk-mirror failover` between two clusters."""

    def __init__(self, mirror: Mirror, group: str, capsys: pytest.CaptureFixture[str]) -> None:
        self._mirror, self.group, self._capsys = mirror, group, capsys

    def __call__(self, what: str, source: str, target: str, *options: str) -> tuple[int, dict[str, Any]]:
        """The exit code, and the JSON if there is one."""
        arguments = ["failover", what, self.group, "--from", source, "--to", target, "--json", *options]
        arguments += ["--to-bootstrap", self._mirror.clusters[target].bootstrap]
        if "--from-down" not in options:
            arguments += ["--from-bootstrap", self._mirror.clusters[source].bootstrap]
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = self._capsys.readouterr()
        self.err = said.err
        assert isinstance(ended.value.code, int)
        return ended.value.code, json.loads(said.out) if said.out else {}

    def kinds(self, *arguments: str) -> list[str]:
        """Why a plan is refused."""
        return [one["kind"] for one in self("plan", *arguments)[1]["refused"]]


@pytest.fixture
def failover(mirror: Mirror, group: str, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(mirror, group, capsys)


def reader(mirror: Mirror, region: str, topic: str) -> Reader:
    name = topic if region == SOURCE else f"{SOURCE}.{topic}"
    return Reader(mirror.clusters[region].bootstrap, name, f"{SOURCE}.{topic.removeprefix('demo.')}")


def test_a_group_goes_over_in_mid_stream_and_comes_back(
    mirror: Mirror, topic: str, failover: Command
) -> None:
    with Numbers(mirror.clusters[SOURCE].bootstrap, topic, RATE) as numbers:
        first = reader(mirror, SOURCE, topic)
        first.until(at_least(first, 3000))
        wait_until(lambda: failover("plan", SOURCE, TARGET)[0] == 0, 60, "checkpoints", lambda: failover.err)
        code, there = failover("run", SOURCE, TARGET)
        assert (code, there["state"]) == (0, "moved"), failover.err
        code, again = failover("run", SOURCE, TARGET)
        assert (code, again["reread_at_most"] <= there["reread_at_most"]) == (0, True)
        second = reader(mirror, TARGET, topic)
        second.until(at_least(second, 3000))
        code, back = failover("run", TARGET, SOURCE)
        assert (code, back["state"], len(back["moves"])) == (0, "moved", PARTITIONS), failover.err
        assert back["written"] >= 1, "others may be where the group had left off, when it read little there"
        assert {move["way"] for move in back["moves"]} == {"offset syncs"}
        assert failover("run", TARGET, SOURCE)[1]["written"] == 0
        count = numbers.end()
    third = reader(mirror, SOURCE, topic)
    third.until(lambda: len({*first.read, *second.read, *third.read}) == count)

    assert skipped(first.read, second.read) == []
    reread = len({*first.read} & {*second.read})
    assert (
        reread
        <= again["reread_at_most"]
        <= PARTITIONS * LAG_MAX + RATE * (2 * INTERVAL_SECONDS + SLOW_SECONDS)
    )
    assert skipped(first.read, second.read, third.read) == []
    reread_back = len({*second.read} & {*third.read})
    assert reread_back <= back["reread_at_most"] <= PARTITIONS * LAG_MAX + RATE * SLOW_SECONDS
    print(f"read again there {reread} (reported {again['reread_at_most']}),", end=" ")  # noqa: T201
    print(f"back {reread_back} (reported {back['reread_at_most']})")  # noqa: T201


def test_a_group_with_members_is_refused_on_either_side(
    mirror: Mirror, topic: str, failover: Command
) -> None:
    with Numbers(mirror.clusters[SOURCE].bootstrap, topic, RATE):
        first = reader(mirror, SOURCE, topic)
        with closing(first.join()) as member:
            while not first.read:
                first.take(member)
            code, refused = failover("run", SOURCE, TARGET)
            assert (code, refused["state"], refused["written"]) == (1, "refused", 0)
            assert "members" in [one["kind"] for one in refused["refused"]]
            assert f"group {failover.group} has members on {SOURCE}: reader at " in failover.err
        again = reader(mirror, SOURCE, topic)
        again.until(at_least(again, 500))
    wait_until(lambda: failover("plan", SOURCE, TARGET)[0] == 0, 60, "checkpoints", lambda: failover.err)
    second = reader(mirror, TARGET, topic)
    with closing(second.join("consumer")) as member:
        while not member.assignment():
            second.take(member)
        assert failover.kinds(SOURCE, TARGET) == ["members"]
        assert f"has members on {TARGET}" in failover.err
    assert failover.kinds(SOURCE, TARGET) == []


def test_an_old_checkpoint_is_refused_unless_it_still_is_right(
    mirror: Mirror, connect: ConnectClient, topic: str, failover: Command
) -> None:
    strict = ("--max-checkpoint-age", "1")
    with Numbers(mirror.clusters[SOURCE].bootstrap, topic, RATE) as numbers:
        first = reader(mirror, SOURCE, topic)
        first.until(at_least(first, 1000))
        assert failover("plan", SOURCE, TARGET)[0] in {0, 1}
        wait_until(lambda: failover("plan", SOURCE, TARGET)[0] == 0, 60, "checkpoints", lambda: failover.err)
        wait_until(lambda: failover("plan", SOURCE, TARGET, *strict)[0] == 0, 60, "it has caught up")
        old = failover("plan", SOURCE, TARGET, *strict)[1]
        assert old["refused"] == [], "however old it is: the group has not moved since"
        connect.stop(f"{FLOW}-checkpoint")
        stopped(connect, f"{FLOW}-checkpoint")  # a connector shows STOPPED before its task has ended
        more = reader(mirror, SOURCE, topic)
        more.until(at_least(more, 1000))
        count = numbers.end()
    wait_until(lambda: failover.kinds(SOURCE, TARGET, *strict) == ["stale"], 60, "it is old")
    assert "--max-checkpoint-age" in failover.err
    code, accepted = failover("run", SOURCE, TARGET, "--max-checkpoint-age", "3600")
    assert (code, accepted["state"]) == (0, "moved")
    second = reader(mirror, TARGET, topic)
    second.until(lambda: len({*first.read, *more.read, *second.read}) == count)
    reread = len({*first.read, *more.read} & {*second.read})
    assert 0 < reread <= accepted["reread_at_most"]


def test_the_cluster_that_is_left_may_be_down(
    mirror: Mirror,
    connect: ConnectClient,
    topic: str,
    failover: Command,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("operations.kafka.groups.REQUEST_SECONDS", 2.0)
    east = mirror.clusters[SOURCE]
    with Numbers(east.bootstrap, topic, RATE):
        first = reader(mirror, SOURCE, topic)
        first.until(at_least(first, 1500))
        wait_until(lambda: failover("plan", SOURCE, TARGET)[0] == 0, 60, "checkpoints", lambda: failover.err)
    # without their source connectors take a minute to end, and this is not about them
    connect.delete(f"{FLOW}-source")
    connect.delete(f"{FLOW}-checkpoint")
    wait_until(lambda: not connect.connectors(), 30, "they are gone")
    east.process.kill()
    try:
        wait_until(lambda: not east.process.alive, 30, "the broker is gone")
        code, _ = failover("run", SOURCE, TARGET)
        assert code == 1
        assert f"nothing was changed; if {SOURCE} is down: --from-down" in failover.err
        code, planned = failover("plan", SOURCE, TARGET)
        assert (code, planned["reread_at_most"]) == (0, None)
        assert "planned from checkpoints alone" in failover.err
        code, moved = failover("run", SOURCE, TARGET, "--from-down")
        assert (code, moved["state"]) == (0, "moved"), failover.err
        assert len(moved["moves"]) == PARTITIONS
        second = reader(mirror, TARGET, topic)
        second.until(at_least(second, 1))
        assert skipped(first.read, second.read) == []
    finally:
        east.restart()
