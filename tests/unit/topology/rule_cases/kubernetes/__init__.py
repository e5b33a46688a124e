"""Cases of topology/rules/kubernetes."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.kubernetes import (
    charts,
    cluster_services,
    runtime,
    workload,
)

CASES: Final = (
    *charts.CASES,
    *cluster_services.CASES,
    *runtime.CASES,
    *workload.CASES,
)
