"""What deploying does: nothing the second time, and no record is lost when something has changed."""

from __future__ import annotations

from tests.e2e.kubernetes.report import Report
from tests.e2e.kubernetes.stage import CONNECT_IMAGE, Stage
from tests.e2e.waiting import wait_until

NEXT = "4.1.1-next"


def test_a_second_apply_changes_nothing(stage: Stage, report: Report) -> None:
    before = stage.written()
    changed = stage.workload.changes()
    stage.workload.apply()
    again = {name for name, content in stage.written().items() if before.get(name) != content}
    report.second_apply_changes = len(changed) + len(again)
    assert (changed, again) == ([], set())


def test_a_changed_kafka_property_rolls_the_workers(stage: Stage) -> None:
    old_pods = set(stage.ready())
    old_files = set(stage.workload.names("ConfigMap"))
    with stage.scenario("Kafka property changed") as scenario:
        scenario.traffic.await_more()
        workload = stage.take({"mirrormaker": {"worker_properties": {"offset.flush.interval.ms": "5000"}}})
        workload.apply()
        stage.await_running()
        scenario.traffic.await_more()
    assert not old_pods & set(stage.ready())
    gone = old_files - set(workload.names("ConfigMap"))
    assert len(gone) == 1  # the workers' file has changed, the connectors' has not
    assert not gone & {one["metadata"]["name"] for one in stage.kubectl.get("configmap")}


def test_a_new_image_rolls_the_workers_one_by_one(stage: Stage) -> None:
    stage.cluster.tag_image(f"{CONNECT_IMAGE}:4.1.1", f"{CONNECT_IMAGE}:{NEXT}")
    with stage.scenario("image updated") as scenario:
        scenario.traffic.await_more()
        workload = stage.take({"mirrormaker": {"image": {"tag": NEXT}}})
        workload.apply(wait=False)
        fewest = 2

        def rolled() -> bool:
            nonlocal fewest
            fewest = min(fewest, len(stage.ready()))
            return stage.rolled()

        # each look is two kubectl, a core's work when done without a pause: the workers would pause for it
        wait_until(rolled, 300, "the workers are rolled", every=1.0)
        scenario.figures["fewest_ready"] = fewest
        workload.apply()
        stage.await_running()
        scenario.traffic.await_more()
    assert fewest >= 2
    images = {pod["spec"]["containers"][0]["image"] for pod in stage.pods()}
    assert images == {f"{CONNECT_IMAGE}:{NEXT}"}


def test_a_drained_node_keeps_a_worker(stage: Stage) -> None:
    """The cluster has one node, so that the budget must stop the drain once one worker has no place to go."""
    kubectl = stage.cluster.kubectl
    with stage.scenario("node drained") as scenario:
        scenario.traffic.await_more()
        drained = kubectl.run(
            "drain", "node1", "--delete-emptydir-data", "--timeout=20s",
            "--pod-selector=app.kubernetes.io/component=worker",
        )  # fmt: skip
        wait_until(lambda: len(stage.ready()) == 1, 60, "one worker is left")
        stage.await_running()
        scenario.traffic.await_more()
        kubectl("uncordon", "node1")
        scenario.figures["seconds_to_ready"] = stage.await_ready(2)
        stage.await_running()
        scenario.traffic.await_more()
    assert drained.returncode != 0
    assert "violate the pod's disruption budget" in drained.stderr
