"""What the commands of the command line do: inputs made into objects, results into lines and exit codes.

One module each, imported when its command runs: `check` must not wait for Kafka's client.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

__all__ = ["BAD_INPUT", "FAILED", "OK", "ended_by", "fail"]

OK: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2


def fail(code: int, message: object) -> int:
    """Says what is wrong on stderr; gives the exit code back."""
    sys.stderr.write(f"{message}\n")
    return code


@contextmanager
def ended_by(handler: Callable[[int, FrameType | None], Any]) -> Iterator[None]:
    """SIGTERM, and SIGINT, which shells ignore for background jobs, go to `handler` meanwhile."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
