"""One scenario: traffic both ways from entry to exit, while something happens; then the count."""

from __future__ import annotations

import itertools
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from confluent_kafka import Message

from operations.kafka.clusters import Cluster
from operations.verification.census import circled, take_census
from operations.verification.records import Origin
from operations.verification.verify import Latency
from tests.e2e.migration.load import RATE, Traffic
from tests.e2e.migration.measures.count import Count, judged, missing, pause_ms_p99, total
from tests.e2e.migration.measures.marks import proof_mark
from tests.e2e.migration.measures.plot import draw
from tests.e2e.migration.measures.report import Row, Step
from tests.e2e.migration.mixture import PARTITIONS, TOPICS
from tests.e2e.migration.reader import Reader
from tests.e2e.waiting import wait_until

__all__ = ["Scenario", "Steps"]

FLOW_SECONDS: Final = 180.0
"""Until records cross again, or still: longer than any session time-out, and for a busy machine."""
QUIET_SECONDS: Final = 60.0
"""Without an arrival for so long, what is missing counts as lost: longer than any session time-out here."""


@dataclass
class Steps:
    """What happened when, in seconds after `began` (monotonic seconds)."""

    began: float = field(default_factory=time.monotonic)
    marks: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Names what the block does."""
        at = time.monotonic() - self.began
        try:
            yield
        finally:
            self.marks.append(Step(name, at, time.monotonic() - self.began))


class Scenario:
    """Sends the mixture to the topics of each cluster and follows it to the others.

    `clusters`: those between which all topics are mirrored, as `<alias>.<topic>`. The topics are there and
    hold nothing of another run. At entry records cross in every partition; `row` is there after an exit
    without an error; `notes`: what it is to tell besides. Raises ClusterError, and AssertionError for what
    does not come.
    """

    def __init__(
        self,
        name: str,
        clusters: Sequence[Cluster],
        rate: float = RATE,
        quiet_seconds: float = QUIET_SECONDS,
    ) -> None:
        self.name = name
        self.steps = Steps()
        self.row: Row | None = None
        self.notes: dict[str, int] = {}
        self._clusters = clusters
        self._run_id = uuid.uuid4().hex[:12]
        self._traffic = Traffic(clusters, self._run_id, rate)
        self._readers = {
            one.alias: Reader(one, self._arriving(one), PARTITIONS, self._run_id) for one in clusters
        }
        self._reading: list[Future[None]] = []
        self._going = ExitStack()
        self._sending = ExitStack()
        self._quiet_seconds = quiet_seconds
        self._began = 0.0

    def await_flow(self, seconds: float = FLOW_SECONDS) -> None:
        """Wait until every mirrored partition has a record that was sent after this call."""
        asked = time.time()

        def flows() -> bool:
            self._check()
            return all(reader.last_sent > asked for reader in self._readers.values())

        wait_until(flows, seconds, f"records cross in every partition ({self.name})", found=self._behind)

    def number_of(self, message: Message) -> int | None:
        """The number of a record of this scenario; None for one that has none."""
        mark = proof_mark(message, self._run_id)
        return mark.number if mark else None

    def __enter__(self) -> Self:
        self._began = time.time()
        self.steps.began = time.monotonic()
        stop = threading.Event()
        pool = self._going.enter_context(ThreadPoolExecutor(len(self._readers)))
        self._going.callback(stop.set)
        try:
            self._reading = [pool.submit(reader.run, stop) for reader in self._readers.values()]
            self._sending.enter_context(self._traffic.going())
            self.await_flow()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.await_flow()
            self._sending.close()
            if error is None:
                self._await_arrivals()
        finally:
            self._end()
        if error is None:
            self.row = self._judge()

    def draw(self, path: Path) -> None:
        """A picture of the latency of each flow, with the steps."""
        flows: dict[str, tuple[list[float], list[float]]] = {}
        for target, reader in self._readers.items():
            for topic, count in reader.counts.items():
                source = self._arriving_at(target)[topic].alias
                seconds, latencies = flows.setdefault(f"{source} to {target}", ([], []))
                seconds += [at - self._began for at in count.latencies[0]]
                latencies += count.latencies[1]
        draw(path, f"Latency of replication: {self.name}", flows, self.steps.marks)

    def _end(self) -> None:
        with self._going:
            self._sending.close()

    def _await_arrivals(self) -> None:
        """Until everything has arrived, or nothing comes any more: what is lost is the count's to tell."""
        sent = self._traffic.sent()
        arrived, heard = -1, time.monotonic()
        while any(missing(sent[origin], count.numbers)[0] for origin, count in self._counts()):
            self._check()
            if (now := sum(count.arrivals for _, count in self._counts())) != arrived:
                arrived, heard = now, time.monotonic()
            if time.monotonic() - heard > self._quiet_seconds:
                break
            time.sleep(0.2)

    def _check(self) -> None:
        """Raises what has ended a reader or a production."""
        self._traffic.check()
        for future in self._reading:
            if future.done():
                future.result()

    def _behind(self) -> str:
        now = time.time()
        return ", ".join(
            f"{alias}: the slowest partition is {now - max(reader.last_sent, self._began):.1f} s behind"
            for alias, reader in self._readers.items()
        )

    def _counts(self) -> Iterator[tuple[Origin, Count]]:
        for alias, reader in self._readers.items():
            for topic, origin in self._arriving_at(alias).items():
                yield origin, reader.counts[topic]

    def _arriving_at(self, alias: str) -> Mapping[str, Origin]:
        return self._arriving(next(one for one in self._clusters if one.alias == alias))

    def _arriving(self, target: Cluster) -> dict[str, Origin]:
        """Each mirrored topic on a cluster, and where it comes from."""
        sources = [one for one in self._clusters if one.alias != target.alias]
        return {
            f"{one.alias}.{kind.name}": Origin(one.alias, kind.name) for one in sources for kind in TOPICS
        }

    def _judge(self) -> Row:
        seconds = time.monotonic() - self.steps.began
        topics = frozenset(kind.name for kind in TOPICS)
        since = int(self._began * 1000)
        censuses = {
            one.alias: take_census(one, topics, self._run_id, since, proof_mark) for one in self._clusters
        }
        sent = self._traffic.sent()
        figures = []
        for target, reader in self._readers.items():
            for topic, origin in self._arriving_at(target).items():
                there, source = censuses[target], censuses[origin.alias]
                kept = source.get((origin.topic, origin))
                figures.append(
                    judged(
                        sent[origin],
                        reader.counts[topic],
                        there.get((topic, origin)),
                        kept.numbers if kept else (),
                        circled(origin, topic, source, there),
                    )
                )
        counts = [count for _, count in self._counts()]
        latency = Latency.of(list(itertools.chain.from_iterable(count.latencies[1] for count in counts)))
        return Row(
            self.name,
            total(figures),
            pause_ms_p99(counts),
            seconds,
            latency.as_json() if latency else {},
            self._traffic.pause_ms_max,
            tuple(self.steps.marks),
            self.notes,
        )
