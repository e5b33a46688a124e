"""ProtectedBucket: a private, versioned, encrypted bucket."""

from __future__ import annotations

from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from modules.state.protected_bucket import ProtectedBucket
from tests.modules.synthesized import Stack, part, synthesized
from tests.synth.stack_json import document, output, resource

KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*"}]}


def bucket(retain: bool = False, region: str | None = None) -> Stack:
    def build(stack: TerraformStack) -> None:
        provider = AwsProvider(stack, "peer", region=region, alias="peer") if region else None
        made = ProtectedBucket(
            stack,
            "bucket",
            name="orders-state",
            key_arn=KEY,
            policy=POLICY,
            noncurrent_days=45,
            retain=retain,
            provider=provider,
        )
        TerraformOutput(stack, "name", value=made.name)
        TerraformOutput(stack, "arn", value=made.arn)

    return synthesized(build)


@pytest.fixture(scope="module")
def stack() -> Stack:
    return bucket()


@pytest.mark.parametrize(
    ("retain", "expected"),
    [
        (True, {"force_destroy": False, "lifecycle": {"prevent_destroy": True}}),
        (False, {"force_destroy": True}),
    ],
)
def test_destroy_deletes_the_objects_only_if_the_bucket_is_not_retained(
    retain: bool, expected: dict[str, Any]
) -> None:
    found = resource(bucket(retain), "aws_s3_bucket", "bucket")
    assert found == {"bucket": "orders-state", **expected}


def test_objects_are_encrypted_under_the_given_key(stack: Stack) -> None:
    encryption = resource(stack, "aws_s3_bucket_server_side_encryption_configuration", "bucket_encryption")
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": KEY}
    assert encryption["rule"] == [
        {"apply_server_side_encryption_by_default": default, "bucket_key_enabled": True}
    ]


def test_old_versions_expire_after_the_given_days(stack: Stack) -> None:
    lifecycle = resource(stack, "aws_s3_bucket_lifecycle_configuration", "bucket_lifecycle")
    assert part(lifecycle, "rule", "depends_on") == {
        "rule": [
            {
                "id": "expire-old-versions",
                "status": "Enabled",
                "filter": [{"prefix": ""}],
                "noncurrent_version_expiration": [{"noncurrent_days": 45}],
                "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
            }
        ],
        "depends_on": ["aws_s3_bucket_versioning.bucket_versioning"],
    }


def test_settings_are_changed_one_after_another(stack: Stack) -> None:
    """S3 answers parallel changes of a bucket with OperationAborted."""
    block = resource(stack, "aws_s3_bucket_public_access_block", "bucket_public_access")
    policy = resource(stack, "aws_s3_bucket_policy", "bucket_policy")
    assert block["depends_on"] == ["aws_s3_bucket_ownership_controls.bucket_ownership"]
    assert policy["depends_on"] == ["aws_s3_bucket_public_access_block.bucket_public_access"]


def test_the_bucket_has_the_given_policy(stack: Stack) -> None:
    assert document(resource(stack, "aws_s3_bucket_policy", "bucket_policy")) == POLICY


def test_everything_is_created_in_the_region_of_the_given_provider(stack: Stack) -> None:
    def providers(stack: Stack) -> dict[str, Any]:
        kinds = stack["resource"]
        return {kind: body.get("provider") for kind in kinds for body in kinds[kind].values()}

    elsewhere = providers(bucket(region="us-west-2"))
    assert elsewhere == dict.fromkeys(providers(stack), "aws.peer")
    assert set(providers(stack).values()) == {None}


def test_users_of_name_and_arn_wait_for_the_bucket(stack: Stack) -> None:
    assert output(stack, "name") == "${aws_s3_bucket.bucket.id}"
    assert output(stack, "arn") == "${aws_s3_bucket.bucket.arn}"
