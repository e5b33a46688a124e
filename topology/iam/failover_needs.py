"""Which action whoever moves a consumer group needs, as iam_needs.py says it of the roles of the stacks.

Every row was taken away on real brokers too (tests/e2e/iam/test_failover_rights.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from topology.iam.needs import Need, Permission

__all__ = ["FAILOVER_FUNCTIONS", "FAILOVER_PERMISSIONS"]

FAILOVER_FUNCTIONS: Final[Mapping[str, str]] = {
    "failover": "A consumer group resumes at the target, by checkpoints.",
    "failback": "It comes back to the source, by offset syncs.",
}
"""What an operator does to a group, `msk-mirror failover run`."""

CONNECT = Permission(
    "FailoverConnect",
    "S and T: the cluster",
    "A failover logs in at both clusters.",
    (Need("Connect", "failover", "every client"),),
)
GROUPS = Permission(
    "FailoverGroups",
    "S and T: the group",
    "Who is in the group and what it has committed is read at both; offsets are written at the target.",
    (
        Need("DescribeGroup", "failover", "ListGroups and OffsetFetch"),
        Need("AlterGroup", "failover", "KIP-396, alterConsumerGroupOffsets"),
    ),
)
TOPICS = Permission(
    "FailoverTopics",
    "S: the flow's topics; T: mirrored topics",
    "Where the partitions end; and whoever commits an offset must be allowed to read the topic.",
    (
        Need("DescribeTopic", "failover", "Metadata, ListOffsets and OffsetFetch"),
        Need("ReadData", "failover", "OffsetCommit"),
    ),
)
CHECKPOINTS = Permission(
    "FailoverCheckpoints",
    "T: <S>.checkpoints.internal",
    "Where a group of the source resumes in the mirrored topics.",
    (
        Need("DescribeTopic", "failover", "Metadata and ListOffsets"),
        Need("ReadData", "failover", "Fetch"),
    ),
)
SYNCS = Permission(
    "FailoverSyncs",
    "T: mm2-offset-syncs.<S>.internal",
    "How far a checkpoint is behind; and, read backwards, where a group resumes in the original topics.",
    (
        Need("DescribeTopic", "failover", "Metadata and ListOffsets"),
        Need("ReadData", "failover", "Fetch"),
    ),
)
READER = Permission(
    "FailoverReader",
    "S and T: msk-mirror, a group that nobody joins",
    "librdkafka has no consumer without a group and asks for its coordinator.",
    (Need("DescribeGroup", "failover", "FindCoordinator"),),
)

FAILOVER_PERMISSIONS: Final = (CONNECT, GROUPS, TOPICS, CHECKPOINTS, SYNCS, READER)
