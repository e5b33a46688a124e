"""Whom alarms tell: an SNS topic a severity, and who may publish to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from topology.aws.arns import arn, service_principal
from topology.aws.names import Names
from topology.aws.policy_language import POLICY_VERSION
from topology.model import Environment
from topology.observability.alarm_types import SEVERITIES, Severity

__all__ = ["Notification", "notifications", "subscription_id"]


@dataclass(frozen=True)
class Notification:
    """The topic of a severity with its subscribers and its access policy."""

    severity: Severity
    topic: str
    emails: tuple[str, ...]
    policy: dict[str, Any]


def notifications(environment: Environment, region: str) -> tuple[Notification, ...]:
    """One topic a severity; all exist, so that a subscriber can be added without touching alarms."""
    emails: dict[Severity, tuple[str, ...]] = {
        "warning": environment.alarms.notify.warning,
        "critical": environment.alarms.notify.critical,
        "emergency": environment.alarms.notify.emergency,
    }
    return tuple(
        Notification(
            severity,
            Names(environment, region).sns_topic(severity),
            emails[severity],
            _policy(environment, region, severity),
        )
        for severity in SEVERITIES
    )


def subscription_id(address: str) -> str:
    """What the resource of a subscriber is called."""
    return re.sub(r"[^A-Za-z0-9]+", "-", address)


def _policy(environment: Environment, region: str, severity: Severity) -> dict[str, Any]:
    """CloudWatch publishes for alarms of this environment, nobody else (SNS Developer Guide, "Example cases
    for Amazon SNS access control", CloudWatch alarms in a different account, with our own account)."""
    names = Names(environment, region)
    return {
        "Version": POLICY_VERSION,
        "Statement": [
            {
                "Sid": "AlarmsOfThisEnvironment",
                "Effect": "Allow",
                "Principal": {"Service": service_principal(environment, "cloudwatch")},
                "Action": "sns:Publish",
                "Resource": arn(environment, "sns", region, names.sns_topic(severity)),
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": environment.account},
                    "ArnLike": {
                        "aws:SourceArn": arn(environment, "cloudwatch", region, f"alarm:{names.alarm('*')}")
                    },
                },
            }
        ],
    }
