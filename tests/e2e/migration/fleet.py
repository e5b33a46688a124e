"""A dedicated MirrorMaker as a fleet of one, and a crash in a fleet of workers."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from localcloud.kafka.site import Site
from localcloud.workers import DedicatedMirrorMaker, LocalFleet
from tests.e2e.waiting import wait_until

__all__ = ["DedicatedFleet", "kill_newest"]

GONE_SECONDS = 30.0


def kill_newest(fleet: LocalFleet) -> None:
    """SIGKILL to the worker that would be the first to leave; returns when it is gone."""
    pid = fleet.pids[-1]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: pid not in fleet.pids, GONE_SECONDS, f"process {pid} of {fleet.name} is gone")


@dataclass
class DedicatedFleet:
    """A dedicated MirrorMaker, of which there is one or none; `properties`: mm2.properties, `targets`: the
    aliases of the clusters that it writes to."""

    site: Site
    properties: Mapping[str, str]
    targets: Sequence[str]
    _process: DedicatedMirrorMaker | None = None

    def count(self) -> int:
        """How many run."""
        return int(self._process is not None)

    def set_count(self, count: int) -> None:
        """Start it, or stop it in order; returns when it is configured or has ended. Raises
        JavaProcessError."""
        if count and self._process is None:
            self._process = DedicatedMirrorMaker.start(self.site, self.properties, self.targets)
            self._process.wait_ready()
        elif not count:
            self.stop()

    def kill(self) -> None:
        """SIGKILL, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.process.wait()

    def stop(self) -> None:
        """Stop it in order, if it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.stop()
