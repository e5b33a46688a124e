"""The reconciler and the client against real Connect workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.connect.client import ConnectClient, ConnectError, Offset
from operations.connect.connectors import Create, Delete, Restart, Update
from operations.reconciler.conditions import Condition, Level
from operations.reconciler.reconcile import Reconciler, Report
from operations.verification.production import Load
from operations.verification.verify import verify
from tests.e2e.operations.conftest import FLOW, SOURCE, Mirror, config, write
from tests.e2e.waiting import wait_until

pytestmark = pytest.mark.kafka

KINDS = ("source", "checkpoint", "heartbeat")


def condition(report: Report, name: str) -> Condition:
    (found,) = [one for one in report.conditions if one.connector == name]
    return found


def state(connect: ConnectClient, name: str) -> str:
    found = connect.connectors().get(name)
    return found.state if found else "missing"


def test_connectors_are_made_kept_changed_and_pruned(
    mirror: Mirror, connect: ConnectClient, directory: Path
) -> None:
    flow = mirror.flow("demo.kept")
    for kind in KINDS:
        write(directory, f"{FLOW}-{kind}", config(kind))
    connect.put_config("someone-elses", config("heartbeat", name="someone-elses"))
    reconciler = Reconciler(connect, directory, prune=True)

    first = reconciler.run_once()
    assert {str(action) for action in first.actions} == {f"create {FLOW}-{kind}" for kind in KINDS}
    settled = reconciler.settle(120)
    assert settled.settled, settled.lines()
    assert all(one.level is Level.OK for one in settled.conditions), settled.lines()
    assert verify([flow], Load(count=100, rate=100))[0].faithful

    assert reconciler.run_once().actions == (), "a second pass changes nothing"

    write(directory, f"{FLOW}-source", config(tasks__max="1"))
    changed = reconciler.run_once()
    assert [type(action) for action in changed.actions] == [Update]
    assert str(changed.actions[0]) == f"update {FLOW}-source: tasks.max"
    wait_until(lambda: len(connect.connectors()[f"{FLOW}-source"].tasks) == 1, 60, "one task is left")
    assert reconciler.settle(60).settled

    (directory / f"{FLOW}-heartbeat.json").unlink()
    kept = Reconciler(connect, directory).run_once()
    assert kept.actions == ()
    assert condition(kept, f"{FLOW}-heartbeat").reason == "NotDesired"
    assert reconciler.run_once().actions == (Delete(f"{FLOW}-heartbeat"),)
    left = {f"{FLOW}-source", f"{FLOW}-checkpoint", "someone-elses"}
    wait_until(
        lambda: connect.connectors().keys() == left, 30, "the pruned one is gone, the foreign one is not"
    )


def test_a_refused_connector_does_not_keep_the_others_from_being_made(
    connect: ConnectClient, directory: Path
) -> None:
    write(directory, f"{FLOW}-checkpoint", config("checkpoint", tasks__max="many"))
    write(directory, f"{FLOW}-heartbeat", config("heartbeat"))
    report = Reconciler(connect, directory).run_once()
    refused = condition(report, f"{FLOW}-checkpoint")
    assert (refused.level, refused.reason) == (Level.ERROR, "Refused")
    assert "Invalid value many for configuration tasks.max" in refused.message
    assert [action.spec.name for action in report.actions if isinstance(action, Create)] == [
        f"{FLOW}-heartbeat"
    ]


def test_failed_tasks_are_restarted_with_a_rest_and_mended_by_a_new_config(
    mirror: Mirror, connect: ConnectClient, directory: Path
) -> None:
    flow = mirror.flow("demo.failing", partitions=1)
    name = f"{FLOW}-source"
    # A record of 1 KiB does not fit a request of 500 bytes: the task fails with RecordTooLargeException.
    alone = {"topics": "demo.failing", "heartbeats__replication__enabled": "false"}
    write(directory, name, config(**alone, producer__override__max__request__size="500"))
    reconciler = Reconciler(connect, directory)
    settled = reconciler.settle(60)
    assert settled.settled, settled.lines()
    assert verify([flow], Load(count=3, rate=3), quiet_seconds=1, settle_seconds=0)[0].lost == 3

    def restarted() -> bool:
        return reconciler.run_once().actions == (Restart(name, False, (0,)),)

    wait_until(restarted, 120, "it is restarted", lambda: connect.connectors()[name])

    def rests() -> bool:
        report = reconciler.run_once()
        assert report.actions == (), "it rests before the next restart"
        return "1 of 1 tasks FAILED: RecordTooLargeException" in condition(report, name).message

    wait_until(rests, 9, "it fails again within its first rest of 10 s")

    write(directory, name, config(**alone))
    assert reconciler.settle(60).settled
    result = verify([flow], Load(count=3, rate=3))[0]
    assert result.faithful, result


def test_no_matching_topic_and_an_unreachable_source_are_said_in_words(
    connect: ConnectClient, directory: Path
) -> None:
    nothing = {"topics": "demo.nothing-of-this-name", "heartbeats__replication__enabled": "false"}
    write(directory, f"{FLOW}-source", config(**nothing))
    unreachable = f"eu-west-1-to-{SOURCE}-source"
    away = {"source.cluster.alias": "eu-west-1", "source.cluster.bootstrap.servers": "127.0.0.1:1"}
    write(directory, unreachable, {**config(), **away})
    report = Reconciler(connect, directory).settle(10)
    empty, missing = condition(report, f"{FLOW}-source"), condition(report, unreachable)
    assert empty.reason == "NoTasks"
    assert "no topic matches topics=demo.nothing-of-this-name" in empty.message
    assert missing.reason in {"NoStatus", "NoTasks"}
    assert "the source cluster eu-west-1 is not reachable" in missing.message
    assert not report.failed, "a condition, not an error"


def test_workers_that_die_are_waited_for_and_then_nothing_is_done_twice(
    mirror: Mirror, connect: ConnectClient, directory: Path
) -> None:
    write(directory, f"{FLOW}-heartbeat", config("heartbeat"))
    assert Reconciler(connect, directory).settle(60).settled
    for worker in mirror.workers:
        worker.kill()
    with mirror.client(deadline=2.0) as hasty:
        report = Reconciler(hasty, directory).run_once()
    (unavailable,) = report.conditions
    assert unavailable.reason == "ConnectUnavailable"
    assert "no answer" in unavailable.message
    mirror.workers[:] = [mirror.start_worker(number) for number in (0, 1)]
    with mirror.client(deadline=120.0) as patient:
        returned = Reconciler(patient, directory)
        assert returned.run_once().actions == ()
        assert returned.settle(60).settled
    for worker in mirror.workers:
        worker.wait_ready()


def test_source_offsets_are_moved_while_a_connector_is_stopped(
    mirror: Mirror, connect: ConnectClient
) -> None:
    mirror.flow("demo.moved", partitions=1)
    name = f"{FLOW}-source"
    connect.create(name, config(topics="demo.moved"), "STOPPED")
    wait_until(lambda: state(connect, name) == "STOPPED", 30, "it is made and does not run")
    partition = {"cluster": SOURCE, "topic": "demo.moved", "partition": 0}
    connect.patch_offsets(name, [Offset(partition, {"offset": 7})])
    assert Offset(partition, {"offset": 7}) in connect.offsets(name)
    connect.delete_offsets(name)
    assert connect.offsets(name) == ()
    with pytest.raises(ConnectError, match=r"409: Connector .* already exists"):
        connect.create(name, config(topics="demo.moved"))
    connect.resume(name)
    wait_until(lambda: state(connect, name) == "RUNNING", 30, "it runs")
    with pytest.raises(ConnectError, match=r"400: .*STOPPED"):
        connect.delete_offsets(name)
    connect.pause(name)
    wait_until(lambda: state(connect, name) == "PAUSED", 30, "it is paused")
    connect.restart(name, only_failed=False)
    connect.stop(name)
    wait_until(lambda: state(connect, name) == "STOPPED", 30, "it is stopped")


def test_workers_say_how_they_are_and_what_they_can_run(connect: ConnectClient) -> None:
    assert connect.await_ready().ready
    classes = {plugin.class_name.rpartition(".")[2] for plugin in connect.plugins()}
    assert {"MirrorSourceConnector", "MirrorCheckpointConnector", "MirrorHeartbeatConnector"} <= classes
    assert connect.validate("MirrorSourceConnector", config()) == {}
    refused = connect.validate("MirrorSourceConnector", config(tasks__max="many"))
    assert "many" in refused["tasks.max"][0]
