"""Alarms of what runs the workers: pods on EKS, tasks on ECS, both while both run."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import Names
from topology.model import Ecs, Environment
from topology.observability.alarm_types import Alarm, query

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
    for metric_id, threshold, what, then in (
        ("pod-cpu", thresholds.pod_cpu_percent, "CPU", "A throttled worker replicates late."),
        ("pod-memory", thresholds.pod_memory_percent, "Memory", "Above the limit the worker is killed."),
    ):
        yield Alarm(
            id=f"{metric_id}-of-limit",
            severity="warning",
            subject=f"{what} of the busiest worker, percent of the pod's limit",
            advice=f"{then} Raise mirrormaker.resources or replicas.max.",
            queries=(query(metric_id, "Maximum", **pods),),
            comparison="GreaterThanThreshold",
            threshold=threshold,
            periods=5,
        )
    yield Alarm(
        id="pod-restarts",
        severity="critical",
        subject="Restarts of the worker that restarts most",
        advice="The worker fails again after each restart. Read its last log lines.",
        queries=(query("pod-restarts", "Maximum", **pods),),
        comparison="GreaterThanOrEqualToThreshold",
        threshold=thresholds.pod_restarts,
        periods=1,
        expression="DIFF(m1)",
        period_seconds=300,
    )
    running = query("running-pods", "Minimum", **at, service=workers)
    yield Alarm(
        id="too-few-workers",
        severity="critical",
        subject="Ready workers",
        advice="Check whether the workers' pods are ready."
        " If they are, the CloudWatch agent does not report.",
        queries=(running,),
        comparison="LessThanThreshold",
        threshold=workload.replicas.min,
        periods=5,
        missing="breaching",
    )
    if workload.replicas.min == workload.replicas.max:
        return  # a fixed number of workers is always at its maximum
    yield Alarm(
        id="workers-at-maximum",
        severity="warning",
        subject="Ready workers, which is the autoscaler's maximum",
        advice="More load finds no more workers. Raise mirrormaker.replicas.max.",
        queries=(running,),
        comparison="GreaterThanOrEqualToThreshold",
        threshold=workload.replicas.max,
        periods=15,
    )


def _tasks(environment: Environment, region: str, ecs: Ecs) -> Iterator[Alarm]:
    names, thresholds = Names(environment, region), environment.alarms.thresholds
    at = {"clustername": names.ecs_cluster, "servicename": names.ecs_service("worker")}
    if ecs.desired_count == 0:
        return  # no task, nothing to be silent
    for what, word, threshold in (
        ("cpu", "CPU", thresholds.pod_cpu_percent),
        ("memory", "Memory", thresholds.pod_memory_percent),
    ):
        yield Alarm(
            id=f"ecs-task-{what}",
            severity="warning",
            subject=f"{word} of the workers on ECS, percent of their tasks' size",
            advice="Raise runtime.ecs.cpu_units and memory_mib, or desired_count.",
            queries=(
                query(f"ecs-{what}-used", "Average", "used", **at),
                query(f"ecs-{what}-reserved", "Average", "reserved", **at),
            ),
            comparison="GreaterThanThreshold",
            threshold=threshold,
            periods=5,
            expression="100 * used / reserved",
        )
    yield Alarm(
        id="too-few-ecs-tasks",
        severity="critical",
        subject="Running workers on ECS",
        advice="Check the service's events in ECS."
        " If the tasks run, Container Insights of the ECS cluster is off.",
        queries=(query("running-ecs-tasks", "Minimum", **at),),
        comparison="LessThanThreshold",
        threshold=ecs.desired_count,
        periods=5,
        missing="breaching",
    )
