"""Path dedicated: the old runtime is connect-mirror-maker, whose source offsets are copied into our Connect.

Between its end and our connectors' start nothing is carried, and records wait at the source. Two runtimes at
once on one flow would write every record twice: one is started only when the other is gone.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from operations.connect.client import ConnectClient, Offset
from operations.connect.connector_flows import ConnectorFlow
from operations.migration.gates import GateError
from operations.migration.migration import Migration
from operations.migration.shared_cluster_migration import after, preparation, validation
from operations.migration.source_offsets import (
    SourceOffsetRow,
    as_json,
    chosen,
    export,
    put,
    source_extents,
    stopped,
    table,
)
from operations.migration.step_runner import Facts, Step

__all__ = ["OLD_AWAY", "migrate_steps", "rollback_steps", "source_offset_rows", "withdraw"]

OLD_AWAY: Final = "old-runtime-away"
COPIED: Final = "source offsets copied"
POLL_SECONDS: Final = 0.5
STOP_SECONDS: Final = 120.0
WAITING: Final = (
    "Nothing is carried meanwhile; records wait at the source and are not lost within its retention."
)


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
            f"{migration.old.name}: 0 workers, its groups are empty",
            lambda _: _counted(migration, 0),
            steps.old_gone,
            left=WAITING,
            changes=True,
        ),
        Step("source-offsets", "6 takeover", COPIED, steps.copy_there, left=WAITING, changes=True),
        Step(
            "resumed",
            "6 takeover",
            "our connectors run",
            steps.resume,
            lambda _: migration.gate.all_well(),
            left="Our connectors have the old source offsets and may run; the old runtime is away.",
            changes=True,
        ),
        validation(migration, "validation-after", "7 validation"),
        after(migration),
    )


def rollback_steps(migration: Migration, begun: Facts) -> tuple[Step, ...]:
    """The way back: our connectors stopped, their source offsets written back, the old runtime started. Where
    the old one was never stopped, its source offsets are its own and nothing is written."""
    steps = _Steps(migration)
    wanted, was_away = int(begun["old_workers"]), bool(begun["old_was_away"])
    copied = (Step("source-offsets-back", "1 way back", COPIED, steps.copy_back, left=WAITING, changes=True),)
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
            lambda _: _await_old(migration, wanted),
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


def source_offset_rows(migration: Migration) -> dict[str, tuple[SourceOffsetRow, ...]]:
    """What would be copied, by connector: the old runtime's source offsets, ours, and the source's ends.

    Raises ClusterError, SourceOffsetsError, ConnectError.
    """
    ours = _ours(migration)
    return {
        flow.connector: _rows(flow, migration.old_source_offsets[flow.connector].read(), ours[flow.connector])
        for flow in migration.flows
    }


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
        _await_old(self._migration, 0)

    def copy_there(self, _: Facts) -> Facts:
        """Read from the old runtime's topic, put into ours, read back and compared."""
        migration, copied = self._migration, {}
        with migration.open_connect() as client:
            for flow in migration.flows:
                old = migration.old_source_offsets[flow.connector].read()
                rows = _rows(flow, old, export(client, flow.connector))
                count = put(client, flow.connector, chosen(rows), migration.seconds)
                migration.say(f"{flow.connector}: {count} source offsets put, {len(rows)} in all")
                copied[flow.connector] = as_json(rows)
        return {"source_offsets": copied}

    def copy_back(self, _: Facts) -> Facts:
        """Ours are read, which takes a worker, written into the old runtime's topic, and compared."""
        migration, copied = self._migration, {}
        migration.new.set_count(max(1, migration.new.count()))
        with migration.open_connect() as client:
            self._stopped(client)
            for flow in migration.flows:
                old = migration.old_source_offsets[flow.connector]
                rows = _rows(flow, export(client, flow.connector), old.read())
                count = old.write(chosen(rows))
                migration.say(f"{flow.connector}: {count} source offsets written back, {len(rows)} in all")
                copied[flow.connector] = as_json(rows)
        return {"source_offsets_back": copied}

    def resume(self, _: Facts) -> Facts:
        with self._migration.open_connect() as client:
            for name in self._migration.specs:
                client.resume(name)
        return {}

    def _stopped(self, client: ConnectClient) -> None:
        """Stop those of ours that exist; returns when none has a task left. Raises SourceOffsetsError."""
        ours = [name for name in self._migration.specs if name in client.connectors()]
        for name in ours:
            client.stop(name)
        for name in ours:
            stopped(client, name, STOP_SECONDS)


def _counted(migration: Migration, count: int) -> Mapping[str, Any]:
    migration.old.set_count(count)
    return {}


def _withdrawn(migration: Migration) -> Mapping[str, Any]:
    migration.new.set_count(0)
    return {}


def _await_old(migration: Migration, count: int) -> None:
    """Waits until each group of the old runtime has as many members. Raises GateError, ClusterError."""
    deadline = time.monotonic() + migration.seconds
    while wrong := {group: n for group, n in migration.old_members().items() if n != count}:
        if time.monotonic() > deadline:
            found = ", ".join(f"{group} has {n} members" for group, n in wrong.items())
            raise GateError(f"{found} after {migration.seconds:.0f} s; expected {count}")
        time.sleep(POLL_SECONDS)


def _ours(migration: Migration) -> dict[str, tuple[Offset, ...]]:
    """Our source offsets; none where no worker of ours runs yet or there is no such connector."""
    names = [flow.connector for flow in migration.flows]
    if not migration.new.count():
        return dict.fromkeys(names, ())
    with migration.open_connect() as client:
        there = client.connectors()
        return {name: client.offsets(name) if name in there else () for name in names}


def _rows(
    flow: ConnectorFlow, old: tuple[Offset, ...], current: tuple[Offset, ...]
) -> tuple[SourceOffsetRow, ...]:
    return table(old, current, source_extents(flow.source, (*old, *current)))
