"""What is migrated and by what means: the one thing that all steps are made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal, Protocol

from operations.connect.client import ConnectClient, ConnectError
from operations.connect.connector_flows import ConnectorFlow
from operations.connect.connectors import ConnectorSpec
from operations.kafka.clusters import Cluster
from operations.kubernetes.api import KubernetesApi
from operations.migration.dedicated import DedicatedOffsets
from operations.migration.fleets import Fleet
from operations.migration.gates import DEADLINE_SECONDS, Gate, await_members
from operations.migration.journal import RunIdentity
from operations.verification.verify import FlowResult
from topology.aws.names import Names
from topology.model import Environment

__all__ = ["PATHS", "Account", "Migration", "PathName", "Stacks", "ValidationError"]

PathName = Literal["connect", "dedicated"]
PATHS: Final[tuple[PathName, ...]] = ("connect", "dedicated")
MEMBERS_SECONDS: Final = 180.0


class ValidationError(Exception):
    """Numbered records that did not all arrive as they were sent; with the counts."""


class Stacks(Protocol):
    """Terraform stacks of the region."""

    def apply(self, kinds: Sequence[str]) -> dict[str, str]:
        """Brings the stacks of these kinds that the app has to their configuration; name -> what changed."""


@dataclass(frozen=True)
class Account:
    """boto3's clients of the region, and the API server; None where there is none, as on one machine."""

    eks: Any = None
    iam: Any = None
    api: KubernetesApi | None = None


@dataclass(frozen=True)
class Migration:
    """The workers of `region` move from `old` to `new`.

    `path`: see journal.Identity; `new_workers`: how many at least; `specs`: the connectors, as their configs
    are wanted; `flows`: what the source connectors of `specs` carry; `target`: the cluster that both write
    to; `validate` sends numbered records and counts; `connect` opens a client of addresses; `say` gets lines
    of progress; `seconds`: how long each gate waits. Of path dedicated: `old_source_offsets`, by the source
    connector that is to take over.
    """

    environment: Environment
    region: str
    path: PathName
    old: Fleet
    new: Fleet
    new_workers: int
    stacks: Stacks
    specs: Mapping[str, ConnectorSpec]
    flows: Sequence[ConnectorFlow]
    target: Cluster
    validate: Callable[[], Sequence[FlowResult]]
    connect: Callable[[Sequence[str]], ConnectClient] = ConnectClient
    account: Account = field(default_factory=Account)
    old_source_offsets: Mapping[str, DedicatedOffsets] = field(default_factory=dict)
    say: Callable[[str], None] = lambda _: None
    seconds: float = DEADLINE_SECONDS

    @cached_property
    def group(self) -> str:
        """group.id of the new workers; of both on path connect."""
        return Names(self.environment, self.region).connect_group

    @property
    def identity(self) -> RunIdentity:
        """Source offsets live under the names that the digest is of: with others everything is read again."""
        names = Names(self.environment, self.region)
        contract = [
            self.group,
            *names.connect_topics,
            *sorted(self.specs),
            *sorted(one.topic for one in self.old_source_offsets.values()),
        ]
        digest = hashlib.sha256(json.dumps(contract).encode()).hexdigest()[:16]
        return RunIdentity(self.environment.environment, self.region, self.path, digest)

    @property
    def gate(self) -> Gate:
        return Gate(self.specs, self.flows, self.open_connect, self.seconds, self.say)

    def open_connect(self) -> ConnectClient:
        """A client of the workers that are there now. Raises ConnectError where there are none."""
        urls = [*self.new.urls(), *(self.old.urls() if self.path == "connect" else ())]
        if not urls:
            raise ConnectError("GET", "/", None, "no worker runs", passing=True)
        return self.connect(urls)

    def await_members(self) -> None:
        """Waits until the group of the new workers has as many members as run. Raises GateError."""
        both = self.path == "connect"
        await_members(
            self.target,
            self.group,
            lambda: self.new.count() + (self.old.count() if both else 0),
            min(self.seconds, MEMBERS_SECONDS),
        )

    def old_members(self) -> dict[str, int]:
        """Members of each group of a dedicated runtime. Raises ClusterError."""
        return {one.group: len(one.group_members()) for one in self.old_source_offsets.values()}

    def all_well(self) -> None:
        """The gate after each change of workers. Raises GateError, ClusterError, FleetError."""
        self.await_members()
        self.gate.all_well()

    def validated(self) -> list[dict[str, Any]]:
        """Counts of numbered records along each flow. Raises ValidationError, ClusterError."""
        results = self.validate()
        bad = [one for one in results if not one.faithful]
        if bad or not results:
            counts = "; ".join(
                f"{one.source} -> {one.target}: sent {one.sent}, lost {one.lost}, looping {one.loops}, "
                f"altered {one.altered}"
                for one in bad
            )
            raise ValidationError(counts or "no record was sent; expected some along each flow")
        return [one.as_json() for one in results]

    def snapshot(self) -> dict[str, Any]:
        """Connectors, committed source offsets and lag at this moment. Raises ConnectError, ClusterError."""
        with self.open_connect() as client:
            found = client.connectors()
            offsets = {
                flow.connector: {
                    f"{one.partition.get('topic')}-{one.partition.get('partition')}": (one.offset or {}).get(
                        "offset"
                    )
                    for one in client.offsets(flow.connector)
                }
                for flow in self.flows
                if flow.connector in found
            }
        connectors = {name: f"{one.state} with {len(one.tasks)} tasks" for name, one in sorted(found.items())}
        known = all(flow.connector in found for flow in self.flows)
        return {"connectors": connectors, "offsets": offsets, "lag": self.gate.lag() if known else {}}
