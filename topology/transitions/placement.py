"""Where things lie: networks, EKS clusters and states do not move with a setting."""

from __future__ import annotations

from collections.abc import Iterator

from topology.model import Network
from topology.state.stacks import state_address
from topology.transitions.flows import workload_stacks
from topology.transitions.registry import Change, Finding, note, refused, transition


@transition
def brokers_keep_their_subnets(change: Change) -> Iterator[Finding]:
    """MSK cannot move a cluster: Terraform would replace it (provider documentation, msk_cluster)."""
    for region in change.kept_regions:
        before, after = (one.regions[region].network for one in (change.before, change.after))
        for field, (old, new) in _placement(before, after).items():
            if old != new:
                yield refused(
                    ("regions", region, "network", field),
                    "moves the brokers to other subnets, which replaces the cluster and all records in it",
                    f"{old} -> {new}",
                    old,
                )


@transition
def states_stay_where_they_are(change: Change) -> Iterator[Finding]:
    """Under another address Terraform finds no state, and would make everything a second time."""
    for region in change.kept_regions:
        before, after = (state_address(one, "msk", region) for one in (change.before, change.after))
        for field, old, new in (
            ("bucket_prefix", before.bucket, after.bucket),
            ("key_prefix", before.key, after.key),
        ):
            if old != new:
                yield refused(
                    ("state", field),
                    "moves the states: Terraform would find none and make everything a second time",
                    f"{old} -> {new}",
                    f"{old}; or move every state first (terraform init -migrate-state)",
                )


@transition
def what_a_changed_eks_cluster_leaves(change: Change) -> Iterator[Finding]:
    """Terraform looks for the workers on the new cluster, and forgets those on the old one."""
    for region in change.kept_targets:
        before, after = (one.regions[region].eks.cluster_name for one in (change.before, change.after))
        if before != after and change.before.runtime.eks and change.after.runtime.eks:
            stack = f"mirrormaker-{region}"
            others = [one for one in workload_stacks(change, region) if one != stack]
            yield note(
                ("regions", region, "eks", "cluster_name"),
                f"moves the workers of {region} to another cluster: Terraform forgets the old ones",
                found=f"{before} -> {after}",
                remains=(f"the workers and the operations pod on {before}, in one group with the new ones",),
                steps=(
                    f"cdktf destroy {stack} platform-{region}, from the file before"
                    + (
                        f" (still replicating: {', '.join(others)})"
                        if others
                        else " (nothing replicates until the deploy)"
                    ),
                    "deploy the new file",
                ),
            )


def _placement(before: Network, after: Network) -> dict[str, tuple[str, str]]:
    """What decides the subnets, by field."""
    if before.exists or after.exists:
        fields = {"vpc_id": [one.vpc_id or "a VPC to be created" for one in (before, after)]}
        if before.vpc_id == after.vpc_id:
            fields["private_subnet_ids"] = [
                ", ".join(sorted(one.private_subnet_ids)) for one in (before, after)
            ]
    else:
        fields = {
            "cidr": [str(one.cidr) for one in (before, after)],
            "zones": [", ".join(one.zones) for one in (before, after)],
        }
    return {field: (old, new) for field, (old, new) in fields.items()}
