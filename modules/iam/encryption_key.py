"""A customer managed KMS key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdktf import TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.kms_alias import KmsAlias
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from constructs import Construct

__all__ = ["EncryptionKey"]


class EncryptionKey(Construct):
    """A symmetric key with yearly rotation, its alias and its policy.

    With `retain` a plan cannot destroy it: what it encrypted would be lost. A key that is destroyed waits
    for 30 days with `retain`, for 7 (AWS's minimum) without.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        alias: str,
        description: str,
        policy: Mapping[str, Any],
        retain: bool,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.key = KmsKey(
            self,
            "Default",
            description=description,
            enable_key_rotation=True,
            deletion_window_in_days=30 if retain else 7,
            policy=json.dumps(policy),
            lifecycle=TerraformResourceLifecycle(prevent_destroy=True) if retain else None,
            provider=provider,
        )
        KmsAlias(self, "alias", name=alias, target_key_id=self.key.key_id, provider=provider)

    @property
    def arn(self) -> str:
        """ARN of the key."""
        return self.key.arn
