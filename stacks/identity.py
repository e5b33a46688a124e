"""identity-R: the roles of the service accounts on the region's EKS cluster."""

from __future__ import annotations

from constructs import Construct

from modules.iam.irsa_role import IrsaRole
from modules.iam.oidc_provider import OidcProvider
from stacks.base import RegionStack
from topology.aws.arns import cluster_arn
from topology.iam.identities import identities, identity_policy
from topology.iam.statements import trust_document
from topology.kubernetes.cluster_services import existing_oidc_provider
from topology.model import Environment
from topology.state.outputs import CLUSTER_UUID

__all__ = ["IdentityStack"]


class IdentityStack(RegionStack):
    """The OIDC provider, created or existing, and a role for each identity of the region."""

    def __init__(self, scope: Construct, environment: Environment, region: str) -> None:
        super().__init__(scope, "identity", environment, region)
        eks = self.settings.eks
        provider = (
            existing_oidc_provider(environment, region)
            or OidcProvider(self, "oidc", issuer=eks.oidc_issuer).arn
        )
        for identity in identities(environment, region):
            role = IrsaRole(
                self,
                identity.id,
                name=identity.role_name,
                description=identity.description,
                trust=trust_document(provider, eks.oidc_issuer, identity.subject),
                policy=identity_policy(environment, region, identity.id, self._cluster_arn),
            )
            self.publish({identity.output: role.arn})
        self.publish({"oidc_provider_arn": provider})

    def _cluster_arn(self, region: str) -> str:
        return cluster_arn(self.environment, region, self.read("msk", region, CLUSTER_UUID))
