"""What is done to the workers of the moving region while records cross, by hand and with a gate each time."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass

from localcloud.workers import LocalFleet
from operations.connect.client import ConnectClient
from operations.migration import source_offsets
from operations.migration.dedicated import DedicatedOffsets
from tests.e2e.migration.scenario import Scenario
from tests.e2e.migration.stage import MOVING, STAYING, WORKERS, Runtime, Stage
from tests.e2e.waiting import wait_until

__all__ = [
    "BROKER_RESTARTED",
    "Act",
    "Disturbance",
    "give_back",
    "handover",
    "in_turn",
    "passed",
    "take_over",
    "worker_killed",
]

Act = Callable[[Stage, Scenario], None]
SOURCE_CONNECTOR = f"{STAYING}-to-{MOVING}-source"
LEFT_SECONDS = 60.0
STOPPED_SECONDS = 60.0
PUT_SECONDS = 30.0
GONE_SECONDS = 30.0


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
    without a word), its source offsets are put into the source connector and compared, and all is resumed."""

    def act(stage: Stage, scenario: Scenario) -> None:
        dedicated, step = stage.fleets["dedicated"], scenario.steps.step
        with step("eks workers join, connectors STOPPED"):
            stage.fleets["eks"].set_count(WORKERS)
            with ConnectClient(stage.urls(MOVING)) as client:
                for name, config in stage.specs(MOVING).items():
                    client.create(name, config, "STOPPED")
                _await_stopped(stage, client)
            scenario.await_flow()
        old = DedicatedOffsets(stage.cluster(MOVING), stage.cluster(STAYING).alias)
        with step(f"dedicated MirrorMaker {'killed' if kill else 'stops'}"):
            if kill:
                _kill_newest(dedicated)
            dedicated.set_count(0)
            wait_until(lambda: not old.group_members(), LEFT_SECONDS, f"{old.group} has no members")
        with step("source offsets put, connectors resumed"), ConnectClient(stage.urls(MOVING)) as client:
            found = old.read()
            extents = source_offsets.source_extents(stage.cluster(STAYING), found)
            rows = source_offsets.table(found, client.offsets(SOURCE_CONNECTOR), extents)
            source_offsets.put(client, SOURCE_CONNECTOR, source_offsets.chosen(rows), PUT_SECONDS)
            for name in stage.specs(MOVING):
                client.resume(name)
            passed(stage, scenario)

    return act


def give_back(stage: Stage, scenario: Scenario) -> None:
    """Path B back: connectors stopped, their source offsets written into the dedicated runtime's topic, which
    starts from there; then the pods go."""
    step = scenario.steps.step
    with step("connectors stop"), ConnectClient(stage.urls(MOVING)) as client:
        for name in stage.specs(MOVING):
            client.stop(name)
        _await_stopped(stage, client)
        ours = source_offsets.export(client, SOURCE_CONNECTOR)
    with step("source offsets written, dedicated MirrorMaker starts"):
        DedicatedOffsets(stage.cluster(MOVING), stage.cluster(STAYING).alias).write(ours)
        stage.fleets["dedicated"].set_count(1)
        scenario.await_flow()
    with step("eks workers leave"):
        stage.fleets["eks"].set_count(0)
        scenario.await_flow()


def in_turn(*acts: Act) -> Act:
    """One after the other."""

    def act(stage: Stage, scenario: Scenario) -> None:
        for one in acts:
            one(stage, scenario)

    return act


@dataclass(frozen=True)
class Disturbance:
    """Something that ends without a word and comes back; as an act it comes with the gate after it. `happen`
    is without: while the tool is at work nothing may cross."""

    name: str
    happen: Callable[[Stage], None]

    def __call__(self, stage: Stage, scenario: Scenario) -> None:
        with scenario.steps.step(self.name):
            self.happen(stage)
            passed(stage, scenario)


def worker_killed(runtime: Runtime) -> Disturbance:
    """SIGKILL to a worker of a runtime; its Deployment or service puts another in its place."""

    def happen(stage: Stage) -> None:
        _kill_newest(stage.fleets[runtime])
        stage.fleets[runtime].set_count(WORKERS)

    return Disturbance(f"{runtime} worker killed and replaced", happen)


BROKER_RESTARTED = Disturbance(
    "target broker killed and restarted", lambda stage: stage.restart_broker(MOVING)
)
"""SIGKILL to the broker of the region in which the workers move, their target."""


def passed(stage: Stage, scenario: Scenario) -> None:
    """The gate between two steps: every task of ours runs, on workers that are there, and records cross."""
    stage.settle()
    scenario.await_flow()


def _kill_newest(fleet: LocalFleet) -> None:
    """SIGKILL to the worker that would be the first to leave; returns when it is gone."""
    pid = fleet.pids[-1]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid not in fleet.pids, GONE_SECONDS, f"process {pid} of {fleet.name} is gone")


def _await_stopped(stage: Stage, client: ConnectClient) -> None:
    for name in stage.specs(MOVING):
        source_offsets.stopped(client, name, STOPPED_SECONDS)
