"""Where SCRAM credentials of a cluster are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.msk_single_scram_secret_association import MskSingleScramSecretAssociation
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_policy import SecretsmanagerSecretPolicy
from constructs import Construct

from topology.aws.policy_language import POLICY_VERSION

__all__ = ["AssociatedSecret", "ScramSecret", "forget_exclusive_association"]

EXCLUSIVE = "aws_msk_scram_secret_association.scram_association"
"""Address of the resource that was used before. It removed every secret that it did not know."""


class ScramSecret(Construct):
    """A secret that MSK may read. Its value is put by a person or a rotation and never passes through
    Terraform; MSK reads it when it associates, so that the value has to be there before `associated` is."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key_arn: str,
        cluster_arn: str,
        reader: str,
        associated: bool,
        retain: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.secret = SecretsmanagerSecret(
            self,
            "Default",
            name=name,
            description="SCRAM credentials for MSK: {username, password}",
            kms_key_id=key_arn,  # MSK refuses secrets under the default key
            recovery_window_in_days=30 if retain else 0,
        )
        readable = SecretsmanagerSecretPolicy(
            self, "policy", secret_arn=self.secret.arn, policy=json.dumps(_policy(self.secret.arn, reader))
        )
        if associated:
            MskSingleScramSecretAssociation(
                self,
                "association",
                cluster_arn=cluster_arn,
                secret_arn=self.secret.arn,
                depends_on=[readable],
            )

    @property
    def arn(self) -> str:
        """ARN of the secret."""
        return self.secret.arn


class AssociatedSecret(Construct):
    """A secret of somebody else that may log in. MSK adds the policy by which it reads the secret itself (MSK
    Developer Guide, "Set up SASL/SCRAM authentication", step on the association)."""

    def __init__(self, scope: Construct, construct_id: str, *, secret_arn: str, cluster_arn: str) -> None:
        super().__init__(scope, construct_id)
        MskSingleScramSecretAssociation(self, "Default", cluster_arn=cluster_arn, secret_arn=secret_arn)


def forget_exclusive_association(stack: TerraformStack) -> None:
    """Take the old resource out of the state without disassociating its secret: clients can still log in
    (Terraform language, block `removed`). Nothing where the state does not have it."""
    stack.add_override("removed", [{"from": EXCLUSIVE, "lifecycle": {"destroy": False}}])


def _policy(secret_arn: str, reader: str) -> Mapping[str, Any]:
    return {
        "Version": POLICY_VERSION,
        "Statement": [
            {
                "Sid": "MskReads",
                "Effect": "Allow",
                "Principal": {"Service": reader},
                "Action": "secretsmanager:GetSecretValue",
                "Resource": secret_arn,
            }
        ],
    }
