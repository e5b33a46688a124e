"""Who reaches the brokers, by which name in the state."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.topology.environments import environment
from topology import load_environment
from topology.model import Environment
from topology.network.addresses import PORTS
from topology.network.broker_network import IngressRule, ingress_rules

EAST, WEST = "us-east-1", "us-west-2"
PODS = {f"regions/{WEST}/eks/pod_cidrs": ["100.64.0.0/16"]}
GROUP = "sg-0123456789abcdef0"


def admitted(loaded: Environment, region: str, port: str) -> set[str]:
    return {
        str(rule.cidr or rule.security_group)
        for rule in ingress_rules(loaded, region)
        if rule.port == PORTS[port]
    }


def test_only_the_iam_port_is_open_to_other_regions() -> None:
    rules = ingress_rules(environment(), EAST)
    assert [rule.port for rule in rules if rule.cidr == "10.2.0.0/16"] == [9098]
    assert {rule.port for rule in rules} == {9098, 11001, 11002}


def test_a_region_without_a_common_flow_is_not_admitted() -> None:
    one_way = {
        "regions/eu-west-1": {
            "network": {"cidr": "10.3.0.0/16"},
            "eks": {
                "cluster_name": "eks-3",
                "oidc_issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF",
            },
        },
        "flows": [{"source": EAST, "target": WEST}],
    }
    assert admitted(environment(one_way), EAST, "iam") == {"10.1.0.0/16", "10.2.0.0/16"}
    assert admitted(environment(one_way), "eu-west-1", "iam") == {"10.3.0.0/16"}


def test_brokers_admit_the_nodes_of_pods_that_have_a_range_of_their_own() -> None:
    """Outside its VPC such a pod has the address of its node."""
    assert admitted(load_environment("production"), EAST, "iam") == {
        "10.32.0.0/16",
        "10.64.0.0/16",
        "100.64.0.0/16",
    }


def test_with_external_snat_only_the_pods_are_admitted() -> None:
    loaded = environment({**PODS, f"regions/{WEST}/eks/external_snat": True})
    assert admitted(loaded, EAST, "iam") == {"10.1.0.0/16", "100.64.0.0/16"}
    assert admitted(loaded, WEST, "iam") == {"10.1.0.0/16", "100.64.0.0/16"}
    assert admitted(loaded, WEST, "jmx_exporter") == {"100.64.0.0/16"}


def test_tasks_are_admitted_whatever_the_pods_do() -> None:
    loaded = environment({**PODS, f"regions/{WEST}/eks/external_snat": True, "runtime": {"ecs": {}}})
    assert admitted(loaded, EAST, "iam") == {"10.1.0.0/16", "10.2.0.0/16", "100.64.0.0/16"}


def test_brokers_nodes_and_tasks_in_secondary_ranges_are_admitted() -> None:
    loaded = environment(
        {
            f"regions/{WEST}/network": {
                "cidr": "10.2.0.0/16",
                "secondary_cidrs": ["10.5.0.0/20"],
                "vpc_id": "vpc-00000001",
                "private_subnet_ids": ["subnet-00000001", "subnet-00000002", "subnet-00000003"],
            },
            f"regions/{EAST}/network/routed_by": "transit-gateway",
        }
    )
    assert admitted(loaded, EAST, "iam") == {"10.1.0.0/16", "10.2.0.0/16", "10.5.0.0/20"}


def test_applications_reach_the_ports_that_ask_who_they_are() -> None:
    clients = {
        f"regions/{EAST}/kafka": {
            "client_cidrs": ["192.168.7.0/24"],
            "client_security_groups": [GROUP],
            "authentication": {"scram": True},
        }
    }
    loaded = environment(clients)
    for port in ("iam", "scram"):
        assert {"192.168.7.0/24", GROUP} <= admitted(loaded, EAST, port)
    for port in ("jmx_exporter", "node_exporter"):
        assert not {"192.168.7.0/24", GROUP} & admitted(loaded, EAST, port)
    assert not {"192.168.7.0/24", GROUP} & admitted(loaded, WEST, "iam")
    assert PORTS["scram"] not in {rule.port for rule in ingress_rules(loaded, WEST)}


def test_scram_and_exporters_are_open_only_where_they_are_on() -> None:
    closed = environment({"kafka/monitoring": {"jmx_exporter": False, "node_exporter": False}})
    assert {rule.port for rule in ingress_rules(closed, EAST)} == {9098}
    scram = environment({"kafka/authentication": {"scram": True}})
    assert admitted(scram, EAST, "scram") == {"10.1.0.0/16"}


@pytest.mark.parametrize(
    "changes",
    [
        {f"regions/{WEST}/eks/pod_cidrs": ["10.2.0.0/16"]},
        {"kafka/client_cidrs": ["10.2.0.0/16", "10.2.0.0/16", "10.1.0.0/16"]},
        {f"regions/{EAST}/kafka": {"client_security_groups": [GROUP, GROUP]}},
        {"kafka": {"client_cidrs": ["10.1.0.0/16"], "authentication": {"scram": True}}},
    ],
)
def test_a_source_that_several_ask_for_is_one_rule(changes: dict[str, Any]) -> None:
    """EC2 refuses a second rule for the same port and source (InvalidPermission.Duplicate)."""
    for region in (EAST, WEST):
        rules = ingress_rules(environment(changes), region)
        assert len({(rule.port, rule.cidr, rule.security_group) for rule in rules}) == len(rules)
        assert len({rule.key for rule in rules}) == len(rules)


# changes --------------------------------------------------------------------------------------------------


def by_key(loaded: Environment) -> dict[str, tuple[int, str | None, str | None]]:
    """What EC2 is asked for, by the rule's name in the state."""
    return {r.key: (r.port, r.cidr, r.security_group) for r in ingress_rules(loaded, EAST)}


@pytest.mark.parametrize("before", [{"ecs": {}}, {"eks": False, "ecs": {}}])
def test_the_end_of_a_migration_takes_no_rule_away(before: dict[str, Any]) -> None:
    """The pods of the other region come from its nodes' addresses, which the tasks' rule admitted too."""
    assert by_key(environment({**PODS, "runtime": before})) == by_key(environment(PODS))


@pytest.mark.parametrize(
    "change",
    [
        {f"regions/{WEST}/eks/pod_cidrs": ["100.70.0.0/16", "100.64.0.0/16"]},
        {"kafka/client_cidrs": ["192.168.0.0/16", "10.2.0.0/16"]},
        {f"regions/{EAST}/kafka": {"client_security_groups": [GROUP]}},
        {"runtime": {"ecs": {}}},
    ],
)
def test_what_is_added_leaves_every_other_rule_as_it_is(change: dict[str, Any]) -> None:
    before, after = by_key(environment(PODS)), by_key(environment({**PODS, **change}))
    assert before.items() <= after.items()


def test_an_application_that_is_a_worker_s_range_keeps_the_rule_when_the_flow_goes() -> None:
    third = {
        "network": {"cidr": "10.3.0.0/16"},
        "eks": {
            "cluster_name": "eks-3",
            "oidc_issuer": "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF",
        },
    }
    clients = {"regions/eu-west-1": third, f"regions/{EAST}/kafka": {"client_cidrs": ["10.3.0.0/16"]}}
    with_flow = by_key(environment(clients))
    without = by_key(environment({**clients, "flows/0/regions": [EAST, WEST]}))
    assert without == with_flow


def test_rules_of_earlier_states_are_found_under_their_former_names() -> None:
    """Names were made of region and position: the pods' ranges, then the VPC's where there were tasks."""
    former = {
        rule.former_key: rule.cidr for rule in ingress_rules(environment(PODS), EAST) if rule.former_key
    }
    assert former["iam-us-east-1-0"] == "10.1.0.0/16"
    assert former["iam-us-west-2-0"] == "100.64.0.0/16"
    assert former["iam-us-west-2-1"] == "10.2.0.0/16"
    assert former["jmx_exporter-us-east-1-0"] == "10.1.0.0/16"


def test_descriptions_name_everybody_who_asked() -> None:
    loaded = environment({"kafka/client_cidrs": ["10.2.0.0/16"]})
    (rule,) = [r for r in ingress_rules(loaded, EAST) if (r.port, r.cidr) == (9098, "10.2.0.0/16")]
    assert rule == IngressRule(
        key="iam-10-2-0-0-16",
        port=9098,
        description="iam from us-west-2, applications",
        cidr="10.2.0.0/16",
        former_key="iam-us-west-2-0",
    )
