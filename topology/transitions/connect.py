"""The Connect cluster of a region: its names are where its state is."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import Names
from topology.transitions.registry import Change, Finding, note, refused, transition

CONNECT = ("mirrormaker", "connect")


@transition
def connect_keeps_its_names(change: Change) -> Iterator[Finding]:
    """Source offsets are in these topics: under new names everything is read again from the beginning."""
    for region in change.kept_targets:
        before, after = Names(change.before, region), Names(change.after, region)
        names = {"group_id": (before.connect_group, after.connect_group)} | {
            f"{purpose.removesuffix('s') if purpose != 'status' else purpose}_topic": (
                before.connect_topic(purpose),
                after.connect_topic(purpose),
            )
            for purpose in ("configs", "offsets", "status")
        }
        for field, (old, new) in names.items():
            if old != new:
                yield refused((*CONNECT, field), _CONSEQUENCE[field], f"{old} -> {new}", old)


_CONSEQUENCE = {
    "group_id": "makes a second Connect cluster beside the first while pods roll: both run every connector",
    "config_topic": "hides the running connectors from the new workers: old and new pods would disagree",
    "offset_topic": "hides the source offsets: every topic would be replicated again from its beginning",
    "status_topic": "shows old and new pods different states of the connectors while they roll",
}


@transition
def partitions_of_connect_topics_are_chosen_once(change: Change) -> Iterator[Finding]:
    """Connect makes its topics when they are missing and never changes them."""
    before, after = change.before.mirrormaker.connect, change.after.mirrormaker.connect
    for field in ("offset_partitions", "status_partitions"):
        old, new = getattr(before, field), getattr(after, field)
        if old != new and change.kept_targets:
            yield note((*CONNECT, field), "has no effect on a topic that exists", found=f"{old} -> {new}")


@transition
def a_runtime_is_replaced_through_both(change: Change) -> Iterator[Finding]:
    """The workers of the one would be gone, or still run, before those of the other are there."""
    before, after = change.before.runtime.kind, change.after.runtime.kind
    if change.kept_targets and {before, after} == {"eks", "ecs"}:
        yield refused(
            ("runtime",),
            "replaces one runtime by the other in one step: nothing replicates in between",
            f"{before} -> {after}",
            f"{before} -> both -> {after} (docs/runbooks/move-to-eks.md)",
        )


@transition
def what_a_removed_runtime_leaves(change: Change) -> Iterator[Finding]:
    """A stack that is no longer in the app is not destroyed."""
    removed = [
        kind
        for kind, was, stays in (
            ("mirrormaker", change.before.runtime.eks, change.after.runtime.eks),
            ("ecs-runtime", change.before.runtime.ecs is not None, change.after.runtime.ecs is not None),
        )
        if was and not stays
    ]
    stacks = [f"{kind}-{region}" for kind in removed for region in change.kept_targets]
    if stacks:
        yield note(
            ("runtime",),
            "removes a runtime: its stacks stay, and so do the workers in them",
            in_before=True,
            remains=tuple(f"stack {stack}" for stack in stacks),
            steps=(
                *(
                    f"cdktf deploy observability-{region}, from the new file"
                    for region in change.kept_targets
                ),
                *(f"cdktf destroy {stack}, from the file before" for stack in stacks),
            ),
        )
