"""Source offsets on a real broker: the records of a real Connect byte for byte, and what not to trust."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from confluent_kafka import Producer, TopicPartition
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from localcloud.workers import localize
from operations.connect.client import Offset
from operations.kafka.clusters import Cluster, ClusterError
from operations.migration import source_offsets
from operations.migration.dedicated import CONNECTOR, DedicatedError, DedicatedOffsets
from operations.migration.offset_records import SourcePartition, key_bytes
from tests.e2e.source_offsets.stage import CONNECTORS, ENVIRONMENT, SOURCE, SOURCE_CONNECTOR, TARGET, Stage
from tests.e2e.waiting import wait_until
from topology.aws.names import Names

pytestmark = pytest.mark.kafka

PARTITIONS = 5
NUMBERS = count()


def at(topic: str, partition: int, offset: int | None) -> Offset:
    place = {"topic": topic, "partition": partition, "cluster": SOURCE}
    return Offset(place, None if offset is None else {"offset": offset})


@pytest.fixture
def kept(two_runtimes: Stage) -> DedicatedOffsets:
    """An empty topic for source offsets."""
    topic = f"source-offsets-{next(NUMBERS)}"
    two_runtimes.clusters[TARGET].create_topics({topic: PARTITIONS}, {"cleanup.policy": "compact"})
    return DedicatedOffsets(two_runtimes.cluster(TARGET), SOURCE, topic=topic)


def records(cluster: Cluster, topic: str) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Partition, key and value of all."""
    consumer = cluster.consumer({"enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, number, 0) for number in range(PARTITIONS)])
    ends = 0
    while ends < PARTITIONS:
        message = consumer.poll(30)
        assert message is not None
        if message.error() is not None:
            ends += 1
            continue
        key, value = message.key(), message.value()
        assert isinstance(key, bytes) and not isinstance(value, str)
        yield message.partition() or 0, key, value
    consumer.close()


def test_keys_values_and_partitions_are_those_that_connect_writes(two_runtimes: Stage) -> None:
    topic = Names(ENVIRONMENT, TARGET).connect_topic("offsets")
    two_runtimes.clusters[TARGET].create_topics({"as-connect": PARTITIONS}, {"cleanup.policy": "compact"})
    here = two_runtimes.cluster(TARGET)
    wanted = [at(f"same.{'orders._-' * (n % 9)}{n}", n, n * n) for n in range(300)]
    assert two_runtimes.worker is not None
    two_runtimes.worker.wait_ready()
    with two_runtimes.client() as client:
        client.create(SOURCE_CONNECTOR, localize(CONNECTORS[SOURCE_CONNECTOR]).properties, "STOPPED")
        source_offsets.put(client, SOURCE_CONNECTOR, wanted)
        # other tests have left records of other topics there
        by_connect = {one for one in records(here, topic) if b'"topic":"same.' in one[1]}
        assert len(by_connect) == 300
        ours = DedicatedOffsets(here, SOURCE, topic="as-connect", connector=SOURCE_CONNECTOR)
        assert ours.write(wanted) == 300
        assert set(records(here, "as-connect")) == by_connect
        assert not source_offsets.differences(client.offsets(SOURCE_CONNECTOR), ours.read())
        client.delete_offsets(SOURCE_CONNECTOR)
        client.delete(SOURCE_CONNECTOR)
        wait_until(lambda: not client.connectors(), 30, "the connector is gone")


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(
            st.tuples(st.sampled_from(["a", "b.c", "d-e_f"]), st.integers(0, 9)),
            st.none() | st.integers(0, 2**62),
            max_size=12,
        ),
        max_size=3,
    )
)
def test_the_last_of_what_was_written_is_what_is_read(
    two_runtimes: Stage, writings: list[dict[tuple[str, int], int | None]]
) -> None:
    topic = f"source-offsets-{next(NUMBERS)}"
    two_runtimes.clusters[TARGET].create_topics({topic: PARTITIONS})
    kept = DedicatedOffsets(two_runtimes.cluster(TARGET), SOURCE, topic=topic)
    last: dict[tuple[str, int], int | None] = {}
    for writing in writings:
        assert kept.write([at(*place, offset) for place, offset in writing.items()]) == len(writing)
        last |= writing
    assert kept.read() == tuple(
        Offset(SourcePartition(SOURCE, *place)._asdict(), {"offset": offset})
        for place, offset in sorted(last.items())
        if offset is not None
    )


def test_what_is_in_a_transaction_counts_once_it_is_committed(kept: DedicatedOffsets) -> None:
    kept.write([at("t", 0, 1)])
    producer = kept.cluster.producer({"transactional.id": "source_offsets", "partitioner": "murmur2_random"})
    producer.init_transactions(30)
    key = key_bytes(CONNECTOR, SourcePartition(SOURCE, "t", 0))
    for outcome, offset in (("abort", 2), ("commit", 3)):
        before = kept.read()
        producer.begin_transaction()
        producer.produce(kept.topic, f'{{"offset":{offset}}}', key=key)
        assert producer.flush(30) == 0
        with pytest.raises(
            ClusterError, match=r"in 1 s; not read to the end: source-offsets-\d+-\d; a trans"
        ):
            kept.read(seconds=1)
        if outcome == "abort":
            producer.abort_transaction(30)
            assert kept.read() == before
        else:
            producer.commit_transaction(30)
            assert kept.read() == (at("t", 0, 3),)


def test_a_record_that_is_none_is_named_with_its_place(kept: DedicatedOffsets) -> None:
    kept.write([at("t", 0, 1)])
    send(kept, b"not json", b"{}", 4)
    with pytest.raises(
        DedicatedError, match=r"topic source-offsets-\d+, partition 4, offset \d+: key: found"
    ):
        kept.read()
    with pytest.raises(DedicatedError, match="expected JSON"):
        kept.write([at("t", 0, 2)])


def test_two_records_for_one_source_offset_are_refused_until_one_is_forgotten(kept: DedicatedOffsets) -> None:
    kept.write([at("t", 0, 1)])
    by_hand = b'["MirrorSourceConnector", {"topic": "t", "partition": 0, "cluster": "us-east-1"}]'
    send(kept, by_hand, b'{"offset":7}', 0)
    with pytest.raises(DedicatedError, match=r"found 2 records for us-east-1/t-0: .* write a tombstone"):
        kept.read()
    send(kept, by_hand, None, 0)
    assert kept.read() == (at("t", 0, 1),)


def test_other_connectors_and_clusters_are_left_alone(kept: DedicatedOffsets) -> None:
    send(kept, b'["MirrorHeartbeatConnector",{"sourceClusterAlias":"us-east-1"}]', b'{"offset":0}', 1)
    send(kept, key_bytes(CONNECTOR, SourcePartition("eu", "t", 0)), b'{"offset":5}', 2)
    assert kept.read() == ()
    foreign = Offset(SourcePartition("eu", "t", 0)._asdict(), {"offset": 5})
    with pytest.raises(
        DedicatedError, match=r"eu/t-0: found a source offset of cluster eu; expected us-east-1"
    ):
        kept.write([at("t", 0, 1), foreign])
    assert kept.read() == ()


def test_a_topic_that_is_not_there_is_said(two_runtimes: Stage) -> None:
    nowhere = DedicatedOffsets(two_runtimes.cluster(TARGET), "eu-west-1")
    assert nowhere.group_members() == ()
    for call in (nowhere.read, lambda: nowhere.write([])):
        with pytest.raises(DedicatedError, match=r"mm2-offsets.eu-west-1.internal: there is no such topic"):
            call()


def send(kept: DedicatedOffsets, key: bytes, value: bytes | None, partition: int) -> None:
    producer: Producer = kept.cluster.producer({"acks": "all"})
    producer.produce(kept.topic, value, key=key, partition=partition)
    assert producer.flush(30) == 0
