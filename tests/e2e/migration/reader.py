"""Reads the mirrored topics of a cluster while they are written, from the first record of each on."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, TopicPartition

from operations.kafka.clusters import METADATA_SECONDS, Cluster
from operations.verification.records import Origin
from tests.e2e.migration.measures.count import Count
from tests.e2e.migration.measures.marks import proof_mark

__all__ = ["Reader"]

LOOK_SECONDS: Final = 0.5


class Reader:
    """Counts what arrives; `topics`: mirrored topic -> where its records come from, `partitions` of each.

    Topics need not exist yet. Reads what is committed only (librdkafka's default), as exactly-once promises
    nothing to others.
    """

    def __init__(self, cluster: Cluster, topics: Mapping[str, Origin], partitions: int, run_id: str) -> None:
        self._cluster, self._topics, self._partitions, self._run_id = cluster, topics, partitions, run_id
        self.counts = {topic: Count() for topic in topics}

    @property
    def last_sent(self) -> float:
        """The partition that is farthest behind: when the last record that arrived there was sent, in seconds
        since 1970; 0 while nothing has arrived in one of them."""
        partitions = range(self._partitions)
        return min(count.last_sent.get(n, 0.0) for count in self.counts.values() for n in partitions)

    def run(self, stop: threading.Event) -> None:
        """Reads until `stop`."""
        consumer = self._cluster.consumer({"fetch.wait.max.ms": 100, "fetch.error.backoff.ms": 100})
        waiting, look = set(self._topics), 0.0
        try:
            while not stop.is_set():
                if waiting and time.monotonic() >= look:
                    with suppress(KafkaException):  # a broker that is away comes back
                        waiting -= self._take(consumer, waiting)
                    look = time.monotonic() + LOOK_SECONDS
                message = consumer.poll(0.1)
                if message is not None and message.error() is None:
                    self._note(message, time.time())
        finally:
            consumer.close()

    def _take(self, consumer: Consumer, waiting: set[str]) -> set[str]:
        found = consumer.list_topics(timeout=METADATA_SECONDS).topics
        taken = {topic for topic in waiting if topic in found and found[topic].partitions}
        consumer.incremental_assign(
            [
                TopicPartition(topic, partition, OFFSET_BEGINNING)
                for topic in sorted(taken)
                for partition in found[topic].partitions
            ]
        )
        return taken

    def _note(self, message: Message, at: float) -> None:
        topic = message.topic() or ""
        mark = proof_mark(message, self._run_id)
        if mark is None and message.key() == f"{self._run_id}/warm-up".encode():
            return  # goes ahead of each production, without a number
        known = mark if mark is not None and mark.origin == self._topics[topic] else None
        self.counts[topic].note(message.partition() or 0, known, at)
