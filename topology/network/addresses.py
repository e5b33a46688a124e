"""Networks: address ranges, the subnets of a created VPC, peering, and the ports of the brokers."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from topology.model import Environment
from topology.replication.flows import directed_flows

__all__ = [
    "HTTPS",
    "PORTS",
    "PrivateSubnet",
    "connected_pairs",
    "peering_pairs",
    "peerings_of",
    "pod_cidrs",
    "private_subnets",
    "range_key",
    "routed_cidrs",
    "vpc_cidrs",
    "worker_cidrs",
]

HTTPS = 443
"""AWS's endpoints and the API server of an EKS cluster."""
PORTS: dict[str, int] = {
    # MSK Developer Guide, "Port information"
    "tls": 9094,
    "scram": 9096,
    "iam": 9098,
    "jmx_exporter": 11001,
    "node_exporter": 11002,
}


SUBNET_BITS = 4
"""A created VPC is cut into sixteen, so that a zone can be added without moving the others."""
SMALLEST_SUBNET = 28
"""Prefix length (VPC User Guide, "Subnet CIDR blocks")."""


@dataclass(frozen=True)
class PrivateSubnet:
    """A subnet of a created VPC, in availability zone `<region><zone>`."""

    zone: str
    cidr: str


def private_subnets(environment: Environment, region: str) -> tuple[PrivateSubnet, ...]:
    """The subnets of the VPC that is created in `region`, one a zone; none where the VPC exists. A zone's
    letter decides which part of the range it gets, so that the order in the file does not matter.

    Raises ValueError when the range is too small for its zones.
    """
    network = environment.regions[region].network
    if network.exists:
        return ()
    prefix = min(network.cidr.prefixlen + SUBNET_BITS, SMALLEST_SUBNET)
    parts = list(network.cidr.subnets(new_prefix=max(prefix, network.cidr.prefixlen)))
    places = {zone: ord(zone) - ord("a") for zone in network.zones}
    if max(places.values()) >= len(parts):
        raise ValueError(
            f"regions.{region}.network.cidr {network.cidr} has room for {len(parts)} subnets of /{prefix}, "
            f"zones a to {chr(ord('a') + len(parts) - 1)}; zones are {', '.join(network.zones)}"
        )
    return tuple(PrivateSubnet(zone, str(parts[place])) for zone, place in places.items())


def vpc_cidrs(environment: Environment, region: str) -> tuple[IPv4Network, ...]:
    """Address ranges of brokers, nodes and ECS tasks of `region`, the VPC's first one first."""
    network = environment.regions[region].network
    return tuple(dict.fromkeys((network.cidr, *network.secondary_cidrs)))


def pod_cidrs(environment: Environment, region: str) -> tuple[IPv4Network, ...]:
    """Address ranges that the pods of `region` have within their VPC."""
    return environment.regions[region].eks.pod_cidrs or vpc_cidrs(environment, region)


def worker_cidrs(environment: Environment, region: str) -> tuple[IPv4Network, ...]:
    """Address ranges that brokers see the workers of `region` come from, the pods' first.

    Outside its VPC a pod has the address of its node unless external SNAT is set (EKS User Guide, "Enable
    outbound internet access for Pods"), and a task always has one of the VPC. The pods' ranges stay in while
    only tasks run, so that the way back to pods is open.
    """
    own_addresses_only = environment.regions[region].eks.external_snat and environment.runtime.ecs is None
    others = () if own_addresses_only else vpc_cidrs(environment, region)
    return tuple(dict.fromkeys((*pod_cidrs(environment, region), *others)))


def routed_cidrs(environment: Environment, region: str) -> tuple[IPv4Network, ...]:
    """Destinations for which a peered VPC needs a route to `region`, the VPC's first: its own ranges, and the
    pods' where they keep their addresses outside it."""
    external = environment.regions[region].eks.external_snat
    pods = pod_cidrs(environment, region) if external else ()
    vpc = vpc_cidrs(environment, region)
    outside = (cidr for cidr in pods if not any(cidr.subnet_of(one) for one in vpc))
    return tuple(dict.fromkeys((*vpc, *outside)))


def connected_pairs(environment: Environment) -> tuple[tuple[str, str], ...]:
    """Pairs of regions that share a flow, each once, in region order."""
    pairs = {tuple(sorted((flow.source, flow.target))) for flow in directed_flows(environment)}
    return tuple(sorted((a, b) for a, b in pairs))


def peering_pairs(environment: Environment) -> tuple[tuple[str, str], ...]:
    """Pairs (requester, accepter) of created VPCs that share a flow, each once, in region order."""

    def created(region: str) -> bool:
        network = environment.regions[region].network
        return not network.exists and network.peering

    return tuple((a, b) for a, b in connected_pairs(environment) if created(a) and created(b))


def peerings_of(environment: Environment, region: str) -> tuple[str, ...]:
    """The regions with which `region` creates the peering connection, as its requester."""
    return tuple(accepter for requester, accepter in peering_pairs(environment) if requester == region)


def range_key(cidr: IPv4Network) -> str:
    """An address range as part of a resource's name: `10-32-0-0-16`."""
    return str(cidr).translate(str.maketrans("./", "--"))
