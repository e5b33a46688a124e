"""RefusedConnections: a flow log of rejected traffic."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from modules.network.flow_log import RefusedConnections
from modules.observability.log_group import EncryptedLogGroup
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import document, resource
from topology.observability.log_groups import LogGroup

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "logs:PutLogEvents"}]}


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        group = LogGroup("flow", "/aws/vpc/orders/flow-logs", 14, "network", "Refused connections")
        RefusedConnections(
            stack,
            "flow_log",
            name="orders-flow-log",
            vpc_id="vpc-1",
            group=EncryptedLogGroup(stack, "group", group=group, key_arn="arn:key", retain=False),
            role_name="orders-flow-log",
            role_trust=TRUST,
            role_policy=POLICY,
        )

    return synthesized(build)


def test_rejected_traffic_is_logged_after_the_role_has_its_permissions(stack: Stack) -> None:
    assert resource(stack, "aws_flow_log", "flow_log") == {
        "vpc_id": "vpc-1",
        "traffic_type": "REJECT",
        "log_destination_type": "cloud-watch-logs",
        "log_destination": "${aws_cloudwatch_log_group.group.arn}",
        "iam_role_arn": "${aws_iam_role.flow_log_role.arn}",
        "max_aggregation_interval": 600,
        "tags": {"Name": "orders-flow-log"},
        "depends_on": ["aws_iam_role_policy.flow_log_permissions"],
    }


def test_the_role_has_the_given_trust_and_permissions(stack: Stack) -> None:
    role = resource(stack, "aws_iam_role", "flow_log_role")
    permissions = resource(stack, "aws_iam_role_policy", "flow_log_permissions")
    assert document(role, "assume_role_policy") == TRUST
    assert document(permissions) == POLICY
    assert permissions["role"] == "${aws_iam_role.flow_log_role.id}"
