"""Who reaches whom by the cluster's own policies and pods, as a policy evaluator judges them.

The local cluster's network enforces no NetworkPolicy (docs/decisions/0011): netpol-analyzer reads policies,
pods and namespaces of the live cluster and says what an enforcing network would let through.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.kubernetes.stage import Stage
from topology import load_environment
from topology.kubernetes.pods import METRICS_PORT, OPERATIONS_PORT, PROBE_PORT
from topology.kubernetes.workload import REST_PORT

ENVIRONMENT = load_environment("local")
WORKLOAD = ENVIRONMENT.mirrormaker.namespace
MONITORING = ENVIRONMENT.mirrormaker.metrics_namespace
BROKER = str(ENVIRONMENT.regions["us-east-1"].network.cidr[5])
FAR_BROKER = str(ENVIRONMENT.regions["us-west-2"].network.cidr[5])
ELSEWHERE = "203.0.113.9"
IAM_PORT = 9098

CASES = (
    ("worker", "other worker", REST_PORT, True),
    ("operations", "worker", REST_PORT, True),
    ("stranger", "worker", REST_PORT, False),
    ("monitoring", "worker", REST_PORT, False),
    ("monitoring", "worker", METRICS_PORT, True),
    ("stranger", "worker", METRICS_PORT, False),
    ("monitoring", "operations", OPERATIONS_PORT, True),
    ("monitoring", "operations", PROBE_PORT, True),
    ("stranger", "operations", OPERATIONS_PORT, False),
    ("worker", "operations", OPERATIONS_PORT, False),
    ("worker", BROKER, IAM_PORT, True),
    ("worker", FAR_BROKER, IAM_PORT, True),
    ("worker", BROKER, 22, False),
    ("worker", ELSEWHERE, IAM_PORT, False),
    ("worker", ELSEWHERE, 443, True),
    ("worker", ELSEWHERE, 80, False),
    ("operations", FAR_BROKER, IAM_PORT, True),
)


@pytest.fixture(scope="module")
def peers(stage: Stage) -> Iterator[dict[str, tuple[str, str]]]:
    """Namespace and name of a pod of each kind; strangers are made for these tests."""
    kubectl = stage.cluster.kubectl
    made = [_namespace(MONITORING), _pod("default"), _pod(MONITORING)]
    kubectl.apply(made)
    for namespace in ("default", MONITORING):
        kubectl.within(namespace)("wait", "pod/stranger", "--for=condition=Ready", "--timeout=60s")
    workers = sorted(stage.ready())
    yield {
        "worker": (WORKLOAD, workers[0]),
        "other worker": (WORKLOAD, workers[1]),
        "operations": (WORKLOAD, stage.pods("operations")[0]["metadata"]["name"]),
        "stranger": ("default", "stranger"),
        "monitoring": (MONITORING, "stranger"),
    }
    for namespace in ("default", MONITORING):
        kubectl.within(namespace)("delete", "pod", "stranger", "--now")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} to {case[1]}:{case[2]}")
def test_only_those_named_reach_a_port(
    stage: Stage, peers: dict[str, tuple[str, str]], case: tuple[str, str, int, bool]
) -> None:
    source, target, port, expected = case
    namespace, name = peers[source]
    to = ["--destination-ip", target]
    if target in peers:
        to = ["--destination-namespace", peers[target][0], "--destination-pod", peers[target][1]]
    command = ["eval", "--source-namespace", namespace, "--source-pod", name, *to]
    program = Path(stage.cluster.layout.binaries) / "netpol-analyzer"
    done = subprocess.run(
        [program, *command, "--destination-port", str(port), "--kubeconfig", str(stage.cluster.kubeconfig)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip().endswith(f": {str(expected).lower()}")


def _namespace(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _pod(namespace: str) -> dict[str, Any]:
    container = {"name": "pause", "image": "localhost/msk-mirror/pause:1", "imagePullPolicy": "Never"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stranger", "namespace": namespace},
        "spec": {"containers": [container], "terminationGracePeriodSeconds": 0},
    }
