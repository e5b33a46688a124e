"""What a topic holds now: from its beginning, or from a time, to its end as it was when the reading began."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from operations.clusters import FROM_END, METADATA_SECONDS, Cluster, ClusterError, offsets_at, words

__all__ = ["read_back", "read_topic"]

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
    """The records of each partition in order. `since_ms`: milliseconds since 1970; None: all there are.

    A topic that is not there holds nothing. Raises ClusterError when it can not be read to its end.
    """
    consumer = cluster.consumer({"enable.partition.eof": True})
    try:
        left = _assign(consumer, topic, since_ms)
        heard = time.monotonic()
        while left:
            messages = consumer.consume(BATCH, timeout=0.2)
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > IDLE_SECONDS:
                raise ClusterError(f"{cluster}, topic {topic}: no record came in {IDLE_SECONDS:.0f} s")
            for message in messages:
                partition = message.partition() or 0
                error = message.error()
                if error is not None and error.code() == KafkaError._PARTITION_EOF:
                    left.pop(partition, None)
                elif error is not None:
                    raise ClusterError(f"{cluster}, topic {topic}: {error.str()}")
                elif partition in left:
                    yield message
                    if (message.offset() or 0) + 1 >= left[partition]:
                        left.pop(partition)
    except KafkaException as error:
        raise ClusterError(f"{cluster}, topic {topic}: {words(error)}") from error
    finally:
        consumer.close()


def _assign(consumer: Consumer, topic: str, since_ms: int | None) -> dict[int, int]:
    """Takes the partitions that have records of the time in question; the end of each."""
    found = consumer.list_topics(topic, timeout=METADATA_SECONDS).topics[topic]
    if found.error is not None:
        if found.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return {}
        raise KafkaException(found.error)
    taken: list[TopicPartition] = []
    ends: dict[int, int] = {}
    firsts = offsets_at(consumer, topic, found.partitions, 0 if since_ms is None else since_ms)
    lasts = offsets_at(consumer, topic, found.partitions, FROM_END)
    for first, last in zip(firsts, lasts, strict=True):
        if 0 <= first.offset < last.offset:
            taken.append(TopicPartition(topic, first.partition, first.offset))
            ends[first.partition] = last.offset
    consumer.assign(taken)
    return ends
