"""Cases of topology/rules/aws."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.aws import (
    limits,
    names,
    regions,
)

CASES: Final = (
    *limits.CASES,
    *names.CASES,
    *regions.CASES,
)
