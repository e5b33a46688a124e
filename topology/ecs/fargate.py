"""The sizes that a Fargate task can have."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["MEMORY_OF_CPU", "TaskSize", "smallest_size"]


@dataclass(frozen=True)
class TaskSize:
    """`cpu_units`: 1024 are a core."""

    cpu_units: int
    memory_mib: int


MEMORY_OF_CPU: dict[int, tuple[int, ...]] = {
    # ECS Developer Guide, "Amazon ECS task definition parameters for Fargate", task size (Linux)
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}
"""Memory in MiB that goes with each number of CPU units."""


def smallest_size(cpu_units: int, memory_mib: int) -> TaskSize:
    """The smallest task with at least this much of both; the largest where none is large enough, which the
    rules on sizes refuse with its place."""
    for cpu, memories in MEMORY_OF_CPU.items():
        for memory in memories:
            if cpu >= cpu_units and memory >= memory_mib:
                return TaskSize(cpu, memory)
    return TaskSize(max(MEMORY_OF_CPU), max(map(max, MEMORY_OF_CPU.values())))
