"""Log groups: each created once, by one stack, with a retention that is explicit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from topology.kubernetes.cluster_services import creates_insights_groups
from topology.model import Environment

__all__ = [
    "ERROR_PATTERN",
    "RETENTION_DAYS",
    "LogGroup",
    "brokers_log_group",
    "flow_log_group",
    "log_groups",
    "tasks_log_group",
    "workers_log_group",
    "workers_log_groups",
]

ERROR_PATTERN = "?ERROR ?FATAL"
"""Lines of Kafka's log4j levels that count as errors (CloudWatch Logs User Guide, "Filter pattern syntax":
a question mark makes terms alternatives)."""

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""What CloudWatch accepts (CloudWatch Logs API reference, PutRetentionPolicy)."""


@dataclass(frozen=True)
class LogGroup:
    """A CloudWatch log group; `owner` is the kind of stack that creates it."""

    id: str
    name: str
    retention_days: int
    owner: Literal["network", "msk", "logs", "ecs-runtime"]
    reason: str
    of_cluster: bool = False
    """Whether it belongs to the EKS cluster, whatever number of environments run there."""


def log_groups(environment: Environment, region: str, owner: str) -> tuple[LogGroup, ...]:
    """The log groups that stack `owner` of `region` creates. Express brokers have none: MSK accepts broker
    logging for them and drops it. A VPC that exists has flow logs of its own."""
    eks = environment.regions[region].eks.cluster_name
    express = environment.regions[region].kafka.broker.is_express
    keep = environment.regions[region].retention
    default = 30 if environment.is_production else 7
    insights = [
        LogGroup(
            f"container-insights-{part}",
            f"/aws/containerinsights/{eks}/{part}",
            keep.container_insights_days,
            "logs",
            f"Container Insights writes its {part} log here",
            of_cluster=True,
        )
        for part in ("application", "performance", "dataplane", "host")
    ]
    groups = (
        *(() if environment.regions[region].network.exists else (flow_log_group(environment, region),)),
        *(() if express else (brokers_log_group(environment, region),)),
        workers_log_group(environment, region),
        *([tasks_log_group(environment, region)] if environment.runtime.ecs else []),
        LogGroup(
            "application",
            f"/aws/eks/{_prefix(environment)}",
            keep.application_days or default,
            "logs",
            "Applications of the project beside MirrorMaker",
        ),
        *(insights if creates_insights_groups(environment, region) else ()),
    )
    return tuple(group for group in groups if group.owner == owner)


def flow_log_group(environment: Environment, region: str) -> LogGroup:
    """Where a created VPC tells of the connections that it refused."""
    name = f"/aws/vpc/{_prefix(environment)}/flow-logs"
    days = environment.regions[region].retention.flow_logs_days
    return LogGroup("flow_log_group", name, days, "network", "Refused connections in the VPC")


def brokers_log_group(environment: Environment, region: str) -> LogGroup:
    """Where the brokers log."""
    name = f"/aws/msk/{_prefix(environment)}"
    days = environment.regions[region].retention.brokers_days
    return LogGroup("brokers", name, days, "msk", "Broker logs")


def workers_log_group(environment: Environment, region: str) -> LogGroup:
    """Where Fluent Bit sends what the workers log."""
    name = f"/aws/eks/mirrormaker2/{_prefix(environment)}"
    days = environment.regions[region].retention.mirrormaker_days
    return LogGroup("mirrormaker2", name, days, "logs", "Workers' logs")


def tasks_log_group(environment: Environment, region: str) -> LogGroup:
    """Where the workers log as ECS tasks."""
    name = f"/aws/ecs/mirrormaker2/{_prefix(environment)}"
    days = environment.regions[region].retention.mirrormaker_days
    return LogGroup("log", name, days, "ecs-runtime", "Workers' logs on ECS")


def workers_log_groups(environment: Environment, region: str) -> tuple[LogGroup, ...]:
    """Where the workers log, on each runtime that they run on."""
    runtime = environment.runtime
    return (
        *((workers_log_group(environment, region),) if runtime.eks else ()),
        *((tasks_log_group(environment, region),) if runtime.ecs else ()),
    )


def _prefix(environment: Environment) -> str:
    return f"{environment.project}-{environment.environment}"
