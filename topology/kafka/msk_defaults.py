"""Defaults of MSK that are not Kafka's: each is set by the derived configuration or waived with a reason.

Source: MSK Developer Guide, "Default Amazon MSK configuration" and "Custom MSK Express broker
configurations", as of 2026-11-27. Kafka's own defaults are in the catalogue (topology/catalogue), and a test
compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["EXPRESS", "STANDARD", "MskDefault"]


@dataclass(frozen=True)
class MskDefault:
    """A broker property, MSK's default of it, and why the derived configuration leaves it alone; an empty
    `waived` says that it is set. `targets_only`: it is set where a flow ends."""

    key: str
    value: str
    waived: str = ""
    targets_only: bool = False


_ACLS = "clients log in by IAM, whose policies decide; Kafka's ACLs are for SCRAM clients, and users' own"
_THREADS = "MSK chooses threads by its instance types"
_READ_ONLY = "Express brokers do not let it be set"
_DAY = "86400000"

STANDARD = (
    MskDefault("allow.everyone.if.no.acl.found", "true", _ACLS),
    MskDefault("auto.create.topics.enable", "false"),
    MskDefault("default.replication.factor", "3"),
    MskDefault("min.insync.replicas", "2"),
    MskDefault("num.network.threads", "5", _THREADS),
    MskDefault("num.replica.fetchers", "2", _THREADS),
    MskDefault("unclean.leader.election.enable", "true"),
)
"""Of clusters with Standard brokers in three zones, without tiered storage (it is not switched on here)."""

EXPRESS = (
    MskDefault("allow.everyone.if.no.acl.found", "true", _ACLS),
    MskDefault("auto.create.topics.enable", "false"),
    MskDefault("default.replication.factor", "3", _READ_ONLY),
    MskDefault("min.insync.replicas", "2", _READ_ONLY),
    MskDefault("log.message.timestamp.before.max.ms", _DAY, targets_only=True),
    MskDefault("log.message.timestamp.after.max.ms", _DAY, targets_only=True),
    MskDefault("log.message.timestamp.difference.max.ms", _DAY, targets_only=True),
)
