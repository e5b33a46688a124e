"""connect_container: the container of a worker."""

from __future__ import annotations

from typing import Any

import pytest

from modules.kubernetes.connect_container import connect_container
from tests.modules.kubernetes.workload import SECURED, synthesized_container
from tests.modules.synthesized import part
from topology.model import Image, MirrorMaker, Resources

PROBES = ("startup_probe", "readiness_probe", "liveness_probe")
TIMES = ("initial_delay_seconds", "period_seconds", "timeout_seconds", "failure_threshold")


def container(workload: MirrorMaker, variables: dict[str, str] | None = None) -> dict[str, Any]:
    return synthesized_container(connect_container(workload, variables or {}))


@pytest.fixture(scope="module")
def opened() -> dict[str, Any]:
    """REST asks for no credentials."""
    return container(MirrorMaker())


@pytest.fixture(scope="module")
def secured() -> dict[str, Any]:
    return container(SECURED)


def test_probes_use_http_without_basic_auth(opened: dict[str, Any]) -> None:
    assert {probe: part(opened[probe], "http_get", "exec") for probe in PROBES} == {
        probe: {"http_get": {"path": path, "port": "http-rest", "scheme": "HTTP"}}
        for probe, path in zip(PROBES, ("/health", "/health", "/connectors"), strict=True)
    }


def test_probes_run_the_script_with_basic_auth(secured: dict[str, Any]) -> None:
    script = ["bash", "/etc/mirrormaker2/worker/rest-probe.sh", "8083"]
    file = "/etc/mirrormaker2/rest/credentials.properties"
    assert {probe: part(secured[probe], "http_get", "exec") for probe in PROBES} == {
        probe: {"exec": {"command": [*script, path, "10", file]}}
        for probe, path in zip(PROBES, ("/health", "/health", "/connectors"), strict=True)
    }


def test_http_and_script_probes_have_the_same_timing(opened: dict[str, Any], secured: dict[str, Any]) -> None:
    assert {probe: part(opened[probe], *TIMES) for probe in PROBES} == {
        probe: part(secured[probe], *TIMES) for probe in PROBES
    }
    assert part(opened["startup_probe"], *TIMES) == {
        "initial_delay_seconds": 5,
        "period_seconds": 5,
        "timeout_seconds": 10,
        "failure_threshold": 36,
    }


def test_credentials_are_mounted_read_only_and_only_with_basic_auth(
    opened: dict[str, Any], secured: dict[str, Any]
) -> None:
    added = [mount for mount in secured["volume_mount"] if mount not in opened["volume_mount"]]
    assert added == [{"name": "rest-credentials", "mount_path": "/etc/mirrormaker2/rest", "read_only": True}]


def test_the_digest_of_the_image_wins_over_its_tag() -> None:
    digest = f"sha256:{'a' * 64}"
    image = Image(repository="registry.example.com/connect", tag="4.1.1", digest=digest)
    assert container(MirrorMaker(image=image))["image"] == f"registry.example.com/connect@{digest}"


def test_requests_and_limits_are_in_the_form_that_the_api_server_returns() -> None:
    wanted = Resources(
        cpu_request_millicores=1500,
        cpu_limit_millicores=3000,
        memory_request_mib=1536,
        memory_limit_mib=3072,
    )
    assert container(MirrorMaker(resources=wanted))["resources"] == {
        "requests": {"cpu": "1500m", "memory": "1536Mi"},
        "limits": {"cpu": "3", "memory": "3Gi"},
    }


def test_variables_are_sorted_and_pod_ip_comes_last() -> None:
    assert container(MirrorMaker(), {"B": "2", "A": "1"})["env"] == [
        {"name": "A", "value": "1"},
        {"name": "B", "value": "2"},
        {"name": "POD_IP", "value_from": {"field_ref": {"field_path": "status.podIP"}}},
    ]


def test_a_worker_waits_before_it_stops(opened: dict[str, Any]) -> None:
    assert opened["lifecycle"] == {"pre_stop": [{"exec": {"command": ["sleep", "25"]}}]}
