"""A region's workers from one runtime to another and back by the runbooks' commands, records crossing."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from operations.__main__ import main
from operations.migration.migration import PathName
from operations.verification.production import Load
from operations.verification.verify import FlowResult, Verification
from tests.e2e.operations.moved import TARGET, runtimes, traffic
from tests.e2e.waiting import wait_until
from tests.runbooks import Command, commands

pytestmark = pytest.mark.kafka

RUNBOOKS = {"connect": "move-to-eks", "dedicated": "take-over-dedicated"}
VALUES = {"environment": "local", "region": TARGET, "service": "mirrors/mirrormaker2"}
SECTIONS = ("Before", "There", "Where it stands", "Back")


def ended(command: Command) -> object:
    """The exit code of a command of a runbook."""
    with pytest.raises(SystemExit) as end:
        main(command.arguments(**VALUES)[2:])
    return end.value.code


@pytest.mark.parametrize(("path", "old_workers", "new_workers"), [("connect", 2, 1), ("dedicated", 1, 1)])
def test_no_record_is_lost_or_read_twice_there_and_back(  # noqa: PLR0917 - two of pytest's
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    path: PathName,
    old_workers: int,
    new_workers: int,
) -> None:
    runbook = commands(RUNBOOKS[path])
    assert [one.section for one in runbook] == [SECTIONS[0], *SECTIONS]
    check, plan, there_to, status, back_from = runbook
    with runtimes(tmp_path, path, old_workers, new_workers) as migration:
        # AWS is not here: the same commands on the runtimes of this machine
        monkeypatch.setattr("operations.cli.commands.migrate.aws_migration", lambda *_: migration)
        monkeypatch.chdir(tmp_path)
        file = tmp_path / "migration" / f"local-{TARGET}-report.json"
        run = Verification([traffic(migration)], Load(rate=100, duration=600))
        since_ms = int(time.time() * 1000)
        with run.going():
            wait_until(lambda: run.progress()[0].received > 0, 180, "the old runtime carries records")
            assert (ended(check), ended(plan)) == (0, 0), capsys.readouterr().out
            assert (migration.old.count(), migration.new.count()) == (old_workers, 0)
            assert ended(there_to) == 0, capsys.readouterr().err
            assert (migration.old.count(), migration.new.count()) == (0, new_workers)
            there = json.loads(file.read_text())
            capsys.readouterr()
            assert ended(status) == 0
            assert "go back: `msk-mirror rollback run`" in capsys.readouterr().out
            assert ended(back_from) == 0, capsys.readouterr().err
            assert (migration.old.count(), migration.new.count()) == (old_workers, 0)
            back = json.loads(file.read_text())
            run.stop_sending()
            wait_until(lambda: run.over(30), 90, "all that was sent has arrived")
        (result,) = run.results(since_ms)
    _is_faithful(result)
    for report, course in ((there, "migrate"), (back, "rollback")):
        assert (report["course"], report["ended"]) == (course, "finished")
        assert report["records"]["lost"] == report["records"]["duplicated"] == 0
    steps = [one["step"] for one in there["steps"]]
    away = ["old-workers-1", "old-workers-0"] if path == "connect" else ["source-offsets", "resumed"]
    assert steps[-4:] == [*away, "validation-after", "report"]
    assert there["after"]["connectors"].keys() == migration.specs.keys()


def _is_faithful(result: FlowResult) -> None:
    assert result.faithful, result
    assert (result.lost, result.duplicated) == (0, 0), result
