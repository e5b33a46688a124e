"""Counts the records of a run wherever they are: the whole of each topic that could carry one.

Consumers see only the topic that they read. A loop shows elsewhere: as growth of the original topic, or as
`B.A.t` on A. So every topic of a cluster whose name ends with the original one's is read, from the first
record of the run to the end of each partition at the time of the count.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from confluent_kafka import Message

from operations.kafka.clusters import Cluster
from operations.kafka.topic_content import read_topics
from operations.verification.records import Mark, Origin, mark_of

__all__ = ["Census", "Recognize", "Tally", "circled", "take_census"]

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
    otherwise. Raises ClusterError when a partition cannot be read to its end.
    """
    named = {
        name: partitions
        for name, partitions in cluster.topics().items()
        if any(name.endswith(topic) for topic in topics)
    }
    census: Census = {}
    for message in read_topics(cluster, named, since_ms - CLOCK_SKEW_MS):
        if (mark := recognize(message, run_id)) is not None:
            tally = census.setdefault((message.topic() or "", mark.origin), Tally())
            tally.count += 1
            tally.numbers.add(mark.number)
    return census


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
