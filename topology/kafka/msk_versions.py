"""Kafka versions that Amazon MSK has, as its API spells them. The list ages: it is as of AS_OF.

Sources: MSK Developer Guide, "Supported Apache Kafka versions" and "Amazon MSK Express brokers"; what
`aws kafka list-kafka-versions` reports (as quoted by cdk-preflight, 2026-09-13). From 3.7 on a version names
its metadata mode: `.kraft`, or ZooKeeper without a suffix; 4.x is KRaft only. Express brokers take 3.9 and
4.2 with KRaft only (hashicorp/terraform-provider-aws#48309).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["AS_OF", "MSK_VERSIONS", "MskVersion", "msk_version", "offered_versions"]

AS_OF = "2026-09-13"


@dataclass(frozen=True)
class MskVersion:
    """A version of MSK. `supported`: a new cluster may have it. `express`: Express brokers take it."""

    name: str
    supported: bool = True
    express: bool = False

    @property
    def kraft(self) -> bool:
        """Whether the cluster's metadata is in KRaft, else in ZooKeeper."""
        return self.name.endswith(".kraft")


_PAST = (
    *("2.6.0", "2.6.1", "2.6.2", "2.6.3", "2.7.0", "2.7.1", "2.7.2", "2.8.0", "2.8.1", "2.8.2.tiered"),
    *("3.1.1", "3.2.0", "3.3.1", "3.3.2", "3.4.0", "3.5.1"),
)
"""Past their end of support."""

MSK_VERSIONS = (
    *(MskVersion(name, supported=False) for name in _PAST),
    MskVersion("3.6.0", supported=False, express=True),  # until 2026-06-01
    MskVersion("3.7.x"),
    MskVersion("3.7.x.kraft"),
    MskVersion("3.8.x", express=True),
    MskVersion("3.8.x.kraft"),
    MskVersion("3.9.x"),
    MskVersion("3.9.x.kraft", express=True),
    MskVersion("4.0.x.kraft"),
    MskVersion("4.1.x.kraft"),
    MskVersion("4.2.x.kraft", express=True),
)
"""Oldest first."""


def msk_version(name: str) -> MskVersion | None:
    """The version of this name; None where MSK has none, as far as the list goes."""
    return next((version for version in MSK_VERSIONS if version.name == name), None)


def offered_versions(*, express: bool) -> tuple[str, ...]:
    """Names of the versions that a new cluster of this kind of brokers may have, oldest first."""
    return tuple(
        version.name for version in MSK_VERSIONS if version.supported and (version.express or not express)
    )
