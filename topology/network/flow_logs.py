"""The role by which a VPC writes its flow logs: who takes it and what it may do."""

from __future__ import annotations

from typing import Any

from topology.aws.arns import arn, service_principal
from topology.aws.policy_language import POLICY_VERSION
from topology.model import Environment
from topology.observability.log_groups import flow_log_group

__all__ = ["flow_logs_policy", "flow_logs_trust"]


def flow_logs_trust(environment: Environment, region: str) -> dict[str, Any]:
    """Flow logs of this account and region only, against a confused deputy (VPC User Guide, "IAM role for
    publishing flow logs to CloudWatch Logs")."""
    return {
        "Version": POLICY_VERSION,
        "Statement": [
            {
                "Sid": "FlowLogsOfThisAccount",
                "Effect": "Allow",
                "Principal": {"Service": service_principal(environment, "vpc-flow-logs")},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": environment.account},
                    "ArnLike": {"aws:SourceArn": arn(environment, "ec2", region, "vpc-flow-log/*")},
                },
            }
        ],
    }


def flow_logs_policy(environment: Environment, region: str) -> dict[str, Any]:
    """The actions of the same page without CreateLogGroup: Terraform makes the group, with its retention and
    key. DescribeLogGroups knows no single group (Service Authorization Reference)."""
    group = arn(environment, "logs", region, f"log-group:{flow_log_group(environment, region).name}")
    return {
        "Version": POLICY_VERSION,
        "Statement": [
            {
                "Sid": "WriteFlowLogs",
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
                "Resource": [group, f"{group}:*"],
            },
            {
                "Sid": "FindTheGroup",
                "Effect": "Allow",
                "Action": ["logs:DescribeLogGroups"],
                "Resource": [arn(environment, "logs", region, "log-group:*")],
            },
        ],
    }
