"""TaskCluster: the ECS cluster."""

from __future__ import annotations

from cdktf import TerraformOutput, TerraformStack

from modules.ecs.task_cluster import TaskCluster
from tests.modules.synthesized import synthesized
from tests.synth.stack_json import output, resource


def build(stack: TerraformStack) -> None:
    cluster = TaskCluster(stack, "cluster", name="orders-test")
    TerraformOutput(stack, "name", value=cluster.name)


def test_container_insights_is_on() -> None:
    assert resource(synthesized(build), "aws_ecs_cluster", "cluster") == {
        "name": "orders-test",
        "setting": [{"name": "containerInsights", "value": "enabled"}],
    }


def test_users_of_the_name_wait_for_the_cluster() -> None:
    assert output(synthesized(build), "name") == "${aws_ecs_cluster.cluster.name}"
