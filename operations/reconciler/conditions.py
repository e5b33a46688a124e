"""How things stand with the connectors, in words that say what to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from operations.connect.client import NO_STATUS, Connector
from operations.connect.connectors import ConnectorSpec
from operations.reconciler.stack_traces import cause
from topology.replication.mirrormaker_names import is_connector_name

__all__ = ["Condition", "Level", "observe", "restarted"]

MAY_PASS: Final = frozenset(
    {
        "ConnectUnavailable",
        "Missing",
        "NoStatus",
        "NotRunning",
        "TasksNotRunning",
        "NoTasks",
        "Failed",
        "TasksFailed",
        "NoWorkers",
        "WorkersNotStarting",
        "WorkersNotReady",
        "WorkersUnknown",
        "SourceUnreachable",
        "TargetUnreachable",
        "Stalled",
    }
)


class Level(StrEnum):
    """OK: as it should be. WAITING: Connect is at it. WARNING: a person should know. ERROR: does not work."""

    OK = "ok"
    WAITING = "waiting"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Condition:
    """One finding; `connector` is empty when it is about Connect or the directory, `reason` for machines."""

    connector: str
    level: Level
    reason: str
    message: str

    @property
    def may_pass(self) -> bool:
        """Whether time, or a restart of ours, may heal it; false also when all is well."""
        return self.level is not Level.OK and self.reason in MAY_PASS

    def __str__(self) -> str:
        return f"{self.connector}: {self.message}" if self.connector else self.message


def observe(
    desired: Mapping[str, ConnectorSpec], actual: Mapping[str, Connector], prune: bool = False
) -> list[Condition]:
    """One condition for each desired connector and for each of ours that is not desired."""
    conditions = [_condition(name, actual.get(name)) for name in sorted(desired)]
    extra = [name for name in sorted(actual) if name not in desired and is_connector_name(name)]
    if prune and not desired and extra:
        said = f"the directory holds no connector, so none of {', '.join(extra)} is removed"
        conditions.append(Condition("", Level.ERROR, "NothingDesired", said))
    elif not prune:
        said = "not in the environment any more and still there; --prune removes it"
        conditions += [Condition(name, Level.WARNING, "NotDesired", said) for name in extra]
    return conditions


def _condition(name: str, connector: Connector | None) -> Condition:
    if connector is None:
        return Condition(name, Level.WAITING, "Missing", "does not exist yet")
    if (failure := _failure(name, connector)) is not None:
        return failure
    if connector.state in {"PAUSED", "STOPPED"}:
        said = f"{connector.state} by someone; it stays so until PUT /connectors/{name}/resume"
        return Condition(name, Level.WARNING, connector.state.title(), said)
    if connector.state == NO_STATUS:
        said = f"has reported no state yet: it is starting, or {_source(connector)} is not reachable"
        return Condition(name, Level.WAITING, "NoStatus", said)
    if connector.state != "RUNNING":
        return Condition(name, Level.WAITING, "NotRunning", f"{connector.state}: Connect is assigning it")
    return _running(name, connector)


def restarted(connector: Connector) -> Condition | None:
    """What had failed in a connector before it was restarted; None for one that had not.

    One that fails again and again is restarted in the very pass that sees it, until its rests have grown:
    without this its cause would not be said for a minute and more. A warning, since the restart may mend it.
    """
    failure = _failure(connector.name, connector)
    if failure is None:
        return None
    return replace(failure, level=Level.WARNING, message=f"{failure.message}; restarted")


def _failure(name: str, connector: Connector) -> Condition | None:
    if connector.state == "FAILED":
        return Condition(name, Level.ERROR, "Failed", f"FAILED: {cause(connector.trace)}")
    failed = [task for task in connector.tasks if task.state == "FAILED"]
    if not failed:
        return None
    said = f"{len(failed)} of {len(connector.tasks)} tasks FAILED: {cause(failed[0].trace)}"
    return Condition(name, Level.ERROR, "TasksFailed", said)


def _running(name: str, connector: Connector) -> Condition:
    if not connector.tasks:
        level, why = _no_tasks(connector)
        return Condition(name, level, "NoTasks", f"RUNNING with 0 tasks: {why}")
    states = Counter(task.state for task in connector.tasks)
    counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    if set(states) != {"RUNNING"}:
        return Condition(name, Level.WAITING, "TasksNotRunning", f"RUNNING with tasks {counts}")
    count = len(connector.tasks)
    return Condition(name, Level.OK, "Running", f"RUNNING with {count} task{'s' if count > 1 else ''}")


def _no_tasks(connector: Connector) -> tuple[Level, str]:
    """Which of MirrorMaker's connectors may be without a task, and why (taskConfigs of its classes)."""
    if is_connector_name(connector.name, "checkpoint"):
        groups = _setting(connector, "groups")
        return Level.OK, f"{_source(connector)} has no consumer group that matches {groups}"
    if is_connector_name(connector.name, "heartbeat"):
        return Level.WARNING, "heartbeats are switched off (emit.heartbeats.enabled)"
    topics = _setting(connector, "topics")
    return Level.WARNING, f"{_source(connector)} is not reachable or no topic matches {topics}"


def _source(connector: Connector) -> str:
    alias = connector.config.get("source.cluster.alias")
    return f"the source cluster {alias}" if alias else "the source cluster"


def _setting(connector: Connector, key: str) -> str:
    # Both default to .* (MirrorSourceConfig.TOPICS_DEFAULT, MirrorCheckpointConfig.GROUPS_DEFAULT).
    return f"{key}={connector.config.get(key, '.*')}"
