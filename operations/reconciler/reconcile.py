"""Brings the connectors of a Connect cluster to what a directory says, once or for ever.

Desired: the ConfigMap that Terraform writes. Actual: Connect's REST. A pass reads both, does what `plan` says
and reports conditions. Passes are idempotent: a reconciler that was killed half way through is simply started
again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from operations.connect.client import ConnectClient, ConnectError, Connector
from operations.connect.connectors import (
    Action,
    ConnectorSpec,
    Create,
    Delete,
    InvalidConnectors,
    Restart,
    Rouse,
    Update,
    load_desired,
    plan,
)
from operations.connect.stuck_tasks import Part, overdue, seen
from operations.reconciler.conditions import Condition, Level, observe, restarted
from operations.reconciler.restarts import RestartPause, after_pass, resting

__all__ = ["Reconciler", "Report", "Witness", "load_desired", "plan"]

UNSETTLED_INTERVAL_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Report:
    """What a pass did (`actions`) and how things stood at its end; `connectors`: what Connect showed then."""

    actions: tuple[Action, ...]
    conditions: tuple[Condition, ...]
    connectors: Mapping[str, Connector] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def settled(self) -> bool:
        """Nothing was done and nothing may pass by itself: another pass would say the same."""
        return not self.actions and not any(one.may_pass for one in self.conditions)

    @property
    def failed(self) -> bool:
        return any(one.level is Level.ERROR for one in self.conditions)

    @property
    def connect_answers(self) -> bool:
        return all(one.reason != "ConnectUnavailable" for one in self.conditions)

    def lines(self) -> list[str]:
        """For people: the actions, then the conditions, worst first."""
        order = list(Level)[::-1]
        conditions = sorted(self.conditions, key=lambda one: order.index(one.level))
        return [*map(str, self.actions), *(f"{one.level}: {one}" for one in conditions)]

    def as_json(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(timespec="seconds"),
            "settled": self.settled,
            "failed": self.failed,
            "actions": [str(action) for action in self.actions],
            "conditions": [
                {"connector": one.connector, "level": one.level, "reason": one.reason, "message": one.message}
                for one in self.conditions
            ],
        }


class Witness(Protocol):
    """Who knows more than Connect says: the API server, the probe."""

    def conditions(self, report: Report) -> tuple[Condition, ...]:
        """What is to be added to a pass; never raises."""


class Reconciler:
    """`directory`: see `load_desired`; `prune`: remove our connectors that it no longer has; `interval`:
    seconds between passes of `run` while all is settled (5 s otherwise); `stop` ends `run` and `settle`;
    `witnesses` are asked at the end of each pass."""

    def __init__(  # noqa: PLR0913 - all but two by name
        self,
        client: ConnectClient,
        directory: Path,
        *,
        prune: bool = False,
        interval: float = 30.0,
        stop: threading.Event | None = None,
        witnesses: Sequence[Witness] = (),
    ) -> None:
        self._client, self._directory, self._prune, self._interval = client, directory, prune, interval
        self._stop = stop or threading.Event()
        self._witnesses = tuple(witnesses)
        self._history: dict[str, RestartPause] = {}
        self._passing: dict[Part, float] = {}
        self.last: Report | None = None

    def run(self, on_report: Callable[[Report], None]) -> None:
        """Passes until `stop` is set; never raises for anything that Connect or the directory does."""
        while not self._stop.is_set():
            report = self.run_once()
            on_report(report)
            quick = min(self._interval, UNSETTLED_INTERVAL_SECONDS)
            self._stop.wait(self._interval if report.settled else quick)

    def settle(self, deadline: float, on_report: Callable[[Report], None] = lambda _: None) -> Report:
        """Passes until the report is settled (source connectors have tasks) or for `deadline` seconds."""
        end = time.monotonic() + deadline
        while True:
            report = self.run_once()
            on_report(report)
            if report.settled or self._stop.is_set() or time.monotonic() >= end:
                return report
            self._stop.wait(0.5)

    def run_once(self) -> Report:
        """One pass. Problems are conditions of the report, not exceptions."""
        report = self._pass()
        # whoever is told to stop has no time for what others know
        asked = () if self._stop.is_set() else self._witnesses
        added = [one for witness in asked for one in witness.conditions(report)]
        self.last = replace(report, conditions=(*report.conditions, *added))
        return self.last

    def _pass(self) -> Report:
        try:
            desired = load_desired(self._directory)
        except InvalidConnectors as error:
            # Nothing is touched: half a directory must not look like connectors that are gone.
            said = [Condition("", Level.ERROR, "InvalidConnectors", problem) for problem in error.problems]
            return Report((), tuple(said))
        done: list[Action] = []
        refused: list[Condition] = []
        connectors: Mapping[str, Connector] = {}
        try:
            connectors = found = self._client.connectors()
            now = time.monotonic()
            self._passing = seen(self._passing, connectors.values(), now)
            late = overdue(self._passing, now)
            actions = plan(desired, connectors, self._prune, resting(self._history, now), late)
            self._apply(actions, done, refused)
            connectors = self._client.connectors() if done else connectors
        except ConnectError as error:
            gone = f"Connect does not answer: {error.outcome}"
            conditions = (Condition("", Level.ERROR, "ConnectUnavailable", gone), *refused)
        else:
            conditions = _conditions(desired, connectors, self._prune, refused) + _failures(found, done)
        self._remember(done, connectors)
        return Report(tuple(done), conditions, connectors)

    def _apply(self, actions: Sequence[Action], done: list[Action], refused: list[Condition]) -> None:
        """Adds to `done` and `refused`. A connector that Connect refuses does not keep the others from being
        made; raises ConnectError when Connect is not there at all."""
        for action in actions:
            if self._stop.is_set():
                break
            try:
                apply(self._client, action)
            except ConnectError as error:
                if error.passing:
                    raise
                said = f"Connect refused to {action}: {error.message}"
                refused.append(Condition(_name(action), Level.ERROR, "Refused", said))
            else:
                done.append(action)

    def _remember(self, done: Sequence[Action], connectors: Mapping[str, Connector]) -> None:
        restarted = [action.name for action in done if isinstance(action, Restart | Rouse)]
        failed = [one.name for one in connectors.values() if _has_failed(one)]
        self._history = after_pass(self._history, restarted, failed, time.monotonic())


def apply(client: ConnectClient, action: Action) -> None:
    """Does one action. Raises ConnectError."""
    match action:
        case Create(spec) if spec.initial_state:
            client.create(spec.name, spec.config, spec.initial_state)
        case Create(spec) | Update(spec, _):
            client.put_config(spec.name, spec.config)
        case Restart(name, _, _):
            client.restart(name, include_tasks=True, only_failed=True)
        case Rouse(name, parts):
            for part in parts:
                if part.task is None:
                    client.restart(name, include_tasks=False, only_failed=False)
                else:
                    client.restart_task(name, part.task)
        case Delete(name):
            client.delete(name)


def _conditions(
    desired: Mapping[str, ConnectorSpec],
    actual: Mapping[str, Connector],
    prune: bool,
    refused: Sequence[Condition],
) -> tuple[Condition, ...]:
    names = {one.connector for one in refused}
    return (*refused, *(one for one in observe(desired, actual, prune) if one.connector not in names))


def _failures(found: Mapping[str, Connector], done: Sequence[Action]) -> tuple[Condition, ...]:
    """What had failed in the connectors that this pass has restarted."""
    said = (restarted(found[action.name]) for action in done if isinstance(action, Restart))
    return tuple(one for one in said if one is not None)


def _name(action: Action) -> str:
    return action.spec.name if isinstance(action, Create | Update) else action.name


def _has_failed(connector: Connector) -> bool:
    return connector.state == "FAILED" or any(task.state == "FAILED" for task in connector.tasks)
