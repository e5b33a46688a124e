"""Pods counted and changed through the API, and an autoscaler that must not bring them back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from operations.migration.fleets import FleetError, KubernetesFleet
from tests.unit.operations.kubernetes.api_server import NAMESPACE, fake_api_server

DEPLOYMENT = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/mirrormaker2"
SCALER = f"/apis/autoscaling/v2/namespaces/{NAMESPACE}/horizontalpodautoscalers/mirrormaker2"


@dataclass
class Workload:
    """A Deployment whose pods are there at once, unless `stuck`."""

    replicas: int = 4
    bounds: dict[str, int] | None = field(default_factory=lambda: {"minReplicas": 2, "maxReplicas": 6})
    stuck: bool = False
    patched: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, _: Any, body: Any) -> tuple[int, Any]:
        if method == "PATCH":
            self.patched.append(path.rpartition("/")[2])
        if path == SCALER and self.bounds is not None:
            self.bounds |= body["spec"] if method == "PATCH" else {}
            return 200, {"spec": self.bounds}
        if path == f"{DEPLOYMENT}/scale" and method == "PATCH":
            self.replicas = body["spec"]["replicas"]
            return 200, body
        if path == DEPLOYMENT:
            ready = 0 if self.stuck else self.replicas
            status = {"replicas": self.replicas, "readyReplicas": ready}
            return 200, {"spec": {"replicas": self.replicas}, "status": status}
        return 404, {"message": "not found"}


@pytest.fixture
def workload() -> Workload:
    return Workload()


@pytest.fixture
def fleet(workload: Workload, tmp_path: Path) -> Iterator[KubernetesFleet]:
    with fake_api_server() as server, server.api(tmp_path) as api:
        server.answer = workload.answer  # type: ignore[method-assign, assignment]
        yield KubernetesFleet(api, "mirrormaker2", url="http://m:8083", seconds=0.3, poll_seconds=0.05)


def test_pods_leave_one_at_a_time_and_the_autoscaler_follows(
    workload: Workload, fleet: KubernetesFleet
) -> None:
    for count, bounds in ((3, (2, 3)), (1, (1, 1)), (0, (1, 1))):
        fleet.set_count(count)
        assert fleet.count() == count
        assert workload.bounds is not None
        assert (workload.bounds["minReplicas"], workload.bounds["maxReplicas"]) == bounds


def test_more_pods_leave_the_autoscaler_its_most(workload: Workload, fleet: KubernetesFleet) -> None:
    fleet.set_count(5)
    assert (fleet.count(), workload.bounds) == (5, {"minReplicas": 2, "maxReplicas": 6})
    assert workload.patched == ["scale"]


def test_asking_again_changes_nothing(workload: Workload, fleet: KubernetesFleet) -> None:
    fleet.set_count(4)
    assert workload.patched == []


def test_without_an_autoscaler_the_pods_change_alone(workload: Workload, fleet: KubernetesFleet) -> None:
    workload.bounds = None
    fleet.set_count(1)
    assert (fleet.count(), workload.patched) == (1, ["scale"])


def test_pods_that_are_not_ready_in_time_are_said(workload: Workload, fleet: KubernetesFleet) -> None:
    workload.stuck = True
    with pytest.raises(FleetError, match=r"mirrormaker2: 0 run after 0 s; asked for 5"):
        fleet.set_count(5)


def test_no_deployment_has_no_pods_and_can_not_be_scaled(tmp_path: Path) -> None:
    with fake_api_server() as server, server.api(tmp_path) as api:
        fleet = KubernetesFleet(api, "other", url="http://m:8083")
        assert fleet.count() == 0
        with pytest.raises(FleetError, match="answered 404"):
            fleet.set_count(1)
