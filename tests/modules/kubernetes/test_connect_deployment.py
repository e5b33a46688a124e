"""ConnectDeployment: the Deployment of the workers."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from modules.kubernetes.connect_deployment import ConnectDeployment
from tests.modules.kubernetes.workload import NAMESPACE, SECURED, home, namespace, pod_spec
from tests.modules.synthesized import part, synthesized
from tests.synth.stack_json import resource
from topology.model import MirrorMaker, Replicas, Toleration, Tracing


def deployment(workload: MirrorMaker) -> dict[str, Any]:
    def build(stack: TerraformStack) -> None:
        ConnectDeployment(
            stack,
            "workers",
            home=home(stack, namespace(stack)),
            name="mm2",
            workload=workload,
            variables={},
        )

    return resource(synthesized(build), "kubernetes_deployment_v1", "workers")


@pytest.fixture(scope="module")
def workers() -> dict[str, Any]:
    """Everything by default."""
    return deployment(MirrorMaker())


def test_terraform_ignores_replicas_and_the_restart_annotation(workers: dict[str, Any]) -> None:
    assert workers["lifecycle"] == {
        "ignore_changes": [
            "spec[0].replicas",
            'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]',
        ]
    }


def test_workers_are_created_after_everything_their_pods_refer_to(workers: dict[str, Any]) -> None:
    assert workers["depends_on"] == [
        NAMESPACE,
        "kubernetes_priority_class_v1.namespace_priority",
        "kubernetes_service_account_v1.account",
        "kubernetes_config_map_v1.files",
    ]


def test_pods_have_the_account_and_priority_of_their_home_and_no_api_token(
    workers: dict[str, Any],
) -> None:
    names = ("service_account_name", "priority_class_name", "automount_service_account_token")
    assert part(pod_spec(workers), *names, "enable_service_links") == {
        "service_account_name": "mm2-worker",
        "priority_class_name": "orders-test",
        "automount_service_account_token": False,
        "enable_service_links": False,
    }


@pytest.mark.parametrize(
    ("replicas", "minutes"), [(Replicas(min=1, max=1), "5m"), (Replicas(min=2, max=10), "17m")]
)
def test_the_rollout_timeout_grows_with_the_maximum_of_replicas(replicas: Replicas, minutes: str) -> None:
    found = deployment(MirrorMaker(replicas=replicas))
    assert found["spec"]["replicas"] == str(replicas.min)
    assert part(found, "wait_for_rollout", "timeouts") == {
        "wait_for_rollout": True,
        "timeouts": {"create": minutes, "update": minutes},
    }


def test_workers_are_spread_over_zones_and_hosts_where_possible(
    workers: dict[str, Any],
) -> None:
    assert workers["spec"]["selector"] == {"match_labels": {"component": "worker"}}
    assert pod_spec(workers)["topology_spread_constraint"] == [
        {
            "topology_key": key,
            "max_skew": 1,
            "when_unsatisfiable": "ScheduleAnyway",
            "label_selector": [{"match_labels": {"component": "worker"}}],
            "match_label_keys": ["pod-template-hash"],
        }
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]


def test_node_selector_and_tolerations_are_set_only_on_request(workers: dict[str, Any]) -> None:
    spot = Toleration(key="spot", value="yes", effect="NoExecute")
    chosen = pod_spec(deployment(MirrorMaker(node_selector={"disk": "ssd"}, tolerations=(spot,))))
    assert part(chosen, "node_selector", "toleration") == {
        "node_selector": {"disk": "ssd"},
        "toleration": [{"key": "spot", "operator": "Equal", "value": "yes", "effect": "NoExecute"}],
    }
    assert part(pod_spec(workers), "node_selector", "toleration") == {}


def test_the_mesh_adds_a_pod_label_and_keeps_the_selector(workers: dict[str, Any]) -> None:
    """The selector of a Deployment cannot be changed."""
    meshed = deployment(MirrorMaker(tracing=Tracing(istio=True)))
    added = {"sidecar.istio.io/inject": "true"}
    before, after = (one["spec"]["template"]["metadata"]["labels"] for one in (workers, meshed))
    assert after == before | added
    assert meshed["spec"]["selector"] == workers["spec"]["selector"]


def test_pods_have_the_credentials_volume_only_with_basic_auth(workers: dict[str, Any]) -> None:
    def volumes(found: dict[str, Any]) -> list[str]:
        return [one["name"] for one in pod_spec(found)["volume"]]

    assert volumes(workers) == ["files", "aws-iam-token", "scratch"]
    assert volumes(deployment(SECURED)) == ["files", "aws-iam-token", "scratch", "rest-credentials"]
