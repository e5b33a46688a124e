"""FargateService: a task definition and its service."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cdktf import TerraformStack

from modules.ecs.fargate_service import (
    ONE_AFTER_ANOTHER,
    SIDE_BY_SIDE,
    FargateService,
    ServiceRollout,
    TaskHome,
)
from modules.ecs.task_cluster import TaskCluster
from modules.iam.policy_role import PolicyRole
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import resource
from topology.ecs.fargate import TaskSize
from topology.ecs.tasks import EcsTask

ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Read", "Effect": "Allow", "Action": ["kafka-cluster:Connect"], "Resource": ["*"]}],
}


def service(
    rollout: ServiceRollout = SIDE_BY_SIDE,
    registry: str | None = None,
    containers: tuple[dict[str, Any], ...] = (),
) -> Stack:
    def build(stack: TerraformStack) -> None:
        cluster = TaskCluster(stack, "cluster", name="orders-test")
        execution, worker = (
            PolicyRole(stack, name, name=name, description=name, trust={}, policy=ALLOWED)
            for name in ("execution", "worker")
        )
        group = {"name": "connect", "environment": [{"name": "CLUSTER", "value": cluster.name}]}
        FargateService(
            stack,
            "workers",
            home=TaskHome("orders-test", ["subnet-1", "subnet-2"], "sg-1", execution),
            task=EcsTask("orders-worker", TaskSize(1024, 3072), containers or (group,)),
            role=worker,
            count=3,
            rollout=rollout,
            registry=registry,
            after=[cluster.cluster],
        )

    return synthesized(build)


@pytest.fixture(scope="module")
def stack() -> Stack:
    return service()


def test_tasks_start_when_their_roles_have_all_permissions(stack: Stack) -> None:
    assert set(resource(stack, "aws_ecs_service", "workers")["depends_on"]) == {
        "aws_iam_role_policy_attachment.worker_attachment",
        "aws_iam_role_policy_attachment.execution_attachment",
        "aws_ecs_cluster.cluster",
    }


def test_task_role_and_execution_role_are_different(stack: Stack) -> None:
    definition = resource(stack, "aws_ecs_task_definition", "workers_task")
    assert part(definition, "task_role_arn", "execution_role_arn") == {
        "task_role_arn": "${aws_iam_role.worker.arn}",
        "execution_role_arn": "${aws_iam_role.execution.arn}",
    }


def test_cpu_and_memory_are_strings(stack: Stack) -> None:
    definition = resource(stack, "aws_ecs_task_definition", "workers_task")
    assert part(definition, "cpu", "memory") == {"cpu": "1024", "memory": "3072"}


def test_a_new_task_definition_is_created_before_the_old_one_is_destroyed(stack: Stack) -> None:
    definition = resource(stack, "aws_ecs_task_definition", "workers_task")
    assert definition["lifecycle"] == {"create_before_destroy": True}
    assert resource(stack, "aws_ecs_service", "workers")["task_definition"] == (
        "${aws_ecs_task_definition.workers_task.arn}"
    )


def test_a_deploy_waits_for_healthy_tasks_and_zone_rebalancing_is_off(stack: Stack) -> None:
    waits = part(
        resource(stack, "aws_ecs_service", "workers"),
        "desired_count",
        "wait_for_steady_state",
        "availability_zone_rebalancing",
    )
    assert waits == {
        "desired_count": 3,
        "wait_for_steady_state": True,
        "availability_zone_rebalancing": "DISABLED",
    }


def test_references_in_the_containers_stay_references(stack: Stack) -> None:
    text = resource(stack, "aws_ecs_task_definition", "workers_task")["container_definitions"]
    assert json.loads(text)[0]["environment"] == [
        {"name": "CLUSTER", "value": "${aws_ecs_cluster.cluster.name}"}
    ]


@pytest.mark.parametrize(
    ("given", "expected"), [("${env:POD_IP}", "$${env:POD_IP}"), ("%{if x}", "%%{if x}")]
)
def test_template_syntax_in_the_containers_is_escaped(given: str, expected: str) -> None:
    stack = service(containers=({"name": "connect", "command": [given]},))
    text = resource(stack, "aws_ecs_task_definition", "workers_task")["container_definitions"]
    assert json.loads(text)[0]["command"] == [expected]


@pytest.mark.parametrize(("rollout", "expected"), [(SIDE_BY_SIDE, (100, 200)), (ONE_AFTER_ANOTHER, (0, 100))])
def test_the_rollout_bounds_the_number_of_tasks(rollout: ServiceRollout, expected: tuple[int, int]) -> None:
    bounds = part(
        resource(service(rollout), "aws_ecs_service", "workers"),
        "deployment_minimum_healthy_percent",
        "deployment_maximum_percent",
    )
    assert tuple(bounds.values()) == expected


def test_tasks_are_registered_only_if_a_registry_is_given(stack: Stack) -> None:
    registry = "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1"
    found = resource(service(registry=registry), "aws_ecs_service", "workers")
    assert found["service_registries"] == {"registry_arn": registry}
    assert "service_registries" not in resource(stack, "aws_ecs_service", "workers")
