"""Commands of a set-up: their output goes to a log, progress to the person, a failure into a sentence."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from toolchain.host import Host, SetupError

TAIL_LINES = 5
TAIL_WIDTH = 200


@dataclass(frozen=True)
class Symptom:
    """What a failure prints (regular expression, any case) and what that means to the person who reads it."""

    pattern: str
    meaning: str


@dataclass(frozen=True)
class SetupStep:
    """A command of a set-up: `what` names it and its log; without `environ` it has the host's."""

    what: str
    command: Sequence[str]
    symptoms: Sequence[Symptom]
    cwd: Path | None = None
    environ: Mapping[str, str] | None = None


def run_step(host: Host, step: SetupStep, each_line: Callable[[str], None] | None = None) -> None:
    """Run a step; every line of its output goes to `each_line` and into the step's log in the cache.

    Raises SetupError with the meaning of the first symptom that the output shows, and the end of that output.
    """
    log = host.cache / "logs" / f"{step.what.replace(' ', '-')}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    output: list[str] = []
    try:
        with log.open("w") as file, _started(step, dict(step.environ or host.environ)) as process:
            for line in process.stdout or ():
                file.write(line)
                output.append(line.rstrip())
                if each_line:
                    each_line(line)
    except FileNotFoundError as error:
        raise SetupError(f"{step.what}: {error.filename} was not found") from error
    if process.returncode != 0:
        raise SetupError(_failure(step, output, log))


def _started(step: SetupStep, environ: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        list(step.command),
        cwd=step.cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _failure(step: SetupStep, output: list[str], log: Path) -> str:
    text = "\n".join(output)
    meanings = [
        symptom.meaning for symptom in step.symptoms if re.search(symptom.pattern, text, re.IGNORECASE)
    ]
    reason = meanings[0] if meanings else "the command failed"
    tail = "\n".join(f"    {line[:TAIL_WIDTH]}" for line in output[-TAIL_LINES:])
    return f"{step.what}: {reason}\n{tail}\n  everything it printed: {log}"


def counter(host: Host, total: int, unit: str, pattern: str) -> Callable[[str], None]:
    """An `each_line` that tells at every quarter how many lines matched `pattern` of the `total` expected."""
    expression = re.compile(pattern)
    step = max(1, total // 4)
    seen = 0

    def count(line: str) -> None:
        nonlocal seen
        if expression.search(line):
            seen += 1
            if seen % step == 0 and 1 < seen <= total:
                host.say(f"  {seen} of {total} {unit}")

    return count
