"""Rules over a whole environment: what the schema alone can not say."""

from __future__ import annotations

from topology.model import Environment
from topology.problem import Problem
from topology.rules.registry import RULES, Rule, rule

__all__ = ["RULES", "Rule", "check", "rule"]

from topology.rules import (  # noqa: F401
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


def check(environment: Environment) -> list[Problem]:
    """Every problem that any rule finds, in the order of the rules."""
    return [problem for entry in RULES for problem in entry.check(environment)]
