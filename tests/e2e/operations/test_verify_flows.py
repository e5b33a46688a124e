"""What `verify` counts, on records that real connectors replicate, drop, duplicate and send in a loop."""

from __future__ import annotations

import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from operations.connect.client import ConnectClient
from operations.kafka.clusters import Cluster, ClusterError
from operations.reconciler.reconcile import Reconciler
from operations.verification.census import take_census
from operations.verification.production import Load, Production
from operations.verification.records import Origin
from operations.verification.verify import FlowProgress, VerifiedFlow, verify
from tests.e2e.operations.conftest import ENVIRONMENT, FLOW, SOURCE, TARGET, Mirror, config, write
from tests.e2e.waiting import wait_until
from topology.aws.names import Names
from topology.model.flow import TopicFilter
from topology.replication.connectors import source_connector
from topology.replication.flows import flows_into
from topology.replication.mirrormaker_names import NEVER_REPLICATED, patterns

pytestmark = pytest.mark.kafka


@pytest.fixture
def carried(
    mirror: Mirror, connect: ConnectClient, directory: Path, request: pytest.FixtureRequest
) -> VerifiedFlow:
    """A new topic and a source connector with tasks that carries it."""
    topic = f"demo.{request.node.name.removeprefix('test_')}"
    flow = mirror.flow(topic)
    write(directory, f"{FLOW}-source", config(topics=topic))
    assert Reconciler(connect, directory).settle(60).settled
    return flow


def test_every_record_arrives_once_and_late_by_the_link(mirror: Mirror, carried: VerifiedFlow) -> None:
    seen: list[FlowProgress] = []
    (result,) = verify([carried], Load(rate=200, duration=5), on_progress=seen.extend)
    assert (result.sent, result.received, result.lost) == (1000, 1000, 0)
    assert (result.duplicated, result.loops, result.altered) == (0, 0, 0)
    assert result.faithful
    latency = result.latency_ms
    assert latency is not None
    assert mirror.sites[TARGET].wan.delay_ms <= latency.p50 <= latency.p95 <= latency.p99 <= latency.max
    assert len(seen) >= 8, "each half second"
    assert seen[-1] == FlowProgress(SOURCE, TARGET, 1000, 1000, 1000, 0, seen[-1].recent_p95_ms)
    assert result.as_json()["latency_ms"]["p95"] == round(latency.p95, 2)


def test_what_does_not_arrive_is_lost(connect: ConnectClient, carried: VerifiedFlow) -> None:
    verify([carried], Load(count=10, rate=100))
    connect.pause(f"{FLOW}-source")
    wait_until(lambda: connect.connectors()[f"{FLOW}-source"].state == "PAUSED", 30, "it is paused")

    def nothing_crosses() -> bool:
        return verify([carried], Load(count=1), quiet_seconds=1, settle_seconds=0)[0].lost == 1

    wait_until(nothing_crosses, 60, "the tasks have paused, too")
    (result,) = verify([carried], Load(count=10, rate=100), quiet_seconds=2, settle_seconds=0)
    assert (result.sent, result.received, result.lost, result.latency_ms) == (10, 0, 10, None)
    assert not result.faithful


def test_what_is_read_again_is_counted_as_copies(connect: ConnectClient, carried: VerifiedFlow) -> None:
    begin = int(time.time() * 1000)
    sent = Production(carried.source, carried.topic, Load(count=100), "run-1").run(threading.Event())
    origin = Origin(SOURCE, carried.topic)

    def copies() -> int:
        topics = frozenset({carried.topic})
        tally = take_census(carried.target, topics, "run-1", begin).get((carried.mirrored_topic, origin))
        return tally.count if tally else 0

    wait_until(lambda: copies() == sent.count == 100, 60, "all have arrived")
    connect.stop(f"{FLOW}-source")
    wait_until(lambda: connect.connectors()[f"{FLOW}-source"].state == "STOPPED", 30, "it is stopped")
    connect.delete_offsets(f"{FLOW}-source")
    connect.resume(f"{FLOW}-source")
    wait_until(lambda: copies() == 200, 60, "all have arrived a second time")
    counted = take_census(carried.target, frozenset({carried.topic}), "run-1", begin)
    assert counted[carried.mirrored_topic, origin].copies == 100
    assert take_census(carried.target, frozenset({carried.topic}), "another-run", begin) == {}


def test_a_mirrored_topic_that_is_mirrored_again_is_a_loop(
    connect: ConnectClient, carried: VerifiedFlow
) -> None:
    back = {
        "source.cluster.alias": "back",
        "source.cluster.bootstrap.servers": "${env:BOOTSTRAP_US_WEST_2}",
        "topics": carried.mirrored_topic.replace(".", "[.]"),
        "topics.exclude": "none",
        "refresh.topics.interval.seconds": "1",
    }
    verify([carried], Load(count=10, rate=100))
    connect.put_config(f"back-to-{TARGET}-source", {**config(), **back, "name": f"back-to-{TARGET}-source"})
    wait_until(lambda: f"back.{carried.mirrored_topic}" in carried.target.topics(), 60, "the second mirror")
    (result,) = verify([carried], Load(count=50, rate=100), settle_seconds=5)
    assert (result.lost, result.loops) == (0, 50)
    assert not result.faithful


def test_several_flows_are_followed_at_once_and_internal_topics_are_not(
    mirror: Mirror, connect: ConnectClient, directory: Path
) -> None:
    """A topic of an application may end in .internal; Connect's own topics stay where they are."""
    flows = [mirror.flow(topic, partitions=1) for topic in ("demo.several-1", "demo.several-2.internal")]
    connects = Names(ENVIRONMENT, SOURCE).connect_topics
    there = mirror.cluster(SOURCE).topics()  # other tests may have had workers in this region
    mirror.clusters[SOURCE].create_topics({topic: 1 for topic in connects if topic not in there})
    topics = TopicFilter(include=("demo.several-*", "mirrormaker2.*"))
    (flow,) = (
        replace(one, spec=one.spec.model_copy(update={"topics": topics}))
        for one in flows_into(ENVIRONMENT, TARGET)
    )
    filters = {key: source_connector(flow)[key] for key in ("topics", "topics.exclude")}
    write(directory, f"{FLOW}-source", {**config(), **filters})
    assert Reconciler(connect, directory).settle(60).settled
    results = verify(flows, Load(count=50, rate=50))
    assert [(result.sent, result.received, result.loops) for result in results] == [(50, 50, 0)] * 2
    assert not {flow.mirrored(topic) for topic in connects} & mirror.cluster(TARGET).topics().keys()


def test_the_exclude_list_is_that_of_kafkas_topic_filter(mirror: Mirror) -> None:
    (jar,) = mirror.sites[SOURCE].libs.glob("connect-mirror-4.*.jar")
    with zipfile.ZipFile(jar) as archive:
        code = archive.read("org/apache/kafka/connect/mirror/DefaultTopicFilter$TopicFilterConfig.class")
    assert patterns(NEVER_REPLICATED).replace(",", ", ").encode() in code, "the default of topics.exclude"


def test_a_topic_that_is_not_there_is_named(mirror: Mirror) -> None:
    flow = VerifiedFlow(
        mirror.cluster(SOURCE), mirror.cluster(TARGET), "demo.nowhere", "us-east-1.demo.nowhere"
    )
    with pytest.raises(ClusterError, match=r"cluster us-east-1 at .*: there is no topic demo\.nowhere"):
        verify([flow], Load(count=1))


def test_a_record_that_the_brokers_refuse_ends_the_run(mirror: Mirror) -> None:
    mirror.clusters[SOURCE].create_topics({"demo.small": 1}, {"max.message.bytes": "10"})
    flow = VerifiedFlow(mirror.cluster(SOURCE), mirror.cluster(TARGET), "demo.small", "us-east-1.demo.small")
    with pytest.raises(ClusterError, match=r"demo\.small: .*Message size too large"):
        verify([flow], Load(count=1))


def test_a_cluster_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("operations.kafka.clusters.METADATA_SECONDS", 1.0)
    with pytest.raises(ClusterError, match=r"cluster a at 127\.0\.0\.1:1: .*refused"):
        Cluster("a", "127.0.0.1:1").topics()
