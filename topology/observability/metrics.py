"""The metrics that exist: what alarms and dashboards may refer to, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

__all__ = ["METRICS", "PROBE_NAMESPACE", "FlowPart", "Metric", "Publisher", "metric"]

Source = Literal["msk", "container-insights", "ecs-insights", "kube-state", "probe", "log-filter"]
FlowPart = Literal["arriving-heartbeats", "checkpoints", "heartbeats"]
Level = Literal["DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER"]
LEVELS: tuple[Level, ...] = ("DEFAULT", "PER_BROKER", "PER_TOPIC_PER_BROKER")

PROBE_NAMESPACE = "MskMirror"
"""Namespace of what this project publishes itself: the probe's metrics and the log filters'."""

CLUSTER = ("Cluster Name",)
BROKER = ("Cluster Name", "Broker ID")
POD = ("ClusterName", "Namespace", "PodName")
SERVICE = ("ClusterName", "Namespace", "Service")
TASKS = ("ClusterName", "ServiceName")
FLOW = ("Project", "Environment", "Source", "Target")
TARGET = ("Project", "Environment", "Target")


@dataclass(frozen=True)
class Publisher:
    """The environment that publishes a metric of ours: environments of one account share the namespace, so
    that each metric must name its environment."""

    project: str
    environment: str

    @property
    def dimensions(self) -> dict[str, str]:
        """The dimensions that tell environments apart, in the order of the catalogue."""
        return {"Project": self.project, "Environment": self.environment}

    def own(self, known: Metric) -> Metric:
        """The metric under the name that this environment publishes it under.

        A log filter takes dimensions from fields of the log event only, and none beside a default value
        (CloudWatch Logs User Guide, "Creating metrics from log events using filters", publishing dimensions).
        So the namespace of its metric names the environment, as `MskMirror/orders/production`.
        """
        if known.source != "log-filter":
            return known
        return replace(known, namespace=f"{known.namespace}/{self.project}/{self.environment}")


@dataclass(frozen=True)
class Metric:
    """A CloudWatch metric: what it is called, which dimensions it must be asked for with, and who publishes
    it. `express` and `standard` say which broker types have it, `level` from which monitoring level on."""

    id: str
    namespace: str
    name: str
    dimensions: tuple[str, ...]
    unit: str
    source: Source
    reference: str
    level: Level = "DEFAULT"
    standard: bool = True
    express: bool = True
    part: FlowPart | None = None
    """Only of flows that have this (topology/observability/flow_metrics.py)."""

    def available(self, monitoring_level: str, is_express: bool) -> bool:
        """Whether a cluster of this kind publishes it. Levels above PER_BROKER have all of its metrics."""
        if self.source != "msk":
            return True
        order = [*LEVELS, "PER_TOPIC_PER_PARTITION"]
        return order.index(monitoring_level) >= order.index(self.level) and (
            self.express if is_express else self.standard
        )


_MSK = "MSK Developer Guide, Amazon MSK metrics for monitoring Standard brokers with CloudWatch"
_EXPRESS = "MSK Developer Guide, Amazon MSK metrics for monitoring Express brokers with CloudWatch"
_INSIGHTS = "CloudWatch User Guide, Amazon EKS and Kubernetes Container Insights metrics"
_TASKS = "CloudWatch User Guide, Amazon ECS Container Insights metrics"
_PROBE = "operations/probe"

METRICS: tuple[Metric, ...] = (
    Metric("active-controllers", "AWS/Kafka", "ActiveControllerCount", CLUSTER, "Count", "msk", _MSK),
    Metric(
        "offline-partitions",
        "AWS/Kafka",
        "OfflinePartitionsCount",
        CLUSTER,
        "Count",
        "msk",
        _MSK,
        express=False,
    ),
    Metric(
        "under-replicated",
        "AWS/Kafka",
        "UnderReplicatedPartitions",
        BROKER,
        "Count",
        "msk",
        _MSK,
        express=False,
    ),
    Metric(
        "under-min-isr", "AWS/Kafka", "UnderMinIsrPartitionCount", BROKER, "Count", "msk", _MSK, express=False
    ),
    Metric("cpu-user", "AWS/Kafka", "CpuUser", BROKER, "Percent", "msk", _MSK),
    Metric("cpu-system", "AWS/Kafka", "CpuSystem", BROKER, "Percent", "msk", _MSK),
    Metric("disk-used", "AWS/Kafka", "KafkaDataLogsDiskUsed", BROKER, "Percent", "msk", _MSK, express=False),
    Metric("storage-used", "AWS/Kafka", "StorageUsed", CLUSTER, "Bytes", "msk", _EXPRESS, standard=False),
    Metric(
        "iam-connections",
        "AWS/Kafka",
        "IAMTooManyConnections",
        BROKER,
        "Count",
        "msk",
        _MSK,
        level="PER_BROKER",
        express=False,
    ),
    Metric("bytes-in", "AWS/Kafka", "BytesInPerSec", BROKER, "Bytes/Second", "msk", _MSK),
    Metric("bytes-out", "AWS/Kafka", "BytesOutPerSec", BROKER, "Bytes/Second", "msk", _MSK),
    Metric("messages-in", "AWS/Kafka", "MessagesInPerSec", BROKER, "Count/Second", "msk", _MSK),
    Metric(
        "pod-cpu",
        "ContainerInsights",
        "pod_cpu_utilization_over_pod_limit",
        POD,
        "Percent",
        "container-insights",
        _INSIGHTS,
    ),
    Metric(
        "pod-memory",
        "ContainerInsights",
        "pod_memory_utilization_over_pod_limit",
        POD,
        "Percent",
        "container-insights",
        _INSIGHTS,
    ),
    Metric(
        "pod-cpu-of-node",
        "ContainerInsights",
        "pod_cpu_utilization",
        POD,
        "Percent",
        "container-insights",
        _INSIGHTS,
    ),
    Metric(
        "pod-memory-of-node",
        "ContainerInsights",
        "pod_memory_utilization",
        POD,
        "Percent",
        "container-insights",
        _INSIGHTS,
    ),
    Metric(
        "pod-restarts",
        "ContainerInsights",
        "pod_number_of_container_restarts",
        POD,
        "Count",
        "container-insights",
        _INSIGHTS,
    ),
    Metric(
        "running-pods",
        "ContainerInsights",
        "service_number_of_running_pods",
        SERVICE,
        "Count",
        "container-insights",
        _INSIGHTS,
    ),
    Metric(
        "running-ecs-tasks",
        "ECS/ContainerInsights",
        "RunningTaskCount",
        TASKS,
        "Count",
        "ecs-insights",
        _TASKS,
    ),
    Metric(
        "desired-ecs-tasks",
        "ECS/ContainerInsights",
        "DesiredTaskCount",
        TASKS,
        "Count",
        "ecs-insights",
        _TASKS,
    ),
    Metric(
        "ecs-cpu-used",
        "ECS/ContainerInsights",
        "CpuUtilized",
        TASKS,
        "None",
        "ecs-insights",
        _TASKS,
    ),
    Metric(
        "ecs-cpu-reserved",
        "ECS/ContainerInsights",
        "CpuReserved",
        TASKS,
        "None",
        "ecs-insights",
        _TASKS,
    ),
    Metric(
        "ecs-memory-used",
        "ECS/ContainerInsights",
        "MemoryUtilized",
        TASKS,
        "Megabytes",
        "ecs-insights",
        _TASKS,
    ),
    Metric(
        "ecs-memory-reserved",
        "ECS/ContainerInsights",
        "MemoryReserved",
        TASKS,
        "Megabytes",
        "ecs-insights",
        _TASKS,
    ),
    Metric(
        "replication-latency",
        PROBE_NAMESPACE,
        "ReplicationLatencyP95",
        FLOW,
        "Milliseconds",
        "probe",
        _PROBE,
        part="arriving-heartbeats",
    ),
    Metric("replication-lag", PROBE_NAMESPACE, "ReplicationLag", FLOW, "Count", "probe", _PROBE),
    Metric("running-tasks", PROBE_NAMESPACE, "RunningTasks", FLOW, "Count", "probe", _PROBE),
    Metric("failed-tasks", PROBE_NAMESPACE, "FailedTasks", FLOW, "Count", "probe", _PROBE),
    Metric(
        "checkpoint-failures",
        PROBE_NAMESPACE,
        "CheckpointConnectorFailures",
        FLOW,
        "Count",
        "probe",
        _PROBE,
        part="checkpoints",
    ),
    Metric(
        "heartbeat-failures",
        PROBE_NAMESPACE,
        "HeartbeatConnectorFailures",
        FLOW,
        "Count",
        "probe",
        _PROBE,
        part="heartbeats",
    ),
    Metric("connect-answers", PROBE_NAMESPACE, "ConnectAnswers", TARGET, "Count", "probe", _PROBE),
    Metric("source-records", PROBE_NAMESPACE, "SourceRecords", FLOW, "Count", "probe", _PROBE),
    Metric("target-records", PROBE_NAMESPACE, "TargetRecords", FLOW, "Count", "probe", _PROBE),
    Metric(
        "log-errors",
        PROBE_NAMESPACE,
        "WorkerLogErrors",
        (),
        "Count",
        "log-filter",
        "modules/observability/log_error_filter.py",
    ),
)

_BY_ID = {metric.id: metric for metric in METRICS}


def metric(metric_id: str) -> Metric:
    """The metric of this id. Raises KeyError for one that does not exist."""
    return _BY_ID[metric_id]
