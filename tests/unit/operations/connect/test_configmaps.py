"""Reading a synthesized stack: the errors; what is read is compared in tests/synth/test_mirrormaker_files."""

from __future__ import annotations

from typing import Any

import pytest

from operations.connect.configmaps import UnexpectedStackError, read_connectors, read_worker_config


def stack(
    mount: str = "/etc/mirrormaker2/worker", config_map: str = "files-1", **data: str
) -> dict[str, Any]:
    container = {
        "args": ["-Dx=$${y}"],
        "env": [
            {"name": "PLAIN", "value": "a$${b}"},
            {"name": "LATER", "value": "$${b}${data.x.y}"},
            {"name": "POD_IP", "value_from": {"field_ref": {"field_path": "status.podIP"}}},
        ],
        "volume_mount": [{"name": "files", "mount_path": mount}],
    }
    volumes = [{"name": "files", "config_map": {"name": config_map}}]
    pod = {"spec": {"template": {"spec": {"container": [container], "volume": volumes}}}}
    return {
        "resource": {
            "kubernetes_deployment_v1": {"workers": pod},
            "kubernetes_config_map_v1": {"files": {"metadata": {"name": "files-1"}, "data": data}},
        }
    }


def test_values_are_as_terraform_would_give_them() -> None:
    found = read_worker_config(stack(**{"connect-distributed.properties": "a=$${env:POD_IP}%%{x}\n"}))
    assert found.properties == {"a": "${env:POD_IP}%{x}"}
    assert found.env_variables == {"PLAIN": "a${b}", "LATER": None, "POD_IP": None}
    assert found.jvm_args == ("-Dx=${y}",)


@pytest.mark.parametrize("other", [{}, {"resource": {"aws_msk_cluster": {}}}, stack(mount="/elsewhere")])
def test_another_stack_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedStackError, match="no Deployment mounts /etc/mirrormaker2/worker"):
        read_worker_config(other)
    with pytest.raises(UnexpectedStackError, match="no Deployment mounts /etc/mirrormaker2/connectors"):
        read_connectors(other)


def test_a_missing_config_map_is_named_with_those_that_exist() -> None:
    with pytest.raises(UnexpectedStackError, match=r"no ConfigMap files-2.*found: files-1"):
        read_worker_config(stack(config_map="files-2"))


def test_files_without_worker_properties_are_refused() -> None:
    with pytest.raises(UnexpectedStackError, match=r"has other.txt; expected connect-distributed.properties"):
        read_worker_config(stack(**{"other.txt": ""}))
