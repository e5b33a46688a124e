"""Numbered records into one topic, and a consumer group that reads them on either cluster."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, Message, Producer

from operations.kafka.clusters import LOGGER

PARTITIONS = 3
READ_SECONDS = 60.0


class Numbers:
    """Writes 0, 1, 2 ... to the partition `number % PARTITIONS`, `rate` a second, while the block runs."""

    def __init__(self, bootstrap: str, topic: str, rate: float) -> None:
        self._producer = Producer(
            {"bootstrap.servers": bootstrap, "linger.ms": 5, "acks": "all"}, logger=LOGGER
        )
        self._topic, self._rate = topic, rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)
        self.count = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> int:
        """Writes no more; how many there are."""
        self._stop.set()
        self._thread.join()
        assert self._producer.flush(60) == 0
        return self.count

    def _write(self) -> None:
        begin = time.monotonic()
        while not self._stop.is_set():
            number = self.count
            self._producer.produce(self._topic, str(number).encode(), partition=number % PARTITIONS)
            self.count += 1
            # the pace of the producer; nothing waits for it
            self._producer.poll(max(0.0, begin + self.count / self._rate - time.monotonic()))


def number_in_value(message: Message) -> int:
    """As `Numbers` writes it."""
    return int(message.value() or b"")


@dataclass
class Reader:
    """A member of a group that reads a topic and commits every 100 records. `number_of`: of a record; None
    for one that is not counted. `read`: the numbers in the order in which they came."""

    bootstrap: str
    topic: str
    group: str
    number_of: Callable[[Message], int | None] = number_in_value
    read: list[int] = field(default_factory=list)

    def until(self, enough: Callable[[], bool]) -> list[int]:
        """Reads until it is enough, commits what it has read and leaves the group."""
        consumer = self.join()
        deadline = time.monotonic() + READ_SECONDS
        while not enough():
            assert time.monotonic() < deadline, f"{len(self.read)} records of {self.topic}"
            self.take(consumer)
        consumer.close()
        return self.read

    def join(self, protocol: str = "classic") -> Consumer:
        """The consumer, in the group as soon as it polls; `protocol`: classic or consumer (KIP-848)."""
        consumer = Consumer(
            {
                "bootstrap.servers": self.bootstrap,
                "group.id": self.group,
                "group.protocol": protocol,
                "client.id": "reader",
                "enable.auto.commit": False,
                # a group that begins anew would show as records that are missing
                "auto.offset.reset": "latest" if self.topic.startswith("us-") else "earliest",
            },
            logger=LOGGER,
        )
        consumer.subscribe([self.topic])
        return consumer

    def take(self, consumer: Consumer) -> None:
        """Reads at most 100 records and commits them."""
        messages = consumer.consume(100, timeout=0.2)
        for message in messages:
            assert message.error() is None, message.error()
            if (number := self.number_of(message)) is not None:
                self.read.append(number)
        if messages:
            consumer.commit(asynchronous=False)


def skipped(*read: list[int]) -> list[int]:
    """Numbers that nobody has read although a later one of their partition was."""
    seen = {number for numbers in read for number in numbers}
    last = {number % PARTITIONS: number for number in sorted(seen)}
    return [n for n in range(max(seen)) if n not in seen and n < last.get(n % PARTITIONS, -1)]


def at_least(one: Reader, count: int) -> Callable[[], bool]:
    """So many records, out of each partition, so that each has a commit."""
    every = set(range(PARTITIONS))
    return lambda: len(one.read) >= count and {number % PARTITIONS for number in one.read} == every
