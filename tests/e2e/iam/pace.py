"""How long a function may take before it counts as failed, when one action has been taken away.

The table names the function that fails without the action. Every function before it must work, however slow
the machine is: a time-out there would name the wrong one, and a denial may be about a later function
(MirrorMaker creates the topic of its offset syncs when a connector starts, before a record is replicated). So
only the named function, and those after it, may be given up early.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["GENEROUS_SECONDS", "Allowance", "Pace", "generous", "pace"]

GENEROUS_SECONDS = 90.0
"""For a function that works, on a busy machine."""
LIMIT = 3.0
"""Times what the named function took when nothing was taken away, and at least so many seconds:"""
LEAST_SECONDS = 10.0
LEAST_PATIENCE = 4.0
"""Seconds after a denial, or as many as the function took."""


@dataclass(frozen=True)
class Allowance:
    """`seconds` in all, and `patience` seconds after the brokers have denied something."""

    seconds: float
    patience: float = math.inf


Pace = Callable[[str, Mapping[str, float]], Allowance]
"""The allowance of a function, by what those before it took in seconds. Where the machine has become slower,
the named function is waited for in proportion."""


def generous(_function: str, _done: Mapping[str, float]) -> Allowance:
    """Every function is given the time of one that works."""
    return Allowance(GENEROUS_SECONDS)


def pace(order: Sequence[str], named: str, whole: Mapping[str, float]) -> Pace:
    """The allowance of each function of `order` where `named` is to fail. `whole`: the seconds that each took
    when nothing was taken away."""

    def allowance(function: str, done: Mapping[str, float]) -> Allowance:
        if order.index(function) < order.index(named):
            return Allowance(GENEROUS_SECONDS)
        slower = max([1.0, *(done[one] / whole[one] for one in done if whole.get(one))])
        seconds = slower * max(LEAST_SECONDS, LIMIT * whole[function])
        return Allowance(min(seconds, GENEROUS_SECONDS), slower * max(LEAST_PATIENCE, whole[function]))

    return allowance
