"""A failover as data: what both clusters report, where the group resumes, and the reasons against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from operations.kafka.offset_translation import Checkpoint, SyncedOffsets
from operations.kafka.partitions import Extent, Partition

__all__ = ["FailoverProblem", "Left", "Move", "Plan", "Rules", "Seen", "Uncheckpointed"]

Uncheckpointed = Literal["refuse", "syncs", "beginning", "leave"]
"""What becomes of a partition without a checkpoint: the plan is refused; the commit is translated by the
offset syncs that there are; the group reads it from its beginning; it is left to auto.offset.reset."""


@dataclass(frozen=True)
class Rules:
    """What the caller accepts. `force` also moves a group back behind where it has been already."""

    max_age_seconds: float = 300.0
    uncheckpointed: Uncheckpointed = "refuse"
    force: bool = False


@dataclass(frozen=True)
class Seen:
    """What both clusters say. `committed` is None where the cluster that is left was not asked; offsets of
    `checkpoints`, `current` and `extents` are those of the other cluster. `forward`: offset syncs of the flow
    that mirrors there, `backward`: of the flow that mirrors from there."""

    committed: Mapping[Partition, int] | None
    current: Mapping[Partition, int]
    extents: Mapping[Partition, Extent]
    checkpoints: Mapping[Partition, Checkpoint]
    forward: SyncedOffsets = field(default_factory=SyncedOffsets)
    backward: SyncedOffsets = field(default_factory=SyncedOffsets)
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Alias -> who is in the group there."""


@dataclass(frozen=True)
class Move:
    """The group resumes in `target` at `resume_offset`.

    way         checkpoint, offset syncs, earlier offset (where the group is already), beginning, empty
    committed   in `source`; None where that was not asked
    translated  what the way says; None for an earlier offset
    current     committed there before
    reread      records that the group has read already and reads again, at most; None: not known
    expired     records from which it should resume that retention has deleted there
    age_seconds of the checkpoint
    """

    source: Partition
    target: Partition
    way: str
    committed: int | None
    translated: int | None
    current: int | None
    resume_offset: int
    extent: Extent
    reread: int | None
    expired: int = 0
    age_seconds: float | None = None

    @property
    def needed(self) -> bool:
        """Whether the group's offset there has to be written."""
        return self.resume_offset != self.current

    def as_json(self) -> dict[str, Any]:
        return {
            "from": {"topic": self.source[0], "partition": self.source[1], "committed": self.committed},
            "to": {
                "topic": self.target[0],
                "partition": self.target[1],
                "beginning": self.extent.beginning,
                "end": self.extent.end,
                "current": self.current,
                "translated": self.translated,
                "resume_offset": self.resume_offset,
            },
            "way": self.way,
            "reread_at_most": self.reread,
            "ahead": self.extent.end - self.resume_offset,
            "expired": self.expired,
            "checkpoint_age_seconds": None if self.age_seconds is None else round(self.age_seconds, 1),
        }


@dataclass(frozen=True)
class Left:
    """A partition of the group whose offset is not taken over, and why."""

    partition: Partition
    reason: str


@dataclass(frozen=True)
class FailoverProblem:
    """Why the plan must not be run: `kind` for programs, `words` with what to do."""

    kind: Literal["members", "stale", "set-back", "no-checkpoint", "beyond-end", "nothing"]
    words: str


@dataclass(frozen=True)
class Plan:
    """`problems` refuse it; a plan without any can be run."""

    group: str
    source: str
    target: str
    moves: tuple[Move, ...]
    left: tuple[Left, ...]
    problems: tuple[FailoverProblem, ...]
    notes: tuple[str, ...] = ()

    @property
    def reread(self) -> int | None:
        """Records read again, at most, in all partitions; None where that of one is not known."""
        known = [move.reread for move in self.moves if move.reread is not None]
        return sum(known) if len(known) == len(self.moves) else None

    def as_json(self) -> dict[str, Any]:
        return {
            "group": self.group,
            "from": self.source,
            "to": self.target,
            "refused": [{"kind": one.kind, "message": one.words} for one in self.problems],
            "moves": [move.as_json() for move in self.moves],
            "left": [
                {"topic": one.partition[0], "partition": one.partition[1], "reason": one.reason}
                for one in self.left
            ],
            "to_write": sum(move.needed for move in self.moves),
            "reread_at_most": self.reread,
            "notes": list(self.notes),
        }
