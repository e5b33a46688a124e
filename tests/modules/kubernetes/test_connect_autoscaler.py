"""ConnectAutoscaler: autoscaler and disruption budget of the workers."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformStack

from modules.kubernetes.connect_autoscaler import ConnectAutoscaler
from modules.kubernetes.connect_deployment import ConnectDeployment
from tests.modules.kubernetes.workload import LABELS, NAMESPACE, home, namespace
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import resource
from topology.model import Autoscaling, MirrorMaker, Replicas

WORKLOAD = MirrorMaker(
    replicas=Replicas(min=3, max=8),
    autoscaling=Autoscaling(
        cpu_percent=55,
        memory_percent=65,
        scale_up_stabilization_seconds=0,
        scale_down_stabilization_seconds=900,
    ),
)


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        inside = namespace(stack)
        workers = ConnectDeployment(
            stack, "workers", home=home(stack, inside), name="mm2", workload=WORKLOAD, variables={}
        )
        ConnectAutoscaler(
            stack,
            "autoscaler",
            namespace=inside,
            deployment=workers,
            workload=WORKLOAD,
            labels=LABELS,
        )

    return synthesized(build)


@pytest.fixture(scope="module")
def autoscaler(stack: Stack) -> dict[str, Any]:
    return resource(stack, "kubernetes_horizontal_pod_autoscaler_v2", "autoscaler")


def test_the_deployment_is_scaled_within_the_configured_bounds(autoscaler: dict[str, Any]) -> None:
    assert part(autoscaler["spec"], "min_replicas", "max_replicas", "scale_target_ref") == {
        "min_replicas": 3,
        "max_replicas": 8,
        "scale_target_ref": {"api_version": "apps/v1", "kind": "Deployment", "name": "mm2"},
    }
    assert autoscaler["depends_on"] == ["kubernetes_deployment_v1.workers"]


def test_targets_are_percentages_of_the_requests(autoscaler: dict[str, Any]) -> None:
    assert autoscaler["spec"]["metric"] == [
        {
            "type": "Resource",
            "resource": {"name": name, "target": {"type": "Utilization", "average_utilization": percent}},
        }
        for name, percent in (("cpu", 55), ("memory", 65))
    ]


def test_two_workers_a_minute_are_added_and_one_is_removed(autoscaler: dict[str, Any]) -> None:
    """Each one that comes or goes rebalances the tasks."""
    assert autoscaler["spec"]["behavior"] == {
        f"scale_{direction}": [
            {
                "stabilization_window_seconds": seconds,
                "select_policy": "Max",
                "policy": [{"type": "Pods", "value": pods, "period_seconds": 60}],
            }
        ]
        for direction, seconds, pods in (("up", 0, 2), ("down", 900, 1))
    }


def test_a_drain_evicts_one_worker_at_a_time(stack: Stack) -> None:
    budget = resource(stack, "kubernetes_pod_disruption_budget_v1", "autoscaler_disruption")
    assert part(budget, "spec", "depends_on") == {
        "spec": {"max_unavailable": "1", "selector": {"match_labels": {"component": "worker"}}},
        "depends_on": [NAMESPACE],
    }
