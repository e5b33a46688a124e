"""Seconds and peak memory of a command with all its children, as Linux counts them."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["CommandFailedError", "Measurement", "measure"]

PROC = Path("/proc")
SAMPLE_SECONDS = 0.05
OUTPUT_LINES = 20


class CommandFailedError(Exception):
    """The measured command did not exit with 0; says the last lines that it printed."""


@dataclass(frozen=True)
class Measurement:
    """`peaks_mib` has one entry for each process that the command consisted of."""

    seconds: float
    peaks_mib: tuple[float, ...]

    @property
    def mib(self) -> float:
        """The sum of the processes' peaks. They need not fall together and shared pages count in each, so it
        is what the machine must have at most."""
        return sum(self.peaks_mib)


def measure(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Measurement:
    """Runs the command to its end: wall seconds, and the peak resident memory of each of its processes.

    A peak is `VmHWM` of /proc/<pid>/status (proc(5)), a high-water mark of the kernel, read every 50 ms: what
    is missed is growth in the last 50 ms of a process. getrusage() would name the largest child only.

    Raises CommandFailedError, and OSError where the command cannot be started or there is no /proc.
    """
    if not (PROC / "self/status").exists():
        raise OSError("memory is read from /proc, which only Linux has: run the benchmark there")
    began = time.perf_counter()
    with subprocess.Popen(
        command, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        peaks = _Peaks(process.pid)
        peaks.start()
        printed, _ = process.communicate()
        seconds = time.perf_counter() - began
        peaks.stop()
    if process.returncode:
        last = "\n".join(printed.splitlines()[-OUTPUT_LINES:])
        raise CommandFailedError(f"{' '.join(command)} exited with {process.returncode}:\n{last}")
    return Measurement(seconds, tuple(kib / 1024 for kib in peaks.kib.values()))


class _Peaks(threading.Thread):
    def __init__(self, root: int) -> None:
        super().__init__(name="peaks", daemon=True)
        self.kib: dict[int, int] = {}
        self._root = root
        self._ended = threading.Event()

    def run(self) -> None:
        while True:
            for pid in _family(self._root):
                if peak := _peak_kib(pid):
                    self.kib[pid] = peak
            if self._ended.wait(SAMPLE_SECONDS):
                return

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    for children in (PROC / str(pid) / "task").glob("*/children"):
        with suppress(OSError):  # the thread or process has ended meanwhile
            for child in children.read_text().split():
                yield from _family(int(child))


def _peak_kib(pid: int) -> int:
    with suppress(OSError):
        found = re.search(r"^VmHWM:\s+(\d+) kB$", (PROC / str(pid) / "status").read_text(), re.MULTILINE)
        if found:  # a process that has ended but is not waited for yet has none
            return int(found[1])
    return 0
