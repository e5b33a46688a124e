"""Every kind of AWS stack is what the real provider takes: names, types and required arguments."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import EKS_ENVIRONMENTS, ENVIRONMENTS
from tests.unit.topology.environments import environment as derived

pytestmark = pytest.mark.terraform

Stack = dict[str, Any]
Diagnostics = dict[str, list[dict[str, Any]]]

AWS_KINDS = ("state", "network", "peering", "msk", "logs", "identity", "ecs-runtime", "observability")
BROKEN = "broken"
ECS_ALONE = {"runtime": {"eks": False, "ecs": {}}}
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:AmazonMSK_billing-a1B2c3"
SCRAM = {
    "regions/us-east-1/kafka": {
        "authentication": {"scram": True, "scram_secret_associated": True, "scram_secrets": [SECRET]}
    }
}
WITHOUT = {("production", "peering"), ("handover", "peering")} | {
    (environment, "ecs-runtime") for environment in EKS_ENVIRONMENTS
}
"""Kinds of stacks that an environment does not have."""


@pytest.fixture(scope="module")
def diagnostics(
    synthesized: Callable[[str], dict[str, Stack]],
    synthesize: Callable[..., dict[str, Stack]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Diagnostics:
    """What `terraform validate` says, by stack. All stacks are modules of one configuration, so that the
    provider, which takes seconds to start, starts once."""
    root = tmp_path_factory.mktemp("validate")
    modules = dict(aws_stacks(synthesized))
    alone = synthesize(derived(ECS_ALONE))
    modules |= {f"alone-{name}": body for name, body in alone.items() if name.startswith("ecs-runtime")}
    modules["scram-msk-us-east-1"] = synthesize(derived(SCRAM))["msk-us-east-1"]
    modules[BROKEN] = broken(modules["local-logs-us-east-1"])
    for name, stack in modules.items():
        (root / name).mkdir()
        (root / name / "cdk.tf.json").write_text(json.dumps(as_module(stack)), encoding="utf-8")
    calls = {name: {"source": f"./{name}"} for name in modules}
    (root / "main.tf.json").write_text(json.dumps({"module": calls}), encoding="utf-8")

    terraform(root, "init", "-backend=false", "-input=false", "-no-color")
    answer = json.loads(terraform(root, "validate", "-json", fails=True))
    found: Diagnostics = {name: [] for name in modules}
    for diagnostic in answer["diagnostics"]:
        found[diagnostic["range"]["filename"].split("/")[0]].append(diagnostic)
    return found


def aws_stacks(synthesized: Callable[[str], dict[str, Stack]]) -> Iterator[tuple[str, Stack]]:
    for environment in ENVIRONMENTS:
        for name, stack in synthesized(environment).items():
            if name.startswith(AWS_KINDS):
                yield f"{environment}-{name}", stack


def as_module(stack: Stack) -> Stack:
    """A stack within another configuration: without a backend and imports, which only a root has, and with
    the provider version of this machine, when it is another one."""
    module = copy.deepcopy(stack)
    module.pop("import", None)
    del module["terraform"]["backend"]
    version = os.environ.get("MSK_MIRROR_AWS_PROVIDER_VERSION")
    if version:
        module["terraform"]["required_providers"]["aws"]["version"] = version
    return module


def broken(stack: Stack) -> Stack:
    """A stack that CloudWatch would refuse."""
    changed = copy.deepcopy(stack)
    changed["resource"]["aws_cloudwatch_log_group"]["mirrormaker2"]["retention_in_days"] = 8
    return changed


def terraform(directory: Path, *arguments: str, fails: bool = False) -> str:
    done = subprocess.run(
        [os.environ.get("TERRAFORM_BINARY_NAME", "terraform"), *arguments],
        cwd=directory,
        env={**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=500,
    )
    if done.returncode and not fails:
        pytest.fail(f"terraform {arguments[0]}: {done.stderr or done.stdout}")
    return done.stdout


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("kind", AWS_KINDS)
def test_the_real_provider_takes_every_stack(environment: str, kind: str, diagnostics: Diagnostics) -> None:
    prefix = f"{environment}-{kind}-"
    of_kind = {name: said for name, said in diagnostics.items() if name.startswith(prefix)}
    assert bool(of_kind) is ((environment, kind) not in WITHOUT)
    assert of_kind == {name: [] for name in of_kind}


def test_the_real_provider_takes_tasks_without_pods(diagnostics: Diagnostics) -> None:
    found = {name: said for name, said in diagnostics.items() if name.startswith("alone-")}
    assert found == {"alone-ecs-runtime-us-east-1": [], "alone-ecs-runtime-us-west-2": []}


def test_the_real_provider_takes_scram_secrets(diagnostics: Diagnostics) -> None:
    assert diagnostics["scram-msk-us-east-1"] == []


def test_a_stack_that_the_provider_does_not_take_is_found(diagnostics: Diagnostics) -> None:
    """The check itself must be able to fail."""
    (error,) = diagnostics[BROKEN]
    assert error["severity"] == "error"
    assert "retention_in_days" in error["summary"]
