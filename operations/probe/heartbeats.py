"""When heartbeats arrive: the latency of replication, as a client of the target sees it."""

from __future__ import annotations

import struct
import threading
import time
from collections import deque
from typing import Final

from confluent_kafka import OFFSET_END, Consumer, KafkaError, KafkaException, TopicPartition

from operations.kafka.clusters import Cluster, ClusterError, words
from topology.iam.statements import PROBE_GROUP

__all__ = ["HEARTBEAT_V0", "HeartbeatReader", "heartbeat_sent_ms"]

REQUEST_SECONDS: Final = 10.0
POLL_SECONDS: Final = 0.5
LOOK_SECONDS: Final = 5.0
HEARTBEAT_V0: Final = struct.Struct(">hq")
"""Version, milliseconds since 1970 (org.apache.kafka.connect.mirror.Heartbeat, HEADER_ and VALUE_SCHEMA)."""


class HeartbeatReader:
    """Times heartbeats as they arrive in `topic`, from its end on, in a thread until `stop` is set.

    The topic may come into being later, or never: where nothing writes heartbeats at the source.
    """

    def __init__(self, cluster: Cluster, topic: str, stop: threading.Event) -> None:
        self._cluster, self._topic, self._stop = cluster, topic, stop
        self._latencies_ms: deque[float] = deque()
        self.problem: str | None = None
        """Why none can be read, in words; None while they can or there is no such topic."""
        self._thread = threading.Thread(target=self._run, name=f"heartbeats {topic}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """Waits for the end of the thread; `stop` must be set."""
        self._thread.join()

    def drain_ms(self) -> list[float]:
        """Milliseconds from the worker's clock at the source to arrival by this machine's clock, of each
        heartbeat since the last call."""
        return [self._latencies_ms.popleft() for _ in range(len(self._latencies_ms))]

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (KafkaException, ClusterError) as error:
                said = words(error) if isinstance(error, KafkaException) else str(error)
                self.problem = f"{self._cluster}, topic {self._topic}: {said}"
                self._stop.wait(LOOK_SECONDS)

    def _listen(self) -> None:
        consumer = self._cluster.consumer({"group.id": PROBE_GROUP, "auto.offset.reset": "latest"})
        try:
            while not (partitions := self._partitions(consumer)):
                if self._stop.wait(LOOK_SECONDS):
                    return
            consumer.assign(partitions)
            while not self._stop.is_set():
                self._take(consumer)
        finally:
            consumer.close()

    def _partitions(self, consumer: Consumer) -> list[TopicPartition]:
        found = consumer.list_topics(self._topic, timeout=REQUEST_SECONDS).topics[self._topic]
        if found.error is not None and found.error.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise KafkaException(found.error)
        self.problem = None
        return [TopicPartition(self._topic, number, OFFSET_END) for number in found.partitions]

    def _take(self, consumer: Consumer) -> None:
        message = consumer.poll(POLL_SECONDS)
        arrived_ms = time.time() * 1000
        if message is None:
            return
        if (error := message.error()) is not None:
            self.problem = f"{self._cluster}, topic {self._topic}: {error.str()}"
            return
        self.problem = None
        sent_ms = heartbeat_sent_ms(message.value())
        if sent_ms is not None:
            self._latencies_ms.append(arrived_ms - sent_ms)


def heartbeat_sent_ms(value: bytes | None) -> int | None:
    """When a heartbeat was written, milliseconds since 1970; None for a record that is none.

    From its value and not from the record's time stamp, which is the target broker's where topics have
    message.timestamp.type=LogAppendTime: every latency would be that of the last metre.
    """
    if value is None or len(value) != HEARTBEAT_V0.size:
        return None
    version, sent_ms = HEARTBEAT_V0.unpack(value)
    return int(sent_ms) if version == 0 else None
