"""The workers' pods: figures that must agree with each other."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import Names
from topology.environment_file.problem import Path, Problem
from topology.iam.subjects import (
    autoscaler_subject,
    log_routing_subject,
    operations_subject,
    worker_subject,
)
from topology.kubernetes.workload import (
    JVM_OVERHEAD_MIB,
    memory_floor_to_scale_down_mib,
    memory_that_scales_up_mib,
)
from topology.model import Environment
from topology.model.mirrormaker import Image
from topology.rules.registry import rule


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
    operations = mirrormaker.operations
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
        (
            ("operations", "memory_request_mib"),
            operations.memory_request_mib,
            operations.memory_limit_mib,
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


@rule
def tolerations_are_ones_that_kubernetes_takes(environment: Environment) -> Iterator[Problem]:
    """The API server refuses the others, and the whole Deployment with them."""
    for position, toleration in enumerate(environment.mirrormaker.tolerations):
        here: Path = ("mirrormaker", "tolerations", position)
        if toleration.operator == "Exists" and toleration.value:
            yield Problem((*here, "value"), "does not go with Exists", toleration.value, "operator: Equal")
        if toleration.operator == "Equal" and toleration.key is None:
            yield Problem(here, "has no key", None, "a key, or operator: Exists for every taint")


@rule
def service_accounts_are_told_apart(environment: Environment) -> Iterator[Problem]:
    """Two that are one get each other's role: an annotation has room for one."""
    region = next(iter(environment.regions))
    subject = worker_subject(environment)
    for other in (
        operations_subject(environment, region),
        log_routing_subject(environment, region),
        autoscaler_subject(),
    ):
        if subject == other:
            yield Problem(
                ("mirrormaker", "service_account"),
                f"is that of another role ({other.subject})",
                found=subject.service_account,
                allowed="a name of its own",
            )


@rule
def connects_topics_are_three(environment: Environment) -> Iterator[Problem]:
    """Configurations, offsets and statuses in one topic are read as each other."""
    names = Names(environment, next(iter(environment.regions)))
    first: dict[str, str] = {}
    for kind, purpose in (("config", "configs"), ("offset", "offsets"), ("status", "status")):
        topic = names.connect_topic(purpose)
        taken = first.setdefault(topic, kind)
        if taken != kind:
            yield Problem(
                ("mirrormaker", "connect", f"{kind}_topic"),
                f"is the {taken} topic already",
                found=topic,
                allowed="a topic of its own",
            )
