"""Numbered records from the source's topic to its copy on the target, while something happens in between."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from operations.verification.production import Load
from operations.verification.verify import FlowResult, Verification, VerifiedFlow
from tests.e2e.waiting import wait_until

__all__ = ["RATE", "Traffic"]

RATE = 200.0
"""Records a second, of 1 KiB: enough that a gap of 5 ms shows, and little beside what the workers can do."""
LONGEST_SECONDS = 1800.0
QUIET_SECONDS = 60.0
"""Without an arrival for so long, what is missing counts as lost: longer than any session time-out here."""
MORE_RECORDS = 400
"""Arrivals that show that replication goes on: two seconds of them."""


class Traffic:
    """Records are sent from entry to exit; `result` counts them after the last one that was sent has arrived
    or nothing more came."""

    def __init__(self, flow: VerifiedFlow, rate: float = RATE) -> None:
        self._run = Verification([flow], Load(rate=rate, duration=LONGEST_SECONDS))
        self._going = self._run.going()
        self._since_ms = 0
        self.result: FlowResult | None = None

    @property
    def received(self) -> int:
        """Numbers that have arrived so far."""
        return self._run.progress()[0].received

    def await_more(self, seconds: float = 120.0) -> None:
        """Wait until records arrive again, or still."""
        reached = self.received + MORE_RECORDS
        wait_until(lambda: self.received >= reached, seconds, "records arrive at the target")

    def __enter__(self) -> Self:
        self._run.check_topics()
        self._since_ms = int(time.time() * 1000)
        self._going.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._run.stop_sending()
        if error is None:
            while not self._run.over(QUIET_SECONDS):
                time.sleep(0.1)
        self._going.__exit__(kind, error, trace)
        if error is None:
            self.result = self._run.results(self._since_ms)[0]
