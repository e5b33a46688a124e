"""TaskSecurityGroup and PodsAdmitTasks: rules of the tasks' security groups."""

from __future__ import annotations

import pytest

from modules.ecs.task_security_group import PodsAdmitTasks, TaskSecurityGroup
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import resource, resources
from topology.ecs.task_network import TaskRule

INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"
TASKS = "${aws_security_group.tasks.id}"
RULES = (
    TaskRule("rest_in", "in", 8083, None, "REST"),
    TaskRule("brokers", "out", 9098, "10.1.0.0/16", "Brokers"),
)


@pytest.fixture(scope="module")
def stack() -> Stack:
    return synthesized(
        lambda stack: TaskSecurityGroup(stack, "tasks", name="orders-tasks", vpc_id="vpc-1", rules=RULES)
    )


def test_a_rule_without_a_cidr_refers_to_the_group_itself(stack: Stack) -> None:
    assert resources(stack, INGRESS) == {
        "tasks_rest_in": {
            "description": "REST",
            "security_group_id": TASKS,
            "referenced_security_group_id": TASKS,
            "ip_protocol": "tcp",
            "from_port": 8083,
            "to_port": 8083,
        }
    }


def test_an_outbound_rule_creates_no_inbound_rule(stack: Stack) -> None:
    assert resources(stack, EGRESS) == {
        "tasks_brokers": {
            "description": "Brokers",
            "security_group_id": TASKS,
            "cidr_ipv4": "10.1.0.0/16",
            "ip_protocol": "tcp",
            "from_port": 9098,
            "to_port": 9098,
        }
    }


def test_the_group_has_no_inline_rules(stack: Stack) -> None:
    assert resource(stack, "aws_security_group", "tasks") == {
        "name": "orders-tasks",
        "description": "Connect workers that are ECS tasks",
        "vpc_id": "vpc-1",
    }


def test_the_eks_security_group_admits_tasks_to_rest_only() -> None:
    stack = synthesized(
        lambda stack: PodsAdmitTasks(stack, "pods", eks_cluster="orders-eks", tasks="sg-0123456789abcdef0")
    )
    assert stack["data"]["aws_eks_cluster"] == {"pods_cluster": {"name": "orders-eks"}}
    assert resource(stack, INGRESS, "pods") == {
        "description": "REST: workers that are ECS tasks",
        "security_group_id": "${data.aws_eks_cluster.pods_cluster.vpc_config[0].cluster_security_group_id}",
        "referenced_security_group_id": "sg-0123456789abcdef0",
        "ip_protocol": "tcp",
        "from_port": 8083,
        "to_port": 8083,
    }
