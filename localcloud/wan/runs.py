"""Runs of the local cloud on this machine, and how nothing of them outlives their owner.

Each process of a run carries `MSK_MIRROR_RUN=<owner pid>-<owner start>-<n>` in its environment: brokers,
workers and the carrier (the process that is the WAN). There are no record files that could be lost: /proc is
the record. When an owner dies, in whatever way, its carrier ends all processes of the run and then itself;
network namespaces have no name, so they and their links go with their last process. If the carrier was killed
too, the next start sweeps.
"""

from __future__ import annotations

import itertools
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from localcloud.wan.enter import RUN_VARIABLE

__all__ = [
    "CARRIER_VARIABLE",
    "Run",
    "end_processes",
    "end_run",
    "new_run_id",
    "process_environments",
    "runs",
    "started",
    "sweep",
]

CARRIER_VARIABLE = "MSK_MIRROR_CARRIER"
"""Set to 1 in the environment of the process that is a run's WAN; that process has no children."""

_PROC = Path("/proc")
_numbers = itertools.count()


@dataclass(frozen=True)
class Run:
    """One run: its id, its living processes and, among those, its carrier if that still lives."""

    id: str
    processes: tuple[int, ...]
    carrier: int | None

    @property
    def owner(self) -> int:
        """Process id of the program that started the run."""
        return int(self.id.split("-")[0])

    @property
    def owned(self) -> bool:
        """Whether that very program (not a later one with its number) still lives."""
        return started(self.owner) == self.id.split("-")[1]

    @property
    def left_over(self) -> bool:
        """Nobody looks after it: a carrier without owner was told to stay, or is just ending the run."""
        return not self.owned and self.carrier is None


def new_run_id() -> str:
    """An id that no other run on this machine has or had since it booted."""
    return f"{os.getpid()}-{started(os.getpid())}-{next(_numbers)}"


def runs() -> list[Run]:
    """All runs that have living processes of this user (of everybody, for root)."""
    processes: dict[str, list[int]] = {}
    carriers: dict[str, int] = {}
    for pid, environment in process_environments():
        run = environment.get(RUN_VARIABLE, "")
        if run.count("-") == 2:
            processes.setdefault(run, []).append(pid)
            if CARRIER_VARIABLE in environment:
                carriers[run] = pid
    return [Run(run, tuple(pids), carriers.get(run)) for run, pids in sorted(processes.items())]


def sweep() -> list[Run]:
    """End what killed runs left behind; returns those runs."""
    left = [run for run in runs() if run.left_over]
    for run in left:
        end_processes(run.id)
    return left


def end_run(run: Run, seconds: float = 15) -> None:
    """End a run as its owner would: its carrier is asked first, since it also removes the links."""
    if run.carrier is not None:
        with suppress(ProcessLookupError):
            os.kill(run.carrier, signal.SIGTERM)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(run.id == other.id for other in runs()):
            time.sleep(0.05)
    end_processes(run.id)


def end_processes(run_id: str) -> int:
    """Kill every other process of the run and wait until none is left; returns how many there were.

    SIGKILL: who still needs an orderly end has had it before; what is left here has lost its owner.
    """
    ended: set[int] = set()
    while True:
        alive = [pid for run in runs() if run.id == run_id for pid in run.processes if pid != os.getpid()]
        if not alive:
            return len(ended)
        ended.update(alive)
        for pid in alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def process_environments() -> Iterator[tuple[int, dict[str, str]]]:
    """Process id and environment of every process of this user (of everybody, for root)."""
    for entry in _PROC.glob("[0-9]*"):
        # Gone meanwhile, or another user's: not ours to look at.
        with suppress(OSError):
            pairs = (entry / "environ").read_bytes().decode(errors="replace").split("\0")
            yield int(entry.name), dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def started(pid: int) -> str:
    """Start of a process in clock ticks since boot (proc_pid_stat(5), field 22); "" if it does not live."""
    try:
        # The name, field 2, may hold spaces and brackets: count from its end.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] in ("Z", "X") else fields[19]
