"""What the Kubernetes API takes, from the classes that lightkube-models generates of its OpenAPI document."""

from __future__ import annotations

import dataclasses
import pkgutil
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from operations.manifests.provider_types import letters

__all__ = ["ApiField", "ApiResource", "ApiType", "api_resource", "api_type"]

RESOURCE_TYPE: Final = re.compile(r"kubernetes_(?P<kind>\w+?)(?:_(?P<version>v\d+(?:(?:alpha|beta)\d+)?))?")
PLURALS: Final = (r"\Z", ""), (r"\Z", "s"), (r"\Z", "es"), (r"y\Z", "ies")
"""How a block's name becomes that of the field which holds all blocks of that name."""


@dataclass(frozen=True)
class ApiField:
    """A field of an object."""

    name: str
    kind: str
    """`boolean`, `integer`, `number`, `string`, `integer or string`, `map` or `object`."""
    repeated: bool = False
    object_type: type | None = None


@dataclass(frozen=True)
class ApiType:
    """A type of the API; its fields by the letters of their names, in the API's order."""

    name: str
    fields: Mapping[str, ApiField]

    def field(self, argument: str) -> ApiField | None:
        """The field that a provider's argument fills: `volume_mount` fills `volumeMounts`."""
        name = letters(argument)
        candidates = (re.sub(end, plural, name, count=1) for end, plural in PLURALS)
        return next((self.fields[one] for one in candidates if one in self.fields), None)


@dataclass(frozen=True)
class ApiResource:
    """A kind of objects that can be applied."""

    api_version: str
    kind: str
    namespaced: bool
    type: ApiType


@lru_cache
def api_resource(resource_type: str) -> ApiResource | None:
    """What a resource type (`kubernetes_deployment_v1`) makes; None where the API has no such kind."""
    named = RESOURCE_TYPE.fullmatch(resource_type)
    if not named:
        return None
    kind, version = letters(named["kind"]), named["version"] or "v1"
    for resource in _resources(version):
        definition = resource._api_info.resource
        if definition.kind.lower() == kind and definition.version == version:
            parents = {parent.__name__ for parent in resource.__mro__}
            group = f"{definition.group}/" if definition.group else ""
            return ApiResource(
                f"{group}{version}", definition.kind, "NamespacedResource" in parents, api_type(resource)
            )
    return None


@lru_cache
def api_type(generated: type) -> ApiType:
    """The type that a generated class stands for."""
    hints = get_type_hints(generated)
    fields = (
        _field(one.metadata.get("json", one.name), hints[one.name]) for one in dataclasses.fields(generated)
    )
    return ApiType(generated.__name__, {letters(one.name): one for one in fields})


def _resources(version: str) -> Iterator[Any]:
    """The generated classes of the kinds of all groups that have this version."""
    package = import_module("lightkube.resources")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name.endswith(f"_{version}"):
            loaded = import_module(f"{package.__name__}.{module.name}")
            yield from (
                one
                for one in vars(loaded).values()
                if hasattr(one, "_api_info") and one._api_info.parent is None  # subresources have one
            )


def _field(name: str, hint: Any) -> ApiField:
    alternatives = set(_alternatives(hint))
    if alternatives == {int, str}:
        return ApiField(name, "integer or string")
    (only,) = alternatives
    if get_origin(only) is list:
        return dataclasses.replace(_field(name, get_args(only)[0]), repeated=True)
    if dataclasses.is_dataclass(only) and isinstance(only, type):
        return ApiField(name, "object", object_type=only)
    kinds = {bool: "boolean", int: "integer", float: "number", dict: "map"}
    return ApiField(name, kinds.get(get_origin(only) or only, "string"))


def _alternatives(hint: Any) -> tuple[Any, ...]:
    """The types that a field may have, None aside."""
    if get_origin(hint) in (Union, types.UnionType):
        return tuple(one for one in get_args(hint) if one is not type(None))
    return (hint,)
