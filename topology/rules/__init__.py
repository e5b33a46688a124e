"""Rules over a whole environment: what the schema alone cannot say."""

from __future__ import annotations

from topology.environment_file.problem import Problem
from topology.model import Environment
from topology.rules.aws import (  # noqa: F401
    limits,
    names,
    regions,
)
from topology.rules.kafka import (  # noqa: F401
    advertised,
    cluster_settings,
    msk_cluster,
    record_limits,
    scram,
    values,
)
from topology.rules.kubernetes import (  # noqa: F401
    charts,
    cluster_services,
    runtime,
    workload,
)
from topology.rules.network import (  # noqa: F401
    addresses,
    broker_access,
    vpc_ranges,
)
from topology.rules.registry import RULES, Rule, rule
from topology.rules.replication import (  # noqa: F401
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

__all__ = ["RULES", "Rule", "check", "rule"]


def check(environment: Environment) -> list[Problem]:
    """Every problem that any rule finds, in the order of the rules."""
    return [problem for entry in RULES for problem in entry.check(environment)]
