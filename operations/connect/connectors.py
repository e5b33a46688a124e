"""Desired and actual connectors compared: which actions bring the one to the other, and how things stand.

Pure but for `load_desired`, which reads the mounted ConfigMap.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from operations.connect.client import Connector, InitialState
from operations.connect.stuck_tasks import OVERDUE_SECONDS, Part
from topology.replication.mirrormaker_names import is_connector_name

__all__ = [
    "Action",
    "ConnectorSpec",
    "Create",
    "Delete",
    "InvalidConnectors",
    "Restart",
    "Rouse",
    "Update",
    "load_desired",
    "plan",
]

INITIAL_STATES: Final = ("RUNNING", "PAUSED", "STOPPED")
KEYS: Final = {"name", "config", "initial_state"}


@dataclass(frozen=True)
class ConnectorSpec:
    """A connector as it should be; `initial_state` matters only while it does not exist (KIP-980)."""

    name: str
    config: Mapping[str, str]
    initial_state: InitialState | None = None

    @property
    def named_config(self) -> dict[str, str]:
        """The config as Connect gives it back: with `name`."""
        return {**self.config, "name": self.name}


class InvalidConnectors(Exception):  # noqa: N818 - reads as what it is where it is caught
    """A directory that does not hold connectors; `problems` holds every one found."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class Create:
    spec: ConnectorSpec

    def __str__(self) -> str:
        state = f" {self.spec.initial_state}" if self.spec.initial_state else ""
        return f"create {self.spec.name}{state}"


@dataclass(frozen=True)
class Update:
    """`changed`: the properties that differ, sorted; values are left out, they may be secrets."""

    spec: ConnectorSpec
    changed: tuple[str, ...]

    def __str__(self) -> str:
        return f"update {self.spec.name}: {', '.join(self.changed)}"


@dataclass(frozen=True)
class Restart:
    """`tasks`: the numbers of the failed ones; `connector`: whether it has failed itself."""

    name: str
    connector: bool
    tasks: tuple[int, ...]

    def __str__(self) -> str:
        failed = ["the connector"] if self.connector else []
        failed += [f"task {number}" for number in self.tasks]
        return f"restart {self.name}: {', '.join(failed)} FAILED"


@dataclass(frozen=True)
class Rouse:
    """Restart of `parts` of a connector that neither run nor have failed, see `overdue`."""

    name: str
    parts: tuple[Part, ...]

    def __str__(self) -> str:
        said = [
            f"{'the connector' if part.task is None else f'task {part.task}'} {part.state}"
            for part in self.parts
        ]
        return f"restart {self.name}: {', '.join(said)} for over {OVERDUE_SECONDS:.0f} s"


@dataclass(frozen=True)
class Delete:
    name: str

    def __str__(self) -> str:
        return f"delete {self.name}"


Action = Create | Update | Restart | Rouse | Delete


def plan(
    desired: Mapping[str, ConnectorSpec],
    actual: Mapping[str, Connector],
    prune: bool = False,
    resting: Container[str] = (),
    overdue: Iterable[Part] = (),
) -> list[Action]:
    """The actions that bring `actual` to `desired`; none when they agree.

    Configs are compared as texts: Connect gives `${env:..}` references back unresolved. A paused or stopped
    connector is left so: someone did that on purpose. `resting` names the connectors that wait for their next
    restart; `overdue` parts are restarted one by one, for the others of their connector may run. With `prune`
    connectors that are not desired go, if their name has our form (a Connect cluster may serve others too),
    but never all of them because of an empty directory: that is a mount that failed.
    """
    actions: list[Action] = []
    for name, spec in sorted(desired.items()):
        found = actual.get(name)
        if found is None:
            actions.append(Create(spec))
        elif changed := _changed(spec.named_config, found.config):
            actions.append(Update(spec, changed))
        elif (restart := _restart(found) or _rouse(name, overdue)) and name not in resting:
            actions.append(restart)
    if prune and desired:
        extra = (name for name in sorted(actual) if name not in desired)
        actions += [Delete(name) for name in extra if is_connector_name(name)]
    return actions


def load_desired(directory: Path) -> dict[str, ConnectorSpec]:
    """The connectors of a directory with one `<name>.json` = {"name", "config"[, "initial_state"]} each.

    That is a ConfigMap as the kubelet mounts it: entries that begin with a dot (`..data`) are its own and
    skipped. Raises InvalidConnectors with all problems.
    """
    if not directory.is_dir():
        raise InvalidConnectors([f"{directory}: no such directory; expected the mounted ConfigMap"])
    problems: list[str] = []
    specs: dict[str, ConnectorSpec] = {}
    for path in sorted(directory.iterdir()):
        if path.name.startswith("."):
            continue
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            problems.append(f"{path}: not readable as JSON: {error}")
            continue
        found = list(_problems(path, content))
        problems += [f"{path}: {problem}" for problem in found]
        if not found:
            specs[content["name"]] = ConnectorSpec(**content)
    if problems:
        raise InvalidConnectors(problems)
    return specs


def _changed(wanted: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    keys = wanted.keys() | found.keys()
    return tuple(sorted(key for key in keys if wanted.get(key) != found.get(key)))


def _restart(connector: Connector) -> Restart | None:
    failed = tuple(task.id for task in connector.tasks if task.state == "FAILED")
    if connector.state != "FAILED" and not failed:
        return None
    return Restart(connector.name, connector.state == "FAILED", failed)


def _rouse(name: str, overdue: Iterable[Part]) -> Rouse | None:
    found = [part for part in overdue if part.connector == name]
    parts = sorted(found, key=lambda part: -1 if part.task is None else part.task)
    return Rouse(name, tuple(parts)) if parts else None


def _problems(path: Path, content: Any) -> list[str]:
    if path.suffix != ".json":
        return ["the name of the file is not <connector name>.json"]
    if not isinstance(content, dict) or not {"name", "config"} <= content.keys() <= KEYS:
        found = sorted(content) if isinstance(content, dict) else type(content).__name__
        return [f"found {found}; expected an object with name, config and, if need be, initial_state"]
    problems = []
    if content["name"] != path.stem:
        problems.append(f"found name {content['name']!r}; expected the name of the file, {path.stem!r}")
    state = content.get("initial_state")
    if state is not None and state not in INITIAL_STATES:
        problems.append(f"initial_state: found {state!r}; allowed: {', '.join(INITIAL_STATES)}")
    config = content["config"]
    if not isinstance(config, dict) or not config.get("connector.class"):
        return [*problems, "config: expected an object with at least connector.class"]
    problems += [
        f"config.{key}: found {value!r}; allowed: a string"
        for key, value in config.items()
        if not isinstance(value, str)
    ]
    if config.get("name", path.stem) != path.stem:
        problems.append(f"config.name: found {config['name']!r}; expected {path.stem!r} or nothing")
    return problems
