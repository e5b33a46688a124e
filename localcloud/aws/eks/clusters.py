"""EKS: an OIDC issuer and a certificate for each cluster, the address of the local Kubernetes cluster that
stands for it, and node groups as they were asked for."""

import copy

from moto.core.responses import ActionResult
from moto.eks.models import Cluster, Nodegroup
from moto.eks.responses import EKSResponse
from moto.moto_api._internal import mock_random

from localcloud.aws.eks.endpoints import LOCAL_CLUSTERS, authority_data


class EksClusterResponse(EKSResponse):
    def create_cluster(self) -> ActionResult:
        """Two clusters with one issuer could not both have their OIDC provider in IAM."""
        answer = super().create_cluster()
        cluster: Cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        identifier = mock_random.get_random_hex(length=32).upper()
        issuer = f"https://oidc.eks.{self.region}.amazonaws.com/id/{identifier}"
        cluster.identity = {"oidc": {"issuer": issuer}}
        cluster.certificate_authority = {"data": authority_data(None)}  # moto's is no certificate
        return answer

    def describe_cluster(self) -> ActionResult:
        """With the endpoint and certificate of the local cluster, where one is registered."""
        name = self._get_param("name")
        cluster: Cluster = self.eks_backend.describe_cluster(name)
        if local := LOCAL_CLUSTERS.of(self.region, name):
            cluster = copy.copy(cluster)
            cluster.endpoint = local.endpoint
            cluster.certificate_authority = {"data": authority_data(local.certificate_authority)}
        return ActionResult({"cluster": cluster})

    def create_nodegroup(self) -> ActionResult:
        """moto would add an SSH key, which the AWS provider takes for a change that replaces the group."""
        answer = super().create_nodegroup()
        cluster: Cluster = self.eks_backend.describe_cluster(self._get_param("name"))
        group: Nodegroup = cluster.nodegroups[self._get_param("nodegroupName")]
        group.remote_access = self._get_param("remoteAccess")
        group.update_config = self._get_param("updateConfig") or {"maxUnavailable": 1}
        group.version = self._get_param("version") or cluster.version
        group.release_version = self._get_param("releaseVersion") or f"{group.version}.0-20260101"
        return answer
