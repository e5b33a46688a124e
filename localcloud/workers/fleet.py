"""The workers of a runtime as processes, whose number can be changed: what ECS and EKS are to a migration.

What there is to start and what was started is in files, so that a tool that was killed and is run again, or
another process, finds the same workers.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from localcloud.wan.runs import started
from localcloud.workers.worker import WorkerRecipe, is_healthy

__all__ = ["LocalFleet", "LocalFleetError"]

READY_SECONDS = 120.0
STOP_SECONDS = 40.0
POLL_SECONDS = 0.05
RECIPES = "recipes.json"


# What becomes the worker; a process keeps id and start time when it becomes another program.
WRITES_ITS_PID = """
import json, os, sys
fields = open("/proc/self/stat").read().rpartition(")")[2].split()
with open(sys.argv[1] + ".new", "w") as file:
    json.dump({"pid": os.getpid(), "started": fields[19]}, file)
os.replace(sys.argv[1] + ".new", sys.argv[1])
os.execvp(sys.argv[2], sys.argv[2:])
"""


class LocalFleetError(Exception):
    """A worker that ended, or did not become ready; with the end of its log."""


@dataclass(frozen=True)
class _Member:
    """A place for one worker: how it is started, and where its process id is kept."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    log: Path
    rest_url: str
    pid_file: Path

    @property
    def pid(self) -> int | None:
        """The process that was started here, while it lives; not a later one with its number."""
        try:
            said = json.loads(self.pid_file.read_text())
        except (OSError, ValueError):
            return None
        pid: int = said["pid"]
        with suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        return pid if started(pid) == said["started"] else None

    def start(self) -> None:
        """Returns when its process id is in the file, which the child itself writes: one that was started is
        found again although its starter was killed in the next moment."""
        with self.log.open("ab") as output:
            process = subprocess.Popen(
                [sys.executable, "-IS", "-c", WRITES_ITS_PID, str(self.pid_file), *self.command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | self.environment,
                start_new_session=True,
            )
        while self.pid != process.pid:
            if process.poll() is not None:
                raise LocalFleetError(f"{self.name} ended with {process.returncode}, see {self.log}")
            time.sleep(POLL_SECONDS)

    def stop(self, sig: int = signal.SIGTERM) -> None:
        """The signal, and SIGKILL after 40 s; returns when it is gone."""
        deadline = time.monotonic() + STOP_SECONDS
        sent = False
        while (pid := self.pid) is not None:
            with suppress(ProcessLookupError):
                if not sent:
                    os.kill(pid, sig)
                elif time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
            sent = True
            time.sleep(POLL_SECONDS)

    def await_ready(self) -> None:
        """Waits until it has joined its group (GET /health); a dedicated MirrorMaker has no REST and is not
        waited for. Raises LocalFleetError."""
        deadline = time.monotonic() + READY_SECONDS
        while not self._healthy():
            if self.pid is None or time.monotonic() > deadline:
                log = "\n".join(self.log.read_text(errors="replace").splitlines()[-25:])
                raise LocalFleetError(f"{self.name} has ended or is not ready:\n{log}")
            time.sleep(POLL_SECONDS)

    def _healthy(self) -> bool:
        if not self.rest_url:
            return self.pid is not None
        return is_healthy(self.rest_url)


class LocalFleet:
    """See operations.migration.fleets.Fleet. `directory` holds its files; `create` makes them, `open` finds
    them again. The workers with the lowest numbers run."""

    def __init__(self, name: str, members: Sequence[_Member]) -> None:
        self._name, self._members = name, tuple(members)

    @classmethod
    def create(cls, name: str, directory: Path, recipes: Sequence[WorkerRecipe]) -> Self:
        """A fleet of at most as many workers as there are recipes; none runs yet."""
        directory.mkdir(parents=True, exist_ok=True)
        content = [
            {
                "name": one.name,
                "command": one.command,
                "environment": dict(one.environment),
                "log": one.log,
                "rest_url": one.rest_url,
            }
            for one in recipes
        ]
        (directory / RECIPES).write_text(json.dumps({"name": name, "workers": content}))
        return cls.open(directory)

    @classmethod
    def open(cls, directory: Path) -> Self:
        """The fleet that was created in `directory`, by whatever process."""
        said = json.loads((directory / RECIPES).read_text())
        members = [
            _Member(
                one["name"],
                tuple(one["command"]),
                one["environment"],
                Path(one["log"]),
                one["rest_url"],
                directory / f"{one['name']}.pid",
            )
            for one in said["workers"]
        ]
        return cls(said["name"], members)

    @property
    def name(self) -> str:
        return self._name

    @property
    def pids(self) -> tuple[int, ...]:
        """Of the workers that run."""
        return tuple(pid for one in self._members if (pid := one.pid) is not None)

    def count(self) -> int:
        return len(self.pids)

    def set_count(self, count: int) -> None:
        """Starts or stops workers one after the other. Raises LocalFleetError."""
        if not 0 <= count <= len(self._members):
            raise LocalFleetError(f"{self._name}: asked for {count}; allowed: 0 to {len(self._members)}")
        for one in reversed(self._members[count:]):
            one.stop()
        for one in self._members[:count]:
            if one.pid is None:
                one.start()
        for one in self._members[:count]:
            one.await_ready()

    def urls(self) -> tuple[str, ...]:
        return tuple(one.rest_url for one in self._members if one.rest_url and one.pid is not None)

    def stop(self) -> None:
        """Ends all."""
        self.set_count(0)
