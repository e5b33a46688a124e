"""The rows of the proof: who has the workers at first, and what happens then. A new scenario is a new row.

Each is made twice, without and with exactly-once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.e2e.migration.acts import (
    BROKER_RESTARTED,
    Act,
    give_back,
    handover,
    in_turn,
    take_over,
    worker_killed,
)
from tests.e2e.migration.failover import fail_over
from tests.e2e.migration.stage import Runtime
from tests.e2e.migration.tool_acts import by_tool, disturbed_tool, killed_tool

__all__ = ["CASES", "Case"]


@dataclass(frozen=True)
class Move:
    """`begin`: who has the workers at first. `crash`: something ends without a word; its last records are
    sent again, and only exactly-once hides them."""

    name: str
    begin: Runtime
    act: Act
    crash: bool = False


@dataclass(frozen=True)
class Case:
    """A move, without or with exactly-once."""

    move: Move
    exactly_once: bool

    @property
    def name(self) -> str:
        return f"exactly-once-{self.move.name}" if self.exactly_once else self.move.name

    @property
    def may_duplicate(self) -> bool:
        return self.move.crash and not self.exactly_once


def there_and_back(*between: Act) -> Act:
    """Path B and back: source offsets of a dedicated MirrorMaker are written back where it had some."""
    return in_turn(take_over(), *between, give_back)


TO_EKS, TO_ECS = ("ecs", "eks"), ("eks", "ecs")
KILLED, BROKER = worker_killed("eks"), BROKER_RESTARTED
OLD: Final[dict[str, Runtime]] = {"a": "ecs", "b": "dedicated"}
"""The old runtime of each path."""

BY_HAND: Final = (
    # path A: one Connect cluster
    Move("path-a", "ecs", handover(*TO_EKS)),
    Move("path-a-worker-killed", "ecs", handover(*TO_EKS, KILLED), crash=True),
    Move("path-a-broker-restarted", "ecs", handover(*TO_EKS, BROKER), crash=True),
    Move("rollback-a", "eks", handover(*TO_ECS)),
    Move("rollback-a-worker-killed", "eks", handover(*TO_ECS, worker_killed("ecs")), crash=True),
    Move("rollback-a-broker-restarted", "eks", handover(*TO_ECS, BROKER), crash=True),
    # path B: from a dedicated MirrorMaker, and back to it
    Move("path-b", "dedicated", take_over()),
    Move("path-b-dedicated-killed", "dedicated", take_over(kill=True), crash=True),
    Move("path-b-worker-killed", "dedicated", in_turn(take_over(), KILLED), crash=True),
    Move("path-b-broker-restarted", "dedicated", in_turn(BROKER, take_over()), crash=True),
    Move("rollback-b", "dedicated", there_and_back()),
    Move("rollback-b-worker-killed", "dedicated", there_and_back(KILLED), crash=True),
    Move("rollback-b-broker-restarted", "dedicated", there_and_back(BROKER), crash=True),
)
BY_TOOL: Final = tuple(
    move
    for path, old in OLD.items()
    for move in (
        Move(f"tool-{path}-killed", old, killed_tool("migrate", old)),
        Move(f"tool-rollback-{path}", old, in_turn(by_tool("migrate", old), by_tool("rollback", old))),
        Move(
            f"tool-rollback-{path}-killed",
            old,
            in_turn(by_tool("migrate", old), killed_tool("rollback", old)),
        ),
    )
)
TOOL_DISTURBED: Final = tuple(
    Move(f"tool-{path}-{name}", OLD[path], disturbed_tool("migrate", OLD[path], step, disturb), crash=True)
    for path, name, step, disturb in (
        ("a", "worker-killed", "old-workers-1", KILLED),
        ("a", "broker-restarted", "old-workers-1", BROKER),
        ("b", "worker-killed", "validation-after", KILLED),
        ("b", "broker-restarted", "source-offsets", BROKER),
    )
)
FAILOVER: Final = (
    Move("failover-and-back", "eks", fail_over()),
    Move("failover-and-back-worker-killed", "eks", fail_over(KILLED), crash=True),
)
MOVES: Final = BY_HAND + BY_TOOL + TOOL_DISTURBED + FAILOVER
CASES: Final = tuple(Case(move, exactly_once) for exactly_once in (False, True) for move in MOVES)
