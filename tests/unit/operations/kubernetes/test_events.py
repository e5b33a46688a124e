"""Conditions as Kubernetes Events: what is written, when it is counted up, and what failures do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from operations.kubernetes.api import Pod
from operations.kubernetes.events import (
    BURST,
    KEPT_SECONDS,
    QUIET_SECONDS,
    REPEAT_SECONDS,
    WAITING_SECONDS,
    Events,
)
from operations.reconciler.conditions import Condition, Level
from tests.unit.operations.kubernetes.api_server import NAMESPACE, FakeApiServer, fake_api_server

FAILED = Condition("a-to-b-source", Level.ERROR, "Failed", "FAILED: why")
RUNNING = Condition("a-to-b-source", Level.OK, "Running", "RUNNING with 1 task")
STARTING = Condition("a-to-b-source", Level.WAITING, "NoStatus", "has reported no state yet")


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def server() -> Iterator[FakeApiServer]:
    with fake_api_server() as fake:
        yield fake


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def events(server: FakeApiServer, tmp_path: Path, clock: Clock, said: list[str]) -> Events:
    pod = Pod(NAMESPACE, "operations-x", "0-1-2")
    return Events(server.api(tmp_path), pod, said.append, clock)


def test_a_condition_is_an_event_of_the_pod(events: Events, server: FakeApiServer) -> None:
    events.report((FAILED,))
    (event,) = server.events.values()
    assert (event["type"], event["reason"], event["action"]) == ("Warning", "Failed", "Reconcile")
    assert event["note"] == "a-to-b-source: FAILED: why"
    assert event["regarding"] == {
        "apiVersion": "v1",
        "kind": "Pod",
        "namespace": NAMESPACE,
        "name": "operations-x",
        "uid": "0-1-2",
    }
    assert event["metadata"]["name"].startswith("operations-x.")
    assert (event["reportingController"], event["reportingInstance"]) == (
        "msk-mirror/reconciler",
        "operations-x",
    )
    assert event["eventTime"].endswith("Z")


def test_what_is_well_is_a_normal_event(events: Events, server: FakeApiServer) -> None:
    events.report((RUNNING,))
    assert [event["type"] for event in server.events.values()] == ["Normal"]


def test_what_stays_is_said_once(events: Events, server: FakeApiServer, clock: Clock) -> None:
    for _ in range(5):
        events.report((FAILED, RUNNING))
        clock.now += 15
    assert len(server.asked) == 2


def test_what_comes_again_is_counted_and_not_written_anew(
    events: Events, server: FakeApiServer, clock: Clock
) -> None:
    for conditions in ((FAILED,), (RUNNING,), (FAILED,), (RUNNING,), (FAILED,)):
        events.report(conditions)
        clock.now += 15
    failed, running = server.events.values()
    assert (failed["series"]["count"], running["series"]["count"]) == (3, 2)
    assert failed["series"]["lastObservedTime"] > failed["eventTime"]


def test_a_problem_that_lasts_is_said_again_before_its_event_is_forgotten(
    events: Events, server: FakeApiServer, clock: Clock
) -> None:
    events.report((FAILED, RUNNING))
    clock.now += REPEAT_SECONDS
    events.report((FAILED, RUNNING))
    assert [event.get("series", {}).get("count") for event in server.events.values()] == [2, None]
    assert REPEAT_SECONDS < KEPT_SECONDS


@pytest.mark.parametrize("forgotten_by", ["clock", "server"])
def test_an_event_that_is_forgotten_is_written_anew(
    events: Events, server: FakeApiServer, clock: Clock, forgotten_by: str
) -> None:
    events.report((FAILED,))
    clock.now += KEPT_SECONDS if forgotten_by == "clock" else 15
    server.events.clear()
    events.report(())
    events.report((FAILED,))
    assert server.notes == ["a-to-b-source: FAILED: why"]


def test_waiting_is_worth_an_event_only_when_it_lasts(
    events: Events, server: FakeApiServer, clock: Clock
) -> None:
    events.report((STARTING,))
    assert server.events == {}
    clock.now += WAITING_SECONDS
    events.report((STARTING,))
    assert [event["type"] for event in server.events.values()] == ["Normal"]


def test_events_are_few_and_the_worst_come_first(events: Events, server: FakeApiServer, clock: Clock) -> None:
    many = [Condition(f"c{number}", Level.OK, "Running", "RUNNING") for number in range(50)]
    events.report((*many, FAILED))
    assert len(server.events) == BURST
    assert server.notes[0] == str(FAILED)
    clock.now += 60
    events.report((*many, FAILED))
    assert len(server.events) == BURST + 4, "the others follow while they hold"


def test_a_refused_event_disturbs_nobody_and_is_written_later(
    events: Events, server: FakeApiServer, clock: Clock, said: list[str]
) -> None:
    server.refusal = 403
    for _ in range(2):
        events.report((FAILED, RUNNING))
        clock.now += QUIET_SECONDS
    assert len(server.asked) == 2, "one attempt, then it is left alone for a while"
    assert said == [
        f"events cannot be written: POST /apis/events.k8s.io/v1/namespaces/{NAMESPACE}/events:"
        " answered 403: you may not"
    ], "said once"
    server.refusal = None
    events.report((FAILED, RUNNING))
    assert len(server.events) == 2


def test_a_note_fits_the_api_servers_limit(events: Events, server: FakeApiServer) -> None:
    events.report((Condition("", Level.ERROR, "Failed", "ä" * 1000),))
    (note,) = server.notes
    assert len(note.encode()) <= 1024
    assert note.endswith("…")
