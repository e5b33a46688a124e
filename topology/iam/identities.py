"""Who on Kubernetes has an AWS role: service accounts, the roles bound to them, and what these may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from topology.aws.arns import arn
from topology.aws.names import Names
from topology.aws.policy_language import POLICY_VERSION
from topology.ecs.runtimes import has_pods
from topology.iam.statements import (
    TrustSubject,
    operations_statements,
    policy_document,
    worker_statements,
)
from topology.iam.subjects import autoscaler_subject, log_routing_subject, operations_subject, worker_subject
from topology.kubernetes.cluster_services import installs_autoscaler
from topology.model import Environment
from topology.observability.log_groups import workers_log_group
from topology.observability.metrics import PROBE_NAMESPACE
from topology.state.outputs import (
    AUTOSCALER_ROLE_ARN,
    LOG_ROUTING_ROLE_ARN,
    OPERATIONS_ROLE_ARN,
    WORKER_ROLE_ARN,
)

__all__ = ["Identity", "IdentityId", "identities", "identity", "identity_policy"]

IdentityId = Literal["worker", "operations", "log_routing", "autoscaler"]


@dataclass(frozen=True)
class Identity:
    """A service account and its IRSA role; identity-R publishes the role's ARN as `output`."""

    id: IdentityId
    role_name: str
    subject: TrustSubject
    output: str
    description: str


def identities(environment: Environment, region: str) -> tuple[Identity, ...]:
    """The identities of `region`: workers and operations where flows end and pods run, the platform's where
    it is switched on."""
    pods = has_pods(environment, region)
    wanted: tuple[tuple[IdentityId, bool], ...] = (
        ("worker", pods),
        ("operations", pods),
        ("log_routing", environment.platform.log_routing.enabled),
        ("autoscaler", installs_autoscaler(environment, region)),
    )
    return tuple(identity(environment, region, name) for name, enabled in wanted if enabled)


def identity(environment: Environment, region: str, identity_id: IdentityId) -> Identity:
    """One identity of `region`, enabled or not."""
    names = Names(environment, region)
    match identity_id:
        case "worker":
            return Identity(
                "worker",
                names.worker_role,
                worker_subject(environment),
                WORKER_ROLE_ARN,
                "MirrorMaker 2 workers",
            )
        case "operations":
            return Identity(
                "operations",
                names.operations_role,
                operations_subject(environment, region),
                OPERATIONS_ROLE_ARN,
                "Reconciler and probe of MirrorMaker 2",
            )
        case "log_routing":
            return Identity(
                "log_routing",
                names.log_routing_role,
                log_routing_subject(environment, region),
                LOG_ROUTING_ROLE_ARN,
                "Fluent Bit to CloudWatch Logs",
            )
        case "autoscaler":
            return Identity(
                "autoscaler",
                names.autoscaler_role,
                autoscaler_subject(),
                AUTOSCALER_ROLE_ARN,
                "Cluster autoscaler",
            )


def identity_policy(
    environment: Environment, region: str, identity_id: IdentityId, cluster_arn: Callable[[str], str]
) -> dict[str, Any]:
    """What an identity may do; `cluster_arn` gives the ARN of a region's MSK cluster."""
    match identity_id:
        case "worker":
            return policy_document(worker_statements(environment, region), cluster_arn)
        case "operations":
            document = policy_document(operations_statements(environment, region), cluster_arn)
            document["Statement"].append(_publish_metrics())
            return document
        case "log_routing":
            return _document(*_write_logs(environment, region))
        case "autoscaler":
            return _document(*_scale_nodes(environment, region))


def _publish_metrics() -> dict[str, Any]:
    """PutMetricData takes no resource; the namespace is what can be limited (CloudWatch User Guide, "Using
    condition keys to limit access to CloudWatch namespaces")."""
    return {
        "Sid": "PublishProbe",
        "Effect": "Allow",
        "Action": ["cloudwatch:PutMetricData"],
        "Resource": ["*"],
        "Condition": {"StringEquals": {"cloudwatch:namespace": PROBE_NAMESPACE}},
    }


def _write_logs(environment: Environment, region: str) -> tuple[dict[str, Any], ...]:
    group = arn(environment, "logs", region, f"log-group:{workers_log_group(environment, region).name}")
    return (
        {
            "Sid": "WriteWorkerLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            # the group for DescribeLogStreams, its streams for the rest (Service Authorization Reference)
            "Resource": [group, f"{group}:*"],
        },
    )


def _scale_nodes(environment: Environment, region: str) -> tuple[dict[str, Any], ...]:
    """kubernetes/autoscaler, cloudprovider/aws, "Full Cluster Autoscaler Features Policy", with the tags of
    its auto-discovery as conditions, so that other clusters' groups are out of reach."""
    cluster = environment.regions[region].eks.cluster_name
    tag = "aws:ResourceTag/k8s.io/cluster-autoscaler"
    return (
        {
            "Sid": "FindNodeGroups",
            "Effect": "Allow",
            "Action": [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "autoscaling:DescribeTags",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ],
            "Resource": ["*"],  # these actions have no resource level permissions
        },
        {
            "Sid": "DescribeNodeGroups",
            "Effect": "Allow",
            "Action": ["eks:DescribeNodegroup"],
            "Resource": [arn(environment, "eks", region, f"nodegroup/{cluster}/*/*")],
        },
        {
            "Sid": "ScaleOwnNodeGroups",
            "Effect": "Allow",
            "Action": ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            "Resource": [arn(environment, "autoscaling", region, "autoScalingGroup:*")],
            "Condition": {"StringEquals": {f"{tag}/enabled": "true", f"{tag}/{cluster}": "owned"}},
        },
    )


def _document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": POLICY_VERSION, "Statement": list(statements)}
