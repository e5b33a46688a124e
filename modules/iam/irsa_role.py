"""A role for a Kubernetes service account (IRSA)."""

from __future__ import annotations

from modules.iam.policy_role import PolicyRole

__all__ = ["IrsaRole"]


class IrsaRole(PolicyRole):
    """Its trust names the service account (topology/iam/statements.py, trust_document)."""
