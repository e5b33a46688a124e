"""Two regions on the WAN: in one the workers move from one runtime to the other, the other's stay."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from localcloud.kafka.cluster import KafkaCluster, start_clusters
from localcloud.kafka.jvm import stop_together
from localcloud.kafka.site import Site
from localcloud.wan import Wan
from localcloud.workers import bootstrap_environment, localize
from operations.clusters import Cluster
from operations.connect import ConnectClient
from operations.reconcile import Reconciler, Report
from tests.e2e.iam.stage import wipe
from tests.e2e.kubernetes.waiting import wait_until
from tests.e2e.migration.fleet import WorkerFleet
from tests.e2e.migration.mixture import PARTITIONS, TOPICS
from tests.localcloud.kafka.running import AUTHORIZER, sites
from topology.broker import server_properties
from topology.connectors import connectors, worker_properties
from topology.java_properties import render_properties
from topology.loading import load_text
from topology.model import Environment

__all__ = ["MOVING", "STAYING", "WORKERS", "Runtime", "Stage", "environment_of", "staged"]

STAYING, MOVING = "us-east-1", "us-west-2"
WORKERS: Final = 2
"""Workers of a runtime; the staying region has one."""
SETTLE_SECONDS: Final = 180.0
LOCAL: Final = Path(__file__).resolve().parents[3] / "environments" / "local.yaml"
Runtime = Literal["ecs", "eks"]


@dataclass
class Stage:
    """What runs. `begin` makes it as new, with the workers of one runtime; `fleets` are the moving region's.

    ECS tasks and pods get the same files (topology/worker_files.py), so that here they are workers with the
    same properties, and the runtime decides only which of them there are.
    """

    sites: Mapping[str, Site]
    clusters: Mapping[str, KafkaCluster]
    directory: Path
    environment: Environment
    fleets: dict[Runtime, WorkerFleet] = field(default_factory=dict)
    staying: WorkerFleet | None = None

    def begin(self, environment: Environment, runtime: Runtime, workers: int = WORKERS) -> None:
        """Nothing but empty topics, `workers` of `runtime` and the connectors, which run."""
        self.end()
        self.environment = environment
        for cluster in self.clusters.values():
            wipe(cluster)
            for kind in TOPICS:
                cluster.create_topics({kind.name: PARTITIONS}, kind.config)
        self.staying = self._fleet(STAYING, "staying", 0)
        self.fleets = {"ecs": self._fleet(MOVING, "ecs", 0), "eks": self._fleet(MOVING, "eks", 10)}
        self.staying.set_count(1)
        self.fleets[runtime].set_count(workers)
        self.settle()

    def ends(self) -> list[Cluster]:
        """The clusters of both regions as the host reaches them."""
        return [
            Cluster(self.environment.alias(region), cluster.bootstrap)
            for region, cluster in self.clusters.items()
        ]

    def settle(self, region: str = "") -> None:
        """Wait until every connector and task of a region (of both, without one) runs, on workers that are
        there. What has failed is restarted as the reconciler does it."""
        for one in [region] if region else self.clusters:
            self._settle(one)

    def restart_broker(self, region: str) -> None:
        """SIGKILL to the broker and the same again; returns when it answers."""
        self.clusters[region].restart(kill=True)

    def urls(self, region: str) -> tuple[str, ...]:
        """The workers of a region."""
        fleets = self.fleets.values() if region == MOVING else [self.staying]
        return tuple(url for fleet in fleets if fleet is not None for url in fleet.urls())

    def end(self) -> None:
        """Stop all workers."""
        fleets = [*self.fleets.values(), *([self.staying] if self.staying else [])]
        stop_together(*(fleet.stop for fleet in fleets))
        self.fleets, self.staying = {}, None

    def _fleet(self, region: str, name: str, first: int) -> WorkerFleet:
        site = self.sites[region]
        places = {self.environment.alias(one): one for one in self.clusters}
        variables = bootstrap_environment(site.wan, region, places)
        properties = render_properties(worker_properties(self.environment, region))
        return WorkerFleet(name, site, properties, variables, first)

    def _settle(self, region: str) -> None:
        urls = self.urls(region)
        addresses = {url.removeprefix("http://") for url in urls}
        shown = ""
        with ConnectClient(urls) as client:
            reconciler = Reconciler(client, self._connectors(region), prune=True)

            def settled() -> bool:
                nonlocal shown
                report = reconciler.run_once()
                shown = "\n".join(report.lines())
                return report.settled and not report.failed and _workers_of(report) <= addresses

            wait_until(settled, SETTLE_SECONDS, f"the connectors of {region} run", found=lambda: shown)

    def _connectors(self, region: str) -> Path:
        directory = self.directory / f"connectors-{region}"
        directory.mkdir(exist_ok=True)
        for name, config in connectors(self.environment, region).items():
            content = {"name": name, "config": localize(config).properties}
            (directory / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        return directory


def environment_of(*, exactly_once: bool = False) -> Environment:
    """The `local` environment, without and with exactly-once."""
    document: dict[str, Any] = yaml.safe_load(LOCAL.read_text(encoding="utf-8"))
    document["mirrormaker"]["exactly_once"] = exactly_once
    return load_text(yaml.safe_dump(document), "migration.yaml")


@contextmanager
def staged(directory: Path) -> Iterator[Stage]:
    """Both brokers, for as long as the block takes."""
    environment = environment_of()
    with Wan.start([STAYING, MOVING]) as wan:
        places = sites(wan, directory)
        servers = {region: server_properties(environment, region) | AUTHORIZER for region in places}
        clusters = start_clusters(list(places.values()), servers)
        stage = Stage(places, clusters, directory, environment)
        try:
            yield stage
        finally:
            stage.end()
            stop_together(*(cluster.stop for cluster in clusters.values()))


def _workers_of(report: Report) -> set[str]:
    """The addresses of the workers that Connect says run something."""
    found = report.connectors.values()
    return {one.worker for one in found} | {task.worker for one in found for task in one.tasks}
