"""Key policies: who may use the customer managed key of which purpose."""

from __future__ import annotations

from typing import Any, Literal

from topology.arns import arn, service_principal
from topology.logs import log_groups, workers_log_group
from topology.model import Environment
from topology.names import Names

__all__ = ["Purpose", "key_policy"]

Purpose = Literal["state", "msk", "logs", "alarms"]


def key_policy(environment: Environment, region: str, purpose: Purpose) -> dict[str, Any]:
    """Policy of the key for `purpose` in `region`: the account's IAM policies decide (MSK, S3 and Secrets
    Manager act by the caller's permissions and by grants), beside the services that call KMS themselves."""
    statements = [_account(environment)]
    if log_groups(environment, region, purpose):  # the brokers' log group is under the cluster's key
        statements.append(_cloudwatch_logs(environment, region, purpose))
    if purpose == "alarms":
        statements.append(_cloudwatch_alarms(environment, region))
    return {"Version": "2012-10-17", "Statement": statements}


def _account(environment: Environment) -> dict[str, Any]:
    return {
        "Sid": "IamPoliciesOfTheAccount",
        "Effect": "Allow",
        "Principal": {"AWS": arn(environment, "iam", "", "root")},
        "Action": "kms:*",
        "Resource": "*",
    }


def _cloudwatch_logs(environment: Environment, region: str, owner: str) -> dict[str, Any]:
    """CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS": the encryption
    context is the ARN of the log group."""
    names = [group.name for group in log_groups(environment, region, owner)]
    if owner == "logs":
        # the workers' groups of every runtime, there or not: the old one's must stay readable when that
        # runtime is gone, and a change of runtime must not touch the key. ArnEquals takes wildcards (IAM User
        # Guide, "ARN condition operators")
        own = workers_log_group(environment, region).name
        names = [f"/aws/*/{own.split('/', 3)[3]}" if name == own else name for name in names]
    return {
        "Sid": "CloudWatchLogsForTheseGroups",
        "Effect": "Allow",
        "Principal": {"Service": service_principal(environment, f"logs.{region}")},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {
            "ArnEquals": {
                "kms:EncryptionContext:aws:logs:arn": [
                    arn(environment, "logs", region, f"log-group:{name}") for name in names
                ]
            }
        },
    }


def _cloudwatch_alarms(environment: Environment, region: str) -> dict[str, Any]:
    """SNS Developer Guide, "Managing Amazon SNS encryption keys and costs", compatibility with event
    sources: without it an alarm on an encrypted topic tells nobody."""
    return {
        "Sid": "AlarmsOfThisEnvironment",
        "Effect": "Allow",
        "Principal": {"Service": service_principal(environment, "cloudwatch")},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": environment.account},
            "ArnLike": {
                "aws:SourceArn": arn(
                    environment, "cloudwatch", region, f"alarm:{Names(environment, region).alarm('*')}"
                )
            },
        },
    }
