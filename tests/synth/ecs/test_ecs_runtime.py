"""ecs-runtime-R: tasks, their roles, what they reach and where they log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.synth.ecs.runtimes import EAST, POD_RANGE, of_kind
from tests.synth.stack_json import document, output, resource, resources
from tests.unit.topology.environments import environment, existing_vpc
from topology.iam.identities import identity_policy
from topology.model import Environment

Stack = dict[str, Any]
Stacks = dict[str, Stack]
WORKER_ROLE = "orders-test-worker-ecs-us-east-1"


@pytest.fixture(scope="module")
def both(runtimes: dict[str, Stacks]) -> Stack:
    return runtimes["both"][f"ecs-runtime-{EAST}"]


@pytest.fixture(scope="module")
def alone(runtimes: dict[str, Stacks]) -> Stack:
    return runtimes["ecs"][f"ecs-runtime-{EAST}"]


def rules(stack: Stack, direction: str) -> set[tuple[int, str]]:
    """Port and other end of the rules of the tasks' security group."""
    found = resources(stack, f"aws_vpc_security_group_{direction}_rule").values()
    group = "${aws_security_group.tasks.id}"
    return {
        (rule["from_port"], rule.get("cidr_ipv4") or rule["referenced_security_group_id"])
        for rule in found
        if rule["security_group_id"] == group
    }


# tasks ---------------------------------------------------------------------------------------------------


def test_workers_roll_without_ever_being_fewer_and_the_reconciler_is_never_two(alone: Stack) -> None:
    def bounds(name: str) -> tuple[int, int]:
        service = resource(alone, "aws_ecs_service", name)
        return service["deployment_minimum_healthy_percent"], service["deployment_maximum_percent"]

    assert bounds("workers") == (100, 200)
    assert bounds("operations") == (0, 100)
    assert resource(alone, "aws_ecs_service", "operations")["desired_count"] == 1


def test_services_are_private_closed_to_commands_and_taken_back_when_they_fail(alone: Stack) -> None:
    for service in resources(alone, "aws_ecs_service").values():
        assert service["launch_type"] == "FARGATE"
        assert service["enable_execute_command"] is False
        assert service["deployment_circuit_breaker"] == {"enable": True, "rollback": True}
        network = service["network_configuration"]
        assert network["assign_public_ip"] is False
        assert network["subnets"] == (
            f"${{data.terraform_remote_state.network-{EAST}.outputs.private_subnet_ids}}"
        )
        assert network["security_groups"] == ["${aws_security_group.tasks.id}"]


def test_a_created_cluster_has_container_insights_and_an_existing_one_is_used(
    alone: Stack, synthesized: Callable[[str], Stacks]
) -> None:
    (setting,) = resource(alone, "aws_ecs_cluster", "cluster")["setting"]
    assert setting == {"name": "containerInsights", "value": "enabled"}
    existing = synthesized("handover")["ecs-runtime-eu-west-1"]
    assert "aws_ecs_cluster" not in existing["resource"]
    assert resource(existing, "aws_ecs_service", "workers")["cluster"] == "payments"


def test_the_discovered_name_is_the_one_that_the_reconciler_asks(alone: Stack) -> None:
    zone = resource(alone, "aws_service_discovery_private_dns_namespace", "discovery_zone")["name"]
    name = resource(alone, "aws_service_discovery_service", "discovery")["name"]
    assert output(alone, "connect") == f"{name}.{zone}"
    definition = resource(alone, "aws_ecs_task_definition", "operations_task")["container_definitions"]
    assert f"http://{name}.{zone}:8083" in definition
    registries = resource(alone, "aws_ecs_service", "workers")["service_registries"]
    assert registries == {"registry_arn": "${aws_service_discovery_service.discovery.arn}"}


# roles ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["worker-role", "operations-role", "execution-role"])
def test_only_tasks_of_this_account_and_region_assume_the_roles(role: str, alone: Stack) -> None:
    (trust,) = document(resource(alone, "aws_iam_role", role), "assume_role_policy")["Statement"]
    assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-east-1:123456789012:*"},
    }


def test_a_task_may_what_a_pod_may(runtimes: dict[str, Stacks]) -> None:
    tasks, pods = runtimes["ecs"][f"ecs-runtime-{EAST}"], runtimes["eks"][f"identity-{EAST}"]
    for name in ("worker", "operations"):
        assert document(resource(tasks, "aws_iam_policy", f"{name}-role_policy")) == document(
            resource(pods, "aws_iam_policy", f"{name}_policy")
        )
    loaded = of_kind("ecs")
    assert identity_policy(loaded, EAST, "worker", str)["Statement"]
    assert resource(tasks, "aws_iam_role", "worker-role")["name"] == WORKER_ROLE


def test_ecs_itself_may_write_one_log_group_and_pull_two_images(
    alone: Stack, synthesized: Callable[[str], Stacks]
) -> None:
    def statements(stack: Stack) -> dict[str, Any]:
        policy = document(resource(stack, "aws_iam_policy", "execution-role_policy"))
        return {one["Sid"]: one["Resource"] for one in policy["Statement"]}

    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/ecs/mirrormaker2/orders-test:*"
    assert statements(alone) == {"WriteTaskLogs": [group]}  # its images are in no ECR
    found = statements(synthesized("handover")["ecs-runtime-eu-central-1"])
    assert found["PullImages"] == [
        "arn:aws:ecr:eu-west-1:222233334444:repository/msk-mirror/connect",
        "arn:aws:ecr:eu-west-1:222233334444:repository/msk-mirror/operations",
    ]


# network -------------------------------------------------------------------------------------------------


def test_rest_is_open_to_workers_only(both: Stack, alone: Stack) -> None:
    tasks = "${aws_security_group.tasks.id}"
    assert rules(alone, "ingress") == {(8083, tasks)}
    assert rules(both, "ingress") == {(8083, tasks), (8083, POD_RANGE)}


def test_tasks_reach_brokers_workers_and_https_and_nothing_else(both: Stack, alone: Stack) -> None:
    expected = {
        (8083, "${aws_security_group.tasks.id}"),
        (9098, "10.1.0.0/16"),
        (9098, "10.2.0.0/16"),
        (443, "0.0.0.0/0"),
    }
    assert rules(alone, "egress") == expected
    assert rules(both, "egress") == expected | {(8083, POD_RANGE)}


def test_tasks_and_pods_know_the_secondary_ranges(synthesize: Callable[[Environment], Stacks]) -> None:
    network = existing_vpc("10.1.0.0/16", "10.5.0.0/20")
    changes = {f"regions/{EAST}/network": network, "regions/us-west-2/network/routed_by": "vpn"}
    stacks = synthesize(environment({**changes, "runtime": {"ecs": {}}}))
    assert {(9098, "10.1.0.0/16"), (9098, "10.5.0.0/20")} <= rules(stacks[f"ecs-runtime-{EAST}"], "egress")
    assert (9098, "10.5.0.0/20") in rules(stacks["ecs-runtime-us-west-2"], "egress")
    policy = resource(stacks[f"mirrormaker-{EAST}"], "kubernetes_network_policy_v1", "network-worker")["spec"]
    to_rest = [rule for rule in policy["ingress"] if rule["ports"][0]["port"] == "8083"]
    assert {"ip_block": {"cidr": "10.5.0.0/20"}} in to_rest[0]["from"]


def test_the_eks_clusters_group_admits_the_tasks_while_both_run(both: Stack, alone: Stack) -> None:
    rule = resource(both, "aws_vpc_security_group_ingress_rule", "pods")
    assert rule["from_port"] == rule["to_port"] == 8083
    assert rule["referenced_security_group_id"] == "${aws_security_group.tasks.id}"
    assert "data.aws_eks_cluster.pods_cluster" in rule["security_group_id"]
    assert "aws_eks_cluster" not in alone["data"]


def test_network_policies_admit_tasks_to_rest_only_and_only_while_they_run(
    runtimes: dict[str, Stacks],
) -> None:
    def opened(kind: str) -> set[tuple[str, str]]:
        policy = resource(
            runtimes[kind][f"mirrormaker-{EAST}"], "kubernetes_network_policy_v1", "network-worker"
        )["spec"]
        return {
            (port["port"], direction)
            for direction, peers in (("ingress", "from"), ("egress", "to"))
            for rule in policy[direction]
            for port in rule["ports"]
            if any(peer.get("ip_block") == {"cidr": "10.1.0.0/16"} for peer in rule[peers])
        }

    assert opened("eks") == {("9098", "egress")}
    assert opened("both") == {("9098", "egress"), ("8083", "ingress"), ("8083", "egress")}


def test_a_created_vpc_gets_a_way_to_the_registry_unless_there_is_one(
    alone: Stack, synthesize: Callable[[Environment], Stacks], synthesized: Callable[[str], Stacks]
) -> None:
    services = {body["service_name"] for body in resources(alone, "aws_vpc_endpoint").values()}
    assert services == {"com.amazonaws.us-east-1.ecr.api", "com.amazonaws.us-east-1.ecr.dkr"}
    china = {
        "regions": {
            region: {
                "network": {"cidr": cidr},
                "eks": {
                    "cluster_name": region,
                    "oidc_issuer": f"https://oidc.eks.{region}.amazonaws.com.cn/id/0123456789ABCDEF",
                },
            }
            for region, cidr in (("cn-north-1", "10.1.0.0/16"), ("cn-northwest-1", "10.2.0.0/16"))
        },
        "partition": "aws-cn",
        "runtime": {"ecs": {}},
    }
    endpoints = resources(synthesize(environment(china))["ecs-runtime-cn-north-1"], "aws_vpc_endpoint")
    names = {body["service_name"] for body in endpoints.values()}
    assert names == {"cn.com.amazonaws.cn-north-1.ecr.api", "cn.com.amazonaws.cn-north-1.ecr.dkr"}
    without = synthesize(environment({"runtime/ecs": {"registry_endpoints": False}}))
    assert not resources(without[f"ecs-runtime-{EAST}"], "aws_vpc_endpoint")
    assert not resources(synthesized("handover")["ecs-runtime-eu-west-1"], "aws_vpc_endpoint")


# logs ---------------------------------------------------------------------------------------------------


def test_the_log_group_outlives_the_runtime_and_is_taken_back(both: Stack) -> None:
    group = resource(both, "aws_cloudwatch_log_group", "log")
    assert group["name"] == "/aws/ecs/mirrormaker2/orders-test"
    assert group["skip_destroy"] is True
    (taken,) = both["import"]
    assert taken["to"] == "aws_cloudwatch_log_group.log"
    assert group["name"] in taken["for_each"]
