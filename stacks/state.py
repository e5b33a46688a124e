"""state-R: the bucket that holds the Terraform state of the region's stacks, and its replica elsewhere."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from modules.iam.encryption_key import EncryptionKey
from modules.state.bucket_replication import BucketReplication
from modules.state.protected_bucket import ProtectedBucket
from stacks.base import RegionStack
from topology.iam.keys import Purpose, key_policy
from topology.iam.state_policies import replication_policy, replication_trust, tls_only_policy
from topology.model import Environment
from topology.state.stacks import replica_region

__all__ = ["StateStack"]


class StateStack(RegionStack):
    """Bucket, key, and a dedicated replica bucket with a key of its own in the replica region. The replica
    is made here and not by the other region's state stack, so that neither waits for the other."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "state", environment, region)
        peer_region = replica_region(environment, region)
        peer = self.aws_provider(peer_region, alias="peer")

        key = self._key("key", "state", f"Terraform state of {region}")
        bucket = self._bucket("bucket", self.names.state_bucket, key)
        replica_key = self._key("replica_key", "state_replica", f"Replica of the state of {region}", peer)
        replica = self._bucket("replica", self.names.state_replica_bucket, replica_key, peer)
        BucketReplication(
            self,
            "replication",
            source=bucket,
            replica=replica,
            replica_key=replica_key,
            role_name=self.names.replication_role,
            role_trust=replication_trust(),
            role_policy=replication_policy(environment, region, key.arn, replica_key.arn),
        )
        self.publish(
            {
                "bucket": bucket.name,
                "kms_key_arn": key.arn,
                "replica_bucket": replica.name,
                "replica_region": peer_region,
            }
        )

    def _key(
        self, construct_id: str, purpose: Purpose, description: str, provider: AwsProvider | None = None
    ) -> EncryptionKey:
        return EncryptionKey(
            self,
            construct_id,
            # the replica region has a state key of its own: the alias says whose state this one is for
            alias=self.names.kms_alias(f"state-{self.region}"),
            description=description,
            policy=key_policy(self.environment, self.region, purpose),
            retain=self.environment.is_production,
            provider=provider,
        )

    def _bucket(
        self, construct_id: str, name: str, key: EncryptionKey, provider: AwsProvider | None = None
    ) -> ProtectedBucket:
        return ProtectedBucket(
            self,
            construct_id,
            name=name,
            key_arn=key.arn,
            policy=tls_only_policy(self.environment, name),
            noncurrent_days=self.environment.state.noncurrent_days,
            retain=self.environment.is_production,
            provider=provider,
        )
