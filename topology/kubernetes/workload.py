"""Figures of the workers' pods that must agree with each other: heap, limits, autoscaler, probes."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from topology.model import MirrorMaker

__all__ = [
    "GRACE_SECONDS",
    "IDLE_HEAP_MIB",
    "JVM_OVERHEAD_MIB",
    "PRE_STOP_SECONDS",
    "REST_PORT",
    "STOP_RESERVE_SECONDS",
    "HealthProbe",
    "heap_that_holds_records_mib",
    "jvm_flags",
    "memory_floor_to_scale_down_mib",
    "memory_that_scales_up_mib",
    "probes",
]

REST_PORT = 8083
JVM_OVERHEAD_MIB = 256
"""Resident memory beside the heap: 1.14-1.20 GB were measured at -Xmx1g under a backlog, rounded up."""
IDLE_HEAP_MIB = 160
"""Of a worker whose tasks wait: 160-220 MB were measured, with the memory beside the heap."""
GRACE_SECONDS = 90
"""terminationGracePeriodSeconds: the preStop hook (25 s), the graceful stop of the tasks (30 s), the last
commit of offsets and leaving the group. A spot node is gone two minutes after its notice."""
PRE_STOP_SECONDS = 25
"""How long a worker that has to stop continues to replicate. Nodes learn in their own time that its pod has
left the Services' endpoints (Kubernetes, "Pod Lifecycle", termination). In a roll, the JVM of the next pod
starts meanwhile: a worker that stops its tasks on the same cores at the same time pauses its partitions for
twice as long (decision 28)."""
STOP_RESERVE_SECONDS = 30
"""Of a worker's time to stop, what is not for its tasks: the last commit of offsets
(offset.flush.timeout.ms) and leaving the group."""


@dataclass(frozen=True)
class HealthProbe:
    """An HTTP probe on the REST port."""

    path: str
    initial_delay_seconds: int
    period_seconds: int
    timeout_seconds: int
    failure_threshold: int


def probes() -> dict[str, HealthProbe]:
    """startup, readiness and liveness.

    Readiness on /health (KIP-1017), which knows whether the worker has joined. Liveness on /connectors as
    the report asks: /health hangs when the target is down, and would restart every worker in an outage
    (measured).
    """
    return {
        "startup": HealthProbe("/health", 5, 5, 10, 36),
        "readiness": HealthProbe("/health", 30, 10, 10, 3),
        "liveness": HealthProbe("/connectors", 60, 20, 10, 3),
    }


def jvm_flags(mirrormaker: MirrorMaker) -> tuple[str, ...]:
    """JVM flags of a worker. Idle heap goes back to the system, else the memory target of the autoscaler
    never lets go after a peak."""
    return (
        f"-Xms{mirrormaker.heap.initial_mib}m",
        f"-Xmx{mirrormaker.heap.max_mib}m",
        "-XX:+UseG1GC",
        "-XX:G1PeriodicGCInterval=60000",
        "-XX:MaxGCPauseMillis=50",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.net.preferIPv4Stack=true",
    )


def heap_that_holds_records_mib(tasks: int, buffer: int, record: int) -> int:
    """Heap of a worker whose `tasks` source tasks fill their buffers. `buffer` and `record` in bytes:
    buffer.memory of a task, and the largest record, which a task has once as fetched and once as read."""
    return IDLE_HEAP_MIB + ceil(tasks * (buffer + 2 * record) / 1024**2)


def memory_that_scales_up_mib(mirrormaker: MirrorMaker) -> int:
    """Use of a pod above which the autoscaler adds replicas: its target is of the request."""
    return mirrormaker.resources.memory_request_mib * mirrormaker.autoscaling.memory_percent // 100


def memory_floor_to_scale_down_mib(mirrormaker: MirrorMaker) -> int:
    """Use of an idle pod below which the autoscaler comes back to its minimum: from n + 1 pods it goes to n
    only when their use is n / (n + 1) of the target (Kubernetes, "Horizontal Pod Autoscaling", algorithm)."""
    fewest = mirrormaker.replicas.min
    return memory_that_scales_up_mib(mirrormaker) * fewest // (fewest + 1)
