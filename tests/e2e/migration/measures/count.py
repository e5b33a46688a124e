"""What arrived, in which order and how late, and what that says about what was sent.

Arrival      a record of the run in a mirrored topic, as a consumer saw it that reads what is committed
lost         acknowledged, and neither seen by the live consumer nor there at the end
duplicated   copies beyond the first of each number
reordered    first arrivals with a smaller number than an earlier first arrival of the same partition had.
             Numbers grow in each source partition, and MirrorMaker keeps the partition. A worker that died is
             followed by one that sends the last stretch again: those are copies of what was there already,
             duplicates and no disorder. A number that comes for the first time after its successors is.
altered      another key, value, header, timestamp or partition than it was sent with, or no mark at all; such
             a record counts as lost too, unless it arrives a second time as it was
compacted    missing in a compacted topic where that is right: a later record of its key has arrived, and the
             source does not have it any more either
aborted      numbers of transactions that were taken back, and which arrived all the same
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from operations.verification.census import Tally
from operations.verification.records import Mark
from operations.verification.verify import Latency
from tests.e2e.migration.load import SentRecords

__all__ = ["Count", "Figures", "judged", "missing", "pause_ms_p99", "total"]


@dataclass(frozen=True)
class Figures:
    """What became of the records of a topic, or of all of them (`total`)."""

    sent: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    altered: int = 0
    loops: int = 0
    aborted: int = 0
    compacted: int = 0


class Count:
    """The arrivals of one topic; `note` each in the order in which they come.

    `latencies`: seconds since 1970 at the arrival, and milliseconds since the record was sent, of each first
    arrival. By partition: `last_sent`, when the last one was sent; and `silence_ms`, the longest time
    between two first arrivals that follow each other.
    """

    def __init__(self) -> None:
        self.numbers: set[int] = set()
        self.copies = 0
        self.reordered = 0
        self.altered = 0
        self.latencies = (array("d"), array("d"))
        self.last_sent: dict[int, float] = {}
        self.silence_ms: dict[int, float] = {}
        self._highest: dict[int, int] = {}
        self._last_arrival: dict[int, float] = {}

    @property
    def arrivals(self) -> int:
        """All of them: each number's first, copies and altered ones."""
        return len(self.numbers) + self.copies + self.altered

    def note(self, partition: int, mark: Mark | None, at: float) -> None:
        """An arrival at `at` (seconds since 1970); without a mark for a record that nobody knows."""
        if mark is None or mark.sent is None:
            self.altered += 1
        elif mark.number in self.numbers:
            self.copies += 1
        else:
            self._note_first(partition, mark.number, mark.sent, at)

    def _note_first(self, partition: int, number: int, sent: float, at: float) -> None:
        self.numbers.add(number)
        highest = self._highest.get(partition, -1)
        if number < highest:
            self.reordered += 1
        self._highest[partition] = max(number, highest)
        silence = (at - self._last_arrival.get(partition, at)) * 1000
        self.silence_ms[partition] = max(silence, self.silence_ms.get(partition, 0.0))
        self._last_arrival[partition] = at
        self.last_sent[partition] = sent
        self.latencies[0].append(at)
        self.latencies[1].append((at - sent) * 1000)


def judged(
    sent: SentRecords,
    count: Count,
    there: Tally | None = None,
    at_source: Collection[int] = (),
    loops: int = 0,
) -> Figures:
    """The figures of a topic: what was sent, what was seen, what is `there` on the target at the end, and
    which numbers the source still has."""
    arrived = count.numbers | (there.numbers if there else set())
    gone, compacted = missing(sent, arrived, at_source)
    return Figures(
        sent=len(sent.acknowledged),
        lost=len(gone),
        duplicated=max(count.copies, there.copies if there else 0),
        reordered=count.reordered,
        altered=count.altered,
        loops=loops,
        aborted=len(sent.aborted & arrived),
        compacted=len(compacted),
    )


def missing(
    sent: SentRecords, arrived: Collection[int], at_source: Collection[int] = ()
) -> tuple[frozenset[int], frozenset[int]]:
    """The acknowledged numbers that did not arrive: the lost ones, and those that compaction explains."""
    absent = frozenset(sent.acknowledged.difference(arrived))
    if sent.key is None or not absent:
        return absent, frozenset()
    latest: dict[int, int] = {}
    for number in arrived:
        key = sent.key(number)
        latest[key] = max(number, latest.get(key, -1))
    kept = frozenset(at_source)
    explained = frozenset(
        number for number in absent if number < latest.get(sent.key(number), -1) and number not in kept
    )
    return absent - explained, explained


def pause_ms_p99(counts: Iterable[Count]) -> float:
    """Of each mirrored partition the longest time between two first arrivals that follow each other, in
    milliseconds; of these the 99th percentile, linear between ranks.

    A worker that goes stalls its own partitions only, so a pause of all arrivals together would hide it. With
    a few dozen partitions this is close to the worst one. 0 where nothing arrived.
    """
    silences = [silence for count in counts for silence in count.silence_ms.values()]
    latency = Latency.of(silences)
    return latency.p99 if latency else 0.0


def total(figures: Iterable[Figures]) -> Figures:
    """The sum of several topics' figures."""
    rows = [asdict(one) for one in figures]
    return Figures(**{name: sum(row[name] for row in rows) for name in asdict(Figures())})
