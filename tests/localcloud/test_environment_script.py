"""The script that points a terminal at a kept local cloud."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import cast

from localcloud.aws import EmulatedAws
from localcloud.cloud import LocalCloud
from localcloud.deployment import write_environment_file
from localcloud.kubernetes.credentials import AWS_CLI
from localcloud.wan import Wan
from topology import load_environment


def test_a_terminal_finds_the_account_the_credentials_and_the_stand_in_for_the_aws_cli(
    tmp_path: Path,
) -> None:
    aws = EmulatedAws("http://127.0.0.1:4566", 1, "123456789012")
    cloud = LocalCloud(load_environment("local"), tmp_path, cast(Wan, None), aws, {}, ExitStack())
    script = write_environment_file(cloud)
    shown = 'echo "$AWS_ENDPOINT_URL"; echo "$MSK_MIRROR_EXEC_CREDENTIALS"; command -v aws; command -v ls'
    done = subprocess.run(["sh", "-c", f". {script}; {shown}"], capture_output=True, text=True, check=True)
    account, credentials, program, others = done.stdout.splitlines()
    assert (account, credentials) == (aws.endpoint_url, str(cloud.credentials))
    assert Path(program) == AWS_CLI / "aws"
    assert others.endswith("/ls")
