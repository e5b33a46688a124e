"""Alarms of what runs the workers: pods on EKS, tasks on ECS, both while both run."""

from __future__ import annotations

from collections.abc import Iterator

from topology.alarm_types import Alarm, query
from topology.model import Ecs, Environment
from topology.names import Names

__all__ = ["runtime_alarms"]


def runtime_alarms(environment: Environment, region: str) -> Iterator[Alarm]:
    """Those of each runtime that exists."""
    if environment.runtime.eks:
        yield from _pods(environment, region)
    if environment.runtime.ecs:
        yield from _tasks(environment, region, environment.runtime.ecs)


def _pods(environment: Environment, region: str) -> Iterator[Alarm]:
    thresholds, workload = environment.alarms.thresholds, environment.mirrormaker
    workers = Names(environment, region).workers
    at = {"clustername": environment.regions[region].eks.cluster_name, "namespace": workload.namespace}
    pods = at | {"podname": workers}
    for metric_id, threshold, what in (
        ("pod-cpu", thresholds.pod_cpu_percent, "CPU"),
        ("pod-memory", thresholds.pod_memory_percent, "memory"),
    ):
        yield Alarm(
            f"{metric_id}-of-limit",
            "warning",
            f"The workers use most of their {what} limit.",
            (query(metric_id, "Maximum", **pods),),
            "GreaterThanThreshold",
            threshold,
            5,
        )
    yield Alarm(
        "pod-restarts",
        "critical",
        "A worker's container restarts again and again.",
        (query("pod-restarts", "Maximum", **pods),),
        "GreaterThanOrEqualToThreshold",
        thresholds.pod_restarts,
        1,
        expression="DIFF(m1)",
        period_seconds=300,
    )
    running = query("running-pods", "Minimum", **at, service=workers)
    yield Alarm(
        "too-few-workers",
        "critical",
        "Fewer workers run than the environment asks for; silence counts as none.",
        (running,),
        "LessThanThreshold",
        workload.replicas.min,
        5,
        missing="breaching",
    )
    yield Alarm(
        "workers-at-maximum",
        "warning",
        "The autoscaler has been at its maximum for 15 minutes: more load finds no more workers.",
        (running,),
        "GreaterThanOrEqualToThreshold",
        workload.replicas.max,
        15,
    )


def _tasks(environment: Environment, region: str, ecs: Ecs) -> Iterator[Alarm]:
    names, thresholds = Names(environment, region), environment.alarms.thresholds
    at = {"clustername": names.ecs_cluster, "servicename": names.ecs_service("worker")}
    if ecs.desired_count == 0:
        return  # no task, nothing to be silent
    for what, threshold in (("cpu", thresholds.pod_cpu_percent), ("memory", thresholds.pod_memory_percent)):
        yield Alarm(
            f"ecs-task-{what}",
            "warning",
            f"The workers on ECS use most of their tasks' {what}.",
            (
                query(f"ecs-{what}-used", "Average", "used", **at),
                query(f"ecs-{what}-reserved", "Average", "reserved", **at),
            ),
            "GreaterThanThreshold",
            threshold,
            5,
            expression="100 * used / reserved",
        )
    yield Alarm(
        "too-few-ecs-tasks",
        "critical",
        "Fewer workers run on ECS than the environment asks for; silence counts as none.",
        (query("running-ecs-tasks", "Minimum", **at),),
        "LessThanThreshold",
        ecs.desired_count,
        5,
        missing="breaching",
    )
