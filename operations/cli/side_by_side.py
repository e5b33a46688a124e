"""Several environment files in one check: what they would both create, each with both places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any, Final

from topology.environment_file.problem import Problem
from topology.model import Environment
from topology.side_by_side.collisions import Collision, collisions, same_environment
from topology.side_by_side.identifiers import WORDS
from topology.side_by_side.places import Place, places

__all__ = ["PlacedCollision", "colliding", "repeated", "told"]

ALONE: Final = "different environments, or two files alone: a change of one environment"


@dataclass(frozen=True)
class PlacedCollision:
    """A collision with where either file says what it comes from."""

    collision: Collision
    one: Place
    other: Place

    def as_problem(self, names: Sequence[str] = ()) -> Problem:
        """As every other problem, at the place in the first file. `names`: all that collide this way."""
        made = self.collision.one
        return Problem(
            self.one.path,
            f"{WORDS[made.kind]} {', '.join(names) or made.name} is also created by {self.other};"
            f" it can exist only once in {made.scope}",
            allowed=made.allowed,
            file=self.one.file,
            line=self.one.line,
        )

    def as_json(self) -> dict[str, Any]:
        """The keys of a problem, with `kind` (the Terraform type), `scope` and `name` of what both create,
        and `other`: {file, line, path}."""
        made = self.collision.one
        identifier = {"kind": made.kind, "scope": made.scope, "name": made.name}
        return self.as_problem().as_json() | {"found": made.name, **identifier, "other": self.other.as_json()}


def repeated(loaded: Mapping[str, Environment]) -> list[Problem]:
    """Files of the same environment, where there are others beside them."""
    found = []
    if len(loaded) > 2:
        for (one, first), (other, second) in combinations(loaded.items(), 2):
            if same_environment(first, second):
                place = places(other, [("environment",)])[0]
                message = f"is the same environment as {places(one, [()])[0].file}"
                name = f"{second.project} {second.environment}, account {second.account}"
                found.append(Problem(place.path, message, name, ALONE, place.file, place.line))
    return found


def colliding(loaded: Mapping[str, Environment]) -> Iterator[PlacedCollision]:
    """What each two of the files would both create; the files by the names that they were given by."""
    for (one, first), (other, second) in combinations(loaded.items(), 2):
        if same_environment(first, second):
            continue
        found = collisions(first, second)
        if found:
            here = places(one, [collision.one.path for collision in found])
            there = places(other, [collision.other.path for collision in found])
            yield from map(PlacedCollision, found, here, there)


def told(found: Sequence[PlacedCollision]) -> list[str]:
    """A line for all names of a kind that collide for the same reason, at the same place."""

    def reason(placed: PlacedCollision) -> tuple[str, ...]:
        made = placed.collision.one
        return (str(placed.one), str(placed.other), made.kind, made.scope, made.allowed)

    groups = (list(group) for _, group in groupby(sorted(found, key=reason), key=reason))
    return [str(group[0].as_problem([placed.collision.one.name for placed in group])) for group in groups]
