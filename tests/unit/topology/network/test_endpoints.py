"""Which endpoints a created VPC has, and what EC2 calls them."""

from __future__ import annotations

import pytest

from tests.unit.topology.environments import environment
from topology import load_environment
from topology.model.region import EndpointService
from topology.network.endpoints import endpoint_service_name, network_endpoints, registry_endpoints

EAST = "us-east-1"


@pytest.mark.parametrize(
    ("region", "service", "expected"),
    [
        ("us-east-1", "sts", "com.amazonaws.us-east-1.sts"),
        ("us-gov-west-1", "ecr.api", "com.amazonaws.us-gov-west-1.ecr.api"),
        ("cn-north-1", "sts", "cn.com.amazonaws.cn-north-1.sts"),
        ("cn-north-1", "monitoring", "cn.com.amazonaws.cn-north-1.monitoring"),
        ("cn-northwest-1", "ecr.api", "cn.com.amazonaws.cn-northwest-1.ecr.api"),
        ("cn-northwest-1", "ecr.dkr", "cn.com.amazonaws.cn-northwest-1.ecr.dkr"),
        ("cn-north-1", "autoscaling", "cn.com.amazonaws.cn-north-1.autoscaling"),
        ("cn-north-1", "logs", "com.amazonaws.cn-north-1.logs"),
    ],
)
def test_names_are_those_of_the_partition(region: str, service: EndpointService, expected: str) -> None:
    assert endpoint_service_name(region, service) == expected


def test_the_autoscaler_reaches_what_it_calls_where_it_is_switched_on() -> None:
    on = {one.service for one in network_endpoints(environment(), EAST)}
    off = environment({"platform/cluster_autoscaler": {"enabled": False, "chart_version": "9.46.6"}})
    assert on - {one.service for one in network_endpoints(off, EAST)} == {"autoscaling", "ec2", "eks"}
    assert {"sts", "logs", "monitoring"} <= on


def test_an_endpoint_that_the_vpc_has_already_is_not_created() -> None:
    """EC2 refuses a second one with the same private name."""
    changes = {
        f"regions/{EAST}/network/existing_endpoints": ["ec2", "ecr.api"],
        "runtime": {"ecs": {}},
    }
    loaded = environment(changes)
    assert "ec2" not in {one.service for one in network_endpoints(loaded, EAST)}
    assert [one.service for one in registry_endpoints(loaded, EAST)] == ["ecr.dkr"]
    assert "ec2" in {one.service for one in network_endpoints(loaded, "us-west-2")}


def test_an_existing_vpc_gets_no_endpoints() -> None:
    for name in ("production", "handover"):
        loaded = load_environment(name)
        for region in loaded.regions:
            assert not network_endpoints(loaded, region)
            assert not registry_endpoints(loaded, region)
