"""Changes of an environment, from one file to another: what needs two steps, and what stays behind."""

from __future__ import annotations

from topology.model import Environment
from topology.transitions.registry import TRANSITIONS, Change, Finding, Transition

__all__ = ["TRANSITIONS", "Change", "Finding", "Transition", "findings"]

from topology.transitions import (  # noqa: F401
    clusters,
    connect,
    exactly_once,
    flows,
    placement,
    regions,
    scram,
)


def findings(before: Environment, after: Environment) -> list[Finding]:
    """All that is said of a change, in the order of the table. Pure: neither AWS nor Kafka is asked."""
    change = Change(before, after)
    return [found for entry in TRANSITIONS for found in entry.check(change)]
