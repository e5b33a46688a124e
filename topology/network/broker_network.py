"""Who reaches the brokers on which port: rules of their security group, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from topology.model import Environment
from topology.network.addresses import PORTS, range_key, worker_cidrs
from topology.replication.flows import peers

__all__ = ["IngressRule", "ingress_rules"]

APPLICATIONS = "applications"


@dataclass(frozen=True)
class IngressRule:
    """TCP to `port` from an address range or a security group, one of the two.

    `key` names the rule in the state and is made of port and source alone: EC2 takes each pair once, so that
    a rule keeps its name when other rules, regions or runtimes come and go. `former_key` is the name by
    region and position that the rule had in earlier states.
    """

    key: str
    port: int
    description: str
    cidr: str | None = None
    security_group: str | None = None
    former_key: str | None = None


@dataclass(frozen=True)
class Source:
    """Addresses or a security group that `origin` (a region, or the applications) connects from."""

    origin: str
    cidr: IPv4Network | None = None
    security_group: str | None = None
    position: int | None = None

    @property
    def key(self) -> str:
        """The source as part of a rule's name."""
        return range_key(self.cidr) if self.cidr else str(self.security_group)


def ingress_rules(environment: Environment, region: str) -> tuple[IngressRule, ...]:
    """Rules for the brokers of `region`, one for each port and source.

    The IAM port is open to the workers of the region and of those it shares a flow with (a security group
    cannot be named across regions, so by address), SCRAM and the exporters to the region's own. Applications
    reach the ports that ask who they are.
    """
    return tuple(rule for port, sources in _admitted(environment, region) for rule in _rules(port, sources))


def _admitted(environment: Environment, region: str) -> Iterator[tuple[str, list[Source]]]:
    kafka = environment.regions[region].kafka
    own = list(_workers(environment, region))
    others = [source for peer in peers(environment, region) for source in _workers(environment, peer)]
    applications = [
        *(Source(APPLICATIONS, cidr=cidr) for cidr in kafka.client_cidrs),
        *(Source(APPLICATIONS, security_group=group) for group in kafka.client_security_groups),
    ]
    yield "iam", [*own, *others, *applications]
    if kafka.authentication.scram:
        yield "scram", [*own, *applications]
    if kafka.monitoring.jmx_exporter:
        yield "jmx_exporter", own
    if kafka.monitoring.node_exporter:
        yield "node_exporter", own


def _workers(environment: Environment, region: str) -> Iterator[Source]:
    for position, cidr in enumerate(worker_cidrs(environment, region)):
        yield Source(region, cidr=cidr, position=position)


def _rules(port: str, sources: list[Source]) -> Iterator[IngressRule]:
    """EC2 refuses a second rule for the same port and source: what several ask for is one rule."""
    by_key: dict[str, list[Source]] = {}
    for source in sources:
        by_key.setdefault(source.key, []).append(source)
    for key, same in by_key.items():
        first = same[0]
        origins = ", ".join(dict.fromkeys(source.origin for source in same))
        yield IngressRule(
            key=f"{port}-{key}",
            port=PORTS[port],
            description=f"{port.replace('_', ' ')} from {origins}",
            cidr=str(first.cidr) if first.cidr else None,
            security_group=first.security_group,
            former_key=None if first.position is None else f"{port}-{first.origin}-{first.position}",
        )
