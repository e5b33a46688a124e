"""The tasks of a service counted and changed, on the emulated account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from operations.migration.fleets import EcsFleet, FleetError

Client = Callable[..., Any]


@pytest.fixture
def ecs(client: Client) -> Any:
    return client("ecs")


@pytest.fixture
def fleet(ecs: Any, name: str) -> EcsFleet:
    """A service of two tasks, which moto counts as running from the first change on."""
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(
        family=name, containerDefinitions=[{"name": "connect", "image": "connect", "memory": 128}]
    )
    ecs.create_service(cluster=name, serviceName="worker", taskDefinition=name, desiredCount=0)
    made = EcsFleet(ecs, name, "worker", url="http://connect:8083", seconds=5, poll_seconds=0.05)
    made.set_count(2)
    return made


def test_tasks_leave_one_at_a_time_and_come_back(ecs: Any, fleet: EcsFleet, name: str) -> None:
    counts = []
    for count in (1, 0, 2):
        fleet.set_count(count)
        counts.append(fleet.count())
    assert counts == [1, 0, 2]
    (service,) = ecs.describe_services(cluster=name, services=["worker"])["services"]
    assert service["desiredCount"] == 2


def test_asking_again_changes_nothing(ecs: Any, fleet: EcsFleet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ecs, "update_service", lambda **_: pytest.fail("there is nothing to change"))
    fleet.set_count(2)
    assert fleet.count() == 2


def test_tasks_that_do_not_come_are_said_with_their_number(ecs: Any, name: str) -> None:
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(
        family=name, containerDefinitions=[{"name": "connect", "image": "connect", "memory": 128}]
    )
    ecs.create_service(cluster=name, serviceName="worker", taskDefinition=name, desiredCount=2)
    fleet = EcsFleet(ecs, name, "worker", url="http://connect:8083", seconds=0.1, poll_seconds=0.05)
    with pytest.raises(FleetError, match=f"{name}/worker: 0 run after 0 s; asked for 2"):
        fleet.set_count(2)


def test_a_service_that_is_not_there_is_said(ecs: Any, fleet: EcsFleet, name: str) -> None:
    with pytest.raises(FleetError, match="there is no such service; expected that of stack ecs-runtime-R"):
        EcsFleet(ecs, name, "other", url="http://connect:8083").count()
    with pytest.raises(FleetError, match=r"describe_services: .*not found"):
        EcsFleet(ecs, f"{name}-other", "worker", url="http://connect:8083").count()
    assert fleet.urls() == ("http://connect:8083",)
