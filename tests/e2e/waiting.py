"""Wait for conditions, never for seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["wait_until"]


def wait_until(
    holds: Callable[[], bool],
    seconds: float,
    what: str,
    found: Callable[[], object] = lambda: "",
    every: float = 0.2,
) -> float:
    """Ask until it holds; returns the seconds that took. Fails with `what` was waited for, and with what is
    `found` instead."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not within {seconds:.0f} s: {what}\n{found()}".rstrip())
        time.sleep(every)
    return time.monotonic() - began
