"""Partitions of a cluster's topics: where each begins and ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from confluent_kafka import KafkaException, TopicPartition

# Its documentation imports these from here; its types do not say so.
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from operations.kafka.clusters import Cluster, ClusterError, words
from topology.iam.statements import PROBE_GROUP

__all__ = ["Extent", "Offsets", "Partition"]

REQUEST_SECONDS: Final = 10.0

Partition = tuple[str, int]
"""Topic and number."""


@dataclass(frozen=True)
class Extent:
    """The offset of a partition's first record and the one after its last."""

    beginning: int
    end: int


class Offsets:
    """The offsets of a cluster's topics, over one connection that stays: IAM log-ins are limited."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._said: dict[str, None] = {}
        self._admin: AdminClient | None = None

    def extents(self, wanted: Callable[[str], bool]) -> dict[Partition, Extent]:
        """Where every partition of the wanted topics begins and ends now.

        Raises ClusterError when one of them cannot be told: a sum over the others would be another figure.
        """
        try:
            if self._admin is None:
                self._admin = self._connected()
            self._admin.poll(0)  # what error_cb has to say of the time since the last look is old news
            self._said.clear()
            return _extents(self._admin, wanted)
        except KafkaException as error:
            if self._admin is not None:
                self._admin.poll(0)  # serves error_cb, which knows more than "failed to get metadata"
            raise ClusterError("; ".join([f"{self._cluster}: {words(error)}", *self._said])) from error

    def _connected(self) -> AdminClient:
        return self._cluster.admin(
            {"client.id": PROBE_GROUP, "error_cb": lambda error: self._said.update({error.str(): None})}
        )


def _extents(admin: AdminClient, wanted: Callable[[str], bool]) -> dict[Partition, Extent]:
    topics = admin.list_topics(timeout=REQUEST_SECONDS).topics
    partitions = [(name, number) for name in topics if wanted(name) for number in topics[name].partitions]
    # in this order, so that no beginning lies behind its end
    beginnings = _ask(admin, partitions, OffsetSpec.earliest)
    ends = _ask(admin, partitions, OffsetSpec.latest)
    return {partition: Extent(beginnings[partition], ends[partition]) for partition in partitions}


def _ask(
    admin: AdminClient, partitions: list[Partition], offset_spec: Callable[[], OffsetSpec]
) -> Mapping[Partition, int]:
    if not partitions:
        return {}
    wanted = {TopicPartition(*partition): offset_spec() for partition in partitions}
    answers = admin.list_offsets(wanted, request_timeout=REQUEST_SECONDS)
    return {(one.topic, one.partition): future.result().offset for one, future in answers.items()}
