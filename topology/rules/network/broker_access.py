"""Who is admitted to the brokers: what EC2 refuses, and what would admit everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from topology.environment_file.problem import Path, Problem
from topology.model import Environment
from topology.network.broker_network import ingress_rules
from topology.rules.registry import rule


@rule
def clients_are_not_everybody(environment: Environment) -> Iterator[Problem]:
    """A range of every address leaves the brokers to their authentication alone."""
    for region, settings in environment.regions.items():
        for position, cidr in enumerate(settings.kafka.client_cidrs):
            if cidr.prefixlen == 0:
                yield Problem(
                    ("regions", region, "kafka", "client_cidrs", position),
                    "admits every address",
                    found=str(cidr),
                    allowed="the ranges of your applications",
                )


@rule
def security_groups_hold_their_rules(environment: Environment) -> Iterator[Problem]:
    """EC2 refuses the rule that is one too many, in the middle of an apply."""
    for region, settings in environment.regions.items():
        quota = settings.network.rules_quota
        for path, what, count in _groups(environment, region):
            if count > quota:
                yield Problem(
                    path,
                    f"gives the security group of the {what} {count} rules",
                    found=str(count),
                    allowed=f"{quota} in each direction; state a raised quota in network.rules_quota",
                )


def _groups(environment: Environment, region: str) -> Iterator[tuple[Path, str, int]]:
    kafka = environment.regions[region].kafka
    clients = len(kafka.client_cidrs) >= len(kafka.client_security_groups)
    field = "client_cidrs" if clients else "client_security_groups"
    yield ("regions", region, "kafka", field), "brokers", len(ingress_rules(environment, region))
    if environment.runtime.ecs is not None:
        from topology.ecs.task_network import task_rules  # noqa: PLC0415 - 20 ms that only tasks need

        directions = Counter(one.direction for one in task_rules(environment, region))
        yield ("regions", region, "eks", "pod_cidrs"), "ECS tasks", max(directions.values())
