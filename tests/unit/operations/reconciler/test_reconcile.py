"""The reconciler's passes and command against a scripted worker: what a real one does not do on cue."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from operations.__main__ import main
from operations.cli.commands.reconcile import CALL_SECONDS
from operations.connect.client import ConnectClient
from operations.kubernetes.api import TIMEOUT_SECONDS, KubernetesApi
from operations.reconciler.conditions import Level
from operations.reconciler.reconcile import Reconciler, Report
from tests.e2e.waiting import wait_until
from tests.unit.operations.kubernetes.api_server import fake_api_server
from topology.kubernetes.pods import OPERATIONS_GRACE_SECONDS

NAME = "a-to-b-heartbeat"
CONFIG = {"connector.class": "X", "name": NAME}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / f"{NAME}.json").write_text(json.dumps({"name": NAME, "config": CONFIG}))
    return tmp_path


def infos(*names: str) -> dict[str, Any]:
    return {name: {"info": {"config": {**CONFIG, "name": name}}} for name in names}


def statuses(*names: str, task: str = "RUNNING") -> dict[str, Any]:
    status = {"connector": {"state": "RUNNING"}, "tasks": [{"id": 0, "state": task}]}
    return {name: {"status": status} for name in names}


def test_a_pass_that_connect_leaves_half_way_is_finished_by_the_next(
    scripted: Any, answer: Any, directory: Path
) -> None:
    gone = answer(503, {"message": "rebalancing"})
    worker = scripted(answer(200, {}), answer(200, {}), gone)
    reconciler = Reconciler(ConnectClient([worker.url], deadline=0.3), directory)
    first = reconciler.run_once()
    (condition,) = first.conditions
    assert (first.actions, condition.reason) == ((), "ConnectUnavailable")
    assert f"PUT {worker.url}/connectors/{NAME}/config: answered 503: rebalancing" in condition.message
    assert first.failed
    assert not first.connect_answers
    # It had been applied all the same: the next pass finds it and does nothing.
    worker.script = [answer(200, infos(NAME)), answer(200, statuses(NAME))]
    second = reconciler.run_once()
    assert (second.actions, second.settled, second.failed) == ((), True, False)


def test_what_was_done_before_connect_left_is_reported(scripted: Any, answer: Any, directory: Path) -> None:
    worker = scripted(answer(200, {}), answer(200, {}), answer(201, {}), answer(503, {"message": "gone"}))
    report = Reconciler(ConnectClient([worker.url], deadline=0.3), directory).run_once()
    assert [str(action) for action in report.actions] == [f"create {NAME}"]
    assert [one.reason for one in report.conditions] == ["ConnectUnavailable"]


def test_what_had_failed_is_said_by_the_pass_that_restarts_it(
    scripted: Any, answer: Any, directory: Path
) -> None:
    """Else a connector that fails after each restart would show no failure until its rests have grown."""
    worker = scripted(answer(200, infos(NAME)), answer(200, statuses(NAME, task="FAILED")), answer(202, {}))
    worker.script += [answer(200, infos(NAME)), answer(200, statuses(NAME, task="RESTARTING"))]
    report = Reconciler(ConnectClient([worker.url]), directory).run_once()
    assert [(one.reason, one.level) for one in report.conditions] == [
        ("TasksNotRunning", Level.WAITING),
        ("TasksFailed", Level.WARNING),
    ]
    assert report.conditions[1].message.endswith("; restarted")
    assert (report.failed, report.settled) == (False, False)


def test_a_task_that_stays_unassigned_is_restarted_and_then_rests(
    scripted: Any, answer: Any, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("operations.connect.stuck_tasks.OVERDUE_SECONDS", -1.0)
    found = [answer(200, infos(NAME)), answer(200, statuses(NAME, task="UNASSIGNED"))]
    worker = scripted(*found, answer(204, {}), *found, *found)
    reconciler = Reconciler(ConnectClient([worker.url]), directory)
    assert [str(action).split(" for ")[0] for action in reconciler.run_once().actions] == [
        f"restart {NAME}: task 0 UNASSIGNED"
    ]
    assert worker.asked[2][:2] == ("POST", f"/connectors/{NAME}/tasks/0/restart")
    assert reconciler.run_once().actions == ()


def test_a_directory_that_can_not_be_read_touches_nothing(
    scripted: Any, answer: Any, directory: Path
) -> None:
    worker = scripted(answer(200, {}))
    (directory / "half.json").write_text('{"name": ')
    report = Reconciler(ConnectClient([worker.url]), directory, prune=True).run_once()
    assert worker.asked == []
    assert [one.reason for one in report.conditions] == ["InvalidConnectors"]
    assert report.as_json()["failed"] is True


def test_a_stop_between_actions_ends_the_pass(scripted: Any, answer: Any, directory: Path) -> None:
    worker = scripted(answer(200, {}))
    stop = threading.Event()
    stop.set()
    report = Reconciler(ConnectClient([worker.url]), directory, stop=stop).run_once()
    assert report.actions == ()
    assert {method for method, _, _ in worker.asked} == {"GET"}


def test_the_loop_settles_and_looks_again(scripted: Any, answer: Any, directory: Path) -> None:
    worker = scripted(answer(200, infos(NAME)), answer(200, statuses(NAME, task="UNASSIGNED")))
    worker.script += [answer(200, infos(NAME)), answer(200, statuses(NAME))]
    reports: list[Report] = []
    report = Reconciler(ConnectClient([worker.url]), directory).settle(30, reports.append)
    assert [one.settled for one in reports] == [False, True]
    assert report is reports[-1]
    assert report.conditions[0].level is Level.OK


@contextmanager
def terminated_when(holds: Callable[[], bool]) -> Iterator[None]:
    """Send SIGTERM to this process when the command has its handler and the condition holds; an error instead
    of an end should nobody take it."""

    def not_taken(*_: object) -> None:
        pytest.fail("nobody took the SIGTERM")

    def terminate() -> None:
        wait_until(
            lambda: signal.getsignal(signal.SIGTERM) is not not_taken and holds(), 60, "the command works"
        )
        os.kill(os.getpid(), signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, not_taken)
    try:
        with ThreadPoolExecutor(max_workers=1) as pool:
            sent = pool.submit(terminate)
            yield
        sent.result()
    finally:
        signal.signal(signal.SIGTERM, before)


def test_the_command_keeps_on_and_ends_with_0_on_sigterm(
    scripted: Any, answer: Any, directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    worker = scripted(answer(503, {"message": "starting"}))
    options = ["--connect", worker.url, "--connectors", str(directory), "--metrics-port", "0"]
    with terminated_when(lambda: bool(worker.asked)), pytest.raises(SystemExit) as ended:
        main(["reconcile", *options])
    said = capsys.readouterr().out.splitlines()
    assert ended.value.code == 0
    assert said[0].startswith("metrics and health on port ")
    assert "error: Connect does not answer: " in said[1]
    assert "answered 503: starting" in said[1], "the SIGTERM ended the repetitions, not only the sleep"
    assert said[-1] == "stopped"


def test_in_a_pod_the_command_writes_events_and_looks_at_the_workers(
    scripted: Any,
    answer: Any,
    directory: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worker = scripted(answer(200, infos(NAME)), answer(200, statuses(NAME)))
    worker.script *= 50
    monkeypatch.setenv("POD_NAME", "operations-x")
    token = tmp_path_factory.mktemp("account")
    with fake_api_server() as server:
        monkeypatch.setattr(KubernetesApi, "in_cluster", lambda *_: server.api(token))
        options = ["--connect", worker.url, "--connectors", str(directory), "--workers-selector", "a=b"]
        with terminated_when(lambda: len(server.events) == 2), pytest.raises(SystemExit) as ended:
            main(["reconcile", *options])
    assert ended.value.code == 0
    assert server.selectors[0] == "a=b"
    assert [event["reason"] for event in server.events.values()] == ["NoWorkers", "Running"]
    assert {event["regarding"]["name"] for event in server.events.values()} == {"operations-x"}


def test_a_stop_is_heard_within_the_grace_of_the_pod() -> None:
    """What can still run then is one call to Connect, and one to the API server that was under way."""
    assert CALL_SECONDS + TIMEOUT_SECONDS < OPERATIONS_GRACE_SECONDS


def test_a_port_that_is_taken_is_bad_input(directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("", 0)) as taken:
        port = str(taken.getsockname()[1])
        options = ["--connect", "http://127.0.0.1:1", "--connectors", str(directory), "--metrics-port", port]
        with pytest.raises(SystemExit) as ended:
            main(["reconcile", *options])
    assert ended.value.code == 2
    assert f"--metrics-port {port}: Address already in use" in capsys.readouterr().err


def test_connectors_that_do_not_run_in_time_fail_the_command(
    scripted: Any, answer: Any, directory: Path
) -> None:
    worker = scripted(answer(200, infos(NAME)), answer(200, {}))
    worker.script *= 50
    options = ["--connect", worker.url, "--connectors", str(directory), "--wait", "1"]
    with pytest.raises(SystemExit) as ended:
        main(["reconcile", *options])
    assert ended.value.code == 1


def test_an_answer_without_a_message_is_shown_by_its_status(scripted: Any, answer: Any) -> None:
    health = ConnectClient([scripted(answer(503, b"")).url]).health()
    assert (health.code, health.message) == (503, httpx.codes.get_reason_phrase(503))
