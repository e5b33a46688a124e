"""Source offsets of two runtimes compared, and put from one into the other.

The source offset of a partition is N where N is the last record that was replicated: a task resumes at N+1.
Which of two source offsets is right is decided here, once, for both directions: `old` belongs to the runtime
that ran last, `current` to the one that takes over.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from rich.box import SIMPLE_HEAD
from rich.table import Table

from operations.connect.client import ConnectClient, Connector, Offset
from operations.connect.http import Patience
from operations.kafka.clusters import Cluster
from operations.kafka.partitions import Extent, Offsets, Partition
from operations.migration.offset_records import RecordError, SourcePartition, offset_of, place_of

__all__ = [
    "Action",
    "Difference",
    "SourceOffsetRow",
    "SourceOffsetsError",
    "as_json",
    "chosen",
    "differences",
    "export",
    "put",
    "rendered",
    "source_extents",
    "stopped",
    "table",
]

Action = Literal["set", "same", "ahead", "beyond", "unknown", "kept"]

MEANINGS: Final[Mapping[Action, str]] = {
    "set": "set",
    "same": "same already",
    "ahead": "refused: ours is ahead",
    "beyond": "refused: beyond the source's end",
    "unknown": "left out: no such partition on the source",
    "kept": "kept: only ours has one",
}
REFUSED: Final = ("ahead", "beyond")
SHOWN: Final = 5
STOP_SECONDS: Final = 60.0
"""task.shutdown.graceful.timeout.ms is 30 s in the deployed configuration; then there is a rebalance."""


class SourceOffsetsError(Exception):
    """Source offsets that must not be put or differ from what was put; the text says which and what to do."""


@dataclass(frozen=True)
class SourceOffsetRow:
    """A partition of the source. `old`, `current`: the last record mirrored by the one and the other runtime;
    `begin`, `end`: the source's first offset and the one after its last, None where it has no such partition.

    set      the old runtime is further, or the new one has no source offset
    same     both stand at the same record
    ahead    the new runtime is further: to set it back mirrors records twice
    beyond   the old source offset lies behind the source's end: another cluster, or a recreated topic
    unknown  the source has no such partition: nothing to go on from
    kept     only the new runtime has a source offset
    """

    cluster: str
    topic: str
    partition: int
    old: int | None
    current: int | None
    begin: int | None
    end: int | None
    action: Action

    @property
    def lag(self) -> int | None:
        """Offsets from the old one to the source's end, that is records not yet replicated (at most: marks
        of transactions and compacted records count too)."""
        return None if self.old is None or self.end is None else max(0, self.end - self.old - 1)

    @property
    def expired(self) -> int:
        """Offsets behind the old source offset that the source has deleted: no runtime can mirror them."""
        return 0 if self.old is None or self.begin is None else max(0, self.begin - self.old - 1)

    @property
    def refused(self) -> bool:
        return self.action in REFUSED

    def as_json(self) -> dict[str, Any]:
        names = ("cluster", "topic", "partition", "old", "current", "end", "lag", "expired", "action")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True)
class Difference:
    """A source offset that is not as wanted; None: there is none."""

    place: SourcePartition
    wanted: int | None
    found: int | None

    def __str__(self) -> str:
        return f"{self.place}: wanted {_shown(self.wanted)}, found {_shown(self.found)}"


def source_extents(source: Cluster, offsets: Iterable[Offset]) -> dict[Partition, Extent]:
    """Where each partition of the source offsets' topics begins and ends now. Raises ClusterError."""
    topics = {place.topic for place in _by_partition(offsets)}
    return Offsets(source).extents(topics.__contains__) if topics else {}


def table(
    old: Iterable[Offset], current: Iterable[Offset], extents: Mapping[Partition, Extent]
) -> tuple[SourceOffsetRow, ...]:
    """A row for each partition with a source offset in either runtime, sorted; `extents`: see source_extents.

    Raises SourceOffsetsError for what is no source offset of MirrorMaker, and for different clusters:
    with another alias everything has another name at the target.
    """
    before, now = _by_partition(old), _by_partition(current)
    aliases = {place.cluster for place in before} | {place.cluster for place in now}
    if len(aliases) > 1:
        found = ", ".join(sorted(aliases))
        raise SourceOffsetsError(f"found source offsets of clusters {found}; expected one alias")
    return tuple(
        _row(place, before.get(place), now.get(place), extents.get((place.topic, place.partition)))
        for place in sorted(before.keys() | now.keys())
    )


def chosen(rows: Iterable[SourceOffsetRow], *, force: bool = False) -> tuple[Offset, ...]:
    """What to put; with `force` also where a row is refused. Raises SourceOffsetsError that names those."""
    rows = tuple(rows)
    if not force and (refused := [row for row in rows if row.refused]):
        shown = "; ".join(
            f"{row.topic}-{row.partition}: old {_shown(row.old)}, ours {_shown(row.current)}, "
            f"end {_shown(row.end)} ({MEANINGS[row.action]})"
            for row in refused[:SHOWN]
        )
        raise SourceOffsetsError(
            f"{len(refused)} of {len(rows)} source offsets are refused: {shown}{_more(refused)}. Nothing is "
            "changed; force takes the old runtime's: behind ours records come twice, beyond the end "
            "the partition is read from its beginning"
        )
    return tuple(
        Offset(SourcePartition(row.cluster, row.topic, row.partition)._asdict(), {"offset": row.old})
        for row in rows
        if row.action == "set" or row.refused
    )


def differences(wanted: Iterable[Offset], found: Iterable[Offset]) -> tuple[Difference, ...]:
    """Which wanted source offsets are not as wanted in `found`; what else is there does not matter."""
    there = _by_partition(found)
    return tuple(
        Difference(place, offset, there.get(place))
        for place, offset in sorted(_by_partition(wanted).items())
        if there.get(place) != offset
    )


def stopped(client: ConnectClient, name: str, seconds: float = STOP_SECONDS) -> Connector:
    """The connector, which is STOPPED and has no task that could commit source offsets; waits `seconds` for
    that at most: neither a new nor a stopped connector shows it at once.

    The tasks are gone from the status before the last worker has ended its own, so that each address of the
    client is asked for its health afterwards: a worker answers that when it is through with its rebalance.
    Behind one address for several workers that is one of them. Raises SourceOffsetsError for any other state,
    ConnectError.
    """
    patience = Patience(seconds, threading.Event())
    while True:
        connector = client.connectors().get(name)
        problem = _not_stopped(name, connector)
        if connector is not None and problem is None:
            unready = client.unready()
            if not unready:
                return connector
            problem = f"{name}: STOPPED, but its tasks may still write source offsets: {'; '.join(unready)}"
        if not patience.wait():
            raise SourceOffsetsError(problem or name)


def put(client: ConnectClient, name: str, offsets: Sequence[Offset], seconds: float = STOP_SECONDS) -> int:
    """Writes source offsets of a stopped connector (see `stopped`), reads them back and compares; returns how
    many. Repeating it is harmless.

    Reading goes on for `seconds` while they differ: another worker than the one that wrote them may answer,
    and knows them a moment later. Raises ConnectError, and SourceOffsetsError when it is not stopped (nothing
    is written) or when they are not as written.
    """
    wanted = _by_partition(offsets)
    stopped(client, name, seconds)
    if not wanted:
        return 0
    client.patch_offsets(name, offsets)
    patience = Patience(seconds, threading.Event())
    while wrong := differences(offsets, _settled(client, name)):
        if not patience.wait():
            raise SourceOffsetsError(
                f"{name}: {len(wrong)} of {len(wanted)} source offsets are not as written: "
                f"{'; '.join(map(str, wrong[:SHOWN]))}{_more(wrong)}. The connector is STOPPED "
                "still; write them again"
            )
    return len(wanted)


def export(client: ConnectClient, name: str, seconds: float = STOP_SECONDS) -> tuple[Offset, ...]:
    """The source offsets of a stopped connector: they do not change any more. See `stopped`."""
    stopped(client, name, seconds)
    return _settled(client, name)


def rendered(rows: Iterable[SourceOffsetRow]) -> Table:
    """The rows for people."""
    shown = Table(box=SIMPLE_HEAD, pad_edge=False)
    shown.add_column("topic", overflow="fold")
    for column in ("partition", "old", "ours", "source end", "lag", "expired"):
        shown.add_column(column, justify="right")
    shown.add_column("action")
    for row in rows:
        figures = (row.old, row.current, row.end, row.lag)
        expired = str(row.expired) if row.expired else "-"
        shown.add_row(row.topic, str(row.partition), *map(_shown, figures), expired, MEANINGS[row.action])
    return shown


def as_json(rows: Iterable[SourceOffsetRow]) -> list[dict[str, Any]]:
    """The rows for machines."""
    return [row.as_json() for row in rows]


def _settled(client: ConnectClient, name: str) -> tuple[Offset, ...]:
    """Source offsets of a stopped connector as they are twice in a row: a worker lists the partitions that it
    knew before it read the topic to its end (Worker.sourceConnectorOffsets, 4.1.1), so that the first answer
    may lack some."""
    found = client.offsets(name)
    while _by_partition(found) != _by_partition(again := client.offsets(name)):
        found = again
    return again


def _not_stopped(name: str, connector: Connector | None) -> str | None:
    if connector is None:
        return f"{name}: there is no such connector; create it STOPPED first"
    if connector.state == "STOPPED" and not connector.tasks:
        return None
    tasks = ", ".join(f"task {task.id} {task.state}" for task in connector.tasks)
    return (
        f"{name}: found {connector.state}{f' with {tasks}' if tasks else ''}; allowed: STOPPED without "
        f"tasks, or they write over the source offsets (PUT /connectors/{name}/stop)"
    )


def _row(
    place: SourcePartition, old: int | None, current: int | None, extent: Extent | None
) -> SourceOffsetRow:
    begin, end = (extent.beginning, extent.end) if extent else (None, None)
    return SourceOffsetRow(*place, old, current, begin, end, _action(old, current, end))


def _action(old: int | None, current: int | None, end: int | None) -> Action:
    if old is None:
        return "kept"
    if end is None:
        return "unknown"
    if old >= end:
        return "beyond"
    if old == current:
        return "same"
    return "set" if current is None or current < old else "ahead"


def _by_partition(offsets: Iterable[Offset]) -> dict[SourcePartition, int | None]:
    try:
        return {place_of(one): offset_of(one) for one in offsets}
    except RecordError as error:
        raise SourceOffsetsError(f"not a source offset of MirrorMaker: {error}") from error


def _shown(figure: int | None) -> str:
    return "-" if figure is None else str(figure)


def _more(of: Sequence[object]) -> str:
    return f" and {len(of) - SHOWN} more" if len(of) > SHOWN else ""
