"""Counts the error lines of a log group."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.cloudwatch_log_metric_filter import (
    CloudwatchLogMetricFilter,
    CloudwatchLogMetricFilterMetricTransformation,
)
from constructs import Construct

from topology.observability.metrics import Metric

__all__ = ["LogErrorFilter"]


class LogErrorFilter(Construct):
    """Publishes `metric`: 1 for each line that `pattern` matches, 0 in periods with other lines only, so that
    an alarm on it has data."""

    def __init__(
        self, scope: Construct, construct_id: str, *, log_group: str, pattern: str, metric: Metric
    ) -> None:
        super().__init__(scope, construct_id)
        self.filter = CloudwatchLogMetricFilter(
            self,
            "Default",
            name=metric.name,
            log_group_name=log_group,
            pattern=pattern,
            metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                namespace=metric.namespace,
                name=metric.name,
                value="1",
                default_value="0",
                unit=metric.unit,
            ),
        )
