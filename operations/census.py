"""Counts the records of a run wherever they are: the whole of each topic that could carry one.

Consumers see only the topic that they read. A loop shows elsewhere: as growth of the original topic, or as
`B.A.t` on A. So every topic of a cluster whose name ends with the original one's is read, from the first
record of the run to the end of each partition at the time of the count.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from operations.clusters import FROM_END, Cluster, ClusterError, offsets_at, words
from operations.records import Mark, Origin, mark_of

__all__ = ["Census", "Recognize", "Tally", "circled", "take_census"]

BATCH: Final = 1000
IDLE_SECONDS: Final = 30.0
# Brokers may stamp records with their own clock (message.timestamp.type=LogAppendTime).
CLOCK_SKEW_MS: Final = 60_000


@dataclass
class Tally:
    """Records of one origin in one topic: `count` with every copy, and which numbers there are."""

    count: int = 0
    numbers: set[int] = field(default_factory=set)

    @property
    def copies(self) -> int:
        """Records beyond the first of each number."""
        return self.count - len(self.numbers)


Census = dict[tuple[str, Origin], Tally]
"""(topic, origin) -> tally, of one cluster."""

Recognize = Callable[[Message, str], Mark | None]
"""The mark of a message that belongs to the run with this id."""


def take_census(
    cluster: Cluster,
    topics: frozenset[str],
    run_id: str,
    since_ms: int,
    recognize: Recognize = mark_of,
) -> Census:
    """The records of the run in all topics of the cluster whose names end with one of `topics`.

    `since_ms`: when the run began (milliseconds since 1970); `recognize`: for records that carry their mark
    otherwise. Raises ClusterError when a partition can not be
    read to its end.
    """
    found = {
        name: partitions
        for name, partitions in cluster.topics().items()
        if any(name.endswith(topic) for topic in topics)
    }
    consumer = cluster.consumer({"enable.partition.eof": True})
    try:
        left = _assign(consumer, found, since_ms - CLOCK_SKEW_MS)
        return _read(consumer, left, lambda message: recognize(message, run_id))
    except KafkaException as error:
        raise ClusterError(f"{cluster}: {words(error)}") from error
    finally:
        consumer.close()


def circled(origin: Origin, mirrored_topic: str, source: Census, target: Census) -> int:
    """Records that went on where they should not have. On the source the idempotent producer wrote each
    number once, into one topic; on the target MirrorMaker writes into one topic. Every other record of this
    origin has circled."""
    found = 0
    for (topic, whose), tally in source.items():
        if whose == origin:
            found += tally.copies if topic == origin.topic else tally.count
    for (topic, whose), tally in target.items():
        if whose == origin and topic != mirrored_topic:
            found += tally.count
    return found


def _assign(consumer: Consumer, topics: dict[str, int], since_ms: int) -> dict[tuple[str, int], int]:
    """Takes what has records of the time in question; the end offset of each partition taken."""
    ends: dict[tuple[str, int], int] = {}
    taken: list[TopicPartition] = []
    for topic, partitions in topics.items():
        firsts = offsets_at(consumer, topic, range(partitions), since_ms)
        lasts = offsets_at(consumer, topic, range(partitions), FROM_END)
        for first, last in zip(firsts, lasts, strict=True):
            if 0 <= first.offset < last.offset:
                taken.append(TopicPartition(topic, first.partition, first.offset))
                ends[topic, first.partition] = last.offset
    consumer.assign(taken)
    return ends


def _read(
    consumer: Consumer, ends: dict[tuple[str, int], int], recognize: Callable[[Message], Mark | None]
) -> Census:
    census: Census = {}
    heard = time.monotonic()
    while ends:
        # A longer wait would be spent in full on every batch that is not full.
        messages = consumer.consume(BATCH, timeout=0.2)
        if messages:
            heard = time.monotonic()
        elif time.monotonic() - heard > IDLE_SECONDS:
            unread = ", ".join(f"{topic}-{partition}" for topic, partition in sorted(ends))
            raise ClusterError(f"no record came in {IDLE_SECONDS:.0f} s; not read to the end: {unread}")
        for message in messages:
            partition = (message.topic() or "", message.partition() or 0)
            error = message.error()
            if error is None:
                _count(census, message, recognize(message))
                if (message.offset() or 0) + 1 >= ends.get(partition, 0):
                    ends.pop(partition, None)
            elif error.code() == KafkaError._PARTITION_EOF:
                ends.pop(partition, None)
    return census


def _count(census: Census, message: Message, mark: Mark | None) -> None:
    if mark is None:
        return
    tally = census.setdefault((message.topic() or "", mark.origin), Tally())
    tally.count += 1
    tally.numbers.add(mark.number)
