"""The probe as its pod runs it, beside real workers: it publishes what happens, also when nothing does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from localcloud.aws.server import EmulatedAws, start_emulated_aws
from localcloud.workers import ConnectWorker, bootstrap_environment, localize
from operations.connect.client import ConnectClient
from operations.kafka.clusters import Cluster
from operations.probe.probe import run_probe
from operations.reconciler.reconcile import Reconciler
from operations.verification.production import Load, Production
from tests.e2e.operations.conftest import ENVIRONMENT, FLOW, SOURCE, TARGET, Mirror, config, write
from tests.e2e.waiting import wait_until
from topology.kafka.java_properties import render_properties
from topology.observability.metrics import METRICS, PROBE_NAMESPACE, Publisher
from topology.replication.connectors import connectors, worker_properties

pytestmark = pytest.mark.kafka

PUBLISHED = {known.name for known in METRICS if known.source == "probe"}
PROGRAM = "import json, sys; from pathlib import Path; from operations.probe.probe import run_probe; " + (
    "from topology.observability.metrics import Publisher; "
    "given = json.loads(sys.argv[1]); "
    "run_probe(given.pop('urls'), Path(given.pop('directory')), Publisher('msk-mirror', 'local'), "
    "'us-west-2', **given)"
)
LOCAL = Publisher("msk-mirror", "local")


@dataclass
class RunningProbe:
    """A probe as a process; `lines` are what it has said so far."""

    process: subprocess.Popen[str]
    lines: list[dict[str, Any]] = field(default_factory=list)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(json.loads(line))

    def said(self, condition: Callable[[dict[str, Any]], bool]) -> bool:
        return any(condition(line) for line in self.lines)

    def last(self, name: str) -> float | None:
        return self.lines[-1].get(name) if self.lines else None

    def total(self, name: str) -> int:
        return int(sum(line.get(name, 0) for line in self.lines))

    def forget(self) -> None:
        """From here on only what comes next counts; the line that is being made was seen before."""
        seen = len(self.lines)
        wait_until(lambda: len(self.lines) > seen, 30, "a line that was begun before")
        del self.lines[: seen + 1]


@pytest.fixture(scope="module")
def heartbeats_at_source(mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the opposite flow's workers do for this one: their heartbeat connector writes to the source."""
    site = mirror.sites[SOURCE]
    addresses = bootstrap_environment(site.wan, SOURCE, {SOURCE: SOURCE, TARGET: TARGET})
    worker = ConnectWorker.start(site, render_properties(worker_properties(ENVIRONMENT, SOURCE)), addresses)
    worker.wait_ready()
    name = f"{TARGET}-to-{SOURCE}-heartbeat"
    directory = tmp_path_factory.mktemp("opposite")
    write(directory, name, localize(connectors(ENVIRONMENT, SOURCE)[name]).properties)
    with ConnectClient([worker.rest_url]) as client:
        assert Reconciler(client, directory).settle(60).settled
    yield
    worker.stop()


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAws]:
    """An account of its own, because a test here ends it."""
    with start_emulated_aws() as account:
        yield account


@pytest.fixture
def topic(mirror: Mirror, connect: ConnectClient, directory: Path, request: pytest.FixtureRequest) -> str:
    """A new topic at the source and the flow's connectors: the source connector, running, replicates it and
    the heartbeats."""
    name = f"demo.{request.node.name.removeprefix('test_').replace('_', '-')}"
    mirror.clusters[SOURCE].create_topics({name: 3})
    write(directory, f"{FLOW}-source", config(topics=name))
    for kind in ("checkpoint", "heartbeat"):
        write(directory, f"{FLOW}-{kind}", config(kind))
    assert Reconciler(connect, directory).settle(60).settled
    return name


def bootstraps(mirror: Mirror) -> dict[str, str]:
    """The addresses for a probe on the host."""
    return {
        f"BOOTSTRAP_{region.upper().replace('-', '_')}": mirror.clusters[region].bootstrap
        for region in (SOURCE, TARGET)
    }


@contextmanager
def probe(mirror: Mirror, aws: EmulatedAws, directory: Path, **options: object) -> Iterator[RunningProbe]:
    given = json.dumps({"urls": mirror.urls, "directory": str(directory), **options})
    running = RunningProbe(
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, given],
            env={**os.environ, **aws.environment(), **bootstraps(mirror)},
            stdout=subprocess.PIPE,
            text=True,
        )
    )
    reader = threading.Thread(target=running.read)
    reader.start()
    try:
        yield running
        running.process.terminate()
        assert running.process.wait(30) == 0, "SIGTERM is an ordinary end"
    finally:
        running.process.kill()
        running.process.wait()
        reader.join()


def produce(mirror: Mirror, topic: str, count: int) -> int:
    """Sends numbered records; gives by how many the topic has grown, which is some more (see Production)."""
    cluster = mirror.clusters[SOURCE]
    before = sum(cluster.end_offsets(topic).values())
    load = Load(count=count, record_bytes=100)
    sent = Production(Cluster(SOURCE, cluster.bootstrap), topic, load, "run").run(threading.Event())
    assert sent.count == count
    return sum(cluster.end_offsets(topic).values()) - before


def published(aws: EmulatedAws) -> dict[str, float]:
    """Sum of what CloudWatch holds of each metric, asked for with the dimensions that alarms ask with."""
    credentials = {"aws_access_key_id": "LOCALCLOUD", "aws_secret_access_key": "localcloud"}
    client = boto3.Session(**credentials).client("cloudwatch", TARGET, endpoint_url=aws.endpoint_url)
    names = {one["MetricName"] for one in client.list_metrics(Namespace=PROBE_NAMESPACE)["Metrics"]}
    known = {one.name: one.dimensions for one in METRICS if one.source == "probe"}
    values = {**LOCAL.dimensions, "Source": SOURCE, "Target": TARGET}
    now = datetime.now(UTC)
    sums = {}
    for name in names:
        points = client.get_metric_statistics(
            Namespace=PROBE_NAMESPACE,
            MetricName=name,
            Dimensions=[{"Name": key, "Value": values[key]} for key in known[name]],
            StartTime=now - timedelta(minutes=10),
            EndTime=now + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        sums[name] = sum(point["Sum"] for point in points)
    return sums


@pytest.mark.usefixtures("heartbeats_at_source")
def test_a_running_a_stopped_and_an_unpublished_flow(
    mirror: Mirror, connect: ConnectClient, aws: EmulatedAws, directory: Path, topic: str
) -> None:
    with probe(mirror, aws, directory, interval_seconds=1) as running:
        wait_until(lambda: running.said(lambda line: "SourceRecords" in line), 30, "a second look")
        sent = produce(mirror, topic, 300)
        see_all_arrive(running, sent)
        latencies = [line["ReplicationLatencyP95"] for line in running.lines if line["heartbeats"]]
        assert min(latencies) >= mirror.sites[TARGET].wan.delay_ms
        assert running.last("RunningTasks") == len(connect.connectors()[f"{FLOW}-source"].tasks) > 0
        wait_until(lambda: published(aws).get("TargetRecords") == sent, 30, "the last look is published")
        assert published(aws).keys() == PUBLISHED
        assert published(aws)["SourceRecords"] == sent

        connect.delete(f"{FLOW}-checkpoint")
        wait_until(lambda: running.last("CheckpointConnectorFailures") == 1, 30, "it is missed")
        assert running.last("HeartbeatConnectorFailures") == 0

        connect.stop(f"{FLOW}-source")
        wait_until(lambda: running.last("RunningTasks") == 0, 30, "no task runs")
        running.forget()
        see_all_wait(running, produce(mirror, topic, 50))

        aws.stop()
        unpublished = "CloudWatch took nothing"
        wait_until(lambda: running.said(lambda line: unpublished in str(line["problems"])), 60, "it says so")
        running.forget()
        wait_until(lambda: running.said(lambda line: "ReplicationLag" in line), 30, "it goes on")


def see_all_arrive(running: RunningProbe, sent: int) -> None:
    wait_until(lambda: running.total("TargetRecords") >= sent, 30, "all have arrived")
    wait_until(lambda: running.said(PUBLISHED.issubset), 30, "a look that sees everything")
    # the workers commit their source offsets each ten seconds
    wait_until(lambda: running.last("ReplicationLag") == 0, 30, "all source offsets are committed")
    assert running.total("SourceRecords") == running.total("TargetRecords") == sent
    for name in ("FailedTasks", "CheckpointConnectorFailures", "HeartbeatConnectorFailures"):
        assert running.last(name) == 0
    assert running.last("ConnectAnswers") == 1
    assert [line["problems"] for line in running.lines if line["problems"]] == []


def see_all_wait(running: RunningProbe, sent: int) -> None:
    wait_until(lambda: running.last("ReplicationLag") == sent, 30, "all of them wait")
    assert running.total("SourceRecords") == sent
    assert running.total("TargetRecords") == 0
    assert not running.said(lambda line: "ReplicationLatencyP95" in line), "no heartbeat, no latency"


def test_what_connect_or_a_cluster_does_not_say_is_left_out_and_the_rest_is_not(
    mirror: Mirror, topic: str, directory: Path, once: Callable[..., list[dict[str, Any]]]
) -> None:
    produce(mirror, topic, 10)
    nowhere = config(source__cluster__alias="nowhere", source__cluster__bootstrap__servers="127.0.0.1:1")
    write(directory, f"nowhere-to-{TARGET}-source", nowhere)

    cut_off, whole, *rest = once(mirror.urls)
    assert rest == []
    assert (cut_off["source"], whole["source"]) == ("nowhere", SOURCE)
    assert cut_off.keys() & PUBLISHED == {*("RunningTasks", "FailedTasks", "TargetRecords", "ConnectAnswers")}
    assert cut_off["RunningTasks"] == 0, "Connect says that there is no such connector"
    assert any("Connect has no connector nowhere-to-" in said for said in cut_off["problems"])
    assert any("cluster nowhere at 127.0.0.1:1: " in said for said in cut_off["problems"])
    assert whole.keys() & PUBLISHED >= PUBLISHED - {"ReplicationLatencyP95"}
    assert (whole["problems"], whole["SourceRecords"]) == ([], 0)

    _, silent = once(["http://127.0.0.1:1"])
    assert silent.keys() & PUBLISHED - {"ReplicationLatencyP95"} == {
        *("SourceRecords", "TargetRecords", "ConnectAnswers")
    }
    assert silent["ConnectAnswers"] == 0
    assert any("/connectors" in said and "no answer" in said for said in silent["problems"])


@pytest.fixture
def once(
    mirror: Mirror, directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[dict[str, Any]]]:
    """One sample with short patience; the account that it publishes to is not there."""
    for name, value in {
        **bootstraps(mirror),
        **EmulatedAws("http://127.0.0.1:1", 0, "").environment(),
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("operations.kafka.partitions.REQUEST_SECONDS", 3.0)
    monkeypatch.setattr("operations.probe.heartbeats.REQUEST_SECONDS", 3.0)
    monkeypatch.setattr("operations.probe.probe.CONNECT_SECONDS", 2.0)

    def sample(urls: list[str]) -> list[dict[str, Any]]:
        run_probe(urls, directory, LOCAL, TARGET, interval_seconds=0.5, once=True)
        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert "CloudWatch took nothing" in lines[-1]["problems"][0]
        return lines[:-1]

    return sample
