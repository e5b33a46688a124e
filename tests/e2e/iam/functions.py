"""What MirrorMaker does, function by function, each tried on the stage and seen by its effect.

In the order in which one needs the other: the first that fails is the one that an action was needed for.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition

# Its documentation imports these from here; its types do not say so.
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    ResourceType,
)

from operations.probe.heartbeats import HEARTBEAT_V0
from operations.probe.probe import Probe
from tests.e2e.iam.stage import SOURCE, TARGET, TOPIC, Stage, waited
from topology.aws.names import Names

__all__ = ["FUNCTIONS", "PROBE_FUNCTIONS", "Function"]

GROUP = f"{SOURCE}.billing"
RETENTION_MS = "7200000"
NOT_COMPACTED = b"is required to have 'cleanup.policy=compact'"
"""TopicAdmin.verifyTopicCleanupPolicyOnlyCompact"""


@dataclass(frozen=True)
class Function:
    """`id` is what topology/iam/statements.py names; `works(stage, seconds)` tries it for so long at most."""

    id: str
    works: Callable[[Stage, float], bool]


def joins(stage: Stage, seconds: float) -> bool:
    worker = stage.start_worker()
    return stage.waits(lambda: worker.process.alive and worker.healthy(), seconds)


def keeps_connectors(stage: Stage, seconds: float) -> bool:
    return stage.reconcile(seconds)


def replicates(stage: Stage, seconds: float) -> bool:
    """One record only: as long as the topic of the offset syncs is missing, the sync of each record that was
    acknowledged blocks the producer for a minute (max.block.ms), and with it the records after it."""
    produce(stage, 1)
    return stage.waits(lambda: ends(stage, TARGET, stage.mirrored) >= 1, seconds)


def carries_heartbeats(stage: Stage, seconds: float) -> bool:
    produce(stage, 1, "heartbeats")
    return stage.waits(lambda: ends(stage, TARGET, f"{SOURCE}.heartbeats") > 0, seconds)


def writes_heartbeats(stage: Stage, seconds: float) -> bool:
    return stage.waits(lambda: ends(stage, TARGET, "heartbeats") > 0, seconds)


def syncs_configuration(stage: Stage, seconds: float) -> bool:
    wanted = ConfigEntry("retention.ms", RETENTION_MS, incremental_operation=AlterConfigOpType.SET)
    for topic in (TOPIC, "heartbeats"):
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[wanted])
        for done in stage.clusters[SOURCE].admin.incremental_alter_configs([resource]).values():
            done.result()
    mirrored = (stage.mirrored, f"{SOURCE}.heartbeats")
    return stage.waits(lambda: all(retention(stage, topic) == RETENTION_MS for topic in mirrored), seconds)


def grows_partitions(stage: Stage, seconds: float) -> bool:
    for done in stage.clusters[SOURCE].admin.create_partitions([NewPartitions(TOPIC, 2)]).values():
        done.result()
    return stage.waits(lambda: stage.clusters[TARGET].topics().get(stage.mirrored) == 2, seconds)


def replicates_new_topics(stage: Stage, seconds: float) -> bool:
    stage.clusters[SOURCE].create_topics({"demo.later": 1})
    produce(stage, 1, "demo.later")
    return stage.waits(lambda: ends(stage, TARGET, f"{SOURCE}.demo.later") > 0, seconds)


def writes_offset_syncs(stage: Stage, seconds: float) -> bool:
    produce(stage, 19)
    topic = f"mm2-offset-syncs.{SOURCE}.internal"
    return stage.waits(
        lambda: ends(stage, TARGET, topic) > 0 and ends(stage, TARGET, stage.mirrored) >= 20, seconds
    )


def writes_checkpoints(stage: Stage, seconds: float) -> bool:
    commit(stage, 5)
    return stage.waits(lambda: ends(stage, TARGET, f"{SOURCE}.checkpoints.internal") > 0, seconds)


def syncs_group_offsets(stage: Stage, seconds: float) -> bool:
    return stage.waits(lambda: translated(stage) > 0, seconds)


def survives_a_restart(stage: Stage, seconds: float) -> bool:
    """The connectors come back by themselves and go on behind what was written."""
    assert stage.worker is not None
    before = ends(stage, TARGET, stage.mirrored)
    stage.worker.stop()
    worker = stage.start_worker()
    if not stage.waits(lambda: worker.process.alive and worker.healthy(), seconds):
        return False
    produce(stage, 3)
    arrived = stage.waits(lambda: ends(stage, TARGET, stage.mirrored) >= before + 3, seconds)
    return arrived and ends(stage, TARGET, stage.mirrored) < before + 20


def translates_after_a_restart(stage: Stage, seconds: float) -> bool:
    """A group that lags behind the last offset sync from before the restart moves on (KAFKA-15905)."""
    before = translated(stage)
    commit(stage, 15)
    return stage.waits(lambda: translated(stage) > before, seconds)


def refuses_storage_that_forgets(stage: Stage, seconds: float) -> bool:
    """A worker gives up that finds its offsets topic with cleanup.policy=delete; it takes minutes to end."""
    assert stage.worker is not None
    stage.worker.stop()
    written = stage.worker.log.stat().st_size
    cluster = stage.clusters[TARGET]
    topic = Names(stage.environment, TARGET).connect_topic("offsets")
    for gone in cluster.admin.delete_topics([topic]).values():
        gone.result()
    assert waited(lambda: topic not in cluster.topics(), 30)
    cluster.create_topics({topic: 1}, {"cleanup.policy": "delete"})
    worker = stage.start_worker()

    def refused() -> bool:
        return NOT_COMPACTED in worker.log.read_bytes()[written:]

    assert waited(lambda: refused() or worker.healthy(), seconds)
    worker.kill()
    return refused()


def probes_offsets(stage: Stage, seconds: float) -> bool:
    """What was written is counted at both ends."""
    counted = {"source-records": 0.0, "target-records": 0.0}

    def all_counted(probe: Probe) -> bool:
        figures = probe.sample()[0].figures
        for name in counted:
            counted[name] += figures.get(name, 0.0)
        return min(counted.values()) >= 3

    with stage.probe() as probe:
        probe.sample()
        produce(stage, 3)
        return stage.waits(lambda: all_counted(probe), seconds)


def probes_latency(stage: Stage, seconds: float) -> bool:
    """A heartbeat of the source is timed as it arrives."""

    def timed(probe: Probe) -> bool:
        heartbeat = HEARTBEAT_V0.pack(0, int(time.time() * 1000))
        producer = stage.cluster(SOURCE).producer({})
        producer.produce("heartbeats", heartbeat)
        assert producer.flush(10) == 0
        return probe.sample()[0].heartbeats > 0

    with stage.probe() as probe:
        return stage.waits(lambda: timed(probe), seconds)


FUNCTIONS: Sequence[Function] = (
    Function("join", joins),
    Function("connectors", keeps_connectors),
    Function("replication", replicates),
    Function("offset-syncs", writes_offset_syncs),
    Function("heartbeats", writes_heartbeats),
    Function("heartbeats-carried", carries_heartbeats),
    Function("topic-configuration", syncs_configuration),
    Function("partition-growth", grows_partitions),
    Function("new-topics", replicates_new_topics),
    Function("checkpoints", writes_checkpoints),
    Function("group-offsets", syncs_group_offsets),
    Function("restart", survives_a_restart),
    Function("checkpoints-after-restart", translates_after_a_restart),
    Function("storage-check", refuses_storage_that_forgets),
)
PROBE_FUNCTIONS: Sequence[Function] = (
    Function("probe-offsets", probes_offsets),
    Function("probe-latency", probes_latency),
)


def produce(stage: Stage, count: int, topic: str = TOPIC) -> None:
    """Records at the source, with a key and a header."""
    producer = stage.cluster(SOURCE).producer({})
    for number in range(count):
        producer.produce(topic, str(number).encode(), key=uuid.uuid4().bytes, headers={"n": b"1"})
        producer.flush(10)  # one by one, so that offset syncs lie close together
    assert producer.flush(10) == 0


def ends(stage: Stage, region: str, topic: str) -> int:
    """Records in a topic, control records of transactions among them; 0 where there is none."""
    cluster = stage.clusters[region]
    return sum(cluster.end_offsets(topic).values()) if topic in cluster.topics() else 0


def retention(stage: Stage, topic: str) -> str | None:
    """retention.ms of a topic at the target."""
    resource = ConfigResource(ResourceType.TOPIC, topic)
    (answer,) = stage.clusters[TARGET].admin.describe_configs([resource]).values()
    value: str | None = answer.result()["retention.ms"].value
    return value


def commit(stage: Stage, offset: int) -> None:
    """The group has read up to here, at the source; a new broker takes a moment to be a coordinator."""
    at = ConsumerGroupTopicPartitions(GROUP, [TopicPartition(TOPIC, 0, offset)])

    def committed() -> bool:
        (answer,) = stage.clusters[SOURCE].admin.alter_consumer_group_offsets([at]).values()
        return all(one.error is None for one in answer.result().topic_partitions)

    assert waited(committed, 30)


def translated(stage: Stage) -> int:
    """Where the group would go on at the target; 0 where it is not known."""
    asked = [ConsumerGroupTopicPartitions(GROUP, [TopicPartition(stage.mirrored, 0)])]
    (answer,) = stage.clusters[TARGET].admin.list_consumer_group_offsets(asked).values()
    offsets: list[int] = [one.offset for one in answer.result().topic_partitions]
    return max(0, *offsets)
