"""The checks of the runbooks about changes, as they are written, on files of each step."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from operations.__main__ import main
from tests.runbooks import commands
from tests.unit.topology.environments import text, third_region

ONE_WAY: Final = {"source": "us-east-1", "target": "us-west-2", "policy": "identity"}
BACK: Final = {"source": "us-west-2", "target": "us-east-1", "policy": "identity"}
SCRAM: Final = {"scram": True}
FILES: Final[dict[str, dict[str, dict[str, Any]]]] = {
    "exactly-once": {state: {"mirrormaker/exactly_once": state} for state in ("off", "preparing", "on")},
    "remove-flow": {"before": {"regions/eu-west-1": third_region()}, "after": {}},
    "identity-failback": {
        "before": {"flows": [ONE_WAY]},
        "none": {"flows": []},
        "back": {"flows": [BACK]},
    },
    "scram": {
        "before": {},
        "after": {"kafka/authentication": SCRAM},
        "associated": {"kafka/authentication": SCRAM | {"scram_secret_associated": True}},
    },
}
SHORT_CUTS: Final = (
    ("exactly-once", "off", "on"),
    ("exactly-once", "on", "off"),
    ("identity-failback", "before", "back"),
    ("identity-failback", "back", "before"),
    ("scram", "before", "associated"),
)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, dict[str, Path]]:
    written: dict[str, dict[str, Path]] = {}
    for runbook, steps in FILES.items():
        written[runbook] = {}
        for name, changes in steps.items():
            path = tmp_path / f"{runbook}-{name}.yaml"
            path.write_text(text(changes), encoding="utf-8")
            written[runbook][name] = path
    return written


def code_of(*arguments: str) -> object:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


@pytest.mark.parametrize("runbook", FILES)
def test_each_step_of_the_runbook_passes_its_check(
    runbook: str, files: dict[str, dict[str, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    steps = commands(runbook)
    assert {name for step in steps for name in step.placeholders} == set(FILES[runbook])
    for step in steps:
        assert code_of(*step.arguments(**files[runbook])[2:]) == 0, capsys.readouterr().err
        assert "can be deployed" in capsys.readouterr().out


@pytest.mark.parametrize(("runbook", "first", "last"), SHORT_CUTS)
def test_the_steps_cannot_be_left_out(
    runbook: str, first: str, last: str, files: dict[str, dict[str, Path]], capsys: pytest.CaptureFixture[str]
) -> None:
    of = files[runbook]
    assert code_of("check", str(of[first]), str(of[last])) == 2
    assert "; allowed: " in capsys.readouterr().err


def test_runbooks_that_are_named_in_answers_exist() -> None:
    root = Path(__file__).resolve().parents[4]
    sources = (root / "topology" / "transitions").glob("*.py")
    named = {
        word.strip("()\"',;")
        for source in sources
        for word in source.read_text(encoding="utf-8").split()
        if "docs/runbooks/" in word
    }
    assert named
    found = {one[one.index("docs/") : one.index(".md") + 3] for one in named}
    assert [one for one in found if not (root / one).exists()] == []
