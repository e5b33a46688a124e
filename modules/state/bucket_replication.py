"""Replication of a bucket to another one, both under customer managed keys."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.s3_bucket_replication_configuration import (
    S3BucketReplicationConfigurationA,
    S3BucketReplicationConfigurationRule,
    S3BucketReplicationConfigurationRuleDeleteMarkerReplication,
    S3BucketReplicationConfigurationRuleDestination,
    S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration,
    S3BucketReplicationConfigurationRuleFilter,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteria,
    S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects,
)
from constructs import Construct

from modules.iam.encryption_key import EncryptionKey
from modules.state.protected_bucket import ProtectedBucket

__all__ = ["BucketReplication"]


class BucketReplication(Construct):
    """Copies what is written to `source` to `replica`, and nothing that is deleted. `role_policy` says which
    objects and keys S3 may use; what it leaves out is not copied."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        source: ProtectedBucket,
        replica: ProtectedBucket,
        replica_key: EncryptionKey,
        role_name: str,
        role_trust: Mapping[str, Any],
        role_policy: Mapping[str, Any],
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = IamRole(
            self,
            "role",
            name=role_name,
            description="S3 copies Terraform state to the replica",
            assume_role_policy=json.dumps(role_trust),
        )
        permissions = IamRolePolicy(
            self, "permissions", name="replicate", role=self.role.id, policy=json.dumps(role_policy)
        )
        S3BucketReplicationConfigurationA(
            self,
            "Default",
            bucket=source.name,
            role=self.role.arn,
            rule=[_rule(replica, replica_key)],
            # S3 refuses a rule unless both buckets have versions already
            depends_on=[source.versioning, replica.versioning, permissions],
        )


def _rule(replica: ProtectedBucket, replica_key: EncryptionKey) -> S3BucketReplicationConfigurationRule:
    encrypted = S3BucketReplicationConfigurationRuleSourceSelectionCriteriaSseKmsEncryptedObjects(
        status="Enabled"
    )
    encryption = S3BucketReplicationConfigurationRuleDestinationEncryptionConfiguration(
        replica_kms_key_id=replica_key.arn
    )
    return S3BucketReplicationConfigurationRule(
        id="state",
        status="Enabled",
        priority=0,
        filter=S3BucketReplicationConfigurationRuleFilter(prefix=""),
        delete_marker_replication=S3BucketReplicationConfigurationRuleDeleteMarkerReplication(
            status="Disabled"
        ),
        source_selection_criteria=S3BucketReplicationConfigurationRuleSourceSelectionCriteria(
            sse_kms_encrypted_objects=encrypted
        ),
        destination=S3BucketReplicationConfigurationRuleDestination(
            bucket=replica.arn, storage_class="STANDARD", encryption_configuration=encryption
        ),
    )
