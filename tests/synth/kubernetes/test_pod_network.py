"""mirrormaker-R: who reaches the pods and what they reach, by the network policies' own semantics."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from tests.synth.stack_json import resource, resources
from tests.unit.topology.environments import environment, existing_vpc

Stack = dict[str, Any]
NAMESPACE = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class End:
    """One end of a connection: a pod with labels in a namespace, or an address outside of the cluster."""

    namespace: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    address: str = ""


@pytest.fixture(scope="module")
def stack(synthesized: Callable[[str], dict[str, Stack]]) -> Stack:
    return synthesized("production")["mirrormaker-us-east-1"]


def pod(stack: Stack, deployment: str) -> End:
    found = resource(stack, "kubernetes_deployment_v1", deployment)
    return End(found["metadata"]["namespace"], found["spec"]["template"]["metadata"]["labels"])


def reaches(stack: Stack, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
    """Both ends must admit it (Kubernetes, "Network Policies", "The two sorts of pod isolation")."""
    wanted = {"port": str(port), "protocol": protocol}
    leaving = any(
        wanted in rule["ports"] and any(_is_peer(peer, source.namespace, target) for peer in rule["to"])
        for rule in _rules(stack, source, "egress")
    )
    arriving = any(
        wanted in rule["ports"] and any(_is_peer(peer, target.namespace, source) for peer in rule["from"])
        for rule in _rules(stack, target, "ingress")
    )
    return (leaving or not _isolated(stack, source, "egress")) and (
        arriving or not _isolated(stack, target, "ingress")
    )


def _rules(stack: Stack, own: End, direction: str) -> list[dict[str, Any]]:
    return [rule for policy in _selecting(stack, own, direction) for rule in policy.get(direction, [])]


def _isolated(stack: Stack, own: End, direction: str) -> bool:
    """A pod that some policy selects for this direction; what no rule admits is then refused."""
    return any(True for _ in _selecting(stack, own, direction))


def _selecting(stack: Stack, own: End, direction: str) -> Iterator[dict[str, Any]]:
    for policy in resources(stack, "kubernetes_network_policy_v1").values():
        selector = policy["spec"]["pod_selector"].get("match_labels", {})
        same_namespace = policy["metadata"]["namespace"] == own.namespace
        if (
            same_namespace
            and direction.title() in policy["spec"]["policy_types"]
            and selector.items() <= own.labels.items()
        ):
            yield policy["spec"]


def _is_peer(peer: dict[str, Any], namespace: str, other: End) -> bool:
    if "ip_block" in peer:
        return bool(other.address) and ip_address(other.address) in ip_network(peer["ip_block"]["cidr"])
    if "namespace_selector" in peer:
        return bool(peer["namespace_selector"]["match_labels"] == {NAMESPACE: other.namespace})
    return (
        namespace == other.namespace and peer["pod_selector"]["match_labels"].items() <= other.labels.items()
    )


def test_rest_is_reachable_only_from_workers_and_operations(stack: Stack) -> None:
    worker, operations = pod(stack, "workers"), pod(stack, "operations")
    assert reaches(stack, worker, worker, 8083)
    assert reaches(stack, operations, worker, 8083)
    for stranger in (
        End(worker.namespace, {"app": "stranger"}),
        End("default", worker.labels),
        End("monitoring", {"app": "prometheus"}),
        End(address="10.32.0.7"),
    ):
        assert not reaches(stack, stranger, worker, 8083), stranger


def test_metrics_are_scraped_from_the_monitoring_namespace_only(stack: Stack) -> None:
    worker, operations = pod(stack, "workers"), pod(stack, "operations")
    for target, port in ((worker, 9404), (operations, 9405), (operations, 9406)):
        assert reaches(stack, End("monitoring"), target, port)
        assert not reaches(stack, End("default"), target, port)


def test_scraping_namespace_comes_from_the_environment(synthesize: Callable[..., dict[str, Stack]]) -> None:
    found = synthesize(environment({"mirrormaker/metrics_namespace": "prometheus"}))["mirrormaker-us-east-1"]
    assert reaches(found, End("prometheus"), pod(found, "workers"), 9404)
    assert not reaches(found, End("monitoring"), pod(found, "workers"), 9404)


@pytest.mark.parametrize("name", ["workers", "operations"])
def test_pods_reach_the_brokers_of_their_flows_names_and_sts(stack: Stack, name: str) -> None:
    own = pod(stack, name)
    assert reaches(stack, own, End(address="10.32.5.5"), 9098)
    assert reaches(stack, own, End(address="10.64.5.5"), 9098)
    assert reaches(stack, own, End("kube-system"), 53, "UDP")
    assert reaches(stack, own, End(address="203.0.113.9"), 443)


def test_pods_reach_brokers_in_secondary_ranges(synthesize: Callable[..., dict[str, Stack]]) -> None:
    west = existing_vpc("10.2.0.0/16", "10.5.0.0/20")
    changes = {"regions/us-west-2/network": west, "regions/us-east-1/network/routed_by": "cloud-wan"}
    found = synthesize(environment(changes))["mirrormaker-us-east-1"]
    assert reaches(found, pod(found, "workers"), End(address="10.5.0.7"), 9098)
    assert not reaches(found, pod(found, "workers"), End(address="10.5.16.7"), 9098)


@pytest.mark.parametrize("address", ["10.100.0.10", "172.20.0.10", "169.254.20.10"])
def test_names_are_asked_of_dns_servers_that_are_no_pods(stack: Stack, address: str) -> None:
    """EKS Auto Mode answers at the cluster's DNS address without a pod behind it."""
    for name in ("workers", "operations"):
        for protocol in ("UDP", "TCP"):
            assert reaches(stack, pod(stack, name), End(address=address), 53, protocol)
        assert not reaches(stack, pod(stack, name), End(address="10.100.0.11"), 53, "UDP")


def test_a_cluster_s_own_service_range_has_its_own_dns_address(
    synthesize: Callable[..., dict[str, Stack]],
) -> None:
    changes = {"regions/us-east-1/eks/dns_cidrs": ["192.168.128.10/32"]}
    found = synthesize(environment(changes))["mirrormaker-us-east-1"]
    assert reaches(found, pod(found, "workers"), End(address="192.168.128.10"), 53, "UDP")
    assert not reaches(found, pod(found, "workers"), End(address="172.20.0.10"), 53, "UDP")


@pytest.mark.parametrize("address", ["172.20.0.1", "10.100.0.1", "10.32.5.5", "203.0.113.9"])
def test_the_reconciler_reaches_the_api_server_wherever_it_is(stack: Stack, address: str) -> None:
    """By its Service in the two ranges that EKS takes for those, or its endpoint in the VPC or public."""
    assert reaches(stack, pod(stack, "operations"), End(address=address), 443)


@pytest.mark.parametrize("name", ["workers", "operations"])
def test_pods_reach_nothing_else(stack: Stack, name: str) -> None:
    own = pod(stack, name)
    assert not reaches(stack, own, End(address="10.99.5.5"), 9098)
    assert not reaches(stack, own, End(address="10.32.5.5"), 9092)
    assert not reaches(stack, own, End(address="203.0.113.9"), 80)
    assert not reaches(stack, own, End("default", {"app": "stranger"}), 8080)


def test_a_pod_that_no_policy_names_is_closed(stack: Stack) -> None:
    stranger = End(pod(stack, "workers").namespace, {"app": "stranger"})
    assert not reaches(stack, stranger, End(address="203.0.113.9"), 443)
    assert not reaches(stack, End("default"), stranger, 80)


def test_mesh_and_tracing_open_their_own_ports(synthesize: Callable[..., dict[str, Stack]]) -> None:
    switches = {"mirrormaker/tracing": {"istio": True, "xray": True}}
    found = synthesize(environment(switches))["mirrormaker-us-east-1"]
    assert reaches(found, pod(found, "workers"), End("istio-system"), 15012)
    assert reaches(found, pod(found, "workers"), End("amazon-cloudwatch"), 4316)


# services ------------------------------------------------------------------------------------------------


def test_services_select_the_workers_alone(stack: Stack) -> None:
    for service in resources(stack, "kubernetes_service_v1").values():
        selector = service["spec"]["selector"].items()
        assert selector <= pod(stack, "workers").labels.items()
        assert not selector <= pod(stack, "operations").labels.items()


def test_service_ports_are_ports_of_the_workers(stack: Stack) -> None:
    spec = resource(stack, "kubernetes_deployment_v1", "workers")["spec"]["template"]["spec"]
    ports = {port["name"]: port["container_port"] for port in spec["container"][0]["port"]}
    for service in resources(stack, "kubernetes_service_v1").values():
        (port,) = service["spec"]["port"]
        assert port["name"].startswith("http-")  # how a mesh knows the protocol
        assert ports[port["target_port"]] == port["port"] == 8083


def test_workers_find_each_other_before_they_are_ready(stack: Stack) -> None:
    headless = resource(stack, "kubernetes_service_v1", "rest_headless")["spec"]
    assert headless["cluster_ip"] == "None"
    assert headless["publish_not_ready_addresses"] is True


def test_the_reconciler_calls_the_service_of_the_workers(stack: Stack) -> None:
    spec = resource(stack, "kubernetes_deployment_v1", "operations")["spec"]["template"]["spec"]
    service = resource(stack, "kubernetes_service_v1", "rest")["metadata"]["name"]
    arguments = spec["container"][0]["args"]
    assert arguments[arguments.index("--connect") + 1] == f"http://{service}:8083"
    assert arguments[arguments.index("--connectors") + 1] in {
        mount["mount_path"] for mount in spec["container"][0]["volume_mount"]
    }
