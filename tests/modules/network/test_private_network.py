"""PrivateNetwork: a VPC without internet access."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest
from cdktf import TerraformOutput, TerraformStack

from modules.network.private_network import PrivateNetwork
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import output, resource, resources
from topology.network.addresses import PrivateSubnet
from topology.network.endpoints import InterfaceEndpoint

VPC = IPv4Network("10.7.0.0/16")
SUBNETS = (PrivateSubnet("a", "10.7.0.0/20"), PrivateSubnet("c", "10.7.32.0/20"))
STS = InterfaceEndpoint("sts", "com.amazonaws.eu-west-1.sts", "Tokens")


def network(*pods: str, endpoints: tuple[InterfaceEndpoint, ...] = (STS,)) -> Stack:
    def build(stack: TerraformStack) -> None:
        made = PrivateNetwork(
            stack,
            "vpc",
            name="orders",
            region="eu-west-1",
            cidr=VPC,
            pod_cidrs=[IPv4Network(one) for one in pods],
            subnets=SUBNETS,
            endpoints=endpoints,
        )
        TerraformOutput(stack, "vpc_id", value=made.vpc_id)
        TerraformOutput(stack, "subnets", value=made.private_subnet_ids)
        TerraformOutput(stack, "route_table", value=made.route_table_id)

    return synthesized(build)


@pytest.fixture(scope="module")
def stack() -> Stack:
    return network()


def test_the_vpc_resolves_the_names_of_interface_endpoints(stack: Stack) -> None:
    assert resource(stack, "aws_vpc", "vpc") == {
        "cidr_block": "10.7.0.0/16",
        "enable_dns_support": True,
        "enable_dns_hostnames": True,
        "tags": {"Name": "orders"},
    }


def test_each_zone_has_a_subnet_and_all_subnets_share_a_route_table(stack: Stack) -> None:
    assert {
        name: part(body, "availability_zone", "cidr_block")
        for name, body in resources(stack, "aws_subnet").items()
    } == {
        "vpc_subnet_a": {"availability_zone": "eu-west-1a", "cidr_block": "10.7.0.0/20"},
        "vpc_subnet_c": {"availability_zone": "eu-west-1c", "cidr_block": "10.7.32.0/20"},
    }
    assert resources(stack, "aws_route_table_association") == {
        f"vpc_route_{zone}": {
            "subnet_id": f"${{aws_subnet.vpc_subnet_{zone}.id}}",
            "route_table_id": "${aws_route_table.vpc_route_table.id}",
        }
        for zone in ("a", "c")
    }


def test_the_route_table_has_no_routes(stack: Stack) -> None:
    assert "route" not in resource(stack, "aws_route_table", "vpc_route_table")
    assert "aws_route" not in stack["resource"]


def test_s3_has_a_gateway_endpoint_and_other_services_an_interface_in_every_subnet(stack: Stack) -> None:
    endpoints = resources(stack, "aws_vpc_endpoint")
    assert set(endpoints) == {"vpc_s3", "vpc_sts"}
    names = ("service_name", "vpc_endpoint_type", "route_table_ids", "subnet_ids", "private_dns_enabled")
    assert part(endpoints["vpc_s3"], *names) == {
        "service_name": "com.amazonaws.eu-west-1.s3",
        "vpc_endpoint_type": "Gateway",
        "route_table_ids": ["${aws_route_table.vpc_route_table.id}"],
    }
    assert part(endpoints["vpc_sts"], *names) == {
        "service_name": "com.amazonaws.eu-west-1.sts",
        "vpc_endpoint_type": "Interface",
        "subnet_ids": ["${aws_subnet.vpc_subnet_a.id}", "${aws_subnet.vpc_subnet_c.id}"],
        "private_dns_enabled": True,
    }


def test_without_interface_endpoints_only_s3_is_created() -> None:
    assert set(resources(network(endpoints=()), "aws_vpc_endpoint")) == {"vpc_s3"}


@pytest.mark.parametrize(
    ("pods", "expected"),
    [
        ((), {"vpc_endpoints_https": "10.7.0.0/16"}),
        (("10.7.128.0/20",), {"vpc_endpoints_https": "10.7.0.0/16"}),
        (
            ("10.7.128.0/20", "100.64.0.0/16"),
            {"vpc_endpoints_https": "10.7.0.0/16", "vpc_endpoints_https_100-64-0-0-16": "100.64.0.0/16"},
        ),
    ],
    ids=["no-pod-range", "within", "within-and-outside"],
)
def test_only_pod_ranges_outside_the_vpc_get_their_own_rule(
    pods: tuple[str, ...], expected: dict[str, str]
) -> None:
    rules = resources(network(*pods), "aws_vpc_security_group_ingress_rule")
    assert {name: body["cidr_ipv4"] for name, body in rules.items()} == expected


def test_outputs_list_the_subnets_in_the_order_of_the_zones(stack: Stack) -> None:
    assert output(stack, "subnets") == ["${aws_subnet.vpc_subnet_a.id}", "${aws_subnet.vpc_subnet_c.id}"]
    assert output(stack, "vpc_id") == "${aws_vpc.vpc.id}"
    assert output(stack, "route_table") == "${aws_route_table.vpc_route_table.id}"
