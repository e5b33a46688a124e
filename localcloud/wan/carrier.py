"""The owner's half of a carrier: start it, talk to it, end it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from localcloud.wan.enter import RUN_VARIABLE
from localcloud.wan.runs import CARRIER_VARIABLE, end_processes, new_run_id

__all__ = ["Carrier", "CarrierError"]

_CHECKOUT = Path(__file__).parents[2]


class CarrierError(RuntimeError):
    """The carrier could not make its WAN or has died; the text is its own."""


class Carrier:
    """A running carrier process; `plan` is what it said about the regions."""

    def __init__(self, module: str, delay_ms: float, regions: Sequence[str]) -> None:
        """Start `python -m <module>` and wait until packets pass. Raises CarrierError."""
        self.run = new_run_id()
        self._kept = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, str(delay_ms), *regions],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=_CHECKOUT,
            env=os.environ | {RUN_VARIABLE: self.run, CARRIER_VARIABLE: "1"},
            # Out of the terminal's process group: Ctrl-C must not cut the link before brokers have ended.
            start_new_session=True,
        )
        answer = self._answer()
        if "error" in answer:
            self._process.communicate()
            raise CarrierError(answer["error"])
        self.plan: dict[str, Any] = answer["plan"]

    @property
    def pid(self) -> int:
        """Process id of the carrier."""
        return self._process.pid

    def ask(self, command: dict[str, Any]) -> None:
        """Send a command and wait until it is done. Raises CarrierError if the carrier has died."""
        assert self._process.stdin is not None  # noqa: S101 - opened above
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise CarrierError(f"the WAN's process {self.pid} has died: {error}") from error
        self._answer()

    def stop(self) -> None:
        """End the WAN and whatever still runs in it; does nothing the second time, or after `keep`."""
        if self._kept:
            return
        if self._process.poll() is None:
            with suppress(CarrierError):
                self.ask({"stop": True})
        with suppress(subprocess.TimeoutExpired):
            self._process.communicate(timeout=15)
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()
        end_processes(self.run)

    def keep(self) -> None:
        """End the conversation but not the WAN: it outlives this program, and `stop` leaves it alone."""
        self.ask({"keep": True})
        self._kept = True
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 - opened above
        line = self._process.stdout.readline()
        if not line:
            raise CarrierError(
                f"the WAN's process ended with status {self._process.wait()}; see its error above"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer
