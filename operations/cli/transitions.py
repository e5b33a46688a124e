"""A change of one environment, from one file to another, for `msk-mirror check BEFORE AFTER`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from topology.environment_file.problem import Problem
from topology.loading import located
from topology.model import Environment
from topology.side_by_side.collisions import same_environment
from topology.transitions import Finding, findings

__all__ = ["CheckedChange", "change_of"]


@dataclass(frozen=True)
class CheckedChange:
    """`subject`: of which environment; `problems`: what must not be deployed in one step, with places in the
    second file; `notes`: what the deploy needs or leaves."""

    subject: str
    problems: tuple[Problem, ...]
    notes: tuple[Finding, ...]

    def lines(self) -> Iterator[str]:
        """For people, without the problems."""
        for note in self.notes:
            yield f"note: {note.problem}"
            yield from (f"  stays: {one}" for one in note.remains)
            yield from (f"  step {number}: {one}" for number, one in enumerate(note.steps, 1))
        if not self.problems:
            yield f"{self.subject} can be deployed {'as the notes say' if self.notes else 'in one step'}"

    def as_json(self) -> dict[str, Any]:
        """The same for machines: a note is a problem with `remains` and `steps`."""
        notes = [
            {**one.problem.as_json(), "remains": list(one.remains), "steps": list(one.steps)}
            for one in self.notes
        ]
        problems = [one.as_json() for one in self.problems]
        return {"valid": not problems, "problems": problems, "notes": notes}


def change_of(loaded: Mapping[str, Environment]) -> CheckedChange | None:
    """The change between two files, by their names in order; None where they are different environments."""
    (first, before), (second, after) = loaded.items()
    if not same_environment(before, after):
        return None
    found = [_located(one, first if one.in_before else second) for one in findings(before, after)]
    return CheckedChange(
        f"{after.project} {after.environment}: the change from {first} to {second}",
        tuple(dict.fromkeys(one.problem for one in found if one.refused)),
        tuple(dict.fromkeys(one for one in found if not one.refused)),
    )


def _located(finding: Finding, file: str) -> Finding:
    (problem,) = located([finding.problem], file)
    return replace(finding, problem=problem)
