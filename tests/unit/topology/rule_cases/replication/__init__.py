"""Cases of topology/rules/replication."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.replication import (
    aliases,
    clients,
    effective,
    flows,
    guarded,
    prefixes,
    properties,
    topics,
    worker_group,
)

CASES: Final = (
    *aliases.CASES,
    *clients.CASES,
    *effective.CASES,
    *flows.CASES,
    *guarded.CASES,
    *prefixes.CASES,
    *properties.CASES,
    *topics.CASES,
    *worker_group.CASES,
)
