"""What `msk-mirror rollout` says of Deployments as the API server shows them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from operations.cli.commands import BAD_INPUT, FAILED, OK
from operations.cli.commands import rollout as command
from operations.kubernetes.api import ApiError
from operations.kubernetes.rollout import await_rollout, rollout
from tests.unit.operations.kubernetes.api_server import FakeApiServer, fake_api_server
from tests.unit.topology.environments import text

LABELS = {"app.kubernetes.io/component": "worker", "app.kubernetes.io/name": "mirrormaker2"}
PULL = {"reason": "ErrImagePull", "message": 'failed to pull image "connect:0": not found'}


def deployment(
    wanted: int = 2,
    *,
    replicas: int | None = None,
    updated: int | None = None,
    available: int | None = None,
    generation: int = 3,
    observed: int = 3,
    conditions: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    return {
        "metadata": {"name": "mirrormaker2", "generation": generation},
        "spec": {"replicas": wanted, "selector": {"matchLabels": LABELS}},
        "status": {
            "observedGeneration": observed,
            "replicas": wanted if replicas is None else replicas,
            "updatedReplicas": wanted if updated is None else updated,
            "availableReplicas": wanted if available is None else available,
            "conditions": conditions or [],
        },
    }


def pod(name: str, ready: str, waiting: dict[str, str] | None = None) -> dict[str, Any]:
    state = {"waiting": waiting} if waiting else {"running": {}}
    return {
        "metadata": {"name": name, "creationTimestamp": "2026-11-22T09:59:00Z"},
        "status": {
            "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": ready}],
            "containerStatuses": [{"name": "connect", "restartCount": 0, "state": state}],
        },
    }


FAILED_UPDATE = deployment(replicas=3, updated=1, available=2)
"""One new pod does not start beside two old ones that run."""


@pytest.fixture
def server() -> Iterator[FakeApiServer]:
    with fake_api_server() as fake:
        fake.deployments = {"mirrormaker2": deployment(), "mirrormaker2-operations": deployment(1)}
        yield fake


def test_what_runs_as_asked_is_complete(server: FakeApiServer, tmp_path: Path) -> None:
    found = rollout(server.api(tmp_path), "mirrormaker2")
    assert (found.complete, found.final) == (True, True)
    assert found.words == "mirrormaker2: complete, 2 of 2 replicas are available"


def test_a_failed_update_is_not_complete_and_names_the_pod_and_the_reason(
    server: FakeApiServer, tmp_path: Path
) -> None:
    """The old pods still run, so that nothing else shows it."""
    server.deployments["mirrormaker2"] = FAILED_UPDATE
    server.pods = [pod("old-1", "True"), pod("old-2", "True"), pod("new-1", "False", PULL)]
    found = rollout(server.api(tmp_path), "mirrormaker2")
    assert (found.complete, found.final) == (False, False)
    assert found.words.splitlines() == [
        "mirrormaker2: 1 of 2 replicas are updated",
        '  pod new-1: ErrImagePull: failed to pull image "connect:0": not found',
    ]
    assert server.selectors == [",".join(f"{key}={value}" for key, value in LABELS.items())]


@pytest.mark.parametrize(
    ("state", "summary"),
    [
        ({"generation": 4}, "the controller has not seen the new spec yet"),
        ({"updated": 1, "replicas": 3}, "1 of 2 replicas are updated"),
        ({"replicas": 3}, "1 old replicas have not stopped"),
        ({"available": 1}, "1 of 2 updated replicas are available"),
    ],
)
def test_what_is_in_progress_is_not_complete(
    server: FakeApiServer, tmp_path: Path, state: dict[str, int], summary: str
) -> None:
    server.deployments["mirrormaker2"] = deployment(**state)  # type: ignore[arg-type]
    found = rollout(server.api(tmp_path), "mirrormaker2")
    assert (found.complete, found.final, found.summary) == (False, False, summary)


def test_pods_that_are_refused_are_explained_by_the_deployments_condition(
    server: FakeApiServer, tmp_path: Path
) -> None:
    """There is no pod that could say it."""
    refused = {"type": "ReplicaFailure", "status": "True", "message": "pods are forbidden: exceeded quota"}
    late = {
        "type": "Progressing",
        "status": "False",
        "reason": "ProgressDeadlineExceeded",
        "message": "ReplicaSet has timed out progressing.",
    }
    server.deployments["mirrormaker2"] = deployment(
        replicas=0, updated=0, available=0, conditions=[refused, late]
    )
    found = rollout(server.api(tmp_path), "mirrormaker2")
    assert found.final
    assert found.reasons == ("pods are forbidden: exceeded quota", "ReplicaSet has timed out progressing.")


def test_a_deployment_that_is_not_there_is_final(server: FakeApiServer, tmp_path: Path) -> None:
    server.deployments.clear()
    found = rollout(server.api(tmp_path), "mirrormaker2")
    assert (found.complete, found.final) == (False, True)
    assert "does not exist in namespace mirrormaker2" in found.summary


def test_an_api_server_that_refuses_is_an_error(server: FakeApiServer, tmp_path: Path) -> None:
    server.refusal = 403
    with pytest.raises(ApiError, match="403"):
        rollout(server.api(tmp_path), "mirrormaker2")


def test_waiting_ends_when_the_rollout_is_complete(server: FakeApiServer, tmp_path: Path) -> None:
    server.deployments["mirrormaker2"] = deployment(available=1)

    def finish(_: float) -> None:
        server.deployments["mirrormaker2"] = deployment()

    assert await_rollout(server.api(tmp_path), "mirrormaker2", 60, finish).complete


def test_waiting_ends_when_time_is_up(server: FakeApiServer, tmp_path: Path) -> None:
    server.deployments["mirrormaker2"] = FAILED_UPDATE
    assert not await_rollout(server.api(tmp_path), "mirrormaker2", 0).complete


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "one.yaml"
    path.write_text(text({}), encoding="utf-8")
    return str(path)


def test_the_command_fails_with_the_reason_while_terraform_is_green(
    server: FakeApiServer, tmp_path: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(as_json: bool = False) -> int:
        return command.run(file, "us-west-2", 0, as_json, lambda *_: server.api(tmp_path))

    assert run() == OK
    server.deployments["mirrormaker2"] = FAILED_UPDATE
    server.pods = [pod("new-1", "False", PULL)]
    capsys.readouterr()
    assert run() == FAILED
    assert "ErrImagePull" in capsys.readouterr().out
    assert run(as_json=True) == FAILED
    shown = json.loads(capsys.readouterr().out)["us-west-2"]
    assert [one["complete"] for one in shown] == [False, True]


def test_every_region_with_pods_is_asked(server: FakeApiServer, tmp_path: Path, file: str) -> None:
    asked: list[str] = []

    def api_of(_: object, region: str) -> Any:
        asked.append(region)
        return server.api(tmp_path)

    assert command.run(file, None, 0, False, api_of) == OK
    assert asked == ["us-east-1", "us-west-2"]


def test_a_region_without_pods_is_bad_input(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(file, "eu-west-1", 0, False) == BAD_INPUT
    assert "regions with pods: us-east-1, us-west-2" in capsys.readouterr().err


def test_an_environment_with_mistakes_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump({"project": "X"}), encoding="utf-8")
    assert command.run(str(path), None, 0, False) == BAD_INPUT
    assert "wrong.yaml" in capsys.readouterr().err


def test_an_api_server_out_of_reach_is_said_with_the_region(
    server: FakeApiServer, tmp_path: Path, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server.refusal = 401
    assert command.run(file, "us-east-1", 0, False, lambda *_: server.api(tmp_path)) == FAILED
    assert "us-east-1: GET" in capsys.readouterr().err
