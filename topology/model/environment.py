"""The environment: the one file from which everything else is derived."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from topology.model.base import Count, Days, Model, Percent, RegionId, Seconds
from topology.model.flow import Flow
from topology.model.kafka import Kafka
from topology.model.mirrormaker import MirrorMaker
from topology.model.region import Region
from topology.model.retention import Retention
from topology.model.runtime import Runtime

__all__ = [
    "AlarmThresholds",
    "Alarms",
    "Chart",
    "ContainerInsights",
    "Environment",
    "Notify",
    "Platform",
    "State",
]

ShortName = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,28}[a-z0-9])?$")]
ListedValue = Literal["broker_type", "kafka_version", "region", "zone", "property"]
"""What is compared with a list that ages; each list says how old it is."""
Email = Annotated[str, Field(pattern=r"^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$", max_length=254)]


class AlarmThresholds(Model):
    """Where the alarms fire; each default names its source."""

    disk_used_percent: Percent = 80
    """KafkaDataLogsDiskUsed. Default: 80, the report's original."""
    broker_cpu_percent: Percent = 60
    """CpuUser + CpuSystem. Default: 60 (MSK Developer Guide, best practices)."""
    pod_cpu_percent: Percent = 80
    """Of the pod's limit, or of the task's size. Default: 80, the report's original."""
    pod_memory_percent: Percent = 85
    """Of the pod's limit, or of the task's size. Default: 85, the report's original."""
    pod_restarts: Count = 3
    """In five minutes. Default: 3, ours: one restart is healing, three are a crash loop."""
    replication_latency_ms: Count = 1000
    """p95 of heartbeats on their way. Default: 1000, the report's key figure."""
    replication_lag_records: Count = 100_000
    """Records at the source that are not at the target. Default: 100,000, ours: 100 s at 1,000 records/s."""
    log_errors: Count = 10
    """ERROR lines of the workers in five minutes. Default: 10, ours."""


class Notify(Model):
    """Mail addresses by severity, the report's three."""

    warning: tuple[Email, ...] = ()
    """E-mail addresses that get alarms of this severity."""
    critical: tuple[Email, ...] = ()
    """E-mail addresses that get alarms of this severity."""
    emergency: tuple[Email, ...] = ()
    """E-mail addresses that get alarms of this severity."""


class Alarms(Model):
    """Alarms and whom they tell."""

    thresholds: AlarmThresholds = AlarmThresholds()
    notify: Notify = Notify()
    period_seconds: Annotated[Seconds, Field(multiple_of=60, le=40_320)] = 60
    """Of metrics and alarms. At most 40320: the fifteen periods of some alarms fit into the seven days that
    CloudWatch looks back (CloudWatch API reference, PutMetricAlarm)."""


ChartVersion = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", max_length=30)]


class Chart(Model):
    """A Helm release of the platform; `values` are merged over the derived ones."""

    enabled: bool = True
    """Whether this environment installs the chart."""
    chart_version: ChartVersion
    """Version of the chart."""
    values: dict[str, Any] = {}
    """Values merged over the derived ones. Names that the chart does not have are refused."""


class MetricsServer(Chart):
    """The HorizontalPodAutoscaler's source of figures."""

    chart_version: ChartVersion = "3.12.2"
    """Version of the chart."""


class ClusterAutoscaler(Chart):
    """Adds and removes nodes. Its image follows the version of the EKS cluster
    (topology/kubernetes/charts.py); `values: {image: {tag: ...}}` names another one."""

    chart_version: ChartVersion = "9.59.0"
    """Version of the chart."""


class LogRouting(Chart):
    """A Fluent Bit of the environment's own, from its namespace to
    /aws/eks/mirrormaker2/<project>-<environment>."""

    chart_version: ChartVersion = "0.2.0"
    """Default: 0.2.0 (Fluent Bit 4.2.2). 0.1.x has Fluent Bit 1.9, whose images reached their end of life on
    2026-06-30."""


class ContainerInsights(Model):
    """The log groups that Container Insights writes to."""

    enabled: bool = True
    """Whether logs-R creates them, with a retention. Switch it off where they exist: Container Insights
    creates those that it does not find, and keeps them for ever."""


class Platform(Model):
    """What the EKS cluster needs beside the workload. Switch off what the cluster already has. All but log
    routing is the cluster's: see `eks.owns_cluster_services`."""

    metrics_server: MetricsServer = MetricsServer()
    cluster_autoscaler: ClusterAutoscaler = ClusterAutoscaler()
    log_routing: LogRouting = LogRouting()
    container_insights: ContainerInsights = ContainerInsights()


class State(Model):
    """Terraform's remote state: one bucket a region, replicated to a peer region."""

    bucket_prefix: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,35}$")] | None = None
    """Default: `<project>-<environment>-state`; account and region are appended."""
    key_prefix: (
        Annotated[str, Field(pattern=r"^/?[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*/?$", max_length=900)] | None
    ) = None
    """Default: `<project>/<environment>`."""
    noncurrent_days: Days = 90
    """How long old versions of the state are kept. Default: 90, ours."""


class Environment(Model):
    """One environment of the platform: an account, its regions, and what is replicated between them."""

    project: ShortName
    """First part of every name: the product or the team."""
    environment: ShortName
    """Second part of every name, for example production."""
    stage: Literal["production", "development"] = "production"
    """production: stateful resources cannot be destroyed by a plan."""
    account: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    """AWS account id, quoted (a leading zero is significant)."""
    partition: Literal["aws", "aws-cn", "aws-us-gov"] = "aws"
    """AWS partition of the account and of all regions."""
    tags: dict[str, str] = {}
    """Added to every resource. A key that differs from another one, or from the platform's own Project,
    Environment and ManagedBy, in case only is refused: IAM takes the two for one."""
    allow_unknown: tuple[ListedValue, ...] = ()
    """Kinds of values that may be unknown to the lists of this release, if they are well-formed: for a broker
    type, a Kafka version of MSK, a region, a zone or a property that is newer than the list. What depends on
    it (the partitions that a broker type carries, a property's type) is then not checked. Default: none."""
    kafka: Kafka = Kafka()
    regions: Annotated[dict[RegionId, Region], Field(min_length=2)]
    """Settings by region id, for example us-east-1. The flows connect these regions."""
    flows: tuple[Flow, ...]
    """What is replicated. `[]` is nothing: the step between two directions of an identity flow."""
    mirrormaker: MirrorMaker = MirrorMaker()
    runtime: Runtime = Runtime()
    retention: Retention = Retention()
    alarms: Alarms = Alarms()
    platform: Platform = Platform()
    state: State = State()

    @property
    def is_production(self) -> bool:
        """Whether data is protected against being destroyed by a plan."""
        return self.stage == "production"

    def alias(self, region: str) -> str:
        """Kafka's name for the cluster of a region."""
        return self.regions[region].alias or region
