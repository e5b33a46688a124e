"""network-R and peering-R."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_network
from itertools import combinations
from typing import Any

import pytest

from tests.synth.stack_json import dependencies, document, output, resource, resources
from tests.unit.topology.environments import environment
from topology import InvalidEnvironment, load_environment
from topology.network.addresses import private_subnets
from topology.network.endpoints import network_endpoints

Stack = dict[str, Any]
Synthesized = Callable[[str], dict[str, Stack]]


def test_an_existing_vpc_is_passed_on_and_nothing_is_created(synthesized: Synthesized) -> None:
    stack = synthesized("production")["network-us-east-1"]
    network = load_environment("production").regions["us-east-1"].network
    assert "resource" not in stack
    assert output(stack, "vpc_id") == network.vpc_id
    assert output(stack, "private_subnet_ids") == list(network.private_subnet_ids)


def test_a_created_vpc_has_a_private_subnet_in_each_zone(synthesized: Synthesized) -> None:
    stack = synthesized("three-regions")["network-eu-west-1"]
    subnets = resources(stack, "aws_subnet")
    assert {body["availability_zone"] for body in subnets.values()} == {
        "eu-west-1a",
        "eu-west-1b",
        "eu-west-1c",
    }
    ranges = [ip_network(body["cidr_block"]) for body in subnets.values()]
    assert all(part.subnet_of(ip_network("10.100.0.0/16")) for part in ranges)  # type: ignore[arg-type]
    assert not [pair for pair in combinations(ranges, 2) if pair[0].overlaps(pair[1])]
    assert all("map_public_ip_on_launch" not in body for body in subnets.values())
    assert output(stack, "private_subnet_ids") == [
        f"${{aws_subnet.vpc_subnet_{zone}.id}}" for zone in ("a", "b", "c")
    ]


def test_a_created_vpc_has_no_way_to_the_internet(synthesized: Synthesized) -> None:
    stack = synthesized("three-regions")["network-eu-west-1"]
    assert not {"aws_internet_gateway", "aws_nat_gateway", "aws_eip"} & stack["resource"].keys()


def test_what_the_workload_calls_is_reached_within_the_vpc(synthesized: Synthesized) -> None:
    stack = synthesized("local")["network-us-east-1"]
    endpoints = resources(stack, "aws_vpc_endpoint")
    assert endpoints["vpc_s3"]["vpc_endpoint_type"] == "Gateway"
    assert endpoints["vpc_s3"]["route_table_ids"] == ["${aws_route_table.vpc_route_table.id}"]
    expected = network_endpoints(load_environment("local"), "us-east-1")
    for endpoint in expected:
        body = endpoints[f"vpc_{endpoint.service}"]
        assert body["service_name"] == f"com.amazonaws.us-east-1.{endpoint.service}"
        assert body["private_dns_enabled"] is True
    services = {endpoint.service for endpoint in expected}
    assert services == {"sts", "logs", "monitoring", "autoscaling", "ec2", "eks"}
    assert endpoints.keys() == {"vpc_s3", *(f"vpc_{service}" for service in services)}


def test_endpoints_answer_pods_that_have_a_range_of_their_own(
    synthesize: Callable[..., dict[str, Stack]],
) -> None:
    """Within the VPC a pod has its own address."""
    changes = {"regions/us-east-1/eks/pod_cidrs": ["10.1.240.0/20", "100.64.0.0/16"]}
    stack = synthesize(environment(changes))["network-us-east-1"]
    rules = resources(stack, "aws_vpc_security_group_ingress_rule").values()
    assert {rule["cidr_ipv4"] for rule in rules} == {"10.1.0.0/16", "100.64.0.0/16"}


def test_endpoints_answer_the_vpc_only(synthesized: Synthesized) -> None:
    stack = synthesized("local")["network-us-east-1"]
    (rule,) = resources(stack, "aws_vpc_security_group_ingress_rule").values()
    assert (rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) == ("10.10.0.0/16", 443, 443)
    assert "aws_vpc_security_group_egress_rule" not in stack["resource"]


def test_a_created_vpc_lets_nothing_through_by_default(synthesized: Synthesized) -> None:
    """What is made in it without a security group of its own is in the default one."""
    stack = synthesized("three-regions")["network-eu-west-1"]
    group = resource(stack, "aws_default_security_group", "vpc_default_group")
    assert group["vpc_id"] == "${aws_vpc.vpc.id}"
    assert not {"ingress", "egress"} & group.keys()


def test_a_created_vpc_tells_what_it_refused(synthesized: Synthesized) -> None:
    stack = synthesized("three-regions")["network-eu-west-1"]
    log = resource(stack, "aws_flow_log", "flow_log")
    assert (log["vpc_id"], log["traffic_type"]) == ("${aws_vpc.vpc.id}", "REJECT")
    assert log["log_destination"] == "${aws_cloudwatch_log_group.flow_log_group.arn}"
    assert log["iam_role_arn"] == "${aws_iam_role.flow_log_role.arn}"
    group = resource(stack, "aws_cloudwatch_log_group", "flow_log_group")
    assert (group["name"], group["retention_in_days"]) == ("/aws/vpc/telemetry-staging/flow-logs", 14)


def test_only_flow_logs_of_the_account_and_region_take_their_role(synthesized: Synthesized) -> None:
    stack = synthesized("three-regions")["network-eu-west-1"]
    role = resource(stack, "aws_iam_role", "flow_log_role")
    (trust,) = document(role, "assume_role_policy")["Statement"]
    assert trust["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "444455556666"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ec2:eu-west-1:444455556666:vpc-flow-log/*"},
    }
    permissions = document(resource(stack, "aws_iam_role_policy", "flow_log_permissions"))
    writes = next(one for one in permissions["Statement"] if "logs:PutLogEvents" in one["Action"])
    group = "arn:aws:logs:eu-west-1:444455556666:log-group:/aws/vpc/telemetry-staging/flow-logs"
    assert writes["Resource"] == [group, f"{group}:*"]


def test_another_zone_does_not_move_the_subnets_of_the_others() -> None:
    path = "regions/us-east-1/network/zones"
    before = private_subnets(environment({path: ["a", "c"], "kafka/broker/count": 6}), "us-east-1")
    after = private_subnets(environment({path: ["a", "b", "c"], "kafka/broker/count": 6}), "us-east-1")
    assert set(before) <= set(after)


def test_a_zone_that_the_range_has_no_room_for_is_named() -> None:
    changes = {"regions/us-east-1/network/zones": ["a", "z"], "kafka/broker/count": 6}
    with pytest.raises(InvalidEnvironment, match=r"network\.zones\[1\].*found: 'z'; allowed: \^\[a-p\]\$"):
        environment(changes)


def test_peering_is_made_once_for_each_pair_of_created_vpcs(synthesized: Synthesized) -> None:
    stacks = synthesized("three-regions")
    pairs = {
        (name.removeprefix("peering-"), body["peer_region"])
        for name, stack in stacks.items()
        for body in resources(stack, "aws_vpc_peering_connection").values()
    }
    assert pairs == {
        ("ap-southeast-1", "eu-central-1"),
        ("ap-southeast-1", "eu-west-1"),
        ("eu-central-1", "eu-west-1"),
    }


def test_existing_vpcs_bring_their_own_peering(synthesized: Synthesized) -> None:
    assert not [name for name in synthesized("production") if name.startswith("peering-")]


def test_a_peering_is_accepted_and_routed_at_both_ends(synthesized: Synthesized) -> None:
    stack = synthesized("local")["peering-us-east-1"]
    acceptance = resource(stack, "aws_vpc_peering_connection_accepter", "us-west-2_acceptance")
    assert acceptance["auto_accept"] is True
    assert acceptance["provider"] == "aws.us-west-2"
    there = resource(stack, "aws_route", "us-west-2_there")
    back = resource(stack, "aws_route", "us-west-2_back")
    assert (there["destination_cidr_block"], there.get("provider")) == ("10.20.0.0/16", None)
    assert (back["destination_cidr_block"], back["provider"]) == ("10.10.0.0/16", "aws.us-west-2")
    via = "${aws_vpc_peering_connection_accepter.us-west-2_acceptance.id}"
    assert there["vpc_peering_connection_id"] == back["vpc_peering_connection_id"] == via


def test_a_network_waits_for_no_other_region(synthesized: Synthesized) -> None:
    stacks = synthesized("local")
    assert dependencies(stacks["network-us-east-1"]) == set()
    assert dependencies(stacks["network-us-west-2"]) == set()
    assert dependencies(stacks["peering-us-east-1"]) == {"network-us-east-1", "network-us-west-2"}


def test_pods_that_keep_their_addresses_are_answered_over_the_peering(
    synthesize: Callable[..., dict[str, Stack]],
) -> None:
    pods = {"pod_cidrs": ["10.2.240.0/20", "100.64.0.0/16"], "external_snat": True}
    changes = {f"regions/us-west-2/eks/{name}": value for name, value in pods.items()}
    stack = synthesize(environment(changes))["peering-us-east-1"]
    routes = resources(stack, "aws_route")
    assert {name: body["destination_cidr_block"] for name, body in routes.items()} == {
        "us-west-2_there": "10.2.0.0/16",
        "us-west-2_there_100-64-0-0-16": "100.64.0.0/16",
        "us-west-2_back": "10.1.0.0/16",
    }


def test_a_region_that_declines_peering_has_none(synthesize: Callable[..., dict[str, Stack]]) -> None:
    network = {"cidr": "10.2.0.0/16", "peering": False, "routed_by": "transit-gateway"}
    stacks = synthesize(environment({"regions/us-west-2/network": network}))
    assert not [name for name in stacks if name.startswith("peering-")]
