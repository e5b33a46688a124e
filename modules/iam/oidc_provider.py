"""The IAM OIDC provider of an EKS cluster."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.iam_openid_connect_provider import IamOpenidConnectProvider
from constructs import Construct

from topology.aws.arns import STS_AUDIENCE

__all__ = ["OidcProvider"]


class OidcProvider(Construct):
    """Trusts the issuer of a cluster's service account tokens, for STS only. No thumbprint: IAM trusts the
    certificate authority of EKS's issuers (IAM User Guide, "Obtain the thumbprint for an OpenID Connect
    identity provider")."""

    def __init__(self, scope: Construct, construct_id: str, *, issuer: str) -> None:
        super().__init__(scope, construct_id)
        self.provider = IamOpenidConnectProvider(self, "Default", url=issuer, client_id_list=[STS_AUDIENCE])

    @property
    def arn(self) -> str:
        """ARN of the provider."""
        return self.provider.arn
