"""Two brokers, a dedicated MirrorMaker and a worker of ours, of which one at a time carries the flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from localcloud.kafka.cluster import LocalKafkaCluster, start_clusters
from localcloud.kafka.site import Site
from localcloud.server_process import stop_together
from localcloud.wan import Wan
from localcloud.workers import (
    ConnectWorker,
    DedicatedMirrorMaker,
    bootstrap_environment,
    dedicated_properties,
    localize,
)
from operations.connect.client import ConnectClient
from operations.kafka.clusters import Cluster
from operations.migration.dedicated import DedicatedOffsets
from operations.verification.verify import VerifiedFlow
from tests.localcloud.kafka.running import sites
from topology import load_environment
from topology.kafka.broker_properties import server_properties
from topology.kafka.java_properties import render_properties
from topology.replication.connectors import connectors, worker_properties
from topology.replication.flows import flows_into

__all__ = ["CONNECTORS", "ENVIRONMENT", "SOURCE", "SOURCE_CONNECTOR", "TARGET", "Stage", "staged"]

SOURCE, TARGET = "us-east-1", "us-west-2"
ENVIRONMENT = load_environment("local")
CONNECTORS = connectors(ENVIRONMENT, TARGET)
SOURCE_CONNECTOR = f"{SOURCE}-to-{TARGET}-source"
RUNNING_SECONDS = 180.0


@dataclass
class Stage:
    """What runs; only the tests start and end the two runtimes."""

    sites: Mapping[str, Site]
    clusters: Mapping[str, LocalKafkaCluster]
    dedicated: DedicatedMirrorMaker | None = None
    worker: ConnectWorker | None = None

    def cluster(self, region: str) -> Cluster:
        return Cluster(region, self.clusters[region].bootstrap)

    def flow(self, topic: str, partitions: int = 3) -> VerifiedFlow:
        """A new topic on the source, as the flow that is to carry it."""
        self.clusters[SOURCE].create_topics({topic: partitions})
        return VerifiedFlow(self.cluster(SOURCE), self.cluster(TARGET), topic, f"{SOURCE}.{topic}")

    def source_offsets(self) -> DedicatedOffsets:
        return DedicatedOffsets(self.cluster(TARGET), SOURCE)

    def mirrored(self, topic: str) -> int:
        """Records in the mirrored topic, copies too."""
        return sum(self.clusters[TARGET].end_offsets(f"{SOURCE}.{topic}").values())

    def start_dedicated(self, extra: Mapping[str, str] | None = None) -> DedicatedMirrorMaker:
        site = self.sites[TARGET]
        addresses = {SOURCE: site.wan.bootstrap(SOURCE, TARGET), TARGET: site.wan.bootstrap(TARGET, TARGET)}
        properties = dedicated_properties(flows_into(ENVIRONMENT, TARGET), addresses, extra)
        self.dedicated = DedicatedMirrorMaker.start(site, properties, [TARGET])
        return self.dedicated

    def start_worker(self) -> ConnectWorker:
        site = self.sites[TARGET]
        addresses = bootstrap_environment(site.wan, TARGET, {SOURCE: SOURCE, TARGET: TARGET})
        text = render_properties(worker_properties(ENVIRONMENT, TARGET))
        self.worker = ConnectWorker.start(site, text, addresses)
        return self.worker

    @contextmanager
    def client(self) -> Iterator[ConnectClient]:
        assert self.worker is not None
        with ConnectClient([self.worker.rest_url], deadline=60) as client:
            yield client

    def create_stopped(self, client: ConnectClient) -> None:
        """Our connectors of the flow, as path B makes them."""
        for name, config in CONNECTORS.items():
            client.create(name, localize(config).properties, "STOPPED")


@contextmanager
def staged(directory: Path) -> Iterator[Stage]:
    """Both brokers, for as long as the block takes; what runs of the runtimes at its end is ended."""
    with Wan.start([SOURCE, TARGET]) as wan:
        places = sites(wan, directory)
        servers = {region: server_properties(ENVIRONMENT, region) for region in places}
        stage = Stage(places, start_clusters(list(places.values()), servers))
        try:
            yield stage
        finally:
            left = [runtime.stop for runtime in (stage.dedicated, stage.worker) if runtime is not None]
            stop_together(*left)
            stop_together(*(cluster.stop for cluster in stage.clusters.values()))
