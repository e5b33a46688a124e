"""Numbered records: each says whose it is, when it was sent and whether it arrived as it was.

key     <run id>/<alias>/<topic>/<number>   alias, topic: where it was produced, its origin
header  msk-mirror: <sent>/<crc32>          sent: microseconds since 1970 at the producer
value   `record_bytes` random bytes, so that compression does not help

A record is recognized by its key alone; a header or value that does not fit it counts as altered. Latency
is the arrival's wall clock minus `sent`: producer and consumer run on one machine, or their clocks agree.
"""

from __future__ import annotations

import threading
import time
import zlib
from array import array
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from confluent_kafka import (
    OFFSET_BEGINNING,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    Producer,
    TopicPartition,
)

from operations.clusters import FROM_END, METADATA_SECONDS, Cluster, ClusterError, offsets_at, words

__all__ = [
    "Compose",
    "Load",
    "Mark",
    "NumberedConsumer",
    "Origin",
    "Production",
    "Record",
    "Sent",
    "header_of",
    "mark_of",
    "poll_until",
]

HEADER: Final = "msk-mirror"
LOOK_SECONDS: Final = 1.0
DELIVERY_MS: Final = 120_000


@dataclass(frozen=True)
class Load:
    """How much is sent: `count` records, or `rate` a second for `duration` seconds; rate None: at full speed.

    Raises ValueError when neither gives a number of records.
    """

    count: int | None = None
    rate: float | None = None
    duration: float | None = None
    record_bytes: int = 1024

    def __post_init__(self) -> None:
        if self.count is None and (not self.rate or not self.duration):
            raise ValueError("a load needs a count, or a rate and a duration; both greater than 0")
        if self.total < 1 or self.record_bytes < 1:
            raise ValueError(f"found {self.total} records of {self.record_bytes} bytes; allowed: at least 1")

    @property
    def total(self) -> int:
        return self.count if self.count is not None else round((self.rate or 0) * (self.duration or 0))


class Origin(NamedTuple):
    """Where a record was produced; topic names can not contain the `/` of the key."""

    alias: str
    topic: str


@dataclass(frozen=True)
class Mark:
    """A recognized record; `sent` seconds since 1970, None when it was altered on its way."""

    origin: Origin
    number: int
    sent: float | None


@dataclass(frozen=True)
class Sent:
    """`acknowledged[number]` is 1 for each number that the brokers confirmed (acks=all); `failures`: what was
    said about the others, which may or may not have been written."""

    acknowledged: bytearray
    failures: tuple[str, ...]

    @property
    def count(self) -> int:
        return self.acknowledged.count(1)


@dataclass(frozen=True)
class Record:
    """What is produced; `partition` -1: where the partitioner puts the key (librdkafka, PARTITION_UA)."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, str | bytes | None]]
    partition: int = -1


Compose = Callable[[int, int], Record]
"""Makes a record of its number and of when it is sent, in microseconds since 1970; the record's timestamp is
the same in milliseconds."""


class Production:
    """Sends a load of numbered records to `topic` of its origin; idempotent, acks=all, in number order.

    `compose` makes other records than the ones described above.

    One record a partition goes ahead without a number: the producer's id and connections are there by then
    (1-2 s on a cluster that has just started), so that they do not count as latency. While `run` is going on,
    `done` counts confirmed records, `last_sent` is when one was handed over last (monotonic seconds) and
    `pause_ms_max` the longest time between two of them.
    """

    def __init__(
        self, cluster: Cluster, topic: str, load: Load, run_id: str, compose: Compose | None = None
    ) -> None:
        self._cluster, self._topic, self._load, self._run_id = cluster, topic, load, run_id
        self._compose = compose or _Numbered(Origin(cluster.alias, topic), load.record_bytes, run_id)
        self._acknowledged = bytearray(load.total)
        self._failures: dict[str, int] = {}
        self.done = 0
        self.last_sent = time.monotonic()
        self.pause_ms_max = 0.0

    def run(self, stop: threading.Event) -> Sent:
        """Sends all, or until `stop`, and waits for the confirmations.

        Raises ClusterError when not even the first records can be written.
        """
        try:
            self._send_all(stop)
        except KafkaException as error:
            raise ClusterError(f"{self._cluster}, topic {self._topic}: {words(error)}") from error
        failures = tuple(f"{count} x {said}" for said, count in self._failures.items())
        return Sent(self._acknowledged, failures)

    def _send_all(self, stop: threading.Event) -> None:
        producer = self._cluster.producer(
            {"acks": "all", "enable.idempotence": True, "linger.ms": 1, "delivery.timeout.ms": DELIVERY_MS}
        )
        self._warm_up(producer)
        start = time.monotonic()
        for number in range(self._load.total):
            if stop.is_set():
                break
            if self._load.rate:
                poll_until(producer, start + number / self._load.rate)
            self._send(producer, number)
        producer.flush(DELIVERY_MS / 1000 + 5)

    def _warm_up(self, producer: Producer) -> None:
        said: list[str] = []

        def confirmed(error: KafkaError | None, _: Message) -> None:
            if error is not None:
                said.append(error.str())

        partitions = producer.list_topics(self._topic, METADATA_SECONDS).topics[self._topic].partitions
        for partition in partitions:
            producer.produce(
                self._topic, b"", key=f"{self._run_id}/warm-up", partition=partition, on_delivery=confirmed
            )
        if producer.flush(DELIVERY_MS / 1000 + 5):
            said.append("no confirmation")
        if said:
            raise ClusterError(f"{self._cluster}, topic {self._topic}: {'; '.join(dict.fromkeys(said))}")

    def _delivered(self, number: int, error: KafkaError | None) -> None:
        if error is None:
            self._acknowledged[number] = 1
            self.done += 1
        else:
            self._failures[error.str()] = self._failures.get(error.str(), 0) + 1

    def _send(self, producer: Producer, number: int) -> None:
        sent = time.time_ns() // 1000
        record = self._compose(number, sent)
        while True:
            try:
                producer.produce(
                    self._topic,
                    record.value,
                    key=record.key,
                    partition=record.partition,
                    headers=record.headers,
                    timestamp=sent // 1000,
                    on_delivery=lambda error, _: self._delivered(number, error),
                )
                break
            except BufferError:  # the local queue is full: brokers are slower than we
                producer.poll(0.1)
        producer.poll(0)
        now = time.monotonic()
        if number:
            self.pause_ms_max = max(self.pause_ms_max, (now - self.last_sent) * 1000)
        self.last_sent = now


class _Numbered:
    """Composes the records that the module describes."""

    def __init__(self, origin: Origin, record_bytes: int, run_id: str) -> None:
        self._prefix = f"{run_id}/{origin.alias}/{origin.topic}"
        self._record_bytes = record_bytes
        self._random = Random(run_id)  # noqa: S311 - the bytes must not compress; nobody guesses them

    def __call__(self, number: int, sent: int) -> Record:
        value = self._random.randbytes(self._record_bytes)
        header = f"{sent}/{zlib.crc32(value)}".encode()
        return Record(f"{self._prefix}/{number}".encode(), value, [(HEADER, header)])


class NumberedConsumer:
    """Reads a mirrored topic while it is written and notes each number's first arrival.

    Begins at the end of the partitions there are at `run`'s start (`ready` is set then), and at the beginning
    of those that appear later. `latencies_ms` in order of arrival; `arrivals` counts every copy;
    `gap_ms_max` is the longest time between two first arrivals in one partition: a worker that is gone stalls
    its partitions only.
    """

    def __init__(self, cluster: Cluster, topic: str, origin: Origin, run_id: str, total: int) -> None:
        self._cluster, self._topic, self._origin, self._run_id = cluster, topic, origin, run_id
        self.ready = threading.Event()
        self.seen = bytearray(total)
        self.latencies_ms = array("d")
        self.received = 0
        self.arrivals = 0
        self.altered = 0
        self.last_arrival = 0.0
        self.gap_ms_max = 0.0
        self._first_seen: dict[int, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Reads until `stop`. Raises ClusterError when the cluster can not be read at the start."""
        consumer = self._cluster.consumer({"fetch.wait.max.ms": 100, "fetch.error.backoff.ms": 100})
        try:
            known = self._take_partitions(consumer, 0, FROM_END)
            self.ready.set()
            look = time.monotonic() + LOOK_SECONDS
            while not stop.is_set():
                message = consumer.poll(0.1)
                if message is not None and message.error() is None:
                    self._note(message, time.time())
                if time.monotonic() >= look:
                    with suppress(
                        KafkaException
                    ):  # a broker that is away comes back, or the records are lost
                        known = self._take_partitions(consumer, known, OFFSET_BEGINNING)
                    # A look keeps the thread from noting arrivals in time: seldom once there is a topic.
                    look = time.monotonic() + (10 * LOOK_SECONDS if known else LOOK_SECONDS)
        except KafkaException as error:
            raise ClusterError(f"{self._cluster}, topic {self._topic}: {words(error)}") from error
        finally:
            self.ready.set()
            consumer.close()

    def _take_partitions(self, consumer: Consumer, known: int, offset: int) -> int:
        topic = consumer.list_topics(timeout=METADATA_SECONDS).topics.get(self._topic)
        found = len(topic.partitions) if topic is not None else 0
        if found > known:
            taken = [TopicPartition(self._topic, number, offset) for number in range(known, found)]
            if offset == FROM_END:
                taken = offsets_at(consumer, self._topic, range(known, found), FROM_END)
            consumer.incremental_assign(taken)
        return max(known, found)

    def _note(self, message: Message, arrival: float) -> None:
        mark = mark_of(message, self._run_id)
        if mark is None or mark.origin != self._origin or mark.number >= len(self.seen):
            return
        self.last_arrival = time.monotonic()
        self.arrivals += 1
        if mark.sent is None:
            self.altered += 1
        elif not self.seen[mark.number]:
            self.seen[mark.number] = 1
            self._note_gap(message.partition() or 0)
            self.received += 1
            self.latencies_ms.append((arrival - mark.sent) * 1000)

    def _note_gap(self, partition: int) -> None:
        before = self._first_seen.get(partition, self.last_arrival)
        self.gap_ms_max = max(self.gap_ms_max, (self.last_arrival - before) * 1000)
        self._first_seen[partition] = self.last_arrival


def mark_of(message: Message, run_id: str) -> Mark | None:
    """The mark of a record of this run; None for any other record."""
    key = (message.key() or b"").decode(errors="replace").split("/")
    if len(key) != 4 or key[0] != run_id or not key[3].isdigit():
        return None
    return Mark(Origin(key[1], key[2]), int(key[3]), _sent(message))


def header_of(message: Message, name: str) -> str:
    """The text of the first header of that name; empty where there is none."""
    headers = message.headers() or []
    pairs = headers.items() if isinstance(headers, dict) else headers
    content = next((value for found, value in pairs if found == name), None)
    return content.decode(errors="replace") if isinstance(content, bytes) else ""


def _sent(message: Message) -> float | None:
    sent, _, checksum = header_of(message, HEADER).partition("/")
    if not sent.isdigit() or checksum != str(zlib.crc32(message.value() or b"")):
        return None
    return int(sent) / 1_000_000


def poll_until(producer: Producer, due: float) -> None:
    """Serves confirmations until it is time for the next record."""
    while (left := due - time.monotonic()) > 0:
        producer.poll(left)
