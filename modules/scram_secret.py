"""Where SCRAM credentials of a cluster are kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cdktf_cdktf_provider_aws.msk_scram_secret_association import MskScramSecretAssociation
from cdktf_cdktf_provider_aws.secretsmanager_secret import SecretsmanagerSecret
from cdktf_cdktf_provider_aws.secretsmanager_secret_policy import SecretsmanagerSecretPolicy
from constructs import Construct

__all__ = ["ScramSecret"]


class ScramSecret(Construct):
    """A secret that MSK may read, associated with a cluster. Its value is put by a person or a rotation and
    never passes through Terraform; MSK reads it when it associates, so that the value has to be there before
    the association is applied."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key_arn: str,
        cluster_arn: str,
        reader: str,
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
        MskScramSecretAssociation(
            self,
            "association",
            cluster_arn=cluster_arn,
            secret_arn_list=[self.secret.arn],
            depends_on=[readable],
        )

    @property
    def arn(self) -> str:
        """ARN of the secret."""
        return self.secret.arn


def _policy(secret_arn: str, reader: str) -> Mapping[str, Any]:
    return {
        "Version": "2012-10-17",
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
