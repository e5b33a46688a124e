"""Traffic that does not pause: the mixture in each of several regions, each topic by a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, TypeVar

from confluent_kafka import KafkaError, KafkaException, Producer

from operations.kafka.clusters import Cluster, ClusterError, words
from operations.verification.production import Load, Production, Sent, poll_until
from operations.verification.records import Compose, Origin
from tests.e2e.migration.mixture import LEDGER, TOPICS, composer, key_number

__all__ = ["RATE", "SentRecords", "Traffic", "Transactions"]

T = TypeVar("T")
RATE: Final = 1000.0
"""Records a second in each region."""
LONGEST_SECONDS: Final = 3600.0
BATCH: Final = 10
"""Records of a transaction."""
ABORTED_EVERY: Final = 5
CALL_SECONDS: Final = 30.0
REPEATED_SECONDS: Final = 120.0
"""For a call with its repetitions: longer than a broker takes to come back."""
REST_SECONDS: Final = 0.5


@dataclass(frozen=True)
class SentRecords:
    """What the brokers of an origin confirmed, which numbers belong to aborted transactions, and the key of
    each number where the topic is compacted. A number that is in none of them may have been written."""

    acknowledged: frozenset[int]
    aborted: frozenset[int] = frozenset()
    key: Callable[[int], int] | None = None
    failures: tuple[str, ...] = ()


class Transactions(Production):
    """A production in transactions of ten records, of which every fifth is aborted.

    `aborted` numbers were written and taken back; one whose transaction ended in an error that leaves its
    outcome open is neither acknowledged nor aborted.
    """

    def __init__(self, cluster: Cluster, topic: str, load: Load, run_id: str, compose: Compose) -> None:
        super().__init__(cluster, topic, load, run_id, compose)
        self.aborted: set[int] = set()
        self._id = f"{run_id}-{topic}"

    def _send_all(self, stop: threading.Event) -> None:
        producer = self._begin_anew()
        start = time.monotonic()
        for count, first in enumerate(range(0, self._load.total - BATCH + 1, BATCH), 1):
            if stop.is_set():
                break
            if self._load.rate:
                poll_until(producer, start + first / self._load.rate)
            numbers = range(first, first + BATCH)
            try:
                self._transact(producer, numbers, abort=count % ABORTED_EVERY == 0)
            except KafkaException as error:
                self._failures[words(error)] = self._failures.get(words(error), 0) + 1
                producer = self._begin_anew()

    def _begin_anew(self) -> Producer:
        """A producer whose predecessor's open transaction, if there is one, is ended. Raises KafkaException
        when no transaction coordinator takes it on: a broker that has just begun, or whose topics have just
        been deleted, says for a while that it is none."""

        def begun() -> Producer:
            producer = self._cluster.producer({"transactional.id": self._id, "linger.ms": 1})
            producer.init_transactions(CALL_SECONDS)
            return producer

        return _repeated(begun, lambda error: not error.fatal())

    def _transact(self, producer: Producer, numbers: range, *, abort: bool) -> None:
        producer.begin_transaction()
        for number in numbers:
            self._send(producer, number)
        if abort:
            producer.flush(CALL_SECONDS)  # what is taken back must have been there
            producer.abort_transaction(CALL_SECONDS)
            self.aborted.update(numbers)
        elif self._committed(producer):
            for number in numbers:
                self._acknowledged[number] = 1
            self.done += len(numbers)
        else:
            self.aborted.update(numbers)

    def _committed(self, producer: Producer) -> bool:
        """False: the brokers would not commit it and it was aborted. Raises KafkaException when what became
        of it is not known."""
        try:
            _repeated(
                lambda: producer.commit_transaction(CALL_SECONDS),
                lambda error: error.retriable() and not error.txn_requires_abort(),
            )
        except KafkaException as error:
            if not error.args[0].txn_requires_abort():
                raise
            producer.abort_transaction(CALL_SECONDS)
            return False
        return True

    def _delivered(self, number: int, error: KafkaError | None) -> None:
        """Nothing counts before its transaction is committed."""


def _repeated(call: Callable[[], T], again: Callable[[KafkaError], bool]) -> T:
    """What the call returns. Raises KafkaException for an error after which it is not to be made `again`, and
    when the time is over."""
    deadline = time.monotonic() + REPEATED_SECONDS
    while True:
        try:
            return call()
        except KafkaException as error:
            if not again(error.args[0]) or time.monotonic() > deadline:
                raise
        time.sleep(REST_SECONDS)


@dataclass
class Traffic:
    """The mixture in each of `clusters`, `rate` records a second each, from `going`'s begin to its end."""

    clusters: Sequence[Cluster]
    run_id: str
    rate: float = RATE
    _productions: dict[Origin, Production] = field(default_factory=dict)
    _running: dict[Origin, Future[Sent]] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        for cluster in self.clusters:
            for kind in TOPICS:
                load = Load(rate=self.rate * kind.share, duration=LONGEST_SECONDS)
                compose = composer(kind, cluster.alias, self.run_id)
                sender = Transactions if kind is LEDGER else Production
                production = sender(cluster, kind.name, load, self.run_id, compose)
                self._productions[Origin(cluster.alias, kind.name)] = production

    @property
    def confirmed(self) -> int:
        """Records that the brokers have confirmed so far."""
        return sum(one.done for one in self._productions.values())

    @property
    def pause_ms_max(self) -> float:
        """The longest time for which one of the producers handed over nothing; transactions wait for their
        commits."""
        return max(one.pause_ms_max for one in self._productions.values())

    @contextmanager
    def going(self) -> Iterator[None]:
        """Sends while the block runs; at its end everything is confirmed or has failed. Raises ClusterError
        when a topic could not be written to at all."""
        with ThreadPoolExecutor(len(self._productions)) as pool:
            try:
                self._running = {
                    origin: pool.submit(one.run, self._stop) for origin, one in self._productions.items()
                }
                yield
            finally:
                self._stop.set()
        self.check()

    def check(self) -> None:
        """Raises ClusterError when a production has ended before it was told to."""
        for origin, future in self._running.items():
            if future.done():
                future.result()
                if not self._stop.is_set():
                    raise ClusterError(f"{origin.alias}, topic {origin.topic}: ended by itself")

    def sent(self) -> Mapping[Origin, SentRecords]:
        """What was sent, after `going`."""
        return {origin: self._sent(origin, future.result()) for origin, future in self._running.items()}

    def _sent(self, origin: Origin, sent: Sent) -> SentRecords:
        production = self._productions[origin]
        compacted = next(kind.compacted for kind in TOPICS if kind.name == origin.topic)
        return SentRecords(
            frozenset(number for number, confirmed in enumerate(sent.acknowledged) if confirmed),
            frozenset(production.aborted if isinstance(production, Transactions) else ()),
            key_number if compacted else None,
            sent.failures,
        )
