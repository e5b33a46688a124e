"""BrokerSecurityGroup: who reaches the brokers."""

from __future__ import annotations

import pytest
from cdktf import TerraformOutput, TerraformStack

from modules.kafka.broker_security_group import BrokerSecurityGroup
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import output, resource, resources
from topology.network.broker_network import IngressRule

INGRESS = "aws_vpc_security_group_ingress_rule"
RULES = (
    IngressRule("iam-10-1-0-0-16", 9098, "iam from us-east-1", cidr="10.1.0.0/16"),
    IngressRule("scram-sg-1", 9096, "scram from applications", security_group="sg-1"),
)


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        group = BrokerSecurityGroup(stack, "brokers", name="orders-brokers", vpc_id="vpc-1", rules=RULES)
        TerraformOutput(stack, "id", value=group.id)

    return synthesized(build)


def test_each_rule_admits_one_source_to_one_port(stack: Stack) -> None:
    common = {"security_group_id": "${aws_security_group.brokers.id}", "ip_protocol": "tcp"}
    assert resources(stack, INGRESS) == {
        "brokers_iam-10-1-0-0-16": common
        | {
            "description": "iam from us-east-1",
            "from_port": 9098,
            "to_port": 9098,
            "cidr_ipv4": "10.1.0.0/16",
        },
        "brokers_scram-sg-1": common
        | {
            "description": "scram from applications",
            "from_port": 9096,
            "to_port": 9096,
            "referenced_security_group_id": "sg-1",
        },
    }


def test_no_outbound_rule_and_no_inline_rule_is_created(stack: Stack) -> None:
    assert set(stack["resource"]) == {"aws_security_group", INGRESS}
    assert resource(stack, "aws_security_group", "brokers") == {
        "name": "orders-brokers",
        "description": "Clients of the MSK brokers",
        "vpc_id": "vpc-1",
    }


def test_rules_without_a_former_key_are_not_moved(stack: Stack) -> None:
    assert stack.get("moved", []) == []


def test_the_id_refers_to_the_security_group(stack: Stack) -> None:
    assert output(stack, "id") == "${aws_security_group.brokers.id}"
