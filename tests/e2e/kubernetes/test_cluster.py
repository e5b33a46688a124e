"""A cluster leaves nothing behind: no process, no mount, no control group, no file, no sysctl."""

from __future__ import annotations

from pathlib import Path

import pytest

from localcloud.kubernetes import Cluster
from localcloud.kubernetes.cgroups import left_over_groups
from localcloud.kubernetes.leftovers import STATE_VARIABLE, remove_left_over
from localcloud.kubernetes.private_mounts import KUBELET_SYSCTLS
from localcloud.wan import Wan
from localcloud.wan.runs import process_environments

REGION = "elsewhere"


@pytest.fixture
def before() -> dict[str, str]:
    return sysctls()


def test_a_stopped_cluster_is_gone(before: dict[str, str], tmp_path: Path) -> None:
    with Wan.start([REGION]) as wan:
        cluster = Cluster.start(wan, REGION, tmp_path)
        assert programs_of(cluster)
        cluster.stop()
        assert_gone(cluster, before)


def test_a_killed_cluster_is_swept(before: dict[str, str], tmp_path: Path) -> None:
    """The WAN kills what runs in it, as it does when its owner dies; the next start finds the rest."""
    with Wan.start([REGION]) as wan:
        cluster = Cluster.start(wan, REGION, tmp_path)
    assert remove_left_over() == [cluster.layout.group]
    assert_gone(cluster, before)


def assert_gone(cluster: Cluster, before: dict[str, str]) -> None:
    assert programs_of(cluster) == []
    assert cluster.layout.group not in left_over_groups()
    assert not cluster.layout.state.exists()
    assert str(cluster.layout.state) not in Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    assert sysctls() == before


def programs_of(cluster: Cluster) -> list[int]:
    state = str(cluster.layout.state)
    return [pid for pid, variables in process_environments() if variables.get(STATE_VARIABLE) == state]


def sysctls() -> dict[str, str]:
    return {name: Path("/proc/sys", name).read_text(encoding="utf-8") for name in KUBELET_SYSCTLS}
