"""The rows of the proof: who has the workers at first, and what happens then. A new scenario is a new row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.e2e.migration.acts import (
    Act,
    broker_restarted,
    by_tool,
    give_back,
    handover,
    in_turn,
    take_over,
    worker_killed,
)
from tests.e2e.migration.stage import Runtime

__all__ = ["CASES", "Case"]


@dataclass(frozen=True)
class Case:
    """`begin`: who has the workers at first. `crash`: something ends without a word; its last records are
    sent again, and only exactly-once hides them."""

    name: str
    begin: Runtime
    act: Act
    exactly_once: bool = False
    crash: bool = False

    @property
    def may_duplicate(self) -> bool:
        return self.crash and not self.exactly_once


def there_and_back(*between: Act) -> Act:
    """Path B and back: positions of a dedicated MirrorMaker are written back where it had some."""
    return in_turn(take_over(), *between, give_back)


TO_EKS, TO_ECS = ("ecs", "eks"), ("eks", "ecs")

CASES: Final = (
    # path A: one Connect cluster
    Case("path-a", "ecs", handover(*TO_EKS)),
    Case("path-a-worker-killed", "ecs", handover(*TO_EKS, worker_killed), crash=True),
    Case("path-a-broker-restarted", "ecs", handover(*TO_EKS, broker_restarted), crash=True),
    Case("rollback-a", "eks", handover(*TO_ECS)),
    Case("rollback-a-worker-killed", "eks", handover(*TO_ECS, worker_killed), crash=True),
    Case("rollback-a-broker-restarted", "eks", handover(*TO_ECS, broker_restarted), crash=True),
    Case("exactly-once-a", "ecs", handover(*TO_EKS), True),
    Case("exactly-once-a-worker-killed", "ecs", handover(*TO_EKS, worker_killed), True, crash=True),
    Case("exactly-once-a-broker-restarted", "ecs", handover(*TO_EKS, broker_restarted), True, crash=True),
    Case("exactly-once-rollback-a", "eks", handover(*TO_ECS), True),
    # path A by the tool
    Case("tool-a", "ecs", by_tool("migrate")),
    Case("tool-a-killed", "ecs", by_tool("migrate", killed=True)),
    Case("tool-rollback-a", "ecs", in_turn(by_tool("migrate"), by_tool("rollback"))),
    Case("tool-rollback-a-killed", "ecs", in_turn(by_tool("migrate"), by_tool("rollback", killed=True))),
    # path B: from a dedicated MirrorMaker, and back to it
    Case("path-b", "dedicated", take_over()),
    Case("path-b-dedicated-killed", "dedicated", take_over(kill=True), crash=True),
    Case("path-b-worker-killed", "dedicated", in_turn(take_over(), worker_killed), crash=True),
    Case("path-b-broker-restarted", "dedicated", in_turn(broker_restarted, take_over()), crash=True),
    Case("rollback-b", "dedicated", there_and_back()),
    Case("rollback-b-worker-killed", "dedicated", there_and_back(worker_killed), crash=True),
    Case("rollback-b-broker-restarted", "dedicated", there_and_back(broker_restarted), crash=True),
)
