"""Policies of the state buckets: TLS only, and what S3 may do to copy state to the replica."""

from __future__ import annotations

from typing import Any

from topology.aws.arns import PRINCIPAL_SUFFIX, dns_suffix
from topology.aws.names import Names
from topology.aws.policy_language import POLICY_VERSION
from topology.model import Environment
from topology.state.stacks import replica_region

__all__ = ["bucket_arn", "replication_policy", "replication_trust", "tls_only_policy"]

STATE_OBJECTS = "*.tfstate"
"""What is copied. A lock file is `<key>.tflock`: S3's replication filters know prefixes and tags only, and a
lock has the prefix of its state, so that the role's permissions leave the locks out."""


def bucket_arn(environment: Environment, bucket: str) -> str:
    """ARN of a bucket; bucket names are unique in a partition, so it holds neither region nor account."""
    return f"arn:{environment.partition}:s3:::{bucket}"


def tls_only_policy(environment: Environment, bucket: str) -> dict[str, Any]:
    """Refuse requests without TLS. It does not refuse unencrypted puts: the bucket encrypts by default, and
    such policies have blocked lock files (opentofu/opentofu#2970)."""
    arn = bucket_arn(environment, bucket)
    return {
        "Version": POLICY_VERSION,
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def replication_trust() -> dict[str, Any]:
    """S3 may assume the role. It needs no condition against a confused deputy: only this account can pass the
    role to a bucket (S3 User Guide, "Setting up permissions for live replication")."""
    return {
        "Version": POLICY_VERSION,
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": f"s3.{PRINCIPAL_SUFFIX}"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def replication_policy(environment: Environment, region: str, key: str, replica_key: str) -> dict[str, Any]:
    """S3 User Guide, "Setting up permissions for live replication" and "Replicating encrypted objects".
    `key` and `replica_key` are ARNs. No ReplicateDelete: what is deleted stays in the replica."""
    names = Names(environment, region)
    source = bucket_arn(environment, names.state_bucket)
    replica = bucket_arn(environment, names.state_replica_bucket)
    return {
        "Version": POLICY_VERSION,
        "Statement": [
            {
                "Sid": "ReadBucket",
                "Effect": "Allow",
                "Action": ["s3:GetReplicationConfiguration", "s3:ListBucket"],
                "Resource": source,
            },
            {
                "Sid": "ReadState",
                "Effect": "Allow",
                "Action": [
                    "s3:GetObjectVersionForReplication",
                    "s3:GetObjectVersionAcl",
                    "s3:GetObjectVersionTagging",
                ],
                "Resource": f"{source}/{STATE_OBJECTS}",
            },
            {
                "Sid": "WriteReplica",
                "Effect": "Allow",
                "Action": ["s3:ReplicateObject", "s3:ReplicateTags"],
                "Resource": f"{replica}/{STATE_OBJECTS}",
            },
            {
                "Sid": "DecryptState",
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": key,
                "Condition": _through_s3(environment, region, source),
            },
            {
                "Sid": "EncryptReplica",
                "Effect": "Allow",
                "Action": "kms:Encrypt",
                "Resource": replica_key,
                "Condition": _through_s3(environment, replica_region(environment, region), replica),
            },
        ],
    }


def _through_s3(environment: Environment, region: str, bucket: str) -> dict[str, Any]:
    """Only by S3 of `region`, only for `bucket`. With bucket keys the encryption context is the ARN of the
    bucket, not of the object."""
    return {
        "StringEquals": {
            "kms:ViaService": f"s3.{region}.{dns_suffix(environment)}",
            "kms:EncryptionContext:aws:s3:arn": bucket,
        }
    }
