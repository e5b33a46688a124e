"""The dashboard of a region: rows of panels as data, filled from the metric catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from topology.aws.arns import arn
from topology.aws.names import Names
from topology.model import Environment
from topology.observability.alarms import Alarm, alarms
from topology.observability.flow_metrics import publishes
from topology.observability.log_groups import workers_log_groups
from topology.observability.metrics import Metric, Publisher, metric
from topology.replication.flows import flows_into

__all__ = ["ROWS", "Panel", "Row", "dashboard", "series"]

WIDTH = 24  # CloudWatch's grid (CloudWatch User Guide, "Dashboard body structure and syntax")
TEXT_HEIGHT = 3
TITLE_HEIGHT = 1
PANEL_HEIGHT = 6


@dataclass(frozen=True)
class Panel:
    """A graph of metrics (ids of the catalogue) by a statistic; the thresholds of their alarms are lines."""

    title: str
    statistic: str
    metrics: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A heading and panels that share the width."""

    title: str
    panels: tuple[Panel, ...]


ROWS = (
    Row(
        "Brokers",
        (
            Panel(
                "Controllers and offline partitions", "Maximum", ("active-controllers", "offline-partitions")
            ),
            Panel("Partitions with replicas behind", "Maximum", ("under-replicated", "under-min-isr")),
            Panel("CPU, percent", "Average", ("cpu-user", "cpu-system")),
            Panel("Storage used", "Maximum", ("disk-used", "storage-used")),
        ),
    ),
    Row(
        "Traffic",
        (
            Panel("Bytes in and out a second", "Average", ("bytes-in", "bytes-out")),
            Panel("Records in a second", "Average", ("messages-in",)),
            Panel("IAM connections refused", "Maximum", ("iam-connections",)),
        ),
    ),
    Row(
        "Pods",
        (
            Panel("Of the pods' limits, percent", "Maximum", ("pod-cpu", "pod-memory")),
            Panel("Of the nodes, percent", "Average", ("pod-cpu-of-node", "pod-memory-of-node")),
            Panel("Running workers", "Minimum", ("running-pods",)),
            Panel("Restarts", "Maximum", ("pod-restarts",)),
        ),
    ),
    Row(
        "Tasks on ECS",
        (
            Panel("Running and desired", "Minimum", ("running-ecs-tasks", "desired-ecs-tasks")),
            Panel("CPU units", "Average", ("ecs-cpu-used", "ecs-cpu-reserved")),
            Panel("Memory, MB", "Average", ("ecs-memory-used", "ecs-memory-reserved")),
        ),
    ),
    Row(
        "Replication",
        (
            Panel("Latency p95, milliseconds", "Maximum", ("replication-latency",)),
            Panel("Lag, records", "Maximum", ("replication-lag",)),
            Panel(
                "Tasks and failures",
                "Maximum",
                (
                    "running-tasks",
                    "failed-tasks",
                    "checkpoint-failures",
                    "heartbeat-failures",
                    "connect-answers",
                ),
            ),
            Panel("Records at source and target", "Sum", ("source-records", "target-records")),
        ),
    ),
    Row("Logs", (Panel("Errors of the workers", "Sum", ("log-errors",)),)),
)


def dashboard(environment: Environment, region: str) -> dict[str, Any]:
    """The body of the region's dashboard. A panel without a metric that the region publishes is left out,
    and so is a row without panels."""
    widgets: list[dict[str, Any]] = []
    top = 0
    for height, row in _rows(environment, region):
        width = WIDTH // len(row)
        for position, widget in enumerate(row):
            widgets.append({"x": position * width, "y": top, "width": width, "height": height, **widget})
        top += height
    return {"widgets": widgets}


def series(environment: Environment, region: str, known: Metric) -> tuple[dict[str, str], ...]:
    """The dimensions under which `region` publishes a metric: one set for each broker, flow or workload;
    none where nothing publishes it."""
    kafka = environment.regions[region].kafka
    if not known.available(kafka.monitoring.level, kafka.broker.is_express):
        return ()
    flows = flows_into(environment, region)
    if known.source != "msk" and not flows:
        return ()
    names, runtime = Names(environment, region), environment.runtime
    if (known.source == "container-insights" and not runtime.eks) or (
        known.source == "ecs-insights" and not runtime.ecs
    ):
        return ()
    on_ecs = known.source == "ecs-insights"
    fixed = {
        "Cluster Name": names.msk_cluster,
        "ClusterName": names.ecs_cluster if on_ecs else environment.regions[region].eks.cluster_name,
        "ServiceName": names.ecs_service("worker"),
        "Namespace": environment.mirrormaker.namespace,
        "PodName": names.workers,
        "Service": names.workers,
        **_publisher(environment).dimensions,
        "Target": environment.alias(region),
    }
    varying: list[dict[str, str]] = [{}]
    if "Broker ID" in known.dimensions:
        varying = [{"Broker ID": str(broker)} for broker in range(1, kafka.broker.count + 1)]
    elif "Source" in known.dimensions:
        varying = [
            {"Source": flow.source_alias, "Target": flow.target_alias}
            for flow in flows
            if publishes(flow, known)
        ]
    return tuple({name: (fixed | one)[name] for name in known.dimensions} for one in varying)


def _rows(environment: Environment, region: str) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    yield TEXT_HEIGHT, [_summary(environment, region), _alarm_states(environment, region)]
    for row in ROWS:
        panels = [widget for panel in row.panels if (widget := _graph(environment, region, panel))]
        if panels:
            yield TITLE_HEIGHT, [_text(f"## {row.title}")]
            yield PANEL_HEIGHT, panels
    if flows_into(environment, region):
        yield PANEL_HEIGHT, [_error_lines(environment, region)]


def _summary(environment: Environment, region: str) -> dict[str, Any]:
    flows = ", ".join(flow.name for flow in flows_into(environment, region)) or "no flow ends here"
    kafka = environment.regions[region].kafka
    return _text(
        f"# {Names(environment, region).prefix} in {region}\n"
        f"{kafka.broker.count} x {kafka.broker.type}, Kafka {kafka.version}. Replication: {flows}.\n"
        "Lines in the graphs are the thresholds of alarms."
    )


def _alarm_states(environment: Environment, region: str) -> dict[str, Any]:
    """The alarms of the region as a whole. Those of single brokers could be more than the hundred that
    CloudWatch shows in a widget; they are lines in the graphs."""
    shown = [alarm for alarm in alarms(environment, region) if not alarm.id.startswith("broker-")]
    return {
        "type": "alarm",
        "properties": {
            "title": "Alarms",
            "alarms": [
                arn(
                    environment,
                    "cloudwatch",
                    region,
                    f"alarm:{Names(environment, region).alarm(alarm.id)}",
                )
                for alarm in shown
            ],
        },
    }


def _graph(environment: Environment, region: str, panel: Panel) -> dict[str, Any] | None:
    lines = [
        [known.namespace, known.name, *(text for pair in dimensions.items() for text in pair)]
        for known in map(_publisher(environment).own, map(metric, panel.metrics))
        for dimensions in series(environment, region, known)
    ]
    if not lines:
        return None
    properties: dict[str, Any] = {
        "title": panel.title,
        "view": "timeSeries",
        "stacked": False,
        "region": region,
        "stat": panel.statistic,
        "period": environment.alarms.period_seconds,
        "metrics": lines,
    }
    thresholds = _thresholds(alarms(environment, region), panel)
    if thresholds:
        properties["annotations"] = {"horizontal": thresholds}
    return {"type": "metric", "properties": properties}


def _publisher(environment: Environment) -> Publisher:
    return Publisher(environment.project, environment.environment)


def _thresholds(all_alarms: tuple[Alarm, ...], panel: Panel) -> list[dict[str, Any]]:
    """One line for each threshold that a metric of the panel is compared with as it is."""
    found = {
        (f"{alarm.severity}: {alarm.queries[0].metric.name}", alarm.threshold): None
        for alarm in all_alarms
        if alarm.expression is None and alarm.queries[0].metric.id in panel.metrics
    }
    return [{"label": label, "value": value} for label, value in found]


def _error_lines(environment: Environment, region: str) -> dict[str, Any]:
    groups = [group.name for group in workers_log_groups(environment, region)]
    return {
        "type": "log",
        "properties": {
            "title": "Latest errors of the workers",
            "region": region,
            "view": "table",
            "query": (
                "".join(f"SOURCE '{group}' | " for group in groups)
                + "fields @timestamp, @message | filter @message like /ERROR|FATAL/"
                " | sort @timestamp desc | limit 50"
            ),
        },
    }


def _text(markdown: str) -> dict[str, Any]:
    return {"type": "text", "properties": {"markdown": markdown}}
