"""Everything that is derived from an environment, as text: every public function of topology that takes an
environment or a part of it, found by its signature, so that a new one cannot be forgotten."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import permutations, product
from typing import Any, get_args

from pydantic import BaseModel

import topology
from topology.aws.arns import cluster_arn
from topology.aws.names import ECS_NAMES, Names
from topology.ecs.tasks import TaskSite
from topology.iam.keys import Purpose
from topology.iam.statements import worker_statements
from topology.kubernetes.charts import PlatformReferences
from topology.model import Environment
from topology.observability.metrics import METRICS
from topology.replication.flows import directed_flows
from topology.state.stacks import STACK_KINDS

__all__ = ["UUID", "derivations", "derived"]

UUID = "01234567-89ab-cdef-0123-456789abcdef-12"
"""The last part of a cluster's ARN, as long as MSK makes it."""

STARTS: dict[str, Callable[[Environment], Iterable[Any]]] = {
    "Environment": lambda environment: [environment],
    "DirectedFlow": directed_flows,
    "MirrorMaker": lambda environment: [environment.mirrormaker],
}
"""Type of a derivation's first parameter -> what it is called with."""

ARGUMENTS: dict[str, Callable[[Environment], tuple[Any, ...]]] = {
    "region": lambda environment: tuple(environment.regions),
    "ends": lambda environment: tuple(permutations(environment.regions, 2)),
    "kind": lambda _: STACK_KINDS,
    "purpose": lambda _: get_args(Purpose),
    "owner": lambda _: ("logs", "msk"),
    "component": lambda _: ("worker", "operations"),
    "identity_id": lambda _: ("worker", "operations", "log_routing", "autoscaler"),
    "known": lambda _: METRICS,
    "cluster_arn": lambda environment: (lambda region: cluster_arn(environment, region, UUID),),
    "role_arn": lambda _: ("arn:of:{}".format,),
    "references": lambda _: (PlatformReferences("{}:{}".format, lambda: "v1.33.6"),),
    "statements": lambda environment: tuple(worker_statements(environment, r) for r in environment.regions),
    "uuid": lambda _: (UUID,),
    "other": lambda environment: (neighbour_of(environment),),
    "ecs": lambda environment: (environment.runtime.ecs,) if environment.runtime.ecs else (),
    "site": lambda environment: (TaskSite("/aws/ecs/group", {}),) if environment.runtime.ecs else (),
    **{
        name: lambda _, name=name: (f"a-{name}",)  # type: ignore[misc]
        for name in ("service", "resource", "bucket", "key", "replica_key", "group")
    },
}
"""Name of another parameter -> its values; with several parameters every combination is asked for."""


def neighbour_of(environment: Environment) -> Environment:
    """The same file under another project, whose names are as long: no limit refuses them."""
    first, rest = environment.project[0], environment.project[1:]
    return environment.model_copy(update={"project": ("b" if first == "a" else "a") + rest})


NOT_DERIVED = ("model", "rules", "transitions")
"""Rooms of topology that say what a file may have; the others derive something from it."""


@dataclass(frozen=True)
class Derivation:
    """A function of topology; `start` is the type of its first parameter."""

    name: str
    function: Callable[..., Any]
    start: str
    parameters: tuple[str, ...]


@cache
def derivations() -> tuple[Derivation, ...]:
    """All of topology. Raises LookupError for one with a parameter that has no values here."""
    found = []
    for module in pkgutil.walk_packages(topology.__path__, "topology."):
        if not module.ispkg and module.name.split(".")[1] not in NOT_DERIVED:
            found += list(_of_module(importlib.import_module(module.name)))
    return tuple(found)


def derived(environment: Environment) -> dict[str, str]:
    """The text of everything, by the function that gives it."""
    texts = {}
    for derivation in derivations():
        values = [ARGUMENTS[name](environment) for name in derivation.parameters]
        asked = product(STARTS[derivation.start](environment), *values)
        texts[derivation.name] = as_text([derivation.function(*arguments) for arguments in asked])
    texts["names"] = as_text([dict(_names(Names(environment, region))) for region in environment.regions])
    return texts


def as_text(value: Any) -> str:
    """JSON, in the order in which the value has its parts."""
    return json.dumps(_plain(value), ensure_ascii=False)


def _of_module(module: Any) -> Iterator[Derivation]:
    for name in getattr(module, "__all__", ()):
        function = getattr(module, name)
        if not inspect.isfunction(function):
            continue
        parameters = list(inspect.signature(function).parameters.values())
        start = str(parameters[0].annotation) if parameters else ""
        if start not in STARTS:
            continue
        others = tuple(parameter.name for parameter in parameters[1:])
        unknown = set(others) - set(ARGUMENTS)
        if unknown:
            raise LookupError(
                f"{module.__name__}.{name} takes {', '.join(unknown)}: give it values in ARGUMENTS"
            )
        yield Derivation(f"{module.__name__}.{name}", function, start, others)


def _names(names: Names) -> Iterator[tuple[str, Any]]:
    # nothing makes names of ECS where nothing runs there, so that they may be too long
    unused = () if names.environment.runtime.ecs else ECS_NAMES
    for name, member in inspect.getmembers(Names):
        if isinstance(member, property) and name not in unused:
            yield name, getattr(names, name)
    for purpose in ("configs", "offsets", "status"):
        yield f"topic {purpose}", names.connect_topic(purpose)
    for severity in ("warning", "critical", "emergency"):
        yield f"SNS topic {severity}", names.sns_topic(severity)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        parts = {field.name: getattr(value, field.name) for field in fields(value)}
        return _plain({name: part for name, part in parts.items() if not isinstance(part, BaseModel)})
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, str | int | float | None):
        return value
    if isinstance(value, list | tuple | Iterator):
        return [_plain(part) for part in value]
    return str(value)
