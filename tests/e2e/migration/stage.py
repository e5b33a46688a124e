"""Two regions on the WAN: in one the workers move from one runtime to the other, the other's stay."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from localcloud.kafka.cluster import LocalKafkaCluster, start_clusters
from localcloud.kafka.site import Site
from localcloud.server_process import stop_together
from localcloud.wan import Wan
from localcloud.workers import (
    LocalFleet,
    bootstrap_environment,
    dedicated_properties,
    dedicated_recipe,
    localize,
    worker_recipe,
)
from operations.connect.client import ConnectClient
from operations.kafka.clusters import Cluster
from operations.reconciler.reconcile import Reconciler, Report
from tests.e2e.iam.stage import wipe
from tests.e2e.migration.mixture import PARTITIONS, TOPICS
from tests.e2e.waiting import wait_until
from tests.localcloud.kafka.running import AUTHORIZER, sites
from topology.kafka.broker_properties import server_properties
from topology.kafka.java_properties import render_properties
from topology.loading import load_text
from topology.model import Environment, ExactlyOnce
from topology.replication.connectors import connectors, worker_properties
from topology.replication.flows import flows_into

__all__ = [
    "CANARY",
    "MOVING",
    "STAYING",
    "WORKERS",
    "Runtime",
    "Stage",
    "environment_of",
    "specs_of",
    "staged",
]

STAYING, MOVING = "us-east-1", "us-west-2"
WORKERS: Final = 2
"""Workers of a runtime; the staying region has one."""
CANARY: Final = "demo.canary"
"""For the numbered records that the tool sends itself."""
SETTLE_SECONDS: Final = 180.0
LOCAL: Final = Path(__file__).resolve().parents[3] / "environments" / "local.yaml"
Runtime = Literal["ecs", "eks", "dedicated"]
"""Who has the workers at first: tasks or pods of one Connect cluster, or a dedicated MirrorMaker."""


@dataclass
class Stage:
    """What runs. `begin` makes it as new, with the workers of one runtime; `fleets` are the moving region's.

    ECS tasks and pods get the same files (topology/replication/worker_files.py). Here both are workers with
    the same properties; the runtime decides only which of them exist.
    """

    sites: Mapping[str, Site]
    clusters: Mapping[str, LocalKafkaCluster]
    directory: Path
    environment: Environment
    fleets: dict[str, LocalFleet] = field(default_factory=dict)
    staying: LocalFleet | None = None

    def begin(self, environment: Environment, runtime: Runtime, workers: int = WORKERS) -> None:
        """Nothing but empty topics, `workers` of `runtime` and the connectors, which run."""
        self.end()
        self.environment = environment
        for cluster in self.clusters.values():
            wipe(cluster)
            for kind in TOPICS:
                cluster.create_topics({kind.name: PARTITIONS}, kind.config)
            cluster.create_topics({CANARY: 1})
        self.staying = self._fleet(STAYING, "staying", 0)
        self.fleets = {
            "ecs": self._fleet(MOVING, "ecs", 0),
            "eks": self._fleet(MOVING, "eks", 10),
            "dedicated": self._dedicated(),
        }
        self.staying.set_count(1)
        self.fleets[runtime].set_count(1 if runtime == "dedicated" else workers)
        self.settle()

    def cluster(self, region: str) -> Cluster:
        """A region's cluster as the host reaches it."""
        return Cluster(self.environment.alias(region), self.clusters[region].bootstrap)

    def ends(self) -> list[Cluster]:
        """The clusters of both regions."""
        return [self.cluster(region) for region in self.clusters]

    def settle(self) -> None:
        """Wait until every connector and task runs, on workers that are there, in each region that has some.
        What has failed is restarted as the reconciler does it."""
        for region in self.clusters:
            if self.urls(region):
                self._settle(region)

    def restart_broker(self, region: str) -> None:
        """SIGKILL to the broker and the same again; returns when it answers."""
        self.clusters[region].restart(kill=True)

    def urls(self, region: str) -> tuple[str, ...]:
        """The workers of a region."""
        fleets = self.fleets.values() if region == MOVING else [self.staying]
        return tuple(url for fleet in fleets if fleet is not None for url in fleet.urls())

    def end(self) -> None:
        """Stop all workers."""
        fleets = [*self.fleets.values(), self.staying]
        stop_together(*(fleet.stop for fleet in fleets if fleet is not None))
        self.fleets, self.staying = {}, None

    def specs(self, region: str) -> dict[str, dict[str, str]]:
        """The connectors of a region by name, as they run here."""
        return specs_of(self.environment, region)

    def _fleet(self, region: str, name: str, first: int) -> LocalFleet:
        site = self.sites[region]
        places = {self.environment.alias(one): one for one in self.clusters}
        variables = bootstrap_environment(site.wan, region, places)
        properties = render_properties(worker_properties(self.environment, region))
        numbers = range(first, first + WORKERS)
        recipes = [worker_recipe(site, properties, variables, number) for number in numbers]
        return LocalFleet.create(name, self.fleet_directory(name), recipes)

    def fleet_directory(self, name: str) -> Path:
        """Where another process finds a fleet (LocalFleet.open)."""
        return self.directory / f"fleet-{name}"

    def _dedicated(self) -> LocalFleet:
        """connect-mirror-maker, of which there is one or none; it has no REST interface."""
        site, target = self.sites[MOVING], self.environment.alias(MOVING)
        addresses = {self.environment.alias(one): site.wan.bootstrap(one, MOVING) for one in self.clusters}
        exactly_once = self.environment.mirrormaker.exactly_once is ExactlyOnce.ON
        extra = {f"{target}.exactly.once.source.support": "enabled"} if exactly_once else {}
        properties = dedicated_properties(flows_into(self.environment, MOVING), addresses, extra)
        recipe = dedicated_recipe(site, properties, [target])
        return LocalFleet.create("dedicated", self.fleet_directory("dedicated"), [recipe])

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
        for name, config in self.specs(region).items():
            content = {"name": name, "config": config}
            (directory / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        return directory


def environment_of(runtime: Runtime = "ecs", *, exactly_once: bool = False) -> Environment:
    """The `local` environment, for workers that come from `runtime`: where that is a dedicated MirrorMaker,
    connectors begin STOPPED; without and with exactly-once."""
    document: dict[str, Any] = yaml.safe_load(LOCAL.read_text(encoding="utf-8"))
    document["mirrormaker"]["exactly_once"] = exactly_once
    if runtime == "dedicated":
        document["mirrormaker"]["connect"]["initial_state"] = "STOPPED"
    return load_text(yaml.safe_dump(document), "migration.yaml")


def specs_of(environment: Environment, region: str) -> dict[str, dict[str, str]]:
    """The connectors of a region by name, with the login of the brokers here."""
    return {name: localize(config).properties for name, config in connectors(environment, region).items()}


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
