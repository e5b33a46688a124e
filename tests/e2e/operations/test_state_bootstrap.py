"""The bootstrap of the state buckets, killed wherever it can be, against an emulated account's S3.

The stack makes its bucket by a provisioner, so that no provider has to be had and killed runs are quick; the
demo does the same with the real stacks and the AWS provider.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud.aws import EmulatedAws, start_emulated_aws
from operations.__main__ import main
from operations.terraform.bootstrap import OVERRIDE, bootstrap, local_state
from operations.terraform.deploy import DeployError
from operations.terraform.runner import Terraform
from operations.terraform.synthesized import Stack
from tests.e2e.operations.conftest import end_with_children
from tests.e2e.operations.stacks import runs, write_app
from tests.e2e.waiting import wait_until

pytestmark = pytest.mark.terraform

ROOT = Path(__file__).resolve().parents[3]
STACK = "state-us-east-1"
CALLS = 7  # of terraform in a first bootstrap: init, init, apply, init, pull, push, pull

# Stands before the real terraform and ends both it and whoever called it at call number $KILL_AT.
KILLER = """#!{python}
import os, pathlib, signal, subprocess, sys
counter = pathlib.Path(os.environ["COUNTER"])
number = int(counter.read_text() or 0) + 1 if counter.exists() else 1
counter.write_text(str(number))
code = subprocess.run(["terraform", *sys.argv[1:]]).returncode
if str(number) == os.environ.get("KILL_AT"):
    os.kill(os.getppid(), signal.SIGKILL)
sys.exit(code)
"""
MAKE_BUCKET = """import os, urllib.request
url = os.environ["AWS_ENDPOINT_URL"] + "/{bucket}"
urllib.request.urlopen(urllib.request.Request(url, method="PUT"))"""


@pytest.fixture(scope="module")
def aws() -> Iterator[EmulatedAws]:
    with start_emulated_aws() as account:
        yield account


@pytest.fixture
def s3(aws: EmulatedAws, monkeypatch: pytest.MonkeyPatch) -> Any:
    """boto3's client of the account; this process's terraform talks to it, too."""
    for name, value in aws.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("TERRAFORM_BINARY_NAME", raising=False)
    return aws.client("s3", "us-east-1")


class App:
    """A synthesized app with one state stack, in a project directory of its own."""

    def __init__(self, project: Path, bucket: str) -> None:
        self.project, self.bucket = project, bucket
        self.out = project / "cdktf.out"
        self.processes: list[subprocess.Popen[str]] = []
        self.stack = self.synthesize()

    def synthesize(self, slow: str = "") -> Stack:
        make = f"{sys.executable} -c '{MAKE_BUCKET.format(bucket=self.bucket)}'{slow}"
        resources = {
            "key": {"input": 1},
            "bucket": {"provisioner": runs(make), "depends_on": ["terraform_data.key"]},
        }
        backend = {
            "bucket": self.bucket,
            "key": f"p/{STACK}.tfstate",
            "region": "us-east-1",
            "use_path_style": True,
            "use_lockfile": True,
            "max_retries": 3,
        }
        app = write_app(self.out, {STACK: {"resources": resources, "backend": {"s3": backend}}})
        return app.stacks[STACK]

    @property
    def local(self) -> Path:
        return local_state(self.stack, self.project)

    def run(self, **environment: str) -> subprocess.Popen[str]:
        """`msk-mirror bootstrap` in a process that can be killed."""
        killer = self.project / "terraform-killer"
        killer.write_text(KILLER.format(python=sys.executable))
        killer.chmod(killer.stat().st_mode | stat.S_IXUSR)
        own = {"TERRAFORM_BINARY_NAME": str(killer), "COUNTER": str(self.project / "calls"), **environment}
        process = subprocess.Popen(
            [sys.executable, ROOT / "bin" / "msk-mirror", "bootstrap", "--out", str(self.out)],
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process

    def check_in_place(self, s3: Any) -> None:
        """State and only state is where it belongs, and there is nothing left to do."""
        state = json.loads(s3.get_object(Bucket=self.bucket, Key=f"p/{STACK}.tfstate")["Body"].read())
        assert {one["name"] for one in state["resources"]} == {"key", "bucket"}
        assert [path.name for path in self.project.glob("terraform.*.tfstate*")] == []
        assert not (self.stack.directory / OVERRIDE).exists()
        (again,) = bootstrap(self.out)
        assert again.changes.total == 0
        terraform = Terraform(self.stack, lock_timeout="0s")
        assert terraform.plan().total == 0
        with pytest.raises(ClientError, match="404"):
            s3.head_object(Bucket=self.bucket, Key=f"p/{STACK}.tfstate.tflock")


@pytest.fixture
def app(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[App]:
    name = request.node.name.removeprefix("test_").replace("_", "-").strip("]").replace("[", "-")
    made = App(tmp_path, name[:50])
    yield made
    for process in made.processes:
        end_with_children(process)


def test_the_bucket_is_made_and_holds_its_own_state(app: App, s3: Any) -> None:
    process = app.run()
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert f"{STACK}: first apply, with a local state" in said
    assert f"{STACK}: moving the state into its bucket" in said
    assert (app.project / "calls").read_text() == str(CALLS)
    app.check_in_place(s3)


@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_killed_after(call: int, app: App, s3: Any) -> None:
    killed = app.run(KILL_AT=str(call))
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    resumed = app.run()
    said, _ = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, said
    app.check_in_place(s3)


def test_killed_during_the_first_apply(app: App, s3: Any) -> None:
    app.synthesize(slow="; sleep 600")
    killed = app.run()
    wait_until(lambda: has_bucket(s3, app.bucket), 60, "the bucket is made")
    end_with_children(killed)
    assert [one["name"] for one in json.loads(app.local.read_text())["resources"]] == ["key"]
    app.synthesize()
    resumed = app.run()
    said, _ = resumed.communicate(timeout=120)
    assert resumed.returncode == 0, said
    app.check_in_place(s3)


def test_ended_by_sigterm_in_the_first_apply(app: App, s3: Any) -> None:
    app.synthesize(slow="; exec sleep 600")
    ended = app.run(TERRAFORM_BINARY_NAME="terraform")
    wait_until(lambda: has_bucket(s3, app.bucket), 60, "the bucket is made")
    ended.terminate()
    said, _ = ended.communicate(timeout=60)
    assert ended.returncode == 130, said
    app.synthesize()
    (done,) = bootstrap(app.out)
    assert (done.changes.add, done.changes.destroy) == (1, 1), "the bucket's resource is replaced, as tainted"
    app.check_in_place(s3)


def test_a_new_synth_between_two_runs_loses_nothing(app: App, s3: Any) -> None:
    killed = app.run(KILL_AT="3")
    killed.communicate(timeout=120)
    subprocess.run(["rm", "-r", str(app.out)], check=True)
    app.synthesize()
    (done,) = bootstrap(app.out)
    assert done.changes.total == 0, "what was made before is known"
    app.check_in_place(s3)


def test_a_bucket_without_a_state_is_for_a_person_to_decide(app: App, s3: Any) -> None:
    s3.create_bucket(Bucket=app.bucket)
    with pytest.raises(DeployError) as raised:
        bootstrap(app.out)
    assert f"bucket {app.bucket} exists, but holds no state p/{STACK}.tfstate" in str(raised.value)
    assert str(app.local) in str(raised.value)


@pytest.mark.usefixtures("s3")
def test_two_states_of_different_origin_are_for_a_person_to_decide(app: App) -> None:
    bootstrap(app.out)
    app.local.write_text(json.dumps({"version": 4, "resources": [], "outputs": {}}))
    with pytest.raises(DeployError, match="are states of different origin"):
        bootstrap(app.out)
    app.local.write_text("{")
    with pytest.raises(DeployError, match=r"\.tfstate is no state"):
        bootstrap(app.out)
    assert app.local.exists()


def test_a_lock_that_a_killed_run_left_is_named_with_what_to_do(app: App, s3: Any) -> None:
    app.run(KILL_AT="5").communicate(timeout=120)
    lock = {"ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Who": "me@host"}
    s3.put_object(Bucket=app.bucket, Key=f"p/{STACK}.tfstate.tflock", Body=json.dumps(lock).encode())
    terraform = Terraform(app.stack, lock_timeout="0s")
    with pytest.raises(Exception, match=f"force-unlock {lock['ID']}"):
        terraform.state_push(app.local)


@pytest.mark.usefixtures("s3")
def test_an_account_that_refuses_is_not_taken_for_a_missing_bucket(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(DeployError, match="refused"):
        bootstrap(app.out)
    assert not app.local.exists()


def test_without_state_stacks_there_is_nothing_to_do(tmp_path: Path) -> None:
    write_app(tmp_path, {"msk-a": {}})
    assert bootstrap(tmp_path) == ()


@pytest.mark.usefixtures("s3")
def test_the_command_says_what_it_does_and_fails_with_what_is_wrong(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def code_of(out: Path) -> int | str | None:
        with pytest.raises(SystemExit) as ended:
            main(["bootstrap", "--out", str(out)])
        return ended.value.code

    assert code_of(app.out) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{STACK}: 2 to add"
    app.local.write_text(json.dumps({"resources": [], "outputs": {}}))
    assert code_of(app.out) == 1
    assert "are states of different origin" in capsys.readouterr().err
    write_app(tmp_path / "stateless", {"msk-a": {}})
    assert code_of(tmp_path / "stateless") == 2
    assert "has no stack state-<region>" in capsys.readouterr().err


def has_bucket(s3: Any, name: str) -> bool:
    return name in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}
