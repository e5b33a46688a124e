"""A command that keeps a journal, and what is done to it and around it by what the journal says: killed after
each line and run again, or disturbed in the middle of a step."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

__all__ = ["Interruption", "run_disturbed", "run_interrupted"]

LOOK_SECONDS: Final = 0.02

Event = tuple[str, str, str]


@dataclass(frozen=True)
class Interruption:
    """A SIGKILL: the course, event and step of the journal's line after which it came."""

    course: str
    event: str
    step: str

    def __str__(self) -> str:
        return f"killed after {' '.join(part for part in (self.course, self.step, self.event) if part)}"


def run_interrupted(
    command: Sequence[str],
    journal: Path,
    output: Path,
    *,
    seconds: float,
    environment: Mapping[str, str] | None = None,
    on_kill: Callable[[Interruption], None] = lambda _: None,
) -> tuple[Interruption, ...]:
    """Runs `command` until it ends by itself, with exit code 0. As soon as its journal (JSON lines with
    `event`, `step` and `course`) has a new line with an event of a step that was not killed at yet, SIGKILL;
    `on_kill` is called, and the same command is run again. So each is killed at once, and it comes to an end.

    Raises AssertionError with the end of `output` for another exit code, and when `seconds` are over.
    """
    deadline = time.monotonic() + seconds
    killed: set[Event] = set()
    kills: list[Interruption] = []
    while True:
        before = len(_events(journal))
        with _running(command, output, environment) as process:
            new = _await_news(process, partial(_news, journal, before, killed), deadline)
            if new is None:
                assert process.returncode == 0, f"exit code {process.returncode}:\n{_tail(output)}"
                return tuple(kills)
        killed.add(new)
        kills.append(Interruption(*new))
        on_kill(kills[-1])


def run_disturbed(
    command: Sequence[str],
    journal: Path,
    output: Path,
    *,
    step: str,
    disturb: Callable[[], None],
    seconds: float,
) -> int:
    """Runs `command` and calls `disturb` while it is at work on a step; returns how often it had to be run: a
    run that fails is followed by another, which goes on.

    Raises AssertionError with the end of `output` when it ends before that step, and when `seconds` are over.
    """
    deadline = time.monotonic() + seconds
    with _running(command, output) as process:
        begun = partial(_begun, journal, step)
        assert _await_news(process, begun, deadline), f"ended before {step}:\n{_tail(output)}"
        disturb()
        failed = process.wait(max(0.0, deadline - time.monotonic()))
    runs = 1
    while failed:
        assert time.monotonic() < deadline, f"run {runs} times:\n{_tail(output)}"
        with _running(command, output) as process:
            failed = process.wait(max(0.0, deadline - time.monotonic()))
        runs += 1
    return runs


@contextmanager
def _running(
    command: Sequence[str], output: Path, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """The command's process, by SIGKILL at an end where it still runs."""
    with output.open("ab") as file:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | dict(environment or {}),
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()


def _begun(journal: Path, step: str) -> list[Event]:
    """The line that says that a step has begun, if it is there."""
    return [one for one in _events(journal) if one[1:] == ("started", step)]


def _news(journal: Path, before: int, killed: set[Event]) -> list[Event]:
    """Events of the lines after the first `before` that were not killed at."""
    return [one for one in _events(journal)[before:] if one not in killed]


def _await_news(
    process: subprocess.Popen[bytes], news: Callable[[], Sequence[Event]], deadline: float
) -> Event | None:
    """The last of the events that are waited for, since a kill comes behind it; None when the process has
    ended."""
    while process.poll() is None:
        if events := news():
            return events[-1]
        assert time.monotonic() < deadline, f"{process.args!r} has not come to its end"
        time.sleep(LOOK_SECONDS)
    return None


def _events(journal: Path) -> list[Event]:
    """Each whole line of a journal; the course is that of the last line which names one."""
    try:
        lines = journal.read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    course, found = "", []
    for line in lines:
        if not line.endswith(b"\n"):
            break
        entry: dict[str, Any] = json.loads(line)
        course = entry.get("course", course)
        found.append((course, str(entry["event"]), str(entry.get("step", ""))))
    return found


def _tail(output: Path) -> str:
    return "\n".join(output.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
