"""Which topics a flow replicates, by the rules of MirrorMaker's source connector."""

from __future__ import annotations

import re
from dataclasses import dataclass

from topology.replication.mirrormaker_names import HEARTBEATS, SEPARATOR, is_internal

__all__ = ["ReplicatedTopics"]


@dataclass(frozen=True)
class ReplicatedTopics:
    """Which topics cross, from alias to alias (MirrorSourceConnector.shouldReplicateTopic, DefaultTopicFilter
    and the two policies of Kafka 4.1.1). Built from a typed flow (DirectedFlow.replicated_topics) or from a
    connector's properties (operations/connect/connector_flows.py)."""

    source: str
    target: str
    include: re.Pattern[str]
    exclude: re.Pattern[str]
    separator: str = SEPARATOR
    identity: bool = False

    @property
    def heartbeats(self) -> str:
        """Name at the target of the source's heartbeats; both policies put the alias before it."""
        return f"{self.source}{self.separator}{HEARTBEATS}"

    def replicated(self, topic: str) -> bool:
        """Whether records of a topic at the source cross. Heartbeats do and are left out: they would make an
        idle flow look busy and a stalled one alive."""
        return (
            self.include.fullmatch(topic) is not None
            and self.exclude.fullmatch(topic) is None
            and topic.rsplit(self.separator, 1)[-1] != HEARTBEATS
            and not is_internal(topic)
            and (self._keeps(topic) or self.target not in topic.split(self.separator)[:-1])
        )

    def mirrored(self, topic: str) -> bool:
        """Whether a topic at the target is one that this flow writes. With the identity policy one that the
        target's own producers write under a name that crosses looks the same."""
        if self._keeps(topic):
            return self.replicated(topic)
        prefix = f"{self.source}{self.separator}"
        return topic.startswith(prefix) and self.replicated(topic.removeprefix(prefix))

    def _keeps(self, topic: str) -> bool:
        """Whether the policy leaves a name as it is (IdentityReplicationPolicy.looksLikeHeartbeat)."""
        return self.identity and not topic.endswith(HEARTBEATS)
