"""Large records cross: what the source's brokers accept, the tasks' producers send (decision 21)."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
import yaml
from confluent_kafka import OFFSET_BEGINNING, TopicPartition
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from localcloud.workers.localize import localize
from operations.connect.client import ConnectClient
from operations.kafka.clusters import Cluster
from operations.reconciler.reconcile import Reconciler
from tests.e2e.operations.conftest import FLOW, SOURCE, TARGET, Mirror, config, write
from tests.e2e.waiting import wait_until
from topology.loading import load_text
from topology.replication.connectors import connectors

pytestmark = pytest.mark.kafka

MIB = 1024**2
LIMIT = 8 * MIB
LOCAL = Path(__file__).parents[3] / "environments" / "local.yaml"
LARGEST = "message.max.bytes"
REQUEST = "producer.override.max.request.size"


def large_config(topic: str) -> dict[str, str]:
    """The source connector of an environment whose brokers accept LIMIT."""
    data = yaml.safe_load(LOCAL.read_text())
    data["kafka"]["server_properties"] = {LARGEST: str(LIMIT)}
    made = connectors(load_text(yaml.safe_dump(data), "local.yaml"), TARGET)[f"{FLOW}-source"]
    return localize(made).properties | {"topics": topic}


def set_broker(cluster: Cluster, operation: AlterConfigOpType, value: str | None = None) -> None:
    """Set message.max.bytes of all brokers while they run, or take it back."""
    entry = ConfigEntry(LARGEST, value, incremental_operation=operation)
    resource = ConfigResource(ResourceType.BROKER, "1", incremental_configs=[entry])
    admin = cluster.admin()
    for future in admin.incremental_alter_configs([resource]).values():
        future.result(30)


@pytest.fixture
def large_brokers(mirror: Mirror) -> Iterator[None]:
    """The running brokers accept batches of LIMIT."""
    clusters = [mirror.cluster(region) for region in (SOURCE, TARGET)]
    for cluster in clusters:
        set_broker(cluster, AlterConfigOpType.SET, str(LIMIT))
    yield
    for cluster in clusters:
        set_broker(cluster, AlterConfigOpType.DELETE)


def produce(cluster: Cluster, topic: str, values: Sequence[bytes], settings: Mapping[str, object]) -> None:
    """Write values, each in a partition of its turn, and see that the brokers have taken them."""
    producer = cluster.producer(
        {"message.max.bytes": 64 * MIB, "queue.buffering.max.kbytes": 262_144} | dict(settings)
    )
    refused: list[str] = []
    for number, value in enumerate(values):
        producer.produce(
            topic,
            value,
            partition=number % 3,
            on_delivery=lambda error, _: refused.append(str(error)) if error else None,
        )
    assert producer.flush(60) == 0
    assert refused == []


def arrived(cluster: Cluster, topic: str, count: int) -> Counter[str]:
    """Checksum of each value at the target -> how often it is there, once `count` have arrived."""
    consumer = cluster.consumer({"fetch.message.max.bytes": 16 * MIB})
    found: Counter[str] = Counter()

    def all_there() -> bool:
        for message in consumer.consume(count, timeout=0.5):
            assert message.error() is None
            found[digest(message.value() or b"")] += 1
        return found.total() >= count

    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in range(3)])
    try:
        wait_until(all_there, 60, f"{count} records of {topic}")
    finally:
        consumer.close()
    return found


def digest(value: bytes) -> str:
    return hashlib.sha256(value).hexdigest()


@pytest.mark.usefixtures("large_brokers")
def test_records_of_five_mib_cross(mirror: Mirror, connect: ConnectClient, directory: Path) -> None:
    flow = mirror.flow("demo.five-mib")
    values = [os.urandom(5 * MIB) for _ in range(6)]  # which no compression makes smaller
    produce(mirror.cluster(SOURCE), flow.topic, values, {})
    write(directory, f"{FLOW}-source", large_config(flow.topic))
    assert Reconciler(connect, directory).settle(60).settled
    assert arrived(mirror.cluster(TARGET), f"{SOURCE}.{flow.topic}", 6) == Counter(map(digest, values))


def test_compressible_records_above_the_brokers_limit_cross(
    mirror: Mirror, connect: ConnectClient, directory: Path
) -> None:
    """With Kafka's own default the task fails, which shows that the records need the derived size."""
    flow = mirror.flow("demo.compressible")
    values = [f"{number} is the order of the day; ".encode() * (3 * MIB // 30) for number in range(9)]
    produce(mirror.cluster(SOURCE), flow.topic, values, {"compression.type": "zstd"})
    derived = config(topics=flow.topic)
    connect.put_config(f"{FLOW}-source", derived | {REQUEST: str(MIB)})
    wait_until(lambda: "RecordTooLarge" in traces(connect), 60, "the task refuses the records")
    write(directory, f"{FLOW}-source", derived)
    assert Reconciler(connect, directory).settle(60).settled
    assert arrived(mirror.cluster(TARGET), f"{SOURCE}.{flow.topic}", 9) == Counter(map(digest, values))


def traces(connect: ConnectClient) -> str:
    made = connect.connectors().get(f"{FLOW}-source")
    return "".join(task.trace for task in made.tasks) if made else ""
