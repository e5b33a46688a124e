"""docs/runbooks/failover.md, command by command, on real clusters."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from operations.connect.client import ConnectClient
from operations.reconciler.reconcile import Reconciler
from tests.e2e.group_traffic import PARTITIONS, Numbers, Reader, at_least, skipped
from tests.e2e.operations.conftest import FLOW, SOURCE, TARGET, Mirror, config, write
from tests.e2e.waiting import wait_until
from tests.runbooks import Command, commands

TOPIC = "demo.runbook"
GROUP = f"{SOURCE}.runbook"
RUNBOOK = commands("failover")


def of(section: str) -> list[Command]:
    return [command for command in RUNBOOK if command.section.startswith(section)]


def test_every_command_of_the_runbook_is_run_here() -> None:
    assert [*of("What"), *of("Planned"), *of("Back"), *of("Outage")] == RUNBOOK
    assert len(RUNBOOK) == 6


@pytest.mark.kafka
def test_the_runbook_moves_a_group_and_brings_it_back(
    mirror: Mirror, connect: ConnectClient, directory: Path
) -> None:
    mirror.flow(TOPIC, PARTITIONS)
    write(directory, f"{FLOW}-source", config(topics=TOPIC))
    often = {"refresh.groups.interval.seconds": "1", "emit.checkpoints.interval.seconds": "1"}
    checkpoint = config("checkpoint", topics=TOPIC, groups=GROUP)
    write(directory, f"{FLOW}-checkpoint", {**checkpoint, **often})
    assert Reconciler(connect, directory).settle(60).settled
    east, west = (mirror.clusters[region].bootstrap for region in (SOURCE, TARGET))
    values = {
        "group": GROUP,
        "from": SOURCE,
        "to": TARGET,
        "from_bootstrap": east,
        "to_bootstrap": west,
        "age": 3600,
    }

    def run(command: Command) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "MSK_MIRROR_ENV": "local"}
        arguments = command.arguments(**values)
        return subprocess.run(arguments, capture_output=True, text=True, check=False, env=environment)

    (rights,) = of("What")
    assert json.loads(run(rights).stdout)["Statement"]
    first, third = (Reader(east, TOPIC, GROUP) for _ in range(2))
    second = Reader(west, f"{SOURCE}.{TOPIC}", GROUP)
    with Numbers(east, TOPIC, 600) as numbers:
        first.until(at_least(first, 1000))
        plan, move = of("Planned")
        wait_until(lambda: run(plan).returncode == 0, 60, "there are checkpoints", lambda: run(plan))
        done = run(move)
        assert done.returncode == 0, done.stderr
        assert f"start the group on {TARGET}" in done.stdout
        second.until(lambda: len(second.read) >= 1000)
        for back in of("Back"):
            done = run(back)
            assert done.returncode == 0, done.stderr
        count = numbers.end()
    third.until(lambda: len({*first.read, *second.read, *third.read}) == count)
    assert skipped(first.read, second.read, third.read) == []
    (outage,) = of("Outage")
    done = run(outage)
    assert done.returncode == 0, done.stderr
    assert f"note: {SOURCE} was not asked" in done.stdout
