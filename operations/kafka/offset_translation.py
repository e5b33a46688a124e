"""Where an offset of one cluster is on the other, by what MirrorMaker writes about it on the target.

Offset syncs (`mm2-offset-syncs.<source>.internal`) are pairs of offsets of one record on both clusters, a
pair at least each offset.lag.max records. Checkpoints (`<source>.checkpoints.internal`) are committed offsets
of groups, translated by them. Formats: org.apache.kafka.connect.mirror.OffsetSync and Checkpoint of Kafka
4.1.1, structs of Kafka's protocol types: STRING with 16 bits of length, INT16, INT32, INT64, big-endian.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from confluent_kafka import Message

from operations.kafka.clusters import Cluster, ClusterError
from operations.kafka.partitions import Partition
from operations.kafka.topic_content import read_back, read_topic

__all__ = ["Checkpoint", "OffsetSync", "SyncedOffsets", "read_checkpoints", "read_offset_syncs"]

CHECKPOINT_VERSION: Final = 0
_INT16, _INT32 = struct.Struct(">h"), struct.Struct(">i")
_CHECKPOINT_V0: Final = struct.Struct(">hqq")
_OFFSET_SYNC: Final = struct.Struct(">qq")


@dataclass(frozen=True)
class Checkpoint:
    """`group` had committed `upstream` on the source, which is at least `downstream` in the `partition` of
    the target. `written_ms`: time stamp of the record, by the worker's clock, in milliseconds since 1970."""

    group: str
    partition: Partition
    upstream: int
    downstream: int
    written_ms: int = 0

    @classmethod
    def of(cls, key: bytes, value: bytes, written_ms: int) -> Checkpoint:
        """Raises ValueError for bytes that are no checkpoint of version 0."""
        group, rest = _string(key)
        topic, rest = _string(rest)
        if len(rest) != _INT32.size or len(value) < _CHECKPOINT_V0.size:
            raise ValueError("too short or too long for a checkpoint")
        version, upstream, downstream = _CHECKPOINT_V0.unpack_from(value)
        if version != CHECKPOINT_VERSION:
            raise ValueError(f"checkpoint of version {version}; known: {CHECKPOINT_VERSION}")
        return cls(group, (topic, _INT32.unpack(rest)[0]), upstream, downstream, written_ms)

    def still_right(self, source: Partition, committed: int, syncs: SyncedOffsets) -> bool:
        """Whether the group's commit would be translated to the same again: MirrorMaker does not repeat a
        checkpoint then, however old it is. `syncs` of the flow."""
        if self.upstream == committed:
            return True
        translated = syncs.downstream(source, committed)
        return translated is not None and self.upstream <= committed and self.downstream >= translated


@dataclass(frozen=True)
class OffsetSync:
    """The record at `upstream` in the `partition` of the source is at `downstream` on the target."""

    partition: Partition
    upstream: int
    downstream: int

    @classmethod
    def of(cls, key: bytes, value: bytes) -> OffsetSync:
        """Raises ValueError for bytes that are no offset sync."""
        topic, rest = _string(key)
        if len(rest) != _INT32.size or len(value) != _OFFSET_SYNC.size:
            raise ValueError("too short or too long for an offset sync")
        return cls((topic, _INT32.unpack(rest)[0]), *_OFFSET_SYNC.unpack(value))


class SyncedOffsets:
    """The offset syncs of a flow, in the order in which they were written.

    A sync takes back what those before it say about its own offsets and later ones: a topic that was made
    anew begins again, and a worker that was killed sends its last records once more.
    """

    def __init__(self, syncs: Iterable[OffsetSync] = ()) -> None:
        self._syncs: dict[Partition, list[OffsetSync]] = {}
        for sync in syncs:
            known = self._syncs.setdefault(sync.partition, [])
            while known and (known[-1].upstream >= sync.upstream or known[-1].downstream >= sync.downstream):
                known.pop()
            known.append(sync)

    def downstream(self, partition: Partition, upstream: int) -> int | None:
        """Where a group that has committed `upstream` goes on at the target, as MirrorMaker reckons it: one
        record after the last sync at most, since it is not known how many of the next ones were mirrored.
        None without a sync so early."""
        sync = self._last(partition, upstream, lambda one: one.upstream)
        return None if sync is None else sync.downstream + (sync.upstream != upstream)

    def upstream(self, partition: Partition, downstream: int) -> int | None:
        """Where a group that has consumed the mirrored topic up to `downstream` goes on in the source's
        `partition`. The record of the last sync before that was consumed, and with it all before it at the
        source, so that none is skipped. None without a sync so early."""
        sync = self._last(partition, downstream, lambda one: one.downstream)
        return None if sync is None else sync.upstream + (sync.downstream != downstream)

    def downstream_at_most(self, partition: Partition, upstream: int) -> int | None:
        """As `downstream`, as if every record since the sync had been mirrored once."""
        sync = self._last(partition, upstream, lambda one: one.upstream)
        return None if sync is None else sync.downstream + upstream - sync.upstream

    def upstream_at_most(self, partition: Partition, downstream: int) -> int | None:
        """As `upstream`, as if every record since the sync were one of the source."""
        sync = self._last(partition, downstream, lambda one: one.downstream)
        return None if sync is None else sync.upstream + downstream - sync.downstream

    def _last(
        self, partition: Partition, offset: int, side: Callable[[OffsetSync], int]
    ) -> OffsetSync | None:
        known = self._syncs.get(partition, [])
        after = bisect_right(known, offset, key=side)
        return known[after - 1] if after else None


def read_checkpoints(
    cluster: Cluster, topic: str, group: str, wanted: frozenset[Partition] | None = None
) -> dict[Partition, Checkpoint]:
    """The last checkpoint of each partition of a group on the target; `wanted`: these are enough (all are
    looked for when None). Raises ClusterError."""

    def parse(messages: Iterable[Message]) -> dict[Partition, Checkpoint]:
        every = (_checkpoint(cluster, message) for message in messages if _has_both(message))
        return {one.partition: one for one in every if one.group == group}

    if wanted is None:
        return parse(read_topic(cluster, topic))
    return read_back(cluster, topic, parse, lambda found: wanted <= found.keys())


def read_offset_syncs(cluster: Cluster, topic: str, enough: Callable[[SyncedOffsets], bool]) -> SyncedOffsets:
    """The offset syncs of a flow, back to a time when they are `enough`, or all. Raises ClusterError."""

    def parse(messages: Iterable[Message]) -> SyncedOffsets:
        return SyncedOffsets(_offset_sync(cluster, message) for message in messages if _has_both(message))

    return read_back(cluster, topic, parse, enough)


def _has_both(message: Message) -> bool:
    return message.key() is not None and message.value() is not None


def _checkpoint(cluster: Cluster, message: Message) -> Checkpoint:
    with _placed(cluster, message):
        return Checkpoint.of(_bytes(message.key()), _bytes(message.value()), message.timestamp()[1])


def _offset_sync(cluster: Cluster, message: Message) -> OffsetSync:
    with _placed(cluster, message):
        return OffsetSync.of(_bytes(message.key()), _bytes(message.value()))


@contextmanager
def _placed(cluster: Cluster, message: Message) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ClusterError(f"{cluster}, {message.topic()} at {message.offset()}: {error}") from error


def _bytes(content: str | bytes | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


def _string(content: bytes) -> tuple[str, bytes]:
    """A STRING of Kafka's protocol and what comes after it."""
    if len(content) < _INT16.size:
        raise ValueError("ends within a string")
    (length,) = _INT16.unpack_from(content)
    end = _INT16.size + length
    if length < 0 or len(content) < end:
        raise ValueError("ends within a string")
    return content[_INT16.size : end].decode(errors="replace"), content[end:]
