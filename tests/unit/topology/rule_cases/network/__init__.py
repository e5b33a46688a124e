"""Cases of topology/rules/network."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.network import (
    addresses,
    broker_access,
    vpc_ranges,
)

CASES: Final = (
    *addresses.CASES,
    *broker_access.CASES,
    *vpc_ranges.CASES,
)
