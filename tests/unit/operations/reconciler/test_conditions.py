"""Conditions in words, rests between restarts, and the reconciler's HTTP face."""

from __future__ import annotations

from http import HTTPStatus

import httpx
import pytest

from operations.connect.client import Connector, Task
from operations.connect.connectors import ConnectorSpec, Restart
from operations.reconciler.conditions import Condition, Level, observe
from operations.reconciler.reconcile import Report
from operations.reconciler.restarts import (
    FIRST_REST_SECONDS,
    LONGEST_REST_SECONDS,
    RestartPause,
    after_pass,
    resting,
)
from operations.reconciler.stack_traces import cause
from operations.reconciler.status import Status, StatusServer

SOURCE = "us-east-1-to-us-west-2-source"
ALIAS = {"source.cluster.alias": "us-east-1"}
TRACE = """org.apache.kafka.connect.errors.ConnectException: stopped
\tat org.apache.kafka.connect.runtime.WorkerSourceTask.run(WorkerSourceTask.java:1)
Caused by: org.apache.kafka.common.errors.TopicAuthorizationException: Not authorized to access topics: [a.t]
"""


def one(name: str, state: str, *task_states: str, trace: str = "", **config: str) -> Condition:
    """The condition of a desired connector in this state."""
    tasks = tuple(Task(number, task, "w", trace) for number, task in enumerate(task_states))
    actual = {name: Connector(name, {**ALIAS, **config}, state, "w", trace, tasks)}
    (condition,) = observe({name: ConnectorSpec(name, {})}, actual)
    return condition


def test_a_source_without_tasks_is_a_warning_that_says_where_to_look() -> None:
    condition = one(SOURCE, "RUNNING", topics="orders.*")
    assert (condition.level, condition.reason) == (Level.WARNING, "NoTasks")
    assert str(condition) == (
        f"{SOURCE}: RUNNING with 0 tasks: the source cluster us-east-1 is not reachable"
        " or no topic matches topics=orders.*"
    )


def test_a_checkpoint_without_groups_is_well() -> None:
    condition = one("a-to-b-checkpoint", "RUNNING")
    assert condition.level is Level.OK
    assert "no consumer group that matches groups=.*" in condition.message


@pytest.mark.parametrize(
    ("states", "level", "reason", "words"),
    [
        (["RUNNING", "RUNNING"], Level.OK, "Running", "RUNNING with 1 task"),
        (["RUNNING", "RUNNING", "RUNNING"], Level.OK, "Running", "RUNNING with 2 tasks"),
        (["RUNNING", "RUNNING", "UNASSIGNED"], Level.WAITING, "TasksNotRunning", "1 UNASSIGNED"),
        (["UNASSIGNED"], Level.WAITING, "NotRunning", "UNASSIGNED"),
        (["NO_STATUS"], Level.WAITING, "NoStatus", "the source cluster us-east-1 is not reachable"),
        (["STOPPED"], Level.WARNING, "Stopped", f"PUT /connectors/{SOURCE}/resume"),
        (["PAUSED", "PAUSED"], Level.WARNING, "Paused", "PAUSED by someone"),
    ],
)
def test_each_state_has_its_words(states: list[str], level: Level, reason: str, words: str) -> None:
    condition = one(SOURCE, *states)
    assert (condition.level, condition.reason) == (level, reason)
    assert words in condition.message


def test_a_heartbeat_without_tasks_is_switched_off() -> None:
    condition = one("a-to-b-heartbeat", "RUNNING")
    assert condition.level is Level.WARNING
    assert "emit.heartbeats.enabled" in condition.message


def test_a_failure_shows_its_innermost_cause_and_a_hint() -> None:
    connector = one(SOURCE, "FAILED", trace=TRACE)
    task = one(SOURCE, "RUNNING", "RUNNING", "FAILED", trace=TRACE)
    expected = (
        "TopicAuthorizationException: Not authorized to access topics: [a.t]"
        " (the IAM role lacks kafka-cluster actions on these topics)"
    )
    assert (connector.reason, connector.message) == ("Failed", f"FAILED: {expected}")
    assert (task.reason, task.message) == ("TasksFailed", f"1 of 2 tasks FAILED: {expected}")


@pytest.mark.parametrize(
    ("trace", "said"), [("", "no trace"), ("a.b.SomeException: x\n\tat y", "SomeException: x")]
)
def test_a_trace_without_a_cause_shows_its_first_line(trace: str, said: str) -> None:
    assert cause(trace) == said


def test_a_connector_that_does_not_exist_yet_is_waited_for() -> None:
    (condition,) = observe({SOURCE: ConnectorSpec(SOURCE, {})}, {})
    assert (condition.level, condition.may_pass) == (Level.WAITING, True)


def test_our_connectors_that_nobody_wants_are_named() -> None:
    actual = {name: Connector(name, {}) for name in (SOURCE, "theirs")}
    (condition,) = observe({}, actual)
    assert (condition.connector, condition.reason) == (SOURCE, "NotDesired")


def test_an_empty_directory_is_an_error_when_pruning() -> None:
    (condition,) = observe({}, {SOURCE: Connector(SOURCE, {})}, prune=True)
    assert (condition.level, condition.reason) == (Level.ERROR, "NothingDesired")


def test_rests_double_up_to_a_minute() -> None:
    history: dict[str, RestartPause] = {}
    now = 0.0
    lengths = []
    for _ in range(9):
        history = after_pass(history, [SOURCE], [SOURCE], now)
        lengths.append(history[SOURCE].seconds)
        assert resting(history, now + lengths[-1] - 1) == {SOURCE}
        now += lengths[-1]
        assert resting(history, now) == frozenset()
    assert lengths[:3] == [FIRST_REST_SECONDS * factor for factor in (1, 2, 4)]
    assert lengths[-1] == lengths[3] == LONGEST_REST_SECONDS


def test_a_connector_that_stays_well_is_forgotten_and_one_that_fails_soon_is_not() -> None:
    history = after_pass({}, [SOURCE], [SOURCE], 0.0)
    assert after_pass(history, [], [], 19.0) == history
    assert after_pass(history, [], [], 20.0) == {}
    assert after_pass(history, [SOURCE], [], 19.0)[SOURCE].restarts == 2


def report(*conditions: Condition, state: str = "RUNNING") -> Report:
    tasks = (Task(0, "RUNNING"), Task(1, "FAILED"))
    return Report(
        (Restart(SOURCE, False, (1,)),),
        conditions,
        {SOURCE: Connector(SOURCE, {}, state, "w", "", tasks), "empty": Connector("empty", {})},
    )


def test_metrics_health_and_readiness_are_served() -> None:
    status = Status(stale_after=60)
    with StatusServer(status, 0, "127.0.0.1") as server:
        get = httpx.Client(base_url=f"http://127.0.0.1:{server.port}").get
        assert get("/healthz").status_code == HTTPStatus.OK
        assert get("/readyz").status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "connector_state" not in get("/metrics").text
        status.update(report(Condition(SOURCE, Level.ERROR, "TasksFailed", "1 of 2 tasks FAILED: why")))
        unready = get("/readyz")
        assert unready.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert f"error: {SOURCE}: 1 of 2 tasks FAILED: why" in unready.text
        status.update(report(Condition(SOURCE, Level.OK, "Running", "RUNNING")))
        assert get("/readyz").status_code == HTTPStatus.OK
        assert get("/").json()["conditions"][0]["reason"] == "Running"
        metrics = get("/metrics").text
        assert get("/nothing").status_code == HTTPStatus.NOT_FOUND
    for line in (
        "msk_mirror_connect_up 1.0",
        f'msk_mirror_connector_state{{connector="{SOURCE}",state="RUNNING"}} 1.0',
        f'msk_mirror_connector_tasks{{connector="{SOURCE}",state="FAILED"}} 1.0',
        'msk_mirror_connector_tasks{connector="empty",state="RUNNING"} 0.0',
        f'msk_mirror_connector_condition{{connector="{SOURCE}",level="ok",reason="Running"}} 1.0',
        'msk_mirror_reconcile_passes_total{outcome="failed"} 1.0',
        'msk_mirror_reconcile_actions_total{action="restart"} 2.0',
    ):
        assert line in metrics.splitlines(), metrics


def test_the_pod_gets_ready_when_all_runs_and_stays_so_while_something_is_waited_for() -> None:
    """A deploy waits for the first; the second is a rebalance."""
    status = Status(stale_after=60)
    starting = report(Condition(SOURCE, Level.WAITING, "NoStatus", "has reported no state yet"))
    status.update(starting)
    assert status.ready() == (False, "\n".join(starting.lines()))
    status.update(report(Condition(SOURCE, Level.WARNING, "NoTasks", "no topic matches")))
    assert status.ready()[0], "a source without topics keeps nobody waiting"
    status.update(starting)
    assert status.ready()[0]


def test_a_loop_that_hangs_is_unhealthy() -> None:
    healthy, words = Status(stale_after=-1).healthy()
    assert not healthy
    assert "hung after" in words


def test_connect_that_does_not_answer_is_not_up() -> None:
    status = Status(stale_after=60)
    status.update(Report((), (Condition("", Level.ERROR, "ConnectUnavailable", "no answer"),)))
    (up,) = [
        sample.value
        for metric in status.collect()
        for sample in metric.samples
        if sample.name.endswith("_up")
    ]
    assert up == 0
