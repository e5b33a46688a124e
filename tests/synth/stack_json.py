"""Reading synthesized stacks."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["dependencies", "document", "output", "remote_states", "resource", "resources"]

Stack = dict[str, Any]


def resources(stack: Stack, kind: str) -> dict[str, dict[str, Any]]:
    """All resources of a Terraform type by name, without cdktf's comments; empty where there is none."""
    found = stack.get("resource", {}).get(kind, {})
    return {name: {k: v for k, v in body.items() if k != "//"} for name, body in found.items()}


def resource(stack: Stack, kind: str, name: str) -> dict[str, Any]:
    """One resource: `resource(stack, "aws_msk_cluster", "cluster")`."""
    found = resources(stack, kind)
    assert name in found, f"{kind}.{name} is not in the stack; there are {sorted(found)}"
    return found[name]


def output(stack: Stack, name: str) -> Any:
    """Value of a named output."""
    outputs = stack.get("output", {})
    assert name in outputs, f"no output {name}; there are {sorted(outputs)}"
    return outputs[name]["value"]


def document(body: dict[str, Any], attribute: str = "policy") -> dict[str, Any]:
    """A JSON document within an attribute (a policy, a trust, a dashboard)."""
    parsed: dict[str, Any] = json.loads(body[attribute])
    return parsed


def remote_states(stack: Stack) -> dict[str, dict[str, str]]:
    """Configuration of the remote states that a stack reads, by the name of the stack they belong to."""
    found = stack.get("data", {}).get("terraform_remote_state", {})
    return {name: body["config"] for name, body in found.items()}


def dependencies(stack: Stack) -> set[str]:
    """Names of the stacks that a stack reads."""
    return set(remote_states(stack))
