"""Where a mirrormaker stack and the outputs that it reads come from."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from operations.manifests.references import Values
from operations.terraform.synthesized import NotSynthesized, Synthesized
from topology import Environment, load_environment
from topology.replication.flows import flows_into
from topology.state.stacks import stack_name, state_address

__all__ = [
    "NotDeployed",
    "SynthesisError",
    "ValuesError",
    "deployed_values",
    "placeholders",
    "read_values",
    "stack_of",
]

KIND: Final = "mirrormaker"
MAIN: Final = Path(__file__).resolve().parents[2] / "main.py"
LINES_OF_AN_ERROR: Final = 15


class SynthesisError(Exception):
    """`python main.py` failed; with the end of what it said."""


class ValuesError(Exception):
    """A file that is not one of outputs; one reason a line."""


class NotDeployed(Exception):  # noqa: N818 - reads as what it is where it is caught
    """States that cannot be read, a line each, and what to do without them."""


def stack_of(region: str, environment: str, outdir: Path | None) -> dict[str, Any]:
    """The parsed cdk.tf.json of the region's workers: out of a synthesized app, or of one made for it.

    `environment`: name or path. Raises InvalidEnvironment; NotSynthesized where that region has no workers or
    the app is of another environment; SynthesisError.
    """
    model = load_environment(environment)
    with_workers = [one for one in model.regions if flows_into(model, one)]
    if region not in with_workers:
        allowed = ", ".join(with_workers) or "none"
        raise NotSynthesized(f"{environment}: no workers in {region}; regions with workers: {allowed}")
    if outdir is not None:
        return _from_app(outdir, model, region)
    with tempfile.TemporaryDirectory(prefix="msk-mirror-") as folder:
        # a process of its own: what answers without cdktf shall not import it
        settings = {"MSK_MIRROR_ENV": environment, "CDKTF_OUTDIR": folder}
        done = subprocess.run(
            [sys.executable, str(MAIN)],
            env=os.environ | settings,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines()[-LINES_OF_AN_ERROR:]
            raise SynthesisError("\n".join([f"{environment} could not be synthesized:", *said]))
        return _from_app(Path(folder), model, region)


def _from_app(outdir: Path, environment: Environment, region: str) -> dict[str, Any]:
    (stack,) = Synthesized.load(outdir).select([stack_name(KIND, region)])
    expected = state_address(environment, KIND, region)
    found = stack.backend[1]
    if (found.get("bucket"), found.get("key")) != (expected.bucket, expected.key):
        raise NotSynthesized(
            f"{outdir}: {stack.name} is of another environment: its state is {found.get('key')} in "
            f"{found.get('bucket')}; expected {expected.key} in {expected.bucket}"
        )
    return stack.configuration


def placeholders(wanted: Mapping[str, Iterable[str]]) -> Values:
    """`identity-us-east-1.worker_role_arn`: each output by its name, for reading and comparing."""
    return {stack: {output: f"{stack}.{output}" for output in outputs} for stack, outputs in wanted.items()}


def read_values(file: Path) -> Values:
    """Outputs out of a YAML or JSON file: names of stacks over names of outputs. Raises ValuesError."""
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ValuesError(f"{file}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ValuesError(
            f"{file}: expected outputs by stack, as in identity-us-east-1: {{worker_role_arn: ..}}"
        )
    if wrong := [str(stack) for stack, outputs in content.items() if not isinstance(outputs, dict)]:
        raise ValuesError("\n".join(f"{file}: {stack}: expected its outputs by name" for stack in wrong))
    return content


def deployed_values(stack: Mapping[str, Any], wanted: Iterable[str]) -> Values:
    """Outputs of the stacks `wanted` as they are deployed, out of their states in S3. Raises NotDeployed with
    every state that cannot be read."""
    import boto3  # noqa: PLC0415 - 0.2 s, for those only who ask for deployed values
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    states = stack.get("data", {}).get("terraform_remote_state", {})
    session = cache(boto3.Session)  # one for all states: a role is assumed, and a code asked for, once
    values, problems = {}, []
    for name in wanted:
        address = states[name]["config"]
        try:
            s3 = session().client("s3", region_name=address["region"])
            answer = s3.get_object(Bucket=address["bucket"], Key=address["key"])
            outputs = json.loads(answer["Body"].read())["outputs"]
        except (BotoCoreError, ClientError) as error:
            problems.append(f"{name}: s3://{address['bucket']}/{address['key']}: {error}")
            if "NoSuchBucket" in str(error):
                problems.append(f"{name}: run `msk-mirror bootstrap`, which creates the bucket, then deploy")
        else:
            values[name] = {output: one["value"] for output, one in outputs.items()}
    if problems:
        problems.append("without deployed states: --values FILE, or --placeholders")
        raise NotDeployed("\n".join(problems))
    return values
