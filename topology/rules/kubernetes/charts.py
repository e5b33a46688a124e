"""Values of the platform's charts."""

from __future__ import annotations

from collections.abc import Iterator

from topology.environment_file.problem import Problem
from topology.kubernetes.chart_values import known_values, unread_values
from topology.model import Environment
from topology.model.environment import Chart
from topology.rules.registry import rule

CHARTS = {
    "metrics_server": "metrics-server",
    "cluster_autoscaler": "cluster-autoscaler",
    "log_routing": "aws-for-fluent-bit",
}


@rule
def chart_values_are_ones_that_the_chart_reads(environment: Environment) -> Iterator[Problem]:
    """Helm ignores a value whose name is misspelt. Versions that are not in the catalogue are not checked."""
    for field, name in CHARTS.items():
        chart: Chart = getattr(environment.platform, field)
        known = known_values(name, chart.chart_version) if chart.values else None
        for unread in unread_values(chart.values, known) if known else ():
            yield Problem(
                ("platform", field, "values", *unread.path),
                f"is not a value of {name} {chart.chart_version}",
                found=str(unread.path[-1]),
                allowed=", ".join(unread.similar) or "names of the chart's values.yaml",
            )
