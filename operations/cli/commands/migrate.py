"""`msk-mirror migrate` and `msk-mirror rollback`: a region's workers from ECS to EKS, and back."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from operations.cli.commands import BAD_INPUT, FAILED, OK, ended_by, fail
from operations.connect.client import ConnectError
from operations.kafka.clusters import ClusterError
from operations.kubernetes.api import ApiError
from operations.migration import dedicated_migration
from operations.migration.checks import run_checks
from operations.migration.fleets import FleetError
from operations.migration.gates import GateError
from operations.migration.journal import Journal, JournalEntry, JournalError, read_record
from operations.migration.migration import Migration
from operations.migration.on_aws import MigrationInputError, Options, aws_migration, checked_environment
from operations.migration.report import lines, report, write
from operations.migration.source_offsets import SourceOffsetsError, rendered
from operations.migration.source_offsets import as_json as as_json_rows
from operations.migration.step_runner import StepFailed
from operations.migration.workflows import WorkflowRefused, abort, migrate, planned_steps, rollback
from topology import InvalidEnvironment

__all__ = [
    "abort_migration",
    "default_journal",
    "go",
    "run_abort",
    "run_course",
    "run_plan",
    "show_plan",
    "show_status",
]

NOT_DONE = (GateError, SourceOffsetsError, FleetError, ConnectError, ClusterError, ApiError)
Course = Callable[[Migration, Journal], dict[str, Any]]


def default_journal(environment: str, region: str) -> Path:
    """`migration/<environment>-<region>.jsonl` in the working directory."""
    return Path("migration") / f"{environment}-{region}.jsonl"


def run_course(options: Options, course: str, journal: Path | None, as_json: bool) -> int:
    """`migrate run` and `rollback run` on AWS."""
    return _with_migration(options, lambda one: go(one, course, journal, as_json))


def run_abort(options: Options, journal: Path | None) -> int:
    """`migrate abort` on AWS."""
    return _with_migration(options, lambda one: abort_migration(one, journal))


def run_plan(options: Options, journal: Path | None, as_json: bool) -> int:
    """`migrate plan` on AWS."""
    return _with_migration(options, lambda one: show_plan(one, journal, as_json))


def go(migration: Migration, course: str, journal: Path | None, as_json: bool) -> int:
    """Run or resume a course (`migrate` or `rollback`) to its end; write and print the report.

    Progress goes to stderr. A kill or Ctrl-C leaves a journal from which the same command resumes.
    """
    take: Course = migrate if course == "migrate" else rollback

    def work(opened: Journal) -> int:
        try:
            take(migration, opened)
        except WorkflowRefused as error:
            return fail(FAILED, error)
        except StepFailed as error:
            _reported(opened)
            return fail(FAILED, error)
        _print(_reported(opened), as_json)
        return OK

    return _with_journal(migration, journal, work)


def abort_migration(migration: Migration, journal: Path | None) -> int:
    """Takes the new workers away where the old ones have not begun to leave."""

    def work(opened: Journal) -> int:
        try:
            abort(migration, opened)
        except WorkflowRefused as error:
            return fail(FAILED, error)
        sys.stdout.write("aborted: the new workers are away; the old runtime works as before\n")
        return OK

    return _with_journal(migration, journal, work)


def show_plan(migration: Migration, journal: Path | None, as_json: bool) -> int:
    """The checks, made now, and the steps; fails when a check does. Changes nothing."""
    try:
        record, _ = read_record(_place(migration, journal))
        steps = planned_steps(migration, record)
    except JournalError as error:
        return fail(BAD_INPUT, error)
    except NOT_DONE as error:
        return fail(FAILED, error)
    done = record.done if record else ()
    checks = run_checks(migration)
    try:
        rows = dedicated_migration.source_offset_rows(migration) if migration.path == "dedicated" else {}
    except NOT_DONE as error:
        return fail(FAILED, error)
    if as_json:
        content = {
            "path": migration.path,
            "source_offsets": {name: as_json_rows(found) for name, found in rows.items()},
            "checks": [one.as_json() for one in checks],
            "steps": [{**one.as_json(), "done": one.name in done} for one in steps],
        }
        sys.stdout.write(f"{json.dumps(content, indent=2)}\n")
    else:
        text = [f"{one.state:<8}{one.name}: {one.found}" for one in checks]
        for one in steps:
            mark = "done" if one.name in done else "change" if one.changes else "look"
            text.append(f"{mark:<8}{one.stage}: {one.name}: {one.title}")
        sys.stdout.write("".join(f"{line}\n" for line in text))
        for name, found in rows.items():
            Console().print(name, rendered(found))
    return FAILED if any(one.state == "failed" for one in checks) else OK


def show_status(environment: str, region: str, journal: Path | None, as_json: bool) -> int:
    """Where the journal stands; asks nobody but the file."""
    try:
        model = checked_environment(environment, region)
        place = journal or default_journal(model.environment, region)
        record, at_work = read_record(place)
    except (InvalidEnvironment, MigrationInputError, JournalError) as error:
        return fail(BAD_INPUT, error)
    if record is None or record.course is None:
        content: dict[str, Any] = {"course": None, "journal": str(place), "at_work": at_work}
        sys.stdout.write(f"{json.dumps(content, indent=2) if as_json else f'{place}: not begun'}\n")
        return OK
    content = {**report(record), "journal": str(place), "at_work": at_work, "next": _next(record)}
    if as_json:
        sys.stdout.write(f"{json.dumps(content, indent=2)}\n")
    else:
        text = [*lines(content), *(["a run is at work on it"] if at_work else []), content["next"]]
        sys.stdout.write("".join(f"{line}\n" for line in text))
    return OK


def _next(record: JournalEntry) -> str:
    if record.ended == "finished":
        return (
            "go back: `msk-mirror rollback run`" if record.course == "migrate" else "the old runtime is back"
        )
    if record.ended == "aborted":
        return "start again: `msk-mirror migrate run`"
    command = "migrate run" if record.course == "migrate" else "rollback run"
    return f"resume: `msk-mirror {command}`"


def _with_migration(options: Options, work: Callable[[Migration], int]) -> int:
    try:
        migration = aws_migration(options, _say)
    except (InvalidEnvironment, MigrationInputError) as error:
        return fail(BAD_INPUT, error)
    return work(migration)


def _with_journal(migration: Migration, journal: Path | None, work: Callable[[Journal], int]) -> int:
    """With the journal held; SIGTERM ends the work as Ctrl-C does."""
    try:
        with (
            Journal.open(_place(migration, journal), migration.identity) as opened,
            ended_by(signal.default_int_handler),
        ):
            return work(opened)
    except JournalError as error:
        return fail(BAD_INPUT, error)
    except NOT_DONE as error:
        return fail(
            FAILED,
            f"{error}\nFix the cause and run the same command to resume; the journal has what was done.",
        )


def _place(migration: Migration, journal: Path | None) -> Path:
    return journal or default_journal(migration.environment.environment, migration.region)


def _reported(journal: Journal) -> dict[str, Any]:
    content = report(journal.record)
    write(journal.path.with_name(f"{journal.path.stem}-report.json"), content)
    return content


def _print(content: Mapping[str, Any], as_json: bool) -> None:
    text = json.dumps(content, indent=2) if as_json else "\n".join(lines(content))
    sys.stdout.write(f"{text}\n")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
