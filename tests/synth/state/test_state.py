"""state-R: the bucket of the Terraform state and its replica."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch
from typing import Any

import pytest

from tests.conftest import ENVIRONMENTS
from tests.synth.stack_json import document, output, resource, resources
from topology import load_environment
from topology.state.stacks import STACK_KINDS, replica_region, state_address

Stack = dict[str, Any]
BUCKETS = ("bucket", "replica")
KEYS = {"bucket": "key", "replica": "replica_key"}


@pytest.fixture(scope="module")
def stack(synthesized: Callable[[str], dict[str, Stack]]) -> Stack:
    return synthesized("production")["state-us-east-1"]


def statements(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in document(body)["Statement"]}


def test_the_bucket_is_the_one_that_the_backends_name(stack: Stack) -> None:
    backend = stack["terraform"]["backend"]["s3"]
    assert resource(stack, "aws_s3_bucket", "bucket")["bucket"] == backend["bucket"]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_both_buckets_keep_versions(stack: Stack, bucket: str) -> None:
    versioning = resource(stack, "aws_s3_bucket_versioning", f"{bucket}_versioning")
    assert versioning["versioning_configuration"] == {"status": "Enabled"}
    assert versioning["bucket"] == f"${{aws_s3_bucket.{bucket}.id}}"


@pytest.mark.parametrize("bucket", BUCKETS)
def test_both_buckets_are_encrypted_with_a_key_of_their_own(stack: Stack, bucket: str) -> None:
    encryption = resource(stack, "aws_s3_bucket_server_side_encryption_configuration", f"{bucket}_encryption")
    (rule,) = encryption["rule"]
    assert rule["bucket_key_enabled"] is True
    assert rule["apply_server_side_encryption_by_default"] == {
        "sse_algorithm": "aws:kms",
        "kms_master_key_id": f"${{aws_kms_key.{KEYS[bucket]}.arn}}",
    }
    key = resource(stack, "aws_kms_key", KEYS[bucket])
    assert key["enable_key_rotation"] is True
    assert key.get("provider") == resource(stack, "aws_s3_bucket", bucket).get("provider")


def test_the_backend_does_not_override_the_encryption_of_the_bucket(stack: Stack) -> None:
    """`encrypt` without a key asks for AES256, and the customer managed key would not be used."""
    assert "encrypt" not in stack["terraform"]["backend"]["s3"]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_both_buckets_refuse_clear_text(stack: Stack, bucket: str) -> None:
    policy = resource(stack, "aws_s3_bucket_policy", f"{bucket}_policy")
    tls_only = statements(policy)["TlsOnly"]
    name = resource(stack, "aws_s3_bucket", bucket)["bucket"]
    assert tls_only["Effect"] == "Deny"
    assert tls_only["Principal"] == "*"
    assert tls_only["Action"] == "s3:*"
    assert tls_only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert tls_only["Resource"] == [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]


@pytest.mark.parametrize("bucket", BUCKETS)
def test_both_buckets_are_closed_to_the_public(stack: Stack, bucket: str) -> None:
    block = resource(stack, "aws_s3_bucket_public_access_block", f"{bucket}_public_access")
    settings = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    assert all(block[setting] is True for setting in settings)
    ownership = resource(stack, "aws_s3_bucket_ownership_controls", f"{bucket}_ownership")
    assert ownership["rule"] == {"object_ownership": "BucketOwnerEnforced"}


@pytest.mark.parametrize("bucket", BUCKETS)
def test_old_versions_and_abandoned_uploads_expire(stack: Stack, bucket: str) -> None:
    lifecycle = resource(stack, "aws_s3_bucket_lifecycle_configuration", f"{bucket}_lifecycle")
    (rule,) = lifecycle["rule"]
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 90}]
    assert rule["abort_incomplete_multipart_upload"] == [{"days_after_initiation": 7}]
    assert "expiration" not in rule, "the state itself must never expire"
    assert lifecycle["depends_on"] == [f"aws_s3_bucket_versioning.{bucket}_versioning"]


def test_the_replica_lies_in_the_peer_region(stack: Stack) -> None:
    (own, peer) = stack["provider"]["aws"]
    assert (own["region"], own.get("alias")) == ("us-east-1", None)
    assert (peer["region"], peer["alias"]) == ("us-west-2", "peer")
    assert resource(stack, "aws_s3_bucket", "replica")["provider"] == "aws.peer"
    assert output(stack, "replica_region") == "us-west-2"


def test_what_belongs_to_the_replica_is_in_its_region(stack: Stack) -> None:
    for kind, bodies in stack["resource"].items():
        for name, body in bodies.items():
            in_peer = body.get("provider") == "aws.peer"
            assert in_peer == (name.split("_")[0] == "replica"), f"{kind}.{name}"


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_a_replica_is_never_in_the_region_of_its_source(
    name: str, synthesized: Callable[[str], dict[str, Stack]]
) -> None:
    environment = load_environment(name)
    for region in environment.regions:
        assert replica_region(environment, region) != region
        own, peer = synthesized(name)[f"state-{region}"]["provider"]["aws"]
        assert own["region"] != peer["region"]


def test_replicas_are_not_the_buckets_of_other_state_stacks(
    synthesized: Callable[[str], dict[str, Stack]],
) -> None:
    """So that no state stack waits for another: there is neither a cycle nor a race in a first apply."""
    stacks = synthesized("production")
    made = [body["bucket"] for s in stacks.values() for body in resources(s, "aws_s3_bucket").values()]
    assert len(made) == len(set(made)) == 4
    assert "data" not in stacks["state-us-east-1"]


def test_versions_exist_before_the_replication_rule(stack: Stack) -> None:
    replication = resource(stack, "aws_s3_bucket_replication_configuration", "replication")
    assert {
        "aws_s3_bucket_versioning.bucket_versioning",
        "aws_s3_bucket_versioning.replica_versioning",
    } <= set(replication["depends_on"])


def test_encrypted_objects_are_copied_and_deletions_are_not(stack: Stack) -> None:
    (rule,) = resource(stack, "aws_s3_bucket_replication_configuration", "replication")["rule"]
    assert rule["status"] == "Enabled"
    assert rule["delete_marker_replication"] == {"status": "Disabled"}
    assert rule["source_selection_criteria"] == {"sse_kms_encrypted_objects": {"status": "Enabled"}}
    assert rule["destination"]["bucket"] == "${aws_s3_bucket.replica.arn}"
    assert rule["destination"]["encryption_configuration"] == {
        "replica_kms_key_id": "${aws_kms_key.replica_key.arn}"
    }


def test_s3_may_copy_states_and_not_their_locks(stack: Stack) -> None:
    """A copied lock would stay in the replica for ever, as deletions are not copied, and lock a failover."""
    permissions = statements(resource(stack, "aws_iam_role_policy", "replication_permissions"))
    pattern = permissions["ReadState"]["Resource"].removeprefix("arn:aws:s3:::")
    environment = load_environment("production")
    for kind in STACK_KINDS:
        address = state_address(environment, kind, "us-east-1")
        assert fnmatch(f"{address.bucket}/{address.key}", pattern)
        assert not fnmatch(f"{address.bucket}/{address.key}.tflock", pattern)
    assert permissions["WriteReplica"]["Resource"].endswith("-r/*.tfstate")


def test_keys_are_used_in_the_context_of_the_buckets(stack: Stack) -> None:
    """With bucket keys the encryption context is the bucket's ARN; an object's denies all replication."""
    permissions = statements(resource(stack, "aws_iam_role_policy", "replication_permissions"))
    for sid, action, bucket, region in (
        ("DecryptState", "kms:Decrypt", "bucket", "us-east-1"),
        ("EncryptReplica", "kms:Encrypt", "replica", "us-west-2"),
    ):
        name = resource(stack, "aws_s3_bucket", bucket)["bucket"]
        assert permissions[sid]["Action"] == action
        assert permissions[sid]["Resource"] == f"${{aws_kms_key.{KEYS[bucket]}.arn}}"
        assert permissions[sid]["Condition"]["StringEquals"] == {
            "kms:ViaService": f"s3.{region}.amazonaws.com",
            "kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{name}",
        }


def test_replication_may_neither_delete_nor_touch_other_resources(stack: Stack) -> None:
    for statement in statements(resource(stack, "aws_iam_role_policy", "replication_permissions")).values():
        assert statement["Resource"] != "*"
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not [action for action in actions if "*" in action or "Delete" in action]


def test_only_s3_takes_the_replication_role(stack: Stack) -> None:
    trust = document(resource(stack, "aws_iam_role", "replication_role"), "assume_role_policy")
    assert [s["Principal"] for s in trust["Statement"]] == [{"Service": "s3.amazonaws.com"}]
