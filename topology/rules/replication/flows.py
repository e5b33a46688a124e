"""Flows: no replication loops, no conflicts, no topic replicated twice."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from topology.environment_file.problem import Path, Problem
from topology.model import Environment
from topology.replication.flows import DirectedFlow, directed_flows
from topology.replication.globs import covers, overlap
from topology.rules.registry import rule


@rule
def flows_name_regions_of_the_environment(environment: Environment) -> Iterator[Problem]:
    """A flow needs two ends that exist."""
    known = ", ".join(environment.regions)
    for position, flow in enumerate(environment.flows):
        here = ("flows", position)
        ends = [("source", flow.source), ("target", flow.target)]
        if flow.active_active:
            for end, region in ends:
                if region is not None:
                    yield Problem((*here, end), "does not go with active_active", region, "regions: [...]")
            ends = []
            if len(set(flow.regions or environment.regions)) < 2:
                yield Problem((*here, "regions"), "needs two regions", str(list(flow.regions)), known)
        elif flow.regions:
            yield Problem((*here, "regions"), "goes with active_active: true only", None, "source and target")
        named: list[tuple[Path, str]] = [(("regions", i), region) for i, region in enumerate(flow.regions)]
        for end, region in ends:
            if region is None:
                yield Problem(here, f"lacks {end}", None, "source and target, or active_active: true")
            else:
                named.append(((end,), region))
        for where, region in named:
            if region not in environment.regions:
                yield Problem((*here, *where), "is not a region of this environment", region, known)
        if flow.source is not None and flow.source == flow.target:
            yield Problem((*here, "target"), "is the source", flow.target, "another region")


@rule
def a_set_names_each_region_once(environment: Environment) -> Iterator[Problem]:
    """A region that is listed twice would be replicated to itself."""
    for position, flow in enumerate(environment.flows):
        for place, region in enumerate(flow.regions):
            if region in flow.regions[:place]:
                yield Problem(
                    ("flows", position, "regions", place),
                    "is listed more than once",
                    region,
                    "each region once",
                )


@rule
def a_direction_is_in_one_flow_only(environment: Environment) -> Iterator[Problem]:
    """Two flows in the same direction would give two connectors the same name."""
    first: dict[tuple[str, str], int] = {}
    for flow in directed_flows(environment):
        taken = first.setdefault((flow.source, flow.target), flow.position)
        if taken != flow.position:
            yield Problem(
                ("flows", flow.position),
                f"replicates {flow.source} to {flow.target}, as flows[{taken}] does",
                allowed="one flow in each direction; put all topics into it",
            )


@rule
def identity_policy_only_one_way(environment: Environment) -> Iterator[Problem]:
    """With the identity policy a record comes back under its own name, for ever."""
    pairs = {(flow.source, flow.target): flow for flow in directed_flows(environment)}
    told: set[int] = set()
    for flow in pairs.values():
        cycle = _can_return(flow, set(pairs))
        if flow.spec.policy == "identity" and cycle and flow.position not in told:
            told.add(flow.position)
            yield Problem(
                ("flows", flow.position, "policy"),
                "identity is refused between regions that replicate both ways"
                " (it creates a replication loop)",
                found="identity",
                allowed="default",
            )


@rule
def mirrored_topics_are_not_mirrored_again(environment: Environment) -> Iterator[Problem]:
    """With three or more regions a wildcard takes B's copy of A's topic on to C, and every region multiplies
    the load."""
    flows = directed_flows(environment)
    for flow in flows:
        if flow.spec.policy != "default":
            continue
        arriving = [other for other in flows if other.target == flow.source and other.source != flow.target]
        for position, topic in enumerate(flow.topics):
            for other in arriving:
                copies = [other.mirrored(name) for name in other.topics]
                again = [c for c in copies if overlap(topic, c) and not _excluded(flow, c)]
                literal = topic.split("*")[0].split("?")[0]
                if again and not literal.startswith(f"{other.source_alias}."):
                    yield Problem(
                        ("flows", flow.position, "topics", "include", position),
                        f"takes the copies of {other.source}'s topics on {flow.source} to {flow.target}:"
                        " they would be mirrored again and again",
                        found=topic,
                        allowed=f"names without a leading wildcard, or exclude: [{other.source_alias}.*]",
                    )


@rule
def group_offsets_do_not_fight(environment: Environment) -> Iterator[Problem]:
    """A group that is active in two regions has two positions; each side would overwrite the other's."""
    flows = {(flow.source, flow.target): flow for flow in directed_flows(environment)}
    for (source, target), flow in flows.items():
        back = flows.get((target, source))
        if back is None or source > target:
            continue
        if not (flow.writes_group_offsets and back.writes_group_offsets):
            continue
        shared = [(a, b) for a in flow.groups for b in back.groups if overlap(a, b)]
        if shared:
            found = ", ".join(sorted({name for pair in shared for name in pair}))
            where = "include" if flow.spec.groups.include else "groups"
            yield Problem(
                ("flows", flow.position, "groups", where),
                f"groups of {source} and {target} can have the same name, and offsets are written both ways:"
                " they would overwrite each other",
                found=found,
                allowed='names that tell the region, such as "{source}.*",'
                " or checkpoints.sync_group_offsets: false",
            )


@rule
def topic_names_are_told_once(environment: Environment) -> Iterator[Problem]:
    """A pattern within another of the same list says nothing and makes the policy longer."""
    for position, flow in enumerate(environment.flows):
        for (a, one), (b, other) in combinations(enumerate(flow.topics.include), 2):
            if covers(one, other) or covers(other, one):
                narrow = b if covers(one, other) else a
                yield Problem(
                    ("flows", position, "topics", "include", narrow),
                    f"is within {one if narrow == b else other}",
                    found=flow.topics.include[narrow],
                    allowed="patterns of which none contains another",
                )


@rule
def every_worker_has_a_task(environment: Environment) -> Iterator[Problem]:
    """With fewer tasks than replicas the autoscaler adds workers that have nothing to do."""
    most = environment.mirrormaker.replicas.max
    for position, flow in enumerate(environment.flows):
        if flow.tasks_max is not None and flow.tasks_max < most:
            yield Problem(
                ("flows", position, "tasks_max"),
                f"is less than mirrormaker.replicas.max ({most}): workers would be idle",
                found=str(flow.tasks_max),
                allowed=f"at least {most}; the default is {2 * most}",
            )


def _excluded(flow: DirectedFlow, glob: str) -> bool:
    return any(covers(exclude, glob) for exclude in flow.spec.topics.exclude)


def _can_return(flow: DirectedFlow, edges: set[tuple[str, str]]) -> bool:
    """Whether records can get from the flow's target back to its source."""
    seen, front = {flow.target}, [flow.target]
    while front:
        here = front.pop()
        for source, target in edges:
            if source == here and target not in seen:
                seen.add(target)
                front.append(target)
    return flow.source in seen
