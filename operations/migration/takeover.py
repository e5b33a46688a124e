"""Path dedicated: the old runtime is connect-mirror-maker, whose positions are copied into our Connect.

Between its end and our connectors' start nothing is carried, and records wait at the source. Two runtimes at
once on one flow would write every record twice: one is started only when the other is gone.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from operations.connect import ConnectClient, Offset
from operations.migration.gates import GateError, await_members
from operations.migration.handover import after, preparation, validation
from operations.migration.machine import Facts, Step
from operations.migration.migration import Migration

__all__ = ["OLD_AWAY", "PositionsError", "differing", "migrate_steps", "rollback_steps", "withdraw"]

OLD_AWAY: Final = "old-runtime-away"
POLL_SECONDS: Final = 0.5
STOP_SECONDS: Final = 120.0
WAITING: Final = (
    "Nothing is carried meanwhile; records wait at the source and are not lost within its retention."
)


class PositionsError(Exception):
    """Positions that are not what was written, or that can not be read."""


def migrate_steps(migration: Migration, _: Facts) -> tuple[Step, ...]:
    """The steps of the way there."""
    steps = _Steps(migration)
    return (
        *preparation(migration, migration.await_members),
        Step(
            "connectors-stopped",
            "6 takeover",
            "our connectors are there, STOPPED",
            steps.create_stopped,
            left="The old runtime has not been touched; our connectors carry nothing.",
            changes=True,
        ),
        Step(
            OLD_AWAY,
            "6 takeover",
            f"{migration.old.name}: 0 workers, group {migration.old_group} is empty",
            lambda _: _counted(migration, 0),
            steps.old_gone,
            left=WAITING,
            changes=True,
        ),
        Step("positions", "6 takeover", "positions copied", steps.copy_there, left=WAITING, changes=True),
        Step(
            "resumed",
            "6 takeover",
            "our connectors run",
            steps.resume,
            lambda _: migration.gate.all_well(),
            left="Our connectors have the old positions and may run; the old runtime is away.",
            changes=True,
        ),
        validation(migration, "validation-after", "7 validation"),
        after(migration),
    )


def rollback_steps(migration: Migration, begun: Facts) -> tuple[Step, ...]:
    """The way back: our connectors stopped, their positions written back, the old runtime started. Where the
    old one was never stopped, its positions are its own and nothing is written."""
    steps = _Steps(migration)
    wanted, was_away = int(begun["old_workers"]), bool(begun["old_was_away"])
    copied = (
        Step("positions-back", "1 way back", "positions copied", steps.copy_back, left=WAITING, changes=True),
    )
    return (
        Step(
            "connectors-stopped-back",
            "1 way back",
            "our connectors are STOPPED",
            steps.stop_all,
            left=WAITING,
            changes=True,
        ),
        *(copied if was_away else ()),
        Step(
            "old-runtime-back",
            "1 way back",
            f"{migration.old.name}: {wanted} workers",
            lambda _: _counted(migration, wanted),
            lambda _: await_members(
                migration.target, migration.old_group, lambda: max(wanted, 1), migration.seconds
            ),
            left=WAITING,
            changes=True,
        ),
        validation(migration, "validation-back", "2 validation"),
        Step(
            "new-workers-0", "3 new workers away", "0 workers", lambda _: _withdrawn(migration), changes=True
        ),
    )


def withdraw(migration: Migration) -> None:
    """Our connectors stopped and our workers away while the old runtime still runs; can be repeated."""
    if migration.new.count():
        _Steps(migration).stop_all({})
    migration.new.set_count(0)


def differing(wanted: Sequence[Offset], found: Sequence[Offset]) -> list[str]:
    """Positions of `wanted` that `found` has otherwise or not at all, in words."""
    there = {_key(one): one.offset for one in found}
    return [
        f"{_key(one)}: wanted {one.offset}, found {there.get(_key(one))}"
        for one in wanted
        if there.get(_key(one)) != one.offset
    ]


class _Steps:
    def __init__(self, migration: Migration) -> None:
        self._migration = migration

    def create_stopped(self, _: Facts) -> Facts:
        with self._migration.open_connect() as client:
            there = client.connectors()
            for name, spec in self._migration.specs.items():
                if name not in there:
                    client.create(name, spec.config, "STOPPED")
            self._stopped(client)
        return {}

    def stop_all(self, _: Facts) -> Facts:
        """Ours are STOPPED; where no worker of ours runs, they carry nothing as it is."""
        if not self._migration.new.count():
            return {}
        with self._migration.open_connect() as client:
            self._stopped(client)
        return {}

    def old_gone(self, _: Facts) -> None:
        migration = self._migration
        await_members(migration.target, migration.old_group, lambda: 0, migration.seconds)

    def copy_there(self, _: Facts) -> Facts:
        """Read from the old runtime's topic, patched into ours, read again and compared."""
        copied: dict[str, Any] = {}
        with self._migration.open_connect() as client:
            for name, old in self._migration.old_positions.items():
                wanted = old.read()
                client.patch_offsets(name, wanted)
                _require_same(name, wanted, client.offsets(name))
                copied[name] = [{"partition": one.partition, "offset": one.offset} for one in wanted]
        return {"positions": copied}

    def copy_back(self, _: Facts) -> Facts:
        """Ours are read, which takes a worker, written into the old runtime's topic, and compared."""
        copied: dict[str, Any] = {}
        self._migration.new.set_count(max(1, self._migration.new.count()))
        with self._migration.open_connect() as client:
            self._stopped(client)
            for name, old in self._migration.old_positions.items():
                wanted = client.offsets(name)
                old.write(wanted)
                _require_same(name, wanted, old.read())
                copied[name] = [{"partition": one.partition, "offset": one.offset} for one in wanted]
        return {"positions_back": copied}

    def resume(self, _: Facts) -> Facts:
        with self._migration.open_connect() as client:
            for name in self._migration.specs:
                client.resume(name)
        return {}

    def _stopped(self, client: ConnectClient) -> None:
        """Stops those of ours that are there; returns when none has a task left. Raises GateError."""
        ours = [name for name in self._migration.specs if name in client.connectors()]
        for name in ours:
            client.stop(name)
        deadline = time.monotonic() + STOP_SECONDS
        while going := self._going(client, ours):
            if time.monotonic() > deadline:
                raise GateError(f"not STOPPED after {STOP_SECONDS:.0f} s: {', '.join(going)}")
            time.sleep(POLL_SECONDS)

    def _going(self, client: ConnectClient, ours: Sequence[str]) -> list[str]:
        found = client.connectors()
        return [name for name in ours if found[name].state != "STOPPED" or found[name].tasks]


def _counted(migration: Migration, count: int) -> Mapping[str, Any]:
    migration.old.set_count(count)
    return {}


def _withdrawn(migration: Migration) -> Mapping[str, Any]:
    migration.new.set_count(0)
    return {}


def _require_same(name: str, wanted: Sequence[Offset], found: Sequence[Offset]) -> None:
    if problems := differing(wanted, found):
        raise PositionsError(f"{name}: positions are not what was written: {'; '.join(problems)}")


def _key(offset: Offset) -> str:
    return json.dumps(offset.partition, sort_keys=True)
