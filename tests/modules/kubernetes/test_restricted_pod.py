"""restricted_pod: the parts that every pod has."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf_cdktf_provider_kubernetes.deployment_v1 import DeploymentV1SpecTemplateSpec
from cdktf_cdktf_provider_kubernetes.deployment_v1 import (
    DeploymentV1SpecTemplateSpecContainer as Container,
)

from modules.kubernetes import restricted_pod
from tests.modules.kubernetes.workload import synthesized_pod
from topology.model import Toleration

USER = {"run_as_non_root": True, "run_as_user": "65532", "run_as_group": "65532"}
SECCOMP = {"seccomp_profile": {"type": "RuntimeDefault"}}


def pod(secret: str | None = None) -> dict[str, Any]:
    """A pod that is made of all the parts."""
    container = Container(
        name="main",
        env=restricted_pod.variables({"B": "2", "A": "1"}),
        resources=restricted_pod.resources(cpu_request=250, memory_request=64, memory_limit=1024),
        security_context=restricted_pod.container_security(),
        volume_mount=restricted_pod.mounts("/etc/files", secret),
    )
    return synthesized_pod(
        DeploymentV1SpecTemplateSpec(
            container=[container],
            security_context=restricted_pod.pod_security(),
            toleration=restricted_pod.tolerations([]),
            volume=restricted_pod.volumes("files-1", secret),
        )
    )


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    return pod()


@pytest.fixture(scope="module")
def secured() -> dict[str, Any]:
    return pod("connect-rest")


def test_pod_and_container_both_set_everything_that_level_restricted_requires(plain: dict[str, Any]) -> None:
    """The provider sends false for what a present block leaves out."""
    assert plain["security_context"] == USER | SECCOMP | {"fs_group": "65532"}
    assert plain["container"][0]["security_context"] == USER | SECCOMP | {
        "privileged": False,
        "allow_privilege_escalation": False,
        "read_only_root_filesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_volumes_are_files_a_token_for_sts_and_a_limited_scratch_directory(plain: dict[str, Any]) -> None:
    token = {"path": "token", "audience": "sts.amazonaws.com", "expiration_seconds": 86400}
    assert plain["volume"] == [
        {"name": "files", "config_map": {"name": "files-1", "default_mode": "0444"}},
        {"name": "aws-iam-token", "projected": [{"sources": [{"service_account_token": token}]}]},
        {"name": "scratch", "empty_dir": {"size_limit": "64Mi"}},
    ]


def test_only_the_scratch_directory_is_writable(secured: dict[str, Any]) -> None:
    mounts = secured["container"][0]["volume_mount"]
    assert {mount["mount_path"]: mount.get("read_only", False) for mount in mounts} == {
        "/etc/files": True,
        "/var/run/secrets/eks.amazonaws.com/serviceaccount": True,
        "/tmp": False,  # noqa: S108 - the container's own
        "/etc/mirrormaker2/rest": True,
    }


def test_only_the_credentials_of_the_secret_are_mounted_and_readable_by_the_group(
    plain: dict[str, Any], secured: dict[str, Any]
) -> None:
    key = "credentials.properties"
    assert [volume for volume in secured["volume"] if volume not in plain["volume"]] == [
        {
            "name": "rest-credentials",
            "secret": {
                "secret_name": "connect-rest",
                "default_mode": "0440",
                "items": [{"key": key, "path": key}],
            },
        }
    ]


def test_every_mount_has_its_volume(plain: dict[str, Any], secured: dict[str, Any]) -> None:
    for found in (plain, secured):
        mounted = [mount["name"] for mount in found["container"][0]["volume_mount"]]
        assert mounted == [volume["name"] for volume in found["volume"]]


def test_a_cpu_limit_is_optional(plain: dict[str, Any]) -> None:
    assert plain["container"][0]["resources"] == {
        "requests": {"cpu": "250m", "memory": "64Mi"},
        "limits": {"memory": "1Gi"},
    }


def test_variables_are_sorted_by_name(plain: dict[str, Any]) -> None:
    assert plain["container"][0]["env"] == [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]


def test_no_tolerations_give_no_empty_block(plain: dict[str, Any]) -> None:
    assert "toleration" not in plain
    found = restricted_pod.tolerations([Toleration(key="spot", operator="Exists")])
    assert found is not None
    (one,) = found
    assert (one.key, one.operator, one.value, one.effect) == ("spot", "Exists", None, None)
