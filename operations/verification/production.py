"""Sends numbered records, paced or at full speed, and keeps which of them the brokers confirmed."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Final

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from operations.kafka.clusters import METADATA_SECONDS, Cluster, ClusterError, words
from operations.verification.records import Compose, Numbered, Origin

__all__ = ["Load", "Production", "Sent", "poll_until"]

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


@dataclass(frozen=True)
class Sent:
    """`acknowledged[number]` is 1 for each number that the brokers confirmed (acks=all); `failures`: what was
    said about the others, which may or may not have been written."""

    acknowledged: bytearray
    failures: tuple[str, ...]

    @property
    def count(self) -> int:
        return self.acknowledged.count(1)


class Production:
    """Sends a load of numbered records to `topic` of its origin; idempotent, acks=all, in number order.

    `compose` makes other records than those of records.py.

    One record a partition goes ahead without a number: the producer's id and connections are there by then
    (1-2 s on a cluster that has just started), so that they do not count as latency. While `run` is going on,
    `done` counts confirmed records, `last_sent` is when one was handed over last (monotonic seconds) and
    `pause_ms_max` the longest time between two of them.
    """

    def __init__(
        self, cluster: Cluster, topic: str, load: Load, run_id: str, compose: Compose | None = None
    ) -> None:
        self._cluster, self._topic, self._load, self._run_id = cluster, topic, load, run_id
        self._compose = compose or Numbered(Origin(cluster.alias, topic), load.record_bytes, run_id)
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


def poll_until(producer: Producer, due: float) -> None:
    """Serves confirmations until it is time for the next record."""
    while (left := due - time.monotonic()) > 0:
        producer.poll(left)
