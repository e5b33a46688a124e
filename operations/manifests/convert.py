"""Resources of the kubernetes provider become objects of the API, derived from the types of both sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from operations.manifests.api_types import ApiField, ApiResource, ApiType, api_resource, api_type
from operations.manifests.ignored import without_ignored
from operations.manifests.order import applicable_order
from operations.manifests.provider_types import Block, letters, provider_block
from operations.manifests.provider_values import DEFAULTS, META_ARGUMENTS, is_of_terraform, number_base
from operations.manifests.references import References, Unresolved, Values

__all__ = ["ManifestError", "api_objects"]

PREFIX: Final = "kubernetes_"
INTEGER: Final = re.compile(r"[+-]?\d+")


class ManifestError(ValueError):
    """A stack that cannot be converted: `problems` are all reasons, each with its place."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def api_objects(
    stack: Mapping[str, Any], values: Values, *, of_existing: bool = False
) -> list[dict[str, Any]]:
    """The objects of all kubernetes_* resources of a parsed cdk.tf.json, as the provider sends them when it
    makes them, in an order in which they can be applied.

    `values`: outputs of other stacks, by stack and name. `of_existing`: without what Terraform ignores once
    an object is there, for a cluster where others (an autoscaler) set it. Raises ManifestError with all that
    is wrong, and NoProviderTypes where the bindings of the provider are not installed.
    """
    resources = {
        f"{kind}.{name}": without_ignored(body) if of_existing else body
        for kind, named in stack.get("resource", {}).items()
        if kind.startswith(PREFIX)
        for name, body in named.items()
    }
    conversion = _Conversion(values)
    objects = [conversion.resource(address, resources[address]) for address in applicable_order(resources)]
    if conversion.problems:
        raise ManifestError(conversion.problems)
    return [one for one in objects if one is not None]


class _Conversion:
    """Of one stack; goes on after a problem, so that all are found."""

    def __init__(self, values: Values) -> None:
        self.references = References(values)
        self.problems = self.references.problems

    def resource(self, address: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The object of a resource; None where the provider or the API has no such kind."""
        resource_type = address.partition(".")[0]
        kind, block = api_resource(resource_type), provider_block(resource_type)
        if kind is None or block is None:
            self.problems.append(f"{address}: {resource_type} cannot be told as an object of the API")
            return None
        if kind.kind == "Secret":
            self.problems.append(f"{address}: a Secret is not for reading, and its values are not converted")
            return None
        arguments = {
            name: self.references.resolve(value, f"{address}: {name}")
            for name, value in body.items()
            if name not in META_ARGUMENTS and not (block.attribute(name) and is_of_terraform(name))
        }
        found = self._object(kind.type, block, arguments, f"{address}: ")
        return {"apiVersion": kind.api_version, "kind": kind.kind, **_with_namespace(found, kind)}

    def _object(self, kind: ApiType, block: Block, arguments: Any, where: str) -> dict[str, Any]:
        if not isinstance(arguments, Mapping):
            self.problems.append(f"{where.rstrip('.')} is {_short(arguments)}; expected a block")
            return {}
        given = {name: value for name, value in arguments.items() if value is not None}
        found = {}
        for name, value in given.items():
            field = kind.field(name)
            if block.attribute(name) is None:
                self.problems.append(f"{where}{name} is not an argument that the provider knows")
            elif field is None:
                self.problems.append(f"{where}{name} has no field in the API's {kind.name}")
            else:
                found[field.name] = self._field(field, block.block(name), value, f"{where}{name}")
        unset = _unset(kind, block, given)
        complete = {**unset, **{name: value for name, value in found.items() if value is not None}}
        return _in_order(kind, _without_what_the_type_forbids(kind, complete))

    def _field(self, field: ApiField, block: Block | None, value: Any, where: str) -> Any:
        """What a field holds; None for what the provider takes as not set."""
        if isinstance(value, Unresolved):
            return None
        if field.repeated:
            items = list(_items(field, value))
            found = [self._item(field, block, one, f"{where}[{index}]") for index, one in enumerate(items)]
            return found or None
        if isinstance(value, list):
            if len(value) > 1:
                self.problems.append(
                    f"{where} is there {len(value)} times; the provider sends the first only"
                )
            value = value[0] if value else None
        found = self._item(field, block, value, where)
        return None if found == "" or (field.kind == "map" and not found) else found

    def _item(self, field: ApiField, block: Block | None, value: Any, where: str) -> Any:
        if isinstance(value, Unresolved) or value is None:
            return value
        try:
            if field.object_type is None:
                return _scalar(field, value)
        except (TypeError, ValueError):
            self.problems.append(f"{where} is {_short(value)}; expected {field.kind}")
            return None
        if block is None:
            self.problems.append(f"{where} is no block of the provider's, and {field.name} an object")
            return None
        return self._object(api_type(field.object_type), block, value, f"{where}.")


def _items(field: ApiField, value: Any) -> Iterator[Any]:
    """The elements of a list. A `sources` block of a projected volume groups what the API has one by one
    (structures_pod.go: expandProjectedSources)."""
    for one in value if isinstance(value, list) else [value]:
        if (
            field.object_type
            and field.object_type.__name__ == "VolumeProjection"
            and isinstance(one, Mapping)
        ):
            for name, blocks in one.items():
                yield from ({name: block} for block in (blocks if isinstance(blocks, list) else [blocks]))
        else:
            yield one


def _unset(kind: ApiType, block: Block, given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments that were not set, as the provider sends them. A block without any argument, and whose schema
    has no defaults, is nothing to its SDK: the object stays empty."""
    defaults = DEFAULTS.get(kind.name, {})
    if not given and not defaults:
        return {}
    named = {letters(name) for name in given}
    booleans = (
        kind.field(name)
        for name, attribute in block.attributes.items()
        if attribute.kind == "boolean" and name not in named
    )
    taken = {field.name for name in given if (field := kind.field(name))}
    return {field.name: False for field in booleans if field} | {
        name: value for name, value in defaults.items() if name not in taken
    }


def _without_what_the_type_forbids(kind: ApiType, found: dict[str, Any]) -> dict[str, Any]:
    """The provider sends allocateLoadBalancerNodePorts only for Services that may have it
    (structure_service_spec.go: expandServiceSpec)."""
    if kind.name == "ServiceSpec" and found.get("type") != "LoadBalancer":
        return {name: value for name, value in found.items() if name != "allocateLoadBalancerNodePorts"}
    return found


def _in_order(kind: ApiType, found: Mapping[str, Any]) -> dict[str, Any]:
    """Fields in the API's order, which has names before the rest."""
    return {field.name: found[field.name] for field in kind.fields.values() if field.name in found}


def _with_namespace(found: dict[str, Any], kind: ApiResource) -> dict[str, Any]:
    """The provider's namespace is `default` where none is given (schema_metadata.go)."""
    metadata = found.pop("metadata", {})
    if kind.namespaced:
        metadata.setdefault("namespace", "default")
    return {"metadata": metadata, **found}


def _scalar(field: ApiField, value: Any) -> Any:
    """Raises TypeError or ValueError where the value is none of the field's kind."""
    match field.kind:
        case "boolean":
            return _truth(value)
        case "integer" if value != "":
            return int(value, number_base(field.name)) if isinstance(value, str) else _whole(value)
        case "integer or string":  # k8s.io/apimachinery, intstr.Parse
            return int(value) if INTEGER.fullmatch(_string(value)) else _string(value)
        case "number":
            return float(value)
        case "map":
            return {key: _string(one) for key, one in dict(value).items()}
    return _string(value)


def _truth(value: Any) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise ValueError("neither true nor false")


def _whole(value: Any) -> int:
    if isinstance(value, bool) or value != int(value):
        raise ValueError("not a whole number")
    return int(value)


def _string(value: Any) -> str:
    """As Terraform converts what is no text to a string."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, str)):
        return str(value)
    raise TypeError("not text")


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
