"""Another environment comes to the cluster and goes again, while records of the first one cross.

One broker a region stands for the MSK clusters of both: each environment has its own in an account. So that
they have nothing in common there, either, the other one has another environment name and other topics.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from tests.e2e.kubernetes.stage import SOURCE, Stage, workload_of
from topology.loading import load_environment
from topology.side_by_side.collisions import collisions

TOPIC = "neighbour.numbered"
NEIGHBOUR: Mapping[str, Any] = {
    "project": "neighbour",
    "environment": "other",
    "flows": [
        {
            "active_active": True,
            "topics": {"include": ["neighbour.*"]},
            "groups": {"include": ["{source}.*"]},
            "refresh_topics_interval_seconds": 5,
            "checkpoints": {"interval_seconds": 5, "sync_interval_seconds": 5},
        }
    ],
    "mirrormaker": {"namespace": "neighbour", "replicas": {"min": 1, "max": 1}},
    "regions": {region: {"eks": {"owns_cluster_services": False}} for region in ("us-east-1", "us-west-2")},
}


def beside(stage: Stage) -> Stage:
    """The neighbour, not deployed yet."""
    directory = stage.directory / "neighbour"
    workload = workload_of(stage.cluster, stage.kafka, directory, NEIGHBOUR)
    return Stage(stage.wan, stage.kafka, stage.cluster, directory, stage.report, workload, TOPIC)


def test_a_neighbour_comes_and_goes_and_the_workload_is_untouched(stage: Stage) -> None:
    neighbour = beside(stage)
    one, other = (load_environment(where.directory / "environment.yaml") for where in (stage, neighbour))
    assert collisions(one, other) == ()
    before, pods = stage.written(), set(stage.ready())
    with stage.scenario("another environment deployed and destroyed") as scenario:
        scenario.traffic.await_more()
        stage.kafka[SOURCE].create_topics({TOPIC: 3})
        began = time.monotonic()
        neighbour.workload.apply()
        neighbour.await_running()
        scenario.figures["seconds_to_connectors"] = time.monotonic() - began
        with neighbour.scenario("records of another environment on the cluster") as others:
            others.traffic.await_more()
        assert (stage.workload.changes(), neighbour.workload.changes()) == ([], [])
        assert not names(stage) & names(neighbour)
        neighbour.workload.delete()
        assert neighbour.workload.namespace not in namespaces(stage)
        stage.await_running()
        scenario.traffic.await_more()
    assert set(stage.ready()) == pods
    assert set(stage.restarts().values()) == {0}
    assert stage.written() == before


def names(stage: Stage) -> set[tuple[str, str, str]]:
    """Kind, namespace and name of every object of the workload."""
    return {
        (one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"])
        for one in stage.workload.objects
    }


def namespaces(stage: Stage) -> set[str]:
    return {one["metadata"]["name"] for one in stage.cluster.kubectl.get("namespaces")}
