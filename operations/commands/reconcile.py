"""`msk-mirror reconcile`: one pass, passes until all runs, or passes until SIGTERM."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from operations.commands import BAD_INPUT, FAILED, OK, ended_by, fail
from operations.connect import ConnectClient
from operations.reconcile import Reconciler, Report
from operations.status import Status, StatusServer

__all__ = ["keep", "settle"]

CALL_SECONDS: Final = 10.0
DEADLINE_SECONDS: Final = 60.0
# A pass reads twice and acts; a call that fails for its whole deadline ends the pass.
STALE_SECONDS: Final = 4 * DEADLINE_SECONDS


def settle(urls: Sequence[str], directory: Path, prune: bool, seconds: float) -> int:
    """Passes until nothing is left to do or for `seconds`; 0 is one pass. Fails when a condition is an error,
    and, with time given, when the connectors do not run by then."""
    stop = threading.Event()
    try:
        client = ConnectClient(urls, CALL_SECONDS, DEADLINE_SECONDS, stop)
    except ValueError as error:
        return fail(BAD_INPUT, error)
    with client, ended_by(lambda *_: stop.set()):
        report = Reconciler(client, directory, prune=prune, stop=stop).settle(seconds, _changes_only())
    if any(one.reason == "InvalidConnectors" for one in report.conditions):
        return BAD_INPUT
    return FAILED if report.failed or (seconds and not report.settled) else OK


def keep(urls: Sequence[str], directory: Path, prune: bool, interval: float, metrics_port: int | None) -> int:
    """Passes until SIGTERM or SIGINT, which end the pass that runs and then the process, with 0."""
    stop = threading.Event()
    status = Status(stale_after=interval + STALE_SECONDS)
    say = _changes_only()

    def on_report(report: Report) -> None:
        status.update(report)
        say(report)

    with ExitStack() as during:
        try:
            client = during.enter_context(ConnectClient(urls, CALL_SECONDS, DEADLINE_SECONDS, stop))
            if metrics_port is not None:
                server = during.enter_context(StatusServer(status, metrics_port))
                _say([f"metrics and health on port {server.port}"])
        except ValueError as error:
            return fail(BAD_INPUT, error)
        except OSError as error:
            return fail(BAD_INPUT, f"--metrics-port {metrics_port}: {error.strerror}")
        during.enter_context(ended_by(lambda *_: stop.set()))
        Reconciler(client, directory, prune=prune, interval=interval, stop=stop).run(on_report)
    _say(["stopped"])
    return OK


def _changes_only() -> Callable[[Report], None]:
    """Says what a pass did, and the conditions when they are not those of the pass before."""
    last: list[str] = []

    def say(report: Report) -> None:
        nonlocal last
        conditions = report.lines()[len(report.actions) :]
        _say([*map(str, report.actions), *(conditions if conditions != last else [])], report)
        last = conditions

    return say


def _say(lines: Sequence[str], report: Report | None = None) -> None:
    stamp = f"{report.at:%Y-%m-%dT%H:%M:%SZ} " if report else ""
    sys.stdout.write("".join(f"{stamp}{line}\n" for line in lines))
    sys.stdout.flush()
