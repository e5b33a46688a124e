"""Cases of topology/rules/kafka."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.kafka import (
    advertised,
    cluster_settings,
    msk_cluster,
    record_limits,
    scram,
    values,
)

CASES: Final = (
    *advertised.CASES,
    *cluster_settings.CASES,
    *msk_cluster.CASES,
    *record_limits.CASES,
    *scram.CASES,
    *values.CASES,
)
