"""What a change of runtime does to an environment, and what it leaves alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.synth.ecs.runtimes import EAST, POD_RANGE, RUNTIMES
from tests.synth.stack_json import document, resource, resources
from tests.unit.topology.environments import environment
from topology.model import Environment

Stack = dict[str, Any]
Stacks = dict[str, Stack]
STATEFUL = ("state", "network", "peering", "msk", "logs", "identity")


def all_resources(stack: Stack) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in stack.get("resource", {}):
        for name, body in resources(stack, kind).items():
            yield f"{kind}.{name}", body


def test_each_runtime_has_its_stack_exactly_when_it_runs(runtimes: dict[str, Stacks]) -> None:
    present = {
        kind: {one for one in ("ecs-runtime", "mirrormaker") if f"{one}-{EAST}" in stacks}
        for kind, stacks in runtimes.items()
    }
    assert present == {
        "ecs": {"ecs-runtime"},
        "both": {"ecs-runtime", "mirrormaker"},
        "eks": {"mirrormaker"},
    }


def test_a_region_without_workers_has_no_tasks(synthesize: Callable[[Environment], Stacks]) -> None:
    one_way = environment({"flows": [{"source": EAST, "target": "us-west-2"}], "runtime": RUNTIMES["both"]})
    assert f"ecs-runtime-{EAST}" not in synthesize(one_way)


@pytest.mark.parametrize(("before", "after"), [("ecs", "both"), ("both", "eks"), ("eks", "both")])
def test_a_change_of_runtime_touches_nothing_that_holds_data(
    before: str, after: str, runtimes: dict[str, Stacks]
) -> None:
    """Roles of service accounts come and go; every other resource has the same address and the same
    arguments, the rules that admit workers to the brokers among them."""
    for name, stack in runtimes[before].items():
        if not name.startswith(STATEFUL):
            continue
        old, new = dict(all_resources(stack)), dict(all_resources(runtimes[after][name]))
        comes_and_goes = set(old.keys() ^ new.keys())
        assert all(address.startswith("aws_iam_") for address in comes_and_goes), f"{name}: {comes_and_goes}"
        assert {a: old[a] for a in old.keys() & new.keys()} == {a: new[a] for a in old.keys() & new.keys()}
        if not name.startswith("identity"):
            assert not comes_and_goes, name


@pytest.mark.parametrize("kind", RUNTIMES)
def test_brokers_admit_the_workers_of_every_runtime_of_both_regions(
    kind: str, runtimes: dict[str, Stacks]
) -> None:
    expected = {"10.1.0.0/16", "10.2.0.0/16", POD_RANGE}
    for region in (EAST, "us-west-2"):
        found = resources(runtimes[kind][f"msk-{region}"], "aws_vpc_security_group_ingress_rule").values()
        assert {rule["cidr_ipv4"] for rule in found if rule["from_port"] == 9098} == expected


def test_roles_of_pods_are_there_while_pods_are(runtimes: dict[str, Stacks]) -> None:
    for kind, expected in (("eks", True), ("both", True), ("ecs", False)):
        roles = resources(runtimes[kind][f"identity-{EAST}"], "aws_iam_role")
        assert ("worker" in roles, "operations" in roles) == (expected, expected)
        assert {"log_routing", "autoscaler"} <= roles.keys()


def test_both_runtimes_are_one_connect_cluster(runtimes: dict[str, Stacks]) -> None:
    """The very same files; the address is put in when a task starts."""
    definition = resource(runtimes["both"][f"ecs-runtime-{EAST}"], "aws_ecs_task_definition", "workers_task")
    containers: Any = document(definition, "container_definitions")
    (files,) = (c for c in containers if c["name"] == "files")
    (variable,) = (one for one in files["environment"] if one["name"] == "TASK_FILES")
    pods = resource(runtimes["both"][f"mirrormaker-{EAST}"], "kubernetes_config_map_v1", "worker-files")
    assert json.loads(variable["value"]) == pods["data"]


def test_only_one_reconciler_runs(runtimes: dict[str, Stacks]) -> None:
    for kind, pods, tasks in (("eks", True, False), ("both", True, False), ("ecs", False, True)):
        kubernetes = runtimes[kind].get(f"mirrormaker-{EAST}", {})
        ecs = runtimes[kind].get(f"ecs-runtime-{EAST}", {})
        assert ("operations" in resources(kubernetes, "kubernetes_deployment_v1")) is pods, kind
        assert ("operations" in resources(ecs, "aws_ecs_service")) is tasks, kind


# alarms -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "namespaces", "filters"),
    [
        ("ecs", {"ECS/ContainerInsights"}, {"task_errors"}),
        ("both", {"ECS/ContainerInsights", "ContainerInsights"}, {"task_errors", "worker_errors"}),
        ("eks", {"ContainerInsights"}, {"worker_errors"}),
    ],
)
def test_alarms_dashboards_and_error_counts_go_with_the_runtime(
    kind: str, namespaces: set[str], filters: set[str], runtimes: dict[str, Stacks]
) -> None:
    stack = runtimes[kind][f"observability-{EAST}"]
    shared = {"AWS/Kafka", "MskMirror", "MskMirror/orders/test"}
    alarms = resources(stack, "aws_cloudwatch_metric_alarm").values()
    asked = {alarm["namespace"] for alarm in alarms if "namespace" in alarm}
    asked |= {
        query["metric"]["namespace"]
        for alarm in alarms
        for query in alarm.get("metric_query", [])
        if "metric" in query
    }
    assert asked == namespaces | shared
    board = document(resource(stack, "aws_cloudwatch_dashboard", "dashboard"), "dashboard_body")
    drawn = {line[0] for w in board["widgets"] for line in w["properties"].get("metrics", [])}
    assert drawn == namespaces | shared
    assert resources(stack, "aws_cloudwatch_log_metric_filter").keys() == filters
    (errors,) = [w["properties"]["query"] for w in board["widgets"] if w["type"] == "log"]
    assert ("/aws/ecs/" in errors, "/aws/eks/" in errors) == ("task_errors" in filters, kind != "ecs")
    assert "alarm_worker-log-errors" in resources(stack, "aws_cloudwatch_metric_alarm")


def test_too_few_tasks_are_missed_and_silence_counts_as_none(runtimes: dict[str, Stacks]) -> None:
    alarm = resource(
        runtimes["both"][f"observability-{EAST}"], "aws_cloudwatch_metric_alarm", "alarm_too-few-ecs-tasks"
    )
    assert (alarm["metric_name"], alarm["threshold"]) == ("RunningTaskCount", 2)
    assert alarm["treat_missing_data"] == "breaching"
    assert alarm["dimensions"] == {
        "ClusterName": "orders-test-mirrormaker2",
        "ServiceName": "orders-test-worker",
    }
    both = runtimes["both"][f"ecs-runtime-{EAST}"]
    assert resource(both, "aws_ecs_service", "workers")["name"] == "orders-test-worker"


def test_without_desired_tasks_none_is_missed(synthesize: Callable[[Environment], Stacks]) -> None:
    stacks = synthesize(environment({"runtime/ecs": {"desired_count": 0}}))
    alarms = resources(stacks[f"observability-{EAST}"], "aws_cloudwatch_metric_alarm")
    assert not [name for name in alarms if "ecs" in name]
    assert resource(stacks[f"ecs-runtime-{EAST}"], "aws_ecs_service", "workers")["desired_count"] == 0
