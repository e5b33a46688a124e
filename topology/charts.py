"""Helm charts of the platform: which, from where, with which values.

The names of the values are those of each chart's values.yaml; what the environment file says is merged over
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from topology.iam import TrustSubject
from topology.logs import workers_log_group
from topology.merge import deep_merge
from topology.model import Environment
from topology.model.environment import Chart
from topology.outputs import AUTOSCALER_ROLE_ARN, LOG_ROUTING_ROLE_ARN
from topology.subjects import PLATFORM_NAMESPACE, autoscaler_subject, log_routing_subject

__all__ = ["ChartRelease", "RoleArn", "chart_releases", "workers_log_files"]


RoleArn = Callable[[str], str]
"""ARN of the role that identity-R publishes under an output's name; a Terraform reference will do."""


@dataclass(frozen=True)
class ChartRelease:
    """A release of a chart; `values` are complete."""

    name: str
    namespace: str
    repository: str
    chart: str
    version: str
    values: dict[str, Any]


class Values(BaseModel):
    """Part of a chart's values, in its spelling."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True)

    def as_values(self) -> dict[str, Any]:
        """Values as the chart reads them."""
        return self.model_dump(by_alias=True, mode="json")


class ServiceAccount(Values):
    create: bool = True
    name: str
    annotations: dict[str, str]


class DisruptionBudget(Values):
    enabled: bool = True
    min_available: int = 1


class MetricsServer(Values):
    """Two replicas: without figures the autoscaler of the workers stands still."""

    replicas: int = 2
    pod_disruption_budget: DisruptionBudget = DisruptionBudget()


class AutoDiscovery(Values):
    cluster_name: str


class Rbac(Values):
    service_account: ServiceAccount


class ClusterAutoscaler(Values):
    """It finds node groups by the tags that EKS gives them."""

    cloud_provider: str = "aws"
    aws_region: str
    auto_discovery: AutoDiscovery
    rbac: Rbac
    extra_args: dict[str, str | bool] = {
        # the workers spread over zones, so that node groups of one zone each must grow evenly
        "balance-similar-node-groups": True,
        "expander": "least-waste",
    }


class TailInput(Values):
    path: str


class CloudWatchLogs(Values):
    """`log_group_template` is empty on purpose: the chart's default would win over the group's name.
    `log_key`: the line alone, so that a filter on it sees what the worker wrote."""

    enabled: bool = True
    region: str
    log_group_name: str
    log_group_template: str = ""
    auto_create_group: bool = False
    log_key: str = "log"


class FluentBit(Values):
    """Only the workers' namespace, into the one group that logs-R creates. `tolerations`: the nodes that the
    workers may run on."""

    input: TailInput
    cloud_watch_logs: CloudWatchLogs
    service_account: ServiceAccount
    tolerations: list[dict[str, str]]


def chart_releases(environment: Environment, region: str, role_arn: RoleArn) -> tuple[ChartRelease, ...]:
    """The releases that are switched on, in the order in which they are installed; `role_arn` is asked only
    for the roles that these need."""
    return tuple(_releases(environment, region, role_arn))


def workers_log_files(environment: Environment) -> str:
    """Where a node keeps the logs of the workers' namespace: `<pod>_<namespace>_<container>-<id>.log`
    (Kubernetes, kubelet, "ContainerLogsDir" links)."""
    return f"/var/log/containers/*_{environment.mirrormaker.namespace}_*.log"


def _releases(environment: Environment, region: str, role_arn: RoleArn) -> Iterator[ChartRelease]:
    platform = environment.platform
    if platform.metrics_server.enabled:
        yield _release(
            "metrics-server",
            "https://kubernetes-sigs.github.io/metrics-server/",
            platform.metrics_server,
            MetricsServer(),
        )
    if platform.cluster_autoscaler.enabled:
        yield _release(
            "cluster-autoscaler",
            "https://kubernetes.github.io/autoscaler",
            platform.cluster_autoscaler,
            _cluster_autoscaler(environment, region, role_arn(AUTOSCALER_ROLE_ARN)),
        )
    if platform.log_routing.enabled:
        yield _release(
            "aws-for-fluent-bit",
            "https://aws.github.io/eks-charts",
            platform.log_routing,
            _fluent_bit(environment, region, role_arn(LOG_ROUTING_ROLE_ARN)),
        )


def _release(chart: str, repository: str, given: Chart, values: Values) -> ChartRelease:
    return ChartRelease(
        name=chart,
        namespace=PLATFORM_NAMESPACE,
        repository=repository,
        chart=chart,
        version=given.chart_version,
        values=deep_merge(values.as_values(), given.values),
    )


def _cluster_autoscaler(environment: Environment, region: str, role_arn: str) -> ClusterAutoscaler:
    return ClusterAutoscaler(
        aws_region=region,
        auto_discovery=AutoDiscovery(cluster_name=environment.regions[region].eks.cluster_name),
        rbac=Rbac(service_account=_service_account(autoscaler_subject(), role_arn)),
    )


def _fluent_bit(environment: Environment, region: str, role_arn: str) -> FluentBit:
    return FluentBit(
        input=TailInput(path=workers_log_files(environment)),
        cloud_watch_logs=CloudWatchLogs(
            region=region, log_group_name=workers_log_group(environment, region).name
        ),
        service_account=_service_account(log_routing_subject(), role_arn),
        tolerations=[
            toleration.model_dump(exclude_none=True) for toleration in environment.mirrormaker.tolerations
        ],
    )


def _service_account(subject: TrustSubject, role_arn: str) -> ServiceAccount:
    return ServiceAccount(name=subject.service_account, annotations={"eks.amazonaws.com/role-arn": role_arn})
