"""reconciler_container and probe_container: the containers of the operations pod."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainer as Container,
)

from modules.kubernetes.operations_containers import probe_container, reconciler_container
from tests.modules.kubernetes.workload import synthesized_container
from tests.modules.synthesized import part
from topology.model import Image, Operations

OPERATIONS = Operations(
    image=Image(repository="registry.example.com/operations", tag="1.2.3"),
    cpu_request_millicores=75,
    memory_request_mib=192,
    memory_limit_mib=320,
)
CONTAINERS = {"reconciler": reconciler_container, "probe": probe_container}


def container(name: str, secret: str | None = None) -> dict[str, Any]:
    made: Container = CONTAINERS[name](OPERATIONS, [name, "--interval", "60"], {"AWS_REGION": "r"}, secret)
    return synthesized_container(made)


@pytest.mark.parametrize("name", CONTAINERS)
def test_both_containers_run_the_operations_image_with_the_given_arguments(name: str) -> None:
    assert part(container(name), "name", "image", "args", "command", "resources") == {
        "name": name,
        "image": "registry.example.com/operations:1.2.3",
        "args": [name, "--interval", "60"],
        "resources": {
            "requests": {"cpu": "75m", "memory": "192Mi"},
            "limits": {"memory": "320Mi"},
        },
    }


def test_only_the_reconciler_has_a_readiness_probe() -> None:
    ready = {"http_get": {"path": "/readyz", "port": "http-metrics", "scheme": "HTTP"}}
    times = {"period_seconds": 10, "timeout_seconds": 5, "failure_threshold": 3}
    assert container("reconciler")["readiness_probe"] == ready | times
    assert "readiness_probe" not in container("probe")


@pytest.mark.parametrize(
    ("name", "path", "port", "number"),
    [("reconciler", "/healthz", "http-metrics", 9405), ("probe", "/metrics", "http-probe", 9406)],
)
def test_each_container_has_its_own_port_and_liveness_probe(
    name: str, path: str, port: str, number: int
) -> None:
    found = container(name)
    assert found["port"] == [{"name": port, "container_port": number, "protocol": "TCP"}]
    assert found["liveness_probe"]["http_get"] == {"path": path, "port": port, "scheme": "HTTP"}


def test_only_the_reconciler_gets_the_identity_of_its_pod() -> None:
    region = {"name": "AWS_REGION", "value": "r"}
    assert container("probe")["env"] == [region]
    assert container("reconciler")["env"] == [
        region,
        {"name": "POD_NAME", "value_from": {"field_ref": {"field_path": "metadata.name"}}},
        {"name": "POD_UID", "value_from": {"field_ref": {"field_path": "metadata.uid"}}},
    ]


@pytest.mark.parametrize("name", CONTAINERS)
def test_credentials_are_mounted_only_if_a_secret_is_given(name: str) -> None:
    mounts = [mount["mount_path"] for mount in container(name)["volume_mount"]]
    assert [mount["mount_path"] for mount in container(name, "connect-rest")["volume_mount"]] == [
        *mounts,
        "/etc/mirrormaker2/rest",
    ]
    assert mounts[0] == "/etc/mirrormaker2/connectors"
