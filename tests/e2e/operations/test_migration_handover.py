"""A region's workers from one runtime to another and back, with records crossing all the while."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from operations.commands.migrate import go
from operations.migration.migration import PathName
from operations.records import Load
from operations.verify import FlowResult, Verification
from tests.e2e.operations.conftest import wait
from tests.e2e.operations.moved import runtimes, traffic

pytestmark = pytest.mark.kafka


@pytest.mark.parametrize(("path", "old_workers", "new_workers"), [("connect", 2, 1), ("dedicated", 1, 1)])
def test_no_record_is_lost_or_read_twice_there_and_back(
    tmp_path: Path, path: PathName, old_workers: int, new_workers: int
) -> None:
    with runtimes(tmp_path, path, old_workers, new_workers) as migration:
        journal = tmp_path / "migration" / "journal.jsonl"
        file = journal.with_name("journal-report.json")
        run = Verification([traffic(migration)], Load(rate=100, duration=600))
        since_ms = int(time.time() * 1000)
        with run.going():
            wait(lambda: run.progress()[0].received > 0, 180, "the old runtime carries records")
            assert go(migration, "migrate", journal, as_json=True) == 0
            assert (migration.old.count(), migration.new.count()) == (0, new_workers)
            there = json.loads(file.read_text())
            assert go(migration, "rollback", journal, as_json=True) == 0
            assert (migration.old.count(), migration.new.count()) == (old_workers, 0)
            back = json.loads(file.read_text())
            run.stop_sending()
            wait(lambda: run.over(30), 90, "all that was sent has arrived")
        (result,) = run.results(since_ms)
    _is_faithful(result)
    for report, course in ((there, "migrate"), (back, "rollback")):
        assert (report["course"], report["ended"]) == (course, "finished")
        assert report["records"]["lost"] == report["records"]["duplicated"] == 0
    steps = [one["step"] for one in there["steps"]]
    away = ["old-workers-1", "old-workers-0"] if path == "connect" else ["positions", "resumed"]
    assert steps[-4:] == [*away, "validation-after", "report"]
    assert there["after"]["connectors"].keys() == migration.specs.keys()


def _is_faithful(result: FlowResult) -> None:
    assert result.faithful, result
    assert (result.lost, result.duplicated) == (0, 0), result
