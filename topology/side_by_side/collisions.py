"""What two environments would both create: names that an account, a region or an EKS cluster has once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topology.model import Environment
from topology.side_by_side.identifiers import Identifier, identifiers

__all__ = ["Collision", "collisions", "same_environment"]


@dataclass(frozen=True)
class Collision:
    """An identifier of two environments, as each of them has it: what it comes from may differ."""

    one: Identifier
    other: Identifier


def same_environment(one: Environment, other: Environment) -> bool:
    """Whether two files describe the same environment: then the second is a change of the first, and shares
    every name with it on purpose."""
    return _identity(one) == _identity(other)


def collisions(one: Environment, other: Environment) -> tuple[Collision, ...]:
    """Every identifier that both would create, in the order of `one`."""
    taken = {identifier.key: identifier for identifier in identifiers(other)}
    return tuple(_shared(one, taken))


def _shared(one: Environment, taken: dict[tuple[str, str, str], Identifier]) -> Iterator[Collision]:
    for identifier in identifiers(one):
        if identifier.key in taken:
            yield Collision(identifier, taken[identifier.key])


def _identity(environment: Environment) -> tuple[str, ...]:
    return (environment.partition, environment.account, environment.project, environment.environment)
