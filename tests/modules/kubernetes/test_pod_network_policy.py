"""PodNetworkPolicy: a network policy from the topology's rules."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from modules.kubernetes.pod_network_policy import PodNetworkPolicy
from tests.modules.kubernetes.workload import LABELS, NAMESPACE, namespace
from tests.modules.synthesized import part, synthesized
from tests.synth.stack_json import resource
from topology.kubernetes.pod_network import Peer, PodPolicy, PodRule, Port

PEERS: list[tuple[Peer, dict[str, Any]]] = [
    (Peer(component="worker"), {"pod_selector": {"match_labels": {"component": "worker"}}}),
    (
        Peer(namespace="monitoring"),
        {"namespace_selector": {"match_labels": {"kubernetes.io/metadata.name": "monitoring"}}},
    ),
    (Peer(cidr="10.1.0.0/16"), {"ip_block": {"cidr": "10.1.0.0/16"}}),
]


def network_policy(policy: PodPolicy) -> dict[str, Any]:
    def build(stack: TerraformStack) -> None:
        PodNetworkPolicy(
            stack,
            "policy",
            namespace=namespace(stack),
            policy=policy,
            components={"worker": LABELS},
            labels=LABELS.shared,
        )

    return resource(synthesized(build), "kubernetes_network_policy_v1", "policy")


def test_a_policy_without_rules_denies_all_traffic_of_the_namespace() -> None:
    found = network_policy(PodPolicy("deny", None))
    assert part(found["metadata"], "name", "namespace") == {"name": "deny", "namespace": "mm2"}
    assert found["spec"] == {"pod_selector": {}, "policy_types": ["Ingress", "Egress"]}
    assert found["depends_on"] == [NAMESPACE]


@pytest.mark.parametrize(("peer", "expected"), PEERS, ids=["component", "namespace", "addresses"])
def test_a_peer_is_selected_the_same_way_in_both_directions(peer: Peer, expected: dict[str, Any]) -> None:
    rule = PodRule((peer,), (Port(53, "UDP"), Port(53)), "Names")
    ports = [{"port": "53", "protocol": "UDP"}, {"port": "53", "protocol": "TCP"}]
    assert network_policy(PodPolicy("p", "worker", ingress=(rule,), egress=(rule,)))["spec"] == {
        "pod_selector": {"match_labels": {"component": "worker"}},
        "policy_types": ["Ingress", "Egress"],
        "ingress": [{"from": [expected], "ports": ports}],
        "egress": [{"to": [expected], "ports": ports}],
    }


def test_a_direction_without_rules_stays_denied() -> None:
    rule = PodRule((Peer(cidr="10.1.0.0/16"), Peer(cidr="10.2.0.0/16")), (Port(9098),), "Brokers")
    spec = network_policy(PodPolicy("p", "worker", egress=(rule,)))["spec"]
    assert spec["policy_types"] == ["Ingress", "Egress"]
    assert part(spec, "ingress", "egress") == {
        "egress": [
            {
                "to": [{"ip_block": {"cidr": "10.1.0.0/16"}}, {"ip_block": {"cidr": "10.2.0.0/16"}}],
                "ports": [{"port": "9098", "protocol": "TCP"}],
            }
        ]
    }
