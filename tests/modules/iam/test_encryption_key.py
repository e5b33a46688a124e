"""EncryptionKey: a customer managed key."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from modules.iam.encryption_key import EncryptionKey
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import document, output, resource

POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}],
}


def key(retain: bool = False, region: str | None = None) -> Stack:
    def build(stack: TerraformStack) -> None:
        provider = AwsProvider(stack, "peer", region=region, alias="peer") if region else None
        made = EncryptionKey(
            stack,
            "key",
            alias="alias/orders",
            description="Kafka data",
            policy=POLICY,
            retain=retain,
            provider=provider,
        )
        TerraformOutput(stack, "arn", value=made.arn)

    return synthesized(build)


@pytest.mark.parametrize(
    ("retain", "expected"),
    [
        (True, {"deletion_window_in_days": 30, "lifecycle": {"prevent_destroy": True}}),
        (False, {"deletion_window_in_days": 7}),
    ],
)
def test_only_a_retained_key_has_prevent_destroy_and_the_long_window(
    retain: bool, expected: dict[str, Any]
) -> None:
    found = resource(key(retain), "aws_kms_key", "key")
    assert part(found, "deletion_window_in_days", "lifecycle") == expected


def test_the_key_has_the_given_policy_and_rotates() -> None:
    found = resource(key(), "aws_kms_key", "key")
    assert document(found) == POLICY
    assert part(found, "description", "enable_key_rotation") == {
        "description": "Kafka data",
        "enable_key_rotation": True,
    }


def test_the_alias_names_the_key() -> None:
    stack = key()
    assert resource(stack, "aws_kms_alias", "key_alias") == {
        "name": "alias/orders",
        "target_key_id": "${aws_kms_key.key.key_id}",
    }
    assert output(stack, "arn") == "${aws_kms_key.key.arn}"


def test_key_and_alias_are_created_in_the_region_of_the_given_provider() -> None:
    stack = key(region="us-west-2")
    assert resource(stack, "aws_kms_key", "key")["provider"] == "aws.peer"
    assert resource(stack, "aws_kms_alias", "key_alias")["provider"] == "aws.peer"
