"""What happens to a running platform: each scenario counts every record of it."""

from __future__ import annotations

import os
import signal

import pytest

from tests.e2e.kubernetes.stage import SOURCE, TARGET, Stage
from tests.e2e.waiting import wait_until
from topology.kubernetes.workload import probes

LIVENESS_FAILURES = probes()["liveness"].failure_threshold + 1


def test_a_killed_worker_process_comes_back(stage: Stage) -> None:
    with stage.scenario("worker SIGKILLed") as scenario:
        scenario.traffic.await_more()
        victim = stage.ready_pods()[0]
        before = stage.restarts()
        os.kill(stage.processes(victim, "java")[0], signal.SIGKILL)
        wait_until(
            lambda: stage.restarts().get(victim["metadata"]["name"], 0) > before[victim["metadata"]["name"]],
            120,
            "the container is started again",
        )
        scenario.figures["seconds_to_ready"] = stage.await_ready(2)
        stage.await_running()
        scenario.traffic.await_more()


@pytest.mark.extended
def test_a_hanging_worker_is_taken_by_the_liveness_probe(stage: Stage) -> None:
    with stage.scenario("worker SIGSTOPped") as scenario:
        scenario.traffic.await_more()
        victim = stage.ready_pods()[-1]
        name = victim["metadata"]["name"]
        before = stage.restarts()[name]
        os.kill(stage.processes(victim, "java")[0], signal.SIGSTOP)
        # three probes, then the whole grace period: a stopped process does not hear SIGTERM
        taken = wait_until(lambda: stage.restarts().get(name, 0) > before, 360, "liveness restarts it")
        scenario.figures["seconds_to_restart"] = taken
        stage.await_ready(2)
        stage.await_running()
        scenario.traffic.await_more()


def test_a_deleted_worker_leaves_in_order(stage: Stage) -> None:
    with stage.scenario("worker pod deleted") as scenario:
        scenario.traffic.await_more()
        name = stage.ready_pods()[0]["metadata"]["name"]
        stage.kubectl("delete", "pod", name, "--wait=false")
        wait_until(lambda: name not in stage.ready(), 60, "the pod is on its way out")
        stage.await_ready(2)
        stage.await_running()
        scenario.traffic.await_more()


def test_a_killed_reconciler_takes_up_where_it_was(stage: Stage) -> None:
    with stage.scenario("reconciler killed") as scenario:
        scenario.traffic.await_more()
        pod = stage.pods("operations")[0]
        before = {one["name"]: one["restartCount"] for one in pod["status"]["containerStatuses"]}
        for pid in stage.processes(pod, "python"):
            os.kill(pid, signal.SIGKILL)
        wait_until(
            lambda: all(
                one["restartCount"] > before[one["name"]]
                for one in stage.pods("operations")[0]["status"]["containerStatuses"]
            ),
            120,
            "both containers are started again",
        )
        stage.await_ready(1, "operations")
        assert stage.all_run()
        scenario.traffic.await_more()


def test_replication_does_not_need_the_api_server(stage: Stage) -> None:
    with stage.scenario("API server restarted") as scenario:
        scenario.traffic.await_more()
        restarts = stage.restarts()
        stage.cluster.restart("kube-apiserver", kill=True)
        scenario.traffic.await_more()
        stage.cluster.wait_ready()
        stage.await_ready(2)
        assert stage.restarts() == restarts
        scenario.traffic.await_more()


def test_healthy_workers_are_not_restarted_while_the_target_broker_is_away(stage: Stage) -> None:
    """/health, which readiness asks, fails then; liveness asks /connectors, which goes on answering."""
    with stage.scenario("target broker away") as scenario:
        scenario.traffic.await_more()
        restarts, probed = stage.restarts(), stage.liveness_successes()
        stage.kafka[TARGET].process.kill()
        scenario.figures["seconds_to_unready"] = wait_until(
            lambda: not stage.ready(), 180, "readiness says that the workers cannot work", every=0.5
        )
        wait_until(
            lambda: all(
                stage.liveness_successes().get(pod, 0.0) >= probed.get(pod, 0.0) + LIVENESS_FAILURES
                for pod in restarts
            ),
            180,
            "liveness would have restarted workers by now, and finds them alive",
            every=1.0,
        )
        stage.kafka[TARGET].restart()
        scenario.traffic.await_more(240)
        scenario.figures["seconds_to_ready"] = stage.await_ready(2)
        stage.await_running()
        assert stage.restarts() == restarts
        scenario.traffic.await_more()


def test_a_killed_source_broker_costs_no_record(stage: Stage) -> None:
    with stage.scenario("source broker SIGKILLed") as scenario:
        scenario.traffic.await_more()
        restarts = stage.restarts()
        stage.kafka[SOURCE].restart(kill=True)
        scenario.traffic.await_more(240)
        stage.await_ready(2)
        stage.await_running()
        assert stage.restarts() == restarts
        scenario.traffic.await_more()
