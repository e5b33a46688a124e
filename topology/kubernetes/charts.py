"""Helm charts of the platform: which, from where, with which values.

The names of the values are those of each chart (topology/catalogue/charts.json); what the environment file
says is merged over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from topology.aws.names import Names
from topology.environment_file.merge import deep_merge
from topology.iam.statements import TrustSubject
from topology.iam.subjects import PLATFORM_NAMESPACE, ROLE_ANNOTATION, autoscaler_subject, log_routing_subject
from topology.kubernetes.cluster_services import installs_autoscaler, installs_metrics_server
from topology.kubernetes.fluent_bit import (
    INPUT_LINES,
    OUTPUT_LINES,
    VOLUME_MOUNTS,
    VOLUMES,
    node_files,
    service_lines,
)
from topology.model import Environment
from topology.model.environment import Chart
from topology.state.outputs import AUTOSCALER_ROLE_ARN, LOG_ROUTING_ROLE_ARN, WORKERS_LOG_GROUP

__all__ = ["AUTOSCALER_IMAGES", "ChartRelease", "PlatformReferences", "chart_releases", "workers_log_files"]


AUTOSCALER_IMAGES = {
    "1.30": "v1.30.7",
    "1.31": "v1.31.5",
    "1.32": "v1.32.7",
    "1.33": "v1.33.6",
    "1.34": "v1.34.5",
    "1.35": "v1.35.2",
    "1.36": "v1.36.1",
}
"""The newest image of the cluster autoscaler for a Kubernetes minor: the two minors must be the same (Cluster
Autoscaler, README, "Releases"). Release tags of kubernetes/autoscaler, 2026-08-22."""


@dataclass(frozen=True)
class PlatformReferences:
    """What the values refer to; Terraform references will do."""

    output: Callable[[str, str], str]
    """Output of a kind of stack in the same region; asked only for what the releases need."""
    autoscaler_image_tag: Callable[[], str]
    """Of AUTOSCALER_IMAGES, by the version of the EKS cluster; `v<minor>.0` where it is not in the table."""


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


class MetricsServerValues(Values):
    """Two replicas: without figures the autoscaler of the workers stands still."""

    replicas: int = 2
    pod_disruption_budget: DisruptionBudget = DisruptionBudget()


class AutoDiscovery(Values):
    cluster_name: str


class Rbac(Values):
    service_account: ServiceAccount


class ImageValues(Values):
    tag: str


class ResourceValues(Values):
    """As in the autoscaler's example for AWS (kubernetes/autoscaler, cluster-autoscaler-autodiscover.yaml,
    2026-08-22). Without them the kubelet evicts it first (BestEffort)."""

    requests: dict[str, str] = {"cpu": "100m", "memory": "600Mi"}
    limits: dict[str, str] = {"cpu": "100m", "memory": "600Mi"}


class ClusterAutoscalerValues(Values):
    """It finds node groups by the tags that EKS gives them."""

    cloud_provider: str = "aws"
    aws_region: str
    auto_discovery: AutoDiscovery
    rbac: Rbac
    image: ImageValues
    resources: ResourceValues = ResourceValues()
    extra_args: dict[str, str | bool] = {
        # the workers spread over zones, so that node groups of one zone each must grow evenly
        "balance-similar-node-groups": True,
        "expander": "least-waste",
    }


class Service(Values):
    extra_service: str


class TailInput(Values):
    """`db`: where a Fluent Bit keeps how far it has read. It is a file of the node, which the Fluent Bit of
    another environment must not write to."""

    path: str
    db: str
    extra_inputs: str = INPUT_LINES


class Filter(Values):
    """Off: `log_key` drops what the Kubernetes filter adds."""

    enabled: bool = False


class CloudWatchLogs(Values):
    """`log_group_template` is empty on purpose: the chart's default would win over the group's name.
    `log_key`: the line alone, so that a filter on it sees what the worker wrote."""

    enabled: bool = True
    region: str
    log_group_name: str
    log_group_template: str = ""
    auto_create_group: bool = False
    log_key: str = "log"
    extra_outputs: str = OUTPUT_LINES


class FluentBit(Values):
    """Only the workers' namespace, into the one group that logs-R creates: each environment of a cluster has
    a release of its own. `fullname_override`: the name of all that the chart creates, so that no object of
    the cluster is shared. `tolerations`: the nodes that the workers may run on. On a full node a worker would
    preempt a pod of a lower priority class."""

    fullname_override: str
    priority_class_name: str = "system-node-critical"
    service: Service
    input: TailInput
    filter: Filter = Filter()
    volumes: list[dict[str, Any]] = VOLUMES
    volume_mounts: list[dict[str, Any]] = VOLUME_MOUNTS
    cloud_watch_logs: CloudWatchLogs
    service_account: ServiceAccount
    tolerations: list[dict[str, str]]


def chart_releases(
    environment: Environment, region: str, references: PlatformReferences
) -> tuple[ChartRelease, ...]:
    """The releases that are switched on, in the order in which they are installed."""
    return tuple(_releases(environment, region, references))


def workers_log_files(environment: Environment) -> str:
    """Where a node keeps the logs of the workers' namespace: `<pod>_<namespace>_<container>-<id>.log`
    (Kubernetes, kubelet, "ContainerLogsDir" links)."""
    return f"/var/log/containers/*_{environment.mirrormaker.namespace}_*.log"


def _releases(
    environment: Environment, region: str, references: PlatformReferences
) -> Iterator[ChartRelease]:
    charts = environment.platform
    if installs_metrics_server(environment, region):
        yield _release(
            "metrics-server",
            "https://kubernetes-sigs.github.io/metrics-server/",
            charts.metrics_server,
            MetricsServerValues(),
        )
    if installs_autoscaler(environment, region):
        yield _release(
            "cluster-autoscaler",
            "https://kubernetes.github.io/autoscaler",
            charts.cluster_autoscaler,
            _cluster_autoscaler(environment, region, references),
        )
    if charts.log_routing.enabled:
        yield _release(
            "aws-for-fluent-bit",
            "https://aws.github.io/eks-charts",
            charts.log_routing,
            _fluent_bit(environment, region, references),
            name=Names(environment, region).log_routing_release,
        )


def _release(
    chart: str, repository: str, given: Chart, values: Values, *, name: str | None = None
) -> ChartRelease:
    return ChartRelease(
        name=name or chart,
        namespace=PLATFORM_NAMESPACE,
        repository=repository,
        chart=chart,
        version=given.chart_version,
        values=deep_merge(values.as_values(), given.values),
    )


def _cluster_autoscaler(
    environment: Environment, region: str, references: PlatformReferences
) -> ClusterAutoscalerValues:
    role_arn = references.output("identity", AUTOSCALER_ROLE_ARN)
    return ClusterAutoscalerValues(
        aws_region=region,
        auto_discovery=AutoDiscovery(cluster_name=environment.regions[region].eks.cluster_name),
        rbac=Rbac(service_account=_service_account(autoscaler_subject(), role_arn)),
        image=ImageValues(tag=references.autoscaler_image_tag()),
    )


def _fluent_bit(environment: Environment, region: str, references: PlatformReferences) -> FluentBit:
    role_arn = references.output("identity", LOG_ROUTING_ROLE_ARN)
    release = Names(environment, region).log_routing_release
    return FluentBit(
        fullname_override=release,
        service=Service(extra_service=service_lines(release)),
        input=TailInput(path=workers_log_files(environment), db=f"{node_files(release)}.db"),
        # read from logs-R, so that the group exists: Fluent Bit drops what it has for a group that does not
        cloud_watch_logs=CloudWatchLogs(
            region=region, log_group_name=references.output("logs", WORKERS_LOG_GROUP)
        ),
        service_account=_service_account(log_routing_subject(environment, region), role_arn),
        tolerations=[
            toleration.model_dump(exclude_none=True) for toleration in environment.mirrormaker.tolerations
        ],
    )


def _service_account(subject: TrustSubject, role_arn: str) -> ServiceAccount:
    return ServiceAccount(name=subject.service_account, annotations={ROLE_ANNOTATION: role_arn})
