"""MetricAlarm: a CloudWatch alarm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from modules.observability.metric_alarm import MetricAlarm
from tests.modules.synthesized import part, synthesized
from tests.synth.stack_json import resource
from topology.observability.alarm_types import Alarm, Query
from topology.observability.metrics import Metric

TOPIC = "arn:aws:sns:us-east-1:123456789012:orders-critical"
CPU = Metric("cpu", "AWS/Kafka", "CpuUser", ("Cluster Name",), "Percent", "msk", "here")
SYSTEM = replace(CPU, id="system", name="CpuSystem")
AT = (("Cluster Name", "orders"),)
SINGLE = Alarm(
    "cpu",
    "critical",
    "CPU, percent",
    "Add brokers.",
    (Query("user", CPU, AT, "Average"),),
    "GreaterThanThreshold",
    60,
    5,
    missing="breaching",
    period_seconds=120,
)
COMBINED = replace(
    SINGLE,
    queries=(*SINGLE.queries, Query("system", SYSTEM, AT, "Maximum")),
    expression="user + system",
    datapoints=3,
)
ONE_METRIC = ("namespace", "metric_name", "dimensions", "statistic", "period")


def metric_alarm(alarm: Alarm) -> dict[str, Any]:
    stack = synthesized(
        lambda stack: MetricAlarm(stack, "alarm", name="orders-cpu", alarm=alarm, topic_arn=TOPIC)
    )
    return resource(stack, "aws_cloudwatch_metric_alarm", "alarm")


@pytest.fixture(scope="module")
def single() -> dict[str, Any]:
    return metric_alarm(SINGLE)


@pytest.fixture(scope="module")
def combined() -> dict[str, Any]:
    return metric_alarm(COMBINED)


def test_an_alarm_on_one_metric_names_it(single: dict[str, Any]) -> None:
    assert part(single, *ONE_METRIC, "metric_query") == {
        "namespace": "AWS/Kafka",
        "metric_name": "CpuUser",
        "dimensions": {"Cluster Name": "orders"},
        "statistic": "Average",
        "period": 120,
    }


def test_an_alarm_on_an_expression_returns_only_its_result(combined: dict[str, Any]) -> None:
    """CloudWatch refuses a metric of the alarm beside queries, and more than one result."""
    metric = {"namespace": "AWS/Kafka", "dimensions": {"Cluster Name": "orders"}, "period": 120}
    assert part(combined, *ONE_METRIC, "metric_query") == {
        "metric_query": [
            {"id": "result", "expression": "user + system", "label": "cpu", "return_data": True},
            {
                "id": "user",
                "return_data": False,
                "metric": metric | {"metric_name": "CpuUser", "stat": "Average"},
            },
            {
                "id": "system",
                "return_data": False,
                "metric": metric | {"metric_name": "CpuSystem", "stat": "Maximum"},
            },
        ]
    }


@pytest.mark.parametrize(("alarm", "datapoints"), [("single", 5), ("combined", 3)])
def test_all_periods_must_breach_the_threshold_unless_datapoints_is_set(
    alarm: str, datapoints: int, request: pytest.FixtureRequest
) -> None:
    found = request.getfixturevalue(alarm)
    assert part(found, "evaluation_periods", "datapoints_to_alarm") == {
        "evaluation_periods": 5,
        "datapoints_to_alarm": datapoints,
    }


def test_the_topic_gets_alarm_and_ok_and_missing_data_is_treated_as_configured(
    single: dict[str, Any],
) -> None:
    assert part(single, "alarm_name", "alarm_actions", "ok_actions", "treat_missing_data") == {
        "alarm_name": "orders-cpu",
        "alarm_actions": [TOPIC],
        "ok_actions": [TOPIC],
        "treat_missing_data": "breaching",
    }


def test_condition_and_description_state_the_same_numbers(single: dict[str, Any]) -> None:
    assert part(single, "comparison_operator", "threshold", "alarm_description") == {
        "comparison_operator": "GreaterThanThreshold",
        "threshold": 60,
        "alarm_description": "CPU, percent: above 60 for 10 minutes."
        " Missing data triggers this alarm too. Add brokers.",
    }
