"""`msk-mirror migrate run` and `rollback run` on a stage, as a process of its own that can be killed.

    python -m tests.e2e.migration.tool migrate|rollback DIRECTORY

What the commands do is theirs (operations.cli.commands.migrate.go); what they find is the stage's: two local
fleets in place of ECS and EKS, and no stacks to apply. DIRECTORY has what `described` wrote.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from localcloud.workers import LocalFleet
from operations.cli.commands.migrate import go
from operations.connect.connector_flows import flow_of
from operations.connect.connectors import ConnectorSpec
from operations.kafka.clusters import Cluster
from operations.migration.dedicated import DedicatedOffsets
from operations.migration.migration import Migration
from operations.verification.production import Load
from operations.verification.verify import VerifiedFlow, verify
from tests.e2e.migration.stage import (
    CANARY,
    MOVING,
    STAYING,
    WORKERS,
    Runtime,
    Stage,
    environment_of,
    specs_of,
)
from tests.e2e.no_stacks import NoStacks
from topology.aws.names import bootstrap_variable
from topology.model import ExactlyOnce

__all__ = ["described", "main"]

DESCRIPTION = "stage.json"
GATE_SECONDS = 240.0


def described(stage: Stage, old: Runtime, directory: Path) -> None:
    """Writes what the tool must know of a stage into a directory; `old`: the runtime that there is."""
    directory.mkdir(parents=True, exist_ok=True)
    content = {
        "old": old,
        "exactly_once": stage.environment.mirrormaker.exactly_once is ExactlyOnce.ON,
        "bootstrap": {region: cluster.bootstrap for region, cluster in stage.clusters.items()},
        "fleets": {name: str(stage.fleet_directory(name)) for name in stage.fleets},
    }
    (directory / DESCRIPTION).write_text(json.dumps(content), encoding="utf-8")


def main(course: str, directory: Path) -> int:
    """Runs a course to its end; the journal is in the directory."""
    said = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))
    dedicated = said["old"] == "dedicated"
    environment = environment_of(said["old"], exactly_once=said["exactly_once"])
    specs = {name: ConnectorSpec(name, config) for name, config in specs_of(environment, MOVING).items()}
    addresses = {bootstrap_variable(environment.alias(one)): at for one, at in said["bootstrap"].items()}
    ends = {region: Cluster(environment.alias(region), at) for region, at in said["bootstrap"].items()}
    flows = [flow_of(one, addresses) for name, one in specs.items() if name.endswith("-source")]
    source_offsets = DedicatedOffsets(ends[MOVING], environment.alias(STAYING))
    canary = VerifiedFlow(ends[STAYING], ends[MOVING], CANARY, f"{environment.alias(STAYING)}.{CANARY}")
    migration = Migration(
        environment=environment,
        region=MOVING,
        path="dedicated" if dedicated else "connect",
        old=LocalFleet.open(Path(said["fleets"][said["old"]])),
        new=LocalFleet.open(Path(said["fleets"]["eks"])),
        new_workers=WORKERS,
        stacks=NoStacks(),
        specs=specs,
        flows=flows,
        target=ends[MOVING],
        validate=lambda: verify([canary], Load(count=50, rate=50), settle_seconds=1),
        old_source_offsets={one.connector: source_offsets for one in flows if dedicated},
        say=lambda line: print(line, file=sys.stderr, flush=True),  # noqa: T201 - what the command does
        seconds=GATE_SECONDS,
    )
    return go(migration, course, directory / "journal.jsonl", as_json=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
