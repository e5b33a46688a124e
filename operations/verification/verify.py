"""Does every record cross, once, unaltered and in time? Answered by counting numbered records.

A run sends records to each flow's topic on its source, reads the mirrored topic on its target meanwhile, and
counts at the end what is where on every cluster (`census`).
"""

from __future__ import annotations

import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from operations.kafka.clusters import Cluster, ClusterError
from operations.verification.arrivals import NumberedConsumer
from operations.verification.census import Census, circled, take_census
from operations.verification.production import Load, Production, Sent
from operations.verification.records import Origin

__all__ = ["FlowProgress", "FlowResult", "Latency", "Verification", "VerifiedFlow", "verify"]

PROGRESS_SECONDS: Final = 0.5
READY_SECONDS: Final = 60.0
RECENT: Final = 1000


@dataclass(frozen=True)
class VerifiedFlow:
    """`topic` on the source arrives as `mirrored_topic` on the target."""

    source: Cluster
    target: Cluster
    topic: str
    mirrored_topic: str


@dataclass(frozen=True)
class FlowProgress:
    """Counts so far; `recent_p95_ms`: of the last 1,000 arrivals, None before the first."""

    source: str
    target: str
    total: int
    sent: int
    received: int
    duplicated: int
    recent_p95_ms: float | None


@dataclass(frozen=True)
class Latency:
    """Milliseconds from the producer's clock to the arrival on the target, of each number's first arrival."""

    p50: float
    p95: float
    p99: float
    max: float

    @staticmethod
    def of(samples: Sequence[float]) -> Latency | None:
        """Percentiles of all samples (linear between ranks); None of none."""
        if not samples:
            return None
        two = [*samples, *samples] if len(samples) == 1 else samples  # quantiles needs two
        cuts = statistics.quantiles(two, n=100, method="inclusive")
        return Latency(cuts[49], cuts[94], cuts[98], max(samples))

    def as_json(self) -> dict[str, float]:
        figures = {"p50": self.p50, "p95": self.p95, "p99": self.p99, "max": self.max}
        return {name: round(figure, 2) for name, figure in figures.items()}


@dataclass(frozen=True)
class FlowResult:
    """What became of the records of one flow.

    sent        confirmed by the source's brokers
    received    numbers that are on the target
    lost        sent and not there
    duplicated  copies beyond the first in the mirrored topic
    loops       copies on the source other than the original, and on the target outside the mirrored topic
    altered     arrived with another header or value than they were sent with
    latency_ms  None when nothing arrived
    gap_ms_max  longest time between two first arrivals in one partition, in milliseconds; 0 below two of them
    """

    source: str
    target: str
    sent: int
    received: int
    lost: int
    duplicated: int
    loops: int
    altered: int
    latency_ms: Latency | None
    failures: tuple[str, ...] = ()
    gap_ms_max: float = 0.0

    @property
    def faithful(self) -> bool:
        """Something was sent, all of it arrived as it was, and nothing circled."""
        return self.sent > 0 and not (self.lost or self.loops or self.altered or self.failures)

    def as_json(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "target": self.target,
            "sent": self.sent,
            "received": self.received,
            "lost": self.lost,
            "duplicated": self.duplicated,
            "loops": self.loops,
            "altered": self.altered,
            "failures": list(self.failures),
            "latency_ms": self.latency_ms.as_json() if self.latency_ms else None,
            "gap_ms_max": round(self.gap_ms_max, 1),
        }


def verify(
    flows: Sequence[VerifiedFlow],
    load: Load,
    *,
    quiet_seconds: float = 30.0,
    settle_seconds: float = 3.0,
    on_progress: Callable[[tuple[FlowProgress, ...]], None] = lambda _: None,
) -> tuple[FlowResult, ...]:
    """Sends `load` once to each source topic and follows it along all flows.

    Ends when every record has arrived, or `quiet_seconds` after the last was sent or arrived; then waits
    `settle_seconds` for copies that still circle, and counts. `on_progress` is called each 0.5 s from this
    thread. Raises ClusterError.
    """
    run = Verification(flows, load)
    run.check_topics()
    since_ms = int(time.time() * 1000)
    with run.going():
        while not run.over(quiet_seconds):
            on_progress(run.progress())
            time.sleep(PROGRESS_SECONDS)
        on_progress(run.progress())
        time.sleep(settle_seconds)
    return run.results(since_ms)


class Verification:
    """The threads of one run: a production for each origin, a consumer for each flow.

    `going` starts them; `stop_sending` ends the productions before the load is through, `over` says when all
    that was sent has arrived, and `results` counts afterwards. `verify` is the whole of it.
    """

    def __init__(self, flows: Sequence[VerifiedFlow], load: Load) -> None:
        self._flows, self._load = flows, load
        self._stop = threading.Event()
        self._id = uuid.uuid4().hex[:12]
        self._productions = {
            _origin(flow): Production(flow.source, flow.topic, load, self._id) for flow in flows
        }
        self._consumers = [
            NumberedConsumer(flow.target, flow.mirrored_topic, _origin(flow), self._id, load.total)
            for flow in flows
        ]
        self._sent: dict[Origin, Future[Sent]] = {}
        self._reading: list[Future[None]] = []

    def check_topics(self) -> None:
        for flow in self._flows:
            if flow.topic not in flow.source.topics():
                raise ClusterError(
                    f"{flow.source}: there is no topic {flow.topic}, or the client may not see it"
                )

    @contextmanager
    def going(self) -> Iterator[None]:
        """Consumers first, and only when all stand at the end of their topics the productions."""
        read_on = threading.Event()
        with ThreadPoolExecutor(len(self._consumers) + len(self._productions)) as pool:
            try:
                self._reading = [pool.submit(one.run, read_on) for one in self._consumers]
                self._await_readers()
                self._sent = {
                    origin: pool.submit(one.run, self._stop) for origin, one in self._productions.items()
                }
                yield
            except BaseException:
                self._stop.set()
                raise
            finally:
                read_on.set()
        self._raise_failures()

    def stop_sending(self) -> None:
        """Send no more; records that were sent still arrive."""
        self._stop.set()

    def over(self, quiet_seconds: float) -> bool:
        """Whether all that was sent has arrived, or nothing came for `quiet_seconds`. Raises ClusterError."""
        self._raise_failures()
        return all(
            self._sent[_origin(flow)].done() and self._followed(flow, consumer, quiet_seconds)
            for flow, consumer in zip(self._flows, self._consumers, strict=True)
        )

    def progress(self) -> tuple[FlowProgress, ...]:
        return tuple(
            FlowProgress(
                flow.source.alias,
                flow.target.alias,
                self._load.total,
                self._productions[_origin(flow)].done,
                consumer.received,
                consumer.arrivals - consumer.received - consumer.altered,
                recent.p95 if (recent := Latency.of(consumer.latencies_ms[-RECENT:])) else None,
            )
            for flow, consumer in zip(self._flows, self._consumers, strict=True)
        )

    def results(self, since_ms: int) -> tuple[FlowResult, ...]:
        """Counts on every cluster, and what that means for each flow."""
        clusters = {one.alias: one for flow in self._flows for one in (flow.source, flow.target)}
        topics = frozenset(flow.topic for flow in self._flows)
        with ThreadPoolExecutor(len(clusters)) as pool:
            counting = {
                alias: pool.submit(take_census, cluster, topics, self._id, since_ms)
                for alias, cluster in clusters.items()
            }
            counted = {alias: future.result() for alias, future in counting.items()}
        return tuple(
            _result(flow, self._sent[_origin(flow)].result(), consumer, counted)
            for flow, consumer in zip(self._flows, self._consumers, strict=True)
        )

    def _await_readers(self) -> None:
        for flow, consumer in zip(self._flows, self._consumers, strict=True):
            if not consumer.ready.wait(READY_SECONDS):
                raise ClusterError(f"{flow.target}: cannot be read from after {READY_SECONDS:.0f} s")
        self._raise_failures()

    def _followed(self, flow: VerifiedFlow, consumer: NumberedConsumer, quiet_seconds: float) -> bool:
        if consumer.received >= self._sent[_origin(flow)].result().count:
            return True
        last = max(self._productions[_origin(flow)].last_sent, consumer.last_arrival)
        return time.monotonic() - last > quiet_seconds

    def _raise_failures(self) -> None:
        running: list[Future[None] | Future[Sent]] = [*self._reading, *self._sent.values()]
        for future in running:
            if future.done():
                future.result()


def _origin(flow: VerifiedFlow) -> Origin:
    return Origin(flow.source.alias, flow.topic)


def _result(
    flow: VerifiedFlow, sent: Sent, consumer: NumberedConsumer, counted: Mapping[str, Census]
) -> FlowResult:
    """The consumer saw what arrived while it looked, the census what is there: a number counts in either."""
    mirrored = counted[flow.target.alias].get((flow.mirrored_topic, _origin(flow)))
    numbers = {number for number, seen in enumerate(consumer.seen) if seen}
    numbers |= mirrored.numbers if mirrored else set()
    acknowledged = {number for number, confirmed in enumerate(sent.acknowledged) if confirmed}
    return FlowResult(
        source=flow.source.alias,
        target=flow.target.alias,
        sent=len(acknowledged),
        received=len(numbers),
        lost=len(acknowledged - numbers),
        duplicated=max(
            consumer.arrivals - consumer.received - consumer.altered, mirrored.copies if mirrored else 0
        ),
        loops=circled(
            _origin(flow), flow.mirrored_topic, counted[flow.source.alias], counted[flow.target.alias]
        ),
        altered=consumer.altered,
        latency_ms=Latency.of(consumer.latencies_ms),
        failures=sent.failures,
        gap_ms_max=consumer.gap_ms_max,
    )
