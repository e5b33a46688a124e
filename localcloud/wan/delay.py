"""A delay line for packets: in at one descriptor, out at another, in order, a fixed time later."""

from __future__ import annotations

import os
import select
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic

__all__ = ["MAX_QUEUED_BYTES", "DelayLine", "carry"]

MAX_QUEUED_BYTES = 64 << 20
"""Packets beyond this are dropped, as a router with a full buffer does: 35 ms of 1.8 GB/s never reach it."""

_BATCH = 256
_LARGEST_PACKET = 65536
_TICK_SECONDS = 0.0002
"""Packets due within one tick leave together: 0.2 ms late at most, never early, and half the wake-ups."""


class DelayLine:
    """One direction of a link: packets read from `source` are written to `sink`, each `delay` seconds later.

    Both are non-blocking descriptors where one read or write is one packet (TUN devices).
    """

    def __init__(self, source: int, sink: int, delay: float) -> None:
        self.source = source
        self.sink = sink
        self.delay = delay
        self._queue: deque[tuple[float, bytes]] = deque()
        self._queued = 0

    @property
    def due(self) -> float | None:
        """When the oldest packet leaves (time.monotonic), None while there is none."""
        return self._queue[0][0] if self._queue else None

    def take(self) -> None:
        """Read what has arrived, up to a batch, so that one busy line cannot starve the others."""
        due = monotonic() + self.delay
        if self._queue:
            due = max(due, self._queue[-1][0])  # after a shortened delay nobody overtakes
        with suppress(BlockingIOError):
            for _ in range(_BATCH):
                packet = os.read(self.source, _LARGEST_PACKET)
                if self._queued + len(packet) <= MAX_QUEUED_BYTES:
                    self._queue.append((due, packet))
                    self._queued += len(packet)

    def release(self) -> None:
        """Write the packets whose time has come."""
        now = monotonic()
        queue = self._queue
        while queue and queue[0][0] <= now:
            packet = queue.popleft()[1]
            self._queued -= len(packet)
            # A device that is down or full loses packets, as any link does; TCP sends them again.
            with suppress(OSError):
                os.write(self.sink, packet)


def carry(lines: Sequence[DelayLine], control: Callable[[], int | None], react: Callable[[], bool]) -> None:
    """Run the lines until `react` says so.

    `control` names a descriptor to watch besides (None: no more), `react` is called when it has input and
    returns whether to end. select and not epoll: Python's epoll rounds its time-out up to whole milliseconds.
    """
    by_source = {line.source: line for line in lines}
    while True:
        watched = [*by_source, *([descriptor] if (descriptor := control()) is not None else [])]
        dues = [line.due for line in lines if line.due is not None]
        timeout = max(min(dues) - monotonic(), _TICK_SECONDS) if dues else None
        for ready in select.select(watched, [], [], timeout)[0]:
            if ready in by_source:
                by_source[ready].take()
            elif react():
                return
        for line in lines:
            line.release()
