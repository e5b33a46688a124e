"""A server of the local cloud as a process: started with a log file, ended by its process id."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

__all__ = ["ServerProcess", "ServerProcessError", "stop_together"]


class ServerProcessError(RuntimeError):
    """A server has ended or does not become ready; the text has the end of its log."""


class ServerProcess:
    """A running process named `name`, writing both its outputs to the file `log`."""

    def __init__(self, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.log = log
        self._command, self._environment = command, dict(environment)
        self.start_again()

    def start_again(self) -> None:
        """The same command once more, when it has ended; the log goes on."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=os.environ | self._environment,
                # Ctrl-C is for the owner, who ends workers and brokers in order.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Process id; the server itself, since whatever started it has become it."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Ask `ready` until it says so. Raises ServerProcessError when the process ends or time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise ServerProcessError(f"{self.name} ended with {self._process.returncode}:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise ServerProcessError(f"{self.name} is not ready after {seconds:.0f} s:\n{self.tail()}")
            time.sleep(0.05)

    def kill(self, sig: int = signal.SIGKILL) -> None:
        """Send a signal; a process that has ended is left alone."""
        self._process.send_signal(sig)

    def wait(self, seconds: float | None = None) -> int:
        """Wait for its end; returns the exit status. Raises subprocess.TimeoutExpired."""
        return self._process.wait(seconds)

    def stop(self, seconds: float) -> None:
        """SIGTERM, and SIGKILL when it has not ended after `seconds`."""
        self.kill(signal.SIGTERM)
        try:
            self.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self.wait()

    def tail(self, lines: int = 25) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


def stop_together(*stops: Callable[[], None]) -> None:
    """Call the `stop` of several workers or brokers at once; an orderly end takes each a second or two."""
    with ThreadPoolExecutor(max_workers=max(len(stops), 1)) as pool:
        futures = [pool.submit(stop) for stop in stops]
    for future in futures:
        future.result()
