"""The table of transitions; each module of this package adds its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from topology.environment_file.check_table import CheckTable, Entry
from topology.environment_file.problem import Path, Problem
from topology.model import Environment
from topology.replication.flows import DirectedFlow, directed_flows, flows_into

__all__ = ["TRANSITIONS", "Change", "Finding", "Transition", "note", "refused", "transition"]


@dataclass(frozen=True)
class Change:
    """An environment as it is deployed, and as it is to be."""

    before: Environment
    after: Environment

    @property
    def kept_regions(self) -> tuple[str, ...]:
        """Regions of both."""
        return tuple(region for region in self.before.regions if region in self.after.regions)

    @property
    def kept_targets(self) -> tuple[str, ...]:
        """Regions that have workers before and after."""
        return tuple(
            region
            for region in self.kept_regions
            if flows_into(self.before, region) and flows_into(self.after, region)
        )

    def kept_flows(self) -> Iterator[tuple[DirectedFlow, DirectedFlow]]:
        """Directions of both, as they were and as they are to be."""
        after = {(flow.source, flow.target): flow for flow in directed_flows(self.after)}
        for flow in directed_flows(self.before):
            if found := after.get((flow.source, flow.target)):
                yield flow, found

    def removed_flows(self) -> Iterator[DirectedFlow]:
        """Directions that are no more."""
        kept = {(flow.source, flow.target) for flow in directed_flows(self.after)}
        yield from (flow for flow in directed_flows(self.before) if (flow.source, flow.target) not in kept)

    def added_flows(self) -> Iterator[DirectedFlow]:
        """Directions that are new."""
        yield from Change(self.after, self.before).removed_flows()


@dataclass(frozen=True)
class Finding:
    """`problem` is refused, or a note that the deploy itself does not give. `in_before`: its path is one of
    the file before, which has what the other no longer has. `remains`: what stays, one thing an entry;
    `steps`: what to do, in order."""

    problem: Problem
    refused: bool
    in_before: bool = False
    remains: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


Transition = Entry[Change, Finding]
TRANSITIONS: CheckTable[Change, Finding] = CheckTable()
transition = TRANSITIONS.add


def refused(path: Path, message: str, found: str, allowed: str) -> Finding:
    """A change that must not be deployed; `found` is the change itself."""
    return Finding(Problem(path, message, found, allowed), refused=True)


def note(  # noqa: PLR0913 - all but two by name
    path: Path,
    message: str,
    *,
    found: str | None = None,
    in_before: bool = False,
    remains: tuple[str, ...] = (),
    steps: tuple[str, ...] = (),
) -> Finding:
    """Something to know before the deploy."""
    return Finding(Problem(path, message, found), False, in_before, remains, steps)
