"""The cases of tests/unit/topology/test_rules.py, a module for each module of topology/rules."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases import aws, kafka, kubernetes, network, replication
from tests.unit.topology.rule_cases.case import EAST, Case

__all__ = ["CASES", "EAST", "Case"]

CASES: Final = (
    *aws.CASES,
    *kafka.CASES,
    *kubernetes.CASES,
    *network.CASES,
    *replication.CASES,
)
