"""The environment's stacks, synthesized and deployed to the emulated account by the real Terraform."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from localcloud.cloud import LocalCloud, LocalCloudError
from localcloud.kubernetes.credentials import AWS_CLI
from operations.terraform.synthesized import Stack, Synthesized

__all__ = ["aws_stacks", "deployed_resources", "state_outputs", "synthesize", "write_environment_file"]

CHECKOUT = Path(__file__).resolve().parent.parent


def synthesize(environment_file: str, outdir: Path, variables: Mapping[str, str]) -> Synthesized:
    """`python main.py`, as `cdktf synth` runs it. Raises LocalCloudError with what it said."""
    env = {**os.environ, **variables, "MSK_MIRROR_ENV": environment_file, "CDKTF_OUTDIR": str(outdir)}
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise LocalCloudError(f"synth failed ({done.returncode}):\n{done.stderr or done.stdout}")
    return Synthesized.load(outdir)


def aws_stacks(synthesized: Synthesized) -> tuple[Stack, ...]:
    """The stacks that need no Kubernetes cluster to be deployed: all providers are AWS's."""
    return tuple(
        stack
        for stack in synthesized.stacks.values()
        if set(stack.configuration["terraform"]["required_providers"]) == {"aws"}
    )


def deployed_resources(cloud: LocalCloud, stacks: tuple[Stack, ...]) -> int:
    """Managed resources in the states of the stacks, read from the state buckets themselves."""
    return sum(_resources(cloud, stack) for stack in stacks)


def write_environment_file(cloud: LocalCloud) -> Path:
    """A shell script that points a terminal's terraform, cdktf and boto3 at the emulated account."""
    path = cloud.directory / "environment.sh"
    lines = [f"export {name}='{value}'\n" for name, value in cloud.variables.items() if name != "PATH"]
    lines.append(f"export PATH='{AWS_CLI}':\"$PATH\"\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def state_outputs(cloud: LocalCloud, address: Mapping[str, str]) -> dict[str, Any]:
    """Values of the outputs in a state; `address`: bucket, key and region of it."""
    return {name: one["value"] for name, one in _state(cloud, address)["outputs"].items()}


def _resources(cloud: LocalCloud, stack: Stack) -> int:
    managed = (one for one in _state(cloud, stack.backend[1])["resources"] if one["mode"] == "managed")
    return sum(len(one["instances"]) for one in managed)


def _state(cloud: LocalCloud, address: Mapping[str, str]) -> dict[str, Any]:
    s3 = cloud.aws.client("s3", address["region"])
    body = s3.get_object(Bucket=address["bucket"], Key=address["key"])["Body"].read()
    state: dict[str, Any] = json.loads(body)
    return state
