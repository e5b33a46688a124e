"""An IAM role that may do one thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

__all__ = ["PolicyRole"]


class PolicyRole(Construct):
    """A role with a trust and one managed policy of the same name. Whoever needs the permissions from the
    start depends on `attachment`."""

    attachment: IamRolePolicyAttachment

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        trust: Mapping[str, Any],
        policy: Mapping[str, Any],
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = IamRole(
            self, "Default", name=name, description=description, assume_role_policy=json.dumps(trust)
        )
        managed = IamPolicy(self, "policy", name=name, description=description, policy=json.dumps(policy))
        self.attachment = IamRolePolicyAttachment(
            self, "attachment", role=self.role.name, policy_arn=managed.arn
        )

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return self.role.arn
