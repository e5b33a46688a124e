"""The control groups of a local cluster's pods: one directory a controller, named after the run.

A kubelet ends what it does not know below its root, so that every cluster needs a root of its own; and the
name finds the pods' processes when nothing else is left of a cluster.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["PREFIX", "end_pods", "left_over_groups", "make_groups", "remove_groups"]

PREFIX = "msk-mirror-"
_ROOT = Path("/sys/fs/cgroup")
_END_SECONDS = 20.0


def make_groups(name: str) -> None:
    """Create the group in every hierarchy there is (version 1, 2 or both). Raises OSError."""
    for root in _hierarchies():
        group = root / name
        group.mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):  # empty in a new group of version 1: nothing may run
            if (root / setting).exists() and root.name == "cpuset":
                (group / setting).write_text((root / setting).read_text())


def end_pods(name: str) -> int:
    """Kill every process below the group and wait until none is left; returns how many there were."""
    ended: set[int] = set()
    deadline = time.monotonic() + _END_SECONDS
    while (alive := set(_processes(name))) and time.monotonic() < deadline:
        ended |= alive
        for pid in alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    return len(ended)


def remove_groups(name: str) -> None:
    """Remove the empty group and all below it."""
    deadline = time.monotonic() + _END_SECONDS
    for root in _hierarchies():
        group = root / name
        while group.exists() and time.monotonic() < deadline:
            for directory, _, _ in os.walk(group, topdown=False):
                with suppress(OSError):  # busy for a moment after its last process has ended
                    Path(directory).rmdir()
            if group.exists():
                time.sleep(0.05)


def left_over_groups() -> set[str]:
    """Names of all groups of local clusters, living or not."""
    return {group.name for root in _hierarchies() for group in root.glob(f"{PREFIX}*")}


def _hierarchies() -> list[Path]:
    if (_ROOT / "cgroup.controllers").exists():
        return [_ROOT]
    return [path for path in sorted(_ROOT.iterdir()) if path.is_dir() and not path.is_symlink()]


def _processes(name: str) -> Iterator[int]:
    for root in _hierarchies():
        for directory, _, _ in os.walk(root / name):
            with suppress(OSError):
                yield from map(int, (Path(directory) / "cgroup.procs").read_text().split())
