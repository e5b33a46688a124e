"""Source offsets of a dedicated MirrorMaker (`connect-mirror-maker`), which has no REST interface to ask.

Where it keeps them: MirrorMakerConfig.workerConfig (4.1.1) gives each flow a Connect cluster of its own on
the target, with group `<source>-mm2` and offset topic `mm2-offsets.<source>.internal`; the connectors' names
are those of their classes. docs/decisions/0018-dedicated-source-offsets.md says what else carries over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from confluent_kafka import KafkaError, KafkaException, Message

from operations.connect.client import Offset
from operations.kafka.clusters import Cluster, ClusterError, words
from operations.kafka.groups import connect_members
from operations.kafka.partitions import Offsets
from operations.kafka.topic_content import read_extents
from operations.migration.offset_records import (
    RecordError,
    SourcePartition,
    key_bytes,
    offset_of,
    parse_record,
    place_of,
    value_bytes,
)
from topology.replication.mirrormaker_names import simple_class_name

__all__ = ["CONNECTOR", "DedicatedError", "DedicatedOffsets"]

CONNECTOR: Final = simple_class_name("source")
READ_SECONDS: Final = 120.0
"""A transaction of an exactly-once runtime that was killed is open for a minute, its default time-out, and
until the broker looks for such next."""
WRITE_SECONDS: Final = 60.0
BY_KEY: Final = -1
Record = tuple[bytes, bytes | None, int]
"""Key, value and partition; BY_KEY: as the key says."""


class DedicatedError(ClusterError):
    """The old runtime's source offsets cannot be read or written; the text says where and why."""


@dataclass(frozen=True)
class Stored:
    """The latest record of a source offset: its key as it lies there, and in which partition."""

    key: bytes
    partition: int
    number: int
    offset: int | None


class DedicatedOffsets:
    """Source offsets of the flow from `source_alias`, in a topic of the target `cluster`.

    `topic` and `group` for runtimes whose properties name others (`B.offset.storage.topic` and `B.group.id`,
    B the target's alias); `connector`: whose source offsets they are.
    """

    def __init__(
        self,
        cluster: Cluster,
        source_alias: str,
        *,
        topic: str | None = None,
        group: str | None = None,
        connector: str = CONNECTOR,
    ) -> None:
        self.cluster, self.source_alias, self.connector = cluster, source_alias, connector
        self.topic = topic or f"mm2-offsets.{source_alias}.internal"
        self.group = group or f"{source_alias}-mm2"

    def group_members(self) -> tuple[str, ...]:
        """Each process that runs the flow. Raises ClusterError."""
        return connect_members(self.cluster, self.group)

    def read(self, seconds: float = READ_SECONDS) -> tuple[Offset, ...]:
        """The last source offset of each partition that MirrorMaker has replicated, by topic and partition.

        What the topic holds at the start is read to its end; records of a transaction once it is committed.
        Raises DedicatedError for a missing topic and for a record that is not understood, ClusterError when
        the end is not reached and no record has come for `seconds`.
        """
        return tuple(
            Offset(place._asdict(), {"offset": stored.offset})
            for place, stored in sorted(self._stored(seconds).items())
            if stored.offset is not None
        )

    def write(self, offsets: Iterable[Offset], seconds: float = WRITE_SECONDS) -> int:
        """Make these the source offsets that the old runtime starts from, and read them back; an offset of
        None forgets one. Returns how many. Repeating it is harmless.

        Each goes under the key that is there, into its partition, or where Connect's own producer would put
        it. Raises DedicatedError, before anything is written, while the old runtime is a member of its group
        and for source offsets of another cluster; afterwards when not all were confirmed: some may be
        written.
        """
        wanted = dict(self._own(one) for one in offsets)
        self._refuse_members()
        stored = self._stored(seconds)
        records = [self._record(place, offset, stored.get(place)) for place, offset in wanted.items()]
        self._produce(records, seconds)
        self._read_back(wanted, seconds)
        return len(wanted)

    def _own(self, offset: Offset) -> tuple[SourcePartition, int | None]:
        try:
            place, number = place_of(offset), offset_of(offset)
        except RecordError as error:
            said = f"not a source offset of MirrorMaker: {error}; nothing is written"
            raise DedicatedError(said) from error
        if place.cluster != self.source_alias:
            raise DedicatedError(
                f"{place}: found a source offset of cluster {place.cluster}; expected {self.source_alias}; "
                "nothing is written"
            )
        return place, number

    def _refuse_members(self) -> None:
        if members := self.group_members():
            raise DedicatedError(
                f"{self.cluster}: group {self.group} still has members ({', '.join(members)}); it would "
                "write over the source offsets: stop the old runtime first; nothing is written"
            )

    def _record(self, place: SourcePartition, offset: int | None, stored: Stored | None) -> Record:
        value = value_bytes(None if offset is None else {"offset": offset})
        if stored is None:
            return key_bytes(self.connector, place), value, BY_KEY
        return stored.key, value, stored.partition

    def _produce(self, records: list[Record], seconds: float) -> None:
        said: dict[str, None] = {}

        def confirmed(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                said[error.str()] = None

        # murmur2_random: where Java's producer puts a record with this key (librdkafka, CONFIGURATION.md)
        settings = {"partitioner": "murmur2_random", "enable.idempotence": True, "acks": "all"}
        producer = self.cluster.producer({**settings, "message.timeout.ms": int(seconds * 1000)})
        try:
            for key, value, partition in records:
                producer.produce(self.topic, value, key=key, partition=partition, on_delivery=confirmed)
            if producer.flush(seconds + 5):
                said["no confirmation"] = None
        except (KafkaException, BufferError) as error:
            said[words(error) if isinstance(error, KafkaException) else str(error)] = None
        if said:
            raise DedicatedError(
                f"{self}: {'; '.join(said)}; some source offsets may be written: write them again"
            )

    def _read_back(self, wanted: Mapping[SourcePartition, int | None], seconds: float) -> None:
        found = self._stored(seconds)
        wrong = [place for place, offset in wanted.items() if _number(found.get(place)) != offset]
        if wrong:
            first = wrong[0]
            raise DedicatedError(
                f"{self}: {len(wrong)} of {len(wanted)} source offsets differ, the first {first}: "
                f"found {_number(found.get(first))}, wrote {wanted[first]}; something else writes: "
                "stop it and write them again"
            )

    def _stored(self, seconds: float) -> dict[SourcePartition, Stored]:
        records: dict[SourcePartition, dict[tuple[bytes, int], Stored]] = {}
        for message in self._messages(seconds):
            partition, number = message.partition() or 0, message.offset() or 0
            key = message.key()
            key = key.encode() if isinstance(key, str) else key
            try:
                found = parse_record(key, message.value(), self.connector)
            except RecordError as error:
                raise DedicatedError(f"{self}, partition {partition}, offset {number}: {error}") from error
            if found is not None and key is not None and found.place.cluster == self.source_alias:
                stored = Stored(key, partition, number, found.offset)
                records.setdefault(found.place, {})[key, partition] = stored
        return {place: self._only(place, list(found.values())) for place, found in records.items()}

    def _only(self, place: SourcePartition, found: list[Stored]) -> Stored:
        """A source offset has one key in one partition; with two it is open which of them Connect reads."""
        living = [one for one in found if one.offset is not None]
        if len(living) > 1:
            shown = " and ".join(
                f"{one.key!r} in partition {one.partition}, offset {one.number}" for one in living
            )
            raise DedicatedError(
                f"{self}: found {len(living)} records for {place}: {shown}; expected one: write a tombstone "
                "for the one that Connect did not write"
            )
        return living[0] if living else found[-1]

    def _messages(self, seconds: float) -> Iterator[Message]:
        """Every record from the beginning to the end as of now."""
        extents = Offsets(self.cluster).extents(lambda topic: topic == self.topic)
        if not extents:
            raise DedicatedError(
                f"{self}: there is no such topic, or the client may not see it; expected the offset topic of "
                f"a dedicated MirrorMaker that reads {self.source_alias}"
            )
        return read_extents(self.cluster, extents, seconds)

    def __str__(self) -> str:
        return f"{self.cluster}, topic {self.topic}"


def _number(stored: Stored | None) -> int | None:
    return stored.offset if stored else None
