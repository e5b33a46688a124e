"""The command line: exit codes, and a check that answers at once."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from operations.__main__ import main

ROOT = Path(__file__).resolve().parents[4]
COMMAND = ROOT / "bin" / "msk-mirror"
ENVIRONMENTS = sorted(path.stem for path in (ROOT / "environments").glob("*.yaml"))
HEAVY = ("typer", "click", "rich", "httpx", "boto3", "confluent_kafka", "prometheus_client", "cdktf", "jsii")
TWO_ENDS = (
    "--source-bootstrap",
    "a:1",
    "--target-bootstrap",
    "b:1",
    "--topic",
    "t",
    "--mirrored-topic",
    "a.t",
)
FROM_TO = ("--from", "us-east-1", "--to", "us-west-2")

MOST_CALLS = 540_000
"""Function calls of a check with all imports: 432,000 on 2026-11-27 (Python 3.11), and a quarter more. The
same in every run, unlike seconds, which `make bench-check` measures."""

FIVE_MISTAKES = """\
project: msk mirror
environment: broken
account: "12"
regions:
  us-east-1: {network: {cidr: 10.0.0.0/33}}
  us-west-2: {network: {cidr: 10.1.0.0/16}, colour: blue}
flows:
  - {active_active: true, policy: identity, topics: {include: ["a.*"]}}
"""


def code_of(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_good_environment_is_summarized(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("check", name) == 0
    assert capsys.readouterr().out.count("\nregion ") >= 2


def test_every_mistake_is_named_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(FIVE_MISTAKES)
    assert code_of("check", str(path)) == 2
    said = capsys.readouterr()
    problems = said.err.splitlines()
    assert said.out == ""
    assert len(problems) >= 5
    assert all(line.startswith(f"{path}:") for line in problems), problems
    assert code_of("check", str(path), "--json") == 2
    found = json.loads(capsys.readouterr().out)
    assert found["valid"] is False
    assert len(found["problems"]) == len(problems)
    assert {problem["line"] for problem in found["problems"]} >= {1, 3, 5, 6}


def test_the_version_is_the_projects(capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("--version") == 0
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert capsys.readouterr().out == f"msk-mirror {project}\n"


def test_a_change_that_needs_two_steps_is_refused_with_the_line_of_the_new_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    text = (ROOT / "environments" / "local.yaml").read_text()
    before.write_text(text)
    after.write_text(text.replace("mirrormaker:\n", "mirrormaker:\n  exactly_once: on\n"))
    line = 1 + after.read_text().splitlines().index("  exactly_once: on")
    assert code_of("check", str(before), str(after)) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"{after}:{line}: mirrormaker.exactly_once: cannot be changed at once")
    assert "found: off -> on; allowed: off -> preparing -> on" in said.err
    assert code_of("check", str(before), str(after), "--json") == 2
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["file"], problem["line"]) == (str(after), line)
    after.write_text(after.read_text().replace("exactly_once: on", "exactly_once: preparing"))
    assert code_of("check", str(before), str(after)) == 0
    assert "can be deployed in one step" in capsys.readouterr().out


def test_what_a_change_leaves_is_told_with_the_line_of_the_old_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    text = (ROOT / "environments" / "local.yaml").read_text()
    before.write_text(text)
    one_way = "source: us-east-1\n    target: us-west-2"
    after.write_text(text.replace("active_active: true", one_way))
    line = 1 + next(n for n, one in enumerate(text.splitlines()) if "active_active" in one)
    assert code_of("check", str(before), str(after)) == 0
    said = capsys.readouterr().out
    assert f"note: {before}:{line}: flows[0]: us-west-2 -> us-east-1 is removed" in said
    assert "stays: stack mirrormaker-us-east-1" in said
    assert "step 1: cdktf destroy mirrormaker-us-east-1" in said
    assert code_of("check", str(before), str(after), "--json") == 0
    (note,) = json.loads(capsys.readouterr().out)["notes"]
    assert note["remains"]
    assert note["steps"]


def test_the_environment_of_the_variable_is_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MSK_MIRROR_ENV", "production")
    assert code_of("check", "--json") == 0
    assert "production" in json.loads(capsys.readouterr().out)["summary"]


def test_a_check_loads_nothing_that_it_does_not_need() -> None:
    script = (
        "import sys; from operations.__main__ import main\n"
        "try: main(['check'])\n"
        f"except SystemExit: sys.stderr.write(' '.join(set({HEAVY}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "region" in done.stdout
    assert done.stderr == ""


def test_a_check_computes_little() -> None:
    assert calls_of("check", "production") < MOST_CALLS


def test_a_second_file_costs_less_than_the_first() -> None:
    assert calls_of("check", "production", "local") < 1.5 * MOST_CALLS


def calls_of(*arguments: str) -> int:
    """Function calls of a command in a process of its own."""
    script = (
        "import cProfile, pstats, sys\n"
        "from operations.__main__ import main\n"
        "profile = cProfile.Profile()\n"
        "try: profile.runcall(main, sys.argv[1:])\n"
        "except SystemExit: pass\n"
        "sys.stderr.write(str(pstats.Stats(profile).total_calls))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "region" in done.stdout
    return int(done.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("check", "--no-such-option"),
        ("check", "no-such-environment"),
        ("bootstrap", "--out", "no-such-directory"),
        ("reconcile", "--connect", "no-url", "--connectors", ".", "--once"),
        ("reconcile", "--connect", "no-url", "--connectors", "."),
        ("reconcile", "--connect", "http://127.0.0.1:1", "--connectors", "no-such-directory", "--once"),
        ("verify", "--source-bootstrap", "a:1"),
        ("verify", *TWO_ENDS, "--back", "no-pair"),
        ("verify", *TWO_ENDS, "--group", "g"),
        ("verify", *TWO_ENDS, "--validate", "--connect", "no-url"),
        ("failover", "plan", "g", *FROM_TO, "--to-bootstrap", "a:1"),
        (
            "failover",
            "plan",
            "g",
            *FROM_TO,
            "--to-bootstrap",
            "a:1",
            "--from-bootstrap",
            "b:1",
            "--from-down",
        ),
        (
            "failover",
            "run",
            "g",
            "--from",
            "nowhere",
            "--to",
            "us-west-2",
            "--to-bootstrap",
            "a:1",
            "--from-down",
        ),
        (
            "failover",
            "run",
            "g",
            *FROM_TO,
            "--to-bootstrap",
            "a:1",
            "--from-down",
            "--environment",
            "nowhere",
        ),
        ("failover", "policy", "g", "--from", "us-west-2", "--to", "us-west-2"),
    ],
    ids=" ".join,
)
def test_bad_input_ends_with_2_and_says_what_is_wrong(
    arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str]
) -> None:
    assert code_of(*arguments) == 2
    said = capfd.readouterr()
    assert "Traceback" not in said.err
    assert said.err or said.out


def test_a_failovers_policy_is_about_the_two_clusters_and_the_group(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert code_of("failover", "policy", "billing", *FROM_TO, "--environment", "production") == 0
    document = json.loads(capsys.readouterr().out)
    resources = [one for statement in document["Statement"] for one in statement["Resource"]]
    assert {one.split(":")[3] for one in resources} == {"us-east-1", "us-west-2"}
    groups = {one.rpartition("/")[2] for one in resources if ":group/" in one}
    assert groups == {"billing", "msk-mirror"}
    actions = {one for statement in document["Statement"] for one in statement["Action"]}
    assert not {one for one in actions if "Write" in one or "Delete" in one or one.endswith("*")}


def test_a_topic_that_can_not_be_verified_is_bad_input_or_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    options = ["--topic", "t", "--mirrored-topic", "a.t", "--target-bootstrap", "127.0.0.1:1"]
    missing = ["--source-properties", str(tmp_path / "nowhere")]
    assert code_of("verify", "--source-bootstrap", "127.0.0.1:1", *options, *missing) == 2
    monkeypatch.setattr("operations.kafka.clusters.METADATA_SECONDS", 1.0)
    assert code_of("verify", "--source-bootstrap", "127.0.0.1:1", *options) == 1
    assert "cluster source at 127.0.0.1:1" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command",
    [
        "check",
        "bootstrap",
        "reconcile",
        "probe",
        "verify",
        "failover plan",
        "failover run",
        "failover policy",
    ],
)
def test_every_command_documents_its_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of(*command.split(), "--help") == 0
    said = " ".join(capsys.readouterr().out.split())
    assert re.search(r"0 ok, 1 failed( or refused)?, 2 bad input", said)
