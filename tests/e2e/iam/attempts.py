"""Things that a role must not do, each as a client would do it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    TopicPartition,
)

# Its documentation imports these from here; its types do not say so.
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from operations.kafka.clusters import LOGGER, Cluster
from tests.e2e.iam.stage import OPERATIONS, SOURCE, TARGET, TOPIC, WORKERS, Stage, waited
from topology.aws.names import Names

__all__ = ["ATTEMPTS", "REFUSALS", "Attempt", "prepare"]

REFUSALS = frozenset(
    {
        "TOPIC_AUTHORIZATION_FAILED",
        "GROUP_AUTHORIZATION_FAILED",
        "CLUSTER_AUTHORIZATION_FAILED",
        "TRANSACTIONAL_ID_AUTHORIZATION_FAILED",
    }
)
"""Kafka's words for "you may not"."""
SECONDS = 20.0
UNREPLICATED, LOCAL = "payments.cards", "shop.baskets"
"""A topic of the source that no flow names, and one that the target's own applications write."""
SOURCE_GROUP, LOCAL_GROUP = f"{SOURCE}.billing", f"{TARGET}.shop"
MIRRORED = f"{SOURCE}.{TOPIC}"
CONFIGS, CONNECT_GROUP = "mirrormaker2.local.configs.internal", "mirrormaker2-local"


@dataclass(frozen=True)
class Attempt:
    """`make` does it as whoever the cluster is reached as, and raises KafkaException where it is refused."""

    user: str
    what: str
    region: str
    make: Callable[[Cluster], None]


def prepare(stage: Stage) -> None:
    """The topics and groups that the attempts are about."""
    names = Names(stage.environment, TARGET)
    assert (names.connect_topic("configs"), names.connect_group) == (CONFIGS, CONNECT_GROUP)
    stage.clusters[SOURCE].create_topics({UNREPLICATED: 1})
    stage.clusters[TARGET].create_topics({LOCAL: 1, MIRRORED: 1, CONFIGS: 1, f"{SOURCE}.heartbeats": 1})
    for region, topic, group in ((SOURCE, TOPIC, SOURCE_GROUP), (TARGET, LOCAL, LOCAL_GROUP)):
        cluster = stage.cluster(region)
        assert waited(lambda c=cluster, t=topic, g=group: commits(t, g)(c) is None, SECONDS)  # type: ignore[misc]
    for region, topics in (
        (SOURCE, (TOPIC, UNREPLICATED)),
        (TARGET, (LOCAL, MIRRORED, f"{SOURCE}.heartbeats")),
    ):
        for topic in topics:
            writes(topic)(stage.cluster(region))


def reads(topic: str, partitions: int = 1) -> Callable[[Cluster], None]:
    def make(cluster: Cluster) -> None:
        consumer = cluster.consumer({"group.id": f"reader-{time.time_ns()}"})
        try:
            consumer.assign([TopicPartition(topic, number, 0) for number in range(partitions)])
            message = consumer.poll(SECONDS)
            if message is None:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))
            if message.error() is not None:
                raise KafkaException(message.error())
        finally:
            consumer.close()

    return make


def writes(topic: str) -> Callable[[Cluster], None]:
    def make(cluster: Cluster) -> None:
        said: list[KafkaError | None] = []
        producer = cluster.producer({"message.timeout.ms": int(SECONDS * 1000)})
        producer.produce(topic, b"x", on_delivery=lambda error, _: said.append(error))
        producer.flush(SECONDS)
        if said[0] is not None:
            raise KafkaException(said[0])

    return make


def joins(group: str, topic: str) -> Callable[[Cluster], None]:
    def make(cluster: Cluster) -> None:
        consumer = cluster.consumer({"group.id": group, "session.timeout.ms": 6000})
        try:
            consumer.subscribe([topic])
            _await_assignment(consumer)
        finally:
            consumer.close()

    return make


def _await_assignment(consumer: Consumer) -> None:
    deadline = time.monotonic() + SECONDS
    while not consumer.assignment():
        message = consumer.poll(0.2)
        if message is not None and message.error() is not None:
            raise KafkaException(message.error())
        if time.monotonic() > deadline:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))


def commits(topic: str, group: str) -> Callable[[Cluster], None]:
    def make(cluster: Cluster) -> None:
        at = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 0)])
        client = admin(cluster)  # a client that nobody holds answers nothing
        (answer,) = client.alter_consumer_group_offsets([at]).values()
        for one in answer.result().topic_partitions:
            if one.error is not None:
                raise KafkaException(one.error)

    return make


def administers(call: Callable[[AdminClient], Any]) -> Callable[[Cluster], None]:
    """A call of the admin client that answers with futures, by what they are about, or with one."""

    def make(cluster: Cluster) -> None:
        client = admin(cluster)  # a client that nobody holds answers nothing
        answer = call(client)
        for future in answer.values() if isinstance(answer, dict) else [answer]:
            future.result()

    return make


def creates(topic: str) -> Callable[[Cluster], None]:
    return administers(lambda one: one.create_topics([NewTopic(f"{topic}{time.time_ns()}", 1, 1)]))


def deletes(topic: str) -> Callable[[Cluster], None]:
    """Deletes the topic, which is made anew for the next attempt by who may delete it."""
    return administers(lambda one: one.delete_topics([topic]))


def grows(topic: str, partitions: int) -> Callable[[Cluster], None]:
    return administers(lambda one: one.create_partitions([NewPartitions(topic, partitions)]))


def configures(kind: Any, name: str, key: str, value: str) -> Callable[[Cluster], None]:
    entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(kind, name, incremental_configs=[entry])
    return administers(lambda one: one.incremental_alter_configs([resource]))


def transacts(transactional_id: str) -> Callable[[Cluster], None]:
    def make(cluster: Cluster) -> None:
        cluster.producer({"transactional.id": transactional_id}).init_transactions(SECONDS)

    return make


def describes_group(group: str) -> Callable[[Cluster], None]:
    return administers(lambda one: one.describe_consumer_groups([group]))


def deletes_group(group: str) -> Callable[[Cluster], None]:
    return administers(lambda one: one.delete_consumer_groups([group]))


def makes_a_rule(cluster: Cluster) -> None:
    rule = (ResourceType.TOPIC, "*", ResourcePatternType.LITERAL, "User:nobody", "*")
    binding = AclBinding(*rule, AclOperation.READ, AclPermissionType.ALLOW)
    administers(lambda one: one.create_acls([binding]))(cluster)


def admin(cluster: Cluster) -> AdminClient:
    return AdminClient({"bootstrap.servers": cluster.bootstrap, **cluster.settings}, logger=LOGGER)


ATTEMPTS: Sequence[Attempt] = (
    Attempt(WORKERS, "read an unreplicated topic of the source", SOURCE, reads(UNREPLICATED)),
    Attempt(WORKERS, "read a local topic of the target", TARGET, reads(LOCAL)),
    Attempt(WORKERS, "read consumer offsets of the source", SOURCE, reads("__consumer_offsets", 50)),
    Attempt(WORKERS, "write a replicated topic of the source", SOURCE, writes(TOPIC)),
    Attempt(WORKERS, "write a local topic of the target", TARGET, writes(LOCAL)),
    Attempt(WORKERS, "make a topic at the source", SOURCE, creates("demo.")),
    Attempt(WORKERS, "make a local topic at the target", TARGET, creates("shop.")),
    Attempt(WORKERS, "grow a topic of the source", SOURCE, grows(TOPIC, 3)),
    Attempt(WORKERS, "grow a local topic of the target", TARGET, grows(LOCAL, 3)),
    Attempt(
        WORKERS,
        "configure a topic of the source",
        SOURCE,
        configures(ResourceType.TOPIC, TOPIC, "retention.ms", "3600000"),
    ),
    Attempt(
        WORKERS,
        "configure a local topic of the target",
        TARGET,
        configures(ResourceType.TOPIC, LOCAL, "retention.ms", "3600000"),
    ),
    Attempt(
        WORKERS,
        "configure a broker",
        TARGET,
        configures(ResourceType.BROKER, "1", "log.cleaner.threads", "1"),
    ),
    Attempt(WORKERS, "make a rule", TARGET, makes_a_rule),
    Attempt(WORKERS, "commit for a group of the source", SOURCE, commits(TOPIC, SOURCE_GROUP)),
    Attempt(WORKERS, "join a local group of the target", TARGET, joins(LOCAL_GROUP, MIRRORED)),
    Attempt(WORKERS, "describe a local group of the target", TARGET, describes_group(LOCAL_GROUP)),
    Attempt(WORKERS, "take another transactional id", TARGET, transacts("shop-checkout")),
    Attempt(WORKERS, "describe a group that no flow names", SOURCE, describes_group("payments")),
    Attempt(OPERATIONS, "read records", TARGET, reads(MIRRORED)),
    Attempt(OPERATIONS, "read records of the source", SOURCE, reads(TOPIC)),
    Attempt(OPERATIONS, "write a mirrored topic", TARGET, writes(MIRRORED)),
    Attempt(OPERATIONS, "write heartbeats", TARGET, writes(f"{SOURCE}.heartbeats")),
    Attempt(OPERATIONS, "make a topic", TARGET, creates(f"{SOURCE}.demo.")),
    Attempt(OPERATIONS, "join the workers' group", TARGET, joins(CONNECT_GROUP, f"{SOURCE}.heartbeats")),
    Attempt(OPERATIONS, "take a worker's transactional id", TARGET, transacts(f"{CONNECT_GROUP}-x-source-0")),
    Attempt(OPERATIONS, "delete a mirrored topic", TARGET, deletes(MIRRORED)),
    # last, since the administrator does it after them
    Attempt(WORKERS, "delete a group of the source", SOURCE, deletes_group(SOURCE_GROUP)),
    Attempt(WORKERS, "delete a local group of the target", TARGET, deletes_group(LOCAL_GROUP)),
    Attempt(WORKERS, "delete a topic of the source", SOURCE, deletes(TOPIC)),
    Attempt(WORKERS, "delete Connect's configurations", TARGET, deletes(CONFIGS)),
    Attempt(WORKERS, "delete a local topic of the target", TARGET, deletes(LOCAL)),
)
