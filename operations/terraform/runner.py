"""Terraform in one stack's directory: its steps, their changes, and errors that say how to continue."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

from operations.terraform.run_events import Changes, Stream
from operations.terraform.synthesized import Stack

__all__ = ["NO_BUCKET", "Terraform", "TerraformError"]

INTERRUPT_SECONDS: Final = 60.0
CHANGES_EXIT_CODE: Final = 2
LOCK_ID: Final = re.compile(r"ID:\s+([0-9a-f-]{36})")
ERRORED_STATE: Final = "errored.tfstate"
NO_BUCKET: Final = ("NoSuchBucket", "does not exist")
"""Of Terraform's S3 backend (errS3NoSuchBucket) and of S3 itself."""


class TerraformError(Exception):
    """A step that failed: `stack`, `step`, Terraform's own `message`, and `advice` on what is left and how to
    go on."""

    def __init__(self, stack: str, step: str, message: str, advice: str) -> None:
        self.stack, self.step, self.message, self.advice = stack, step, message, advice
        super().__init__(stack, step, message, advice)

    def __str__(self) -> str:
        return f"{self.stack}: {self.step} failed: {self.message}\n{self.advice}"


class Terraform:
    """Runs terraform for `stack` with `env` on top of the process's environment.

    The command is `terraform` or what TERRAFORM_BINARY_NAME says (the variable that cdktf reads, too).
    `on_progress` is called with each line worth showing: a resource operation that starts, continues or ends.
    `lock_timeout`: how long to wait for a state that someone else has locked.
    """

    def __init__(
        self,
        stack: Stack,
        env: Mapping[str, str] | None = None,
        on_progress: Callable[[str], None] = lambda _: None,
        lock_timeout: str = "60s",
    ) -> None:
        self.stack = stack
        self._unattended = ("-input=false", f"-lock-timeout={lock_timeout}")
        self._env = {**os.environ, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1", **(env or {})}
        self._binary = self._env.get("TERRAFORM_BINARY_NAME") or "terraform"
        self._on_progress = on_progress
        self._process: subprocess.Popen[str] | None = None

    def init(self, *flags: str) -> None:
        """Initializes backend and providers; `flags` such as -reconfigure or -migrate-state."""
        self._run("init", ["-no-color", *self._unattended, *flags])

    def plan(self, *flags: str) -> Changes:
        """What apply would change; -out=FILE among `flags` keeps the plan."""
        arguments = ["-json", "-detailed-exitcode", *self._unattended, *flags]
        return self._run("plan", arguments, good=(0, CHANGES_EXIT_CODE)).changes

    def apply(self, *flags: str) -> Changes:
        """Plans and applies in one run, or applies a kept plan given by its name; what was changed."""
        return self._run("apply", ["-json", "-auto-approve", *self._unattended, *flags]).changes

    def destroy(self, *flags: str) -> Changes:
        """Destroys what is in the state."""
        return self._run("destroy", ["-json", "-auto-approve", *self._unattended, *flags]).changes

    def output(self) -> dict[str, Any]:
        """The values of the outputs."""
        found = json.loads("".join(self._run("output", ["-json", "-no-color"], plain=True).raw))
        return {name: one["value"] for name, one in found.items()}

    def state_list(self) -> tuple[str, ...]:
        """The addresses in the state, data sources among them."""
        return tuple(self._run("state list", ["-no-color"], plain=True).raw)

    def state_pull(self) -> dict[str, Any] | None:
        """The state itself, None when there is none yet."""
        text = "\n".join(self._run("state pull", ["-no-color"], plain=True).raw).strip()
        found: dict[str, Any] = json.loads(text) if text else {}
        return found if found.get("lineage") else None  # some versions print an empty state for none

    def state_push(self, path: Path) -> None:
        """Makes a file the state; Terraform refuses one of another lineage or an older serial."""
        self._run("state push", ["-no-color", self._unattended[-1], str(path)])

    def interrupt(self) -> None:
        """Asks the step that runs in another thread to save its state and end."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)

    def _run(
        self, step: str, arguments: Sequence[str], good: Sequence[int] = (0,), plain: bool = False
    ) -> Stream:
        """Runs a step; its output as a stream, or `plain` as raw lines, all of them."""
        stream = Stream()
        with TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
            with self._started([*step.split(), *arguments], errors) as process:
                for line in process.stdout or ():
                    if plain:
                        stream.raw.append(line.rstrip("\n"))
                    elif said := stream.feed(line):
                        self._on_progress(said)
                code = process.wait()
            if code not in good:
                errors.seek(0)
                raise self._error(step, stream, [*stream.raw, *errors.read().splitlines()], code)
        return stream

    @contextmanager
    def _started(self, arguments: Sequence[str], errors: IO[str]) -> Iterator[subprocess.Popen[str]]:
        """The process in a session of its own, so that Ctrl-C reaches this process alone, which passes on one
        SIGINT: Terraform saves its state on the first and dies on the second."""
        try:
            self._process = subprocess.Popen(
                [self._binary, *arguments],
                cwd=self.stack.directory,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
        except FileNotFoundError as error:
            said = f"{error.filename}: not found"
            advice = "Install Terraform 1.10 or later, or name its command in TERRAFORM_BINARY_NAME."
            raise TerraformError(self.stack.name, arguments[0], said, advice) from error
        try:
            with self._process as process:
                try:
                    yield process
                except BaseException:
                    process.send_signal(signal.SIGINT)
                    with suppress(subprocess.TimeoutExpired):
                        process.communicate(timeout=INTERRUPT_SECONDS)
                    process.kill()
                    raise
        finally:
            self._process = None

    def _error(self, step: str, stream: Stream, plain: Sequence[str], code: int) -> TerraformError:
        said = [str(error) for error in stream.errors] or _error_lines(plain)
        message = "; ".join(dict.fromkeys(said)) or f"exit code {code} without a message"
        return TerraformError(self.stack.name, step, message, self._advice(stream, message))

    def _advice(self, stream: Stream, message: str) -> str:
        chdir = f"{self._binary} -chdir={self.stack.directory}"
        lock = LOCK_ID.search(message)
        if lock:
            return (
                f"Someone holds the lock of {self._state_address()}, or died with it. Wait and run this"
                f" again; if nobody is at work: {chdir} force-unlock {lock.group(1)}"
            )
        if (self.stack.directory / ERRORED_STATE).exists():
            return (
                f"The state could not be saved; it is in {self.stack.directory / ERRORED_STATE}."
                f" Save it first: {chdir} state push {ERRORED_STATE}"
            )
        if "bucket" in message.lower() and any(words in message for words in NO_BUCKET):
            return f"The bucket of {self._state_address()} comes from `msk-mirror bootstrap`: run that first."
        if not stream.resources:
            return f"Nothing was changed in {self._state_address()}. Mend the cause and run this again."
        return (
            f"{stream.done} of {len(stream.resources)} changes were made and are in the state"
            f" ({self._state_address()}). Fix the cause and run the same command to resume."
        )

    def _state_address(self) -> str:
        kind, settings = self.stack.backend
        if kind == "s3":
            return f"s3://{settings.get('bucket')}/{settings.get('key')}"
        return f"{kind} backend {settings.get('path', '')}".strip()


def _error_lines(raw: Sequence[str]) -> list[str]:
    """The part of a plain output that begins with its first error, in one line."""
    begin = next((number for number, line in enumerate(raw) if line.lstrip("│ ").startswith("Error")), 0)
    text = " ".join(line.strip("│╷╵ ") for line in raw[begin:])
    return [re.sub(r"\s+", " ", text).strip()]
