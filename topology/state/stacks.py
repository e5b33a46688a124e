"""Where the Terraform state of each stack lives: the bucket of its own region."""

from __future__ import annotations

from dataclasses import dataclass

from topology.aws.names import Names
from topology.model import Environment

__all__ = ["STACK_KINDS", "StateAddress", "replica_region", "stack_name", "state_address"]

STACK_KINDS = (
    "state",
    "network",
    "peering",
    "msk",
    "logs",
    "identity",
    "ecs-runtime",
    "platform",
    "mirrormaker",
    "observability",
)
"""Kinds of stacks in the order in which a region is deployed."""


@dataclass(frozen=True)
class StateAddress:
    """An object in a state bucket; locked by an S3 lock file beside it."""

    bucket: str
    key: str
    region: str


def stack_name(kind: str, region: str) -> str:
    """`msk-us-east-1`: what and where."""
    if kind not in STACK_KINDS:
        raise ValueError(f"{kind} is not a kind of stack; allowed: {', '.join(STACK_KINDS)}")
    return f"{kind}-{region}"


def state_address(environment: Environment, kind: str, region: str) -> StateAddress:
    """Where the state of stack `kind` of `region` lives."""
    prefix = environment.state.key_prefix or f"{environment.project}/{environment.environment}"
    key = f"{prefix.strip('/')}/{stack_name(kind, region)}.tfstate"
    return StateAddress(Names(environment, region).state_bucket, key, region)


def replica_region(environment: Environment, region: str) -> str:
    """The region that keeps a copy of this region's state: the one that the file names, else the next one
    in the file's order."""
    given = environment.regions[region].state_replica_region
    if given:
        return given
    order = list(environment.regions)
    return order[(order.index(region) + 1) % len(order)]
