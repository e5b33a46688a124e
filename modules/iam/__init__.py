"""Constructs for roles, the OIDC provider and encryption keys."""
