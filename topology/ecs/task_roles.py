"""Roles of the ECS tasks: who assumes them, and what ECS itself needs to start a task. What the workers and
operations may do is in topology/iam/identities.py, the same on both runtimes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from topology.aws.arns import arn, service_principal
from topology.aws.policy_language import POLICY_VERSION
from topology.model import Environment, Image
from topology.observability.log_groups import tasks_log_group

__all__ = ["execution_policy", "registry_region", "task_trust"]

ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<name>.+)"
)


def task_trust(environment: Environment, region: str) -> dict[str, Any]:
    """ECS for tasks of this account and region, and for nobody who has ECS act in another's name (ECS
    Developer Guide, "Amazon ECS task IAM role", confused deputy; a single cluster cannot be named there)."""
    return _document(
        {
            "Effect": "Allow",
            "Principal": {"Service": service_principal(environment, "ecs-tasks")},
            "Action": "sts:AssumeRole",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": environment.account},
                "ArnLike": {"aws:SourceArn": arn(environment, "ecs", region, "*")},
            },
        }
    )


def execution_policy(environment: Environment, region: str) -> dict[str, Any]:
    """To write the tasks' log group, and to pull the two images where they are in ECR."""
    group = arn(environment, "logs", region, f"log-group:{tasks_log_group(environment, region).name}")
    return _document(
        {
            "Sid": "WriteTaskLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": [f"{group}:*"],
        },
        *_pull(environment),
    )


def _pull(environment: Environment) -> Iterator[dict[str, Any]]:
    repositories = sorted(_repositories(environment))
    if not repositories:
        return
    yield {
        "Sid": "LogInToRegistry",
        "Effect": "Allow",
        "Action": ["ecr:GetAuthorizationToken"],
        "Resource": ["*"],  # it has no resource level permissions (Service Authorization Reference, ECR)
    }
    yield {
        "Sid": "PullImages",
        "Effect": "Allow",
        "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        "Resource": repositories,
    }


def _repositories(environment: Environment) -> set[str]:
    images = (environment.mirrormaker.image, environment.mirrormaker.operations.image)
    found = (ECR.fullmatch(image.repository) for image in images)
    return {
        f"arn:{environment.partition}:ecr:{one['region']}:{one['account']}:repository/{one['name']}"
        for one in found
        if one
    }


def registry_region(image: Image) -> str | None:
    """Region of the ECR registry of an image; None where it is not in ECR."""
    found = ECR.fullmatch(image.repository)
    return found["region"] if found else None


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": POLICY_VERSION, "Statement": list(statements)}
