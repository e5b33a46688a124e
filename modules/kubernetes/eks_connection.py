"""How Terraform reaches the API server of an EKS cluster."""

from __future__ import annotations

from cdktf import Fn, Token
from cdktf_cdktf_provider_aws.data_aws_eks_cluster import DataAwsEksCluster
from cdktf_cdktf_provider_helm.provider import (
    HelmProvider,
    HelmProviderKubernetes,
    HelmProviderKubernetesExec,
)
from cdktf_cdktf_provider_kubernetes.provider import KubernetesProvider, KubernetesProviderExec
from constructs import Construct

__all__ = ["EksConnection"]

API_VERSION = "client.authentication.k8s.io/v1beta1"
"""What `aws eks get-token` answers with (AWS CLI reference, eks get-token)."""


class EksConnection(Construct):
    """Address and certificate of a cluster, read from AWS, and a short-lived token at each run: no token is
    in the state, and the providers depend on nothing that the same stack creates."""

    host: str
    certificate_authority: str
    """PEM."""
    kubernetes_version: str
    """Major and minor: "1.33"."""

    def __init__(self, scope: Construct, id_: str, *, cluster_name: str, region: str) -> None:
        super().__init__(scope, id_)
        cluster = DataAwsEksCluster(self, "Default", name=cluster_name)
        self.host = cluster.endpoint
        self.kubernetes_version = cluster.version
        self.certificate_authority = Token.as_string(
            Fn.base64decode(cluster.certificate_authority.get(0).data)
        )
        self._get_token = ["eks", "get-token", "--cluster-name", cluster_name, "--region", region]

    def kubernetes_provider(self) -> KubernetesProvider:
        """The stack's Kubernetes provider."""
        return KubernetesProvider(
            self,
            "kubernetes",
            host=self.host,
            cluster_ca_certificate=self.certificate_authority,
            exec=[KubernetesProviderExec(api_version=API_VERSION, command="aws", args=self._get_token)],
        )

    def helm_provider(self) -> HelmProvider:
        """The stack's Helm provider; since version 3 its connection is an attribute and no block."""
        return HelmProvider(
            self,
            "helm",
            kubernetes=HelmProviderKubernetes(
                host=self.host,
                cluster_ca_certificate=self.certificate_authority,
                exec=HelmProviderKubernetesExec(api_version=API_VERSION, command="aws", args=self._get_token),
            ),
        )
