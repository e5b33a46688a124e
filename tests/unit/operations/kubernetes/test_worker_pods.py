"""Pods as the API server shows them, and the words for what is wrong with them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from operations.connect.client import ConnectClient
from operations.kubernetes.worker_pods import WorkerPods, observe_pods
from operations.reconciler.conditions import Level
from operations.reconciler.reconcile import Reconciler
from tests.unit.operations.kubernetes.api_server import fake_api_server

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LOG = (
    "[2026-11-22 09:59:00,001] INFO Kafka Connect starting (org.apache.kafka.connect.runtime.Connect)\n"
    "[2026-11-22 09:59:01,001] ERROR Stopping due to error (org.apache.kafka.connect.cli.ConnectDistributed)"
    " org.apache.kafka.connect.errors.ConnectException: Failed to connect to and describe Kafka cluster"
    " | \tat org.apache.kafka.connect.util.ConnectUtils.lookupKafkaClusterId(ConnectUtils.java:79)"
    " | Caused by: java.util.concurrent.ExecutionException: wrapped | \t... 3 more"
    " | Caused by: org.apache.kafka.common.errors.SaslAuthenticationException: Access denied | \t... 6 more\n"
)
DENIED = (
    "SaslAuthenticationException: Access denied"
    " (the role is not the one that the policy names, or STS refused it)"
)


def pod(
    *containers: dict[str, Any],
    ready: str | None = "False",
    since: str = "2026-11-22T09:59:30Z",
    scheduled: dict[str, str] | None = None,
    **status: Any,
) -> dict[str, Any]:
    conditions = [{"type": "PodScheduled", **(scheduled or {"status": "True"})}]
    if ready is not None:
        conditions.append({"type": "Ready", "status": ready, "lastTransitionTime": since})
    return {
        "metadata": {"name": "x", "creationTimestamp": "2026-11-22T09:59:00Z"},
        "status": {"conditions": conditions, "containerStatuses": list(containers), **status},
    }


def container(restarts: int = 0, last: dict[str, Any] | None = None, **state: Any) -> dict[str, Any]:
    ended = {"lastState": {"terminated": last}} if last else {}
    return {"name": "connect", "restartCount": restarts, "state": state, **ended}


def said(*pods: dict[str, Any], connect_answers: bool = False) -> list[tuple[str, str]]:
    return [(one.reason, one.message) for one in observe_pods(pods, connect_answers, NOW)]


def test_a_crash_loop_is_said_with_its_cause() -> None:
    looping = {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}
    ended = {"exitCode": 1, "reason": "Error", "message": LOG, "finishedAt": "2026-11-22T09:59:01Z"}
    found = said(pod(container(4, ended, waiting=looping)))
    assert found == [
        ("WorkersNotStarting", f"worker pod x: CrashLoopBackOff, 4 restarts, last exit 1: {DENIED}")
    ]


def test_between_two_restarts_it_is_the_same() -> None:
    ended = {"exitCode": 1, "reason": "Error", "message": LOG}
    assert said(pod(container(1, terminated=ended))) == [
        ("WorkersNotStarting", f"worker pod x: 1 restart, last exit 1: {DENIED}")
    ]


def test_an_image_that_can_not_be_pulled_is_named() -> None:
    waiting = {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "connect:0"'}
    assert said(pod(container(waiting=waiting))) == [
        ("WorkersNotStarting", 'worker pod x: ImagePullBackOff: Back-off pulling image "connect:0"')
    ]


def test_a_pod_without_a_node_says_what_the_scheduler_says() -> None:
    unscheduled = {"status": "False", "reason": "Unschedulable", "message": "0/3 nodes: Insufficient cpu."}
    assert said(pod(ready=None, scheduled=unscheduled)) == [
        ("WorkersNotStarting", "worker pod x: Unschedulable: 0/3 nodes: Insufficient cpu.")
    ]


def test_an_evicted_pod_says_why() -> None:
    evicted = pod(phase="Failed", reason="Evicted", message="The node was low on resource: memory.")
    assert said(evicted) == [
        ("WorkersNotStarting", "worker pod x: Evicted: The node was low on resource: memory.")
    ]


@pytest.mark.parametrize("state", [{"waiting": {"reason": "ContainerCreating"}}, {"running": {}}])
def test_a_pod_that_starts_is_waited_for(state: dict[str, Any]) -> None:
    (condition,) = observe_pods([pod(container(**state))], False, NOW)
    assert (condition.level, condition.reason) == (Level.WAITING, "WorkersNotReady")
    assert condition.message == "worker pod x: not ready since 2026-11-22T09:59:30Z"
    assert condition.may_pass


@pytest.mark.parametrize(("answers", "level"), [(True, Level.WARNING), (False, Level.ERROR)])
def test_a_pod_that_does_not_get_ready_is_worse_without_connect(answers: bool, level: Level) -> None:
    late = pod(container(running={}), since="2026-11-22T09:50:00Z")
    (condition,) = observe_pods([late], answers, NOW)
    assert condition.level is level


def test_a_pod_that_was_killed_for_its_memory_and_is_not_ready_yet_says_so() -> None:
    ended = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-22T09:59:01Z"}
    assert said(pod(container(1, ended, running={}))) == [
        (
            "WorkersNotReady",
            "worker pod x: not ready since 2026-11-22T09:59:30Z, 1 restart, OOMKilled, last exit 137",
        )
    ]


def test_a_death_is_not_silent_because_the_pod_is_well_again() -> None:
    ended = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-22T09:59:01Z"}
    (condition,) = observe_pods([pod(container(3, ended, running={}), ready="True")], True, NOW)
    assert (condition.level, condition.reason) == (Level.WARNING, "WorkerRestarted")
    assert "runs again after 3 restarts, OOMKilled, last exit 137" in condition.message
    long_ago = {**ended, "finishedAt": "2026-11-22T08:00:00Z"}
    assert said(pod(container(3, long_ago, running={}), ready="True")) == []


def test_pods_that_are_well_or_on_their_way_out_say_nothing() -> None:
    leaving = pod(container(running={}), since="2026-11-22T08:00:00Z")
    leaving["metadata"]["deletionTimestamp"] = "2026-11-22T09:59:59Z"
    assert said(pod(container(running={}), ready="True"), leaving) == []


def test_the_words_stay_the_same_while_nothing_changes() -> None:
    late = pod(container(running={}), since="2026-11-22T09:50:00Z")
    later = NOW.replace(minute=30)
    assert observe_pods([late], False, NOW) == observe_pods([late], False, later)


def test_pods_are_asked_for_by_the_selector_and_added_to_a_pass(tmp_path: Path, refusing_url: str) -> None:
    connectors = tmp_path / "connectors"
    connectors.mkdir()
    with fake_api_server() as server, server.api(tmp_path) as api:
        server.pods = [pod(container(waiting={"reason": "ErrImagePull", "message": "not found"}))]
        with ConnectClient([refusing_url], deadline=0.1) as client:
            view = WorkerPods(api, "app.kubernetes.io/component=worker")
            reconciler = Reconciler(client, connectors, witnesses=[view])
            report = reconciler.run_once()
            server.pods.clear()
            without = reconciler.run_once()
            server.refusal = 403
            refused = reconciler.run_once()
    assert server.selectors == ["app.kubernetes.io/component=worker"] * 2
    assert [one.reason for one in report.conditions] == ["ConnectUnavailable", "WorkersNotStarting"]
    assert report.conditions[1].message == "worker pod x: ErrImagePull: not found"
    assert [one.reason for one in without.conditions] == ["ConnectUnavailable", "NoWorkers"]
    assert [one.reason for one in refused.conditions] == ["ConnectUnavailable", "WorkersUnknown"]
    assert "answered 403: you may not" in refused.conditions[1].message
