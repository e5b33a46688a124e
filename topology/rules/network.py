"""Networks: what can not be routed, and what MSK can not be spread over."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from topology.flows import peers
from topology.model import Environment
from topology.network import worker_cidrs
from topology.problem import Problem
from topology.rules.registry import rule


@rule
def paired_regions_have_their_own_addresses(environment: Environment) -> Iterator[Problem]:
    """Overlapping ranges can be neither peered nor told apart by a security group."""
    for one, other in combinations(environment.regions, 2):
        if other not in peers(environment, one):
            continue
        ranges = [{environment.regions[r].network.cidr, *worker_cidrs(environment, r)} for r in (one, other)]
        clash = sorted((a, b) for a in ranges[0] for b in ranges[1] if a.overlaps(b))
        if clash:
            theirs, ours = clash[0]
            network = environment.regions[other].network
            where = ("network", "cidr") if ours == network.cidr else ("eks", "pod_cidrs")
            yield Problem(
                ("regions", other, *where),
                f"overlaps {theirs} of {one}, with which it shares a flow",
                found=str(ours),
                allowed="ranges that do not overlap",
            )


@rule
def subnets_come_with_their_vpc(environment: Environment) -> Iterator[Problem]:
    """An existing VPC brings its private subnets; a created one gets them."""
    for region, settings in environment.regions.items():
        network = settings.network
        here = ("regions", region, "network")
        if network.exists and not network.private_subnet_ids:
            yield Problem((*here, "private_subnet_ids"), "is required with vpc_id", None, "one subnet a zone")
        if not network.exists and network.private_subnet_ids:
            yield Problem((*here, "private_subnet_ids"), "needs vpc_id", None, "both, or neither")
        given = network.private_subnet_ids if network.exists else network.zones
        if len(set(given)) != len(given):
            which = "private_subnet_ids" if network.exists else "zones"
            yield Problem((*here, which), "names one twice", ", ".join(given), "each once")
        if not network.exists and network.cidr.prefixlen > 24:
            yield Problem(
                (*here, "cidr"), "is too small for a VPC with subnets", str(network.cidr), "/16 to /24"
            )


@rule
def created_providers_match_the_issuer(environment: Environment) -> Iterator[Problem]:
    """A role that trusts another cluster's provider can be assumed by nobody here, or by the wrong pods."""
    for region, settings in environment.regions.items():
        arn, issuer = settings.eks.oidc_provider_arn, settings.eks.oidc_issuer.removeprefix("https://")
        if arn and not arn.endswith(f":oidc-provider/{issuer}"):
            yield Problem(
                ("regions", region, "eks", "oidc_provider_arn"),
                "is not the provider of oidc_issuer",
                found=arn,
                allowed=f"...:oidc-provider/{issuer}",
            )


@rule
def the_state_replica_is_elsewhere(environment: Environment) -> Iterator[Problem]:
    """A copy in the same region is lost with it."""
    for region, settings in environment.regions.items():
        if settings.state_replica_region == region:
            yield Problem(
                ("regions", region, "state_replica_region"), "is the region itself", region, "another region"
            )
