"""What the probe takes from Connect, when it looks, and how Prometheus sees it."""

from __future__ import annotations

import re
import threading
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from operations.connect.client import ConnectClient, Connector, Task
from operations.connect.connector_flows import ConnectorFlow
from operations.kafka.clusters import Cluster
from operations.probe.figures import Sample
from operations.probe.heartbeats import HeartbeatReader
from operations.probe.probe import next_due
from operations.probe.publish import CloudWatch, Gauges
from operations.probe.watch import ConnectView, ask_connect, failures
from topology.observability.metrics import Publisher
from topology.replication.replicated_topics import ReplicatedTopics

NAME = "a-to-b-source"
OWN = Publisher("orders", "test")
FLOW = ConnectorFlow(
    NAME,
    Cluster("a", "127.0.0.1:1"),
    Cluster("b", "127.0.0.1:1"),
    ReplicatedTopics("a", "b", re.compile(".*"), re.compile("none")),
)


def view(scripted: Any, *answers: Any) -> ConnectView:
    with ConnectClient([scripted(*answers).url], deadline=0.3) as client:
        (found,) = ask_connect(client, [FLOW])
        return found


def known(answer: Any, *states: str) -> tuple[Any, Any]:
    """Connect's two answers about the connector."""
    tasks = [{"id": number, "state": state} for number, state in enumerate(states)]
    status = {"connector": {"state": "RUNNING"}, "tasks": tasks}
    return answer(body={NAME: {"info": {"config": {}}}}), answer(body={NAME: {"status": status}})


def source_offset(cluster: str, partition: int, offset: int | None) -> dict[str, Any]:
    where = {"cluster": cluster, "topic": "orders", "partition": partition}
    return {"partition": where, "offset": None if offset is None else {"offset": offset}}


def test_tasks_and_source_offsets_of_the_flows_own_source(scripted: Any, answer: Any) -> None:
    offsets = [source_offset("a", 0, 41), source_offset("a", 1, None), source_offset("c", 0, 7)]
    found = view(scripted, *known(answer, "RUNNING", "FAILED"), answer(body={"offsets": offsets}))
    assert found == ConnectView(("RUNNING", "FAILED"), {("orders", 0): 41}, ())


def test_source_offsets_that_connect_does_not_tell_leave_the_tasks(scripted: Any, answer: Any) -> None:
    found = view(scripted, *known(answer, "RUNNING"), answer(500, {"message": "no offsets today"}))
    assert (found.task_states, found.source_offsets) == (("RUNNING",), None)
    assert "no offsets today" in found.problems[0]


def test_a_connector_that_is_not_there_has_no_task(scripted: Any, answer: Any) -> None:
    found = view(scripted, answer(body={}))
    assert found == ConnectView((), None, (f"Connect has no connector {NAME}",))


@pytest.mark.parametrize(
    ("states", "failed"),
    [
        (None, 1),  # Connect does not have it
        (("RUNNING",), 0),  # without consumer groups there is no task
        (("RUNNING", "RUNNING"), 0),
        (("RUNNING", "FAILED"), 1),
        (("FAILED",), 1),
        (("FAILED", "FAILED"), 2),
        (("PAUSED", "PAUSED"), 0),
        (("UNASSIGNED",), 0),
    ],
)
def test_failures_of_a_connector_are_its_own_and_its_tasks(
    states: tuple[str, ...] | None, failed: int
) -> None:
    there = {}
    if states is not None:
        tasks = tuple(Task(number, state, "", "") for number, state in enumerate(states[1:]))
        there["a-to-b-checkpoint"] = Connector("a-to-b-checkpoint", {}, states[0], "", "", tasks)
    assert failures("a-to-b-checkpoint", there) == failed
    assert failures(None, there) is None


def test_a_connect_that_does_not_answer_tells_nothing(scripted: Any, answer: Any) -> None:
    found = view(scripted, answer(503, {"message": "starting"}))
    assert (found.task_states, found.source_offsets, found.answers) == (None, None, False)
    assert "starting" in found.problems[0]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (100.2, 160.0),
        (160.0, 160.0),  # at once
        (175.0, 220.0),  # one was missed
        (400.1, 460.0),
    ],
)
def test_looks_keep_their_rhythm_however_long_one_takes(now: float, due: float) -> None:
    assert next_due(100.0, 60.0, now) == due


def test_prometheus_sees_the_last_look_and_nothing_older() -> None:
    gauges = Gauges()
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    lag = 'msk_mirror_replication_lag{environment="test",project="orders",source="a",target="b"} 7.0'
    tasks = 'msk_mirror_running_tasks{environment="test",project="orders",source="a",target="b"} 2.0'
    with gauges.served(0, "127.0.0.1") as port:

        def page() -> str:
            return httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text

        assert "source=" not in page()
        gauges.show([Sample(moment, OWN, "a", "b", {"replication-lag": 7, "running-tasks": 2})])
        assert lag in page() and tasks in page()
        gauges.show([Sample(moment, OWN, "a", "b", {"replication-lag": 7})])
        assert lag in page() and "msk_mirror_running_tasks{" not in page()
        assert "msk_mirror_probe_last_look_timestamp_seconds" in page()


def test_a_cluster_without_heartbeats_to_read_says_why_and_can_be_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("operations.probe.heartbeats.REQUEST_SECONDS", 0.2)
    stop = threading.Event()
    heartbeats = HeartbeatReader(Cluster("b", "127.0.0.1:1"), "a.heartbeats", stop)
    heartbeats.start()
    deadline = time.monotonic() + 30
    while heartbeats.problem is None and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    heartbeats.join()
    assert heartbeats.problem is not None
    assert heartbeats.problem.startswith("cluster b at 127.0.0.1:1, topic a.heartbeats: ")
    assert heartbeats.drain_ms() == []


def test_an_aws_profile_that_is_not_there_is_bad_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody-has-this-profile")
    with pytest.raises(ValueError, match=r"CloudWatch of us-east-1: .*nobody-has-this-profile"):
        CloudWatch("us-east-1")
