"""The courses that a migration can take: there, back, and the stop before anything is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from operations.migration import dedicated_migration as dedicated
from operations.migration import shared_cluster_migration as shared
from operations.migration.journal import Course, Journal, JournalEntry
from operations.migration.migration import Migration, PathName
from operations.migration.step_runner import Facts, Machine, Step

__all__ = ["WorkflowRefused", "abort", "migrate", "planned_steps", "rollback"]


@dataclass(frozen=True)
class _Path:
    """What the two paths do differently; `old_away`: see shared.OLD_AWAY."""

    migrate_steps: Callable[[Migration, Facts], tuple[Step, ...]]
    rollback_steps: Callable[[Migration, Facts], tuple[Step, ...]]
    withdraw: Callable[[Migration], None]
    old_away: str


PATHS: Final[Mapping[PathName, _Path]] = {
    "connect": _Path(
        shared.migrate_steps,
        shared.rollback_steps,
        shared.withdraw,
        shared.OLD_AWAY,
    ),
    "dedicated": _Path(
        dedicated.migrate_steps,
        dedicated.rollback_steps,
        dedicated.withdraw,
        dedicated.OLD_AWAY,
    ),
}


class WorkflowRefused(Exception):  # noqa: N818 - reads as what it is where it is caught
    """A course that cannot be taken from where the journal stands; what can be instead."""


def migrate(migration: Migration, journal: Journal) -> dict[str, Any]:
    """Goes on with the migration, or begins it; the facts at its end. Raises Refused, StepFailed."""
    record = journal.record
    if record.course == "rollback" and record.ended is None:
        raise WorkflowRefused("a rollback is in progress; finish it first: `msk-mirror rollback run`")
    if record.course == "migrate" and record.ended == "finished":
        migration.say("the migration is finished; nothing to do")
        return record.facts
    if record.course != "migrate" or record.ended is not None or not record.changed:
        # where nothing was changed yet the workers are counted and checked anew
        journal.begin("migrate", {"old_workers": migration.old.count()})
    return _run(migration, journal, "migrate")


def rollback(migration: Migration, journal: Journal) -> dict[str, Any]:
    """Goes on with the rollback, or begins it wherever the migration stands. Raises Refused, StepFailed."""
    record = journal.record
    if record.course is None or record.ended == "aborted":
        raise WorkflowRefused("nothing was migrated; there is nothing to go back from")
    if record.course == "rollback" and record.ended == "finished":
        migration.say("the rollback is finished; nothing to do")
        return record.facts
    if record.course != "rollback":
        begun = {
            "old_workers": record.facts["old_workers"],
            "new_workers": migration.new.count(),
            "old_was_away": record.was_started(dedicated.OLD_AWAY),
        }
        journal.begin("rollback", begun)
    return _run(migration, journal, "rollback")


def abort(migration: Migration, journal: Journal) -> None:
    """Takes the new workers away again, so that the old runtime alone works as before.

    Raises Refused where the old runtime has been touched, or where nothing is under way; and whatever a gate
    raises: it can be repeated.
    """
    record = journal.record
    if record.course is None or record.ended is not None or record.course == "rollback":
        raise WorkflowRefused("no migration is under way; nothing to abort")
    path = PATHS[migration.path]
    if record.was_started(path.old_away):
        raise WorkflowRefused(
            "the old workers have begun to leave; go back step by step: `msk-mirror rollback run`"
        )
    path.withdraw(migration)
    journal.aborted("the new workers are away; the old runtime works as before")


def planned_steps(migration: Migration, record: JournalEntry | None) -> tuple[Step, ...]:
    """The steps of the course that the journal is in; of the way there where it has not begun."""
    if record is None or record.course is None or record.ended == "aborted":
        return PATHS[migration.path].migrate_steps(migration, {"old_workers": migration.old.count()})
    begun = record.current[0]["facts"]
    return _steps(migration, record.course)(migration, begun)


def _run(migration: Migration, journal: Journal, course: Course) -> dict[str, Any]:
    begun = journal.record.current[0]["facts"]
    steps = _steps(migration, course)(migration, begun)
    return dict(Machine(journal, course, steps, migration.say).run())


def _steps(migration: Migration, course: Course) -> Callable[[Migration, Facts], tuple[Step, ...]]:
    path = PATHS[migration.path]
    return path.migrate_steps if course == "migrate" else path.rollback_steps
