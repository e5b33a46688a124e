"""What the pods of a synthesized mirrormaker-R would read and run, from its cdk.tf.json.

Found the way a pod finds it: the directory that a container mounts, the volume behind it, the ConfigMap of
that name. So a test or the local cloud runs what is deployed and not what was meant.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from topology.kafka.java_properties import parse_properties
from topology.kubernetes.pods import CONNECTOR_DIRECTORY, WORKER_DIRECTORY
from topology.replication.worker_files import PROPERTIES_FILE

__all__ = ["UnexpectedStackError", "WorkerConfig", "read_connectors", "read_worker_config"]

Json = Mapping[str, Any]


class UnexpectedStackError(ValueError):
    """The JSON is not that of a mirrormaker stack."""


@dataclass(frozen=True)
class WorkerConfig:
    """A worker as its pod has it."""

    properties: dict[str, str]
    """connect-distributed.properties; `${env:X}` refers to `env_variables`."""
    files: dict[str, str]
    """Text of every file of the mounted directory, by name."""
    env_variables: dict[str, str | None]
    """None: known only once deployed (bootstrap servers, the role, the pod's address)."""
    jvm_args: tuple[str, ...]
    """Arguments of `java`, main class and properties file included, with the paths of the image."""


def read_worker_config(stack: Json) -> WorkerConfig:
    """The workers of a parsed cdk.tf.json. Raises UnexpectedStackError where it has none."""
    container, files = _container_with(stack, WORKER_DIRECTORY)
    if PROPERTIES_FILE not in files:
        raise UnexpectedStackError(
            f"the ConfigMap at {WORKER_DIRECTORY} has {', '.join(sorted(files))}; expected {PROPERTIES_FILE}"
        )
    return WorkerConfig(
        properties=parse_properties(files[PROPERTIES_FILE]),
        files=files,
        env_variables={one["name"]: _known(one.get("value")) for one in container.get("env", [])},
        jvm_args=tuple(_unescaped(argument) for argument in container["args"]),
    )


def read_connectors(stack: Json) -> dict[str, dict[str, Any]]:
    """Name and `{"name", "config"}` of every connector that the reconciler of a parsed cdk.tf.json keeps.
    Raises UnexpectedStackError where there is no reconciler."""
    _, files = _container_with(stack, CONNECTOR_DIRECTORY)
    found = [json.loads(text) for text in files.values()]
    return {connector["name"]: connector for connector in found}


def _container_with(stack: Json, directory: str) -> tuple[Json, dict[str, str]]:
    """The container that mounts a ConfigMap at `directory`, and the ConfigMap's files."""
    for pod in _pods(stack):
        volumes = {volume["name"]: volume for volume in pod.get("volume", [])}
        for container in pod["container"]:
            for mount in container.get("volume_mount", []):
                if mount["mount_path"] == directory:
                    return container, _files(stack, volumes[mount["name"]]["config_map"]["name"])
    raise UnexpectedStackError(
        f"no Deployment mounts {directory}; expected the cdk.tf.json of a mirrormaker stack"
    )


def _pods(stack: Json) -> Iterator[Json]:
    for deployment in stack.get("resource", {}).get("kubernetes_deployment_v1", {}).values():
        yield deployment["spec"]["template"]["spec"]


def _files(stack: Json, name: str) -> dict[str, str]:
    config_maps = stack["resource"].get("kubernetes_config_map_v1", {}).values()
    for config_map in config_maps:
        if config_map["metadata"]["name"] == name:
            return {key: _unescaped(text) for key, text in config_map["data"].items()}
    names = ", ".join(sorted(config_map["metadata"]["name"] for config_map in config_maps))
    raise UnexpectedStackError(f"there is no ConfigMap {name}, which a Deployment mounts; found: {names}")


def _known(value: str | None) -> str | None:
    """A literal value; None for a reference that Terraform resolves."""
    if value is None or "${" in value.replace("$${", ""):
        return None
    return _unescaped(value)


def _unescaped(text: str) -> str:
    """The text that Terraform makes of a string without references."""
    return text.replace("$${", "${").replace("%%{", "%{")
