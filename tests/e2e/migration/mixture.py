"""What is sent in a region: three topics, and between them everything that Kafka lets a record be.

events   records with a key, with headers and without; null keys; tombstones; empty values
table    compacted: few keys, written again and again, tombstones among them
ledger   transactions, some of which are aborted (load.Transactions)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

from operations.verification.records import Compose, Origin, Record
from tests.e2e.migration.measures.marks import marked

__all__ = ["EVENTS", "LEDGER", "PARTITIONS", "TABLE", "TOPICS", "TopicKind", "composer", "key_number"]

PARTITIONS: Final = 3
KEYS: Final = 600
"""Keys of the compacted topic: each is written again every few seconds."""
LARGEST_VALUE: Final = 512


@dataclass(frozen=True)
class TopicKind:
    """A topic of the mixture; `share` of a region's records go there, `config` is the topic's own."""

    name: str
    share: float
    config: Mapping[str, str] = field(default_factory=dict)

    @property
    def compacted(self) -> bool:
        return self.config.get("cleanup.policy") == "compact"


EVENTS: Final = TopicKind("demo.events", 0.6)
TABLE: Final = TopicKind(
    "demo.table",
    0.25,
    # segments that are closed soon and cleaned at once: compaction happens while records cross
    {"cleanup.policy": "compact", "segment.ms": "10000", "min.cleanable.dirty.ratio": "0.01"},
)
LEDGER: Final = TopicKind("demo.ledger", 0.15)
TOPICS: Final = (EVENTS, TABLE, LEDGER)


def composer(kind: TopicKind, alias: str, run_id: str) -> Compose:
    """Makes the records of a topic; every number goes to the next partition, so that all have traffic."""
    origin = Origin(alias, kind.name)
    random = Random(f"{run_id}/{origin}")  # noqa: S311 - bytes that do not compress; nobody guesses them
    content = _changed_row if kind.compacted else _event

    def compose(number: int, sent: int) -> Record:
        value = random.randbytes(random.randrange(1, LARGEST_VALUE))
        return marked(content(number, value), origin, run_id, number, sent)

    return compose


def key_number(number: int) -> int:
    """Which key of the compacted topic a number writes. The count of keys is a multiple of the partitions, so
    that a key stays in its partition."""
    return number % KEYS


def _event(number: int, value: bytes) -> Record:
    partition = number % PARTITIONS
    key = f"key-{number}".encode()
    match number // PARTITIONS % 8:  # each kind in each partition
        case 0:
            return Record(None, value, [], partition)
        case 1:
            return Record(key, None, [("deleted-by", b"proof")], partition)
        case 2:
            return Record(key, b"", [("empty", b""), ("null", None)], partition)
        case 3:
            return Record(
                value, value, [("bytes", bytes(range(256))), ("twice", b"1"), ("twice", b"2")], partition
            )
        case 4:
            return Record(None, None, [("of", b"nothing")], partition)
        case _:
            return Record(key, value, [], partition)


def _changed_row(number: int, value: bytes) -> Record:
    key = key_number(number)
    # a key's every seventh change deletes it
    deleted = number // KEYS % 7 == 6
    return Record(f"row-{key}".encode(), None if deleted else value, [], key % PARTITIONS)
