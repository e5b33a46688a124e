"""The records in which Kafka Connect keeps source offsets, as bytes.

key    ["<connector>",{"cluster":"A","partition":0,"topic":"t"}]   JSON without schemas
value  {"offset":N}: the last record that was mirrored; nothing (a tombstone): forgotten

Connect looks a source offset up by the bytes of the key (OffsetStorageReaderImpl), so that the order of the
fields counts: it is the order in which a java.util.HashMap gives these three names, the same in every JVM
because String.hashCode is specified. tests/e2e/source_offsets/test_dedicated_topic.py compares them
with what Kafka 4.1.1 writes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from operations.connect.client import Offset

__all__ = [
    "RecordError",
    "SourceOffset",
    "SourcePartition",
    "key_bytes",
    "offset_of",
    "parse_record",
    "place_of",
    "value_bytes",
]

FIELDS: Final = frozenset({"cluster", "partition", "topic"})
"""MirrorUtils.wrapPartition."""


class SourcePartition(NamedTuple):
    """What MirrorMaker keeps a source offset of: a partition of a topic on the cluster with this alias."""

    cluster: str
    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.cluster}/{self.topic}-{self.partition}"


@dataclass(frozen=True)
class SourceOffset:
    """A record understood; `offset` None: the source offset is forgotten."""

    place: SourcePartition
    offset: int | None


class RecordError(ValueError):
    """A record or source offset that is not of MirrorMaker's form; the text says what was found."""


def key_bytes(connector: str, place: SourcePartition) -> bytes:
    """The key under which Connect keeps the source offset."""
    partition = {"cluster": place.cluster, "partition": place.partition, "topic": place.topic}
    return _json([connector, partition])


def value_bytes(offset: Mapping[str, Any] | None) -> bytes | None:
    """The value that Connect writes for an offset; None is a tombstone."""
    return None if offset is None else _json(dict(offset))


def parse_record(key: bytes | None, value: bytes | None, connector: str) -> SourceOffset | None:
    """The source offset of a record; None when it is another connector's. Raises RecordError."""
    parsed = _loaded("key", key)
    if not (isinstance(parsed, list) and len(parsed) == 2 and isinstance(parsed[0], str)):
        raise RecordError(f"key: found {_shown(key)}; expected [<connector>, {{...}}]")
    if parsed[0] != connector:
        return None
    place = _place(parsed[1], f"key: found {_shown(key)}")
    return SourceOffset(place, None if value is None else _offset(_loaded("value", value), value))


def place_of(offset: Offset) -> SourcePartition:
    """Which partition a source offset is of. Raises RecordError when it is not of MirrorMaker's form."""
    return _place(offset.partition, f"found {dict(offset.partition)}")


def offset_of(offset: Offset) -> int | None:
    """The number of the last record mirrored; None forgets. Raises RecordError."""
    return None if offset.offset is None else _offset(dict(offset.offset), b"")


def _place(found: Any, said: str) -> SourcePartition:
    if not isinstance(found, Mapping) or found.keys() != FIELDS:
        raise RecordError(f"{said}; expected an object with {', '.join(sorted(FIELDS))}")
    cluster, topic, partition = found["cluster"], found["topic"], found["partition"]
    if not (isinstance(cluster, str) and isinstance(topic, str) and _is_count(partition)):
        raise RecordError(f"{said}; expected names as cluster and topic, a number from 0 as partition")
    return SourcePartition(cluster, topic, partition)


def _offset(found: Any, value: bytes) -> int:
    if not (isinstance(found, dict) and found.keys() == {"offset"} and _is_count(found["offset"])):
        shown = _shown(value) if value else str(found)
        raise RecordError(f'value: found {shown}; expected {{"offset": N}} with N from 0')
    return int(found["offset"])


def _is_count(found: Any) -> bool:
    return isinstance(found, int) and not isinstance(found, bool) and found >= 0


def _loaded(what: str, data: bytes | None) -> Any:
    try:
        return json.loads((data or b"").decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise RecordError(f"{what}: found {_shown(data)}; expected JSON") from error


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _shown(data: bytes | None) -> str:
    text = "nothing" if data is None else repr(data)[1:]
    return text if len(text) <= 200 else f"{text[:200]}..."
