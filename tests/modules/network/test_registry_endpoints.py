"""RegistryEndpoints: interface endpoints of ECR."""

from __future__ import annotations

import pytest

from modules.network.registry_endpoints import RegistryEndpoints
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import resources
from topology.network.endpoints import InterfaceEndpoint

ENDPOINTS = (
    InterfaceEndpoint("ecr.api", "com.amazonaws.eu-west-1.ecr.api", "Log in"),
    InterfaceEndpoint("ecr.dkr", "com.amazonaws.eu-west-1.ecr.dkr", "Pull"),
)


@pytest.fixture(scope="module")
def stack() -> Stack:
    return synthesized(
        lambda stack: RegistryEndpoints(
            stack,
            "registry",
            name="orders-registry",
            vpc_id="vpc-1",
            subnet_ids=["subnet-1", "subnet-2"],
            clients="sg-tasks",
            endpoints=ENDPOINTS,
        )
    )


def test_each_service_has_an_endpoint_and_ids_contain_no_dot(stack: Stack) -> None:
    """A dot ends the name of a resource in an address."""
    assert resources(stack, "aws_vpc_endpoint") == {
        f"registry_ecr_{service}": {
            "vpc_id": "vpc-1",
            "service_name": f"com.amazonaws.eu-west-1.ecr.{service}",
            "vpc_endpoint_type": "Interface",
            "private_dns_enabled": True,
            "subnet_ids": ["subnet-1", "subnet-2"],
            "security_group_ids": ["${aws_security_group.registry.id}"],
            "tags": {"Name": f"orders-registry-ecr.{service}"},
        }
        for service in ("api", "dkr")
    }


def test_only_the_clients_reach_the_endpoints(stack: Stack) -> None:
    assert resources(stack, "aws_vpc_security_group_ingress_rule") == {
        "registry_https": {
            "security_group_id": "${aws_security_group.registry.id}",
            "description": "HTTPS from ECS tasks",
            "ip_protocol": "tcp",
            "from_port": 443,
            "to_port": 443,
            "referenced_security_group_id": "sg-tasks",
        }
    }
