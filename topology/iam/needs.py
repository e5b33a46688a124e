"""Which action MirrorMaker and the probe need on which kind of thing, and which function fails without it.

Every row was taken away on real brokers and the function seen to fail (`make prove-iam`, decision 16).
`source` says where the need comes from: the KIP or class of Kafka that makes the request, or, where Kafka
itself would do without, AWS's table of required actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["FUNCTIONS", "OPERATIONS_PERMISSIONS", "WORKER_PERMISSIONS", "Need", "Permission"]

FUNCTIONS: Final[Mapping[str, str]] = {
    "join": "A worker joins its group and reads its three topics.",
    "connectors": "Connectors are kept and their tasks run.",
    "replication": "Records reach the mirrored topic, which is made when it is missing.",
    "offset-syncs": "Which offset at the target is which at the source is kept.",
    "heartbeats": "Heartbeats are written at the target, for the flow in the other direction.",
    "heartbeats-carried": "Heartbeats of the source reach the target.",
    "topic-configuration": "A changed configuration of a topic is followed at the target.",
    "partition-growth": "More partitions of a topic are followed at the target.",
    "new-topics": "A topic that is made later is replicated.",
    "checkpoints": "Offsets of consumer groups are translated.",
    "group-offsets": "Translated offsets are written into the groups of the target.",
    "restart": "A restarted worker resumes where it stopped.",
    "checkpoints-after-restart": "Offsets of lagging groups are still translated after a restart.",
    "storage-check": "A worker refuses topics that would lose its state, because they are not compacted.",
    "probe-offsets": "The probe tells how far the target is behind.",
    "probe-latency": "The probe times heartbeats as they arrive.",
}
"""What is tried, in the order in which one needs the other."""

TABLE = "MSK Developer Guide, Semantics of IAM authorization policy actions and resources"
"""Names the actions that an action requires; Kafka's own rules imply them."""


@dataclass(frozen=True)
class Need:
    """An action (without `kafka-cluster:`), the function that fails without it, and who asks for it."""

    action: str
    function: str
    source: str


@dataclass(frozen=True)
class Permission:
    """What is needed on things that are alike; `on` says which, S and T being source and target."""

    sid: str
    on: str
    reason: str
    needs: tuple[Need, ...]


TARGET_CLUSTER = Permission(
    "TargetConnect",
    "T: the cluster",
    "Connect's own clients and MirrorMaker's producers and admin clients.",
    (
        Need("Connect", "join", "every client"),
        # for MirrorMaker's producers (KIP-98); Kafka lets whoever may write a topic do without (KIP-679), so
        # that the proof withholds all writing
        Need("WriteDataIdempotently", "join", TABLE),
    ),
)
CONNECT_STORAGE = Permission(
    "ConnectStorage",
    "T: Connect's configs, offsets and status topics",
    "Connect keeps connectors, source offsets and status in three topics.",
    (
        Need("CreateTopic", "join", "KIP-26, TopicAdmin.createTopics"),
        Need("DescribeTopic", "join", "Metadata and ListOffsets of KafkaBasedLog"),
        Need("ReadData", "join", "KafkaBasedLog.start reads to the end"),
        Need("WriteData", "join", "KafkaConfigBackingStore (session keys, KIP-507), KafkaStatusBackingStore"),
        Need(
            "DescribeTopicDynamicConfiguration",
            "storage-check",
            "TopicAdmin.verifyTopicCleanupPolicyOnlyCompact, which is left out where it is not allowed",
        ),
    ),
)
CONNECT_GROUP = Permission(
    "ConnectGroup",
    "T: the workers' group",
    "The workers find each other as a group.",
    (
        Need("DescribeGroup", "join", "FindCoordinator"),
        Need("AlterGroup", "join", "JoinGroup, SyncGroup and Heartbeat (KIP-415)"),
    ),
)
EXACTLY_ONCE = Permission(
    "ExactlyOnce",
    "T: transactional ids of the leader and of the tasks; not with exactly_once: off",
    "The leader's configuration and the tasks' records are written in transactions, with offsets (KIP-618).",
    (
        Need("AlterTransactionalId", "join", "KIP-618, InitProducerId of the leader and the tasks"),
        Need("DescribeTransactionalId", "join", "FindCoordinator"),
    ),
)
MIRRORED_TOPICS = Permission(
    "MirroredTopics",
    "T: mirrored topics",
    "The source connector makes, grows, configures and writes mirrored topics.",
    (
        Need("CreateTopic", "replication", "KIP-382, MirrorSourceConnector.createNewTopics"),
        Need("DescribeTopic", "replication", "Metadata of the producer and of listTopics"),
        Need("WriteData", "replication", "Produce"),
        Need("AlterTopic", "partition-growth", "KIP-382, MirrorSourceConnector.createNewPartitions"),
        Need("AlterTopicDynamicConfiguration", "topic-configuration", "KIP-894, incrementalAlterConfigs"),
        Need("DescribeTopicDynamicConfiguration", "topic-configuration", TABLE),
    ),
)
MIRRORED_HEARTBEATS = Permission(
    "MirroredHeartbeats",
    "T: the source's heartbeats",
    "Heartbeats of the source are replicated like a topic, but for its one partition.",
    (
        Need("CreateTopic", "heartbeats-carried", "KIP-382, MirrorSourceConnector.createNewTopics"),
        Need("DescribeTopic", "heartbeats-carried", "Metadata of the producer and of listTopics"),
        Need("WriteData", "heartbeats-carried", "Produce"),
        Need("AlterTopicDynamicConfiguration", "topic-configuration", "KIP-894, incrementalAlterConfigs"),
        Need("DescribeTopicDynamicConfiguration", "topic-configuration", TABLE),
    ),
)
OWN_HEARTBEATS = Permission(
    "Heartbeats",
    "T: heartbeats",
    "The heartbeat connector makes and writes them.",
    (
        Need("CreateTopic", "heartbeats", "KIP-382, MirrorHeartbeatConnector.createInternalTopics"),
        Need("DescribeTopic", "heartbeats", "Metadata of the producer"),
        Need("WriteData", "heartbeats", "Produce"),
    ),
)
OFFSET_SYNCS = Permission(
    "OffsetSyncs",
    "T: mm2-offset-syncs.<S>.internal (KIP-716)",
    "The source connector writes offset syncs, the checkpoint connector reads them.",
    (
        Need("CreateTopic", "offset-syncs", "MirrorSourceConnector.start"),
        Need("DescribeTopic", "offset-syncs", "Metadata and ListOffsets"),
        Need("WriteData", "offset-syncs", "OffsetSyncWriter"),
        Need("ReadData", "checkpoints", "OffsetSyncStore"),
    ),
)
CHECKPOINTS = Permission(
    "Checkpoints",
    "T: <S>.checkpoints.internal",
    "The checkpoint connector writes checkpoints, and reads them when it starts.",
    (
        Need("CreateTopic", "checkpoints", "MirrorCheckpointConnector.createInternalTopics"),
        Need("DescribeTopic", "checkpoints", "Metadata of the producer"),
        Need("WriteData", "checkpoints", "Produce"),
        Need("ReadData", "checkpoints-after-restart", "KAFKA-15905, CheckpointStore"),
    ),
)
GROUP_OFFSET_TOPICS = Permission(
    "GroupOffsetTopics",
    "T: mirrored topics",
    "Whoever commits an offset must be allowed to read the topic.",
    (Need("ReadData", "group-offsets", "KIP-545, OffsetCommit"),),
)
GROUP_OFFSETS = Permission(
    "GroupOffsets",
    "T: the flow's groups",
    "Translated offsets are written into the groups of the target.",
    (
        Need("AlterGroup", "group-offsets", "KIP-545, alterConsumerGroupOffsets"),
        Need("DescribeGroup", "group-offsets", "MirrorCheckpointTask.refreshIdleConsumerGroupOffset"),
    ),
)
SOURCE_CLUSTER = Permission(
    "SourceConnect",
    "S: the cluster",
    "Consumers and the admin client of the source.",
    (Need("Connect", "connectors", "every client"),),
)
SOURCE_TOPICS = Permission(
    "SourceTopics",
    "S: the flow's topics, heartbeats",
    "The source connector lists, describes and reads what it mirrors.",
    (
        # without a topic to see the connector has no task
        Need("DescribeTopic", "connectors", "MirrorSourceConnector.findSourceTopicPartitions"),
        Need(
            "DescribeTopicDynamicConfiguration", "replication", "MirrorSourceConnector.describeTopicConfigs"
        ),
        Need("ReadData", "replication", "Fetch"),
    ),
)
SOURCE_READER = Permission(
    "SourceReader",
    "S: msk-mirror-reader, a group that nobody joins",
    "AWS wants both of whoever has ReadData; the workers read the source without a group.",
    (
        Need("AlterGroup", "replication", TABLE),
        Need("DescribeGroup", "replication", TABLE),
    ),
)
SOURCE_GROUPS = Permission(
    "SourceGroups",
    "S: the flow's groups",
    "The checkpoint connector finds the consumer groups and reads their offsets.",
    (Need("DescribeGroup", "checkpoints", "ListGroups and OffsetFetch"),),
)
PROBE_CONNECT = Permission(
    "ProbeConnect",
    "S and T: the cluster",
    "The probe logs in at both ends of each flow.",
    (Need("Connect", "probe-offsets", "every client"),),
)
PROBE_OFFSETS = Permission(
    "ProbeOffsets",
    "S: the flow's topics; T: mirrored topics",
    "Where the topics begin and end.",
    (Need("DescribeTopic", "probe-offsets", "Metadata and ListOffsets"),),
)
PROBE_ARRIVAL = Permission(
    "ProbeArrival",
    "T: the source's heartbeats",
    "Latency is the arrival of heartbeats at the target less their time stamps.",
    (
        Need("DescribeTopic", "probe-latency", "Metadata"),
        Need("ReadData", "probe-latency", "Fetch"),
    ),
)
PROBE_GROUP = Permission(
    "ProbeGroup",
    "T: msk-mirror-probe",
    "librdkafka has no consumer without a group; it is assigned its partitions and commits nothing.",
    (
        Need("DescribeGroup", "probe-latency", "FindCoordinator"),
        Need("AlterGroup", "probe-latency", TABLE),
    ),
)

WORKER_PERMISSIONS: Final = (
    *(TARGET_CLUSTER, CONNECT_STORAGE, CONNECT_GROUP, EXACTLY_ONCE),
    *(MIRRORED_TOPICS, MIRRORED_HEARTBEATS, OWN_HEARTBEATS, OFFSET_SYNCS, CHECKPOINTS),
    *(GROUP_OFFSET_TOPICS, GROUP_OFFSETS),
    *(SOURCE_CLUSTER, SOURCE_TOPICS, SOURCE_READER, SOURCE_GROUPS),
)
OPERATIONS_PERMISSIONS: Final = (PROBE_CONNECT, PROBE_OFFSETS, PROBE_ARRIVAL, PROBE_GROUP)
