"""Two runtimes on one machine: the old one carries two topics, the new one is there to start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from localcloud.kafka.cluster import LocalKafkaCluster, start_clusters
from localcloud.kafka.site import Site
from localcloud.wan import Wan
from localcloud.workers import (
    LocalFleet,
    WorkerRecipe,
    bootstrap_environment,
    dedicated_properties,
    dedicated_recipe,
    localize,
    worker_recipe,
)
from operations.connect.client import ConnectClient
from operations.connect.connector_flows import flow_of
from operations.connect.connectors import ConnectorSpec
from operations.kafka.clusters import Cluster
from operations.migration.dedicated import DedicatedOffsets
from operations.migration.migration import Migration, PathName
from operations.verification.production import Load
from operations.verification.verify import VerifiedFlow, verify
from tests.e2e.no_stacks import NoStacks
from tests.localcloud.kafka.running import sites
from topology import load_environment
from topology.aws.names import bootstrap_variable
from topology.kafka.broker_properties import server_properties
from topology.kafka.java_properties import render_properties
from topology.model import Environment
from topology.replication.connectors import connectors, worker_properties
from topology.replication.flows import flows_into

__all__ = ["SOURCE", "TARGET", "runtimes", "traffic"]

SOURCE, TARGET = "us-east-1", "us-west-2"
CANARY, TRAFFIC = "demo.canary", "demo.traffic"
FLUSH_MS = "2000"
"""Source offsets are committed that often here; the deployed 10 s would only make each gate longer."""
GATE_SECONDS = 90


@contextmanager
def runtimes(directory: Path, path: PathName, old_workers: int, new_workers: int) -> Iterator[Migration]:
    """All that runs, with the old runtime at work; ended with the block."""
    environment = _environment(path)
    with ExitStack() as during:
        wan = during.enter_context(Wan.start([SOURCE, TARGET]))
        places = sites(wan, directory)
        servers = {region: server_properties(environment, region) for region in places}
        clusters = start_clusters(list(places.values()), servers)
        for cluster in clusters.values():
            during.callback(cluster.stop)
        clusters[SOURCE].create_topics({CANARY: 2, TRAFFIC: 2})
        ours = _recipes(places[TARGET], environment, old_workers + new_workers)
        theirs = ours[:old_workers] if path == "connect" else [_dedicated(places[TARGET], environment)]
        old = LocalFleet.create("old", directory / "old", theirs)
        new = LocalFleet.create("new", directory / "new", ours[old_workers:])
        during.callback(new.stop)
        during.callback(old.stop)
        migration = _migration(environment, path, clusters, (old, new), new_workers)
        old.set_count(old_workers)
        if path == "connect":
            with ConnectClient(old.urls()) as client:
                for name, spec in migration.specs.items():
                    client.put_config(name, spec.config)
            migration.gate.healthy()
        yield migration


def traffic(migration: Migration) -> VerifiedFlow:
    """The flow of the topic that no validation uses."""
    return _followed(migration.flows[0].source, migration.target, TRAFFIC)


def _migration(
    environment: Environment,
    path: PathName,
    clusters: Mapping[str, LocalKafkaCluster],
    fleets: tuple[LocalFleet, LocalFleet],
    new_workers: int,
) -> Migration:
    specs = {
        name: ConnectorSpec(name, localize(config).properties)
        for name, config in connectors(environment, TARGET).items()
    }
    addresses = {bootstrap_variable(region): one.bootstrap for region, one in clusters.items()}
    flows = [flow_of(one, addresses) for name, one in specs.items() if name.endswith("-source")]
    target = flows[0].target
    canary = _followed(flows[0].source, target, CANARY)
    return Migration(
        environment=environment,
        region=TARGET,
        path=path,
        old=fleets[0],
        new=fleets[1],
        new_workers=new_workers,
        stacks=NoStacks(),
        specs=specs,
        flows=flows,
        target=target,
        validate=lambda: verify([canary], Load(count=50, rate=50), quiet_seconds=30, settle_seconds=1),
        old_source_offsets=(
            {flow.connector: DedicatedOffsets(target, SOURCE) for flow in flows}
            if path == "dedicated"
            else {}
        ),
        seconds=GATE_SECONDS,
    )


def _followed(source: Cluster, target: Cluster, topic: str) -> VerifiedFlow:
    return VerifiedFlow(source, target, topic, f"{SOURCE}.{topic}")


def _environment(path: PathName) -> Environment:
    environment = load_environment("local")
    if path == "connect":
        return environment
    connect = environment.mirrormaker.connect.model_copy(update={"initial_state": "STOPPED"})
    mirrormaker = environment.mirrormaker.model_copy(update={"connect": connect})
    return environment.model_copy(update={"mirrormaker": mirrormaker})


def _recipes(site: Site, environment: Environment, count: int) -> list[WorkerRecipe]:
    text = render_properties(worker_properties(environment, TARGET) | {"offset.flush.interval.ms": FLUSH_MS})
    variables = bootstrap_environment(site.wan, TARGET, {SOURCE: SOURCE, TARGET: TARGET})
    return [worker_recipe(site, text, variables, number) for number in range(count)]


def _dedicated(site: Site, environment: Environment) -> WorkerRecipe:
    """connect-mirror-maker with the flow of the environment, and nothing but its records."""
    addresses = {SOURCE: site.wan.bootstrap(SOURCE, TARGET), TARGET: site.wan.bootstrap(TARGET, TARGET)}
    extra = {
        "plugin.discovery": "service_load",
        "emit.heartbeats.enabled": "false",
        "emit.checkpoints.enabled": "false",
        f"{TARGET}.offset.flush.interval.ms": FLUSH_MS,
    }
    return dedicated_recipe(
        site, dedicated_properties(flows_into(environment, TARGET), addresses, extra), [TARGET]
    )
