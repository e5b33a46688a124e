"""A real broker: what KafkaCluster says of it is so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import KafkaException, Producer

from localcloud.kafka.cluster import LocalKafkaCluster, start_clusters
from localcloud.server_process import ServerProcessError
from localcloud.wan import Wan
from tests.localcloud.kafka.running import left_of, sites

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def wan() -> Iterator[Wan]:
    with Wan.start(["us-east-1", "us-west-2"]) as running:
        yield running


@pytest.fixture(scope="module")
def cluster(wan: Wan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafkaCluster]:
    site = sites(wan, tmp_path_factory.mktemp("kafka"))["us-east-1"]
    started = LocalKafkaCluster.start(site, {"min.insync.replicas": "2", "message.max.bytes": "2000000"})
    yield started
    started.stop()
    assert not started.process.alive


def test_topics_and_end_offsets_count_what_was_written(cluster: LocalKafkaCluster) -> None:
    cluster.create_topics({"orders": 3, "payments": 1}, {"min.insync.replicas": "1"})
    producer = Producer({"bootstrap.servers": cluster.bootstrap})
    for number in range(30):
        producer.produce("orders", str(number).encode(), partition=number % 2)
    assert producer.flush(30) == 0
    assert cluster.topics() == {"orders": 3, "payments": 1}
    assert cluster.end_offsets("orders") == {0: 15, 1: 15, 2: 0}
    assert cluster.end_offsets("payments") == {0: 0}


def test_a_topic_that_exists_or_not_is_an_error_and_not_made_on_the_way(cluster: LocalKafkaCluster) -> None:
    cluster.create_topics({"once": 1})
    with pytest.raises(KafkaException, match="already exists"):
        cluster.create_topics({"once": 1})
    with pytest.raises(KeyError, match="never"):
        cluster.end_offsets("never")
    assert "never" not in cluster.topics()


def test_one_cluster_that_fails_ends_the_others(tmp_path: Path) -> None:
    with Wan.start(["us-east-1", "us-west-2"]) as wan:
        both = list(sites(wan, tmp_path).values())
        with pytest.raises(
            ServerProcessError, match=r"(?s)formatting the storage of .*us-west-2.*num\.partitions"
        ):
            start_clusters(both, {"us-east-1": {}, "us-west-2": {"num.partitions": "many"}})
        assert (tmp_path / "us-east-1" / "broker.log").exists(), "the other one had started"
        assert left_of(wan.run) == [wan.pid]
