"""Consumer groups of a cluster: who is in them, what they have committed, and committing for them."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from confluent_kafka import ConsumerGroupState, ConsumerGroupTopicPartitions, KafkaException, TopicPartition

from operations.kafka.clusters import METADATA_SECONDS, Cluster, ClusterError, words
from operations.kafka.partitions import Partition

__all__ = ["Groups", "connect_members"]

REQUEST_SECONDS: Final = 15.0
WITHOUT_MEMBERS: Final = frozenset({ConsumerGroupState.EMPTY, ConsumerGroupState.DEAD})


class Groups:
    """The consumer groups of a cluster, over one connection. Every call raises ClusterError."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._said: dict[str, None] = {}
        self._admin = cluster.admin({"error_cb": lambda error: self._said.update({error.str(): None})})

    def members(self, group: str) -> tuple[str, ...]:
        """Client ids and hosts of those in the group; empty when nobody is, or there is no such group.

        The state comes from ListGroups, which knows groups of either protocol (KIP-848); a group whose
        members cannot be named is given by its state.
        """
        with self._named():
            listed = self._admin.list_consumer_groups(request_timeout=REQUEST_SECONDS).result()
            states = {one.group_id: one.state for one in listed.valid}
            if listed.errors and group not in states:  # a broker did not answer: it may be the group's
                raise KafkaException(listed.errors[0])
            if states.get(group, ConsumerGroupState.DEAD) in WITHOUT_MEMBERS:
                return ()
            asked = self._admin.describe_consumer_groups([group], request_timeout=REQUEST_SECONDS)
            found: tuple[str, ...] = ()
            with suppress(KafkaException):  # librdkafka asks as for groups of the older protocol
                found = tuple(f"{one.client_id} at {one.host}" for one in asked[group].result().members)
        return found or (f"state {states[group].name}",)

    def committed(self, group: str) -> dict[Partition, int]:
        """The committed offset of each partition; empty when there is no such group."""
        wanted = [ConsumerGroupTopicPartitions(group)]
        with self._named():
            asked = self._admin.list_consumer_group_offsets(wanted, request_timeout=REQUEST_SECONDS)
            found = asked[group].result().topic_partitions or []
        return {(one.topic, one.partition): one.offset for one in found if one.offset >= 0}

    def commit(self, group: str, offsets: Mapping[Partition, int]) -> None:
        """Writes offsets, also for a group that is not there yet. Kafka refuses as long as it has members."""
        partitions = [TopicPartition(*partition, offset) for partition, offset in sorted(offsets.items())]
        with self._named():
            asked = self._admin.alter_consumer_group_offsets(
                [ConsumerGroupTopicPartitions(group, partitions)], request_timeout=REQUEST_SECONDS
            )
            written = asked[group].result().topic_partitions or []
        failed = [f"{one.topic}-{one.partition}: {one.error.str()}" for one in written if one.error]
        if failed:
            raise ClusterError(f"{self._cluster}, group {group}: {'; '.join(failed)}")

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except KafkaException as error:
            self._admin.poll(0)  # serves error_cb, which knows more than "timed out"
            raise ClusterError("; ".join([f"{self._cluster}: {words(error)}", *self._said])) from error


def connect_members(cluster: Cluster, group: str) -> tuple[str, ...]:
    """Client id and address of each worker in a group of Kafka Connect, sorted; empty for one that is not
    there. One that was killed is a member for the session time-out (Connect's default: 10 s). Raises
    ClusterError."""
    try:
        with warnings.catch_warnings():
            # what it is deprecated for refuses groups of Connect: "not a consumer group (connect)" (2.16)
            warnings.simplefilter("ignore", DeprecationWarning)
            found = cluster.admin().list_groups(group, timeout=METADATA_SECONDS)
    except KafkaException as error:
        raise ClusterError(f"{cluster}, group {group}: {words(error)}") from error
    for one in found:
        if one.error is not None:
            raise ClusterError(f"{cluster}, group {group}: {one.error.str()}")
    members = (member for one in found for member in one.members)
    return tuple(sorted(f"{one.client_id} at {(one.client_host or '').lstrip('/')}" for one in members))
