"""Which course can be taken from where, which steps it has, and what the command says and writes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from operations.cli.commands.migrate import abort_migration, go, show_plan, show_status
from operations.kafka.clusters import Cluster
from operations.migration.checks import MigrationCheck
from operations.migration.gates import Gate, GateError
from operations.migration.migration import Migration
from operations.migration.workflows import planned_steps
from operations.verification.verify import FlowResult
from topology import load_environment

REGION = "us-west-2"
FAITHFUL = FlowResult("us-east-1", REGION, 10, 10, 0, 0, 0, 0, None)
SHARED = "operations.migration.shared_cluster_migration"


@dataclass
class _Workers:
    """A runtime in this process; `changes`: each number that it was set to."""

    name: str
    running: int
    changes: list[tuple[str, int]]

    def count(self) -> int:
        return self.running

    def set_count(self, count: int) -> None:
        self.running = count
        self.changes.append((self.name, count))

    def urls(self) -> Sequence[str]:
        return ()


@dataclass
class _Applied:
    asked: list[str] = field(default_factory=list)

    def apply(self, kinds: Sequence[str]) -> dict[str, str]:
        self.asked += kinds
        return {}


@pytest.fixture
def changes() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def shut() -> list[str]:
    """Why the gate does not open; it does while this is empty."""
    return []


@pytest.fixture
def migration(changes: list[tuple[str, int]], shut: list[str], monkeypatch: pytest.MonkeyPatch) -> Migration:
    """Without connectors there is nothing to ask Kafka or Connect about; tests/e2e/operations has both."""

    def gate(_: Any) -> None:
        if shut:
            raise GateError(shut[0])

    monkeypatch.setattr(Migration, "all_well", gate)
    monkeypatch.setattr(Migration, "snapshot", lambda _: {"connectors": {}, "offsets": {}, "lag": {}})
    monkeypatch.setattr(Gate, "healthy", lambda _: None)
    monkeypatch.setattr(f"{SHARED}.service_and_autoscaler", lambda _: {"service": "ok"})
    monkeypatch.setattr(f"{SHARED}.same_versions", lambda _: "4.1.1")
    monkeypatch.setattr(f"{SHARED}.run_checks", lambda _: [])
    return Migration(
        environment=load_environment("local"),
        region=REGION,
        path="connect",
        old=_Workers("old", 2, changes),
        new=_Workers("new", 0, changes),
        new_workers=2,
        stacks=_Applied(),
        specs={},
        flows=(),
        target=Cluster(REGION, "127.0.0.1:1"),
        validate=lambda: (FAITHFUL,),
    )


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "migration" / "journal.jsonl"


def test_the_old_workers_leave_one_by_one_after_the_new_are_there(
    migration: Migration, journal: Path, changes: list[tuple[str, int]]
) -> None:
    assert go(migration, "migrate", journal, as_json=False) == 0
    assert changes == [("new", 2), ("old", 1), ("old", 0)]
    assert isinstance(migration.stacks, _Applied)
    assert migration.stacks.asked == ["identity", "mirrormaker", "platform", "logs", "observability"]
    report = json.loads((journal.parent / "journal-report.json").read_text())
    assert (report["ended"], report["records"]["sent"], report["records"]["lost"]) == ("finished", 20, 0)


def test_the_way_back_is_the_reverse(
    migration: Migration, journal: Path, changes: list[tuple[str, int]]
) -> None:
    go(migration, "migrate", journal, as_json=False)
    changes.clear()
    assert go(migration, "rollback", journal, as_json=False) == 0
    assert changes == [("old", 2), ("new", 1), ("new", 0)]


def test_back_from_the_middle_brings_the_old_workers_first(
    migration: Migration, journal: Path, changes: list[tuple[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    _fail_at_old_1(migration, journal, changes)
    said = capsys.readouterr().err
    assert "old-workers-1 failed: lag" in said
    assert "`msk-mirror migrate run`, or go back: `msk-mirror rollback run`" in said
    changes.clear()
    assert go(migration, "rollback", journal, as_json=False) == 0
    assert changes == [("old", 2), ("new", 1), ("new", 0)]


def test_a_failed_step_is_gone_on_from(
    migration: Migration, journal: Path, changes: list[tuple[str, int]]
) -> None:
    _fail_at_old_1(migration, journal, changes)
    changes.clear()
    assert go(migration, "migrate", journal, as_json=False) == 0
    assert changes == [("old", 1), ("old", 0)]


def test_abort_takes_the_new_workers_away_while_the_old_are_there(
    migration: Migration, journal: Path, shut: list[str], changes: list[tuple[str, int]]
) -> None:
    shut.append("no")
    assert go(migration, "migrate", journal, as_json=False) == 1
    shut.clear()
    changes.clear()
    assert abort_migration(migration, journal) == 0
    assert changes == [("new", 1), ("new", 0)]
    assert abort_migration(migration, journal) == 1, "nothing is under way any more"
    assert go(migration, "rollback", journal, as_json=False) == 1, "nothing was migrated"
    assert go(migration, "migrate", journal, as_json=False) == 0, "begins anew"


def test_abort_is_refused_once_an_old_worker_has_left(
    migration: Migration,
    journal: Path,
    changes: list[tuple[str, int]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    _fail_at_old_1(migration, journal, changes)
    changes.clear()
    assert abort_migration(migration, journal) == 1
    assert "msk-mirror rollback run" in capsys.readouterr().err
    assert changes == []


def test_workers_are_counted_anew_while_nothing_was_changed(
    migration: Migration, journal: Path, changes: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    migration.old.set_count(0)
    with monkeypatch.context() as patch:
        failed = [MigrationCheck("old workers", "failed", "0 run")]
        patch.setattr(f"{SHARED}.run_checks", lambda _: failed)
        assert go(migration, "migrate", journal, as_json=False) == 1
    migration.old.set_count(2)
    changes.clear()
    assert go(migration, "migrate", journal, as_json=False) == 0
    assert changes == [("new", 2), ("old", 1), ("old", 0)]


def test_a_finished_course_does_nothing_again(
    migration: Migration, journal: Path, changes: list[tuple[str, int]]
) -> None:
    go(migration, "migrate", journal, as_json=False)
    changes.clear()
    assert go(migration, "migrate", journal, as_json=False) == 0
    assert changes == []


def test_lost_records_stop_the_migration(migration: Migration, journal: Path) -> None:
    lossy = replace(migration, validate=lambda: (replace(FAITHFUL, lost=1),))
    assert go(lossy, "migrate", journal, as_json=False) == 1
    assert lossy.old.count() == 2
    assert go(replace(migration, validate=lambda: ()), "migrate", journal, as_json=False) == 1


def test_a_journal_of_other_names_is_bad_input(migration: Migration, journal: Path) -> None:
    go(migration, "migrate", journal, as_json=False)
    assert go(replace(migration, path="dedicated"), "migrate", journal, as_json=False) == 2


def test_the_plan_shows_each_check_and_step_and_what_is_done(
    migration: Migration, journal: Path, changes: list[tuple[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_plan(migration, journal, as_json=True) == 1, "no broker answers at port 1"
    plan = json.loads(capsys.readouterr().out)
    states = {one["name"]: one["state"] for one in plan["checks"]}
    assert states["brokers"] == "failed"
    assert states["EKS cluster"] == states["RBAC"] == states["Connect version"] == "skipped"
    assert len(states) == 9
    assert [one["name"] for one in plan["steps"]] == [one.name for one in planned_steps(migration, None)]
    assert [one["name"] for one in plan["steps"] if one["name"].startswith("old")] == [
        "old-workers-1",
        "old-workers-0",
    ]
    assert not any(one["done"] for one in plan["steps"])
    assert not changes
    assert not journal.exists()


def test_status_says_what_may_be_run_next(
    migration: Migration, journal: Path, changes: list[tuple[str, int]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert show_status("local", REGION, journal, as_json=False) == 0
    assert "not begun" in capsys.readouterr().out
    _fail_at_old_1(migration, journal, changes)
    capsys.readouterr()
    assert show_status("local", REGION, journal, as_json=True) == 0
    status = json.loads(capsys.readouterr().out)
    assert status["failure"]["step"] == "old-workers-1"
    assert status["next"] == "resume: `msk-mirror migrate run`"
    assert status["at_work"] is False


def test_bad_places_are_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show_status("local", "mars-1", None, as_json=False) == 2
    assert "no workers in mars-1; regions with workers: us-east-1, us-west-2" in capsys.readouterr().err
    assert show_status("no-such", REGION, None, as_json=False) == 2
    (tmp_path / "j").write_text("{}\n{}\n")
    assert show_status("local", REGION, tmp_path / "j", as_json=False) == 2


def _fail_at_old_1(migration: Migration, journal: Path, changes: list[tuple[str, int]]) -> None:
    """The gate after the first old worker left does not open."""

    def gate(_: Any) -> None:
        if ("old", 1) in changes:
            raise GateError("lag")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Migration, "all_well", gate)
        assert go(migration, "migrate", journal, as_json=False) == 1
