"""literal and literals: text that Terraform takes as it is."""

from __future__ import annotations

import pytest
from cdktf import TerraformOutput, TerraformStack

from modules.observability.log_group import EncryptedLogGroup
from modules.terraform.literals import literal, literals
from tests.modules.synthesized import synthesized
from tests.synth.stack_json import output
from topology.observability.log_groups import LogGroup


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${env:POD_IP}", "$${env:POD_IP}"),
        ("%{X}m", "%%{X}m"),
        ("${a}%{b}${c}", "$${a}%%{b}$${c}"),
        ("[%d] %p $HOME {}", "[%d] %p $HOME {}"),
        ("", ""),
    ],
)
def test_only_template_sequences_are_escaped(text: str, expected: str) -> None:
    assert literal(text) == expected


def test_references_stay_references_beside_escaped_text() -> None:
    def build(stack: TerraformStack) -> None:
        group = LogGroup("log", "/orders", 7, "logs", "Logs")
        name = EncryptedLogGroup(stack, "log", group=group, key_arn="arn:key", retain=False).name
        TerraformOutput(stack, "text", value=literal(f"${{env:X}} goes to {name}"))

    assert output(synthesized(build), "text") == "$${env:X} goes to ${aws_cloudwatch_log_group.log.name}"


def test_every_value_of_a_mapping_is_escaped_and_no_key() -> None:
    assert literals({"${a}": "${a}", "b": "b"}) == {"${a}": "$${a}", "b": "b"}
