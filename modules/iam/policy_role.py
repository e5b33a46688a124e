"""An IAM role that may do one thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from topology.iam.managed_policies import managed_policies

__all__ = ["PolicyRole"]


class PolicyRole(Construct):
    """A role with a trust and a managed policy of the same name, or several where one would be too long.
    Whoever needs the permissions from the start depends on `attachments`."""

    attachments: tuple[IamRolePolicyAttachment, ...]

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
        self.attachments = tuple(
            self._attached(f"_{number}" if number > 1 else "", name, description, part)
            for number, part in enumerate(managed_policies(policy), 1)
        )

    def _attached(
        self, suffix: str, name: str, description: str, document: Mapping[str, Any]
    ) -> IamRolePolicyAttachment:
        managed = IamPolicy(
            self,
            f"policy{suffix}",
            name=name + suffix.replace("_", "-"),
            description=description,
            policy=json.dumps(document),
        )
        return IamRolePolicyAttachment(
            self, f"attachment{suffix}", role=self.role.name, policy_arn=managed.arn
        )

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return self.role.arn
