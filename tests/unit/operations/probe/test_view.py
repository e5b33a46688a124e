"""What the reconciler says on the probe's word."""

from __future__ import annotations

from typing import Any

import pytest

from operations.connect.client import NO_STATUS, Connector, Task
from operations.probe.publish import Gauges
from operations.probe.view import ProbeView, observe_samples
from operations.reconciler.conditions import Condition, Level
from operations.reconciler.reconcile import Report
from tests.unit.operations.probe.test_figures import SAMPLE

NAME = "a-to-b-source"
GONE = Report((), (Condition("", Level.ERROR, "ConnectUnavailable", "gone"),))


def report(state: str = "RUNNING", tasks: int = 2) -> Report:
    running = tuple(Task(number, "RUNNING") for number in range(tasks))
    return Report((), (), {NAME: Connector(NAME, {}, state, tasks=running)})


def said(report: Report, **sample: Any) -> list[tuple[Level, str, str]]:
    known = {"connector": NAME, "source": "a", "target": "b", "unreachable": {}, "stuck": [], **sample}
    return [(one.level, one.reason, one.message) for one in observe_samples([known], report)]


def test_a_flow_that_goes_is_not_mentioned() -> None:
    assert said(report()) == []


@pytest.mark.parametrize("found", [report(NO_STATUS, 0), report(tasks=0)])
def test_a_source_that_neither_can_reach_is_an_error(found: Report) -> None:
    ((level, reason, message),) = said(found, unreachable={"a": "cluster a at x:1: Failed to resolve"})
    assert (level, reason) == (Level.ERROR, "SourceUnreachable")
    assert "the probe either: cluster a at x:1: Failed to resolve: check the bootstrap address" in message


def test_a_target_that_keeps_connect_from_starting_is_an_error() -> None:
    ((level, reason, message),) = said(GONE, unreachable={"b": "cluster b at x:1: refused"})
    assert (level, reason) == (Level.ERROR, "TargetUnreachable")
    assert "cluster b at x:1: refused" in message


@pytest.mark.parametrize("alias", ["a", "b"])
def test_a_probe_that_alone_sees_nothing_is_a_warning(alias: str) -> None:
    assert said(report(), unreachable={alias: "why"}) == [
        (Level.WARNING, "ProbeBlind", "the probe cannot look: why")
    ]


def test_topics_that_stand_still_are_named_though_all_runs() -> None:
    ((level, reason, message),) = said(report(), stuck=[f"t{number}" for number in range(7)])
    assert (level, reason) == (Level.ERROR, "Stalled")
    assert message.startswith("RUNNING with 2 tasks, and no record of t0, t1, t2, t3, t4 and 2 more topics")
    assert "ReadData" in message


def test_topics_that_the_role_does_not_see_are_named() -> None:
    ((_, _, message),) = said(report(tasks=0), stuck=["hidden"])
    assert "no task, as if there were no such topic, and no record of hidden crosses" in message


@pytest.mark.parametrize("found", [GONE, report("PAUSED"), report("FAILED")])
def test_nothing_is_said_of_topics_where_the_connectors_state_says_it(found: Report) -> None:
    assert said(found, stuck=["t"]) == []


def test_the_words_have_no_counters() -> None:
    first, later = (
        said(report(), unreachable={"a": f"x:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed ({counted})"})
        for counted in (
            "after 0ms in state CONNECT",
            "after 3ms in state CONNECT, 2 identical error(s) suppressed",
        )
    )
    assert first == later
    assert first[0][2].endswith("127.0.0.1:1 failed")


def test_samples_come_from_the_probe_and_none_from_one_that_is_not_there(refusing_url: str) -> None:
    gauges = Gauges()
    with gauges.served(0, "127.0.0.1") as port:
        view = ProbeView(f"http://127.0.0.1:{port}")
        assert view.conditions(report()) == ()
        gauges.show([SAMPLE])
        assert view.conditions(report()) == ()
    assert ProbeView(refusing_url).conditions(report()) == ()
