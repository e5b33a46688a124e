"""The cases of tests/unit/topology/test_rules.py, a module for each module of topology/rules."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases import (
    advertised,
    aliases,
    aws_names,
    aws_regions,
    broker_access,
    charts,
    clients,
    cluster_services,
    effective,
    flows,
    guarded,
    kafka,
    limits,
    msk_cluster,
    network,
    prefixes,
    properties,
    record_limits,
    runtime,
    scram,
    topics,
    values,
    vpc_ranges,
    worker_group,
    workload,
)
from tests.unit.topology.rule_cases.case import EAST, Case

__all__ = ["CASES", "EAST", "Case"]

CASES: Final = (
    *advertised.CASES,
    *aliases.CASES,
    *broker_access.CASES,
    *charts.CASES,
    *cluster_services.CASES,
    *clients.CASES,
    *effective.CASES,
    *aws_names.CASES,
    *aws_regions.CASES,
    *flows.CASES,
    *guarded.CASES,
    *kafka.CASES,
    *limits.CASES,
    *msk_cluster.CASES,
    *network.CASES,
    *prefixes.CASES,
    *properties.CASES,
    *record_limits.CASES,
    *runtime.CASES,
    *topics.CASES,
    *scram.CASES,
    *worker_group.CASES,
    *values.CASES,
    *vpc_ranges.CASES,
    *workload.CASES,
)
