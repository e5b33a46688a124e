"""The service accounts that assume the roles of identity-R: the other half of each role's trust."""

from __future__ import annotations

from topology.aws.names import Names
from topology.iam.statements import TrustSubject
from topology.model import Environment

__all__ = [
    "PLATFORM_NAMESPACE",
    "ROLE_ANNOTATION",
    "autoscaler_subject",
    "log_routing_subject",
    "operations_subject",
    "worker_subject",
]

PLATFORM_NAMESPACE = "kube-system"
ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
"""On a service account: the role that its pods assume (EKS User Guide, "Assign IAM roles to Kubernetes
service accounts")."""


def worker_subject(environment: Environment) -> TrustSubject:
    """The workers' service account."""
    return TrustSubject(environment.mirrormaker.namespace, environment.mirrormaker.service_account)


def operations_subject(environment: Environment, region: str) -> TrustSubject:
    """The service account of the reconciler and probe."""
    return TrustSubject(environment.mirrormaker.namespace, Names(environment, region).operations)


def log_routing_subject(environment: Environment, region: str) -> TrustSubject:
    """Fluent Bit's service account, which its chart creates under this name."""
    return TrustSubject(PLATFORM_NAMESPACE, Names(environment, region).log_routing_release)


def autoscaler_subject() -> TrustSubject:
    """The cluster autoscaler's service account, which its chart creates under this name."""
    return TrustSubject(PLATFORM_NAMESPACE, "cluster-autoscaler")
