"""What is done to the workers of the moving region while records cross, by hand and with a gate each time."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

from operations.connect import ConnectClient
from operations.migration import positions
from operations.migration.dedicated import DedicatedOffsets
from tests.e2e.migration.fleet import DedicatedFleet, kill_newest
from tests.e2e.migration.interrupted import run_interrupted
from tests.e2e.migration.scenario import Scenario
from tests.e2e.migration.stage import MOVING, STAYING, WORKERS, Stage
from tests.e2e.migration.tool import described
from tests.e2e.waiting import wait_until

__all__ = [
    "Act",
    "broker_restarted",
    "by_tool",
    "give_back",
    "handover",
    "in_turn",
    "take_over",
    "worker_killed",
]

Act = Callable[[Stage, Scenario], None]
SOURCE_CONNECTOR = f"{STAYING}-to-{MOVING}-source"
LEFT_SECONDS = 60.0
STOPPED_SECONDS = 60.0
PUT_SECONDS = 30.0
TOOL_SECONDS = 900.0


def handover(old: str, new: str, between: Act | None = None) -> Act:
    """Path A: the new runtime's workers join the Connect cluster, the old one's leave, one at a time.
    `between` happens when all of the new ones are there and the first of the old ones has left."""

    def act(stage: Stage, scenario: Scenario) -> None:
        for count in range(1, WORKERS + 1):
            with scenario.steps.step(f"{new} worker {count} joins"):
                stage.fleets[new].set_count(count)
                passed(stage, scenario)
        for count in reversed(range(WORKERS)):
            with scenario.steps.step(f"{old} worker {count + 1} leaves"):
                stage.fleets[old].set_count(count)
                passed(stage, scenario)
            if between is not None and count == WORKERS - 1:
                between(stage, scenario)

    return act


def take_over(*, kill: bool = False) -> Act:
    """Path B: pods with stopped connectors are there; the dedicated MirrorMaker is stopped in order (`kill`:
    without a word), its positions are put into the source connector and compared, and all is resumed."""

    def act(stage: Stage, scenario: Scenario) -> None:
        dedicated, step = _dedicated(stage), scenario.steps.step
        with step("eks workers join, connectors STOPPED"):
            stage.fleets["eks"].set_count(WORKERS)
            with ConnectClient(stage.urls(MOVING)) as client:
                for name, config in stage.specs(MOVING).items():
                    client.create(name, config, "STOPPED")
                _await_stopped(stage, client)
            scenario.await_flow()
        old = DedicatedOffsets(stage.cluster(MOVING), stage.cluster(STAYING).alias)
        with step(f"dedicated MirrorMaker {'killed' if kill else 'stops'}"):
            (dedicated.kill if kill else dedicated.stop)()
            wait_until(lambda: not old.group_members(), LEFT_SECONDS, f"{old.group} has no members")
        with step("positions put, connectors resumed"), ConnectClient(stage.urls(MOVING)) as client:
            found = old.read()
            extents = positions.source_extents(stage.cluster(STAYING), found)
            rows = positions.table(found, client.offsets(SOURCE_CONNECTOR), extents)
            positions.put(client, SOURCE_CONNECTOR, positions.chosen(rows), PUT_SECONDS)
            for name in stage.specs(MOVING):
                client.resume(name)
            passed(stage, scenario)

    return act


def give_back(stage: Stage, scenario: Scenario) -> None:
    """Path B back: connectors stopped, their positions written into the dedicated MirrorMaker's topic, which
    starts from there; then the pods go."""
    step = scenario.steps.step
    with step("connectors stop"), ConnectClient(stage.urls(MOVING)) as client:
        for name in stage.specs(MOVING):
            client.stop(name)
        _await_stopped(stage, client)
        ours = positions.export(client, SOURCE_CONNECTOR)
    with step("positions written, dedicated MirrorMaker starts"):
        DedicatedOffsets(stage.cluster(MOVING), stage.cluster(STAYING).alias).write(ours)
        _dedicated(stage).set_count(1)
        scenario.await_flow()
    with step("eks workers leave"):
        stage.fleets["eks"].set_count(0)
        scenario.await_flow()


def by_tool(course: str, *, killed: bool = False) -> Act:
    """`msk-mirror migrate run` or `rollback run` as a process (tool.py); `killed`: SIGKILL after each line
    that it writes into its journal, and the same command again."""

    def act(stage: Stage, scenario: Scenario) -> None:
        directory = stage.directory / f"tool-{scenario.name}"
        described(stage, directory)
        command = [sys.executable, "-m", "tests.e2e.migration.tool", course, str(directory)]
        journal, output = directory / "journal.jsonl", directory / f"{course}.log"
        with scenario.steps.step(f"{course} run{', killed at each step and run again' if killed else ''}"):
            if killed:
                kills = run_interrupted(command, journal, output, seconds=TOOL_SECONDS)
                assert "started" in {one.event for one in kills}, kills
            else:
                with output.open("ab") as file:
                    subprocess.run(command, check=True, stdout=file, stderr=file, timeout=TOOL_SECONDS)
            passed(stage, scenario)

    return act


def in_turn(*acts: Act) -> Act:
    """One after the other."""

    def act(stage: Stage, scenario: Scenario) -> None:
        for one in acts:
            one(stage, scenario)

    return act


def worker_killed(stage: Stage, scenario: Scenario) -> None:
    """SIGKILL to a worker of the fuller runtime; its Deployment or service puts another in its place."""
    fleet = max(stage.fleets.values(), key=lambda one: one.count())
    with scenario.steps.step(f"{fleet.name} worker killed and replaced"):
        kill_newest(fleet)
        fleet.set_count(WORKERS)
        passed(stage, scenario)


def broker_restarted(stage: Stage, scenario: Scenario) -> None:
    """SIGKILL to the broker of the region in which the workers move, their target."""
    with scenario.steps.step("target broker killed and restarted"):
        stage.restart_broker(MOVING)
        if stage.urls(MOVING):
            stage.settle(MOVING)
        stage.settle(STAYING)
        scenario.await_flow()


def passed(stage: Stage, scenario: Scenario) -> None:
    """The gate between two steps: every task runs, on workers that are there, and records cross."""
    stage.settle()
    scenario.await_flow()


def _dedicated(stage: Stage) -> DedicatedFleet:
    assert stage.dedicated is not None, "the stage has not begun"
    return stage.dedicated


def _await_stopped(stage: Stage, client: ConnectClient) -> None:
    for name in stage.specs(MOVING):
        positions.stopped(client, name, STOPPED_SECONDS)
