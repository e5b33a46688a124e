"""What happens while records cross: the rows of the proof. A new scenario is a new row of CASES."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.e2e.migration.scenario import Scenario
from tests.e2e.migration.stage import MOVING, WORKERS, Runtime, Stage

__all__ = ["CASES", "Case"]

Act = Callable[[Stage, Scenario], None]


@dataclass(frozen=True)
class Case:
    """`begin`: the runtime that has the workers at first; `act` moves them to the other one. `crash`:
    something ends without a word; its last records are sent again, and only exactly-once hides them."""

    name: str
    begin: Runtime
    act: Act
    exactly_once: bool = False
    crash: bool = False

    @property
    def may_duplicate(self) -> bool:
        return self.crash and not self.exactly_once


def handover(between: Act | None = None) -> Act:
    """Path A: workers of the other runtime join the Connect cluster, those of the first leave, one at a time.
    `between` happens when all of the new ones are there and the first of the old ones has left."""

    def act(stage: Stage, scenario: Scenario) -> None:
        old, new = sorted(stage.fleets.values(), key=lambda fleet: fleet.count(), reverse=True)
        for count in range(1, WORKERS + 1):
            with scenario.steps.step(f"{new.name} worker {count} joins"):
                new.set_count(count)
                passed(stage, scenario)
        for count in reversed(range(WORKERS)):
            with scenario.steps.step(f"{old.name} worker {count + 1} leaves"):
                old.set_count(count)
                passed(stage, scenario)
            if between is not None and count == WORKERS - 1:
                between(stage, scenario)

    return act


def worker_killed(stage: Stage, scenario: Scenario) -> None:
    """SIGKILL to a worker of the fuller runtime; its Deployment or service puts another in its place."""
    fleet = max(stage.fleets.values(), key=lambda one: one.count())
    with scenario.steps.step(f"{fleet.name} worker killed and replaced"):
        fleet.kill()
        fleet.set_count(WORKERS)
        passed(stage, scenario)


def broker_restarted(stage: Stage, scenario: Scenario) -> None:
    """SIGKILL to the broker of the region in which the workers move, their target."""
    with scenario.steps.step("target broker killed and restarted"):
        stage.restart_broker(MOVING)
        passed(stage, scenario)


def passed(stage: Stage, scenario: Scenario) -> None:
    """The gate between two steps: every task runs, on workers that are there, and records cross."""
    stage.settle()
    scenario.await_flow()


CASES: Final = (
    Case("path-a", "ecs", handover()),
    Case("path-a-worker-killed", "ecs", handover(worker_killed), crash=True),
    Case("path-a-broker-restarted", "ecs", handover(broker_restarted), crash=True),
    Case("rollback-a", "eks", handover()),
    Case("rollback-a-worker-killed", "eks", handover(worker_killed), crash=True),
    Case("rollback-a-broker-restarted", "eks", handover(broker_restarted), crash=True),
    Case("exactly-once-a", "ecs", handover(), True),
    Case("exactly-once-a-worker-killed", "ecs", handover(worker_killed), True, crash=True),
    Case("exactly-once-a-broker-restarted", "ecs", handover(broker_restarted), True, crash=True),
    Case("exactly-once-rollback-a", "eks", handover(), True),
)
