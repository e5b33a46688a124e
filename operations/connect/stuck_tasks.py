"""Connectors and tasks that stay in a state which passes by itself, for longer than it ever takes.

Connect writes states into a topic, and reports what it has read there. When the broker of that topic is away
or workers lose their group, the last word on a task can be a stale one: UNASSIGNED or RESTARTING for ever,
whether the task runs or not (KAFKA-12525 is one of the ways). A restart of it writes a new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from operations.connect.client import Connector

__all__ = ["OVERDUE_SECONDS", "Part", "overdue", "seen"]

PASSING: Final = frozenset({"UNASSIGNED", "RESTARTING"})
OVERDUE_SECONDS: Final = 60.0
"""A task stops within 30 s (task.shutdown.graceful.timeout.ms), and a rebalance reassigns it at once
(scheduled.rebalance.max.delay.ms=0); twice that, for a busy machine."""


class Part(NamedTuple):
    """A connector (`task` None) or one of its tasks, in a passing state."""

    connector: str
    task: int | None
    state: str


def seen(before: Mapping[Part, float], connectors: Iterable[Connector], now: float) -> dict[Part, float]:
    """Since when each part is in its passing state (seconds of a monotonic clock), `before` being the answer
    of the last look. A part in another state is forgotten."""
    return {part: before.get(part, now) for one in connectors for part in _passing(one)}


def overdue(since: Mapping[Part, float], now: float) -> frozenset[Part]:
    """The parts that have been so for longer than OVERDUE_SECONDS."""
    return frozenset(part for part, began in since.items() if now - began > OVERDUE_SECONDS)


def _passing(connector: Connector) -> Iterator[Part]:
    if connector.state in PASSING:
        yield Part(connector.name, None, connector.state)
    for task in connector.tasks:
        if task.state in PASSING:
            yield Part(connector.name, task.id, task.state)
