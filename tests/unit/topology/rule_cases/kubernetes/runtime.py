"""Mistakes about runtimes, which topology/rules/kubernetes/runtime.py refuses."""

from __future__ import annotations

from typing import Final

from tests.unit.topology.rule_cases.case import ECR, MANY, Case

__all__ = ["CASES"]

CASES: Final = (
    Case(
        "workers-have-a-runtime",
        {"runtime": {"eks": False}},
        "runtime.eks",
        "leaves the workers without a runtime",
        "true, or false with an ecs section (ecs: {}) beside it",
    ),
    Case(
        "operations-fit-a-task",
        {"runtime/ecs": {}, "mirrormaker/operations/cpu_request_millicores": 8001},
        "mirrormaker.operations.cpu_request_millicores",
        "which holds two of these containers",
        "at most 8000",
    ),
    Case(
        "tasks-have-no-secret-for-rest",
        {"runtime/ecs": {}, "mirrormaker/rest": {"basic_auth": {"secret": "users"}}},
        "mirrormaker.rest.basic_auth",
        "tasks on ECS have no Kubernetes Secret",
    ),
    Case(
        "fargate-has-tasks-of-this-size",
        {"runtime/ecs": {"cpu_units": 3072}},
        "runtime.ecs.cpu_units",
        "is no size of a Fargate task",
        "256, 512, 1024, 2048, 4096, 8192, 16384",
    ),
    Case(
        "fargate-has-tasks-of-this-size",
        {"runtime/ecs": {"cpu_units": 8192, "memory_mib": 17408}},
        "runtime.ecs.memory_mib",
        "does not go with 8192 CPU units",
    ),
    Case(
        "heap-fits-the-task",
        {"runtime/ecs": {"cpu_units": 256, "memory_mib": 1024}},
        "runtime.ecs.memory_mib",
        "is less than mirrormaker.heap.max_mib (1024) and 512 MiB beside it",
        "at least 1536",
    ),
    Case(
        "tasks-alone-are-enough",
        {"runtime": {"eks": False, "ecs": {"desired_count": 1}}},
        "runtime.ecs.desired_count",
        "is too few for stage production while there are no pods",
        "2 or more",
    ),
    Case(
        "task-definitions-fit-ecs",
        {"runtime": {"eks": False, "ecs": {}}, "flows/0/topics": {"include": MANY}},
        "flows",
        "give the tasks in us-east-1 a definition of",
    ),
    Case(
        "images-are-within-reach",
        {"runtime/ecs": {}, "mirrormaker/image": {"repository": ECR, "tag": "1"}},
        "mirrormaker.image.repository",
        "is in us-west-2, where ECS tasks in the created VPC of us-east-1 cannot get it",
    ),
)
