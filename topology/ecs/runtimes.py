"""Where the workers of an environment run: which regions have pods, and which have tasks."""

from __future__ import annotations

from topology.model import Environment
from topology.replication.flows import flows_into

__all__ = ["has_pods", "has_tasks"]


def has_pods(environment: Environment, region: str) -> bool:
    """Whether workers run in `region` on EKS: flows end there, and EKS is a runtime."""
    return environment.runtime.eks and bool(flows_into(environment, region))


def has_tasks(environment: Environment, region: str) -> bool:
    """The same on ECS."""
    return environment.runtime.ecs is not None and bool(flows_into(environment, region))
