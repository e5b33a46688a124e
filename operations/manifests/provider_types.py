"""What Terraform's kubernetes provider takes, from the description that its Python bindings ship with.

The bindings are not imported, which would start Node: the description is a file of their package, 49 MB of
JSON for all resources, and read in less than a second.
"""

from __future__ import annotations

import gc
import json
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

__all__ = ["Attribute", "Block", "NoProviderTypes", "letters", "provider_block"]

PACKAGE: Final = "cdktf_cdktf_provider_kubernetes"
DESCRIPTION: Final = "package/.jsii"


class NoProviderTypes(Exception):  # noqa: N818 - reads as what it is where it is caught
    """The bindings are not installed, or are laid out in another way; in words."""


@dataclass(frozen=True)
class Attribute:
    """An argument of a block."""

    kind: str
    """`boolean`, `number`, `string`, `map` or `block`; of each element where it is a list."""
    block_type: str | None = None
    """The type of a block, by its full name in the description."""


@dataclass(frozen=True)
class Block:
    """Arguments of a resource or of a block in it, by the letters of their names."""

    attributes: Mapping[str, Attribute]

    def attribute(self, name: str) -> Attribute | None:
        """The argument that Terraform writes as `name`."""
        return self.attributes.get(letters(name))

    def block(self, name: str) -> Block | None:
        """The block of that name; None where it is none."""
        found = self.attribute(name)
        return _block(found.block_type) if found and found.block_type else None


def letters(name: str) -> str:
    """What the names of one thing have in common: `se_linux_options` in Terraform, `seLinuxOptions` in the
    bindings and in the API, where `host_ip` is `hostIP`."""
    return "".join(filter(str.isalnum, name)).lower()


def provider_block(resource_type: str) -> Block | None:
    """The arguments of a resource type (`kubernetes_deployment_v1`); None for one that the provider lacks.
    Raises NoProviderTypes."""
    submodule = letters(resource_type.removeprefix("kubernetes_"))
    name = _names().get(f"{submodule}.{submodule}config")
    return _block(name) if name else None


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Full names of all types, by submodule and name in lower case."""
    return {name.split(".", 1)[1].lower(): name for name in _structures()}


@lru_cache
def _block(name: str) -> Block:
    return Block({letters(one["name"]): _attribute(one["type"]) for one in _structures()[name]})


def _attribute(jsii_type: Mapping[str, Any]) -> Attribute:
    """From jsii's notation (its specification, "TypeReference"); unions are of a type and a reference."""
    match jsii_type:
        case {"union": {"types": alternatives}}:
            return _attribute(next(one for one in alternatives if one.get("fqn") != "cdktf.IResolvable"))
        case {"collection": {"kind": "array", "elementtype": element}}:
            return _attribute(element)
        case {"collection": _}:
            return Attribute("map")
        case {"primitive": primitive}:
            return Attribute(str(primitive))
        case _:
            return Attribute("block", str(jsii_type["fqn"]))


@lru_cache(maxsize=1)
def _structures() -> dict[str, list[dict[str, Any]]]:
    """Properties of every type that has them and nothing else, by its full name."""
    with _no_garbage_collection():
        described = json.loads(_description())["types"]
        return {
            name: [{"name": one["name"], "type": one["type"]} for one in entry.get("properties", ())]
            for name, entry in described.items()
            if entry["kind"] == "interface"
        }


def _description() -> bytes:
    spec = find_spec(PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        for package in sorted(Path(folder, "_jsii").glob("*.jsii.tgz")):
            with tarfile.open(package, "r|gz") as members:
                for member in members:
                    content = members.extractfile(member) if member.name == DESCRIPTION else None
                    if content is not None:
                        return content.read()
    raise NoProviderTypes(f"{PACKAGE}, whose types say what a stack means, is not installed")


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Many small objects at once and no garbage among them: a third of the time goes without."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
