"""The tasks' log group by the real Terraform: forgotten when its runtime goes, taken back when it comes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from localcloud.aws import start_emulated_aws
from operations.terraform.runner import Terraform
from operations.terraform.synthesized import Stack
from tests.terraform.test_validate import as_module

pytestmark = pytest.mark.terraform

REGION = "eu-west-1"
NAME = "/aws/ecs/mirrormaker2/payments-handover"
ADDRESS = "aws_cloudwatch_log_group.log"


def only_the_log_group(stack: dict[str, Any]) -> dict[str, Any]:
    """The very blocks of the stack, without what they need of other stacks: the key."""
    kept = as_module(stack)
    group = kept["resource"]["aws_cloudwatch_log_group"]
    del group["log"]["kms_key_id"]
    del kept["provider"]["aws"][0]["allowed_account_ids"]  # the emulated account is another
    found = kept["data"]["aws_cloudwatch_log_groups"]
    return {
        "terraform": kept["terraform"],
        "provider": kept["provider"],
        "data": {"aws_cloudwatch_log_groups": found},
        "resource": {"aws_cloudwatch_log_group": group},
        "import": stack["import"],
    }


def test_a_runtime_that_comes_back_finds_its_log_group(
    synthesized: Callable[[str], dict[str, Any]], tmp_path: Path
) -> None:
    configuration = only_the_log_group(synthesized("handover")[f"ecs-runtime-{REGION}"])
    with start_emulated_aws(log=tmp_path / "aws.log") as account:
        (tmp_path / "cdk.tf.json").write_text(json.dumps(configuration), encoding="utf-8")
        terraform = Terraform(Stack("log", tmp_path), account.environment())
        logs = account.client("logs", REGION)

        terraform.init()
        assert terraform.apply().add == 1
        logs.create_log_stream(logGroupName=NAME, logStreamName="connect")
        assert terraform.plan().total == 0  # it is there, and the state has it

        terraform.destroy()
        assert terraform.state_list() == ()
        assert [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]] == [NAME]

        terraform.apply()
        assert ADDRESS in terraform.state_list()
        streams = logs.describe_log_streams(logGroupName=NAME)["logStreams"]
        assert [stream["logStreamName"] for stream in streams] == ["connect"]
        assert terraform.plan().total == 0
