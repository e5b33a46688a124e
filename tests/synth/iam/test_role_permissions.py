"""What the roles of identity-R may do outside Kafka, decided by their synthesized policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from localcloud.aws.policy_evaluation import Request, allows
from tests.synth.stack_json import document, resource, resources

Stack = dict[str, Any]
REGION, ACCOUNT = "us-east-1", "111122223333"
HERE = f"{REGION}:{ACCOUNT}"
GROUP = f"arn:aws:logs:{HERE}:log-group:/aws/eks/mirrormaker2/orders-production"
STREAM = f"{GROUP}:log-stream:pod-1"
OTHER_GROUP = f"arn:aws:logs:{HERE}:log-group:/aws/eks/payments/production:log-stream:pod-1"
NODES = f"arn:aws:autoscaling:{HERE}:autoScalingGroup:0a1b:autoScalingGroupName/nodes"
TAG = "aws:ResourceTag/k8s.io/cluster-autoscaler"
OWN_NODES = {f"{TAG}/enabled": "true", f"{TAG}/shared-east": "owned"}
OTHER_NODES = {f"{TAG}/enabled": "true", f"{TAG}/shared-west": "owned"}
SWITCHED_OFF, SHARED = {f"{TAG}/enabled": "false"}, {f"{TAG}/shared-east": "shared"}
PUT_METRICS = "cloudwatch:PutMetricData"
NAMESPACE = "cloudwatch:namespace"
NODE_GROUP = f"arn:aws:eks:{HERE}:nodegroup/shared-east/spot/0a1b"


class Row(NamedTuple):
    role: str
    action: str
    resource: str
    allowed: bool
    context: dict[str, str] = {}  # noqa: RUF012


TABLE = [
    # log routing: streams and events of the workers' group
    Row("log_routing", "logs:PutLogEvents", STREAM, True),
    Row("log_routing", "logs:CreateLogStream", STREAM, True),
    Row("log_routing", "logs:DescribeLogStreams", GROUP, True),
    Row("log_routing", "logs:PutLogEvents", OTHER_GROUP, False),
    Row("log_routing", "logs:CreateLogStream", f"{GROUP}-2:log-stream:pod-1", False),
    Row("log_routing", "logs:PutLogEvents", STREAM.replace(REGION, "us-west-2"), False),
    Row("log_routing", "logs:PutLogEvents", STREAM.replace(ACCOUNT, "444455556666"), False),
    Row("log_routing", "logs:CreateLogGroup", GROUP, False),
    Row("log_routing", "logs:DeleteLogGroup", GROUP, False),
    Row("log_routing", "logs:DeleteLogStream", STREAM, False),
    Row("log_routing", "logs:PutRetentionPolicy", GROUP, False),
    Row("log_routing", "logs:GetLogEvents", STREAM, False),
    # autoscaler: groups with both tags of its own cluster
    Row("autoscaler", "autoscaling:SetDesiredCapacity", NODES, True, OWN_NODES),
    Row("autoscaler", "autoscaling:TerminateInstanceInAutoScalingGroup", NODES, True, OWN_NODES),
    Row("autoscaler", "autoscaling:SetDesiredCapacity", NODES, False),
    Row("autoscaler", "autoscaling:SetDesiredCapacity", NODES, False, {f"{TAG}/shared-east": "owned"}),
    Row("autoscaler", "autoscaling:SetDesiredCapacity", NODES, False, {f"{TAG}/enabled": "true"}),
    Row(
        "autoscaler",
        "autoscaling:SetDesiredCapacity",
        NODES,
        False,
        {f"{TAG}/enabled": "true", f"{TAG}/shared-west": "owned"},
    ),
    Row(
        "autoscaler", "autoscaling:SetDesiredCapacity", NODES, False, OWN_NODES | {f"{TAG}/enabled": "false"}
    ),
    Row(
        "autoscaler",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
        NODES,
        False,
        OWN_NODES | {f"{TAG}/shared-east": "shared"},
    ),
    Row("autoscaler", "autoscaling:SetDesiredCapacity", NODES.replace(REGION, "us-west-2"), False, OWN_NODES),
    Row("autoscaler", "autoscaling:DeleteAutoScalingGroup", NODES, False, OWN_NODES),
    Row("autoscaler", "autoscaling:UpdateAutoScalingGroup", NODES, False, OWN_NODES),
    Row("autoscaler", "autoscaling:DescribeAutoScalingGroups", "*", True),
    Row("autoscaler", "ec2:DescribeInstanceTypes", "*", True),
    Row("autoscaler", "ec2:RunInstances", f"arn:aws:ec2:{HERE}:instance/*", False),
    Row("autoscaler", "eks:DescribeNodegroup", NODE_GROUP, True),
    Row("autoscaler", "eks:DescribeNodegroup", NODE_GROUP.replace("shared-east", "shared-west"), False),
    Row("autoscaler", "eks:DescribeNodegroup", NODE_GROUP.replace("shared-east", "shared-east-2"), False),
    # operations: figures in the probe's namespace
    Row("operations", PUT_METRICS, "*", True, {NAMESPACE: "MskMirror"}),
    Row("operations", PUT_METRICS, "*", False, {NAMESPACE: "MskMirror2"}),
    Row("operations", PUT_METRICS, "*", False, {NAMESPACE: "mskmirror"}),
    Row("operations", PUT_METRICS, "*", False, {NAMESPACE: "AWS/Kafka"}),
    Row("operations", PUT_METRICS, "*", False),
    Row("operations", "cloudwatch:GetMetricData", "*", False),
    Row("operations", "cloudwatch:PutMetricAlarm", f"arn:aws:cloudwatch:{HERE}:alarm:lag", False),
    # nobody does what is another's, or hands on what is theirs
    *(Row(role, "logs:PutLogEvents", STREAM, False) for role in ("worker", "operations", "autoscaler")),
    *(
        Row(role, "autoscaling:SetDesiredCapacity", NODES, False, OWN_NODES)
        for role in ("worker", "operations", "log_routing")
    ),
    *(
        Row(role, PUT_METRICS, "*", False, {NAMESPACE: "MskMirror"})
        for role in ("worker", "log_routing", "autoscaler")
    ),
    *(
        Row(role, action, f"arn:aws:iam::{ACCOUNT}:role/orders-production-mirrormaker2-us-east-1", False)
        for role in ("worker", "operations", "log_routing", "autoscaler")
        for action in ("sts:AssumeRole", "iam:PassRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy")
    ),
]


@pytest.fixture(scope="module")
def stack(synthesized: Callable[[str], dict[str, Stack]]) -> Stack:
    return synthesized("production")[f"identity-{REGION}"]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.role}-{row.action}-{row.allowed}")
def test_permission(stack: Stack, row: Row) -> None:
    policy = document(resource(stack, "aws_iam_policy", f"{row.role}_policy"))
    assert allows(policy, Request(row.action, row.resource, context=row.context)) is row.allowed


def test_the_table_is_about_every_role(stack: Stack) -> None:
    assert {row.role for row in TABLE} == resources(stack, "aws_iam_role").keys()
    assert {row.role for row in TABLE if row.allowed} == {"log_routing", "autoscaler", "operations"}
