"""platform-R: Helm releases, each optional."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.synth.stack_json import dependencies, resource, resources
from tests.unit.topology.environments import environment
from topology.kubernetes.chart_values import known_values, unread_values
from topology.kubernetes.charts import AUTOSCALER_IMAGES

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


def workers_log_group(region: str) -> str:
    return f"${{data.terraform_remote_state.logs-{region}.outputs.workers_log_group}}"


def settings(lines: str) -> dict[str, str]:
    """Lines of Fluent Bit's configuration: a name, space, a value."""
    return dict(line.split(maxsplit=1) for line in lines.splitlines())


def switched_off(*charts: str) -> dict[str, Any]:
    return {f"platform/{chart}": {"enabled": False} for chart in charts}


def test_every_chart_is_pinned_to_the_environments_version(stack: Stack) -> None:
    versions = {name: body["version"] for name, body in resources(stack, "helm_release").items()}
    assert versions == {
        "metrics-server": "3.12.2",
        "cluster-autoscaler": "9.59.0",
        "aws-for-fluent-bit": "0.2.0",
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
            "chart_version": "0.1.35",
            "values": {"cloudWatchLogs": {"logKey": "message"}, "env": [{"name": "A", "value": "${B}"}]},
        }
    }
    found = synthesize(environment(changes))["platform-us-east-1"]
    merged = values(found, "aws-for-fluent-bit")
    assert resource(found, "helm_release", "aws-for-fluent-bit")["version"] == "0.1.35"
    assert merged["cloudWatchLogs"]["logKey"] == "message"
    assert merged["cloudWatchLogs"]["logGroupName"] == workers_log_group("us-east-1")
    assert merged["env"] == [{"name": "A", "value": "$${B}"}]  # as Terraform wants to read `${B}`


def test_logs_go_to_exactly_the_workers_group(stack: Stack) -> None:
    logs = values(stack, "aws-for-fluent-bit")["cloudWatchLogs"]
    assert logs["logGroupName"] == workers_log_group("us-west-2")
    assert logs["logGroupTemplate"] == ""  # the chart's own would win over the name
    assert logs["autoCreateGroup"] is False
    assert logs["region"] == "us-west-2"


def test_logs_are_taken_from_the_workers_namespace_only(stack: Stack) -> None:
    tail = values(stack, "aws-for-fluent-bit")["input"]
    assert tail["path"] == "/var/log/containers/*_mirrormaker2_*.log"
    assert tail["db"] == "/var/log/orders-production-fluent-bit.db"


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


@pytest.mark.parametrize(
    ("off", "others"),
    [
        ((), {"identity-us-east-1", "logs-us-east-1"}),
        (("log_routing",), {"identity-us-east-1"}),
        (("log_routing", "cluster_autoscaler"), set()),
    ],
)
def test_platform_comes_after_the_roles_and_the_log_group_that_it_uses(
    synthesize: Synthesize, off: tuple[str, ...], others: set[str]
) -> None:
    """Fluent Bit drops what it has for a log group that does not exist."""
    assert dependencies(synthesize(environment(switched_off(*off)))["platform-us-east-1"]) == others


def test_no_worker_preempts_fluent_bit(stack: Stack) -> None:
    assert values(stack, "aws-for-fluent-bit")["priorityClassName"] == "system-node-critical"


def test_lines_from_before_fluent_bits_start_are_read(stack: Stack) -> None:
    assert "Read_from_Head On" in values(stack, "aws-for-fluent-bit")["input"]["extraInputs"].splitlines()


def test_a_chunk_is_retried_for_an_hour_even_where_every_wait_is_the_shortest(stack: Stack) -> None:
    found = values(stack, "aws-for-fluent-bit")
    service = settings(found["service"]["extraService"])
    output = settings(found["cloudWatchLogs"]["extraOutputs"])
    assert int(output["Retry_Limit"]) * (int(service["scheduler.base"]) + 1) >= 3600
    assert int(service["scheduler.cap"]) <= 60  # or the logs stay away long after the outage


def test_an_hour_of_logs_waits_on_the_nodes_disk(stack: Stack) -> None:
    found = values(stack, "aws-for-fluent-bit")
    assert settings(found["input"]["extraInputs"])["storage.type"] == "filesystem"
    path = settings(found["service"]["extraService"])["storage.path"]
    mounts = {mount["name"]: mount["mountPath"] for mount in found["volumeMounts"]}
    hosts = {
        volume["name"]: volume["hostPath"]["path"] for volume in found["volumes"] if "hostPath" in volume
    }
    assert [name for name, mount in mounts.items() if path.startswith(f"{mount}/")] == ["varlog"]
    assert hosts["varlog"] == mounts["varlog"] == "/var/log"
    assert settings(found["cloudWatchLogs"]["extraOutputs"])["storage.total_limit_size"] == "1G"


def test_chunks_in_memory_fit_the_charts_limit_of_250_mib(stack: Stack) -> None:
    service = settings(values(stack, "aws-for-fluent-bit")["service"]["extraService"])
    assert int(service["storage.max_chunks_up"]) * 2 <= 250 / 2


def test_health_of_the_charts_liveness_probe_is_still_served(stack: Stack) -> None:
    service = settings(values(stack, "aws-for-fluent-bit")["service"]["extraService"])
    assert {"HTTP_Server": "On", "HTTP_PORT": "2020", "Health_Check": "On"}.items() <= service.items()


def test_fluent_bit_has_no_token_for_what_the_charts_role_grants(stack: Stack) -> None:
    """The chart's ClusterRole grants nodes/proxy, and no value takes that away. Kubernetes mounts no token
    where the container mounts something else (tests/e2e/kubernetes/test_accepted.py)."""
    found = values(stack, "aws-for-fluent-bit")
    assert found["filter"]["enabled"] is False
    mounts = {mount["mountPath"]: mount["name"] for mount in found["volumeMounts"]}
    name = mounts["/var/run/secrets/kubernetes.io/serviceaccount"]
    (volume,) = [volume for volume in found["volumes"] if volume["name"] == name]
    assert volume.keys() == {"name", "emptyDir"}


def test_autoscalers_image_follows_the_version_of_the_eks_cluster(stack: Stack) -> None:
    tag = values(stack, "cluster-autoscaler")["image"]["tag"]
    version = "data.aws_eks_cluster.eks.version"
    assert tag.startswith("${lookup({") and tag.endswith(f'}}, {version}, "v${{{version}}}.0")}}')
    for minor, image in AUTOSCALER_IMAGES.items():
        assert re.fullmatch(rf"v{re.escape(minor)}\.[0-9]+", image)
        assert f'"{minor}" = "{image}"' in tag


def test_autoscaler_is_not_the_first_to_be_evicted(stack: Stack) -> None:
    resources_ = values(stack, "cluster-autoscaler")["resources"]
    assert resources_["requests"] == resources_["limits"] == {"cpu": "100m", "memory": "600Mi"}


def test_helm_keeps_few_old_revisions(stack: Stack) -> None:
    assert {body["max_history"] for body in resources(stack, "helm_release").values()} == {5}


@pytest.mark.parametrize("name", ["local", "production", "three-regions", "handover"])
def test_every_value_is_one_that_its_chart_reads(
    synthesized: Callable[[str], dict[str, Stack]], name: str
) -> None:
    for found in (stack for id_, stack in synthesized(name).items() if id_.startswith("platform-")):
        for release, body in resources(found, "helm_release").items():
            known = known_values(body["chart"], body["version"])
            assert known is not None
            assert not list(unread_values(values(found, release), known))
