"""What AWS and Kubernetes know the synthesized resources by: for each type its identifier and where that is
taken once, or why it has none of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from topology.model import Environment

__all__ = ["TYPES", "Key", "Named", "synthesized_identifiers"]

Stack = dict[str, Any]
Key = tuple[str, str, str]
"""Type, scope, name."""
Scope = Literal["partition", "account", "region", "vpc", "ecs", "eks"]

OF_ITS_BUCKET = "a setting of a bucket"
OF_ITS_VPC = "lies in the VPC; AWS gives its id"
OF_ITS_PARENT = "belongs to another resource of the same stack; AWS gives its id"


@dataclass(frozen=True)
class Named:
    """`attribute` holds the name; a path of keys for blocks."""

    attribute: str
    scope: Scope = "region"


IN_A_NAMESPACE: Final = Named("metadata.name", "eks")

TYPES: Final[Mapping[str, Named | str]] = {
    "aws_appautoscaling_policy": OF_ITS_PARENT,
    "aws_appautoscaling_target": OF_ITS_PARENT,
    "aws_cloudwatch_dashboard": Named("dashboard_name", "account"),
    "aws_cloudwatch_log_group": Named("name"),
    "aws_cloudwatch_log_metric_filter": Named("metric_transformation.namespace"),
    "aws_cloudwatch_metric_alarm": Named("alarm_name"),
    "aws_default_security_group": OF_ITS_VPC,
    "aws_ecs_cluster": Named("name"),
    "aws_ecs_service": Named("name", "ecs"),
    "aws_ecs_task_definition": Named("family"),
    "aws_flow_log": OF_ITS_VPC,
    "aws_iam_openid_connect_provider": Named("url", "account"),
    "aws_iam_policy": Named("name", "account"),
    "aws_iam_role": Named("name", "account"),
    "aws_iam_role_policy": OF_ITS_PARENT,
    "aws_iam_role_policy_attachment": OF_ITS_PARENT,
    "aws_kms_alias": Named("name"),
    "aws_kms_key": "AWS gives its id",
    "aws_msk_cluster": Named("cluster_name"),
    "aws_msk_configuration": Named("name"),
    "aws_msk_scram_secret_association": OF_ITS_PARENT,
    "aws_msk_single_scram_secret_association": OF_ITS_PARENT,
    "aws_route": OF_ITS_VPC,
    "aws_route_table": OF_ITS_VPC,
    "aws_route_table_association": OF_ITS_VPC,
    "aws_s3_bucket": Named("bucket", "partition"),
    "aws_s3_bucket_lifecycle_configuration": OF_ITS_BUCKET,
    "aws_s3_bucket_ownership_controls": OF_ITS_BUCKET,
    "aws_s3_bucket_policy": OF_ITS_BUCKET,
    "aws_s3_bucket_public_access_block": OF_ITS_BUCKET,
    "aws_s3_bucket_replication_configuration": OF_ITS_BUCKET,
    "aws_s3_bucket_server_side_encryption_configuration": OF_ITS_BUCKET,
    "aws_s3_bucket_versioning": OF_ITS_BUCKET,
    "aws_secretsmanager_secret": Named("name"),
    "aws_secretsmanager_secret_policy": OF_ITS_PARENT,
    "aws_security_group": Named("name", "vpc"),
    "aws_service_discovery_private_dns_namespace": Named("name"),
    "aws_service_discovery_service": OF_ITS_PARENT,
    "aws_sns_topic": Named("name"),
    "aws_sns_topic_policy": OF_ITS_PARENT,
    "aws_sns_topic_subscription": OF_ITS_PARENT,
    "aws_subnet": OF_ITS_VPC,
    "aws_vpc": "AWS gives its id",
    "aws_vpc_endpoint": OF_ITS_VPC,
    "aws_vpc_peering_connection": OF_ITS_VPC,
    "aws_vpc_peering_connection_accepter": OF_ITS_VPC,
    "aws_vpc_security_group_egress_rule": OF_ITS_PARENT,
    "aws_vpc_security_group_ingress_rule": OF_ITS_PARENT,
    "helm_release": Named("name", "eks"),
    "kubernetes_config_map_v1": IN_A_NAMESPACE,
    "kubernetes_deployment_v1": IN_A_NAMESPACE,
    "kubernetes_horizontal_pod_autoscaler_v2": IN_A_NAMESPACE,
    "kubernetes_namespace_v1": IN_A_NAMESPACE,
    "kubernetes_network_policy_v1": IN_A_NAMESPACE,
    "kubernetes_pod_disruption_budget_v1": IN_A_NAMESPACE,
    "kubernetes_priority_class_v1": IN_A_NAMESPACE,
    "kubernetes_role_binding_v1": IN_A_NAMESPACE,
    "kubernetes_role_v1": IN_A_NAMESPACE,
    "kubernetes_service_account_v1": IN_A_NAMESPACE,
    "kubernetes_service_v1": IN_A_NAMESPACE,
}


def synthesized_identifiers(environment: Environment, stacks: Mapping[str, Stack]) -> Iterator[Key]:
    """Every identifier in the stacks of an environment. Raises KeyError for a type that is not in TYPES."""
    for stack_name, stack in stacks.items():
        home = next(region for region in environment.regions if stack_name.endswith(region))
        for kind, bodies in stack.get("resource", {}).items():
            named = TYPES[kind]
            for body in bodies.values():
                if isinstance(named, Named):
                    scope = _scope(environment, home, named.scope, stack, body)
                    yield kind, scope, _name(kind, body, named.attribute)


def _scope(environment: Environment, home: str, scope: Scope, stack: Stack, body: dict[str, Any]) -> str:
    region = f"{_region(stack, body)} of account {environment.account}"
    match scope:
        case "partition":
            return environment.partition
        case "account":
            return f"account {environment.account}"
        case "region":
            return region
        case "vpc":
            created = f"VPC of {environment.project}/{environment.environment} in {home}"
            return environment.regions[home].network.vpc_id or created
        case "ecs":
            cluster = body["cluster"]
            for made in stack["resource"].get("aws_ecs_cluster", {}).values():
                cluster = made["name"]
            return f"ECS cluster {cluster} in {region}"
        case "eks":
            (cluster,) = {found["name"] for found in stack["data"]["aws_eks_cluster"].values()}
            return f"EKS cluster {cluster} in {home} of account {environment.account}"


def _region(stack: Stack, body: dict[str, Any]) -> str:
    """That of the resource's provider: a state stack has one for the region of the replica, too."""
    alias = body.get("provider", "aws").partition(".")[2] or None
    (provider,) = [one for one in stack["provider"]["aws"] if one.get("alias") == alias]
    return str(provider["region"])


def _name(kind: str, body: dict[str, Any], attribute: str) -> str:
    value: Any = body
    for step in attribute.split("."):
        value = value[step]
    if kind == "helm_release":
        return f"{body['namespace']}/{value}"
    if kind == "aws_iam_openid_connect_provider":
        return str(value).removeprefix("https://")
    namespace = body.get("metadata", {}).get("namespace") if kind.startswith("kubernetes_") else None
    return f"{namespace}/{value}" if namespace else str(value)
