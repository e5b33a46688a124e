"""Workers and connectors of the synthesized stacks, running on this machine, and records through them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from localcloud.cloud import LocalCloud, LocalCloudError
from localcloud.workers.localize import localize
from localcloud.workers.rest_login import LOGIN_FLAG, rest_login
from localcloud.workers.worker import ConnectWorker, bootstrap_environment
from operations.connect.client import ConnectClient
from operations.connect.configmaps import WorkerConfig, read_connectors, read_worker_config
from operations.kafka.clusters import Cluster
from operations.reconciler.reconcile import Reconciler
from operations.terraform.synthesized import Synthesized
from operations.verification.verify import VerifiedFlow
from topology.model import Environment
from topology.replication.flows import directed_flows, flows_into
from topology.state.stacks import stack_name

__all__ = ["Replication", "create_topics", "start_replication", "verified_flows"]

WORKERS = 2
PROPERTIES_FILE = "connect-distributed.properties"
SETTLE_SECONDS = 120.0
QUICK_COMPILER = "-XX:TieredStopAtLevel=1"
"""Added to the deployed JVM flags: the optimizing compiler of six JVMs at once takes both cores."""


@dataclass(frozen=True)
class Replication:
    """The workers of each region, with the connectors of its flows on them."""

    workers: dict[str, list[ConnectWorker]]

    def how_to_look(self) -> str:
        """A command that shows what the connectors of a region do."""
        first = next(iter(self.workers.values()))[0]
        user = f"-u $(tr = : <{first.rest_login.credentials_file}) " if first.rest_login else ""
        return f"curl -s {user}{first.rest_url}/connectors?expand=status"

    def keep(self) -> None:
        """Nothing more to do: workers are processes of the WAN's run, which is kept."""

    def stop(self) -> None:
        """Stop all workers; they commit and leave their groups."""
        for workers in self.workers.values():
            for worker in workers:
                worker.stop()


def start_replication(
    cloud: LocalCloud,
    synthesized: Synthesized,
    *,
    on_step: Callable[[str], None] = lambda _: None,
) -> Replication:
    """Create the topics that the flows replicate, start two workers a region from the synthesized ConfigMaps
    and have the connectors made by the reconciler.

    Raises LocalCloudError when connectors do not run, ServerProcessError when a worker does not.
    """
    create_topics(cloud)
    replication = Replication({})
    try:
        for region in _targets(cloud.environment):
            replication.workers[region] = _start_workers(cloud, synthesized, region)
        for workers in replication.workers.values():
            for worker in workers:
                worker.wait_ready()
        on_step(f"{WORKERS} workers a region, {_changed(replication)}")
        for region, workers in replication.workers.items():
            count = _reconcile(cloud, synthesized, region, workers)
            on_step(f"{count} connectors run in {region}")
    except BaseException:
        replication.stop()
        raise
    return replication


def create_topics(cloud: LocalCloud) -> None:
    """Create a topic of each flow on its source."""
    environment = cloud.environment
    for region, cluster in cloud.clusters.items():
        topics = sorted({flow.sample_topic for flow in directed_flows(environment) if flow.source == region})
        partitions = environment.regions[region].kafka.default_partitions
        cluster.create_topics(dict.fromkeys(topics, partitions))


def verified_flows(cloud: LocalCloud) -> tuple[VerifiedFlow, ...]:
    """Each flow with a topic of it, for operations.verification.verify: the host is beside both clusters."""
    ends = {
        region: Cluster(cloud.environment.alias(region), cluster.bootstrap)
        for region, cluster in cloud.clusters.items()
    }
    return tuple(
        VerifiedFlow(
            ends[flow.source], ends[flow.target], flow.sample_topic, flow.mirrored(flow.sample_topic)
        )
        for flow in directed_flows(cloud.environment)
    )


def _start_workers(cloud: LocalCloud, synthesized: Synthesized, region: str) -> list[ConnectWorker]:
    config = _worker_config(synthesized, region)
    clusters = {cloud.environment.alias(r): r for r in cloud.environment.regions}
    variables = bootstrap_environment(cloud.wan, region, clusters)
    text = config.files[PROPERTIES_FILE]
    login = rest_login(config.files, cloud.directory / region / "rest")
    return [
        ConnectWorker.start(cloud.site(region), text, variables, number, _flags(config), rest_login=login)
        for number in range(WORKERS)
    ]


def _reconcile(
    cloud: LocalCloud, synthesized: Synthesized, region: str, workers: Sequence[ConnectWorker]
) -> int:
    directory = cloud.directory / region / "connectors"
    directory.mkdir(parents=True, exist_ok=True)
    desired = read_connectors(_stack(synthesized, region))
    for name, spec in desired.items():
        local = {**spec, "config": localize(spec["config"]).properties}
        (directory / f"{name}.json").write_text(json.dumps(local, indent=1), encoding="utf-8")
    login = workers[0].rest_login
    urls = [worker.rest_url for worker in workers]
    with ConnectClient(urls, credentials=login.credentials if login else None) as client:
        report = Reconciler(client, directory, prune=True).settle(SETTLE_SECONDS)
    if report.failed or not report.settled:
        raise LocalCloudError(f"connectors of {region} do not run:\n" + "\n".join(report.lines()))
    return len(desired)


def _worker_config(synthesized: Synthesized, region: str) -> WorkerConfig:
    return read_worker_config(_stack(synthesized, region))


def _stack(synthesized: Synthesized, region: str) -> dict[str, object]:
    return synthesized.stacks[stack_name("mirrormaker", region)].configuration


def _flags(config: WorkerConfig) -> tuple[str, ...]:
    """The JVM flags of the Deployment; the exporter's port, the log file and the login file are not those of
    here."""
    kept = [flag for flag in config.jvm_args if flag.startswith(("-X", "-Djava."))]
    kept = [flag for flag in kept if not flag.startswith(LOGIN_FLAG)]
    return (*kept, QUICK_COMPILER)


def _targets(environment: Environment) -> tuple[str, ...]:
    return tuple(region for region in environment.regions if flows_into(environment, region))


def _changed(replication: Replication) -> str:
    workers = next(iter(replication.workers.values()))
    changes = workers[0].localized.changes
    return f"run from the synthesized ConfigMaps ({len(changes)} addresses and login settings differ)"
