"""Follows numbered records as they arrive in a mirrored topic."""

from __future__ import annotations

import threading
import time
from array import array
from contextlib import suppress
from typing import Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, TopicPartition

from operations.kafka.clusters import FROM_END, METADATA_SECONDS, Cluster, ClusterError, offsets_at, words
from operations.verification.records import Origin, mark_of

__all__ = ["NumberedConsumer"]

LOOK_SECONDS: Final = 1.0


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
        """Reads until `stop`. Raises ClusterError when the cluster cannot be read at the start."""
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
                    with suppress(KafkaException):  # a broker that is away comes back, or they are lost
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
