"""mirrormaker-R with basic authentication for Connect's REST interface, and without."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from operations.connect.configmaps import read_worker_config
from operations.manifests import api_objects
from operations.manifests.references import outputs_in
from operations.manifests.source import placeholders
from tests.synth.kubernetes.pods import container, pod
from tests.synth.stack_json import resource, resources
from tests.unit.topology.environments import environment
from topology.replication.rest_auth import CREDENTIALS_FILE, LOGIN_FILE, PROBE_FILE, rest_files

Stack = dict[str, Any]
SECRET = "connect-users"
ON = {"mirrormaker/rest": {"basic_auth": {"secret": SECRET}}}
NAME = "mirrormaker-us-east-1"
CONTAINERS = [("connect", "workers"), ("reconciler", "operations"), ("probe", "operations")]
PROBES = ("startup_probe", "readiness_probe", "liveness_probe")


@pytest.fixture(scope="module")
def stacks(synthesize: Callable[..., dict[str, Stack]]) -> dict[str, dict[str, Stack]]:
    """All stacks of the base environment: as it is, with the switch at its default, and on."""
    return {
        "silent": synthesize(environment()),
        "off": synthesize(environment({"mirrormaker/rest": {"basic_auth": None}})),
        "on": synthesize(environment(ON)),
    }


@pytest.fixture(scope="module")
def stack(stacks: dict[str, dict[str, Stack]]) -> Stack:
    return stacks["on"][NAME]


def test_off_is_as_if_there_were_no_switch(stacks: dict[str, dict[str, Stack]]) -> None:
    assert stacks["off"] == stacks["silent"]
    said = json.dumps(stacks["off"][NAME])
    for word in (
        "rest-",
        "basic",
        "credentials",
        '"exec": {"command": ["bash"',
        "java.security.auth",
        '"secret"',
    ):
        assert word not in said, word


def test_on_changes_the_workload_and_no_other_stack(stacks: dict[str, dict[str, Stack]]) -> None:
    changed = {name for name in stacks["on"] if stacks["on"][name] != stacks["off"][name]}
    assert changed == {"mirrormaker-us-east-1", "mirrormaker-us-west-2"}


@pytest.mark.parametrize(("name", "deployment"), CONTAINERS)
def test_every_container_mounts_the_credentials_and_nothing_else_of_the_secret(
    stack: Stack, name: str, deployment: str
) -> None:
    (volume,) = [one for one in pod(stack, deployment)["volume"] if "secret" in one]
    (mount,) = [one for one in container(stack, name)["volume_mount"] if one["name"] == volume["name"]]
    assert volume["secret"]["secret_name"] == SECRET
    (item,) = volume["secret"]["items"]
    assert item["key"] == "credentials.properties"
    assert f"{mount['mount_path']}/{item['path']}" == CREDENTIALS_FILE
    assert mount["read_only"] is True
    assert volume["secret"]["default_mode"] == "0440"
    assert pod(stack, deployment)["security_context"]["fs_group"] == "65532"


def test_no_secret_and_no_value_of_one_is_in_the_stack(stack: Stack) -> None:
    assert not resources(stack, "kubernetes_secret_v1")
    assert "kubernetes_secret" not in json.dumps(stack)
    assert "password" not in json.dumps(stack["resource"]["kubernetes_deployment_v1"])


def test_workers_load_the_extension_and_find_the_login(stack: Stack) -> None:
    found = read_worker_config(stack)
    assert found.properties["rest.extension.classes"].endswith(".BasicAuthSecurityRestExtension")
    wanted = rest_files(environment(ON).mirrormaker)
    assert {name: found.files[name] for name in (LOGIN_FILE, PROBE_FILE)} == wanted
    assert f"-Djava.security.auth.login.config=/etc/mirrormaker2/worker/{LOGIN_FILE}" in found.jvm_args


def test_bash_asks_in_place_of_the_kubelet_as_often_and_as_long(stacks: dict[str, dict[str, Stack]]) -> None:
    for name in PROBES:
        on, off = (dict(container(stacks[switch][NAME])[name]) for switch in ("on", "off"))
        path, command = off.pop("http_get")["path"], on.pop("exec")["command"]
        assert command[:2] == ["bash", f"/etc/mirrormaker2/worker/{PROBE_FILE}"]
        assert command[2:] == ["8083", path, str(off["timeout_seconds"]), CREDENTIALS_FILE]
        assert on == off


@pytest.mark.parametrize("name", ["reconciler", "probe"])
def test_operations_reads_the_credentials(stack: Stack, name: str) -> None:
    arguments = container(stack, name)["args"]
    assert arguments[arguments.index("--credentials") + 1] == CREDENTIALS_FILE
    assert "http_get" in container(stack, name)["liveness_probe"]


def test_the_switch_rolls_the_workers(stacks: dict[str, dict[str, Stack]]) -> None:
    names = {
        switch: resource(stacks[switch][NAME], "kubernetes_config_map_v1", "worker-files")["metadata"]["name"]
        for switch in ("on", "off")
    }
    assert names["on"] != names["off"]


def test_the_api_gets_the_commands_and_the_volume(stack: Stack) -> None:
    """What Terraform's provider would send."""
    objects = api_objects(stack, placeholders(outputs_in(stack["resource"])))
    assert not [one for one in objects if one["kind"] == "Secret"]
    pods = {
        one["metadata"]["name"]: one["spec"]["template"]["spec"]
        for one in objects
        if one["kind"] == "Deployment"
    }
    key = {"key": "credentials.properties", "path": "credentials.properties"}
    for spec in pods.values():
        (secret,) = [volume["secret"] for volume in spec["volumes"] if "secret" in volume]
        assert secret == {"secretName": SECRET, "defaultMode": 0o440, "items": [key], "optional": False}
    (worker,) = pods["mirrormaker2"]["containers"]
    assert worker["livenessProbe"]["exec"]["command"][0] == "bash"
    assert "httpGet" not in worker["livenessProbe"]
