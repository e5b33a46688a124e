"""Records of every kind, sent to a topic and compared with what arrives in its mirror, byte for byte.

With a converter other than Connect's ByteArrayConverter, also for headers, some arrive as something else
(KAFKA-10428: the default header converter turns them to base64).
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from confluent_kafka import (
    OFFSET_BEGINNING,
    TIMESTAMP_CREATE_TIME,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)

from operations.kafka.clusters import FROM_END, METADATA_SECONDS, Cluster, ClusterError, offsets_at, words

__all__ = ["Arrival", "Specimen", "compared", "specimens"]

MARK: Final = "msk-mirror-specimen"
EVERY_BYTE: Final = bytes(range(256))
DELIVERY_MS: Final = 30_000

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True)
class Specimen:
    """A record; `kind` says what is special about it. Its mark, by which it is recognized, is in its key, its
    value or a header. `timestamp_ms`: milliseconds since 1970."""

    kind: str
    mark: bytes
    key: bytes | None
    value: bytes | None
    headers: Headers
    timestamp_ms: int


@dataclass(frozen=True)
class Arrival:
    """What became of a specimen: `refused` by the source, in words; or what differs in the mirror, by part of
    the record; or `arrived` as it was. Neither: it did not arrive."""

    specimen: Specimen
    refused: str = ""
    arrived: bool = False
    differs: tuple[str, ...] = ()
    broker_time: bool = False
    """The target's brokers stamp records themselves (message.timestamp.type=LogAppendTime)."""


def specimens(run: str, now_ms: int) -> tuple[Specimen, ...]:
    """One of each kind."""

    def mark(kind: str) -> bytes:
        return f"{run}/{kind}".encode()

    headers: Headers = (
        (MARK, mark("headers")),
        ("repeated", b"1"),
        ("repeated", b"2"),
        ("empty", b""),
        ("null", None),
        ("bytes", EVERY_BYTE),
    )
    made: tuple[tuple[str, bytes | None, bytes | None, Headers], ...] = (
        ("bytes", mark("bytes") + EVERY_BYTE, EVERY_BYTE, ()),
        ("null key", None, mark("null key") + EVERY_BYTE, ()),
        ("empty", b"", b"", ((MARK, mark("empty")),)),
        ("headers", mark("headers"), b"value", headers),
        ("tombstone", mark("tombstone"), None, ()),
    )
    return tuple(
        Specimen(kind, mark(kind), key, value, with_headers, now_ms - 1000 * (number + 1) - 7)
        for number, (kind, key, value, with_headers) in enumerate(made)
    )


def compared(
    source: Cluster, topic: str, target: Cluster, mirrored: str, quiet_seconds: float
) -> tuple[Arrival, ...]:
    """Sends one of each kind to the last partition of `topic` and waits until all have arrived, or none has
    for `quiet_seconds`. Raises ClusterError."""
    wanted = specimens(uuid.uuid4().hex[:12], int(time.time() * 1000))
    number = source.topics().get(topic, 0) - 1
    if number < 0:
        raise ClusterError(f"{source}: there is no topic {topic}, or the client may not see it")
    consumer = target.consumer()
    try:
        begin = _end(consumer, TopicPartition(mirrored, number))
        refused = _send(source, TopicPartition(topic, number), wanted)
        sent = [one for one in wanted if one.kind not in refused]
        found = _receive(consumer, TopicPartition(mirrored, number, begin), sent, quiet_seconds)
    except KafkaException as error:
        raise ClusterError(f"{target}, topic {mirrored}: {words(error)}") from error
    finally:
        consumer.close()
    return tuple(_arrival(one, refused.get(one.kind, ""), found.get(one.kind)) for one in wanted)


def _end(consumer: Consumer, partition: TopicPartition) -> int:
    """Where new records come; the beginning of a partition that is not there yet."""
    topic = consumer.list_topics(partition.topic, timeout=METADATA_SECONDS).topics[partition.topic]
    if partition.partition not in topic.partitions:
        return OFFSET_BEGINNING
    return offsets_at(consumer, partition.topic, [partition.partition], FROM_END)[0].offset


def _send(source: Cluster, place: TopicPartition, wanted: Sequence[Specimen]) -> dict[str, str]:
    """What the source refused, by kind."""
    refused: dict[str, str] = {}
    producer = source.producer({"acks": "all", "delivery.timeout.ms": DELIVERY_MS})

    def noted(kind: str) -> Callable[[KafkaError | None, Message], None]:
        def confirmed(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                refused[kind] = error.str()

        return confirmed

    for one in wanted:
        producer.produce(
            place.topic,
            one.value,
            key=one.key,
            partition=place.partition,
            headers=list(one.headers),
            timestamp=one.timestamp_ms,
            on_delivery=noted(one.kind),
        )
        # one by one: brokers refuse a whole batch for one record
        producer.flush(DELIVERY_MS / 1000 + 5)
    return refused


def _receive(
    consumer: Consumer, place: TopicPartition, sent: Sequence[Specimen], quiet_seconds: float
) -> dict[str, Message]:
    found: dict[str, Message] = {}
    last = time.monotonic()
    assigned = False
    while len(found) < len(sent) and time.monotonic() - last < quiet_seconds:
        if not assigned and _is_there(consumer, place):
            consumer.assign([place])
            assigned = True
        message = consumer.poll(0.5)
        if message is None or message.error() is not None:
            continue
        for one in sent:
            if one.kind not in found and (_carries(message, one.mark) or _looks_like(message, one)):
                found[one.kind] = message
                last = time.monotonic()
    return found


def _is_there(consumer: Consumer, place: TopicPartition) -> bool:
    topic = consumer.list_topics(place.topic, timeout=METADATA_SECONDS).topics[place.topic]
    return place.partition in topic.partitions


def _carries(message: Message, mark: bytes) -> bool:
    parts = [message.key(), message.value(), *(value for name, value in _headers(message) if name == MARK)]
    return any(part is not None and mark in _bytes(part) for part in parts)


def _looks_like(message: Message, one: Specimen) -> bool:
    """All but the headers, which may be what is altered and hold the mark of an empty record."""
    key, value = _optional(message.key()), _optional(message.value())
    return (key, value, message.timestamp()[1]) == (one.key, one.value, one.timestamp_ms)


def _arrival(specimen: Specimen, refused: str, message: Message | None) -> Arrival:
    if message is None:
        return Arrival(specimen, refused)
    kind, stamped = message.timestamp()
    broker_time = kind != TIMESTAMP_CREATE_TIME
    differs = {
        "keys": _optional(message.key()) != specimen.key,
        "values": _optional(message.value()) != specimen.value,
        "headers": _headers(message) != specimen.headers,
        "timestamps": not broker_time and stamped != specimen.timestamp_ms,
    }
    parts = tuple(part for part, different in differs.items() if different)
    return Arrival(specimen, arrived=True, differs=parts, broker_time=broker_time)


def _headers(message: Message) -> Headers:
    found = message.headers() or []
    pairs = found.items() if isinstance(found, dict) else found
    return tuple((name, _optional(value)) for name, value in pairs)


def _optional(content: str | bytes | None) -> bytes | None:
    return None if content is None else _bytes(content)


def _bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content
