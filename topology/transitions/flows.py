"""Flows that are reversed, removed or given other names."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import Names
from topology.replication.connectors import checkpoint_connector, heartbeat_connector, source_connector
from topology.replication.flows import DirectedFlow, flows_into
from topology.replication.mirrormaker_names import HEARTBEATS
from topology.transitions.registry import Change, Finding, note, refused, transition

RUNBOOK = "docs/runbooks/remove-flow.md"
FAILBACK = "docs/runbooks/identity-failback.md"


@transition
def an_identity_flow_is_not_reversed_at_once(change: Change) -> Iterator[Finding]:
    """The connectors of the old direction would still run: under one name, records would go in a loop."""
    removed = {(flow.source, flow.target): flow for flow in change.removed_flows()}
    for flow in change.added_flows():
        old = removed.get((flow.target, flow.source))
        if old is not None and "identity" in {flow.spec.policy, old.spec.policy}:
            yield refused(
                ("flows", flow.position),
                "reverses a flow in one step: the connectors of the old direction still run, and with the"
                " identity policy records would be replicated in a loop",
                f"{old.source} -> {old.target} becomes {flow.source} -> {flow.target}",
                f"no flow between them first (flows: [] if it is the only one), then the new one: {FAILBACK}",
            )


@transition
def a_flow_keeps_its_policy(change: Change) -> Iterator[Finding]:
    """Source offsets stay, so that topics of the new names would begin in the middle."""
    for before, after in change.kept_flows():
        if before.spec.policy != after.spec.policy:
            yield refused(
                ("flows", after.position, "policy"),
                f"gives the copies on {after.target} other names: they would lack all records until now,"
                " because source offsets stay",
                f"{before.spec.policy} -> {after.spec.policy}",
                f"{before.spec.policy}; or remove the flow and its source offsets first ({RUNBOOK})",
            )


@transition
def aliases_stay(change: Change) -> Iterator[Finding]:
    """Connectors, source offsets and copies are named by aliases: all is read again, beside the old."""
    for region in change.kept_regions:
        before, after = change.before.alias(region), change.after.alias(region)
        connected = any(region in {flow.source, flow.target} for flow, _ in change.kept_flows())
        if before != after and connected:
            yield refused(
                ("regions", region, "alias"),
                "names connectors, source offsets and copied topics: the new connectors would read everything"
                " again while the old ones still run",
                f"{before} -> {after}",
                f"{before}; or remove the region's flows first ({RUNBOOK})",
            )


@transition
def a_new_identity_flow_begins_at_the_beginning(change: Change) -> Iterator[Finding]:
    """Where the target has the records already, as after a failover, it would have them twice."""
    for flow in change.added_flows():
        if flow.spec.policy == "identity" and {flow.source, flow.target} <= set(change.kept_regions):
            yield note(
                ("flows", flow.position),
                f"replicates all records of {flow.source} from the beginning: those that {flow.target} has"
                " under the same names already are written a second time",
                steps=(
                    "if that must not happen: mirrormaker.connect.initial_state: STOPPED, and begin at the"
                    f" end ({FAILBACK})",
                ),
            )


@transition
def what_a_removed_flow_leaves(change: Change) -> Iterator[Finding]:
    """A deploy deletes neither connectors nor topics, and destroys no stack that the app no longer has."""
    for flow in change.removed_flows():
        if flow.target in change.after.regions:
            yield note(
                ("flows", flow.position),
                f"{flow.source} -> {flow.target} is removed: what it has made stays",
                in_before=True,
                remains=(*_running(change, flow), *_data(change, flow)),
                steps=tuple(_steps(change, flow)),
            )


def connector_names(flow: DirectedFlow) -> list[str]:
    """The connectors of a flow."""
    made = (source_connector(flow), checkpoint_connector(flow), heartbeat_connector(flow))
    return [config["name"] for config in made if config is not None]


def workload_stacks(change: Change, region: str) -> list[str]:
    """Stacks of the workers of a region, as they are before the change."""
    runtime = change.before.runtime
    kinds = [("mirrormaker", runtime.eks), ("ecs-runtime", runtime.ecs is not None)]
    return [f"{kind}-{region}" for kind, there in kinds if there and flows_into(change.before, region)]


def _running(change: Change, flow: DirectedFlow) -> Iterator[str]:
    names = ", ".join(connector_names(flow))
    if not flows_into(change.after, flow.target):
        stacks = " and ".join(f"stack {stack}" for stack in workload_stacks(change, flow.target))
        yield f"{stacks}: the workers of {flow.target} and their connectors ({names})"
    elif not change.after.mirrormaker.operations.prune:
        yield f"connectors {names} on the workers of {flow.target}, without their permissions"


def _data(change: Change, flow: DirectedFlow) -> Iterator[str]:
    names = Names(change.before, flow.target)
    copies = [flow.mirrored(topic) for topic in flow.topics]
    if flow.carries_heartbeats:
        copies.append(flow.mirrored(HEARTBEATS))
    if flow.has_checkpoints:
        copies += [flow.offset_syncs_topic, flow.checkpoints_topic]
    yield f"topics on {flow.target}: {', '.join(copies)}"
    offsets = names.connect_topic("offsets")
    yield f"source offsets of {flow.name}-source in {offsets}: the flow would resume there"
    if not flows_into(change.after, flow.target):
        others = ", ".join(names.connect_topic(purpose) for purpose in ("configs", "status"))
        yield f"Connect's other topics on {flow.target}: {others}"
    if flow.writes_group_offsets:
        yield f"offsets of consumer groups on {flow.target}: {', '.join(flow.groups)}"


def _steps(change: Change, flow: DirectedFlow) -> Iterator[str]:
    if not flows_into(change.after, flow.target):
        for stack in workload_stacks(change, flow.target):
            yield f"cdktf destroy {stack}, from the file before and before the new file is deployed"
    elif change.after.mirrormaker.operations.prune:
        yield "deploy: the reconciler deletes the connectors (mirrormaker.operations.prune)"
    else:
        yield (
            "mirrormaker.operations.prune: true in the new file, or DELETE /connectors/<name> for each on the"
            f" workers of {flow.target}"
        )
    yield f"delete the topics by hand when nobody reads them; no role of the stacks may ({RUNBOOK})"
