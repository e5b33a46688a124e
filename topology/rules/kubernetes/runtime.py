"""Which runtime the workers have, and what Fargate takes."""

from __future__ import annotations

from collections.abc import Iterator

from topology.ecs.fargate import MEMORY_OF_CPU
from topology.ecs.task_roles import registry_region
from topology.environment_file.problem import Problem
from topology.kubernetes.workload import JVM_OVERHEAD_MIB
from topology.model import Environment
from topology.replication.flows import flows_into
from topology.rules.registry import rule

HERE = ("runtime", "ecs")
REFERENCES = 1024
"""Room for what stands in the task definition once it is deployed: bootstrap servers."""


@rule
def workers_have_a_runtime(environment: Environment) -> Iterator[Problem]:
    """Neither pods nor tasks: nothing would replicate, and nothing would say so."""
    if not environment.runtime.eks and environment.runtime.ecs is None:
        yield Problem(
            ("runtime", "eks"),
            "leaves the workers without a runtime",
            found="false",
            allowed="true, or false with an ecs section (ecs: {}) beside it",
        )


@rule
def fargate_has_tasks_of_this_size(environment: Environment) -> Iterator[Problem]:
    """ECS refuses pairs of CPU and memory that are not in Fargate's table."""
    ecs = environment.runtime.ecs
    if ecs is None:
        return
    if ecs.cpu_units not in MEMORY_OF_CPU:
        allowed = ", ".join(map(str, MEMORY_OF_CPU))
        yield Problem((*HERE, "cpu_units"), "is no size of a Fargate task", str(ecs.cpu_units), allowed)
    elif ecs.memory_mib not in MEMORY_OF_CPU[ecs.cpu_units]:
        yield Problem(
            (*HERE, "memory_mib"),
            f"does not go with {ecs.cpu_units} CPU units on Fargate",
            found=str(ecs.memory_mib),
            allowed=", ".join(map(str, MEMORY_OF_CPU[ecs.cpu_units])),
        )


@rule
def tasks_have_no_secret_for_rest(environment: Environment) -> Iterator[Problem]:
    """A task mounts no Kubernetes Secret: its workers would answer 401 to everybody, its health check too."""
    if environment.runtime.ecs is not None and environment.mirrormaker.rest.basic_auth is not None:
        yield Problem(
            ("mirrormaker", "rest", "basic_auth"),
            "is for pods: tasks on ECS have no Kubernetes Secret to read users from",
            found=environment.mirrormaker.rest.basic_auth.secret,
            allowed="runtime without ecs; the tasks' security group lets workers and operations in only",
        )


@rule
def heap_fits_the_task(environment: Environment) -> Iterator[Problem]:
    """A heap that fills the task gets its containers killed."""
    ecs, mirrormaker = environment.runtime.ecs, environment.mirrormaker
    beside = JVM_OVERHEAD_MIB + mirrormaker.operations.memory_limit_mib
    if ecs and mirrormaker.heap.max_mib + beside > ecs.memory_mib:
        yield Problem(
            (*HERE, "memory_mib"),
            f"is less than mirrormaker.heap.max_mib ({mirrormaker.heap.max_mib}) and {beside} MiB beside it",
            found=str(ecs.memory_mib),
            allowed=f"at least {mirrormaker.heap.max_mib + beside}",
        )


@rule
def operations_fit_a_task(environment: Environment) -> Iterator[Problem]:
    """The reconciler and the probe are two containers of one task, for which Fargate must have a size."""
    operations = environment.mirrormaker.operations
    most_cpu, most_memory = max(MEMORY_OF_CPU), max(map(max, MEMORY_OF_CPU.values()))
    for key, found, most in (
        ("cpu_request_millicores", operations.cpu_request_millicores, most_cpu * 1000 // 1024 // 2),
        ("memory_limit_mib", operations.memory_limit_mib, most_memory // 2),
    ):
        if environment.runtime.ecs and found > most:
            yield Problem(
                ("mirrormaker", "operations", key),
                "is more than half of the largest Fargate task, which holds two of these containers",
                found=str(found),
                allowed=f"at most {most}",
            )


@rule
def tasks_alone_are_enough(environment: Environment) -> Iterator[Problem]:
    """Without pods the tasks are all the workers that there are."""
    ecs = environment.runtime.ecs
    fewest = 2 if environment.is_production else 1
    if ecs and not environment.runtime.eks and ecs.desired_count < fewest:
        yield Problem(
            (*HERE, "desired_count"),
            f"is too few for stage {environment.stage} while there are no pods",
            found=str(ecs.desired_count),
            allowed=f"{fewest} or more",
        )


@rule
def task_definitions_fit_ecs(environment: Environment) -> Iterator[Problem]:
    """The files of a task are part of its definition, which ECS takes up to a size."""
    ecs = environment.runtime.ecs
    if ecs is None:
        return
    from topology.ecs import tasks as made  # noqa: PLC0415 - 20 ms that an environment without tasks does without

    site = made.TaskSite("", {})
    for region in environment.regions:
        if not flows_into(environment, region):
            continue
        tasks = [made.worker_task(environment, region, ecs, site)]
        if not environment.runtime.eks:
            tasks.append(made.operations_task(environment, region, site))
        size = max(made.task_size_characters(task) for task in tasks) + REFERENCES
        if size > made.MOST_CHARACTERS:
            yield Problem(
                ("flows",),
                f"give the tasks in {region} a definition of {size} characters",
                allowed=f"at most {made.MOST_CHARACTERS}: fewer flows into a region, or shorter patterns",
            )


@rule
def images_are_within_reach(environment: Environment) -> Iterator[Problem]:
    """A created VPC has endpoints of its own region's registry and no way to another's."""
    images = (
        (("mirrormaker", "image", "repository"), environment.mirrormaker.image),
        (("mirrormaker", "operations", "image", "repository"), environment.mirrormaker.operations.image),
    )
    for region, settings in environment.regions.items():
        if not environment.runtime.ecs or settings.network.exists or not flows_into(environment, region):
            continue
        for path, image in images:
            registry = registry_region(image)
            if registry not in (None, region):
                yield Problem(
                    path,
                    f"is in {registry}, where ECS tasks in the created VPC of {region} cannot get it",
                    found=image.repository,
                    allowed=f"ECR in {region}, or a VPC of your own there (network.vpc_id)",
                )
