"""`msk-mirror manifests` on a synthesized app as small as can be: output, values, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from operations.__main__ import main
from operations.manifests import source
from topology import load_environment
from topology.state.stacks import StateAddress, state_address

STACK = "mirrormaker-us-east-1"
TEXT = "a=1\nb=[1]\n\n  indented: yes\n"
ROLE = "${data.terraform_remote_state.identity-us-east-1.outputs.worker_role_arn}"
BROKERS = "${data.terraform_remote_state.msk-us-west-2.outputs.bootstrap_brokers_iam}"


def address(kind: str, region: str) -> StateAddress:
    return state_address(load_environment("production"), kind, region)


def remote_state(kind: str, region: str) -> dict[str, Any]:
    return {"backend": "s3", "config": vars(address(kind, region))}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app of production with the workers of one region, which mount a file and read two outputs."""
    folder = tmp_path / "stacks" / STACK
    folder.mkdir(parents=True)
    entry = {"workingDirectory": f"stacks/{STACK}", "dependencies": []}
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": {STACK: entry}}))
    states = {
        "identity-us-east-1": remote_state("identity", "us-east-1"),
        "msk-us-west-2": remote_state("msk", "us-west-2"),
    }
    files = {"metadata": {"name": "files"}, "data": {"file": TEXT, "role": ROLE, "brokers": BROKERS}}
    (folder / "cdk.tf.json").write_text(
        json.dumps(
            {
                "terraform": {"backend": {"s3": vars(address("mirrormaker", "us-east-1"))}},
                "data": {"terraform_remote_state": states},
                "resource": {"kubernetes_config_map_v1": {"files": files}},
            }
        )
    )
    return tmp_path


def code_of(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(("manifests", *arguments))
    return ended.value.code


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int | str | None, str, str]:
    code = code_of(*arguments)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def data(text: str) -> dict[str, str]:
    (found,) = yaml.safe_load_all(text)
    values: dict[str, str] = found["data"]
    return values


def test_files_read_in_yaml_as_they_are(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "production", "us-east-1", "--out", str(app), "--placeholders")
    assert code == 0
    assert "  file: |\n    a=1\n    b=[1]\n\n      indented: yes\n" in out
    assert data(out) == {
        "file": TEXT,
        "role": "identity-us-east-1.worker_role_arn",
        "brokers": "msk-us-west-2.bootstrap_brokers_iam",
    }


def test_json_is_a_list(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "production", "us-east-1", "--out", str(app), "--placeholders", "--json")
    found = json.loads(out)
    assert (code, found["apiVersion"], found["kind"]) == (0, "v1", "List")
    assert [one["kind"] for one in found["items"]] == ["ConfigMap"]


@pytest.mark.parametrize("form", [json.dumps, yaml.safe_dump])
def test_values_come_from_a_file(
    app: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, form: Any
) -> None:
    file = tmp_path / "values"
    given = {"identity-us-east-1": {"worker_role_arn": "arn:w"}, "msk-us-west-2": {}}
    file.write_text(form(given | {"msk-us-west-2": {"bootstrap_brokers_iam": "b:9098"}}))
    arguments = ("production", "us-east-1", "--out", str(app), "--values", str(file))
    code, out, _ = said(capsys, *arguments)
    assert (code, data(out)["role"], data(out)["brokers"]) == (0, "arn:w", "b:9098")

    file.write_text(form({}))
    code, out, err = said(capsys, *arguments)
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize("content", ["[]", "a: {", "identity-us-east-1: arn", "\x00"])
def test_a_file_that_holds_no_outputs_is_refused(
    app: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, content: str
) -> None:
    file = tmp_path / "values"
    file.write_text(content)
    code, out, err = said(capsys, "production", "us-east-1", "--out", str(app), "--values", str(file))
    assert (code, out) == (2, "")
    assert err.startswith(f"{file}: ")


def test_values_and_placeholders_exclude_each_other() -> None:
    assert code_of("production", "us-east-1", "--values", "x", "--placeholders") == 2


@mock_aws
def test_values_come_from_the_deployed_states(
    app: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    arguments = ("production", "us-east-1", "--out", str(app))
    put_state(address("identity", "us-east-1"), worker_role_arn="arn:deployed")

    code, out, err = said(capsys, *arguments)
    assert (code, out) == (1, "")
    brokers = address("msk", "us-west-2")
    assert f"msk-us-west-2: s3://{brokers.bucket}/{brokers.key}: " in err
    assert "--placeholders" in err

    put_state(brokers, bootstrap_brokers_iam="b:9098")
    code, out, _ = said(capsys, *arguments)
    assert (code, data(out)["role"], data(out)["brokers"]) == (0, "arn:deployed", "b:9098")


def put_state(where: StateAddress, **outputs: str) -> None:
    s3 = boto3.Session().client("s3", region_name=where.region)
    place = {"LocationConstraint": where.region} if where.region != "us-east-1" else None
    s3.create_bucket(Bucket=where.bucket, **({"CreateBucketConfiguration": place} if place else {}))
    state = {"outputs": {name: {"value": value, "type": "string"} for name, value in outputs.items()}}
    s3.put_object(Bucket=where.bucket, Key=where.key, Body=json.dumps(state))


@pytest.mark.parametrize(
    ("environment", "region", "expected"),
    [
        ("production", "eu-west-9", "regions with workers: us-east-1, us-west-2"),
        ("production", "us-west-2", "matches no stack"),
        ("local", "us-east-1", "is of another environment"),
        ("nowhere", "us-east-1", "nowhere"),
    ],
)
def test_what_the_app_does_not_hold_is_refused(
    app: Path, capsys: pytest.CaptureFixture[str], environment: str, region: str, expected: str
) -> None:
    code, out, err = said(capsys, environment, region, "--out", str(app), "--placeholders")
    assert (code, out) == (2, "")
    assert expected in err


def test_a_synthesis_that_fails_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "main.py"
    script.write_text("import os, sys; sys.exit('no ' + os.environ['MSK_MIRROR_ENV'] + ' today')")
    monkeypatch.setattr(source, "MAIN", script)
    code, out, err = said(capsys, "production", "us-east-1", "--placeholders")
    assert (code, out) == (1, "")
    assert "no production today" in err
