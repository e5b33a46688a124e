"""MSK clusters: what MSK cannot do in place, and what would replace the cluster with its records."""

from __future__ import annotations

from collections.abc import Iterator

from topology.aws.names import Names
from topology.model import Kafka
from topology.transitions.registry import Change, Finding, note, refused, transition

_REPLACED = "replaces the cluster and all records in it"


def _kafka(change: Change) -> Iterator[tuple[str, Kafka, Kafka]]:
    for region in change.kept_regions:
        yield region, change.before.regions[region].kafka, change.after.regions[region].kafka


@transition
def clusters_keep_their_names(change: Change) -> Iterator[Finding]:
    """A name cannot be changed: Terraform would replace the cluster (provider documentation, msk_cluster)."""
    for region in change.kept_regions:
        before, after = (Names(one, region).msk_cluster for one in (change.before, change.after))
        if before != after:
            yield refused(
                ("regions", region, "kafka", "cluster_name"), _REPLACED, f"{before} -> {after}", before
            )


@transition
def kafka_versions_only_rise(change: Change) -> Iterator[Finding]:
    """MSK upgrades in place and never downgrades (MSK Developer Guide, "Upgrade Apache Kafka version")."""
    for region, before, after in _kafka(change):
        if _version(after) < _version(before):
            yield refused(
                ("regions", region, "kafka", "version"),
                "is a downgrade, which MSK refuses",
                f"{before.version} -> {after.version}",
                f"{before.version} or later",
            )


@transition
def the_metadata_mode_is_not_a_version(change: Change) -> Iterator[Finding]:
    """ZooKeeper and KRaft are not exchanged by an update of the version."""
    for region, before, after in _kafka(change):
        if before.is_kraft != after.is_kraft:
            modes = ["KRaft" if one.is_kraft else "ZooKeeper" for one in (before, after)]
            yield refused(
                ("regions", region, "kafka", "version"),
                f"changes the cluster from {modes[0]} to {modes[1]}: no update of the version does that",
                f"{before.version} -> {after.version}",
                f"a version with {modes[0]}; a new region or environment for the other",
            )


@transition
def standard_and_express_are_not_exchanged(change: Change) -> Iterator[Finding]:
    """A cluster is made of one kind of brokers."""
    for region, before, after in _kafka(change):
        if before.broker.is_express != after.broker.is_express:
            kinds = ["Express" if one.broker.is_express else "Standard" for one in (before, after)]
            yield refused(
                ("regions", region, "kafka", "broker", "type"),
                f"changes the brokers from {kinds[0]} to {kinds[1]}, which an update of the type cannot do",
                f"{before.broker.type} -> {after.broker.type}",
                f"{kinds[0]} brokers; a new region or environment for the other",
            )


@transition
def volumes_do_not_shrink(change: Change) -> Iterator[Finding]:
    """MSK refuses a smaller volume (MSK Developer Guide, "Scale up broker storage")."""
    for region, before, after in _kafka(change):
        here = ("regions", region, "kafka", "storage")
        old, new = before.volumes, after.volumes
        if old is None or new is None or new.autoscaling is not None:
            continue  # with autoscaling Terraform leaves the size alone
        if new.volume_gib < old.volume_gib:
            yield refused(
                (*here, "volume_gib"),
                "is less than the volumes have: they never shrink",
                f"{old.volume_gib} -> {new.volume_gib}",
                f"at least {old.volume_gib}",
            )
        elif old.autoscaling is not None:
            yield note(
                (*here, "autoscaling"),
                "Terraform sets the volumes' size from now on; MSK refuses less than they have grown to",
                steps=("set storage.volume_gib to what `aws kafka describe-cluster` shows, or more",),
            )


@transition
def brokers_are_emptied_before_they_go(change: Change) -> Iterator[Finding]:
    """MSK removes a broker only when it holds no partition (MSK Developer Guide, "Remove brokers")."""
    for region, before, after in _kafka(change):
        if after.broker.count < before.broker.count:
            yield note(
                ("regions", region, "kafka", "broker", "count"),
                "removes brokers, which must not hold partitions then",
                found=f"{before.broker.count} -> {after.broker.count}",
                steps=("move their partitions to the others (kafka-reassign-partitions.sh)", "deploy"),
            )


@transition
def topics_keep_their_replication_factor(change: Change) -> Iterator[Finding]:
    """The setting is for topics that are made later."""
    for region, before, after in _kafka(change):
        if after.replication_factor != before.replication_factor:
            yield note(
                ("regions", region, "kafka", "replication_factor"),
                "has no effect on topics that exist, Connect's own included",
                found=f"{before.replication_factor} -> {after.replication_factor}",
                steps=("change them by hand where needed (kafka-reassign-partitions.sh)",),
            )


def _version(kafka: Kafka) -> tuple[int, int]:
    """Major and minor: MSK chooses the patch of `3.9.x` itself."""
    major, minor, *_ = kafka.version.split(".")
    return int(major), int(minor)
