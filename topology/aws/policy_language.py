"""What every IAM policy document has in common."""

from __future__ import annotations

__all__ = ["POLICY_VERSION"]

POLICY_VERSION = "2012-10-17"
"""The current version of the policy language (IAM User Guide, "IAM JSON policy elements: Version")."""
