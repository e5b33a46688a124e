"""Path connect: both runtimes are one Connect cluster, so that workers join and leave and nothing is copied.

The six steps of the report, then the old workers away one at a time; the way back is the reverse.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from operations.migration.checks import ChecksFailed, run_checks, same_versions, service_and_autoscaler
from operations.migration.fleets import Fleet
from operations.migration.migration import Migration
from operations.migration.step_runner import Facts, Step

__all__ = ["OLD_AWAY", "away", "migrate_steps", "preparation", "rollback_steps", "validation", "withdraw"]

OLD_AWAY: Final = "old-workers-"
"""Begin of the names of the steps after which the old runtime is not what it was."""
GOING: Final = (
    "Both runtimes are one Connect cluster: whatever workers are left carry on, and nothing is read twice."
)


def migrate_steps(migration: Migration, begun: Facts) -> tuple[Step, ...]:
    """The steps of the way there; `begun`: what was counted before the first, `old_workers` among it."""
    return (
        *preparation(migration, migration.all_well),
        validation(migration, "validation", "6 validation"),
        *away(migration, migration.old, OLD_AWAY, int(begun["old_workers"]), "7 old workers away"),
        validation(migration, "validation-after", "8 validation without the old workers"),
        after(migration),
    )


def rollback_steps(migration: Migration, begun: Facts) -> tuple[Step, ...]:
    """The way back from any point: the old workers first; `begun` has how many of both there were."""
    wanted = int(begun["old_workers"])

    def back(_: Facts) -> Facts:
        migration.old.set_count(wanted)
        return {}

    return (
        Step(
            "old-workers-back",
            "1 old workers back",
            f"{migration.old.name}: {wanted} workers",
            back,
            lambda _: migration.all_well(),
            left=GOING,
            changes=True,
        ),
        *away(
            migration,
            migration.new,
            "new-workers-",
            int(begun["new_workers"]),
            "2 new workers away one by one",
        ),
        validation(migration, "validation-back", "3 validation"),
        after(migration, "report-back"),
    )


def preparation(migration: Migration, gate: Callable[[], None]) -> tuple[Step, ...]:
    """The report's steps 1 to 5, which both paths share; `gate` after the rollout."""

    def apply(*kinds: str) -> Facts:
        return {f"applied {kind}": changed for kind, changed in migration.stacks.apply(kinds).items()}

    def roll_out(_: Facts) -> Facts:
        facts = apply("mirrormaker", "platform")
        # Terraform leaves the number to the autoscaler, which does nothing at 0
        migration.new.set_count(max(migration.new_workers, migration.new.count()))
        return facts

    def joined(_: Facts) -> None:
        gate()
        same_versions(migration)

    return (
        Step("prechecks", "1 cluster preparation", "checks", partial(_checked, migration)),
        Step(
            "service-account",
            "2 service account",
            "role of the workers: identity",
            lambda _: apply("identity"),
            left="What Terraform has made stays; no worker uses it yet.",
            changes=True,
        ),
        Step(
            "rollout",
            "3 deployment rollout",
            f"{migration.new.name}: at least {migration.new_workers} workers join group {migration.group}",
            roll_out,
            joined,
            left="The old workers have not been touched; new ones may have joined them.",
            changes=True,
        ),
        Step(
            "service-and-autoscaler",
            "4 service and autoscaler",
            "the Service answers, the autoscaler is there",
            lambda _: service_and_autoscaler(migration),
        ),
        Step(
            "monitoring",
            "5 monitoring",
            "logs and alarms: logs, observability",
            lambda _: apply("logs", "observability"),
            left="What Terraform has made stays; the workers are not touched by it.",
            changes=True,
        ),
    )


def validation(migration: Migration, name: str, stage: str) -> Step:
    """Numbered records along each flow; all must arrive as they were sent."""
    return Step(
        name,
        stage,
        "numbered records along each flow",
        lambda _: {name: migration.validated()},
        left="Nothing was changed by it but the records that it sent.",
    )


def away(migration: Migration, fleet: Fleet, prefix: str, count: int, stage: str) -> tuple[Step, ...]:
    """A step for each worker of a fleet that leaves, down to none, with the gate after each."""

    def leave(left: int, _: Facts) -> Facts:
        fleet.set_count(left)
        return {}

    return tuple(
        Step(
            f"{prefix}{left}",
            stage,
            f"{fleet.name}: {left} workers",
            partial(leave, left),
            lambda _: migration.all_well(),
            left=GOING,
            changes=True,
        )
        for left in reversed(range(count))
    )


def withdraw(migration: Migration) -> None:
    """The new workers away one at a time, so that the old ones are alone; can be repeated."""
    while count := migration.new.count():
        migration.new.set_count(count - 1)
        migration.all_well()


def after(migration: Migration, name: str = "report") -> Step:
    """How things stand at the end."""
    return Step(name, "report", "how things stand", lambda _: {"after": migration.snapshot()})


def _checked(migration: Migration, _: Facts) -> dict[str, Any]:
    checks: Sequence[Any] = run_checks(migration)
    for check in checks:
        migration.say(f"{check.state}: {check.name}: {check.found}")
    if any(check.state == "failed" for check in checks):
        raise ChecksFailed(checks)
    before = migration.snapshot() if migration.path == "connect" else {}
    return {"checks": [check.as_json() for check in checks], "before": before}
