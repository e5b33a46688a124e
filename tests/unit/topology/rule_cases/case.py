"""A mistake in an environment file, and what is said of it."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

__all__ = ["EAST", "ECR", "MANY", "SUBNETS", "WEST", "Case"]

EAST, WEST = "regions/us-east-1", "regions/us-west-2"
SUBNETS: Final = [f"subnet-0000000{n}" for n in (1, 2, 3)]
ECR: Final = "123456789012.dkr.ecr.us-west-2.amazonaws.com/connect"
MANY: Final = [f"{'t' * 60}-{n}" for n in range(900)]


class Case(NamedTuple):
    """`rule` refuses the base environment with `changes`, at `path`, with `message` and what is `allowed`."""

    rule: str
    changes: dict[str, Any]
    path: str
    message: str
    allowed: str | None = None
