"""observability-R: topics, alarms, the error count and the dashboard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import ENVIRONMENTS
from tests.synth.stack_json import document, resource, resources
from tests.unit.topology.environments import environment
from topology import load_environment
from topology.model import Environment
from topology.observability.alarms import alarms
from topology.observability.dashboard import ROWS, series
from topology.observability.metrics import METRICS, Metric, Publisher

Stack = dict[str, Any]
Synthesized = Callable[[str], dict[str, Stack]]
SEVERITIES = ("warning", "critical", "emergency")


@pytest.fixture(scope="module")
def stack(synthesized: Synthesized) -> Stack:
    return synthesized("production")["observability-us-east-1"]


def observability(synthesized: Synthesized) -> Iterator[tuple[str, str, Stack]]:
    """Environment, region and stack of every environment."""
    for name in ENVIRONMENTS:
        for region in load_environment(name).regions:
            yield name, region, synthesized(name)[f"observability-{region}"]


def published(environment: Environment) -> dict[tuple[str, str], Metric]:
    """The catalogue by namespace and name, as the environment publishes it."""
    publisher = Publisher(environment.project, environment.environment)
    return {(own.namespace, own.name): own for own in map(publisher.own, METRICS)}


def asked_for(alarm: dict[str, Any]) -> list[tuple[str, str, dict[str, str]]]:
    """Namespace, name and dimensions of each metric that an alarm asks for."""
    if "metric_name" in alarm:
        return [(alarm["namespace"], alarm["metric_name"], alarm.get("dimensions", {}))]
    metrics = [query["metric"] for query in alarm["metric_query"] if "metric" in query]
    return [(m["namespace"], m["metric_name"], m.get("dimensions", {})) for m in metrics]


def widgets(stack: Stack, kind: str) -> list[dict[str, Any]]:
    body = document(resource(stack, "aws_cloudwatch_dashboard", "dashboard"), "dashboard_body")
    return [widget for widget in body["widgets"] if widget["type"] == kind]


def drawn(stack: Stack) -> Iterator[tuple[str, str, dict[str, str]]]:
    """The same for the lines of the dashboard."""
    for widget in widgets(stack, "metric"):
        for namespace, name, *rest in widget["properties"]["metrics"]:
            yield namespace, name, dict(zip(rest[::2], rest[1::2], strict=True))


def test_every_alarm_has_all_dimensions_of_its_metric(synthesized: Synthesized) -> None:
    for name, region, stack in observability(synthesized):
        loaded = load_environment(name)
        for alarm in resources(stack, "aws_cloudwatch_metric_alarm").values():
            for namespace, metric_name, dimensions in asked_for(alarm):
                known = published(loaded)[namespace, metric_name]
                assert set(dimensions) == set(known.dimensions)
                assert dimensions in series(loaded, region, known), alarm["alarm_name"]


def test_every_alarm_tells_the_topic_of_its_severity_when_it_fires_and_when_it_ends(stack: Stack) -> None:
    found = resources(stack, "aws_cloudwatch_metric_alarm")
    expected = alarms(load_environment("production"), "us-east-1")
    assert found.keys() == {f"alarm_{alarm.id}" for alarm in expected}
    for alarm in expected:
        body = found[f"alarm_{alarm.id}"]
        topic = [f"${{aws_sns_topic.{alarm.severity}.arn}}"]
        assert body["alarm_actions"] == body["ok_actions"] == topic
        assert body["treat_missing_data"] == alarm.missing
        assert body["alarm_name"] == f"orders-production-{alarm.id}"


def test_metric_math_returns_one_result(stack: Stack) -> None:
    cpu = resource(stack, "aws_cloudwatch_metric_alarm", "alarm_broker-1-cpu")
    returned = [query for query in cpu["metric_query"] if query.get("return_data")]
    assert [query["expression"] for query in returned] == ["user + system"]
    assert "metric_name" not in cpu
    assert {query["id"] for query in cpu["metric_query"]} == {"result", "user", "system"}


def test_express_brokers_have_no_alarm_on_what_they_do_not_publish(synthesized: Synthesized) -> None:
    stack = synthesized("three-regions")["observability-ap-southeast-1"]
    known = published(load_environment("three-regions"))
    for alarm in resources(stack, "aws_cloudwatch_metric_alarm").values():
        for namespace, name, _ in asked_for(alarm):
            assert known[namespace, name].express, alarm["alarm_name"]


@pytest.mark.parametrize("severity", SEVERITIES)
def test_topics_are_encrypted_and_take_alarms_of_this_account_only(stack: Stack, severity: str) -> None:
    topic = resource(stack, "aws_sns_topic", severity)
    assert topic["name"] == f"orders-production-{severity}"
    assert topic["kms_master_key_id"] == "${aws_kms_key.key.arn}"
    (publish,) = document(resource(stack, "aws_sns_topic_policy", f"{severity}_policy"))["Statement"]
    assert publish["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert publish["Action"] == "sns:Publish"
    assert publish["Resource"] == f"arn:aws:sns:us-east-1:111122223333:orders-production-{severity}"
    assert publish["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}


def test_cloudwatch_may_use_the_key_of_the_topics(stack: Stack) -> None:
    """Without it an alarm on an encrypted topic tells nobody, and nothing says so."""
    statements = {s["Sid"]: s for s in document(resource(stack, "aws_kms_key", "key"))["Statement"]}
    grant = statements["AlarmsOfThisEnvironment"]
    assert grant["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert grant["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]
    assert grant["Condition"]["StringEquals"] == {"aws:SourceAccount": "111122223333"}


def test_everyone_in_the_file_is_told(stack: Stack) -> None:
    told = {
        (body["topic_arn"], body["endpoint"])
        for body in resources(stack, "aws_sns_topic_subscription").values()
    }
    assert told == {
        ("${aws_sns_topic.warning.arn}", "platform@example.com"),
        ("${aws_sns_topic.critical.arn}", "platform@example.com"),
        ("${aws_sns_topic.critical.arn}", "sre@example.com"),
        ("${aws_sns_topic.emergency.arn}", "sre@example.com"),
    }


def test_error_lines_are_counted_in_the_group_that_the_workers_write_to(stack: Stack) -> None:
    count = resource(stack, "aws_cloudwatch_log_metric_filter", "worker_errors")
    group = "${data.terraform_remote_state.logs-us-east-1.outputs.workers_log_group}"
    assert count["log_group_name"] == group
    transformation = count["metric_transformation"]
    published_as = (transformation["namespace"], transformation["name"])
    assert published_as == ("MskMirror/orders/production", "WorkerLogErrors")
    (alarm,) = asked_for(resource(stack, "aws_cloudwatch_metric_alarm", "alarm_worker-log-errors"))
    assert alarm == (*published_as, {})
    assert (transformation["value"], transformation["default_value"]) == ("1", "0")


def test_a_region_without_workers_watches_its_brokers_only(
    synthesize: Callable[..., dict[str, Stack]],
) -> None:
    one_way = environment({"flows": [{"source": "us-east-1", "target": "us-west-2"}]})
    stack = synthesize(one_way)["observability-us-east-1"]
    assert "aws_cloudwatch_log_metric_filter" not in stack["resource"]
    assert {namespace for namespace, _, _ in drawn(stack)} == {"AWS/Kafka"}


def test_the_whole_catalogue_is_on_the_dashboard() -> None:
    shown = [metric_id for row in ROWS for panel in row.panels for metric_id in panel.metrics]
    assert sorted(shown) == sorted(known.id for known in METRICS)


def test_dashboards_have_the_rows_of_the_report(stack: Stack) -> None:
    text = [widget["properties"]["markdown"] for widget in widgets(stack, "text")]
    assert text[0].startswith("# orders-production in us-east-1")
    assert [heading.removeprefix("## ") for heading in text[1:]] == [
        "Brokers",
        "Traffic",
        "Pods",
        "Replication",
        "Logs",
    ]
    assert "us-west-2-to-us-east-1" in text[0]


def test_widgets_fill_the_grid_without_overlap(synthesized: Synthesized) -> None:
    for name, region, stack in observability(synthesized):
        body = document(resource(stack, "aws_cloudwatch_dashboard", "dashboard"), "dashboard_body")
        taken: set[tuple[int, int]] = set()
        for widget in body["widgets"]:
            cells = {
                (x, y)
                for x in range(widget["x"], widget["x"] + widget["width"])
                for y in range(widget["y"], widget["y"] + widget["height"])
            }
            assert not taken & cells, f"{name} {region}"
            assert max(x for x, _ in cells) < 24
            taken |= cells


def test_thresholds_in_the_graphs_are_those_of_the_alarms(stack: Stack) -> None:
    (latency,) = [w for w in widgets(stack, "metric") if w["properties"]["title"].startswith("Latency")]
    (line,) = latency["properties"]["annotations"]["horizontal"]
    threshold = load_environment("production").alarms.thresholds.replication_latency_ms
    assert line["value"] == threshold


def test_a_dashboard_shows_the_state_of_alarms_that_exist(synthesized: Synthesized) -> None:
    for _, _, stack in observability(synthesized):
        existing = {body["alarm_name"] for body in resources(stack, "aws_cloudwatch_metric_alarm").values()}
        (shown,) = widgets(stack, "alarm")
        names = {arn.split(":alarm:")[1] for arn in shown["properties"]["alarms"]}
        assert names
        assert names <= existing
        assert len(names) <= 100  # CloudWatch shows no more


def test_dashboards_are_named_by_region_because_they_are_global(synthesized: Synthesized) -> None:
    names = [
        resource(stack, "aws_cloudwatch_dashboard", "dashboard")["dashboard_name"]
        for _, _, stack in observability(synthesized)
    ]
    assert len(names) == len(set(names))


def test_dashboards_stay_within_cloudwatchs_limits(synthesize: Callable[..., dict[str, Stack]]) -> None:
    """500 metrics a widget, 2,500 a dashboard (CloudWatch User Guide, service quotas)."""
    largest = environment({"kafka/broker/count": 60})
    stack = synthesize(largest)["observability-us-east-1"]
    counts = [len(widget["properties"]["metrics"]) for widget in widgets(stack, "metric")]
    assert max(counts) <= 500
    assert sum(counts) <= 2500
    assert (
        len(json.dumps(document(resource(stack, "aws_cloudwatch_dashboard", "dashboard"), "dashboard_body")))
        < 1e6
    )
