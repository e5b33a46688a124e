"""What goes wrong beside a running Connect, and that the reconciler says so or gets over it."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from localcloud.kafka.cluster import LocalKafkaCluster
from localcloud.workers import localize
from localcloud.workers.worker import WORKER_FLAGS
from operations.connect.client import ConnectClient
from operations.connect.connector_flows import load_flows
from operations.connect.connectors import Create
from operations.probe.probe import Probe
from operations.probe.publish import Gauges
from operations.probe.view import ProbeView
from operations.reconciler.conditions import Level
from operations.reconciler.reconcile import Reconciler
from operations.reconciler.stack_traces import cause_in_log
from operations.verification.production import Load
from operations.verification.verify import verify
from tests.e2e.operations.conftest import ENVIRONMENT, FLOW, SOURCE, TARGET, Mirror, config, write
from tests.e2e.operations.proxy import Trouble, troubled
from tests.e2e.operations.test_probe import bootstraps
from tests.e2e.waiting import wait_until
from topology.kafka.java_properties import parse_properties, render_properties
from topology.kubernetes.pods import MAIN_CLASS
from topology.observability.metrics import Publisher
from topology.replication.worker_files import LOG_FILE, PROPERTIES_FILE, TERMINATION_LOG, worker_files

pytestmark = pytest.mark.kafka

NAME = f"{FLOW}-source"
SEEN = (AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)


@contextmanager
def only(cluster: LocalKafkaCluster, topic: str, *operations: AclOperation) -> Iterator[None]:
    """Meanwhile nobody may do anything else with a topic. The brokers of these tests let everybody do what no
    rule is about (conftest), and the clients of all have no name."""
    any_permission = (ResourceType.TOPIC, topic, ResourcePatternType.LITERAL, "User:ANONYMOUS", "*")
    rules = [AclBinding(*any_permission, operation, AclPermissionType.ALLOW) for operation in operations]
    for made in cluster.admin.create_acls(rules).values():
        made.result()
    yield
    everything = AclBindingFilter(*any_permission, AclOperation.ANY, AclPermissionType.ANY)
    for gone in cluster.admin.delete_acls([everything]).values():
        gone.result()


def produce(mirror: Mirror, topic: str) -> None:
    """A record at the source."""
    producer = mirror.cluster(SOURCE).producer({})
    producer.produce(topic, b"a record")
    assert producer.flush(10) == 0


@contextmanager
def probe(
    mirror: Mirror, connect: ConnectClient, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Reconciler, Probe, Gauges]]:
    """A probe that is looked through and a reconciler that asks it; a topic may stand still for 3 s."""
    monkeypatch.setattr("operations.probe.watch.PATIENCE_SECONDS", 3.0)
    monkeypatch.setattr("operations.kafka.partitions.REQUEST_SECONDS", 3.0)
    monkeypatch.setattr("operations.probe.heartbeats.REQUEST_SECONDS", 3.0)
    gauges = Gauges()
    flows = load_flows(directory, bootstraps(mirror))
    own = Publisher("msk-mirror", "local")
    with gauges.served(0, "127.0.0.1") as port, Probe(flows, connect, own, threading.Event()) as looking:
        view = ProbeView(f"http://127.0.0.1:{port}")
        yield Reconciler(connect, directory, witnesses=[view]), looking, gauges


def test_a_topic_that_may_not_be_read_is_named_though_every_task_runs(
    mirror: Mirror, connect: ConnectClient, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MirrorSourceTask.poll swallows the TopicAuthorizationException."""
    flow = mirror.flow("demo.unreadable", partitions=1)
    alone = {"topics": flow.topic, "heartbeats__replication__enabled": "false"}
    write(directory, NAME, config(**alone, refresh__topics__interval__seconds="1"))
    assert Reconciler(connect, directory).settle(60).settled
    with (
        only(mirror.clusters[SOURCE], flow.topic, *SEEN, AclOperation.WRITE),
        probe(mirror, connect, directory, monkeypatch) as (reconciler, looking, gauges),
    ):

        def named() -> bool:
            produce(mirror, flow.topic)
            gauges.show(looking.sample())
            report = reconciler.run_once()
            stalled = [one for one in report.conditions if one.reason == "Stalled"]
            return any("no record of demo.unreadable crosses" in one.message for one in stalled)

        wait_until(named, 40, "it is said", lambda: reconciler.last and reconciler.last.lines())
        assert reconciler.last is not None
        assert {task.state for task in reconciler.last.connectors[NAME].tasks} == {"RUNNING"}
        assert reconciler.last.failed, "the pod is not ready"
    with probe(mirror, connect, directory, monkeypatch) as (reconciler, looking, gauges):
        assert verify([flow], Load(count=3, rate=3))[0].lost == 0
        gauges.show(looking.sample())
        assert not reconciler.run_once().failed


def test_a_topic_that_may_not_be_written_fails_the_task_with_its_name(
    mirror: Mirror, connect: ConnectClient, directory: Path
) -> None:
    flow = mirror.flow("demo.unwritable", partitions=1)
    write(directory, NAME, config(topics=flow.topic, heartbeats__replication__enabled="false"))
    reconciler = Reconciler(connect, directory)
    assert reconciler.settle(60).settled
    with only(mirror.clusters[TARGET], flow.mirrored_topic, *SEEN):
        produce(mirror, flow.topic)

        def said() -> bool:
            words = [one.message for one in reconciler.run_once().conditions]
            return any(
                f"TopicAuthorizationException: Not authorized to access topics: [{flow.mirrored_topic}]"
                " (the IAM role lacks kafka-cluster actions on these topics)" in one
                for one in words
            )

        def shown() -> object:
            return reconciler.last and reconciler.last.lines()

        wait_until(said, 60, "it is said", shown)
        # a pass that restarts the task warns; between restarts it is an error
        wait_until(lambda: reconciler.run_once().failed, 120, "it fails while the task rests", shown)


def test_a_wrong_source_address_is_an_error_that_names_it(
    mirror: Mirror, connect: ConnectClient, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Connect says nothing for a minute, and then that the connector runs without a task."""
    write(directory, NAME, config(**{"source.cluster.bootstrap.servers": "127.0.0.1:1"}))
    with probe(mirror, connect, directory, monkeypatch) as (reconciler, looking, gauges):
        gauges.show(looking.sample())

        def said() -> bool:
            report = reconciler.run_once()
            found = next((one for one in report.conditions if one.reason == "SourceUnreachable"), None)
            return found is not None and found.level is Level.ERROR and "127.0.0.1:1" in found.message

        wait_until(said, 30, "it is said", lambda: reconciler.last and reconciler.last.lines())


@pytest.mark.usefixtures("connect")
def test_a_pass_gets_over_a_rebalance_a_late_answer_and_one_that_is_lost(
    mirror: Mirror, directory: Path
) -> None:
    for kind in ("checkpoint", "heartbeat"):
        write(directory, f"{FLOW}-{kind}", config(kind))
    late = Trouble("GET", delay=1.5)
    rebalance, lost = Trouble("PUT", status=409), Trouble("PUT", cut=True)
    with (
        troubled(mirror.urls[0], late, rebalance, rebalance, lost) as worker,
        ConnectClient([worker.url], timeout=1.0, deadline=30) as client,
    ):
        report = Reconciler(client, directory).run_once()
        assert worker.coming == []
        assert {str(action) for action in report.actions} == {
            f"create {FLOW}-{kind}" for kind in ("checkpoint", "heartbeat")
        }
        assert "ConnectUnavailable" not in {one.reason for one in report.conditions}
        puts = [one for one in worker.asked if one.startswith("PUT")]
        assert len(puts) >= 5, "two refused, one whose answer was lost, and both that counted"
        assert Reconciler(client, directory).settle(60).settled


@pytest.mark.usefixtures("connect")
def test_a_worker_that_is_killed_in_a_pass_leaves_the_rest_to_the_other(
    mirror: Mirror, directory: Path
) -> None:
    for kind in ("checkpoint", "heartbeat"):
        write(directory, f"{FLOW}-{kind}", config(kind))
    first, second = mirror.workers
    killed = Trouble("PUT", cut=True, then=first.kill)
    with (
        troubled(first.rest_url, killed) as proxy,
        ConnectClient([proxy.url, second.rest_url], timeout=10, deadline=60) as client,
    ):
        report = Reconciler(client, directory).run_once()
    assert {action.spec.name for action in report.actions if isinstance(action, Create)} == {
        f"{FLOW}-checkpoint",
        f"{FLOW}-heartbeat",
    }
    mirror.workers[0] = mirror.start_worker(0)
    mirror.workers[0].wait_ready()
    with mirror.client() as client:
        settled = Reconciler(client, directory).settle(60)
    assert settled.settled, settled.lines()
    assert settled.actions == (), "both are there, once"


def test_a_worker_that_gives_up_leaves_the_reason_where_the_kubelet_looks(
    mirror: Mirror, tmp_path: Path
) -> None:
    """With the logging of the ConfigMap; the kubelet reads the file into the pod's status."""
    last_words = tmp_path / "termination-log"
    files = worker_files(ENVIRONMENT, TARGET)
    (tmp_path / LOG_FILE).write_text(files[LOG_FILE].replace(TERMINATION_LOG, str(last_words)))
    addresses = {"bootstrap.servers": "b-1.nowhere.invalid:9098"}
    properties = localize(parse_properties(files[PROPERTIES_FILE]), addresses).properties
    (tmp_path / PROPERTIES_FILE).write_text(render_properties(properties))
    command = mirror.sites[TARGET].outside(WORKER_FLAGS, MAIN_CLASS, str(tmp_path / PROPERTIES_FILE))
    logging = f"-Dlog4j2.configurationFile={tmp_path / LOG_FILE}"
    command = [logging if one.startswith("-Dlog4j2") else one for one in command]
    ended = subprocess.run(
        command,
        env={**os.environ, "POD_IP": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2, ended.stdout[-2000:]
    assert "INFO" in ended.stdout
    assert len(last_words.read_text().splitlines()) == 1
    assert cause_in_log(last_words.read_text()) == (
        "ConfigException: No resolvable bootstrap urls given in bootstrap.servers"
        " (the bootstrap address does not resolve: check BOOTSTRAP_<ALIAS>)"
    )
