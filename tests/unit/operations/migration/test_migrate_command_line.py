"""Options by which nothing can be migrated are answered with 2, and nothing is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.__main__ import main


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("migrate", "run", "us-west-2", "--environment", "local"), "runtime is eks; expected both"),
        (("migrate", "run", "mars-1", "--environment", "handover"), "no workers in mars-1"),
        (("migrate", "plan", "eu-west-1", "--environment", "nowhere"), "cannot be read"),
        (
            ("migrate", "abort", "eu-west-1", "--path", "sideways"),
            "found sideways; allowed: connect, dedicated",
        ),
        (("rollback", "run", "eu-west-1", "--environment", "handover"), "BOOTSTRAP_EU_WEST_1 is not set"),
        (("migrate", "run", "eu-west-1", "--gate-seconds", "0"), "greater than or equal to 1"),
        (
            ("migrate", "plan", "eu-west-1", "--environment", "handover", "--path", "dedicated"),
            "--old-service: found nothing; expected CLUSTER/SERVICE",
        ),
        (("migrate", "leap"), "leap"),
    ],
)
def test_bad_input_is_answered_with_2(
    arguments: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert list(tmp_path.iterdir()) == []


def test_status_of_nothing_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(("migrate", "status", "eu-west-1", "--environment", "handover"))
    assert ended.value.code == 0
    assert "not begun" in capsys.readouterr().out
