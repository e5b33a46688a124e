"""`msk-mirror reconcile`: one pass, passes until all runs, or passes until SIGTERM."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operations.cli.commands import BAD_INPUT, FAILED, OK, ended_by, fail
from operations.connect.client import ConnectClient
from operations.connect.credentials import Credentials
from operations.kubernetes.api import KubernetesApi, Pod
from operations.kubernetes.events import Events
from operations.kubernetes.worker_pods import WorkerPods
from operations.probe.view import ProbeView
from operations.reconciler.reconcile import Reconciler, Report, Witness
from operations.reconciler.status import Status, StatusServer

__all__ = ["ReconcileOptions", "keep", "settle"]

CALL_SECONDS: Final = 10.0
DEADLINE_SECONDS: Final = 60.0
# A pass reads twice and acts; a call that fails for its whole deadline ends the pass.
STALE_SECONDS: Final = 4 * DEADLINE_SECONDS


@dataclass(frozen=True)
class ReconcileOptions:
    """What both forms of the command are told: addresses of Connect, the mounted ConfigMap, whether to
    delete, the labels of the workers' pods, the address of the probe, and the file with Connect's users."""

    urls: Sequence[str]
    directory: Path
    prune: bool = False
    workers_selector: str | None = None
    probe: str | None = None
    credentials: Path | None = None

    def client(self, stop: threading.Event) -> ConnectClient:
        """Raises ValueError for an address that is none, or credentials that cannot be used."""
        credentials = Credentials(self.credentials) if self.credentials else None
        return ConnectClient(self.urls, CALL_SECONDS, DEADLINE_SECONDS, stop, credentials)

    def witnesses(self, api: KubernetesApi | None) -> list[Witness]:
        """Whom a pass asks: about pods only where this is one."""
        pods = [WorkerPods(api, self.workers_selector)] if api and self.workers_selector else []
        return [*pods, *([ProbeView(self.probe)] if self.probe else [])]


def settle(wanted: ReconcileOptions, seconds: float) -> int:
    """Passes until nothing is left to do or for `seconds`; 0 is one pass. Fails when a condition is an error,
    and, with time given, when the connectors do not run by then."""
    stop = threading.Event()
    with ExitStack() as during:
        try:
            client = during.enter_context(wanted.client(stop))
        except ValueError as error:
            return fail(BAD_INPUT, error)
        witnesses = wanted.witnesses(_api(during))
        during.enter_context(ended_by(lambda *_: stop.set()))
        reconciler = Reconciler(client, wanted.directory, prune=wanted.prune, stop=stop, witnesses=witnesses)
        report = reconciler.settle(seconds, _changes_only())
    if any(one.reason == "InvalidConnectors" for one in report.conditions):
        return BAD_INPUT
    return FAILED if report.failed or (seconds and not report.settled) else OK


def keep(wanted: ReconcileOptions, interval: float, metrics_port: int | None) -> int:
    """Passes until SIGTERM or SIGINT, which end the pass that runs and then the process, with 0. In a pod the
    conditions are its events too."""
    stop = threading.Event()
    status = Status(stale_after=interval + STALE_SECONDS)
    say = _changes_only()
    with ExitStack() as during:
        try:
            client = during.enter_context(wanted.client(stop))
            if metrics_port is not None:
                server = during.enter_context(StatusServer(status, metrics_port))
                _say([f"metrics and health on port {server.port}"])
        except ValueError as error:
            return fail(BAD_INPUT, error)
        except OSError as error:
            return fail(BAD_INPUT, f"--metrics-port {metrics_port}: {error.strerror}")
        api = _api(during)
        events = Events(api, Pod.own(api.namespace, os.environ), lambda line: _say([line])) if api else None

        def on_report(report: Report) -> None:
            status.update(report)
            say(report)
            if events is not None and not stop.is_set():
                events.report(report.conditions)

        during.enter_context(ended_by(lambda *_: stop.set()))
        Reconciler(
            client,
            wanted.directory,
            prune=wanted.prune,
            interval=interval,
            stop=stop,
            witnesses=wanted.witnesses(api),
        ).run(on_report)
    _say(["stopped"])
    return OK


def _api(during: ExitStack) -> KubernetesApi | None:
    """The API server where this is a pod. Without it the reconciler does its work all the same."""
    try:
        api = KubernetesApi.in_cluster(os.environ)
    except OSError as error:
        _say([f"the API server cannot be used: {error}"])
        return None
    return during.enter_context(api) if api else None


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
