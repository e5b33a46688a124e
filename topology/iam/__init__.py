"""IAM policies, the identities that have them, and the keys."""
