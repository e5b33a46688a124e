"""What the pods may not do, tried."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.kubernetes.stage import Stage

WORKER = "system:serviceaccount:mirrormaker2:mirrormaker2"
OPERATIONS = "system:serviceaccount:mirrormaker2:mirrormaker2-operations"


def pod(**security: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "intruder", "namespace": "mirrormaker2"},
        "spec": {
            "containers": [
                {
                    "name": "intruder",
                    "image": "localhost/msk-mirror/connect:4.1.1",
                    "securityContext": security,
                }
            ]
        },
    }


def test_the_namespace_refuses_a_pod_that_is_not_restricted(stage: Stage) -> None:
    with pytest.raises(RuntimeError, match='violates PodSecurity "restricted:latest"'):
        stage.cluster.kubectl.apply([pod(allowPrivilegeEscalation=True)], dry_run=True)


def test_the_namespace_refuses_a_privileged_pod(stage: Stage) -> None:
    with pytest.raises(RuntimeError, match=r"[Pp]rivileged"):
        stage.cluster.kubectl.apply([pod(privileged=True)], dry_run=True)


@pytest.mark.parametrize(("component", "program"), [("worker", "java"), ("operations", "python")])
def test_a_pods_token_is_for_sts_and_for_its_own_account(stage: Stage, component: str, program: str) -> None:
    found = stage.ready_pods(component)[0]
    account = found["spec"]["serviceAccountName"]
    root = f"/proc/{stage.processes(found, program)[0]}/root"
    path = "var/run/secrets/eks.amazonaws.com/serviceaccount/token"
    token = Path(root, path).read_text(encoding="utf-8")
    claims = json.loads(_decoded(token.split(".")[1]))
    assert claims["aud"] == ["sts.amazonaws.com"]
    assert claims["sub"] == f"system:serviceaccount:mirrormaker2:{account}"


@pytest.mark.parametrize(
    ("verb", "what"),
    [
        ("get", "secrets"),
        ("list", "secrets"),
        ("list", "pods"),
        ("create", "pods"),
        ("get", "configmaps"),
        ("create", "events.events.k8s.io"),
    ],
)
def test_the_worker_may_do_nothing_on_the_api_server(stage: Stage, verb: str, what: str) -> None:
    assert _may(stage, WORKER, verb, what) == "no"


@pytest.mark.parametrize(
    ("verb", "what", "answer"),
    [
        ("create", "events.events.k8s.io", "yes"),
        ("patch", "events.events.k8s.io", "yes"),
        ("list", "pods", "yes"),
        ("get", "pods/log", "no"),
        ("delete", "pods", "no"),
        ("list", "secrets", "no"),
        ("patch", "deployments.apps", "no"),
    ],
)
def test_operations_may_write_events_and_look_at_pods_only(
    stage: Stage, verb: str, what: str, answer: str
) -> None:
    assert _may(stage, OPERATIONS, verb, what) == answer


def test_the_worker_has_no_token_of_the_api_server(stage: Stage) -> None:
    found = stage.ready_pods()[0]
    mounted = {mount["mountPath"] for mount in found["spec"]["containers"][0]["volumeMounts"]}
    assert "/var/run/secrets/kubernetes.io/serviceaccount" not in mounted


def test_the_root_file_system_can_not_be_written_to(stage: Stage) -> None:
    pid = stage.processes(stage.ready_pods()[0], "java")[0]
    mounts = [line.split() for line in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()]
    root = next(mount for mount in mounts if mount[4] == "/")
    assert "ro" in root[5].split(",")


def _may(stage: Stage, who: str, verb: str, what: str) -> str:
    said = stage.kubectl.run("auth", "can-i", verb, what, f"--as={who}")
    return said.stdout.strip().splitlines()[-1]


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
