"""Regions that are taken away: nothing of them is destroyed by a deploy of the others."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import Names
from topology.network.addresses import peerings_of
from topology.replication.flows import flows_from
from topology.state.stacks import STACK_KINDS, replica_region
from topology.transitions.flows import connector_names, workload_stacks
from topology.transitions.registry import Change, Finding, note, transition


@transition
def what_a_removed_region_leaves(change: Change) -> Iterator[Finding]:
    """Its stacks are in no app any more: they stay until someone destroys them."""
    for region in change.before.regions:
        if region not in change.after.regions:
            stacks = _stacks(change, region)
            yield note(
                ("regions", region),
                "is removed: all that it has stays",
                in_before=True,
                remains=tuple(_remains(change, region, stacks)),
                steps=tuple(_steps(change, region, stacks)),
            )


def _stacks(change: Change, region: str) -> list[str]:
    """Those of the region, in the order in which they are destroyed; the state's own is last."""
    there = set(workload_stacks(change, region))
    always = ("state", "network", "msk", "logs", "identity", "platform", "observability")
    there |= {f"{kind}-{region}" for kind in always}
    if peerings_of(change.before, region):
        there.add(f"peering-{region}")
    order = [f"{kind}-{region}" for kind in reversed(STACK_KINDS)]
    return [stack for stack in order if stack in there]


def _remains(change: Change, region: str, stacks: list[str]) -> Iterator[str]:
    before = change.before
    names = Names(before, region)
    yield f"stacks {', '.join(stacks)}"
    yield f"MSK cluster {names.msk_cluster} in {region} and its records"
    reading = [
        (flow.target, name)
        for flow in flows_from(before, region)
        if flow.target in change.after.regions
        for name in connector_names(flow)
    ]
    if reading:
        yield f"connectors that read it: {', '.join(f'{name} in {target}' for target, name in reading)}"
    alias = before.alias(region)
    copies = sorted(flow.target for flow in flows_from(before, region) if flow.target in change.after.regions)
    if copies:
        yield f"copies of its topics, {alias}.* or under their own names, in {', '.join(copies)}"
    yield f"state bucket {names.state_bucket}, and its replica in {replica_region(before, region)}"


def _steps(change: Change, region: str, stacks: list[str]) -> Iterator[str]:
    workers = [stack for stack in stacks if stack in workload_stacks(change, region)]
    if workers:
        yield f"cdktf destroy {' '.join(workers)}, from the file before: its workers stop"
    yield "deploy the new file: the other regions neither read it nor name it any more"
    if change.before.is_production:
        yield "stage: development in the file before, deployed to this region: its data may then be destroyed"
    rest = [stack for stack in stacks if stack not in workers and not stack.startswith("state-")]
    yield f"cdktf destroy {' '.join(rest)}, from the file before"
    yield f"empty the state bucket of {region} and its replica by hand, when nobody needs the states"
