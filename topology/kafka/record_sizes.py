"""How large a record may be: what the source's brokers took must fit through the producer to the target.

The producer compares a record with max.request.size and buffer.memory before it compresses it, the brokers
compare it with message.max.bytes after (KAFKA-4169). A record of 5 MiB of text that a source of 1 MiB
accepted would end the task at Kafka's default of 1 MiB. Decision 21 has the reasons for these figures.
"""

from __future__ import annotations

from topology.kafka.broker_properties import MESSAGE_MAX_BYTES, server_properties
from topology.kafka.effective import number
from topology.model import Environment

__all__ = ["DEFAULT_BUFFER", "accepted_bytes", "producer_sizes", "smallest_request"]

COMPRESSION_ROOM = 16
"""How many times a record may shrink at the source by compression: ours; JSON shrinks 3 to 10 times."""
MOST_ROOM = 32 * 1024**2
"""Room for compression ends here: Kafka's default buffer.memory, which each task has in any case."""
OVERHEAD = 1024
"""What the producer's estimate of a record is above the batch that the source has it in (at most 82 bytes in
Kafka 4.1.1, DefaultRecordBatch.estimateBatchSizeUpperBound), rounded up."""
DEFAULT_BUFFER = 32 * 1024**2
"""Kafka's default of buffer.memory."""


def accepted_bytes(environment: Environment, region: str) -> int:
    """The largest batch that the brokers of a region take, compressed. Topics of theirs may have another
    limit (max.message.bytes), which no file knows."""
    found = number(server_properties(environment, region), "message.max.bytes")
    return MESSAGE_MAX_BYTES if found is None else found


def smallest_request(source_bytes: int) -> int:
    """The max.request.size below which records that were not compressed at the source do not cross."""
    return source_bytes + OVERHEAD


def producer_sizes(source_bytes: int, given: dict[str, str]) -> dict[str, str]:
    """`max.request.size` and `buffer.memory` of the producer to the target, for a source that takes
    `source_bytes`. `given`: what the file sets of these, without prefix; the buffer follows the request."""
    room = min(COMPRESSION_ROOM * source_bytes, MOST_ROOM)
    request = max(smallest_request(source_bytes), room)
    largest = number(given, "max.request.size", request) or request
    return {"max.request.size": str(request), "buffer.memory": str(max(DEFAULT_BUFFER, largest))}
