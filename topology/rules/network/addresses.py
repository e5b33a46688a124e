"""Networks: what cannot be routed, and what MSK cannot be spread over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations, product

from topology.environment_file.problem import Path, Problem
from topology.kubernetes.cluster_services import oidc_provider
from topology.model import Environment
from topology.network.addresses import connected_pairs, peering_pairs
from topology.replication.flows import peers
from topology.rules.registry import rule

PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov", "": "aws"}
"""Beginnings of region ids (AWS General Reference, "Regional endpoints")."""


@dataclass(frozen=True)
class Range:
    """Addresses of a region, and where the file has them."""

    region: str
    path: Path
    cidr: IPv4Network
    only_pods: bool = False


@rule
def paired_regions_have_their_own_addresses(environment: Environment) -> Iterator[Problem]:
    """Overlapping ranges can be neither peered, nor routed to from a third region, nor told apart by a
    security group."""
    peered = peering_pairs(environment)
    for one, other in combinations(environment.regions, 2):
        common = set(peers(environment, one)) & {other, *peers(environment, other)}
        pods_are_seen = (one, other) in peered or any(
            environment.regions[region].eks.external_snat for region in (one, other)
        )
        clash = [
            (theirs, ours)
            for theirs, ours in product(_ranges(environment, one), _ranges(environment, other))
            if theirs.cidr.overlaps(ours.cidr)
            and (pods_are_seen or not (theirs.only_pods and ours.only_pods))
        ]
        if common and clash:
            theirs, ours = clash[0]
            yield Problem(
                ours.path,
                f"overlaps {theirs.cidr} of {one}, with which it shares a flow"
                if other in common
                else f"overlaps {theirs.cidr} of {one}, which shares flows with {min(common)} too",
                found=str(ours.cidr),
                allowed="ranges that do not overlap",
            )


def _ranges(environment: Environment, region: str) -> Iterator[Range]:
    """Pods that have their node's address outside the VPC may have the same range in every region."""
    network, here = environment.regions[region].network, ("regions", region)
    yield Range(region, (*here, "network", "cidr"), network.cidr)
    for position, cidr in enumerate(network.secondary_cidrs):
        yield Range(region, (*here, "network", "secondary_cidrs", position), cidr)
    for position, cidr in enumerate(environment.regions[region].eks.pod_cidrs):
        yield Range(region, (*here, "eks", "pod_cidrs", position), cidr, only_pods=True)


@rule
def vpc_ranges_do_not_overlap(environment: Environment) -> Iterator[Problem]:
    """EC2 refuses a range that overlaps another one of its VPC; a created VPC has one."""
    for region, settings in environment.regions.items():
        network = settings.network
        here = ("regions", region, "network", "secondary_cidrs")
        if network.secondary_cidrs and not network.exists:
            yield Problem(here, "needs vpc_id: a created VPC has one range", None, "an existing VPC, or none")
        for position, other in enumerate(network.secondary_cidrs):
            for one in (network.cidr, *network.secondary_cidrs[:position]):
                if one.overlaps(other):
                    yield Problem(
                        (*here, position),
                        f"overlaps {one} of the same VPC",
                        found=str(other),
                        allowed="ranges that do not overlap",
                    )


@rule
def flows_have_a_route(environment: Environment) -> Iterator[Problem]:
    """Without a route between two VPCs every connector of their flows fails, and nothing else says so."""
    peered = peering_pairs(environment)
    for pair in connected_pairs(environment):
        networks = {region: environment.regions[region].network for region in pair}
        created = [region for region in pair if not networks[region].exists]
        if not created or pair in peered or any(networks[region].routed_by for region in created):
            continue
        declined = [
            region for region in created if not networks[region].peering and len(created) == len(pair)
        ]
        region = (declined or created)[0]
        other = next(one for one in pair if one != region)
        why = "peering is off" if declined else f"the VPC of {other} exists, so no peering is created"
        yield Problem(
            ("regions", region, "network", "peering" if declined else "routed_by"),
            f"leaves the flow between {pair[0]} and {pair[1]} without a route: {why}",
            found="false" if declined else None,
            allowed=f"{'peering: true, or ' if declined else ''}routed_by: who routes between them",
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
        which = "private_subnet_ids" if network.exists else "zones"
        if len(set(given)) != len(given):
            yield Problem((*here, which), "names one twice", ", ".join(given), "each once")
        if not given and not network.exists:
            yield Problem((*here, which), "is empty", None, "a letter for each zone")
        if not network.exists and not 16 <= network.cidr.prefixlen <= 24:
            size = "small" if network.cidr.prefixlen > 24 else "large"
            yield Problem(
                (*here, "cidr"), f"is too {size} for a VPC with subnets", str(network.cidr), "/16 to /24"
            )


@rule
def pod_ranges_are_told_once(environment: Environment) -> Iterator[Problem]:
    """A security group refuses a second rule for the same addresses."""
    for region, settings in environment.regions.items():
        ranges = settings.eks.pod_cidrs
        for (_, one), (position, other) in combinations(enumerate(ranges), 2):
            if one.overlaps(other):
                yield Problem(
                    ("regions", region, "eks", "pod_cidrs", position),
                    f"overlaps {one}, which is already used",
                    found=str(other),
                    allowed="ranges that do not overlap",
                )


@rule
def regions_are_of_the_partition(environment: Environment) -> Iterator[Problem]:
    """ARNs of another partition match nothing: every call would be denied."""
    for region, settings in environment.regions.items():
        named: list[tuple[Path, str]] = [(("regions", region), region)]
        if settings.state_replica_region:
            named.append((("regions", region, "state_replica_region"), settings.state_replica_region))
        for path, name in named:
            starts = (start for start in PARTITIONS if name.startswith(start))
            partition = PARTITIONS[next(starts, "")]
            if partition != environment.partition:
                yield Problem(
                    path,
                    f"is a region of partition {partition}, the environment is in {environment.partition}",
                    found=name,
                    allowed="regions of the environment's partition",
                )


@rule
def created_providers_match_the_issuer(environment: Environment) -> Iterator[Problem]:
    """A role that trusts another cluster's provider can be assumed by nobody here, or by the wrong pods."""
    for region, settings in environment.regions.items():
        provider = oidc_provider(environment, region)
        if settings.eks.oidc_provider_arn not in (None, provider):
            yield Problem(
                ("regions", region, "eks", "oidc_provider_arn"),
                "is not the provider of oidc_issuer in this account",
                found=settings.eks.oidc_provider_arn,
                allowed=provider,
            )


@rule
def the_state_replica_is_elsewhere(environment: Environment) -> Iterator[Problem]:
    """A copy in the same region is lost with it."""
    for region, settings in environment.regions.items():
        if settings.state_replica_region == region:
            yield Problem(
                ("regions", region, "state_replica_region"), "is the region itself", region, "another region"
            )
