"""PolicyRole: a role with its managed policies."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.ecs_cluster import EcsCluster

from modules.iam.policy_role import PolicyRole
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import document, output, resource, resources

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}


def allowed(*topics: str) -> dict[str, Any]:
    """A statement on the topics; a managed policy has room for 6,144 characters."""
    arns = [f"arn:aws:kafka:us-east-1:123456789012:topic/orders/{topic}" for topic in topics]
    statement = {"Sid": "Topics", "Effect": "Allow", "Action": ["kafka-cluster:ReadData"], "Resource": arns}
    return {"Version": "2012-10-17", "Statement": [statement]}


def role(policy: dict[str, Any]) -> Stack:
    def build(stack: TerraformStack) -> None:
        made = PolicyRole(
            stack, "worker", name="orders-worker", description="Workers", trust=TRUST, policy=policy
        )
        TerraformOutput(stack, "arn", value=made.arn)
        EcsCluster(stack, "after", name="orders", depends_on=[*made.attachments])

    return synthesized(build)


@pytest.fixture(scope="module")
def one() -> Stack:
    return role(allowed("payments"))


@pytest.fixture(scope="module")
def two() -> Stack:
    return role(allowed(*(f"{number}-{'t' * 100}" for number in range(60))))


def test_the_role_has_the_given_trust_and_arn(one: Stack) -> None:
    assert document(resource(one, "aws_iam_role", "worker"), "assume_role_policy") == TRUST
    assert output(one, "arn") == "${aws_iam_role.worker.arn}"


def test_the_policy_has_the_name_of_its_role(one: Stack) -> None:
    policies = resources(one, "aws_iam_policy")
    assert {address: body["name"] for address, body in policies.items()} == {"worker_policy": "orders-worker"}
    assert document(policies["worker_policy"]) == allowed("payments")


def test_permissions_that_exceed_one_policy_are_split(two: Stack) -> None:
    policies = resources(two, "aws_iam_policy")
    assert {address: body["name"] for address, body in policies.items()} == {
        "worker_policy": "orders-worker",
        "worker_policy_2": "orders-worker-2",
    }
    granted = [
        arn
        for body in policies.values()
        for statement in document(body)["Statement"]
        for arn in statement["Resource"]
    ]
    assert len(set(granted)) == len(granted) == 60


def test_every_policy_is_attached_to_the_role(two: Stack) -> None:
    assert resources(two, "aws_iam_role_policy_attachment") == {
        f"worker_attachment{number}": {
            "role": "${aws_iam_role.worker.name}",
            "policy_arn": f"${{aws_iam_policy.worker_policy{number}.arn}}",
        }
        for number in ("", "_2")
    }


def test_attachments_contain_every_policy_of_the_role(two: Stack) -> None:
    assert resource(two, "aws_ecs_cluster", "after")["depends_on"] == [
        "aws_iam_role_policy_attachment.worker_attachment",
        "aws_iam_role_policy_attachment.worker_attachment_2",
    ]
