"""Mistakes about the platform's charts, which topology/rules/kubernetes/charts.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import Case

__all__ = ["CASES"]

RULE: Final = "chart-values-are-ones-that-the-chart-reads"
CASES: Final = (
    Case(
        RULE,
        {"platform/log_routing": {"values": {"cloudWatchLog": {"logKey": "log"}}}},
        "platform.log_routing.values.cloudWatchLog",
        "is not a value of aws-for-fluent-bit 0.2.0",
        "cloudWatchLogs, cloudWatch",
    ),
    Case(
        RULE,
        {"platform/log_routing": {"values": {"cloudWatchLogs": {"extra_outputs": "Workers 2"}}}},
        "platform.log_routing.values.cloudWatchLogs.extra_outputs",
        "is not a value of aws-for-fluent-bit 0.2.0",
        "extraOutputs",
    ),
    Case(
        RULE,
        {"platform/cluster_autoscaler": {"values": {"image": {"tag": {"name": "v1.33.0"}}}}},
        "platform.cluster_autoscaler.values.image.tag.name",
        "is not a value of cluster-autoscaler 9.59.0",
    ),
    Case(
        RULE,
        {"platform/metrics_server": {"values": {"replicaCount": 3}}},
        "platform.metrics_server.values.replicaCount",
        "is not a value of metrics-server 3.12.2",
    ),
)
