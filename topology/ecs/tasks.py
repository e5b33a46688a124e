"""The ECS tasks of the workload, as data: what runs in them, in the form that ECS takes.

A task has the very files and arguments of a pod. It has no ConfigMap: a container that ends before the others
start writes the files out of its environment (docs/decisions/0017-ecs-tasks.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from topology.aws.names import Names
from topology.ecs.fargate import TaskSize, smallest_size
from topology.kubernetes.pods import (
    CONNECTOR_DIRECTORY,
    METRICS_PORT,
    OPERATIONS_GRACE_SECONDS,
    OPERATIONS_PORT,
    PROBE_PORT,
    USER_ID,
    WORKER_DIRECTORY,
    probe_arguments,
    reconciler_arguments,
    worker_arguments,
)
from topology.kubernetes.workload import REST_PORT, probes
from topology.model import Environment
from topology.model.runtime import Ecs
from topology.replication.worker_files import connector_files, worker_files

__all__ = [
    "DISCOVERED_AS",
    "FILES_VARIABLE",
    "FILES_VOLUME",
    "MOST_CHARACTERS",
    "SCRATCH_VOLUME",
    "STOP_SECONDS",
    "EcsTask",
    "TaskSite",
    "connect_host",
    "operations_task",
    "task_size_characters",
    "worker_task",
]

FILES_VARIABLE = "TASK_FILES"
"""Variable of the first container: JSON object of file names and texts (operations/connect/task_files.py)."""
FILES_VOLUME, SCRATCH_VOLUME = "files", "scratch"
SCRATCH_DIRECTORY = "/tmp"  # noqa: S108 - the container's own
STOP_SECONDS = 120
"""Fargate's most (ECS API reference, ContainerDefinition, stopTimeout); its default of 30 s is what Connect's
graceful stop of the tasks takes alone."""
MOST_CHARACTERS = 65536
"""Of a task definition (ECS Developer Guide, "Amazon ECS service quotas": 64 KB)."""
DISCOVERED_AS = "connect"
"""Name of the workers in the private DNS zone of the tasks."""
NOBODY = f"{USER_ID}:{USER_ID}"
ROOT = "0:0"


@dataclass(frozen=True)
class TaskSite:
    """Where a task runs: what only a deploy knows, as Terraform's references. `variables`: the bootstrap
    servers by environment variable."""

    log_group: str
    variables: Mapping[str, str]


@dataclass(frozen=True)
class EcsTask:
    """A task definition. `containers` are ECS's own words (ECS API reference, ContainerDefinition)."""

    family: str
    size: TaskSize
    containers: tuple[dict[str, Any], ...]


def worker_task(environment: Environment, region: str, ecs: Ecs, site: TaskSite) -> EcsTask:
    """A Connect worker: its files are written, it runs, and a companion asks it how it is."""
    image = environment.mirrormaker.operations.image.reference
    liveness = probes()["liveness"]
    connect = _container(
        "connect",
        environment.mirrormaker.image.reference,
        worker_arguments(environment.mirrormaker),
        region,
        site,
    ) | {
        "portMappings": [{"containerPort": port, "protocol": "tcp"} for port in (REST_PORT, METRICS_PORT)],
        "mountPoints": _mounts(WORKER_DIRECTORY),
        "dependsOn": [{"containerName": "files", "condition": "SUCCESS"}],
        "stopTimeout": STOP_SECONDS,
        # the image has no client to ask with: this says that the process is there. Without any check a task
        # is never called healthy (ECS API reference, HealthCheck: an essential container without one)
        "healthCheck": _check(["sleep", "0"], liveness.timeout_seconds),
    }
    address = f"http://127.0.0.1:{REST_PORT}{liveness.path}"  # the containers of a task share the loopback
    health = _container("health", image, ("health", address, "--hold"), region, _quiet(site)) | {
        "dependsOn": [{"containerName": "connect", "condition": "START"}],
        "healthCheck": _check(
            ["msk-mirror", "health", address, "--timeout", str(liveness.timeout_seconds - 2)],
            liveness.timeout_seconds,
        ),
    }
    return EcsTask(
        Names(environment, region).ecs_service("worker"),
        TaskSize(ecs.cpu_units, ecs.memory_mib),
        (
            _files(image, WORKER_DIRECTORY, worker_files(environment, region), region, site),
            connect,
            health,
        ),
    )


def operations_task(environment: Environment, region: str, site: TaskSite) -> EcsTask:
    """The reconciler and the probe, where there is no pod that does it."""
    operations = environment.mirrormaker.operations
    image, host = operations.image.reference, connect_host(environment, region)
    containers = [_files(image, CONNECTOR_DIRECTORY, connector_files(environment, region), region, site)]
    for name, arguments, port, path in (
        ("reconciler", reconciler_arguments(environment, region, host), OPERATIONS_PORT, "/healthz"),
        ("probe", probe_arguments(environment, region, host), PROBE_PORT, "/metrics"),
    ):
        check = ["msk-mirror", "health", f"http://127.0.0.1:{port}{path}"]
        containers.append(
            _container(name, image, arguments, region, site)
            | {
                "portMappings": [{"containerPort": port, "protocol": "tcp"}],
                "mountPoints": _mounts(CONNECTOR_DIRECTORY),
                "dependsOn": [{"containerName": "files", "condition": "SUCCESS"}],
                "stopTimeout": OPERATIONS_GRACE_SECONDS,
                "healthCheck": _check(check, 10),
            }
        )
    size = smallest_size(
        operations.cpu_request_millicores * 2 * 1024 // 1000, operations.memory_limit_mib * 2
    )
    return EcsTask(Names(environment, region).ecs_service("operations"), size, tuple(containers))


def connect_host(environment: Environment, region: str) -> str:
    """Any worker that is a task, by service discovery."""
    return f"{DISCOVERED_AS}.{Names(environment, region).discovery_namespace}"


def task_size_characters(task: EcsTask) -> int:
    """How much of a task definition's characters the containers take."""
    return len(json.dumps(task.containers))


def _files(
    image: str, directory: str, files: Mapping[str, str], region: str, site: TaskSite
) -> dict[str, Any]:
    """Writes the files and ends. It is root because the volumes are (ECS Developer Guide, "Use bind mounts
    with Amazon ECS": owner root, 0755), without any of root's capabilities."""
    arguments = ("task-files", "--directory", directory, "--scratch", SCRATCH_DIRECTORY)
    container = _container("files", image, arguments, region, _quiet(site))
    return container | {
        "essential": False,
        "user": ROOT,
        "environment": [*container["environment"], _variable(FILES_VARIABLE, json.dumps(files))],
        "mountPoints": _mounts(directory, writable=True),
    }


def _quiet(site: TaskSite) -> TaskSite:
    """For what talks to no cluster."""
    return replace(site, variables={})


def _container(
    name: str, image: str, arguments: tuple[str, ...], region: str, site: TaskSite
) -> dict[str, Any]:
    """What all have: nobody in particular, no capabilities, a root file system that cannot be written to."""
    variables = {"AWS_REGION": region, **site.variables}
    return {
        "name": name,
        "image": image,
        "essential": True,
        "command": list(arguments),
        "user": NOBODY,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"capabilities": {"drop": ["ALL"]}},
        "environment": [_variable(key, variables[key]) for key in sorted(variables)],
        "mountPoints": [],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": site.log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": name,
                # lines are lost rather than records late when CloudWatch does not answer
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    }


def _variable(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def _mounts(directory: str, writable: bool = False) -> list[dict[str, Any]]:
    return [
        {"sourceVolume": FILES_VOLUME, "containerPath": directory, "readOnly": not writable},
        {"sourceVolume": SCRATCH_VOLUME, "containerPath": SCRATCH_DIRECTORY, "readOnly": False},
    ]


def _check(command: list[str], timeout_seconds: int) -> dict[str, Any]:
    """The times of a pod's liveness, with ECS's longest start period (ECS API reference, HealthCheck): a
    worker that waits for its brokers is not to be restarted."""
    liveness = probes()["liveness"]
    return {
        "command": ["CMD", *command],
        "interval": liveness.period_seconds,
        "timeout": timeout_seconds,
        "retries": liveness.failure_threshold,
        "startPeriod": 300,
    }
