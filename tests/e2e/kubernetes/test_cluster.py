"""A cluster is reached as EKS is; it leaves nothing behind: process, mount, control group, file, sysctl."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localcloud.aws import start_emulated_aws
from localcloud.kubernetes import KubernetesCluster
from localcloud.kubernetes.cgroups import left_over_groups
from localcloud.kubernetes.credentials import exec_environment, stand_for_eks
from localcloud.kubernetes.leftovers import STATE_VARIABLE, remove_left_over
from localcloud.kubernetes.private_mounts import KUBELET_SYSCTLS
from localcloud.wan import Wan
from localcloud.wan.runs import process_environments
from tests.e2e.kubernetes.stage import TARGET, Stage

REGION = "elsewhere"


@pytest.fixture
def before() -> dict[str, str]:
    return sysctls()


def test_a_stopped_cluster_is_gone(before: dict[str, str], tmp_path: Path) -> None:
    with Wan.start([REGION]) as wan:
        cluster = KubernetesCluster.start(wan, REGION, tmp_path)
        assert programs_of(cluster)
        cluster.stop()
        assert_gone(cluster, before)


def test_a_killed_cluster_is_swept(before: dict[str, str], tmp_path: Path) -> None:
    """The WAN kills what runs in it, as it does when its owner dies; the next start finds the rest."""
    with Wan.start([REGION]) as wan:
        cluster = KubernetesCluster.start(wan, REGION, tmp_path)
    assert remove_left_over() == [cluster.layout.group]
    assert_gone(cluster, before)


def assert_gone(cluster: KubernetesCluster, before: dict[str, str]) -> None:
    assert programs_of(cluster) == []
    assert cluster.layout.group not in left_over_groups()
    assert not cluster.layout.state.exists()
    assert str(cluster.layout.state) not in Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    assert sysctls() == before


def programs_of(cluster: KubernetesCluster) -> list[int]:
    state = str(cluster.layout.state)
    return [pid for pid, variables in process_environments() if variables.get(STATE_VARIABLE) == state]


def sysctls() -> dict[str, str]:
    return {name: Path("/proc/sys", name).read_text(encoding="utf-8") for name in KUBELET_SYSCTLS}


def test_the_stacks_provider_block_reaches_the_cluster(
    bare_stage: Stage, tmp_path: Path, synthesized: Callable[[str], dict[str, dict[str, Any]]]
) -> None:
    """Address and authority from the emulated EKS, and `aws eks get-token` as the stack has it. kubectl runs
    it as Terraform's providers do: all are client-go."""
    stack = synthesized("local")[f"mirrormaker-{TARGET}"]
    name = stack["data"]["aws_eks_cluster"]["eks"]["name"]
    (login,) = stack["provider"]["kubernetes"][0]["exec"]
    kubectl = bare_stage.cluster.kubectl
    with start_emulated_aws() as aws:
        stand_for_eks(bare_stage.cluster, TARGET, name, aws, tmp_path)
        eks = aws.client("eks", TARGET).describe_cluster(name=name)["cluster"]
    reached = {"server": eks["endpoint"], "certificate-authority-data": eks["certificateAuthority"]["data"]}
    user = {
        "exec": {
            "apiVersion": login["api_version"],
            "command": login["command"],
            "args": login["args"],
            "interactiveMode": "Never",
        }
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "eks", "cluster": reached}],
        "users": [{"name": "exec", "user": user}],
        "contexts": [{"name": "eks", "context": {"cluster": "eks", "user": "exec"}}],
        "current-context": "eks",
    }
    file = tmp_path / "kubeconfig"
    file.write_text(json.dumps(config))
    environment = os.environ | exec_environment(tmp_path) | {"KUBECONFIG": str(file)}
    done = subprocess.run(
        [kubectl.program, "auth", "whoami", "--output", "json"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "system:masters" in json.loads(done.stdout)["status"]["userInfo"]["groups"]
