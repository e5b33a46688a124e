"""BucketReplication: replication of a bucket to another region."""

from __future__ import annotations

import pytest
from cdktf import TerraformStack

from modules.iam.encryption_key import EncryptionKey
from modules.state.bucket_replication import BucketReplication
from modules.state.protected_bucket import ProtectedBucket
from tests.modules.synthesized import Stack, synthesized
from tests.synth.stack_json import document, resource

TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:ReplicateObject"}]}


@pytest.fixture(scope="module")
def stack() -> Stack:
    def build(stack: TerraformStack) -> None:
        key = EncryptionKey(stack, "key", alias="alias/a", description="d", policy={}, retain=False)
        source, replica = (
            ProtectedBucket(
                stack,
                name,
                name=f"orders-{name}",
                key_arn=key.arn,
                policy={},
                noncurrent_days=1,
                retain=False,
            )
            for name in ("source", "replica")
        )
        BucketReplication(
            stack,
            "replication",
            source=source,
            replica=replica,
            replica_key=key,
            role_name="orders-replication",
            role_trust=TRUST,
            role_policy=POLICY,
        )

    return synthesized(build)


def test_new_objects_are_copied_under_the_key_of_the_replica_and_deletions_are_not(stack: Stack) -> None:
    replication = resource(stack, "aws_s3_bucket_replication_configuration", "replication")
    assert replication["bucket"] == "${aws_s3_bucket.source.id}"
    assert replication["rule"] == [
        {
            "id": "state",
            "status": "Enabled",
            "priority": 0,
            "filter": {"prefix": ""},
            "delete_marker_replication": {"status": "Disabled"},
            "source_selection_criteria": {"sse_kms_encrypted_objects": {"status": "Enabled"}},
            "destination": {
                "bucket": "${aws_s3_bucket.replica.arn}",
                "storage_class": "STANDARD",
                "encryption_configuration": {"replica_kms_key_id": "${aws_kms_key.key.arn}"},
            },
        }
    ]


def test_the_rule_is_created_after_versioning_and_permissions(stack: Stack) -> None:
    replication = resource(stack, "aws_s3_bucket_replication_configuration", "replication")
    assert set(replication["depends_on"]) == {
        "aws_s3_bucket_versioning.source_versioning",
        "aws_s3_bucket_versioning.replica_versioning",
        "aws_iam_role_policy.replication_permissions",
    }


def test_the_role_has_the_given_trust_and_permissions(stack: Stack) -> None:
    role = resource(stack, "aws_iam_role", "replication_role")
    assert document(role, "assume_role_policy") == TRUST
    assert document(resource(stack, "aws_iam_role_policy", "replication_permissions")) == POLICY
    replication = resource(stack, "aws_s3_bucket_replication_configuration", "replication")
    assert replication["role"] == "${aws_iam_role.replication_role.arn}"
