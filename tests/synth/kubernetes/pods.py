"""Reading the pods of a synthesized mirrormaker-R."""

from __future__ import annotations

from typing import Any

from tests.synth.stack_json import resource

__all__ = ["container", "containers", "deployment", "pod", "pod_annotations", "variables"]

Stack = dict[str, Any]


def deployment(stack: Stack, name: str = "workers") -> dict[str, Any]:
    """Deployment `workers` or `operations`."""
    return resource(stack, "kubernetes_deployment_v1", name)


def pod(stack: Stack, name: str = "workers") -> dict[str, Any]:
    """The specification of its pods."""
    found: dict[str, Any] = deployment(stack, name)["spec"]["template"]["spec"]
    return found


def pod_annotations(stack: Stack, name: str = "workers") -> dict[str, str]:
    """The annotations of its pods."""
    found: dict[str, str] = deployment(stack, name)["spec"]["template"]["metadata"]["annotations"]
    return found


def containers(stack: Stack, deployment_name: str) -> dict[str, dict[str, Any]]:
    """Its containers by name."""
    return {one["name"]: one for one in pod(stack, deployment_name)["container"]}


def container(stack: Stack, name: str = "connect") -> dict[str, Any]:
    """Container `connect`, `reconciler` or `probe`."""
    return (containers(stack, "workers") | containers(stack, "operations"))[name]


def variables(stack: Stack, name: str = "connect") -> dict[str, Any]:
    """Environment variables of a container: values, or where they come from."""
    return {one["name"]: one.get("value", one.get("value_from")) for one in container(stack, name)["env"]}
