"""What a journal keeps, drops and refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from operations.migration.journal import Journal, JournalError, RunIdentity, read_record

IDENTITY = RunIdentity("local", "us-west-2", "connect", "0123")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "migration" / "local-us-west-2.jsonl"


def written(path: Path) -> None:
    """One step done and one begun."""
    with Journal.open(path, IDENTITY) as journal:
        journal.begin("migrate", {"old_workers": 2})
        journal.started("rollout", changes=True)
        journal.done("rollout", {"found": 1}, 0.5)
        journal.started("old-workers-1", changes=True)


def test_what_was_written_is_read_again(path: Path) -> None:
    written(path)
    with Journal.open(path, IDENTITY) as journal:
        record = journal.record
    assert (record.course, record.ended, record.done) == ("migrate", None, ("rollout",))
    assert record.facts == {"old_workers": 2, "found": 1}
    assert record.was_started("old-workers-")
    assert not record.was_started("monitoring")


def test_a_line_cut_off_anywhere_is_dropped_and_the_rest_kept(path: Path) -> None:
    written(path)
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    for kept in range(len(last)):
        path.write_bytes(whole[: len(whole) - len(last) + kept])
        with Journal.open(path, IDENTITY) as journal:
            assert not journal.record.was_started("old-workers-")
            assert journal.record.done == ("rollout",)
            journal.started("monitoring", changes=True)
        with Journal.open(path, IDENTITY) as journal:
            assert journal.record.was_started("monitoring")


def test_a_first_line_cut_off_is_a_journal_that_has_not_begun(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"event": "ope')
    assert read_record(path) == (None, False)
    with Journal.open(path, IDENTITY) as journal:
        assert journal.record.course is None
    record, _ = read_record(path)
    assert record is not None
    assert record.identity == IDENTITY


def test_damage_anywhere_else_is_refused_and_left_as_it_is(path: Path) -> None:
    written(path)
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = b"{\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(JournalError, match=r"jsonl:3: is damaged"):
        Journal.open(path, IDENTITY)
    assert path.read_bytes() == b"".join(lines)


@pytest.mark.parametrize("content", [b"[1]\n{}\n", b'{"event": "begun"}\n', b'{"name": "x"}\n'])
def test_another_file_is_no_journal(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"not a journal|damaged"):
        Journal.open(path, IDENTITY)
    assert path.read_bytes() == content


def test_an_unknown_event_is_refused_with_those_that_are_known(path: Path) -> None:
    written(path)
    with path.open("ab") as file:
        file.write(b'{"event": "jumped"}\n')
    with pytest.raises(JournalError, match=r":6: found event 'jumped'; allowed: aborted, begun"):
        Journal.open(path, IDENTITY)


def test_two_runs_at_once_are_refused_and_status_sees_the_first(path: Path) -> None:
    with Journal.open(path, IDENTITY) as journal:
        journal.begin("migrate", {})
        with pytest.raises(JournalError, match="another run is at work"):
            Journal.open(path, IDENTITY)
        record, at_work = read_record(path)
        assert record is not None
        assert (record.course, at_work) == ("migrate", True)
    assert read_record(path)[1] is False


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"region": "us-east-1"}, "region: found us-west-2, this run has us-east-1"),
        ({"path": "dedicated"}, "path: found connect"),
        ({"digest": "other"}, "other group, topic, connector names"),
    ],
)
def test_the_journal_of_another_migration_is_refused(path: Path, change: dict[str, str], said: str) -> None:
    written(path)
    before = path.read_bytes()
    with pytest.raises(JournalError, match=f"another migration.*{said}"):
        Journal.open(path, replace(IDENTITY, **change))
    assert path.read_bytes() == before
    Journal.open(path, IDENTITY).close()  # the lock was let go


def test_a_place_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be written"):
        Journal.open(tmp_path, IDENTITY)


def test_no_file_has_not_begun(path: Path) -> None:
    assert read_record(path) == (None, False)


def test_facts_are_those_of_the_last_migration(path: Path) -> None:
    written(path)
    with Journal.open(path, IDENTITY) as journal:
        journal.begin("rollback", {"new_workers": 1})
        assert journal.record.facts == {"old_workers": 2, "found": 1, "new_workers": 1}
        assert journal.record.was_started("old-workers-")
        journal.finished()
        journal.begin("migrate", {"old_workers": 3})
        assert journal.record.facts == {"old_workers": 3}
        assert not journal.record.was_started("old-workers-")
        assert journal.record.done == ()
