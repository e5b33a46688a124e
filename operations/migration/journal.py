"""What a migration has done, on disk before anything follows from it.

A file of JSON lines, each synced before the next step begins. The first line says what is migrated; a course
(`migrate` or `rollback`) begins, its steps are started, done or failed, and it is finished or aborted. A tool
that was killed reads it and resumes. A last line that was cut off by the kill is dropped: what it would have
said is done again, which every step allows.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Literal, Self

__all__ = ["Course", "Journal", "JournalEntry", "JournalError", "RunIdentity", "read_record"]

Course = Literal["migrate", "rollback"]
Facts = Mapping[str, Any]
EVENTS: Final = frozenset({"begun", "started", "done", "failed", "aborted", "finished"})


class JournalError(Exception):
    """A journal that cannot be used: of another migration, in use, or not a journal; in words."""


@dataclass(frozen=True)
class RunIdentity:
    """What is migrated. `path`: `connect` where both runtimes are one Connect cluster, `dedicated` where the
    old one is connect-mirror-maker; `digest`: of the names of the source offsets and of the steps."""

    environment: str
    region: str
    path: str
    digest: str


@dataclass(frozen=True)
class JournalEntry:
    """The courses of a journal, read: each entry as it was written, in order."""

    identity: RunIdentity
    entries: tuple[Mapping[str, Any], ...] = ()

    @property
    def course(self) -> Course | None:
        """The course that was begun last."""
        begun = self._begun()
        return begun["course"] if begun else None

    @property
    def ended(self) -> Literal["finished", "aborted"] | None:
        """How that course ended; None while it has steps to do."""
        last = [one["event"] for one in self.current if one["event"] in {"finished", "aborted"}]
        return last[-1] if last else None

    @property
    def current(self) -> tuple[Mapping[str, Any], ...]:
        """The entries of the course that was begun last."""
        begins = [number for number, one in enumerate(self.entries) if one["event"] == "begun"]
        return self.entries[begins[-1] :] if begins else ()

    @property
    def done(self) -> tuple[str, ...]:
        """Names of the steps of that course that are done, in order."""
        return tuple(one["step"] for one in self.current if one["event"] == "done")

    def was_started(self, prefix: str) -> bool:
        """Whether a step of the last migration whose name begins so was begun, done or not."""
        migration = takewhile(lambda one: one.get("course") != "rollback", self._last_migration())
        return any(one["event"] == "started" and one["step"].startswith(prefix) for one in migration)

    @property
    def changed(self) -> bool:
        """Whether a step of the course was begun that may have changed something."""
        return any(one["event"] == "started" and one["changes"] for one in self.current)

    @property
    def facts(self) -> dict[str, Any]:
        """What the steps of the last migration, and of the rollback after it, found out."""
        facts: dict[str, Any] = {}
        for one in self._last_migration():
            facts |= one.get("facts", {})
        return facts

    @property
    def last_failure(self) -> Mapping[str, Any] | None:
        """The failure that the course stands at, if it does."""
        last = self.current[-1] if self.current else None
        return last if last and last["event"] == "failed" else None

    def _begun(self) -> Mapping[str, Any] | None:
        return self.current[0] if self.current else None

    def _last_migration(self) -> tuple[Mapping[str, Any], ...]:
        begins = [
            number
            for number, one in enumerate(self.entries)
            if one["event"] == "begun" and one["course"] == "migrate"
        ]
        return self.entries[begins[-1] :] if begins else self.entries


@dataclass
class Journal:
    """An open journal that nobody else may write meanwhile; `Journal.open` makes it, `close` lets it go."""

    path: Path
    record: JournalEntry
    _file: IO[bytes] = field(repr=False)

    @classmethod
    def open(cls, path: Path, identity: RunIdentity) -> Self:
        """Opens the journal, or begins it. Raises JournalError when another run holds it, when it is of
        another migration, or when it is damaged anywhere but at its end."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = path.open("a+b")
        except OSError as error:
            raise JournalError(f"{path}: cannot be written: {error.strerror}") from error
        try:
            _lock(file, path)
            record = _recover(file, path)
            journal = cls(path, record or JournalEntry(identity), file)
            if record is None:
                journal._write({"event": "opened", **asdict(identity)})
                _sync_directory(path.parent)
            else:
                _require_same(path, record.identity, identity)
        except BaseException:
            file.close()
            raise
        return journal

    def begin(self, course: Course, facts: Facts) -> None:
        """A course begins; `facts` are what was found before its first step."""
        self._add({"event": "begun", "course": course, "facts": dict(facts)})

    def started(self, step: str, changes: bool) -> None:
        """A step begins; `changes`: whether it may change anything."""
        self._add({"event": "started", "step": step, "changes": changes})

    def done(self, step: str, facts: Facts, seconds: float) -> None:
        self._add({"event": "done", "step": step, "facts": dict(facts), "seconds": round(seconds, 1)})

    def failed(self, step: str, message: str) -> None:
        self._add({"event": "failed", "step": step, "message": message})

    def finished(self) -> None:
        self._add({"event": "finished"})

    def aborted(self, why: str) -> None:
        self._add({"event": "aborted", "message": why})

    def close(self) -> None:
        """Closes the file, which lets go of the lock. As a kill does."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _add(self, entry: dict[str, Any]) -> None:
        stamped = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}
        self._write(stamped)
        self.record = JournalEntry(self.record.identity, (*self.record.entries, stamped))

    def _write(self, entry: Mapping[str, Any]) -> None:
        self._file.write(json.dumps(entry).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def read_record(path: Path) -> tuple[JournalEntry | None, bool]:
    """What a journal says, without taking it, and whether a run is at work on it; (None, ..) for one that
    has not begun. Raises JournalError for a file that is none."""
    try:
        with path.open("rb") as file:
            record = _parse(file.read(), path)[0]
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return record, True
            return record, False
    except FileNotFoundError:
        return None, False
    except OSError as error:
        raise JournalError(f"{path}: cannot be read: {error.strerror}") from error


def _lock(file: IO[bytes], path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise JournalError(
            f"{path}: another run is at work on it; wait for its end (`msk-mirror migrate status` shows it)"
        ) from error


def _recover(file: IO[bytes], path: Path) -> JournalEntry | None:
    """The record, and the file without the line that a kill cut off."""
    file.seek(0)
    record, kept = _parse(file.read(), path)
    file.truncate(kept)
    return record


def _parse(content: bytes, path: Path) -> tuple[JournalEntry | None, int]:
    """The record and how many bytes of the file it is; None before the first whole line."""
    lines = content.splitlines(keepends=True)
    entries: list[dict[str, Any]] = []
    kept = 0
    for number, line in enumerate(lines, 1):
        entry = _entry(line)
        if entry is None:
            if number == len(lines):
                break
            raise JournalError(f"{path}:{number}: is damaged; expected a line of JSON")
        entries.append(entry)
        kept += len(line)
    if not entries:
        return None, 0
    first, *rest = entries
    names = set(RunIdentity.__dataclass_fields__)
    if first.get("event") != "opened" or not names <= first.keys():
        raise JournalError(f"{path}: is not a journal of a migration; choose another file with --journal")
    for number, entry in enumerate(rest, 2):
        if entry.get("event") not in EVENTS:
            raise JournalError(f"{path}:{number}: found event {entry.get('event')!r}; allowed: {_events()}")
    return JournalEntry(RunIdentity(**{name: first[name] for name in names}), tuple(rest)), kept


def _entry(line: bytes) -> dict[str, Any] | None:
    """A line as an object; None for one that was cut off."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if line.endswith(b"\n") and isinstance(found, dict) else None


def _events() -> str:
    return ", ".join(sorted(EVENTS))


def _require_same(path: Path, found: RunIdentity, wanted: RunIdentity) -> None:
    if found == wanted:
        return
    differing = [
        f"{name}: found {getattr(found, name)}, this run has {getattr(wanted, name)}"
        for name in RunIdentity.__dataclass_fields__
        if getattr(found, name) != getattr(wanted, name)
    ]
    if found.digest != wanted.digest and len(differing) == 1:
        differing = ["the environment file has other group, topic, connector names or steps than it had then"]
    said = "; ".join(differing)
    raise JournalError(
        f"{path}: is the journal of another migration ({said}); resume that one, or name another file"
    )


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
