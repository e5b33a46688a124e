"""DiscoveredService: a DNS name for tasks."""

from __future__ import annotations

import pytest
from cdktf import TerraformOutput, TerraformStack

from modules.ecs.service_discovery import DiscoveredService
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import output, resource

ZONE = "aws_service_discovery_private_dns_namespace"
SERVICE = "aws_service_discovery_service"


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        found = DiscoveredService(stack, "connect", zone="orders.internal", vpc_id="vpc-1", name="connect")
        TerraformOutput(stack, "arn", value=found.arn)

    return synthesized(build)


def test_the_zone_is_private_to_the_vpc(stack: Stack) -> None:
    assert part(resource(stack, ZONE, "connect_zone"), "name", "vpc") == {
        "name": "orders.internal",
        "vpc": "vpc-1",
    }


def test_the_name_resolves_to_every_task_with_a_short_ttl(stack: Stack) -> None:
    assert part(resource(stack, SERVICE, "connect"), "name", "dns_config") == {
        "name": "connect",
        "dns_config": {
            "namespace_id": f"${{{ZONE}.connect_zone.id}}",
            "routing_policy": "MULTIVALUE",
            "dns_records": [{"type": "A", "ttl": 10}],
        },
    }


def test_the_failure_threshold_is_set_so_that_plans_stay_empty(stack: Stack) -> None:
    """Without the figure every plan has it (hashicorp/terraform-provider-aws#44285)."""
    service = resource(stack, SERVICE, "connect")
    assert service["health_check_custom_config"] == {"failure_threshold": 1}


def test_registered_tasks_do_not_block_a_destroy(stack: Stack) -> None:
    assert resource(stack, SERVICE, "connect")["force_destroy"] is True


def test_the_arn_refers_to_the_discovery_service(stack: Stack) -> None:
    assert output(stack, "arn") == f"${{{SERVICE}.connect.arn}}"
