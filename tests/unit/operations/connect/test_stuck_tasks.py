"""A state that should pass and does not: noticed after a minute, forgotten as soon as it passes."""

from __future__ import annotations

from operations.connect.client import Connector, Task
from operations.connect.connectors import ConnectorSpec, Restart, Rouse, plan
from operations.connect.stuck_tasks import OVERDUE_SECONDS, Part, overdue, seen

NAME = "a-to-b-source"
SPEC = ConnectorSpec(NAME, {"connector.class": "X"})


def connector(*tasks: str, state: str = "RUNNING") -> Connector:
    numbered = tuple(Task(number, one) for number, one in enumerate(tasks))
    return Connector(NAME, SPEC.named_config, state, tasks=numbered)


def test_only_what_keeps_its_state_for_long_is_overdue() -> None:
    since = seen({}, [connector("RUNNING", "UNASSIGNED", "RESTARTING", "FAILED")], 100.0)
    assert set(since) == {Part(NAME, 1, "UNASSIGNED"), Part(NAME, 2, "RESTARTING")}
    assert overdue(since, 100.0 + OVERDUE_SECONDS) == frozenset()
    later = seen(since, [connector("RUNNING", "UNASSIGNED", "RUNNING", "FAILED")], 130.0)
    assert overdue(later, 100.1 + OVERDUE_SECONDS) == {Part(NAME, 1, "UNASSIGNED")}


def test_a_part_that_passed_begins_anew() -> None:
    since = seen({}, [connector("UNASSIGNED")], 0.0)
    since = seen(since, [connector("RUNNING")], 10.0)
    since = seen(since, [connector("UNASSIGNED")], 20.0)
    assert overdue(since, OVERDUE_SECONDS + 10.0) == frozenset()


def test_the_connector_itself_can_be_overdue() -> None:
    since = seen({}, [connector("RUNNING", state="UNASSIGNED")], 0.0)
    assert overdue(since, 1000.0) == {Part(NAME, None, "UNASSIGNED")}


def test_the_plan_restarts_overdue_parts_alone_and_failed_ones_first() -> None:
    parts = (
        Part(NAME, None, "RESTARTING"),
        Part(NAME, 0, "UNASSIGNED"),
        Part("c-to-b-source", 0, "UNASSIGNED"),
    )
    actual = {NAME: connector("UNASSIGNED", "RUNNING", state="RESTARTING")}
    (action,) = plan({NAME: SPEC}, actual, overdue=parts[::-1])
    assert action == Rouse(NAME, parts[:2])
    assert str(action) == f"restart {NAME}: the connector RESTARTING, task 0 UNASSIGNED for over 60 s"
    assert plan({NAME: SPEC}, actual, resting={NAME}, overdue=parts) == []
    failed = {NAME: connector("UNASSIGNED", "FAILED")}
    assert plan({NAME: SPEC}, failed, overdue=parts) == [Restart(NAME, connector=False, tasks=(1,))]
