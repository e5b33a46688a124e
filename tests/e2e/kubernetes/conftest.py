"""One stage for the whole session: the workload deployed from nothing, which is the first scenario."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from localcloud.kafka.cluster import start_clusters
from localcloud.kubernetes import KubernetesCluster
from localcloud.kubernetes.workload import workload_images
from localcloud.wan import Wan
from tests.e2e.kubernetes.report import Report
from tests.e2e.kubernetes.stage import SOURCE, TARGET, TOPIC, Stage, workload_of
from tests.localcloud.kafka.running import AUTHORIZER, sites
from topology import load_environment
from topology.kafka.broker_properties import server_properties

CHECKOUT = Path(__file__).resolve().parents[3]
REPORT = CHECKOUT / "build" / "reports" / "kubernetes.json"
LOGS = CHECKOUT / "build" / "kubernetes"
PARTITIONS = 6


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All of this folder needs the cluster; `make e2e-kubernetes` asks for it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.kubernetes)


@pytest.fixture(scope="session")
def report() -> Iterator[Report]:
    """Written and shown at the end, whatever failed."""
    made = Report()
    yield made
    made.write(REPORT)
    made.show()


@pytest.fixture(scope="session")
def bare_stage(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Kafka, the WAN and a cluster with both images, nothing deployed."""
    environment = load_environment("local")
    directory = tmp_path_factory.mktemp("kubernetes")
    began = time.monotonic()
    with ExitStack() as started:
        wan = started.enter_context(Wan.start([TARGET, SOURCE]))
        with ThreadPoolExecutor(max_workers=2) as pool:
            kafka_start = pool.submit(
                start_clusters,
                list(sites(wan, directory).values()),
                {region: server_properties(environment, region) | AUTHORIZER for region in wan.regions},
            )
            images = workload_images(environment.mirrormaker, directory)
        kafka = kafka_start.result()
        for one in kafka.values():
            started.callback(one.stop)
        kafka[SOURCE].create_topics({TOPIC: PARTITIONS})
        report.start["images_and_kafka_seconds"] = round(time.monotonic() - began, 1)
        began = time.monotonic()
        cluster = started.enter_context(KubernetesCluster.start(wan, TARGET, LOGS, print))
        report.start["cluster_seconds"] = round(time.monotonic() - began, 1)
        began = time.monotonic()
        cluster.import_images(images)
        report.start["import_seconds"] = round(time.monotonic() - began, 1)
        workload = workload_of(cluster, kafka, directory, {})
        yield Stage(wan, kafka, cluster, directory, report, workload)


@pytest.fixture(scope="session")
def stage(bare_stage: Stage) -> Stage:
    """The workload deployed from nothing while records are sent already."""
    stage = bare_stage
    with stage.scenario("deploy from nothing") as scenario:
        began = time.monotonic()
        stage.workload.apply(wait=False)
        scenario.figures["seconds_to_ready"] = stage.await_ready(2)
        stage.await_running()
        scenario.figures["seconds_to_connectors"] = time.monotonic() - began
        scenario.traffic.await_more()
        scenario.figures["seconds_to_records"] = time.monotonic() - began
    stage.workload.wait_rolled()
    return stage
