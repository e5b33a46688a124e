"""Networks: the subnets and endpoints of a created VPC, and who reaches the brokers on which port."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from topology.flows import directed_flows, peers
from topology.model import Environment

__all__ = [
    "INTERFACE_ENDPOINTS",
    "PORTS",
    "IngressRule",
    "InterfaceEndpoint",
    "PrivateSubnet",
    "ingress_rules",
    "peering_pairs",
    "peerings_of",
    "pod_cidrs",
    "private_subnets",
    "worker_cidrs",
]

PORTS: dict[str, int] = {
    # MSK Developer Guide, "Port information"
    "tls": 9094,
    "scram": 9096,
    "iam": 9098,
    "jmx_exporter": 11001,
    "node_exporter": 11002,
}


@dataclass(frozen=True)
class InterfaceEndpoint:
    """An AWS service that is reached within the VPC; a created VPC has no way to the internet."""

    service: str
    reason: str


INTERFACE_ENDPOINTS = (
    InterfaceEndpoint("sts", "IRSA: workers exchange their service account's token"),
    InterfaceEndpoint("logs", "Fluent Bit writes the workers' logs"),
    InterfaceEndpoint("monitoring", "The probe publishes its metrics"),
)
"""What the workload calls. Nodes and images have needs of their own, which belong to the EKS cluster."""

SUBNET_BITS = 4
"""A created VPC is cut into sixteen, so that a zone can be added without moving the others."""
SMALLEST_SUBNET = 28
"""Prefix length (VPC User Guide, "Subnet CIDR blocks")."""


@dataclass(frozen=True)
class PrivateSubnet:
    """A subnet of a created VPC, in availability zone `<region><zone>`."""

    zone: str
    cidr: str


@dataclass(frozen=True)
class IngressRule:
    """TCP from `cidr` to `port`; `key` is stable and names the rule in the state."""

    key: str
    cidr: str
    port: int
    description: str


def ingress_rules(environment: Environment, region: str) -> tuple[IngressRule, ...]:
    """Who reaches the brokers of `region`: IAM from its own workers and those of the regions it shares a
    flow with (security groups can not be named across regions, so CIDRs); the exporters and SCRAM from the
    pods of its own region only."""
    kafka = environment.regions[region].kafka
    own, others = (region,), peers(environment, region)
    wanted = [("iam", (*own, *others), True), ("scram", own, kafka.authentication.scram)]
    wanted += [("jmx_exporter", own, kafka.monitoring.jmx_exporter)]
    wanted += [("node_exporter", own, kafka.monitoring.node_exporter)]
    return tuple(
        IngressRule(
            key=f"{port}-{origin}-{position}",
            cidr=str(cidr),
            port=PORTS[port],
            description=f"{port.replace('_', ' ')} from {origin}",
        )
        for port, origins, enabled in wanted
        for clients in (worker_cidrs if port == "iam" else pod_cidrs,)
        if enabled
        for origin in origins
        for position, cidr in enumerate(clients(environment, origin))
    )


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


def worker_cidrs(environment: Environment, region: str) -> tuple[IPv4Network, ...]:
    """Address ranges that the workers of `region` come from: the pods', and the VPC's where they are tasks
    too. Pods stay in while only tasks run, so that the way back to them is open."""
    network = environment.regions[region].network.cidr
    tasks = (network,) if environment.runtime.ecs else ()
    return tuple(dict.fromkeys((*pod_cidrs(environment, region), *tasks)))


def pod_cidrs(environment: Environment, region: str) -> tuple[IPv4Network, ...]:
    """Address ranges that the pods of `region` come from."""
    settings = environment.regions[region]
    return settings.eks.pod_cidrs or (settings.network.cidr,)


def peering_pairs(environment: Environment) -> tuple[tuple[str, str], ...]:
    """Pairs (requester, accepter) of created VPCs that share a flow, each once, in region order."""

    def created(region: str) -> bool:
        network = environment.regions[region].network
        return not network.exists and network.peering

    pairs = {tuple(sorted((flow.source, flow.target))) for flow in directed_flows(environment)}
    return tuple(sorted((a, b) for a, b in pairs if created(a) and created(b)))


def peerings_of(environment: Environment, region: str) -> tuple[str, ...]:
    """The regions with which `region` creates the peering connection, as its requester."""
    return tuple(accepter for requester, accepter in peering_pairs(environment) if requester == region)
