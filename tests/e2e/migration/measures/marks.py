"""How a record of the proof is recognized when its key and its value may be null: by one header.

msk-mirror-proof: <run id>/<alias>/<topic>/<number>/<sent>/<crc32>

sent: microseconds since 1970 at the producer, the record's timestamp in finer units. The checksum is of all
that must arrive as it was: partition, timestamp, key, value, and the other headers in their order, where null
and empty are two things. A record with the header and another checksum was altered on its way.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

from confluent_kafka import Message

from operations.verification.records import Mark, Origin, Record, header_of

__all__ = ["HEADER", "marked", "proof_mark"]

HEADER: Final = "msk-mirror-proof"
Headers = Iterable[tuple[str, str | bytes | None]]


def marked(record: Record, origin: Origin, run_id: str, number: int, sent: int) -> Record:
    """The record with its mark behind its own headers; its partition must be a certain one.

    `sent`: microseconds since 1970. Raises ValueError for a record whose partition the producer would choose.
    """
    if record.partition < 0:
        raise ValueError(f"found partition {record.partition}; allowed: 0 or more")
    checksum = _checksum(record.partition, sent // 1000, record.key, record.value, record.headers)
    mark = f"{run_id}/{origin.alias}/{origin.topic}/{number}/{sent}/{checksum}".encode()
    return Record(record.key, record.value, [*record.headers, (HEADER, mark)], record.partition)


def proof_mark(message: Message, run_id: str) -> Mark | None:
    """The mark of a record of this run, without a time when it was altered; None for any other record."""
    parts = header_of(message, HEADER).split("/")
    if len(parts) != 6 or parts[0] != run_id or not (parts[3].isdigit() and parts[4].isdigit()):
        return None
    found = message.headers() or []
    pairs = list(found.items() if isinstance(found, dict) else found)
    others = [(name, value) for name, value in pairs if name != HEADER]
    partition = message.partition()
    checksum = _checksum(
        -1 if partition is None else partition, message.timestamp()[1], message.key(), message.value(), others
    )
    sent = int(parts[4])
    intact = parts[5] == str(checksum) and len(others) == len(pairs) - 1
    return Mark(Origin(parts[1], parts[2]), int(parts[3]), sent / 1_000_000 if intact else None)


def _checksum(
    partition: int, timestamp: int, key: bytes | str | None, value: bytes | str | None, headers: Headers
) -> int:
    checksum = zlib.crc32(f"{partition}/{timestamp}".encode())
    for part in (key, value, *(part for pair in headers for part in pair)):
        content = part.encode() if isinstance(part, str) else part
        # the length first, so that no two lists of parts give the same bytes; null has none
        checksum = zlib.crc32(b"null" if content is None else b"%d:" % len(content) + content, checksum)
    return checksum
