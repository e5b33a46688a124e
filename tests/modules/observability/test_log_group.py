"""EncryptedLogGroup: a log group under a key."""

from __future__ import annotations

import pytest
from cdktf import TerraformOutput, TerraformStack

from modules.observability.log_group import EncryptedLogGroup
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import output, resource
from topology.observability.log_groups import LogGroup

KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
GROUP = LogGroup("brokers", "/aws/msk/orders", 90, "msk", "Broker logs")


def log_group(retain: bool) -> Stack:
    def build(stack: TerraformStack) -> None:
        made = EncryptedLogGroup(stack, "log", group=GROUP, key_arn=KEY, retain=retain)
        TerraformOutput(stack, "arn", value=made.arn)
        TerraformOutput(stack, "name", value=made.name)

    return synthesized(build)


@pytest.mark.parametrize("retain", [True, False])
def test_destroy_keeps_only_a_retained_group(retain: bool) -> None:
    assert resource(log_group(retain), "aws_cloudwatch_log_group", "log") == {
        "name": "/aws/msk/orders",
        "retention_in_days": 90,
        "kms_key_id": KEY,
        "skip_destroy": retain,
    }


def test_users_of_name_and_arn_wait_for_the_group() -> None:
    stack = log_group(retain=False)
    assert output(stack, "arn") == "${aws_cloudwatch_log_group.log.arn}"
    assert output(stack, "name") == "${aws_cloudwatch_log_group.log.name}"
