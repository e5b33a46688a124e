"""What must be well before the next step: members of the group, connectors and tasks, and what has crossed.

Lag is measured without a figure that depends on the traffic: a flow has caught up when the source offsets
that Connect has committed have passed every record that was there when the gate began. Connect commits them
every offset.flush.interval.ms (10 s), so that a gate takes at least that long while records flow.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from confluent_kafka import Consumer, KafkaException, TopicPartition

from operations.connect.client import ConnectClient, ConnectError
from operations.connect.connector_flows import ConnectorFlow
from operations.connect.connectors import ConnectorSpec
from operations.kafka.clusters import Cluster, ClusterError, words
from operations.kafka.groups import connect_members
from operations.kafka.partitions import Extent, Offsets, Partition
from operations.reconciler.conditions import Level, observe

__all__ = ["Gate", "GateError", "await_members"]

POLL_SECONDS: Final = 1.0
DEADLINE_SECONDS: Final = 600.0
SAY_SECONDS: Final = 10.0
STEADY: Final = 2
"""How often in a row all must be well: between a worker's leaving and its tasks' move REST shows no fault."""
EMPTY_SECONDS: Final = 10.0
SHOWN: Final = 3


class GateError(Exception):
    """A gate that has not opened in time: what is not well, as it was seen last."""


@dataclass(frozen=True)
class Gate:
    """`specs`: the connectors that must run; `flows`: what their source connectors carry; `connect` opens a
    client of the workers that are there now; `deadline` seconds; `say` gets a line each ten seconds.
    `poll_seconds` between looks."""

    specs: Mapping[str, ConnectorSpec]
    flows: Sequence[ConnectorFlow]
    connect: Callable[[], ConnectClient]
    deadline: float = DEADLINE_SECONDS
    say: Callable[[str], None] = field(default=lambda _: None)
    poll_seconds: float = POLL_SECONDS

    def healthy(self) -> None:
        """Waits until a worker is ready and every connector runs with all of its tasks. Raises GateError."""
        self._await(self._unwell, STEADY)

    def caught_up(self) -> None:
        """Waits until all that was at the sources when it was called has been carried and committed.

        Raises GateError, ClusterError.
        """
        sources = {flow.connector: Offsets(flow.source) for flow in self.flows}
        begun = {
            flow.connector: sources[flow.connector].extents(flow.topics.replicated) for flow in self.flows
        }
        before: dict[tuple[str, Partition], int | None] = {}
        self._await(lambda: self._behind(begun, before), 1)

    def all_well(self) -> None:
        """`healthy`, then `caught_up`, then `healthy` still. Raises GateError, ClusterError."""
        self.healthy()
        self.caught_up()
        self.healthy()

    def lag(self) -> dict[str, int]:
        """Records at each source that no committed source offset has passed, by connector, at this moment."""
        found = {}
        with self.connect() as client:
            for flow in self.flows:
                extents = Offsets(flow.source).extents(flow.topics.replicated)
                source_offsets = flow.source_offsets(client.offsets(flow.connector))
                waiting = (_ahead(one, source_offsets.get(at)) for at, one in extents.items())
                found[flow.connector] = sum(waiting)
        return found

    def _await(self, unwell: Callable[[], list[str]], steady: int) -> None:
        begin, said, good = time.monotonic(), time.monotonic(), 0
        while True:
            try:
                problems = unwell()
            except ConnectError as error:
                problems = [error.outcome]
            good = 0 if problems else good + 1
            if good >= steady:
                return
            now = time.monotonic()
            if now - begin > self.deadline:
                raise GateError(f"not well after {self.deadline:.0f} s: {'; '.join(problems) or 'unsteady'}")
            if problems and now - said > SAY_SECONDS:
                said = now
                self.say(f"waiting for {now - begin:.0f} s: {'; '.join(problems)}")
            time.sleep(self.poll_seconds)

    def _unwell(self) -> list[str]:
        with self.connect() as client:
            health = client.health()
            if not health.ready:
                return [f"{health.url} answered {health.code}: {health.message}"]
            conditions = observe(self.specs, client.connectors())
        wanted = [one for one in conditions if one.connector in self.specs]
        return [str(one) for one in wanted if one.level is not Level.OK]

    def _behind(
        self,
        begun: Mapping[str, Mapping[Partition, Extent]],
        before: dict[tuple[str, Partition], int | None],
    ) -> list[str]:
        """`before`: the source offsets of the last look. Records are looked for where one has not moved."""
        problems: list[str] = []
        with self.connect() as client:
            for flow in self.flows:
                extents = begun[flow.connector]
                source_offsets = flow.source_offsets(client.offsets(flow.connector))
                late: dict[Partition, int] = {}
                for partition, extent in extents.items():
                    source_offset, key = source_offsets.get(partition), (flow.connector, partition)
                    stands = key in before and before[key] == source_offset
                    before[key] = source_offset
                    records = _ahead(extent, source_offset)
                    if records and not (
                        stands and not _holds_records(flow.source, partition, source_offset, extent)
                    ):
                        late[partition] = records
                if late:
                    shown = ", ".join(f"{t}-{p}: {n}" for (t, p), n in sorted(late.items())[:SHOWN])
                    more = f" and {len(late) - SHOWN} more" if len(late) > SHOWN else ""
                    problems.append(f"{flow.name}: records not yet carried and committed: {shown}{more}")
        return problems


def await_members(
    cluster: Cluster,
    group: str,
    expected: Callable[[], int],
    seconds: float = DEADLINE_SECONDS,
    poll_seconds: float = POLL_SECONDS,
) -> None:
    """Waits until a group has as many members as `expected`, which is asked each time: an autoscaler may be
    at work. Raises GateError, ClusterError."""
    deadline = time.monotonic() + seconds
    while (found := len(connect_members(cluster, group))) != (count := expected()):
        if time.monotonic() > deadline:
            raise GateError(f"group {group} has {found} members after {seconds:.0f} s; expected {count}")
        time.sleep(poll_seconds)


def _ahead(extent: Extent, source_offset: int | None) -> int:
    """Offsets between a source offset and the end; what retention has taken away is not among them."""
    begin = extent.beginning if source_offset is None else max(source_offset + 1, extent.beginning)
    return max(0, extent.end - begin)


def _holds_records(cluster: Cluster, partition: Partition, source_offset: int | None, extent: Extent) -> bool:
    """Whether a record lies between source offset and end. The last offsets may be transaction markers or
    what compaction took away: no source offset will ever pass those."""
    begin = extent.beginning if source_offset is None else max(source_offset + 1, extent.beginning)
    consumer = cluster.consumer({"enable.partition.eof": True})
    try:
        consumer.assign([TopicPartition(*partition, begin)])
        return _first_offset(consumer) < extent.end
    except KafkaException as error:
        raise ClusterError(f"{cluster}: {words(error)}") from error
    finally:
        consumer.close()


def _first_offset(consumer: Consumer) -> float:
    """The offset of the next record; infinite where there is none. A broker that says nothing in time counts
    as having one."""
    message = consumer.poll(EMPTY_SECONDS)
    if message is None:
        return -1.0
    return float("inf") if message.error() is not None else float(message.offset() or 0)
