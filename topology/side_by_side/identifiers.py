"""The names by which AWS and Kubernetes know what an environment creates: each is taken once in its scope.

tests/synth/test_side_by_side.py compares them with the synthesized stacks, type by type.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from topology.aws.arns import cluster_arn
from topology.aws.names import Names
from topology.environment_file.problem import Path
from topology.iam.identities import IdentityId, identities, identity_policy
from topology.iam.managed_policies import CLUSTER_UUID, managed_policies
from topology.kafka.broker_properties import configuration_name
from topology.kubernetes.charts import PlatformReferences, chart_releases
from topology.kubernetes.cluster_services import existing_oidc_provider, oidc_provider
from topology.model import Environment
from topology.observability.alarms import alarms
from topology.observability.log_groups import log_groups
from topology.observability.notifications import notifications
from topology.replication.flows import flows_into
from topology.state.stacks import replica_region

__all__ = ["WORDS", "Identifier", "identifiers"]

WORDS: Final = {
    "aws_cloudwatch_dashboard": "dashboard",
    "aws_cloudwatch_log_group": "log group",
    "aws_cloudwatch_metric_alarm": "alarm",
    "aws_ecs_cluster": "ECS cluster",
    "aws_ecs_service": "ECS service",
    "aws_ecs_task_definition": "ECS task family",
    "aws_iam_openid_connect_provider": "OIDC provider",
    "aws_iam_policy": "IAM policy",
    "aws_iam_role": "IAM role",
    "aws_kms_alias": "KMS alias",
    "aws_msk_cluster": "MSK cluster",
    "aws_msk_configuration": "MSK configuration",
    "aws_s3_bucket": "S3 bucket",
    "aws_secretsmanager_secret": "secret",
    "aws_security_group": "security group",
    "aws_service_discovery_private_dns_namespace": "Cloud Map namespace",
    "aws_sns_topic": "SNS topic",
    "helm_release": "Helm release",
    "kubernetes_namespace_v1": "Kubernetes namespace",
    "kubernetes_priority_class_v1": "priority class",
}
"""Terraform types that have an identifier of their own, and what people call them."""

REFERENCES: Final = PlatformReferences("{} {}".format, lambda: "")
"""For values of charts, which are not looked at here."""
NAMES: Final[Path] = ("environment",)
ANOTHER_NAME: Final = "a project and environment that make another <project>-<environment>"


@dataclass(frozen=True)
class Identifier:
    """`kind` is a Terraform type, `scope` where the name is taken once. `path` is the setting that it comes
    from and `allowed` what to write there for another one."""

    kind: str
    scope: str
    name: str
    path: Path = NAMES
    allowed: str = ANOTHER_NAME

    @property
    def key(self) -> tuple[str, str, str]:
        """What two environments must not have in common."""
        return self.kind, self.scope, self.name


def identifiers(environment: Environment) -> Iterator[Identifier]:
    """Every identifier of an environment that something else could have, too. What lies within one of them
    (the objects of a namespace, the rules of a security group) has none of its own."""
    for region in environment.regions:
        yield from _state(environment, region)
        yield from _iam(environment, region)
        yield from _kafka(environment, region)
        yield from _observability(environment, region)
        yield from _security_groups(environment, region)
        yield from _kubernetes(environment, region)
        if _has_tasks(environment, region):
            yield from _ecs(environment, region)


def _state(environment: Environment, region: str) -> Iterator[Identifier]:
    """Buckets are one to all accounts of a partition."""
    names, peer = Names(environment, region), replica_region(environment, region)
    for bucket in (names.state_bucket, names.state_replica_bucket):
        made = Identifier("aws_s3_bucket", environment.partition, bucket)
        if environment.state.bucket_prefix:
            made = replace(made, path=("state", "bucket_prefix"), allowed="another prefix")
        yield made
    for place in (region, peer):
        yield Identifier("aws_kms_alias", _in(environment, place), names.kms_alias(f"state-{region}"))


def _iam(environment: Environment, region: str) -> Iterator[Identifier]:
    scope, names = f"account {environment.account}", Names(environment, region)
    for one in identities(environment, region):
        yield from _role(environment, region, one.role_name, one.id)
    yield Identifier("aws_iam_role", scope, names.replication_role)
    if not environment.regions[region].network.exists:
        yield Identifier("aws_iam_role", scope, names.flow_logs_role)
    if existing_oidc_provider(environment, region) is None:
        issuer = oidc_provider(environment, region).split("/", 1)[1]
        yield _cluster_service(Identifier("aws_iam_openid_connect_provider", scope, issuer), region)


def _role(environment: Environment, region: str, name: str, who: IdentityId) -> Iterator[Identifier]:
    """A role and its policies, which are named after it (modules/iam/policy_role.py)."""

    def arn_of(other: str) -> str:
        return cluster_arn(environment, other, CLUSTER_UUID)

    scope = f"account {environment.account}"
    policies = len(managed_policies(identity_policy(environment, region, who, arn_of)))
    yield Identifier("aws_iam_role", scope, name)
    for number in range(1, policies + 1):
        yield Identifier("aws_iam_policy", scope, name if number == 1 else f"{name}-{number}")


def _kafka(environment: Environment, region: str) -> Iterator[Identifier]:
    names, kafka, scope = (
        Names(environment, region),
        environment.regions[region].kafka,
        _in(environment, region),
    )
    for kind, name in (
        ("aws_msk_cluster", names.msk_cluster),
        ("aws_msk_configuration", configuration_name(environment, region)),
    ):
        made = Identifier(kind, scope, name)
        if kafka.cluster_name:
            path: Path = ("regions", region, "kafka", "cluster_name")
            made = replace(made, path=path, allowed="another cluster_name")
        yield made
    if kafka.authentication.scram:
        yield Identifier("aws_secretsmanager_secret", scope, names.scram_secret)


def _observability(environment: Environment, region: str) -> Iterator[Identifier]:
    names, scope = Names(environment, region), _in(environment, region)
    created = not environment.regions[region].network.exists
    for purpose in (*(("network",) if created else ()), "msk", "logs", "alarms"):
        yield Identifier("aws_kms_alias", scope, names.kms_alias(purpose))
    owners = ("network", "msk", "logs", *(("ecs-runtime",) if _has_tasks(environment, region) else ()))
    for owner in owners:
        for group in log_groups(environment, region, owner):
            made = Identifier("aws_cloudwatch_log_group", scope, group.name)
            yield _cluster_service(made, region) if group.of_cluster else made
    for alarm in alarms(environment, region):
        yield Identifier("aws_cloudwatch_metric_alarm", scope, names.alarm(alarm.id))
    for notification in notifications(environment, region):
        yield Identifier("aws_sns_topic", scope, notification.topic)
    yield Identifier("aws_cloudwatch_dashboard", f"account {environment.account}", names.dashboard)


def _security_groups(environment: Environment, region: str) -> Iterator[Identifier]:
    """A VPC has each name once; one that is created has no others in it."""
    vpc, names = environment.regions[region].network.vpc_id, Names(environment, region)
    if vpc is not None:
        yield Identifier("aws_security_group", vpc, names.security_group)
        if _has_tasks(environment, region):
            yield Identifier("aws_security_group", vpc, names.task_security_group)


def _kubernetes(environment: Environment, region: str) -> Iterator[Identifier]:
    cluster = environment.regions[region].eks.cluster_name
    scope, names = f"EKS cluster {cluster} in {_in(environment, region)}", Names(environment, region)
    for release in chart_releases(environment, region, REFERENCES):
        made = Identifier("helm_release", scope, f"{release.namespace}/{release.name}")
        yield made if release.name == names.log_routing_release else _cluster_service(made, region)
    if environment.runtime.eks and flows_into(environment, region):
        yield Identifier(
            "kubernetes_namespace_v1",
            scope,
            environment.mirrormaker.namespace,
            ("mirrormaker", "namespace"),
            "a namespace of its own",
        )
        yield Identifier("kubernetes_priority_class_v1", scope, names.priority_class)


def _ecs(environment: Environment, region: str) -> Iterator[Identifier]:
    names, scope, ecs = Names(environment, region), _in(environment, region), environment.runtime.ecs
    yield Identifier("aws_iam_role", f"account {environment.account}", names.execution_role)
    yield Identifier("aws_iam_policy", f"account {environment.account}", names.execution_role)
    yield Identifier("aws_service_discovery_private_dns_namespace", scope, names.discovery_namespace)
    if ecs is not None and ecs.cluster_name is None:
        yield Identifier("aws_ecs_cluster", scope, names.ecs_cluster)
    components: tuple[tuple[IdentityId, str], ...] = (("worker", names.worker_task_role),)
    if not environment.runtime.eks:
        components = (*components, ("operations", names.operations_task_role))
    for component, role in components:
        yield from _role(environment, region, role, component)
        service = names.ecs_service(component)
        yield Identifier("aws_ecs_task_definition", scope, service)
        yield Identifier("aws_ecs_service", f"ECS cluster {names.ecs_cluster} in {scope}", service)


def _has_tasks(environment: Environment, region: str) -> bool:
    return environment.runtime.ecs is not None and bool(flows_into(environment, region))


def _in(environment: Environment, region: str) -> str:
    return f"{region} of account {environment.account}"


def _cluster_service(made: Identifier, region: str) -> Identifier:
    """With the setting that says who owns what the cluster has once."""
    path: Path = ("regions", region, "eks", "owns_cluster_services")
    return replace(made, path=path, allowed="eks.owns_cluster_services: false in one of the two")
