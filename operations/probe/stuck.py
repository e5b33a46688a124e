"""Which topics stand still: records wait at the source, and Connect commits none of them.

MirrorMaker swallows what its consumer throws (MirrorSourceTask.poll) and only logs what its schedulers do, so
that a role without ReadData, a topic that may not be created or seen leave every task RUNNING. Measured with
4.1.1: without READ at the source, or CREATE at the target, connector and task are RUNNING and no record
crosses; without DESCRIBE the connector is RUNNING without a task.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from operations.kafka.partitions import Partition
from operations.probe.figures import Reading, waiting

__all__ = ["PATIENCE_SECONDS", "Stillness"]

PATIENCE_SECONDS: Final = 120.0
"""Above the lag of committed source offsets (offset.flush.interval.ms, 10 s), a rebalance, a restart."""


@dataclass(frozen=True)
class Still:
    """A partition whose `source_offset` has not moved since `since`; its end was `end` then."""

    source_offset: int | None
    end: int
    since: float


class Stillness:
    """Remembers source offsets from look to look. `patience`: seconds that a partition may stand still; a
    topic without any source offset may take `discovery` seconds more, until MirrorMaker refreshes its
    topics."""

    def __init__(self, patience: float, discovery: float) -> None:
        self._patience, self._discovery = patience, discovery
        self._still: dict[Partition, Still] = {}

    def look(self, reading: Reading, now: float) -> tuple[str, ...]:
        """The topics that stand still, sorted; none where the reading cannot tell."""
        if reading.source is None or reading.source_offsets is None:
            return ()
        before, self._still = self._still, {}
        for partition, extent in reading.source.items():
            source_offset = reading.source_offsets.get(partition)
            if waiting(extent, -1 if source_offset is None else source_offset):
                known = before.get(partition)
                same = known is not None and known.source_offset == source_offset and known.end <= extent.end
                self._still[partition] = known if known and same else Still(source_offset, extent.end, now)
        ends = {partition: one.end for partition, one in reading.source.items()}
        stuck = {key[0] for key, one in self._still.items() if self._is_stuck(one, ends[key], now)}
        return tuple(sorted(stuck))

    def _is_stuck(self, still: Still, end: int, now: float) -> bool:
        age = now - still.since
        if still.source_offset is None:
            return age >= self._patience + self._discovery
        # without new records what waits may be none: the control records of transactions are never committed
        return age >= self._patience and end > still.end
