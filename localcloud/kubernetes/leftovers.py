"""Nothing of a cluster outlives it: what is removed after its programs, and after clusters that were killed.

A cluster's state directory and its control groups have the same name, and every program of it, containerd's
shims too, carries the directory in its environment. As with runs of the WAN, /proc is the record.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from localcloud.kubernetes.cgroups import PREFIX, end_pods, left_over_groups, remove_groups
from localcloud.wan.runs import process_environments, runs

__all__ = ["CERTIFICATES", "STATE_VARIABLE", "remove", "remove_left_over", "state_directory"]

STATE_VARIABLE = "MSK_MIRROR_KUBERNETES_STATE"
"""In the environment of every program of a cluster: its state directory."""
CERTIFICATES = "certificates"
"""Directory in a state directory."""
END_SECONDS = 10.0


def remove(state: Path) -> None:
    """Kill what still runs of the cluster, shims and pods, and remove its control groups and its directory.

    containerd's shims outlive it on purpose, and a pod outlives its shim.
    """
    deadline = time.monotonic() + END_SECONDS
    while (alive := _programs(state)) and time.monotonic() < deadline:
        for pid in alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.05)
    end_pods(state.name)
    remove_groups(state.name)
    shutil.rmtree(state, ignore_errors=True)


def state_directory(run: str) -> Path:
    """A new state directory; its name has the id of the WAN's run in it."""
    return Path(tempfile.mkdtemp(prefix=f"{PREFIX}{run}-"))


def remove_left_over() -> list[str]:
    """Remove the clusters of which no program lives, nor any other of their WAN's run; their names."""
    living = {
        Path(environment[STATE_VARIABLE]).name
        for _, environment in process_environments()
        if STATE_VARIABLE in environment
    }
    found = left_over_groups() | _directories()
    started = {run.id for run in runs()}  # a cluster that is being started has no program of its own yet
    left = sorted(name for name in found - living if _run(name) not in started)
    for name in left:
        remove(Path(tempfile.gettempdir()) / name)
    return left


def _directories() -> set[str]:
    """Other temporary directories of the project begin with the prefix too: a cluster's has certificates."""
    candidates = Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{CERTIFICATES}")
    return {certificates.parent.name for certificates in candidates}


def _run(name: str) -> str:
    return name.removeprefix(PREFIX).rpartition("-")[0]


def _programs(state: Path) -> list[int]:
    return [
        pid for pid, environment in process_environments() if environment.get(STATE_VARIABLE) == str(state)
    ]
