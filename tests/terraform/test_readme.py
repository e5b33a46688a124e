"""The README's section Deploy, command by command in its order, against an empty emulated account."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from localcloud.aws import EmulatedAws, start_emulated_aws
from operations.terraform.runner import Terraform, TerraformError
from operations.terraform.synthesized import Synthesized
from topology.loading import environment_path, load_text

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(900)]

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAMS = ("cdktf ", "msk-mirror ", "terraform ")
"""`eval` and `export` are done already: the tools are on the test's PATH, and it sets the variable."""
NEEDS_EKS = ("cdktf deploy '*'", "msk-mirror rollout", "kubectl")
"""Parts of commands that need an EKS cluster, which the emulated account does not have."""
BEFORE_BOOTSTRAP = ("cdktf synth", "cdktf list", "msk-mirror bootstrap")


def commands() -> list[str]:
    """The commands of the section, without their comments."""
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text.partition("\n## Deploy\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    lines = re.findall(r"^ {4}(\S.*)$", section, re.MULTILINE)
    return [line.split(" #")[0].strip() for line in lines if line.startswith(PROGRAMS)]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatedAws]:
    with start_emulated_aws(log=tmp_path_factory.mktemp("aws") / "aws.log") as started:
        yield started


@pytest.fixture(scope="module")
def mine(account: EmulatedAws, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of production.yaml with the identifiers of the account, as its first line says."""
    text = environment_path("production").read_text(encoding="utf-8").replace("111122223333", "123456789012")
    for region, settings in load_text(text).regions.items():
        ec2: Any = account.client("ec2", region)
        network = settings.network
        vpc = ec2.create_vpc(CidrBlock=str(network.cidr))["Vpc"]["VpcId"]
        text = text.replace(str(network.vpc_id), vpc)
        subnets = network.cidr.subnets(new_prefix=20)
        for given, zone, cidr in zip(network.private_subnet_ids, "abc", subnets, strict=False):
            subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=str(cidr), AvailabilityZone=f"{region}{zone}")
            text = text.replace(given, subnet["Subnet"]["SubnetId"])
    path = tmp_path_factory.mktemp("environments") / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_command_of_the_readme_succeeds_in_its_order(
    account: EmulatedAws, mine: Path, tmp_path: Path
) -> None:
    listed = [command for command in commands() if not any(part in command for part in NEEDS_EKS)]
    assert tuple(listed[:3]) == BEFORE_BOOTSTRAP
    assert any(command.startswith("cdktf deploy") for command in listed)
    variables = {**os.environ, **account.environment(), "MSK_MIRROR_ENV": str(mine), "CI": "1"}
    outdir = tmp_path / "cdktf.out"
    for command in listed:
        if command == "msk-mirror bootstrap":
            early = _run("terraform -chdir=cdktf.out/stacks/msk-us-east-1 init", outdir, mine, variables)
            assert "does not exist" in early.stdout, "README says what is missing before bootstrap"
            (stack,) = Synthesized.load(outdir).select(["msk-us-east-1"])
            with pytest.raises(TerraformError, match="msk-mirror bootstrap"):
                Terraform(stack, variables).init()
        done = _run(command, outdir, mine, variables)
        assert done.returncode == 0, f"{command}:\n{done.stdout[-4000:]}"
    states = _run("terraform -chdir=cdktf.out/stacks/msk-us-east-1 state list", outdir, mine, variables)
    assert "aws_msk_cluster.cluster" in states.stdout.splitlines()


def _run(
    command: str, outdir: Path, mine: Path, variables: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """The command as it is written, but for where files are and for who answers its questions."""
    words = shlex.split(
        command.replace("environments/mine.yaml", str(mine)).replace("cdktf.out", str(outdir))
    )
    if words[0] == "cdktf":
        words += ["--output", str(outdir)]
    if words[:2] == ["cdktf", "deploy"]:
        words.append("--auto-approve")
    if words[0] == "msk-mirror":
        words = [str(CHECKOUT / "bin" / "msk-mirror"), *words[1:], "--out", str(outdir)]
    return subprocess.run(
        words,
        cwd=CHECKOUT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
