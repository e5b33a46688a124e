"""platform-R: Helm releases, each optional."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.synth.stack_json import dependencies, resource, resources
from tests.unit.topology.environments import environment

Stack = dict[str, Any]
Synthesize = Callable[..., dict[str, Stack]]
CHARTS = {
    "metrics_server": "metrics-server",
    "cluster_autoscaler": "cluster-autoscaler",
    "log_routing": "aws-for-fluent-bit",
}


@pytest.fixture(scope="module")
def stack(synthesized: Callable[[str], dict[str, Stack]]) -> Stack:
    return synthesized("production")["platform-us-west-2"]


def values(stack: Stack, release: str) -> dict[str, Any]:
    (text,) = resource(stack, "helm_release", release)["values"]
    parsed: dict[str, Any] = yaml.safe_load(text)
    return parsed


def switched_off(*charts: str) -> dict[str, Any]:
    return {f"platform/{chart}": {"enabled": False, "chart_version": "1.2.3"} for chart in charts}


def test_every_chart_is_pinned_to_the_environments_version(stack: Stack) -> None:
    versions = {name: body["version"] for name, body in resources(stack, "helm_release").items()}
    assert versions == {
        "metrics-server": "3.12.2",
        "cluster-autoscaler": "9.46.6",
        "aws-for-fluent-bit": "0.1.35",
    }


@pytest.mark.parametrize("chart", CHARTS)
def test_switched_off_chart_creates_nothing(synthesize: Synthesize, chart: str) -> None:
    found = synthesize(environment(switched_off(chart)))["platform-us-east-1"]
    assert set(resources(found, "helm_release")) == set(CHARTS.values()) - {CHARTS[chart]}


def test_nothing_is_left_where_all_charts_are_switched_off(synthesize: Synthesize) -> None:
    found = synthesize(environment(switched_off(*CHARTS)))["platform-us-east-1"]
    assert "resource" not in found
    assert "data" not in found
    assert "helm" not in found["provider"]


def test_values_of_the_environment_are_merged_over_the_derived(synthesize: Synthesize) -> None:
    changes = {
        "platform/log_routing": {
            "chart_version": "0.1.34",
            "values": {"cloudWatchLogs": {"logKey": "message"}, "env": [{"name": "A", "value": "${B}"}]},
        }
    }
    found = synthesize(environment(changes))["platform-us-east-1"]
    merged = values(found, "aws-for-fluent-bit")
    assert resource(found, "helm_release", "aws-for-fluent-bit")["version"] == "0.1.34"
    assert merged["cloudWatchLogs"]["logKey"] == "message"
    assert merged["cloudWatchLogs"]["logGroupName"] == "/aws/eks/mirrormaker2/test"
    assert merged["env"] == [{"name": "A", "value": "$${B}"}]  # as Terraform wants to read `${B}`


def test_logs_go_to_exactly_the_workers_group(stack: Stack) -> None:
    logs = values(stack, "aws-for-fluent-bit")["cloudWatchLogs"]
    assert logs["logGroupName"] == "/aws/eks/mirrormaker2/production"
    assert logs["logGroupTemplate"] == ""  # the chart's own would win over the name
    assert logs["autoCreateGroup"] is False
    assert logs["region"] == "us-west-2"


def test_logs_are_taken_from_the_workers_namespace_only(stack: Stack) -> None:
    tail = values(stack, "aws-for-fluent-bit")["input"]
    assert tail == {"path": "/var/log/containers/*_mirrormaker2_*.log"}


def test_logs_are_read_on_every_node_that_workers_run_on(stack: Stack) -> None:
    assert values(stack, "aws-for-fluent-bit")["tolerations"] == [
        {"key": "spot", "operator": "Exists", "effect": "NoSchedule"}
    ]


def test_autoscaler_finds_the_groups_of_its_cluster(stack: Stack) -> None:
    found = values(stack, "cluster-autoscaler")
    assert found["autoDiscovery"] == {"clusterName": "shared-west"}
    assert found["awsRegion"] == "us-west-2"


@pytest.mark.parametrize(
    ("release", "path", "role"),
    [
        ("cluster-autoscaler", ("rbac", "serviceAccount"), "autoscaler"),
        ("aws-for-fluent-bit", ("serviceAccount",), "log_routing"),
    ],
)
def test_charts_service_account_is_the_one_that_the_role_trusts(
    synthesized: Callable[[str], dict[str, Stack]],
    stack: Stack,
    release: str,
    path: tuple[str, ...],
    role: str,
) -> None:
    account: Any = values(stack, release)
    for step in path:
        account = account[step]
    namespace = resource(stack, "helm_release", release)["namespace"]
    trusts = str(resources(synthesized("production")["identity-us-west-2"], "aws_iam_role"))
    reference = f"${{data.terraform_remote_state.identity-us-west-2.outputs.{role}_role_arn}}"
    assert account["annotations"] == {"eks.amazonaws.com/role-arn": reference}
    assert f"system:serviceaccount:{namespace}:{account['name']}" in trusts


def test_helm_connects_by_attribute_and_short_lived_token(stack: Stack) -> None:
    """Provider 3 takes an object where version 2 had a block."""
    (provider,) = stack["provider"]["helm"]
    assert set(provider["kubernetes"]) == {"host", "cluster_ca_certificate", "exec"}
    assert provider["kubernetes"]["exec"]["args"] == [
        *("eks", "get-token", "--cluster-name", "shared-west", "--region", "us-west-2")
    ]


def test_platform_reads_only_the_roles(stack: Stack) -> None:
    assert dependencies(stack) == {"identity-us-west-2"}
