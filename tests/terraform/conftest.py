"""The AWS stacks of the local environment, deployed once to an emulated account by the real Terraform."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from localcloud.aws import EmulatedAws, start_emulated_aws
from operations.terraform.deploy import deploy, destroy, walk
from operations.terraform.run_events import Changes
from operations.terraform.runner import Terraform
from operations.terraform.synthesized import Stack, Synthesized
from topology.aws.names import Names
from topology.environment_file.merge import deep_merge
from topology.loading import environment_path, load_text
from topology.model import Environment

DEPLOYED = (
    "network-*",
    "msk-*",
    "identity-us-east-1",
    "logs-us-east-1",
    "observability-us-east-1",
)
"""What these tests look at. All stacks, and the state buckets that are made by hand here, are the demo's."""


class Deployment:
    """The local environment, with `changes` merged into its file, on an emulated account."""

    def __init__(
        self, account: EmulatedAws, directory: Path, changes: Mapping[str, Any] | None = None
    ) -> None:
        self.account = account
        self.variables: Mapping[str, str] = account.environment()
        self._directory, self._changes = directory, changes or {}
        self.environment, self.stacks = self.synthesize()

    def synthesize(
        self, kafka: Mapping[str, Any] | None = None, runtime: Mapping[str, Any] | None = None
    ) -> tuple[Environment, tuple[Stack, ...]]:
        """The stacks, with `kafka` merged into the section of the environment file, on another `runtime`."""
        from stacks.app import build_app  # noqa: PLC0415 - cdktf costs seconds that other tests do not need

        data = yaml.safe_load(environment_path("local").read_text(encoding="utf-8"))
        data = deep_merge(data, self._changes)
        data["kafka"] |= kafka or {}
        data["runtime"] = dict(runtime or {})
        environment = load_text(yaml.safe_dump(data), "local.yaml")
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.variables.items():
                patch.setenv(name, value)
            build_app(environment, str(self._directory)).synth()
        return environment, Synthesized.load(self._directory).select(DEPLOYED)

    def stack(self, name: str) -> Stack:
        """One of the stacks."""
        return next(stack for stack in self.stacks if stack.name == name)

    def apply(self, *names: str) -> dict[str, Changes]:
        """Deploys the named stacks, all without a name; what was changed in each."""
        chosen = [stack for stack in self.stacks if stack.name in names or not names]
        return {one.stack: one.changes for one in deploy(chosen, env=self.variables)}

    def plan(self, *names: str) -> dict[str, Changes]:
        """What a deploy would change."""
        chosen = [stack for stack in self.stacks if stack.name in names or not names]
        planned = walk(chosen, Terraform.plan, lambda _: None, self.variables)
        return {one.stack: one.changes for one in planned}

    def first_plan(self, name: str) -> Changes:
        """What a deploy of another stack of the last synth would make."""
        (stack,) = Synthesized.load(self._directory).select([name])
        terraform = Terraform(stack, self.variables)
        terraform.init()
        return terraform.plan()

    def destroy(self) -> dict[str, Changes]:
        """Destroys all; what was destroyed in each."""
        return {one.stack: one.changes for one in destroy(self.stacks, env=self.variables)}

    def output(self, name: str) -> dict[str, Any]:
        """The outputs of a stack."""
        return Terraform(self.stack(name), self.variables).output()

    def state(self, name: str) -> dict[str, Any]:
        """The state of a stack, as it lies in its bucket."""
        _, address = self.stack(name).backend
        s3 = self.client("s3", address["region"])
        body = s3.get_object(Bucket=address["bucket"], Key=address["key"])["Body"].read()
        state: dict[str, Any] = json.loads(body)
        return state

    @cache  # noqa: B019 - lives as long as the session
    def client(self, service: str, region: str = "us-east-1") -> Any:
        """boto3's client of a service, for what the account has become."""
        return self.account.client(service, region)

    def make_state_buckets(self) -> None:
        """In place of state-R, whose many settings take the provider long to look at."""
        for region in self.environment.regions:
            where = {} if region == "us-east-1" else {"LocationConstraint": region}
            self.client("s3", region).create_bucket(
                Bucket=Names(self.environment, region).state_bucket,
                **({"CreateBucketConfiguration": where} if where else {}),
            )


@pytest.fixture(scope="session")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Deployed, and up to date with its synthesized stacks when a test gets it and when it is done."""
    if not os.environ.get("TF_CLI_CONFIG_FILE"):
        pytest.fail("no Terraform CLI configuration; run the tests by `make test`, which finds the provider")
    directory = tmp_path_factory.mktemp("project")
    with start_emulated_aws(log=directory / "aws.log") as account:
        deployed = Deployment(account, directory / "cdktf.out")
        deployed.make_state_buckets()
        deployed.apply()
        yield deployed
