"""Numbered records: each says whose it is, when it was sent and whether it arrived as it was.

key     <run id>/<alias>/<topic>/<number>   alias, topic: where it was produced, its origin
header  msk-mirror: <sent>/<crc32>          sent: microseconds since 1970 at the producer
value   `record_bytes` random bytes, so that compression does not help

A record is recognized by its key alone; a header or value that does not fit it counts as altered. Latency
is the arrival's wall clock minus `sent`: producer and consumer run on one machine, or their clocks agree.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from confluent_kafka import Message

__all__ = ["Compose", "Mark", "Numbered", "Origin", "Record", "header_of", "mark_of"]

HEADER: Final = "msk-mirror"


class Origin(NamedTuple):
    """Where a record was produced; topic names cannot contain the `/` of the key."""

    alias: str
    topic: str


@dataclass(frozen=True)
class Mark:
    """A recognized record; `sent` seconds since 1970, None when it was altered on its way."""

    origin: Origin
    number: int
    sent: float | None


@dataclass(frozen=True)
class Record:
    """What is produced; `partition` -1: where the partitioner puts the key (librdkafka, PARTITION_UA)."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, str | bytes | None]]
    partition: int = -1


Compose = Callable[[int, int], Record]
"""Makes a record of its number and of when it is sent, in microseconds since 1970; the record's timestamp is
the same in milliseconds."""


class Numbered:
    """Composes the records that the module describes."""

    def __init__(self, origin: Origin, record_bytes: int, run_id: str) -> None:
        self._prefix = f"{run_id}/{origin.alias}/{origin.topic}"
        self._record_bytes = record_bytes
        self._random = Random(run_id)  # noqa: S311 - the bytes must not compress; nobody guesses them

    def __call__(self, number: int, sent: int) -> Record:
        value = self._random.randbytes(self._record_bytes)
        header = f"{sent}/{zlib.crc32(value)}".encode()
        return Record(f"{self._prefix}/{number}".encode(), value, [(HEADER, header)])


def mark_of(message: Message, run_id: str) -> Mark | None:
    """The mark of a record of this run; None for any other record."""
    key = (message.key() or b"").decode(errors="replace").split("/")
    if len(key) != 4 or key[0] != run_id or not key[3].isdigit():
        return None
    return Mark(Origin(key[1], key[2]), int(key[3]), _sent(message))


def header_of(message: Message, name: str) -> str:
    """The text of the first header of that name; empty where there is none."""
    headers = message.headers() or []
    pairs = headers.items() if isinstance(headers, dict) else headers
    content = next((value for found, value in pairs if found == name), None)
    return content.decode(errors="replace") if isinstance(content, bytes) else ""


def _sent(message: Message) -> float | None:
    sent, _, checksum = header_of(message, HEADER).partition("/")
    if not sent.isdigit() or checksum != str(zlib.crc32(message.value() or b"")):
        return None
    return int(sent) / 1_000_000
