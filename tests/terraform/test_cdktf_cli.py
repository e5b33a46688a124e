"""The commands of the README, by the cdktf command line itself, against the emulated account."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from localcloud.aws import start_emulated_aws
from topology import load_environment
from topology.aws.names import Names
from topology.state.stacks import state_address

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(900)]

CHECKOUT = Path(__file__).resolve().parents[2]
UNATTENDED = ("--auto-approve", "--ignore-missing-stack-dependencies")
PROMPT = "Enter a value:"


class Terminal:
    """A terminal as `eval "$(make -s env)"` leaves it, pointed at an emulated account."""

    def __init__(self, variables: Mapping[str, str], outdir: Path) -> None:
        self.variables = {**os.environ, **variables, "MSK_MIRROR_ENV": "local", "CI": "1", "NO_COLOR": "1"}
        self.outdir = outdir

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs a command in the checkout; its output, errors too."""
        return subprocess.run(
            command,
            cwd=CHECKOUT,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def cdktf(self, *arguments: str) -> str:
        """A cdktf command that succeeds; what it said."""
        done = self.run("cdktf", *arguments, "--output", str(self.outdir))
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    def terraform(self, stack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Plain terraform in a stack's directory."""
        return self.run("terraform", f"-chdir={self.outdir / 'stacks' / stack}", *arguments)


@pytest.fixture(scope="module")
def terminal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """With the networks and MSK clusters of the local environment deployed by name."""
    directory = tmp_path_factory.mktemp("cdktf")
    with start_emulated_aws(log=directory / "aws.log") as account:
        variables = account.environment()
        environment = load_environment("local")
        for region in environment.regions:
            where = {} if region == "us-east-1" else {"LocationConstraint": region}
            account.client("s3", region).create_bucket(
                Bucket=Names(environment, region).state_bucket,
                **({"CreateBucketConfiguration": where} if where else {}),
            )
        opened = Terminal(variables, directory / "cdktf.out")
        opened.cdktf("deploy", "network-*", *UNATTENDED)
        opened.cdktf("deploy", "msk-*", *UNATTENDED)
        yield opened


def test_list_names_every_stack(terminal: Terminal) -> None:
    said = terminal.cdktf("list")
    for kind in ("state", "network", "msk", "logs", "identity", "platform", "mirrormaker", "observability"):
        for region in ("us-east-1", "us-west-2"):
            assert f"{kind}-{region}" in said


def test_a_pattern_deploys_the_stacks_that_it_names(terminal: Terminal) -> None:
    for region in ("us-east-1", "us-west-2"):
        listed = terminal.terraform(f"msk-{region}", "state", "list")
        assert listed.returncode == 0, listed.stdout
        assert "aws_msk_cluster.cluster" in listed.stdout.splitlines()


def test_diff_after_deploy_is_empty(terminal: Terminal) -> None:
    assert "No changes." in terminal.cdktf("diff", "msk-us-east-1")


def test_a_second_writer_is_refused_by_the_lock(terminal: Terminal) -> None:
    environment = load_environment("local")
    address = state_address(environment, "msk", "us-east-1")
    directory = terminal.outdir / "stacks" / "msk-us-east-1"
    with subprocess.Popen(
        ["terraform", "destroy", "-no-color"],  # it holds the lock while it waits to be told yes or no
        cwd=directory,
        env=terminal.variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as first:
        try:
            _read_until(first, PROMPT)
            second = terminal.terraform(
                "msk-us-east-1", "apply", "-auto-approve", "-input=false", "-no-color"
            )
        finally:
            answered, _ = first.communicate("no\n", timeout=60)
    assert second.returncode == 1
    assert "Error acquiring the state lock" in second.stdout
    assert f"{address.bucket}/{address.key}" in second.stdout
    assert "cancelled" in answered
    after = terminal.terraform("msk-us-east-1", "plan", "-detailed-exitcode", "-input=false", "-no-color")
    assert after.returncode == 0, after.stdout


def _read_until(process: subprocess.Popen[str], text: str, seconds: float = 120) -> None:
    """Reads a prompt, which does not end in a new line."""
    assert process.stdout is not None
    read, deadline = "", time.monotonic() + seconds
    while text not in read:
        character = process.stdout.read(1)
        assert character, f"ended without {text!r}:\n{read}"
        assert time.monotonic() < deadline, read
        read += character
