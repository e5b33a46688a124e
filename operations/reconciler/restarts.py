"""How long a failed connector rests before it is restarted again: 10 s, 20 s, 40 s, then every minute.

Failed tasks never restart by themselves. One that fails for a lasting reason (a missing permission) must not
be restarted in a tight loop: each restart opens new connections, and MSK admits about 100 new IAM connections
a second and broker (MSK Developer Guide, "Amazon MSK quota"). The longest rest is what is lost when the
reason passes just after a restart, and a restart a minute opens a handful of connections: hence no longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["FIRST_REST_SECONDS", "LONGEST_REST_SECONDS", "RestartPause", "after_pass", "resting"]

FIRST_REST_SECONDS: Final = 10.0
LONGEST_REST_SECONDS: Final = 60.0


@dataclass(frozen=True)
class RestartPause:
    """`restarts` in a row so far, the last one at `since` (seconds of a monotonic clock)."""

    restarts: int
    since: float

    @property
    def seconds(self) -> float:
        return float(min(FIRST_REST_SECONDS * 2 ** (self.restarts - 1), LONGEST_REST_SECONDS))

    @property
    def until(self) -> float:
        return self.since + self.seconds


def resting(history: Mapping[str, RestartPause], now: float) -> frozenset[str]:
    """The connectors that are not to be restarted yet."""
    return frozenset(name for name, rest in history.items() if now < rest.until)


def after_pass(
    history: Mapping[str, RestartPause], restarted: Iterable[str], failed: Iterable[str], now: float
) -> dict[str, RestartPause]:
    """The history after a pass. A connector that is not `failed` and was not restarted for twice its rest is
    well again and forgotten; one that fails again before that rests longer."""
    failing = set(failed)
    kept = {
        name: rest for name, rest in history.items() if name in failing or now < rest.since + 2 * rest.seconds
    }
    for name in restarted:
        before = kept.get(name)
        kept[name] = RestartPause(before.restarts + 1 if before else 1, now)
    return kept
