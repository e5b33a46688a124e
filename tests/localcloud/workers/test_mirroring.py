"""Real brokers in two regions, the WAN, and real workers: records arrive, and nothing is left."""

from __future__ import annotations

import socket
import time
from collections import Counter
from pathlib import Path

import httpx
import javaproperties
import pytest
from confluent_kafka import Consumer, Producer

from localcloud.kafka.cluster import LocalKafkaCluster, start_clusters
from localcloud.server_process import stop_together
from localcloud.wan import Wan
from localcloud.workers import ConnectWorker, bootstrap_environment, localize
from tests.localcloud.kafka.running import left_of, sites
from tests.localcloud.wan.regions import links_to, wait_until

SOURCE, TARGET = "us-east-1", "us-west-2"
RECORDS = 2000
NAME = "us-east-1-to-us-west-2-source"

IAM = {
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "AWS_MSK_IAM",
    "sasl.jaas.config": "software.amazon.msk.auth.iam.IAMLoginModule required;",
    "sasl.client.callback.handler.class": "software.amazon.msk.auth.iam.IAMClientCallbackHandler",
}
BYTES = "org.apache.kafka.connect.converters.ByteArrayConverter"

WORKER = {
    "bootstrap.servers": "${env:BOOTSTRAP_US_WEST_2}",
    "group.id": "mirrormaker2",
    "key.converter": BYTES,
    "value.converter": BYTES,
    "header.converter": BYTES,
    **{f"{kind}.storage.topic": f"mirrormaker2-{kind}" for kind in ("config", "offset", "status")},
    **{f"{kind}.storage.replication.factor": "1" for kind in ("config", "offset", "status")},
    "offset.storage.partitions": "5",
    "scheduled.rebalance.max.delay.ms": "0",
    "listeners": "http://0.0.0.0:8083",
    "rest.advertised.host.name": "${env:POD_IP}",
    "rest.advertised.port": "8083",
    "admin.listeners": "",
    "plugin.discovery": "service_load",
    "config.providers": "env",
    "config.providers.env.class": "org.apache.kafka.common.config.provider.EnvVarConfigProvider",
    "connector.client.config.override.policy": "All",
    **{
        prefix + key: value
        for prefix in ("", "producer.", "consumer.", "admin.")
        for key, value in IAM.items()
    },
}

CONNECTOR = {
    "connector.class": "org.apache.kafka.connect.mirror.MirrorSourceConnector",
    "source.cluster.alias": SOURCE,
    "target.cluster.alias": TARGET,
    "source.cluster.bootstrap.servers": "${env:BOOTSTRAP_US_EAST_1}",
    "target.cluster.bootstrap.servers": "${env:BOOTSTRAP_US_WEST_2}",
    "topics": "orders",
    "tasks.max": "2",
    "replication.factor": "1",
    "offset-syncs.topic.location": "target",
    "offset-syncs.topic.replication.factor": "1",
    "key.converter": BYTES,
    "value.converter": BYTES,
    "header.converter": BYTES,
    "producer.override.linger.ms": "5",
    "source.consumer.receive.buffer.bytes": "-1",
    "source.consumer.auto.offset.reset": "earliest",
    **{
        prefix + key: value for prefix in ("source.cluster.", "target.cluster.") for key, value in IAM.items()
    },
}


@pytest.mark.kafka
@pytest.mark.parametrize("kind", ["auto", "proxy"])
def test_records_cross_the_wan_once_and_nothing_is_left(kind: str, tmp_path: Path) -> None:
    with Wan.start([SOURCE, TARGET], kind=kind) as wan:
        addresses = [wan.address(region) for region in wan.regions if wan.kind == "tun"]
        links = links_to(addresses)
        started = sites(wan, tmp_path)
        server = {"auto.create.topics.enable": "false", "default.replication.factor": "3"}
        clusters = start_clusters(list(started.values()), dict.fromkeys(started, server))
        environment = bootstrap_environment(wan, TARGET, {SOURCE: SOURCE, TARGET: TARGET})
        workers = [
            ConnectWorker.start(started[TARGET], javaproperties.dumps(WORKER), environment, number)
            for number in range(2)
        ]
        clusters[SOURCE].create_topics({"orders": 3})
        sent = produce(clusters[SOURCE], "orders", RECORDS)
        for worker in workers:
            worker.wait_ready()
        # One of the two is not the leader: it forwards to the address that the leader advertises.
        create(workers[0], NAME, localize(CONNECTOR).properties)
        create(workers[1], NAME, localize(CONNECTOR).properties)
        received = consume(clusters[TARGET], "us-east-1.orders", RECORDS)
        assert received == sent
        assert sum(clusters[TARGET].end_offsets("us-east-1.orders").values()) == RECORDS
        assert wan.measure_rtt_ms(TARGET, SOURCE) >= 2 * wan.delay_ms
        assert wan.measure_rtt_ms(None, SOURCE) < wan.delay_ms
        wait_until(lambda: task_workers(workers[1]) == advertised(workers), 60, "each worker has a task")
        stop_together(*(worker.stop for worker in workers))
        stop_together(*(cluster.stop for cluster in clusters.values()))
        assert left_of(wan.run) == [wan.pid]
    assert left_of(wan.run) == []
    assert not links_to(addresses)
    assert not links & {interface for _, interface in socket.if_nameindex()}


def produce(cluster: LocalKafkaCluster, topic: str, count: int) -> Counter[bytes]:
    producer = Producer({"bootstrap.servers": cluster.bootstrap, "linger.ms": 5})
    values = [f"{number:08d}".encode() for number in range(count)]
    for value in values:
        producer.produce(topic, value, key=value)
    assert producer.flush(30) == 0
    return Counter(values)


def create(worker: ConnectWorker, name: str, config: dict[str, str]) -> None:
    answer = httpx.put(
        f"{worker.rest_url}/connectors/{name}/config", json=config, timeout=60, trust_env=False
    )
    assert answer.is_success, answer.text


def task_workers(worker: ConnectWorker) -> set[str]:
    """The advertised addresses of the workers that run the connector's tasks."""
    answer = httpx.get(f"{worker.rest_url}/connectors/{NAME}/status", timeout=60, trust_env=False)
    return {task["worker_id"] for task in answer.json().get("tasks", []) if task["state"] == "RUNNING"}


def advertised(workers: list[ConnectWorker]) -> set[str]:
    return {worker.rest_url.removeprefix("http://") for worker in workers}


def consume(cluster: LocalKafkaCluster, topic: str, count: int) -> Counter[bytes]:
    wait_until(lambda: topic in cluster.topics(), 60, f"{topic} is created")
    consumer = Consumer(
        {"bootstrap.servers": cluster.bootstrap, "group.id": "test", "auto.offset.reset": "earliest"}
    )
    consumer.subscribe([topic])
    received: Counter[bytes] = Counter()
    deadline = time.monotonic() + 60
    while received.total() < count and time.monotonic() < deadline:
        received.update(message.value() or b"" for message in consumer.consume(500, 0.5))
    consumer.close()
    return received
