"""mirrormaker-R: the workers' and the reconciler's pods."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.synth.kubernetes.pods import container, containers, deployment, pod, pod_annotations
from tests.synth.stack_json import resource
from tests.unit.topology.environments import environment
from topology import load_environment

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


@pytest.mark.parametrize("replicas", ["stack", "switched"])
def test_drains_take_one_worker_at_a_time_whatever_their_number(
    request: pytest.FixtureRequest, replicas: str
) -> None:
    budget = resource(
        request.getfixturevalue(replicas), "kubernetes_pod_disruption_budget_v1", "autoscaler_disruption"
    )
    assert budget["spec"]["max_unavailable"] == "1"
    assert "min_available" not in budget["spec"]


def test_workers_spread_over_zones_and_hosts_within_a_revision(stack: Stack) -> None:
    spread = {one["topology_key"]: one for one in pod(stack)["topology_spread_constraint"]}
    assert set(spread) == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    assert all(one["match_label_keys"] == ["pod-template-hash"] for one in spread.values())


def test_the_probe_is_beside_the_reconciler(stack: Stack) -> None:
    assert set(containers(stack, "operations")) == {"reconciler", "probe"}
    assert container(stack, "probe")["args"][0] == "probe"
    assert container(stack, "reconciler")["args"][0] == "reconcile"


def test_the_probe_publishes_once_in_each_period_of_the_alarms(stack: Stack) -> None:
    arguments = container(stack, "probe")["args"]
    period = str(load_environment("production").alarms.period_seconds)
    assert arguments[arguments.index("--interval") + 1] == period


def test_the_operations_pod_is_ready_while_no_connector_has_failed(stack: Stack) -> None:
    """A deploy waits for it, so that it says at once when replication does not start."""
    assert deployment(stack, "operations")["wait_for_rollout"] is True
    assert container(stack, "reconciler")["readiness_probe"]["http_get"]["path"] == "/readyz"
    assert "readiness_probe" not in container(stack, "probe")


@pytest.mark.parametrize("name", ["reconciler", "probe"])
def test_probes_ask_the_port_that_the_arguments_name(stack: Stack, name: str) -> None:
    found = container(stack, name)
    (port,) = found["port"]
    assert found["args"][found["args"].index("--metrics-port") + 1] == str(port["container_port"])
    for kind in ("liveness_probe", "readiness_probe"):
        assert found.get(kind, {}).get("http_get", {"port": port["name"]})["port"] == port["name"]


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
        assert pod_annotations(stack, name)["cluster-autoscaler.kubernetes.io/safe-to-evict"] == "true"


def test_the_reconciler_looks_for_the_workers_by_their_own_labels(stack: Stack) -> None:
    arguments = container(stack, "reconciler")["args"]
    selector = arguments[arguments.index("--workers-selector") + 1]
    wanted = deployment(stack)["spec"]["selector"]["match_labels"]
    assert dict(one.split("=") for one in selector.split(",")) == wanted


@pytest.mark.parametrize("name", ["connect", "reconciler", "probe"])
def test_the_end_of_a_dead_containers_log_is_in_the_pods_status(stack: Stack, name: str) -> None:
    assert container(stack, name)["termination_message_policy"] == "FallbackToLogsOnError"


# mesh, tracing, metrics ----------------------------------------------------------------------------------


def test_prometheus_finds_the_exporter(stack: Stack) -> None:
    (agent,) = [argument for argument in container(stack)["args"] if argument.startswith("-javaagent:")]
    ports = {one["name"]: one["container_port"] for one in container(stack)["port"]}
    assert pod_annotations(stack)["prometheus.io/port"] == str(ports["http-metrics"])
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
        found = pod_annotations(switched, name)
        assert ("instrumentation.opentelemetry.io/inject-java" in found) is injected


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
