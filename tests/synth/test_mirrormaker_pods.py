"""mirrormaker-R: the workers' and the reconciler's pods."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.synth.stack_json import dependencies, resource, resources
from tests.unit.topology.environments import environment
from topology import load_environment
from topology.pods import clusters_of

Stack = dict[str, Any]
Stacks = Callable[[str], dict[str, Stack]]
EVERY_WORKLOAD = [
    (name, region)
    for name in ("local", "production", "three-regions")
    for region in load_environment(name).regions
]
SWITCHED = {
    "mirrormaker/tracing": {"istio": True, "xray": True},
    "mirrormaker/replicas": {"min": 4, "max": 9},
    "mirrormaker/autoscaling": {"cpu_percent": 61, "scale_down_stabilization_seconds": 450},
}


@pytest.fixture(scope="module")
def stack(synthesized: Stacks) -> Stack:
    return synthesized("production")["mirrormaker-us-east-1"]


@pytest.fixture(scope="module")
def switched(synthesize: Callable[..., dict[str, Stack]]) -> Stack:
    """With mesh and tracing, other replicas and another autoscaler."""
    return synthesize(environment(SWITCHED))["mirrormaker-us-east-1"]


def deployment(stack: Stack, name: str = "workers") -> dict[str, Any]:
    return resource(stack, "kubernetes_deployment_v1", name)


def pod(stack: Stack, name: str = "workers") -> dict[str, Any]:
    found: dict[str, Any] = deployment(stack, name)["spec"]["template"]["spec"]
    return found


def container(stack: Stack, name: str = "workers") -> dict[str, Any]:
    (found,) = pod(stack, name)["container"]
    return dict(found)


def variables(stack: Stack, name: str = "workers") -> dict[str, Any]:
    return {one["name"]: one.get("value", one.get("value_from")) for one in container(stack, name)["env"]}


def probe(stack: Stack, kind: str) -> tuple[str, str, int]:
    found = container(stack)[f"{kind}_probe"]
    return found["http_get"]["path"], found["http_get"]["port"], found["initial_delay_seconds"]


# the report's numbers ------------------------------------------------------------------------------------


def test_requests_and_limits_are_the_reports(stack: Stack) -> None:
    assert container(stack)["resources"] == {
        "requests": {"cpu": "1", "memory": "2Gi"},
        "limits": {"cpu": "2", "memory": "4Gi"},
    }


def test_hpa_has_the_reports_numbers(stack: Stack) -> None:
    spec = resource(stack, "kubernetes_horizontal_pod_autoscaler_v2", "autoscaler")["spec"]
    targets = {
        one["resource"]["name"]: one["resource"]["target"]["average_utilization"] for one in spec["metric"]
    }
    (down,), (up,) = spec["behavior"]["scale_down"], spec["behavior"]["scale_up"]
    assert (spec["min_replicas"], spec["max_replicas"]) == (2, 6)
    assert targets == {"cpu": 70, "memory": 80}
    assert down["stabilization_window_seconds"] == 300
    assert up["stabilization_window_seconds"] == 120


def test_hpa_scales_the_workers(stack: Stack) -> None:
    target = resource(stack, "kubernetes_horizontal_pod_autoscaler_v2", "autoscaler")["spec"][
        "scale_target_ref"
    ]
    workers = deployment(stack)["metadata"]["name"]
    assert target == {"api_version": "apps/v1", "kind": "Deployment", "name": workers}


def test_hpa_follows_the_environment_file(switched: Stack) -> None:
    spec = resource(switched, "kubernetes_horizontal_pod_autoscaler_v2", "autoscaler")["spec"]
    assert (spec["min_replicas"], spec["max_replicas"]) == (4, 9)
    assert spec["metric"][0]["resource"]["target"]["average_utilization"] == 61
    assert spec["behavior"]["scale_down"][0]["stabilization_window_seconds"] == 450


def test_probes_match_the_report_but_for_readiness_on_health(stack: Stack) -> None:
    """The report has /connectors for both; it answers before a worker has joined (domain of KIP-1017)."""
    assert probe(stack, "liveness") == ("/connectors", "http-rest", 60)
    assert probe(stack, "readiness") == ("/health", "http-rest", 30)
    assert probe(stack, "startup")[:2] == ("/health", "http-rest")


def test_health_probes_outlast_the_herders_tick(stack: Stack) -> None:
    for kind in ("startup", "readiness", "liveness"):
        assert container(stack)[f"{kind}_probe"]["timeout_seconds"] >= 5


# rolling -------------------------------------------------------------------------------------------------


def test_replicas_belong_to_the_autoscaler(stack: Stack) -> None:
    assert "spec[0].replicas" in deployment(stack)["lifecycle"]["ignore_changes"]


def test_a_rollout_never_has_fewer_workers(stack: Stack) -> None:
    assert deployment(stack)["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rolling_update": {"max_surge": "1", "max_unavailable": "0"},
    }


def test_a_restart_by_kubectl_is_not_rolled_again(stack: Stack) -> None:
    for name in ("workers", "operations"):
        ignored = deployment(stack, name)["lifecycle"]["ignore_changes"]
        assert any("kubectl.kubernetes.io/restartedAt" in path for path in ignored)


def test_the_wait_for_a_rollout_grows_with_the_replicas(stack: Stack, switched: Stack) -> None:
    waits = [deployment(s)["timeouts"]["update"] for s in (stack, switched)]
    assert deployment(stack)["wait_for_rollout"] is True
    assert waits == ["11m", "15m"]


def test_workers_have_time_to_flush_their_offsets(stack: Stack) -> None:
    assert pod(stack)["termination_grace_period_seconds"] >= 90


def test_java_gets_the_signal_itself(stack: Stack) -> None:
    """Arguments of the image's `java` and no shell that would swallow SIGTERM."""
    found = container(stack)
    assert "command" not in found
    assert found["args"][0].startswith("-X")
    assert found["args"][-2:] == [
        "org.apache.kafka.connect.cli.ConnectDistributed",
        "/etc/mirrormaker2/worker/connect-distributed.properties",
    ]


def test_idle_heap_goes_back_so_that_memory_scales_down(stack: Stack) -> None:
    assert {"-Xms256m", "-Xmx1024m", "-XX:G1PeriodicGCInterval=60000"} <= set(container(stack)["args"])


@pytest.mark.parametrize(("replicas", "available"), [("stack", "1"), ("switched", "3")])
def test_a_drained_node_takes_one_worker_at_a_time(
    request: pytest.FixtureRequest, replicas: str, available: str
) -> None:
    budget = resource(
        request.getfixturevalue(replicas), "kubernetes_pod_disruption_budget_v1", "autoscaler_disruption"
    )
    assert budget["spec"]["min_available"] == available


def test_workers_spread_over_zones_and_hosts_within_a_revision(stack: Stack) -> None:
    spread = {one["topology_key"]: one for one in pod(stack)["topology_spread_constraint"]}
    assert set(spread) == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    assert all(one["match_label_keys"] == ["pod-template-hash"] for one in spread.values())


def test_one_reconciler_at_a_time(stack: Stack) -> None:
    spec = deployment(stack, "operations")["spec"]
    assert (spec["replicas"], spec["strategy"]["type"]) == ("1", "Recreate")


def test_pods_go_where_the_environment_says(stack: Stack) -> None:
    for name in ("workers", "operations"):
        assert pod(stack, name)["node_selector"] == {"kubernetes.io/arch": "amd64"}
        assert pod(stack, name)["toleration"] == [
            {"key": "spot", "operator": "Exists", "effect": "NoSchedule"}
        ]


def test_nodes_of_the_workers_can_be_scaled_down(stack: Stack) -> None:
    for name in ("workers", "operations"):
        annotations = deployment(stack, name)["spec"]["template"]["metadata"]["annotations"]
        assert annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"] == "true"


# identity ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("account", "role"), [("worker", "worker"), ("operations", "operations")])
def test_service_account_carries_the_role(stack: Stack, account: str, role: str) -> None:
    annotations = resource(stack, "kubernetes_service_account_v1", f"{account}-account")["metadata"][
        "annotations"
    ]
    reference = f"${{data.terraform_remote_state.identity-us-east-1.outputs.{role}_role_arn}}"
    assert annotations == {"eks.amazonaws.com/role-arn": reference}


def test_pods_run_under_their_own_accounts(stack: Stack) -> None:
    for name, account in (("workers", "worker"), ("operations", "operations")):
        wanted = resource(stack, "kubernetes_service_account_v1", f"{account}-account")["metadata"]["name"]
        assert pod(stack, name)["service_account_name"] == wanted


def test_the_session_has_a_fixed_name(stack: Stack) -> None:
    """MSK refuses to re-authenticate a connection as somebody else."""
    assert variables(stack)["AWS_ROLE_SESSION_NAME"] == "mirrormaker2"


def test_the_token_is_for_sts_and_where_the_sdk_looks(stack: Stack) -> None:
    for name in ("workers", "operations"):
        (volume,) = [one for one in pod(stack, name)["volume"] if one["name"] == "aws-iam-token"]
        token = volume["projected"][0]["sources"][0]["service_account_token"]
        (mount,) = [one for one in container(stack, name)["volume_mount"] if one["name"] == "aws-iam-token"]
        assert token["audience"] == "sts.amazonaws.com"
        path = f"{mount['mount_path']}/{token['path']}"
        assert variables(stack, name)["AWS_WEB_IDENTITY_TOKEN_FILE"] == path


def test_workers_have_no_token_for_the_api_server(stack: Stack) -> None:
    assert pod(stack)["automount_service_account_token"] is False


def test_the_reconciler_may_write_events_and_nothing_else(stack: Stack) -> None:
    (role,) = resources(stack, "kubernetes_role_v1").values()
    (binding,) = resources(stack, "kubernetes_role_binding_v1").values()
    (rule,) = role["rule"]
    assert (rule["resources"], rule["verbs"]) == (["events"], ["create", "patch"])
    assert [subject["name"] for subject in binding["subject"]] == ["mirrormaker2-operations"]


def test_no_secret_or_token_in_the_stack(stack: Stack) -> None:
    (provider,) = stack["provider"]["kubernetes"]
    assert not resources(stack, "kubernetes_secret_v1")
    assert set(provider) == {"host", "cluster_ca_certificate", "exec"}
    assert provider["exec"][0]["args"][:2] == ["eks", "get-token"]
    assert "token" not in json.dumps(stack["data"])


def test_the_provider_needs_nothing_that_the_stack_creates(stack: Stack) -> None:
    assert "${data." in stack["provider"]["kubernetes"][0]["host"]


@pytest.mark.parametrize(("name", "region"), EVERY_WORKLOAD)
def test_pods_know_the_addresses_of_the_flows_clusters_and_no_others(
    synthesized: Stacks, name: str, region: str
) -> None:
    loaded, found = load_environment(name), synthesized(name)[f"mirrormaker-{region}"]
    wanted = {
        variable: f"${{data.terraform_remote_state.msk-{other}.outputs.bootstrap_brokers_iam}}"
        for variable, other in clusters_of(loaded, region).items()
    }
    for component in ("workers", "operations"):
        have = variables(found, component)
        assert {key: have[key] for key in have if key.startswith("BOOTSTRAP_")} == wanted
    assert dependencies(found) == {
        f"identity-{region}",
        *(f"msk-{r}" for r in clusters_of(loaded, region).values()),
    }


def test_workers_advertise_the_address_of_their_pod(stack: Stack) -> None:
    assert variables(stack)["POD_IP"] == {"field_ref": {"field_path": "status.podIP"}}


# security ------------------------------------------------------------------------------------------------


def test_the_namespace_admits_restricted_pods_only(stack: Stack) -> None:
    labels = resource(stack, "kubernetes_namespace_v1", "namespace")["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", ["workers", "operations"])
def test_unset_booleans_can_not_undo_the_pods_security(stack: Stack, name: str) -> None:
    """The provider sends false for what a present block leaves out, so the container says it all again."""
    inner, outer = container(stack, name)["security_context"], pod(stack, name)["security_context"]
    assert outer["run_as_non_root"] is True
    assert inner["run_as_non_root"] is True
    assert inner["allow_privilege_escalation"] is False
    assert inner["privileged"] is False
    assert inner["capabilities"] == {"drop": ["ALL"]}
    assert inner["seccomp_profile"] == outer["seccomp_profile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize("name", ["workers", "operations"])
def test_only_a_limited_tmp_is_writable(stack: Stack, name: str) -> None:
    writable = [
        mount["name"] for mount in container(stack, name)["volume_mount"] if not mount.get("read_only")
    ]
    sizes = {
        one["name"]: one["empty_dir"]["size_limit"]
        for one in pod(stack, name)["volume"]
        if "empty_dir" in one
    }
    assert container(stack, name)["security_context"]["read_only_root_filesystem"] is True
    assert sizes == {"scratch": "64Mi"}
    assert writable == ["scratch"]


# mesh, tracing, metrics ----------------------------------------------------------------------------------


def test_prometheus_finds_the_exporter(stack: Stack) -> None:
    annotations = deployment(stack)["spec"]["template"]["metadata"]["annotations"]
    (agent,) = [argument for argument in container(stack)["args"] if argument.startswith("-javaagent:")]
    ports = {one["name"]: one["container_port"] for one in container(stack)["port"]}
    assert annotations["prometheus.io/port"] == str(ports["http-metrics"])
    assert f"={ports['http-metrics']}:" in agent


def test_mesh_and_tracing_are_off_until_asked_for(stack: Stack) -> None:
    template = deployment(stack)["spec"]["template"]["metadata"]
    assert not [key for key in itertools.chain(*template.values()) if "istio" in key or "telemetry" in key]


def test_mesh_leaves_kafka_alone_and_holds_the_worker_until_the_proxy_runs(switched: Stack) -> None:
    template = deployment(switched)["spec"]["template"]["metadata"]
    assert template["labels"]["sidecar.istio.io/inject"] == "true"
    assert template["annotations"]["traffic.sidecar.istio.io/excludeOutboundPorts"] == "9098"
    assert json.loads(template["annotations"]["proxy.istio.io/config"]) == {
        "holdApplicationUntilProxyStarts": True
    }


def test_tracing_injects_the_agent_into_the_workers_only(switched: Stack) -> None:
    for name, injected in (("workers", True), ("operations", False)):
        annotations = deployment(switched, name)["spec"]["template"]["metadata"]["annotations"]
        assert ("instrumentation.opentelemetry.io/inject-java" in annotations) is injected


# order ---------------------------------------------------------------------------------------------------


def test_what_a_pod_names_exists_before_it(stack: Stack) -> None:
    for name, component in (("workers", "worker"), ("operations", "operations")):
        assert {
            "kubernetes_namespace_v1.namespace",
            "kubernetes_priority_class_v1.namespace_priority",
            f"kubernetes_service_account_v1.{component}-account",
            f"kubernetes_config_map_v1.{component}-files",
        } <= set(deployment(stack, name)["depends_on"])


def test_the_reconciler_comes_after_the_workers(stack: Stack) -> None:
    assert "kubernetes_deployment_v1.workers" in deployment(stack, "operations")["depends_on"]


@pytest.mark.parametrize(("name", "region"), EVERY_WORKLOAD)
def test_objects_of_the_namespace_come_after_it(synthesized: Stacks, name: str, region: str) -> None:
    """Directly, or through something that does."""
    found = synthesized(name)[f"mirrormaker-{region}"]["resource"]
    after = {
        f"{kind}.{key}": body.get("depends_on", [])
        for kind, bodies in found.items()
        for key, body in bodies.items()
    }

    def comes_after(address: str) -> bool:
        return address == "kubernetes_namespace_v1.namespace" or any(map(comes_after, after[address]))

    late = {
        address
        for address in after
        if "namespace" in found[address.split(".")[0]][address.split(".")[1]]["metadata"]
    }
    assert late
    assert {address for address in late if not comes_after(address)} == set()
