"""Security group rules: who reaches the brokers on which port, and nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

from topology.flows import directed_flows, peers
from topology.model import Environment

__all__ = ["PORTS", "IngressRule", "ingress_rules", "peering_pairs", "worker_cidrs"]

PORTS: dict[str, int] = {
    # MSK Developer Guide, "Port information"
    "tls": 9094,
    "scram": 9096,
    "iam": 9098,
    "jmx_exporter": 11001,
    "node_exporter": 11002,
}


@dataclass(frozen=True)
class IngressRule:
    """TCP from `cidr` to `port`; `key` is stable and names the rule in the state."""

    key: str
    cidr: str
    port: int
    description: str


def ingress_rules(environment: Environment, region: str) -> tuple[IngressRule, ...]:
    """Who reaches the brokers of `region`: IAM from its own workers and those of the regions it shares a
    flow with (security groups can not be named across regions, so CIDRs); the exporters and SCRAM from its
    own region only."""
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
        if enabled
        for origin in origins
        for position, cidr in enumerate(worker_cidrs(environment, origin))
    )


def worker_cidrs(environment: Environment, region: str) -> tuple[IPv4Network, ...]:
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
