"""ConnectServices: the Services of the workers."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from modules.kubernetes.connect_services import ConnectServices
from tests.modules.kubernetes.workload import LABELS, NAMESPACE, namespace
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import resource

PORT = {
    "name": "http-rest",
    "port": 8083,
    "target_port": "http-rest",
    "protocol": "TCP",
    "app_protocol": "http",
}
SPEC: dict[str, Any] = {"type": "ClusterIP", "selector": {"component": "worker"}, "port": [PORT]}


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        ConnectServices(stack, "rest", namespace=namespace(stack), name="mm2", labels=LABELS)

    return synthesized(build)


@pytest.mark.parametrize(
    ("address", "name", "spec"),
    [
        ("rest", "mm2", SPEC),
        ("rest_headless", "mm2-headless", SPEC | {"cluster_ip": "None", "publish_not_ready_addresses": True}),
    ],
    ids=["any-ready-worker", "every-worker"],
)
def test_services_select_the_workers(address: str, name: str, spec: dict[str, Any], stack: Stack) -> None:
    assert resource(stack, "kubernetes_service_v1", address) == {
        "metadata": {
            "name": name,
            "namespace": "mm2",
            "labels": {"part-of": "orders", "component": "worker"},
        },
        "spec": spec,
        "depends_on": [NAMESPACE],
    }
