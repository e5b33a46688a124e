"""Who talks to the ECS tasks, and whom they talk to: rules of their security group, as data.

Connect's REST interface asks for no password, so that only workers reach it, on whichever runtime they are,
and what reconciles them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from topology.kubernetes.pods import clusters_of
from topology.kubernetes.workload import REST_PORT
from topology.model import Environment
from topology.network.addresses import HTTPS, PORTS, pod_cidrs, range_key, vpc_cidrs

__all__ = ["TaskRule", "task_rules"]


@dataclass(frozen=True)
class TaskRule:
    """TCP in or out on `port`. `cidr`: None is the tasks themselves. `key` names the rule in the state."""

    key: str
    direction: Literal["in", "out"]
    port: int
    cidr: str | None
    description: str


def task_rules(environment: Environment, region: str) -> tuple[TaskRule, ...]:
    """Names are asked of the VPC's resolver, which no security group stands before (VPC User Guide, "Control
    traffic to your AWS resources using security groups")."""
    return (
        TaskRule("rest_in", "in", REST_PORT, None, "REST: workers and the reconciler"),
        TaskRule("rest_out", "out", REST_PORT, None, "REST: workers and the reconciler"),
        *_pods(environment, region),
        *_brokers(environment, region),
        TaskRule("https", "out", HTTPS, "0.0.0.0/0", "Images, logs and metrics"),
    )


def _pods(environment: Environment, region: str) -> Iterator[TaskRule]:
    """During a handover any worker may be the leader to which the others forward. Tasks and pods share a VPC,
    within which a pod has its own address whatever SNAT is set to, so that the VPC's ranges stay closed."""
    if not environment.runtime.eks:
        return
    for position, cidr in enumerate(pod_cidrs(environment, region)):
        for direction in ("in", "out"):
            yield TaskRule(
                f"pods_{direction}_{position}",
                direction,
                REST_PORT,
                str(cidr),
                "REST: workers that are pods",
            )


def _brokers(environment: Environment, region: str) -> Iterator[TaskRule]:
    for other in dict.fromkeys(clusters_of(environment, region).values()):
        first, *secondary = vpc_cidrs(environment, other)
        keys = {f"brokers_{other}": first} | {
            f"brokers_{other}_{range_key(cidr)}": cidr for cidr in secondary
        }
        for key, cidr in keys.items():
            yield TaskRule(key, "out", PORTS["iam"], str(cidr), f"Brokers in {other}, by IAM")
