"""The workers' pods: figures that must agree with each other."""

from __future__ import annotations

from collections.abc import Iterator

from topology.model import Environment
from topology.model.mirrormaker import Image
from topology.problem import Path, Problem
from topology.rules.registry import rule
from topology.workload import (
    JVM_OVERHEAD_MIB,
    memory_floor_to_scale_down_mib,
    memory_that_scales_up_mib,
)


@rule
def heap_fits_the_limit(environment: Environment) -> Iterator[Problem]:
    """A heap that fills the limit gets the pod killed by the kernel."""
    mirrormaker = environment.mirrormaker
    needed = mirrormaker.heap.max_mib + JVM_OVERHEAD_MIB
    if needed > mirrormaker.resources.memory_limit_mib:
        yield Problem(
            ("mirrormaker", "heap", "max_mib"),
            f"and {JVM_OVERHEAD_MIB} MiB beside the heap are more than"
            f" resources.memory_limit_mib ({mirrormaker.resources.memory_limit_mib})",
            found=str(mirrormaker.heap.max_mib),
            allowed=f"at most {mirrormaker.resources.memory_limit_mib - JVM_OVERHEAD_MIB}",
        )


@rule
def heap_leaves_the_autoscaler_free(environment: Environment) -> Iterator[Problem]:
    """A full heap above the memory target (which is of the request) pins the autoscaler at its maximum."""
    mirrormaker = environment.mirrormaker
    target = memory_that_scales_up_mib(mirrormaker)
    if mirrormaker.heap.max_mib + JVM_OVERHEAD_MIB > target:
        yield Problem(
            ("mirrormaker", "heap", "max_mib"),
            f"and {JVM_OVERHEAD_MIB} MiB beside the heap are more than the autoscaler's memory target"
            f" ({mirrormaker.autoscaling.memory_percent} % of the request of"
            f" {mirrormaker.resources.memory_request_mib} MiB = {target} MiB): it would stay at"
            f" {mirrormaker.replicas.max} replicas for ever",
            found=str(mirrormaker.heap.max_mib),
            allowed=f"at most {max(0, target - JVM_OVERHEAD_MIB)}",
        )
    floor = memory_floor_to_scale_down_mib(mirrormaker)
    if mirrormaker.heap.initial_mib + JVM_OVERHEAD_MIB > floor:
        yield Problem(
            ("mirrormaker", "heap", "initial_mib"),
            f"and {JVM_OVERHEAD_MIB} MiB beside the heap are more than {floor} MiB, below which the"
            f" autoscaler comes back to {mirrormaker.replicas.min} replicas",
            found=str(mirrormaker.heap.initial_mib),
            allowed=f"at most {max(0, floor - JVM_OVERHEAD_MIB)}",
        )


@rule
def bounds_are_in_order(environment: Environment) -> Iterator[Problem]:
    """A request above its limit, or a minimum above its maximum, is refused by Kubernetes or the JVM."""
    mirrormaker = environment.mirrormaker
    resources, heap, replicas = mirrormaker.resources, mirrormaker.heap, mirrormaker.replicas
    for path, low, high, name in (
        (
            ("resources", "cpu_request_millicores"),
            resources.cpu_request_millicores,
            resources.cpu_limit_millicores,
            "cpu_limit_millicores",
        ),
        (
            ("resources", "memory_request_mib"),
            resources.memory_request_mib,
            resources.memory_limit_mib,
            "memory_limit_mib",
        ),
        (("heap", "initial_mib"), heap.initial_mib, heap.max_mib, "max_mib"),
        (("replicas", "min"), replicas.min, replicas.max, "max"),
    ):
        if low > high:
            yield Problem(
                ("mirrormaker", *path),
                f"is more than {name} ({high})",
                found=str(low),
                allowed=f"at most {high}",
            )


@rule
def images_are_named(environment: Environment) -> Iterator[Problem]:
    """An image without tag and digest is whatever `latest` is at the moment."""
    for path, image in _images(environment):
        if image.tag is None and image.digest is None:
            yield Problem(path, "has neither tag nor digest", image.repository, "tag or digest")


@rule
def images_by_digest_in_production(environment: Environment) -> Iterator[Problem]:
    """What a tag names can be changed behind the back of a deploy: pods of one Deployment would differ, and a
    restart would bring what nobody has reviewed."""
    for path, image in _images(environment):
        if environment.is_production and image.tag is not None and image.digest is None:
            yield Problem(
                path,
                "is named by a tag, in an environment of stage production",
                image.reference,
                "digest: sha256:..., by which the registry knows what was pushed",
            )


def _images(environment: Environment) -> tuple[tuple[Path, Image], ...]:
    mirrormaker = environment.mirrormaker
    return (
        (("mirrormaker", "image"), mirrormaker.image),
        (("mirrormaker", "operations", "image"), mirrormaker.operations.image),
    )


@rule
def two_workers_at_least_in_production(environment: Environment) -> Iterator[Problem]:
    """With one worker every roll and every lost node stops replication."""
    replicas = environment.mirrormaker.replicas
    if environment.is_production and replicas.min < 2:
        yield Problem(
            ("mirrormaker", "replicas", "min"),
            "is too few for stage production",
            str(replicas.min),
            "2 or more",
        )
