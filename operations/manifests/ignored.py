"""What Terraform leaves alone once an object exists: `lifecycle.ignore_changes`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = ["without_ignored"]

# a path as Terraform writes it: spec[0].template[0].metadata[0].annotations["a.b/c"]
STEP: Final = re.compile(r'\["(?P<key>[^"]+)"\]|\[(?P<index>\d+)\]|(?P<name>\w+)')


def without_ignored(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body of a resource without the arguments that others own after its creation, such as the replicas
    of a Deployment under an autoscaler."""
    ignored = body.get("lifecycle", {}).get("ignore_changes", [])
    for path in ignored if isinstance(ignored, list) else []:
        body = _without(body, _steps(path))
    return body


def _steps(path: str) -> list[str | int]:
    return [
        int(step["index"]) if step["index"] else step["key"] or step["name"] for step in STEP.finditer(path)
    ]


def _without(value: Any, path: Sequence[str | int]) -> Any:
    step, *rest = path
    if isinstance(value, Mapping):
        if isinstance(step, int):  # a block that can be there once is written without its list
            return _without(value, rest) if rest else value
        if step not in value:
            return value
        others = {name: one for name, one in value.items() if name != step}
        return {**value, step: _without(value[step], rest)} if rest else others
    if isinstance(value, list) and isinstance(step, int) and step < len(value) and rest:
        return [_without(one, rest) if index == step else one for index, one in enumerate(value)]
    return value
