"""What an EKS cluster has once, whatever number of environments run on it: at most one of them owns it."""

from __future__ import annotations

from topology.aws.arns import arn
from topology.model import Environment

__all__ = [
    "creates_insights_groups",
    "existing_oidc_provider",
    "installs_any_chart",
    "installs_autoscaler",
    "installs_metrics_server",
    "oidc_provider",
]


def installs_metrics_server(environment: Environment, region: str) -> bool:
    """Whether platform-R of `region` installs metrics-server."""
    return _owns(environment, region) and environment.platform.metrics_server.enabled


def installs_autoscaler(environment: Environment, region: str) -> bool:
    """Whether platform-R of `region` installs cluster-autoscaler."""
    return _owns(environment, region) and environment.platform.cluster_autoscaler.enabled


def creates_insights_groups(environment: Environment, region: str) -> bool:
    """Whether logs-R of `region` creates the log groups of Container Insights."""
    return _owns(environment, region) and environment.platform.container_insights.enabled


def installs_any_chart(environment: Environment, region: str) -> bool:
    """Whether platform-R of `region` installs anything."""
    return (
        installs_metrics_server(environment, region)
        or installs_autoscaler(environment, region)
        or environment.platform.log_routing.enabled
    )


def existing_oidc_provider(environment: Environment, region: str) -> str | None:
    """ARN of the cluster's OIDC provider where it exists: the one that the file names, else the one that the
    cluster's owner creates. None where identity-R creates it."""
    given = environment.regions[region].eks.oidc_provider_arn
    if given or _owns(environment, region):
        return given
    return oidc_provider(environment, region)


def oidc_provider(environment: Environment, region: str) -> str:
    """ARN that IAM gives to the provider of the cluster's issuer (IAM API reference,
    CreateOpenIDConnectProvider)."""
    issuer = environment.regions[region].eks.oidc_issuer
    return arn(environment, "iam", "", f"oidc-provider/{issuer.removeprefix('https://')}")


def _owns(environment: Environment, region: str) -> bool:
    return environment.regions[region].eks.owns_cluster_services
