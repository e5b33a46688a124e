"""What an owner says to its carrier, and the carrier's half of it.

The carrier is the process that is the WAN. Owner to carrier, one JSON object a line on its standard input:
`{"delay_ms": 50}`, `{"keep": true}`, `{"stop": true}`; the carrier answers each with a line on its standard
output, after a first one that describes the WAN (`{"plan": {...}}` or `{"error": "..."}`). The end of the
input without "keep" means that the owner has died.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["Control", "fail", "quiet_signals"]


class Control:
    """The carrier's end of the conversation; `set_delay` is called with seconds."""

    def __init__(self, set_delay: Callable[[float], None]) -> None:
        self._set_delay = set_delay
        self._descriptor: int | None = sys.stdin.fileno()
        self._kept = False
        self._partial = b""

    def descriptor(self) -> int | None:
        """What to wait on for `react`; None after a kept WAN's owner has gone."""
        return self._descriptor

    def ready(self, plan: dict[str, Any]) -> None:
        """Tell the owner that packets pass, and where."""
        _say({"plan": plan})

    def react(self) -> bool:
        """Read what has come and do it; True when the WAN is to end."""
        assert self._descriptor is not None  # noqa: S101 - called only for input on it
        received = os.read(self._descriptor, 65536)
        if not received:
            self._descriptor = None
            return not self._kept
        *lines, self._partial = (self._partial + received).split(b"\n")
        ends = [self._obey(json.loads(line)) for line in lines]
        return any(ends)

    def _obey(self, command: dict[str, Any]) -> bool:
        if "delay_ms" in command:
            self._set_delay(command["delay_ms"] / 1000)
        self._kept = self._kept or "keep" in command
        _say({"done": command})
        return "stop" in command


def quiet_signals() -> None:
    """Ctrl-C is the owner's business; SIGTERM ends the carrier by SystemExit, so that `finally` runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def fail(error: Exception) -> None:
    """Tell the owner why there is no WAN, and end with status 3."""
    _say({"error": f"{type(error).__name__}: {error}"})
    sys.exit(3)


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
