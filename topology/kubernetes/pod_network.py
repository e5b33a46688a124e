"""Who talks to whom in the workload's namespace: network policies as data.

Connect's REST interface can run code by configuration, so that only the workers themselves and the operations
pod reach it, whether it asks for a password (topology/replication/rest_auth.py) or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network

from topology.aws.names import Names
from topology.iam.subjects import PLATFORM_NAMESPACE
from topology.kubernetes.pods import METRICS_PORT, OPERATIONS_PORT, PROBE_PORT, clusters_of
from topology.kubernetes.workload import REST_PORT
from topology.model import Environment
from topology.network.addresses import HTTPS, PORTS, vpc_cidrs

__all__ = ["Peer", "PodPolicy", "PodRule", "Port", "pod_policies"]

DNS = 53
NODE_LOCAL_DNS = IPv4Network("169.254.20.10/32")
"""NodeLocal DNSCache listens on a link-local address of the node (Kubernetes, "Using NodeLocal DNSCache in
Kubernetes Clusters")."""
SERVICE_DNS = (IPv4Network("10.100.0.10/32"), IPv4Network("172.20.0.10/32"))
"""The address of `kube-dns` in the two service ranges that EKS chooses from. On EKS Auto Mode a service of
the node answers there and no pod: a policy has to name it by address (aws/containers-roadmap#2552)."""


@dataclass(frozen=True)
class Peer:
    """One of: pods of a component in the same namespace, all pods of another namespace, an address range."""

    component: str | None = None
    namespace: str | None = None
    cidr: str | None = None


@dataclass(frozen=True)
class Port:
    number: int
    protocol: str = "TCP"


@dataclass(frozen=True)
class PodRule:
    """Connections from (or to) any of `peers` on any of `ports`, and why."""

    peers: tuple[Peer, ...]
    ports: tuple[Port, ...]
    reason: str


@dataclass(frozen=True)
class PodPolicy:
    """What reaches the pods of `component` and what they reach; None: every pod of the namespace."""

    name: str
    component: str | None
    ingress: tuple[PodRule, ...] = ()
    egress: tuple[PodRule, ...] = ()


def pod_policies(environment: Environment, region: str) -> tuple[PodPolicy, ...]:
    """Nothing but what the workers and the operations pod need (Kubernetes, "Network Policies": policies
    add up, and a pod that one selects is closed to everything else)."""
    names = Names(environment, region)
    monitoring = (Peer(namespace=environment.mirrormaker.metrics_namespace),)
    workers, operations = Peer(component="worker"), Peer(component="operations")
    rest = (Port(REST_PORT),)
    clients = tuple(_clients(environment, region))
    tasks = _tasks(environment, region)
    return (
        PodPolicy(f"{names.workers}-default-deny", None),
        PodPolicy(
            names.workers,
            "worker",
            ingress=(
                PodRule(
                    (workers, operations, *tasks),
                    rest,
                    "REST: workers forward to the leader; the reconciler",
                ),
                PodRule(monitoring, (Port(METRICS_PORT),), "Prometheus scrapes the JMX exporter"),
            ),
            egress=(PodRule((workers, *tasks), rest, "REST: a worker forwards to the leader"), *clients),
        ),
        PodPolicy(
            names.operations,
            "operations",
            ingress=(
                PodRule(
                    monitoring,
                    (Port(OPERATIONS_PORT), Port(PROBE_PORT)),
                    "Prometheus scrapes the reconciler and the probe",
                ),
            ),
            egress=(PodRule((workers,), rest, "Both ask Connect's REST"), *clients),
        ),
    )


def _tasks(environment: Environment, region: str) -> tuple[Peer, ...]:
    """During a handover any worker may be the leader, an ECS task too. A policy knows those by address only;
    which of the addresses are tasks is for the security groups (topology/ecs/task_network.py)."""
    if environment.runtime.ecs is None:
        return ()
    return tuple(Peer(cidr=str(cidr)) for cidr in vpc_cidrs(environment, region))


def _dns(environment: Environment, region: str) -> tuple[IPv4Network, ...]:
    """Addresses of DNS servers that are no pods. EKS does not choose a service range within the VPC's."""
    vpc = vpc_cidrs(environment, region)
    default = (cidr for cidr in SERVICE_DNS if not any(cidr.overlaps(one) for one in vpc))
    return (NODE_LOCAL_DNS, *(environment.regions[region].eks.dns_cidrs or default))


def _clients(environment: Environment, region: str) -> Iterator[PodRule]:
    regions = clusters_of(environment, region).values()
    brokers = tuple(Peer(cidr=str(cidr)) for other in regions for cidr in vpc_cidrs(environment, other))
    yield PodRule(
        (Peer(namespace=PLATFORM_NAMESPACE), *(Peer(cidr=str(cidr)) for cidr in _dns(environment, region))),
        (Port(DNS, "UDP"), Port(DNS)),
        "Names of brokers, of STS and of the workers",
    )
    yield PodRule(brokers, (Port(PORTS["iam"]),), "Brokers of the flows' clusters, by IAM")
    # Whether a policy sees the Service `kubernetes` or the endpoint behind it is the network plugin's choice
    # (Kubernetes, "Network Policies", ipBlock); EKS has both on 443, the endpoint in the VPC or public.
    yield PodRule((Peer(cidr="0.0.0.0/0"),), (Port(HTTPS),), "STS, CloudWatch and the API server")
    tracing = environment.mirrormaker.tracing
    if tracing.istio:
        yield PodRule((Peer(namespace="istio-system"),), (Port(15012),), "The proxy's control plane")
    if tracing.xray:
        # CloudWatch User Guide, Application Signals: the agent's ports for traces and metrics
        yield PodRule((Peer(namespace="amazon-cloudwatch"),), (Port(4315), Port(4316), Port(2000)), "Traces")
