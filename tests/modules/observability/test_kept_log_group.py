"""KeptLogGroup: a log group that outlives its stack."""

from __future__ import annotations

import pytest
from cdktf import TerraformOutput, TerraformStack

from modules.observability.kept_log_group import KeptLogGroup
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import output, resource
from topology.observability.log_groups import LogGroup

NAME = "/aws/ecs/orders"
GROUP = LogGroup("log", NAME, 30, "ecs-runtime", "Workers' logs on ECS")


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        made = KeptLogGroup(stack, "log", group=GROUP, key_arn="arn:key")
        TerraformOutput(stack, "name", value=made.name)

    return synthesized(build)


def test_destroy_keeps_the_group(stack: Stack) -> None:
    group = resource(stack, "aws_cloudwatch_log_group", "log")
    assert part(group, "name", "retention_in_days", "skip_destroy") == {
        "name": NAME,
        "retention_in_days": 30,
        "skip_destroy": True,
    }


def test_only_an_existing_group_of_exactly_this_name_is_imported(stack: Stack) -> None:
    """The data source finds every group whose name begins so."""
    assert stack["data"]["aws_cloudwatch_log_groups"] == {"log_found": {"log_group_name_prefix": NAME}}
    found = "data.aws_cloudwatch_log_groups.log_found.log_group_names"
    assert stack["import"] == [
        {
            "for_each": f'${{setintersection(toset(tolist({found})), ["{NAME}"])}}',
            "to": "aws_cloudwatch_log_group.log",
            "id": "${each.value}",
        }
    ]


def test_users_of_the_name_wait_for_the_group(stack: Stack) -> None:
    assert output(stack, "name") == "${aws_cloudwatch_log_group.log.name}"
