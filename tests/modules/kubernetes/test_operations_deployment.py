"""OperationsDeployment: the Deployment of the operations pod."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from modules.kubernetes.connect_deployment import ConnectDeployment
from modules.kubernetes.operations_containers import probe_container
from modules.kubernetes.operations_deployment import OperationsDeployment
from modules.kubernetes.operations_rbac import OperationsRole
from tests.modules.kubernetes.workload import LABELS, NAMESPACE, home, namespace, pod_spec
from tests.modules.synthesized import part, synthesized
from tests.synth.stack_json import resource
from topology.model import MirrorMaker, Toleration, Tracing

SPOT = Toleration(key="spot", operator="Exists")


def deployment(workload: MirrorMaker) -> dict[str, Any]:
    def build(stack: TerraformStack) -> None:
        inside = namespace(stack)
        pods = home(stack, inside)
        workers = ConnectDeployment(stack, "workers", home=pods, name="mm2", workload=workload, variables={})
        role = OperationsRole(
            stack, "role", namespace=inside, service_account=pods.service_account, labels=LABELS.all
        )
        OperationsDeployment(
            stack,
            "operations",
            home=pods,
            name="mm2-operations",
            workload=workload,
            containers=[probe_container(workload.operations, ["probe"], {}, None)],
            workers=workers,
            role=role,
        )

    return resource(synthesized(build), "kubernetes_deployment_v1", "operations")


@pytest.fixture(scope="module")
def operations() -> dict[str, Any]:
    return deployment(MirrorMaker(node_selector={"disk": "ssd"}, tolerations=(SPOT,)))


def test_there_is_one_pod_and_it_is_stopped_before_its_replacement_starts(operations: dict[str, Any]) -> None:
    assert part(operations["spec"], "replicas", "strategy") == {
        "replicas": "1",
        "strategy": {"type": "Recreate"},
    }


def test_the_pod_is_created_after_workers_and_permissions(operations: dict[str, Any]) -> None:
    assert operations["depends_on"] == [
        NAMESPACE,
        "kubernetes_priority_class_v1.namespace_priority",
        "kubernetes_service_account_v1.account",
        "kubernetes_config_map_v1.files",
        "kubernetes_deployment_v1.workers",
        "kubernetes_role_binding_v1.role_binding",
    ]


def test_terraform_ignores_the_restart_annotation_and_nothing_else(
    operations: dict[str, Any],
) -> None:
    """Unlike the workers it has no autoscaler."""
    assert part(operations, "lifecycle", "wait_for_rollout", "timeouts") == {
        "lifecycle": {
            "ignore_changes": [
                'spec[0].template[0].metadata[0].annotations["kubectl.kubernetes.io/restartedAt"]'
            ]
        },
        "wait_for_rollout": True,
        "timeouts": {"create": "5m", "update": "5m"},
    }


def test_the_pod_has_an_api_token_and_the_node_settings_of_the_workers(
    operations: dict[str, Any],
) -> None:
    names = ("automount_service_account_token", "priority_class_name", "node_selector", "toleration")
    assert part(pod_spec(operations), *names) == {
        "automount_service_account_token": True,
        "priority_class_name": "orders-test",
        "node_selector": {"disk": "ssd"},
        "toleration": [{"key": "spot", "operator": "Exists"}],
    }


def test_tracing_injects_no_java_agent() -> None:
    traced = deployment(MirrorMaker(tracing=Tracing(xray=True)))
    assert traced["spec"]["template"]["metadata"]["annotations"] == {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": "9405",
        "prometheus.io/path": "/metrics",
        "cluster-autoscaler.kubernetes.io/safe-to-evict": "true",
    }
