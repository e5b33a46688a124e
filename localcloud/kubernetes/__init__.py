"""A real Kubernetes cluster on this machine without Docker: one node in a region's network namespace."""

from localcloud.kubernetes.cluster import BINARIES_VARIABLE, ClusterStartError, KubernetesCluster
from localcloud.kubernetes.kubectl import Kubectl, KubectlError

__all__ = ["BINARIES_VARIABLE", "ClusterStartError", "Kubectl", "KubectlError", "KubernetesCluster"]
