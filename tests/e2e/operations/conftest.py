"""Two real brokers, the WAN between them and two Connect workers beside the target, for the whole session.

The workers and connectors are those of the `local` environment, as the stack would give them to the pods.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from localcloud.kafka.cluster import LocalKafkaCluster, start_clusters
from localcloud.kafka.site import Site
from localcloud.wan import Wan
from localcloud.workers import ConnectWorker, bootstrap_environment, localize
from operations.connect.client import ConnectClient
from operations.kafka.clusters import Cluster
from operations.verification.verify import VerifiedFlow
from tests.e2e.waiting import wait_until
from tests.localcloud.kafka.running import AUTHORIZER, sites
from topology import load_environment
from topology.kafka.broker_properties import server_properties
from topology.kafka.java_properties import render_properties
from topology.replication.connectors import connectors, worker_properties

SOURCE, TARGET = "us-east-1", "us-west-2"
FLOW = f"{SOURCE}-to-{TARGET}"


ENVIRONMENT = load_environment("local")


@dataclass
class Mirror:
    """What runs, and how operations reaches it."""

    sites: Mapping[str, Site]
    clusters: Mapping[str, LocalKafkaCluster]
    workers: list[ConnectWorker]

    @property
    def urls(self) -> list[str]:
        return [worker.rest_url for worker in self.workers]

    def client(self, deadline: float = 60.0) -> ConnectClient:
        return ConnectClient(self.urls, deadline=deadline)

    def cluster(self, region: str) -> Cluster:
        return Cluster(region, self.clusters[region].bootstrap)

    def flow(self, topic: str, partitions: int = 3) -> VerifiedFlow:
        """A new topic on the source, as the flow that is to carry it."""
        self.clusters[SOURCE].create_topics({topic: partitions})
        return VerifiedFlow(self.cluster(SOURCE), self.cluster(TARGET), topic, f"{SOURCE}.{topic}")

    def start_worker(self, number: int) -> ConnectWorker:
        site = self.sites[TARGET]
        addresses = bootstrap_environment(site.wan, TARGET, {SOURCE: SOURCE, TARGET: TARGET})
        text = render_properties(worker_properties(ENVIRONMENT, TARGET))
        return ConnectWorker.start(site, text, addresses, number)


@pytest.fixture(scope="session")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mirror]:
    """Running brokers and workers, no connectors."""
    with Wan.start([SOURCE, TARGET]) as wan:
        places = sites(wan, tmp_path_factory.mktemp("mirror"))
        servers = {region: server_properties(ENVIRONMENT, region) | AUTHORIZER for region in places}
        running = Mirror(places, start_clusters(list(places.values()), servers), [])
        running.workers += [running.start_worker(number) for number in (0, 1)]
        for worker in running.workers:
            worker.wait_ready()
        yield running
        for worker in running.workers:
            worker.stop()
        for cluster in running.clusters.values():
            cluster.stop()


@pytest.fixture
def connect(mirror: Mirror) -> Iterator[ConnectClient]:
    """A client of the workers; what a test made is deleted with it."""
    with mirror.client() as client:
        yield client
        for name in client.connectors():
            client.delete(name)
        wait_until(lambda: not client.connectors(), 30, "the workers know that the connectors are gone")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """An empty directory of connectors."""
    path = tmp_path / "connectors"
    path.mkdir()
    return path


def config(kind: str = "source", **changes: str) -> dict[str, str]:
    """The config of the flow's connector of a kind; `tasks__max="1"` sets tasks.max."""
    given = localize(connectors(ENVIRONMENT, TARGET)[f"{FLOW}-{kind}"]).properties
    return {**given, **{key.replace("__", "."): value for key, value in changes.items()}}


def write(directory: Path, name: str, properties: Mapping[str, str]) -> None:
    """A connector as the ConfigMap has it."""
    content = {"name": name, "config": {**properties, "name": name}}
    (directory / f"{name}.json").write_text(json.dumps(content))


def end_with_children(process: subprocess.Popen[str]) -> None:
    """SIGKILL to a process and everything below it; nothing when it has ended."""
    if process.poll() is not None:
        return
    found = [process.pid]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=30)
