"""What CloudFormation's resource schemas say of synthesized Terraform, beside botocore's models.

cfn-lint carries the schemas of every resource type by region, with enums, patterns, lengths and ranges. An
attribute is compared where its name is that of a property, or RENAMED says which one it is. References to
what is known after a deploy are left out, and tags, which CloudFormation has in another form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import regex
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER
from jsonschema import Draft7Validator, validators
from jsonschema.exceptions import ValidationError

__all__ = ["RESOURCE_TYPES", "compared_attributes", "missing_types", "schema_faults"]

Body = Mapping[str, Any]
Schema = dict[str, Any]

RESOURCE_TYPES = {
    "aws_appautoscaling_policy": "AWS::ApplicationAutoScaling::ScalingPolicy",
    "aws_appautoscaling_target": "AWS::ApplicationAutoScaling::ScalableTarget",
    "aws_cloudwatch_dashboard": "AWS::CloudWatch::Dashboard",
    "aws_cloudwatch_log_group": "AWS::Logs::LogGroup",
    "aws_cloudwatch_log_metric_filter": "AWS::Logs::MetricFilter",
    "aws_cloudwatch_metric_alarm": "AWS::CloudWatch::Alarm",
    "aws_ecs_cluster": "AWS::ECS::Cluster",
    "aws_ecs_service": "AWS::ECS::Service",
    "aws_ecs_task_definition": "AWS::ECS::TaskDefinition",
    "aws_eks_cluster": "AWS::EKS::Cluster",
    "aws_flow_log": "AWS::EC2::FlowLog",
    "aws_iam_openid_connect_provider": "AWS::IAM::OIDCProvider",
    "aws_iam_policy": "AWS::IAM::ManagedPolicy",
    "aws_iam_role": "AWS::IAM::Role",
    "aws_kms_alias": "AWS::KMS::Alias",
    "aws_kms_key": "AWS::KMS::Key",
    "aws_msk_cluster": "AWS::MSK::Cluster",
    "aws_msk_configuration": "AWS::MSK::Configuration",
    "aws_route": "AWS::EC2::Route",
    "aws_s3_bucket": "AWS::S3::Bucket",
    "aws_secretsmanager_secret": "AWS::SecretsManager::Secret",
    "aws_security_group": "AWS::EC2::SecurityGroup",
    "aws_service_discovery_private_dns_namespace": "AWS::ServiceDiscovery::PrivateDnsNamespace",
    "aws_service_discovery_service": "AWS::ServiceDiscovery::Service",
    "aws_sns_topic": "AWS::SNS::Topic",
    "aws_subnet": "AWS::EC2::Subnet",
    "aws_vpc": "AWS::EC2::VPC",
    "aws_vpc_endpoint": "AWS::EC2::VPCEndpoint",
    "aws_vpc_peering_connection": "AWS::EC2::VPCPeeringConnection",
    "aws_vpc_security_group_egress_rule": "AWS::EC2::SecurityGroupEgress",
    "aws_vpc_security_group_ingress_rule": "AWS::EC2::SecurityGroupIngress",
}
RENAMED = {
    ("aws_appautoscaling_policy", "name"): "PolicyName",
    ("aws_cloudwatch_log_group", "name"): "LogGroupName",
    ("aws_cloudwatch_log_metric_filter", "name"): "FilterName",
    ("aws_cloudwatch_log_metric_filter", "pattern"): "FilterPattern",
    ("aws_cloudwatch_metric_alarm", "metric_query"): "Metrics",
    ("aws_ecs_cluster", "name"): "ClusterName",
    ("aws_ecs_service", "name"): "ServiceName",
    ("aws_flow_log", "vpc_id"): "ResourceId",
    ("aws_iam_policy", "name"): "ManagedPolicyName",
    ("aws_iam_role", "name"): "RoleName",
    ("aws_kms_alias", "name"): "AliasName",
    ("aws_kms_key", "deletion_window_in_days"): "PendingWindowInDays",
    ("aws_msk_configuration", "kafka_versions"): "KafkaVersionsList",
    ("aws_s3_bucket", "bucket"): "BucketName",
    ("aws_security_group", "description"): "GroupDescription",
    ("aws_security_group", "name"): "GroupName",
    ("aws_sns_topic", "name"): "TopicName",
    ("aws_vpc_security_group_egress_rule", "cidr_ipv4"): "CidrIp",
    ("aws_vpc_security_group_ingress_rule", "cidr_ipv4"): "CidrIp",
}
ANOTHER_FORM = {
    (
        "aws_cloudwatch_metric_alarm",
        "dimensions",
    ): "a mapping here, a list of pairs there",
    ("aws_ecs_task_definition", "container_definitions"): "a JSON text in Terraform",
    ("aws_ecs_task_definition", "volume"): "another name and nesting",
    ("aws_vpc_endpoint", "policy"): "a JSON text in Terraform",
}
CONSTRAINTS = ("enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems")
LEFT_OUT = object()


def missing_types(region: str) -> set[str]:
    """Resource types of the stacks that CloudFormation does not have in a region."""
    return set(RESOURCE_TYPES.values()) - set(PROVIDER_SCHEMA_MANAGER.get_resource_types(region))


def schema_faults(region: str, kind: str, body: Body) -> list[str]:
    """Every constraint of the region's schema that a resource of a Terraform type breaks."""
    schema = _schema(region, RESOURCE_TYPES[kind])
    found = []
    for attribute, name, value in _properties(schema, kind, body):
        root = {**schema["properties"][name], "definitions": schema.get("definitions", {})}
        errors = _Validator(root).iter_errors(value)
        found += [f"{kind}.{attribute}: {e.message}" for e in errors if e.validator in CONSTRAINTS]
    return found


def compared_attributes(region: str, kind: str, body: Body) -> set[str]:
    """Attributes of a resource whose value a schema is held against."""
    return {attribute for attribute, _, _ in _properties(_schema(region, RESOURCE_TYPES[kind]), kind, body)}


def _properties(schema: Schema, kind: str, body: Body) -> Iterator[tuple[str, str, Any]]:
    names = {_plain(name): name for name in schema["properties"]}
    for attribute, value in body.items():
        name = RENAMED.get((kind, attribute)) or names.get(_plain(attribute))
        if name is None or attribute == "tags" or (kind, attribute) in ANOTHER_FORM:
            continue
        converted = _converted(schema, schema["properties"][name], value)
        if converted is not LEFT_OUT:
            yield attribute, name, converted


def _converted(root: Schema, schema: Schema, value: Any) -> Any:
    """A Terraform value in the form of a property: nested blocks are objects, their names the schema's."""
    schema = _resolved(root, schema)
    if isinstance(value, str) and "${" in value:
        return LEFT_OUT
    if "properties" in schema:
        block = value[0] if isinstance(value, list) and len(value) == 1 else value
        if not isinstance(block, Mapping):
            return LEFT_OUT
        names = {_plain(name): name for name in schema["properties"]}
        pairs = ((names.get(_plain(key)), inner) for key, inner in block.items())
        found = {n: _converted(root, schema["properties"][n], inner) for n, inner in pairs if n}
        return {name: inner for name, inner in found.items() if inner is not LEFT_OUT}
    if "items" in schema:
        listed = value if isinstance(value, list) else [value]
        items = [_converted(root, schema["items"], item) for item in listed]
        return items if LEFT_OUT not in items else LEFT_OUT
    return value


def _resolved(root: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        found: Any = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def _plain(name: str) -> str:
    return name.replace("_", "").lower()


@cache
def _schema(region: str, resource_type: str) -> Schema:
    schema: Schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, resource_type).schema
    return schema


def _pattern(_: Any, pattern: str, value: Any, __: Schema) -> Iterator[ValidationError]:
    """With `regex`, which knows `\\p{L}`."""
    if isinstance(value, str) and not regex.search(pattern, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}", validator="pattern")


_Validator = validators.extend(  # type: ignore[no-untyped-call]
    Draft7Validator, {"pattern": _pattern}
)
