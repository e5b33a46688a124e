"""A region's workers from one runtime to another and back, with records crossing all the while."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from localcloud.kafka.cluster import start_clusters
from localcloud.wan import Wan
from localcloud.workers import LocalFleet, bootstrap_environment, localize, worker_recipe
from operations.clusters import Cluster
from operations.commands.migrate import go
from operations.connect import ConnectClient
from operations.connectors import ConnectorSpec
from operations.migration.migration import Migration
from operations.probe_flows import flow_of
from operations.records import Load
from operations.verify import Flow, FlowResult, Verification, verify
from tests.e2e.operations.conftest import wait
from tests.localcloud.kafka.running import sites
from topology import load_environment
from topology.broker import server_properties
from topology.connectors import connectors, worker_properties
from topology.java_properties import render_properties
from topology.names import bootstrap_variable

pytestmark = pytest.mark.kafka

SOURCE, TARGET = "us-east-1", "us-west-2"
ENVIRONMENT = load_environment("local")
CANARY, TRAFFIC = "demo.canary", "demo.traffic"
FLUSH_MS = "2000"
"""Positions are committed that often here; the deployed 10 s would only make each gate longer."""


class _NoStacks:
    """Nothing of AWS is there to apply on this machine; what was asked for is kept."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def apply(self, kinds: Sequence[str]) -> dict[str, str]:
        self.asked += kinds
        return {}


@pytest.fixture
def migration(tmp_path: Path) -> Iterator[Migration]:
    """Two workers of the old runtime carry both topics; the new runtime has none yet."""
    with ExitStack() as during:
        wan = during.enter_context(Wan.start([SOURCE, TARGET]))
        places = sites(wan, tmp_path)
        servers = {region: server_properties(ENVIRONMENT, region) for region in places}
        clusters = start_clusters(list(places.values()), servers)
        for cluster in clusters.values():
            during.callback(cluster.stop)
        clusters[SOURCE].create_topics({CANARY: 2, TRAFFIC: 2})
        properties = worker_properties(ENVIRONMENT, TARGET) | {"offset.flush.interval.ms": FLUSH_MS}
        variables = bootstrap_environment(wan, TARGET, {SOURCE: SOURCE, TARGET: TARGET})
        fleets = []
        for name, numbers in (("old", (0, 1)), ("new", (2, 3))):
            text = render_properties(properties)
            recipes = [worker_recipe(places[TARGET], text, variables, number) for number in numbers]
            fleets.append(LocalFleet.create(name, tmp_path / name, recipes))
            during.callback(fleets[-1].stop)
        old, new = fleets
        specs = {
            name: ConnectorSpec(name, localize(config).properties)
            for name, config in connectors(ENVIRONMENT, TARGET).items()
        }
        addresses = {bootstrap_variable(region): one.bootstrap for region, one in clusters.items()}
        ends = {region: Cluster(region, one.bootstrap) for region, one in clusters.items()}
        canary = Flow(ends[SOURCE], ends[TARGET], CANARY, f"{SOURCE}.{CANARY}")
        said: list[str] = []
        made = Migration(
            environment=ENVIRONMENT,
            region=TARGET,
            path="connect",
            old=old,
            new=new,
            new_workers=2,
            stacks=_NoStacks(),
            specs=specs,
            flows=[flow_of(one, addresses) for name, one in specs.items() if name.endswith("-source")],
            target=ends[TARGET],
            validate=lambda: verify([canary], Load(count=50, rate=50), quiet_seconds=20, settle_seconds=1),
            say=said.append,
            seconds=60,
        )
        old.set_count(2)
        with ConnectClient(old.urls()) as client:
            for name, spec in specs.items():
                client.put_config(name, spec.config)
        made.gate.healthy()
        yield made


def test_no_record_is_lost_or_read_twice_there_and_back(migration: Migration, tmp_path: Path) -> None:
    journal = tmp_path / "migration" / "local-us-west-2.jsonl"
    clusters = {one.alias: one for flow in migration.flows for one in (flow.source, flow.target)}
    traffic = Flow(clusters[SOURCE], clusters[TARGET], TRAFFIC, f"{SOURCE}.{TRAFFIC}")
    run = Verification([traffic], Load(rate=100, duration=600))
    since_ms = int(time.time() * 1000)
    with run.going():
        assert go(migration, "migrate", journal, as_json=True) == 0
        assert (migration.old.count(), migration.new.count()) == (0, 2)
        there = json.loads(journal.with_name("local-us-west-2-report.json").read_text())
        assert go(migration, "rollback", journal, as_json=True) == 0
        assert (migration.old.count(), migration.new.count()) == (2, 0)
        back = json.loads(journal.with_name("local-us-west-2-report.json").read_text())
        run.stop_sending()
        wait(lambda: run.over(30), 60, "all that was sent has arrived")
    (result,) = run.results(since_ms)
    _is_faithful(result)
    for report, course in ((there, "migrate"), (back, "rollback")):
        assert (report["course"], report["ended"]) == (course, "finished")
        assert report["records"]["lost"] == report["records"]["duplicated"] == 0
    steps = [one["step"] for one in there["steps"]]
    assert steps[-4:] == ["old-workers-1", "old-workers-0", "validation-after", "report"]
    assert there["after"]["connectors"].keys() == migration.specs.keys()


def _is_faithful(result: FlowResult) -> None:
    assert result.faithful, result
    assert (result.lost, result.duplicated) == (0, 0), result
    assert result.sent > 1000
