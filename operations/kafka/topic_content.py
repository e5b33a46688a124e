"""What topics hold: from their beginning, or from a time, to their end as it was when the reading began."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from operations.kafka.clusters import FROM_END, METADATA_SECONDS, Cluster, ClusterError, offsets_at, words
from operations.kafka.partitions import Extent, Partition

__all__ = ["read_back", "read_extents", "read_topic", "read_topics"]

BATCH: Final = 1000
IDLE_SECONDS: Final = 30.0
# MirrorMaker's topics grow until they are compacted, which their active segment (a week, 1 GiB) never is:
# what is looked for is most often among the newest records.
WINDOWS_SECONDS: Final = (600.0, 7200.0, 86400.0)

T = TypeVar("T")


def read_back(
    cluster: Cluster, topic: str, parse: Callable[[Iterable[Message]], T], enough: Callable[[T], bool]
) -> T:
    """`parse` of the topic's last 10 minutes, 2 hours, day, or of all of it: the first that is `enough`, else
    of all. A topic that is not there holds nothing. Raises ClusterError."""
    for seconds in WINDOWS_SECONDS:
        found = parse(read_topic(cluster, topic, int((time.time() - seconds) * 1000)))
        if enough(found):
            return found
    return parse(read_topic(cluster, topic))


def read_topic(cluster: Cluster, topic: str, since_ms: int | None = None) -> Iterator[Message]:
    """As `read_topics`. A topic that is not there holds nothing."""
    with _reading(cluster) as consumer:
        extents = _committed(consumer, topic, _numbers(consumer, topic), since_ms)
        yield from _records(cluster, consumer, extents, IDLE_SECONDS)


def read_topics(
    cluster: Cluster, topics: Mapping[str, int], since_ms: int | None = None
) -> Iterator[Message]:
    """The records of each partition in order, as far as they are committed now. `topics`: name -> partitions;
    `since_ms`: since then, in milliseconds since 1970; None: all there are.

    Raises ClusterError when one cannot be read to its end.
    """
    with _reading(cluster) as consumer:
        extents: dict[Partition, Extent] = {}
        for topic, partitions in topics.items():
            extents |= _committed(consumer, topic, range(partitions), since_ms)
        yield from _records(cluster, consumer, extents, IDLE_SECONDS)


def read_extents(
    cluster: Cluster, extents: Mapping[Partition, Extent], seconds: float = IDLE_SECONDS
) -> Iterator[Message]:
    """The committed records from the beginning to the end of each extent, in the order of their partition. An
    open transaction before an end is waited for, as long as not `seconds` go by without a record. Raises
    ClusterError when one cannot be read to its end."""
    with _reading(cluster) as consumer:
        yield from _records(cluster, consumer, extents, seconds)


@contextmanager
def _reading(cluster: Cluster) -> Iterator[Consumer]:
    consumer = cluster.consumer({"enable.partition.eof": True, "isolation.level": "read_committed"})
    try:
        yield consumer
    except KafkaException as error:
        raise ClusterError(f"{cluster}: {words(error)}") from error
    finally:
        consumer.close()


def _records(
    cluster: Cluster, consumer: Consumer, extents: Mapping[Partition, Extent], seconds: float
) -> Iterator[Message]:
    left = {partition: one.end for partition, one in extents.items() if one.beginning < one.end}
    consumer.assign([TopicPartition(*partition, extents[partition].beginning) for partition in left])
    heard = time.monotonic()
    while left:
        messages = consumer.consume(BATCH, timeout=0.2)  # a longer wait is spent in full on the last batch
        if messages:
            heard = time.monotonic()
        elif time.monotonic() - heard > seconds:
            unread = ", ".join(f"{topic}-{number}" for topic, number in sorted(left))
            raise ClusterError(
                f"{cluster}: no record came in {seconds:.0f} s; not read to the end: {unread}; a transaction "
                "that is still open ends after its time-out (a minute by default)"
            )
        for message in messages:
            partition, error = (message.topic() or "", message.partition() or 0), message.error()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:
                raise ClusterError(f"{cluster}, topic {partition[0]}: {error.str()}")
            # the mark of an end stands behind what is not shown: the ends of transactions
            reached = (message.offset() or 0) + (error is None)
            if error is None and partition in left:
                yield message
            if reached >= left.get(partition, reached + 1):
                del left[partition]


def _numbers(consumer: Consumer, topic: str) -> list[int]:
    """The partitions of a topic; none where it is not there."""
    found = consumer.list_topics(topic, timeout=METADATA_SECONDS).topics[topic]
    if found.error is not None:
        if found.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return []
        raise KafkaException(found.error)
    return list(found.partitions)


def _committed(
    consumer: Consumer, topic: str, numbers: Collection[int], since_ms: int | None
) -> dict[Partition, Extent]:
    """The partitions that have records of the time in question, up to the first open transaction."""
    if not numbers:
        return {}
    firsts = offsets_at(consumer, topic, numbers, 0 if since_ms is None else since_ms)
    lasts = offsets_at(consumer, topic, numbers, FROM_END)
    return {
        (topic, first.partition): Extent(first.offset, last.offset)
        for first, last in zip(firsts, lasts, strict=True)
        if 0 <= first.offset < last.offset
    }
