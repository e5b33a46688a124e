"""LogErrorFilter: a metric filter that counts error lines."""

from __future__ import annotations

from modules.observability.log_error_filter import LogErrorFilter
from tests.modules.synthesized import synthesized
from tests.synth.stack_json import resource
from topology.observability.metrics import Metric

METRIC = Metric("errors", "MskMirror/orders/test", "Errors", (), "Count", "log-filter", "here")


def test_matching_lines_count_as_one_and_other_lines_as_zero() -> None:
    """Without a default value an alarm has no data while nothing goes wrong."""
    stack = synthesized(
        lambda stack: LogErrorFilter(
            stack, "errors", log_group="/aws/eks/orders", pattern="?ERROR ?FATAL", metric=METRIC
        )
    )
    assert resource(stack, "aws_cloudwatch_log_metric_filter", "errors") == {
        "name": "Errors",
        "log_group_name": "/aws/eks/orders",
        "pattern": "?ERROR ?FATAL",
        "metric_transformation": {
            "namespace": "MskMirror/orders/test",
            "name": "Errors",
            "value": "1",
            "default_value": "0",
            "unit": "Count",
        },
    }
