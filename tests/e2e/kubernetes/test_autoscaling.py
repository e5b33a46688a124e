"""The autoscaler under load: more workers, and back; no apply comes in between."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.kubernetes.stage import Stage
from tests.e2e.waiting import wait_until

FEWEST, MOST = 2, 4
HEAVY = 4000.0
"""Records a second of 1 KiB that cost two workers more than the autoscaler's target."""
AUTOSCALED = {
    "mirrormaker": {
        "replicas": {"min": FEWEST, "max": MOST},
        # The targets are the report's; windows that a test can wait for. When a worker leaves, its tasks
        # start on the others at once, which exceeds the target for two or three measurements of 15 s.
        "autoscaling": {"scale_up_stabilization_seconds": 45, "scale_down_stabilization_seconds": 45},
        "resources": {"cpu_request_millicores": 200},
    }
}


@pytest.mark.timeout(1200)  # the sum of what it waits for, and the rolls
def test_workers_come_under_load_and_go_after_it(stage: Stage) -> None:
    stage.cluster.wait_metrics()
    workload = stage.take(AUTOSCALED)
    with stage.scenario("autoscaler set up") as scenario:
        workload.apply()
        wait_until(lambda: settled(stage), 300, "two workers are enough without load", every=1.0)
        stage.await_running()
        scenario.traffic.await_more()
    with stage.scenario("more workers under load", HEAVY) as scenario:
        scenario.figures["seconds_to_more"] = wait_until(
            lambda: wanted(stage) > FEWEST, 240, "load brings more workers", every=1.0
        )
        assert workload.changes() == []
        before = wanted(stage)
        workload.apply(wait=False)
        assert wanted(stage) >= before
        scenario.traffic.await_more()
    with stage.scenario("fewer workers after load") as scenario:
        scenario.figures["seconds_to_fewest"] = wait_until(
            lambda: settled(stage),
            420,
            "workers go after the load, whatever memory they have used",
            every=1.0,
        )
        stage.await_running()
        scenario.traffic.await_more()
        scenario.figures["memory_percent_of_request"] = use(stage)["memory"]


def autoscaler(stage: Stage) -> dict[str, Any]:
    found: dict[str, Any] = stage.kubectl.get("horizontalpodautoscaler", "mirrormaker2")
    return found


def wanted(stage: Stage) -> int:
    """Replicas that the autoscaler wants."""
    return int(autoscaler(stage)["status"].get("desiredReplicas", 0))


def use(stage: Stage) -> dict[str, float]:
    """Per cent of the request that pods use, by resource; empty while nothing is known."""
    metrics = autoscaler(stage)["status"].get("currentMetrics") or []
    return {
        one["resource"]["name"]: float(one["resource"]["current"].get("averageUtilization", 0))
        for one in metrics
        if one.get("type") == "Resource"
    }


def settled(stage: Stage) -> bool:
    """Whether the fewest workers run and their use is known to be below the targets."""
    known = use(stage)
    return (
        wanted(stage) == FEWEST
        and len(stage.pods()) == FEWEST
        and len(stage.ready()) == FEWEST
        and known.get("cpu", 100) < 70
        and known.get("memory", 100) < 80
    )
